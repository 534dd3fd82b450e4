//! One description for every size of the joint model: F5-TTS's own, the published one and the embedded one.

use serde::{Deserialize, Serialize};

use crate::audio::{HOP_LENGTH, SAMPLE_RATE_HZ};
use crate::motion::FRAMES_PER_SECOND;

/// Frames of the duration predictor: 600 samples, the teacher's.
pub const DURATION_FRAME_SECS: f64 = 0.025;

/// How text meets the audio tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TextAlignment {
    /// F5-TTS: characters first, then filler up to the length of the mel; attention finds the alignment.
    Filler,
    /// F5-TTS's option: every character is repeated an equal number of times.
    #[doc(alias = "text_embedding_average_upsampling")]
    AverageUpsampling,
    /// Phones, each repeated for as long as it lasts.
    Duration,
}

/// What the network's output means on the path x_t = t·x₁ + (1 − t)·noise.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Prediction {
    /// The velocity x₁ − noise, as in F5-TTS and the paper.
    Velocity,
    /// F with x̂₁ = c_skip·x_t + c_out·F, c_skip = t / (t² + (1 − t)²), c_out = (1 − t) / √(t² + (1 − t)²).
    Preconditioned,
}

/// Sizes and conventions of the joint model; field names are the checkpoint's own.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Bins of the mel.
    pub mel_bins: usize,
    /// Mel frames in an audio token.
    pub patch_size: usize,
    /// Attention heads, of both streams.
    pub heads: usize,
    /// Width of a head, of both streams.
    pub dim_head: usize,
    /// Width of the Audio-DiT.
    pub dim: usize,
    /// Blocks of the Audio-DiT.
    pub depth: usize,
    /// How many of the first blocks are joined; 0 runs the streams apart.
    pub joint_depth: usize,
    /// Width of the feed-forward over the width of its stream.
    pub ff_mult: usize,
    /// Width of the Motion-DiT.
    pub motion_dim: usize,
    /// Blocks of the Motion-DiT; 0 is a voice without a face, as F5-TTS's own checkpoints are.
    pub motion_depth: usize,
    /// Generated numbers in a motion frame.
    pub motion_channels: usize,
    /// Given numbers in a motion frame: the other keypoints.
    pub rest_channels: usize,
    /// What the listener says of given sound, numbers in a motion frame; 0 for a Motion-DiT without a listener.
    #[serde(default)]
    pub heard_channels: usize,
    /// How text meets the audio tokens.
    pub text_alignment: TextAlignment,
    /// Size of the vocabulary. With `filler` and `average_upsampling` the table has one more row, the filler, in front.
    pub text_num_embeds: usize,
    /// Width of the text.
    pub text_dim: usize,
    /// ConvNeXtV2 blocks over the text.
    pub conv_layers: usize,
    /// Their inner width over their width.
    pub conv_mult: usize,
    /// Whether filler is kept at zero through the text blocks (F5-TTS v1) or takes part in them (v0).
    #[serde(default = "yes")]
    pub text_mask_padding: bool,
    /// Heads that are turned by position, counted from the first; all if absent (F5-TTS v1). One in v0.
    #[serde(default)]
    pub pe_attn_head: Option<usize>,
    /// Names of the voices, one row of the voice table each; none if the voice comes from reference sound only.
    #[serde(default)]
    pub voices: Vec<String>,
    /// Guidance for speech that the weights ask for: 0 if it was folded into them.
    #[serde(default = "unfolded_guidance")]
    pub default_guidance: f64,
    /// Spread of the noise that the weights ask the speech of named voices to start from, 0 to 1.
    #[serde(default = "full_temperature")]
    pub default_temperature: f64,
    /// Who speaks when nobody is named; the first of the voices if absent.
    #[serde(default)]
    pub default_voice: Option<String>,
    /// Width of a voice; 0 if there is no table.
    #[serde(default)]
    pub voice_dim: usize,
    /// Prosody inputs of an audio token: pitch, voicing and energy, or none.
    #[serde(default)]
    pub prosody_channels: usize,
    /// Width of the prosody predictor.
    #[serde(default)]
    pub prosody_dim: usize,
    /// Blocks of each half of the prosody predictor.
    #[serde(default)]
    pub prosody_layers: usize,
    /// What the network's output means.
    pub prediction: Prediction,
    /// How far a motion frame sees other motion frames, seconds.
    pub motion_window_secs: f64,
    /// How far a motion frame sees audio and audio sees motion, seconds.
    pub cross_window_secs: f64,
    /// Subtracted from the log mel before it enters the model.
    #[serde(default)]
    pub mel_mean: f64,
    /// Then divided by this.
    #[serde(default = "one")]
    pub mel_std: f64,
    /// Mean of each generated motion channel, canonical units; empty is zero.
    #[serde(default)]
    pub motion_mean: Vec<f32>,
    /// Deviation of each generated motion channel, canonical units; empty is one.
    #[serde(default)]
    pub motion_std: Vec<f32>,
    /// Mean of the natural logarithm of the pitch in hertz.
    #[serde(default)]
    pub log_pitch_mean: f64,
    /// Its deviation.
    #[serde(default = "one")]
    pub log_pitch_std: f64,
}

