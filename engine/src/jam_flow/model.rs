//! The joint model: an Audio-DiT and a Motion-DiT whose first blocks share their attention (arXiv 2506.23552).

use std::path::Path;

use candle_core::{Device, Result, Tensor};
use candle_nn::VarBuilder;

use super::config::{Config, TextAlignment};
use super::dit::{Dit, DitModulation, DitShape};
use super::joint_attention::Bands;
use super::prosody::ProsodyPredictor;
use super::rotary::RotaryTable;
use super::text_embedding::TextEmbedding;
use crate::weights;

/// What the Audio-DiT is given beside the noisy mel; `None` is zero, which is also how a condition is dropped.
#[derive(Debug, Clone, Copy, Default)]
pub struct AudioCondition<'a> {
    /// Known mel, normalised, zero where speech is to be generated: (1, n, token_dim).
    #[doc(alias = "cond")]
    pub mel: Option<&'a Tensor>,
    /// Text at the rate of audio tokens: (1, n, text_dim).
    pub text: Option<&'a Tensor>,
    /// Progress through the phone: (1, n, 2).
    pub progress: Option<&'a Tensor>,
    /// Normalised log pitch, voicing, energy: (1, n, prosody_channels).
    pub prosody: Option<&'a Tensor>,
    /// The voice: (voice_dim,).
    pub voice: Option<&'a Tensor>,
}

/// What the Motion-DiT is given beside the noisy motion; `None` is zero.
#[derive(Debug, Clone, Copy, Default)]
pub struct MotionCondition<'a> {
    /// Known mouth motion, normalised, zero where it is to be generated: (1, m, motion_channels).
    pub mouth: Option<&'a Tensor>,
    /// The other keypoints' deltas: (1, m, rest_channels).
    #[doc(alias = "e_rest")]
    pub rest: Option<&'a Tensor>,
}

/// The two switches of selective joint attention: 1 pools both streams' keys and values, 0 leaves the stream to itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Exchange {
    /// α of the audio stream.
    pub audio_sees_motion: bool,
    /// α of the motion stream.
    pub motion_sees_audio: bool,
}

impl Exchange {
    /// Both directions.
    pub const BOTH: Self = Self {
        audio_sees_motion: true,
        motion_sees_audio: true,
    };
    /// Two models that do not know each other.
    pub const NONE: Self = Self {
        audio_sees_motion: false,
        motion_sees_audio: false,
    };
}

/// Positions and masks for one length: build once, use at every step.
#[derive(Debug, Clone)]
pub struct Timeline {
    audio_rotary: RotaryTable,
    motion_rotary: RotaryTable,
    bands: Bands,
}

impl Timeline {
    /// For `tokens` audio tokens beside `motion_frames` motion frames.
    pub fn new(config: &Config, tokens: usize, motion_frames: usize) -> Self {
        let table = |count, spacing| RotaryTable::new(count, spacing, config.dim_head);
        Self {
            audio_rotary: table(tokens, 1.0),
            motion_rotary: table(motion_frames, config.tokens_per_motion_frame()),
            bands: Bands::new(config, tokens, motion_frames),
        }
    }
}

/// One stream at one step.
#[derive(Debug, Clone, Copy)]
pub struct StreamInput<'a> {
    /// x_t: (b, n, noisy_dim).
    pub noisy: &'a Tensor,
    /// The projected condition: (b, n, dim), from [`JamFlow::audio_condition`] or [`JamFlow::motion_condition`].
    pub condition: &'a Tensor,
    /// Modulation of the stream's time.
    pub modulation: &'a DitModulation,
    /// Whether the output is wanted; if not, the blocks that only it needs are left out.
    pub wanted: bool,
}

/// The network's raw output, F or velocity, where it was wanted.
#[derive(Debug, Clone)]
pub struct Output {
    /// (b, n, token_dim).
    pub audio: Option<Tensor>,
    /// (b, m, motion_channels).
    pub motion: Option<Tensor>,
}

/// The joint model.
#[derive(Debug, Clone)]
pub struct JamFlow {
    config: Config,
    text_embed: TextEmbedding,
    audio: Dit,
    motion: Option<Dit>,
    voices: Option<Tensor>, // (voices, voice_dim)
    prosody: Option<ProsodyPredictor>,
}

