//! The joint model: an Audio-DiT and a Motion-DiT whose first blocks share their attention (arXiv 2506.23552).

use candle_core::{Device, Result, Tensor};
use candle_nn::VarBuilder;

use super::attention::{Masks, Rotary};
use super::dit::{Dit, DitShape, Modulation};
use super::{Config, Visibility};

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

/// One stream at one step; `M` is how the network that is asked keeps the modulation of a time.
#[derive(Debug)]
pub struct StreamInput<'a, M> {
    /// x_t: (b, n, noisy_dim).
    pub noisy: &'a Tensor,
    /// The condition as the network has prepared it: (b, n, …).
    pub condition: &'a Tensor,
    /// Modulation of the stream's time.
    pub modulation: &'a M,
    /// Whether the output is wanted; if not, the blocks that only it needs are left out.
    pub is_wanted: bool,
}

/// The network's raw output, F or velocity, where it was wanted.
#[derive(Debug, Clone)]
pub struct Output {
    /// (b, n, token_dim).
    pub audio: Option<Tensor>,
    /// (b, m, motion_channels).
    pub motion: Option<Tensor>,
}

/// Positions and masks for one length: build once, use at every step.
#[derive(Debug, Clone)]
pub struct Timeline {
    audio_rotary: Rotary,
    motion_rotary: Rotary,
    masks: Masks,
}

/// The joint model.
#[derive(Debug, Clone)]
pub struct JointModel {
    config: Config,
    audio: Dit,
    motion: Option<Dit>,
    device: Device,
}

impl JointModel {
    /// `audio` and `motion` stand at the two streams. Without motion blocks the model is a voice alone, as F5-TTS's are.
    pub fn new(config: &Config, audio: VarBuilder, motion: VarBuilder) -> Result<Self> {
        Ok(Self {
            config: config.clone(),
            device: audio.device().clone(),
            audio: Dit::new(DitShape::audio(config), config, audio)?,
            motion: (config.motion_depth > 0)
                .then(|| Dit::new(DitShape::motion(config), config, motion))
                .transpose()?,
        })
    }

    /// The sizes it was made with.
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// Where its weights lie.
    pub fn device(&self) -> &Device {
        &self.device
    }

    /// The Audio-DiT.
    pub fn audio(&self) -> &Dit {
        &self.audio
    }

    /// The Motion-DiT, unless the checkpoint is a voice alone.
    pub fn motion(&self) -> Option<&Dit> {
        self.motion.as_ref()
    }

    /// For `tokens` audio tokens beside `frames` motion frames.
    pub fn timeline(&self, tokens: usize, frames: usize) -> Result<Timeline> {
        let (config, device) = (&self.config, &self.device);
        let rotary = |count, spacing| Rotary::new(count, spacing, config.dim_head, device);
        Ok(Timeline {
            audio_rotary: rotary(tokens, 1.0)?,
            motion_rotary: rotary(frames, config.tokens_per_motion_frame())?,
            masks: Masks::new(&Visibility::new(config, tokens, frames), device)?,
        })
    }

    /// One evaluation. Conditions are rows as [`super::AudioCondition::rows`] and [`super::MotionCondition::rows`] make them.
    ///
    /// Without `motion` the audio stream runs alone, as in F5-TTS.
    pub fn forward(
        &self,
        timeline: &Timeline,
        audio: StreamInput<Modulation>,
        motion: Option<StreamInput<Modulation>>,
        exchange: Exchange,
    ) -> Result<Output> {
        let Timeline {
            audio_rotary,
            motion_rotary,
            masks,
        } = timeline;
        let mut x = self.audio.embed(audio.noisy, audio.condition)?;
        let mut y = match (&self.motion, motion) {
            (Some(dit), Some(input)) => {
                Some((dit, dit.embed(input.noisy, input.condition)?, input))
            }
            _ => None,
        };
        let joined = if y.is_some() {
            self.config.joint_depth
        } else {
            0
        };
        for i in 0..joined {
            if let Some((dit, y, motion)) = &mut y {
                let (a, b) = (&self.audio.blocks()[i], &dit.blocks()[i]);
                let (mod_a, mod_b) = (audio.modulation.block(i), motion.modulation.block(i));
                let own = a.project(&x, mod_a, audio_rotary)?;
                let other = b.project(y, mod_b, motion_rotary)?;
                x = match exchange.audio_sees_motion {
                    true => a.finish(&x, mod_a, &own, Some(&other), Some(&masks.audio_joined))?,
                    false => a.finish(&x, mod_a, &own, None, None)?,
                };
                *y = match exchange.motion_sees_audio {
                    true => b.finish(y, mod_b, &other, Some(&own), Some(&masks.motion_joined))?,
                    false => b.finish(y, mod_b, &other, None, Some(&masks.motion_alone))?,
                };
            }
        }
        let rest = |dit: &Dit,
                    mut x: Tensor,
                    input: &StreamInput<Modulation>,
                    rotary: &Rotary,
                    mask: Option<&Tensor>| {
            if !input.is_wanted {
                return Ok(None);
            }
            for (i, block) in dit.blocks().iter().enumerate().skip(joined) {
                let modulation = input.modulation.block(i);
                let own = block.project(&x, modulation, rotary)?;
                x = block.finish(&x, modulation, &own, None, mask)?;
            }
            dit.output(&x, input.modulation).map(Some)
        };
        Ok(Output {
            audio: rest(&self.audio, x, &audio, audio_rotary, None)?,
            motion: match y {
                Some((dit, y, input)) => {
                    rest(dit, y, &input, motion_rotary, Some(&masks.motion_alone))?
                }
                None => None,
            },
        })
    }
}