fn yes() -> bool {
    true
}

fn one() -> f64 {
    1.0
}

impl Config {
    /// F5-TTS v1 base (commit 2ae2c9b, `configs/F5TTS_v1_Base.yaml`): the voice alone.
    pub fn f5_v1_base() -> Self {
        Self {
            mel_bins: 100,
            patch_size: 1,
            heads: 16,
            dim_head: 64,
            dim: 1024,
            depth: 22,
            joint_depth: 0,
            ff_mult: 2,
            motion_dim: 0,
            motion_depth: 0,
            motion_channels: 12,
            rest_channels: 51,
            heard_channels: 0,
            text_alignment: TextAlignment::Filler,
            text_num_embeds: 2545,
            text_dim: 512,
            conv_layers: 4,
            conv_mult: 2,
            text_mask_padding: true,
            pe_attn_head: None,
            voices: Vec::new(),
            default_voice: None,
            default_guidance: unfolded_guidance(),
            default_temperature: full_temperature(),
            voice_dim: 0,
            prosody_channels: 0,
            prosody_dim: 0,
            prosody_layers: 0,
            prediction: Prediction::Velocity,
            motion_window_secs: 0.32,
            cross_window_secs: 0.28,
            mel_mean: 0.0,
            mel_std: 1.0,
            motion_mean: Vec::new(),
            motion_std: Vec::new(),
            log_pitch_mean: 0.0,
            log_pitch_std: 1.0,
        }
    }

    /// F5-TTS v0 base (`configs/F5TTS_Base.yaml`): one turned head, filler takes part in the text blocks.
    pub fn f5_v0_base() -> Self {
        Self {
            text_mask_padding: false,
            pe_attn_head: Some(1),
            ..Self::f5_v1_base()
        }
    }

    /// F5-TTS v1 small (`configs/F5TTS_v1_Small.yaml`).
    pub fn f5_v1_small() -> Self {
        Self {
            dim: 768,
            depth: 18,
            heads: 12,
            ..Self::f5_v1_base()
        }
    }

    /// JAM-Flow as published (arXiv 2506.23552): F5-TTS v1 base with a Motion-DiT joined to its first half.
    ///
    /// The paper gives about 500 M parameters in all; a Motion-DiT of 22 blocks of width 640 makes up the difference to F5-TTS.
    pub fn jam_flow_published() -> Self {
        Self {
            joint_depth: 11,
            motion_dim: 640,
            motion_depth: 22,
            ..Self::f5_v1_base()
        }
    }

    /// Audio tokens in a second.
    pub fn tokens_per_second(&self) -> f64 {
        f64::from(SAMPLE_RATE_HZ) / HOP_LENGTH as f64 / self.patch_size as f64
    }

    /// Audio tokens to a motion frame: the ratio that puts both streams' rotary positions on one clock.
    pub fn tokens_per_motion_frame(&self) -> f64 {
        self.tokens_per_second() / FRAMES_PER_SECOND
    }

    /// How many motion frames cover the sound of so many audio tokens.
    pub fn motion_frames(&self, tokens: usize) -> usize {
        (tokens as f64 * FRAMES_PER_SECOND / self.tokens_per_second()).ceil() as usize
    }

    /// Numbers in an audio token.
    pub fn token_dim(&self) -> usize {
        self.mel_bins * self.patch_size
    }

    /// Width of all heads together.
    pub fn inner_dim(&self) -> usize {
        self.heads * self.dim_head
    }

    /// Rows of the text table.
    pub fn text_rows(&self) -> usize {
        self.text_num_embeds + usize::from(self.text_alignment != TextAlignment::Duration)
    }

    /// Numbers of progress through its phone that an audio token is given: the fraction passed and the phone's length.
    pub fn progress_channels(&self) -> usize {
        if self.text_alignment == TextAlignment::Duration {
            2
        } else {
            0
        }
    }

    /// Width of the Audio-DiT's condition beside the noisy mel: given mel, text, progress, prosody, voice.
    pub fn audio_condition_dim(&self) -> usize {
        self.token_dim()
            + self.text_dim
            + self.progress_channels()
            + self.prosody_channels
            + self.voice_dim
    }

    /// Width of the Motion-DiT's condition beside the noisy motion: given mouth, other keypoints, what the listener says.
    pub fn motion_condition_dim(&self) -> usize {
        self.motion_channels + self.rest_channels + self.heard_channels
    }