impl JamFlow {
    /// Opens a configuration and its checkpoint.
    ///
    /// # Errors
    /// [`crate::Error::WeightsMissing`] and [`crate::Error::WeightsUnfit`], which say what to do.
    pub fn load(config: &Path, checkpoint: &Path) -> crate::Result<Self> {
        let settings: Config = weights::read_config(config, "the joint model's configuration")?;
        settings
            .check()
            .map_err(|reason| weights::unfit(config, reason))?;
        let vb = weights::open(checkpoint, "the joint model of voice and face")?;
        Self::new(&settings, vb).map_err(|source| weights::unfit(checkpoint, source))
    }

    /// `vb` stands at the root of the checkpoint.
    ///
    /// The Audio-DiT is `audio`, or `transformer` as F5-TTS names it, with or without `ema_model` in front; the Motion-DiT
    /// is `motion`.
    pub fn new(config: &Config, vb: VarBuilder) -> Result<Self> {
        let audio = ["audio", "ema_model.transformer", "transformer"]
            .into_iter()
            .find(|root| vb.contains_tensor(&format!("{root}.proj_out.weight")))
            .unwrap_or("audio");
        let audio = vb.pp(audio);
        let audio_shape = DitShape {
            noisy_dim: config.token_dim(),
            condition_dim: config.audio_condition_dim(),
            dim: config.dim,
            depth: config.depth,
        };
        let motion_shape = DitShape {
            noisy_dim: config.motion_channels,
            condition_dim: config.motion_channels + config.rest_channels,
            dim: config.motion_dim,
            depth: config.motion_depth,
        };
        Ok(Self {
            text_embed: TextEmbedding::new(config, audio.pp("text_embed"))?,
            audio: Dit::new(audio_shape, config, audio)?,
            motion: (config.motion_depth > 0)
                .then(|| Dit::new(motion_shape, config, vb.pp("motion")))
                .transpose()?,
            voices: (config.voice_dim > 0)
                .then(|| {
                    let rows = config.voices.len().max(1);
                    vb.get((rows, config.voice_dim), "voice_embed.weight")
                })
                .transpose()?,
            prosody: (config.prosody_channels > 0)
                .then(|| ProsodyPredictor::new(config, vb.pp("prosody")))
                .transpose()?,
            config: config.clone(),
        })
    }

    /// The sizes it was made with.
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// The Audio-DiT.
    pub fn audio(&self) -> &Dit {
        &self.audio
    }

    /// The Motion-DiT, unless the checkpoint is a voice alone.
    pub fn motion(&self) -> Option<&Dit> {
        self.motion.as_ref()
    }

    /// The text half of the Audio-DiT.
    pub fn text_embed(&self) -> &TextEmbedding {
        &self.text_embed
    }

    /// The predictor of durations, pitch and energy, if the model has one.
    pub fn prosody(&self) -> Option<&ProsodyPredictor> {
        self.prosody.as_ref()
    }

    /// A mix of voices, one weight a voice: (voice_dim,). `None` if the model has no table of voices.
    pub fn voice(&self, weights: &[f32]) -> Result<Option<Tensor>> {
        let Some(table) = &self.voices else {
            return Ok(None);
        };
        let weights = Tensor::new(weights, table.device())?.unsqueeze(0)?;
        weights.matmul(table)?.squeeze(0).map(Some)
    }

    /// Text features at the rate of audio tokens: (1, tokens, text_dim).
    ///
    /// `alignment` holds, for each token, the phone that it lies in; characters need none.
    pub fn text(&self, text: &[u32], tokens: usize, alignment: &[u32]) -> Result<Tensor> {
        match self.config.text_alignment {
            TextAlignment::Duration => {
                super::text_embedding::stretch(&self.text_embed.phones(text)?, alignment)
            }
            _ => self.text_embed.characters(text, tokens, false),
        }
    }