    /// Whether the numbers make a model at all.
    ///
    /// # Errors
    /// Says which field is wrong and what it must be.
    pub fn check(&self) -> Result<(), String> {
        let sizes = [
            ("mel_bins", self.mel_bins),
            ("patch_size", self.patch_size),
            ("heads", self.heads),
            ("dim_head", self.dim_head),
            ("dim", self.dim),
            ("depth", self.depth),
            ("ff_mult", self.ff_mult),
            ("text_num_embeds", self.text_num_embeds),
            ("text_dim", self.text_dim),
        ];
        for (name, value) in sizes {
            if value == 0 || value > 1 << 20 {
                return Err(format!("{name} = {value}, must lie in 1 to {}", 1 << 20));
            }
        }
        if !(0.0..=1.0).contains(&self.default_temperature) {
            return Err(format!(
                "default_temperature = {}, must lie in 0 to 1",
                self.default_temperature
            ));
        }
        if self.joint_depth > self.depth.min(self.motion_depth) {
            return Err(format!(
                "joint_depth = {}, more than depth = {} or motion_depth = {}",
                self.joint_depth, self.depth, self.motion_depth
            ));
        }
        let even = [("dim_head", self.dim_head), ("text_dim", self.text_dim)];
        if let Some((name, value)) = even.iter().find(|(_, value)| !value.is_multiple_of(2)) {
            return Err(format!("{name} = {value}, must be even"));
        }
        let grouped = [("dim", self.dim), ("motion_dim", self.motion_dim)];
        if let Some((name, value)) = grouped.iter().find(|(_, value)| !value.is_multiple_of(16)) {
            return Err(format!("{name} = {value}, must be a multiple of 16"));
        }
        if self.motion_depth > 0 && (self.motion_dim == 0 || self.motion_channels == 0) {
            return Err("motion_dim and motion_channels must not be 0 with motion blocks".into());
        }
        for (name, list) in [
            ("motion_mean", &self.motion_mean),
            ("motion_std", &self.motion_std),
        ] {
            if !list.is_empty() && list.len() != self.motion_channels {
                return Err(format!(
                    "{name} has {} numbers, must have {}",
                    list.len(),
                    self.motion_channels
                ));
            }
        }
        if self.mel_std <= 0.0
            || self.log_pitch_std <= 0.0
            || self.motion_std.iter().any(|&s| s <= 0.0)
        {
            return Err("deviations must be above 0".into());
        }
        if !(0.0..=60.0).contains(&self.motion_window_secs)
            || !(0.0..=60.0).contains(&self.cross_window_secs)
        {
            return Err("windows must lie in 0 to 60 seconds".into());
        }
        if let Some(voice) = &self.default_voice
            && !self.voices.contains(voice)
        {
            return Err(format!(
                "default_voice is {voice:?}, which is not among the voices"
            ));
        }
        if self.prosody_channels > 0
            && (self.text_alignment != TextAlignment::Duration
                || !self.prosody_dim.is_multiple_of(2))
        {
            return Err(
                "prosody needs text_alignment = \"duration\" and an even prosody_dim".into(),
            );
        }
        if self.text_alignment == TextAlignment::AverageUpsampling && !self.text_mask_padding {
            return Err("average_upsampling needs text_mask_padding".into());
        }
        Ok(())
    }
}

/// What weights are sampled with that know no better.
fn unfolded_guidance() -> f64 {
    1.0
}

/// The spread that weights are trained with.
fn full_temperature() -> f64 {
    1.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn presets_are_sound() {
        for config in [
            Config::f5_v1_base(),
            Config::f5_v0_base(),
            Config::f5_v1_small(),
            Config::jam_flow_published(),
        ] {
            config.check().unwrap();
        }
    }

    #[test]
    fn clocks_of_the_paper() {
        let config = Config::f5_v1_base();
        assert_eq!(config.tokens_per_second(), 93.75);
        assert_eq!(config.tokens_per_motion_frame(), 3.75);
        assert_eq!(config.motion_frames(1875), 500);
        assert_eq!(config.motion_frames(1), 1);
    }

    #[test]
    fn unknown_fields_are_refused() {
        let mut value = serde_json::to_value(Config::f5_v1_base()).unwrap();
        assert!(serde_json::from_value::<Config>(value.clone()).is_ok());
        value["surprise"] = 1.into();
        assert!(serde_json::from_value::<Config>(value).is_err());
    }

    #[test]
    fn impossible_sizes_are_named() {
        let config = Config {
            joint_depth: 3,
            ..Config::f5_v1_base()
        };
        assert!(config.check().unwrap_err().contains("joint_depth"));
    }
}