    /// Projects the Audio-DiT's condition for `tokens` tokens: (1, tokens, dim).
    pub fn audio_condition(&self, tokens: usize, condition: &AudioCondition) -> Result<Tensor> {
        let config = &self.config;
        let voice = condition
            .voice
            .map(|voice| {
                voice
                    .reshape((1, 1, ()))?
                    .broadcast_as((1, tokens, config.voice_dim))
            })
            .transpose()?;
        let parts = [
            (condition.mel, config.token_dim()),
            (condition.text, config.text_dim),
            (condition.progress, config.progress_channels()),
            (condition.prosody, config.prosody_channels),
            (voice.as_ref(), config.voice_dim),
        ];
        self.audio.condition(&or_zero(&parts, tokens)?)
    }

    /// Projects the Motion-DiT's condition for `motion_frames` frames: (1, motion_frames, motion_dim).
    ///
    /// # Errors
    /// If the model has no Motion-DiT.
    pub fn motion_condition(
        &self,
        motion_frames: usize,
        condition: &MotionCondition,
    ) -> Result<Tensor> {
        let parts = [
            (condition.mouth, self.config.motion_channels),
            (condition.rest, self.config.rest_channels),
        ];
        self.motion_or_fail()?
            .condition(&or_zero(&parts, motion_frames)?)
    }

    fn motion_or_fail(&self) -> Result<&Dit> {
        match &self.motion {
            Some(motion) => Ok(motion),
            None => candle_core::bail!("this checkpoint is a voice without a Motion-DiT"),
        }
    }

    /// One evaluation of the network.
    ///
    /// Without `motion` the audio stream runs alone, as in F5-TTS.
    pub fn forward(
        &self,
        timeline: &Timeline,
        audio: StreamInput,
        motion: Option<StreamInput>,
        exchange: Exchange,
    ) -> Result<Output> {
        let bands = &timeline.bands;
        let mut x = self.audio.embed(audio.noisy, audio.condition)?;
        let mut y = motion
            .map(|input| self.motion_or_fail()?.embed(input.noisy, input.condition))
            .transpose()?;
        let mut joined = 0;
        if let (Some(stream), Some(input), Some(y)) = (&self.motion, motion, y.as_mut()) {
            joined = self.config.joint_depth;
            for i in 0..joined {
                let (a, b) = (&self.audio.blocks()[i], &stream.blocks()[i]);
                let (mod_a, mod_b) = (audio.modulation.block(i), input.modulation.block(i));
                let own = a.before_attention(&x, mod_a, &timeline.audio_rotary)?;
                let other = b.before_attention(y, mod_b, &timeline.motion_rotary)?;
                let seen = exchange.audio_sees_motion.then_some(&other);
                let ranges = match seen {
                    Some(_) => &bands.audio_joined,
                    None => &bands.audio_alone,
                };
                x = a.after_projection(&x, mod_a, &own, seen, ranges)?;
                let seen = exchange.motion_sees_audio.then_some(&own);
                let ranges = match seen {
                    Some(_) => &bands.motion_joined,
                    None => &bands.motion_alone,
                };
                *y = b.after_projection(y, mod_b, &other, seen, ranges)?;
            }
        }
        let finish = |dit: &Dit, mut x, input: StreamInput, rotary, ranges: &[_]| {
            if !input.wanted {
                return Ok(None);
            }
            for (i, block) in dit.blocks().iter().enumerate().skip(joined) {
                x = block.forward(&x, input.modulation.block(i), rotary, ranges)?;
            }
            dit.output(&x, input.modulation).map(Some)
        };
        Ok(Output {
            audio: finish(
                &self.audio,
                x,
                audio,
                &timeline.audio_rotary,
                &bands.audio_alone,
            )?,
            motion: match (&self.motion, motion, y) {
                (Some(dit), Some(input), Some(y)) => {
                    finish(dit, y, input, &timeline.motion_rotary, &bands.motion_alone)?
                }
                _ => None,
            },
        })
    }
}

/// Parts (1, n, width) side by side, zeros where there is none.
fn or_zero(parts: &[(Option<&Tensor>, usize)], n: usize) -> Result<Tensor> {
    let parts = parts
        .iter()
        .filter(|(_, width)| *width > 0)
        .map(|(part, width)| match part {
            Some(part) => part.broadcast_as((1, n, *width)),
            None => Tensor::zeros((1, n, *width), candle_core::DType::F32, &Device::Cpu),
        })
        .collect::<Result<Vec<_>>>()?;
    Tensor::cat(&parts, 2)
}
