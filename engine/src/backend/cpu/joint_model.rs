//! The joint model on fused kernels.

use candle_core::Result;
use candle_nn::VarBuilder;

use super::dit::{Dit, DitModulation};
use super::joint_attention::Bands;
use super::rotary::RotaryTable;
use crate::networks::jam_flow::{Config, DitShape, Exchange, Output, StreamInput};

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

/// The joint model.
#[derive(Debug, Clone)]
pub struct FusedJointModel {
    config: Config,
    audio: Dit,
    motion: Option<Dit>,
}

impl FusedJointModel {
    /// `audio` and `motion` stand at the two streams. Without motion blocks the model is a voice alone, as F5-TTS's are.
    pub fn new(config: &Config, audio: VarBuilder, motion: VarBuilder) -> Result<Self> {
        Ok(Self {
            config: config.clone(),
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

    /// The Audio-DiT.
    pub fn audio(&self) -> &Dit {
        &self.audio
    }

    /// The Motion-DiT, unless the checkpoint is a voice alone.
    pub fn motion(&self) -> Option<&Dit> {
        self.motion.as_ref()
    }

    /// One evaluation of the network.
    ///
    /// Without `motion` the audio stream runs alone, as in F5-TTS.
    pub fn forward(
        &self,
        timeline: &Timeline,
        audio: StreamInput<DitModulation>,
        motion: Option<StreamInput<DitModulation>>,
        exchange: Exchange,
    ) -> Result<Output> {
        let bands = &timeline.bands;
        // Sound that is given and that nobody listens to costs nothing.
        let is_audio_needed = audio.is_wanted || (motion.is_some() && exchange.motion_sees_audio);
        let mut x = is_audio_needed
            .then(|| self.audio.embed(audio.noisy, audio.condition))
            .transpose()?;
        let mut y = match (&self.motion, motion) {
            (Some(dit), Some(input)) => {
                Some((dit, dit.embed(input.noisy, input.condition)?, input))
            }
            _ => None,
        };
        let mut joined = 0;
        if let Some((dit, y, input)) = &mut y {
            joined = self.config.joint_depth;
            for i in 0..joined {
                let (a, b) = (&self.audio.blocks()[i], &dit.blocks()[i]);
                let (mod_a, mod_b) = (audio.modulation.block(i), input.modulation.block(i));
                let own = match &x {
                    Some(x) => Some(a.before_attention(x, mod_a, &timeline.audio_rotary)?),
                    None => None,
                };
                let other = b.before_attention(y, mod_b, &timeline.motion_rotary)?;
                let seen = exchange.audio_sees_motion.then_some(&other);
                let ranges = match seen {
                    Some(_) => &bands.audio_joined,
                    None => &bands.audio_alone,
                };
                if let (Some(x), Some(own)) = (&mut x, &own) {
                    *x = a.after_projection(x, mod_a, own, seen, ranges)?;
                }
                let seen = own.as_ref().filter(|_| exchange.motion_sees_audio);
                let ranges = match seen {
                    Some(_) => &bands.motion_joined,
                    None => &bands.motion_alone,
                };
                *y = b.after_projection(y, mod_b, &other, seen, ranges)?;
            }
        }
        let finish =
            |dit: &Dit, mut x, input: &StreamInput<DitModulation>, rotary, ranges: &[_]| {
                if !input.is_wanted {
                    return Ok(None);
                }
                for (i, block) in dit.blocks().iter().enumerate().skip(joined) {
                    x = block.forward(&x, input.modulation.block(i), rotary, ranges)?;
                }
                dit.output(&x, input.modulation).map(Some)
            };
        Ok(Output {
            audio: match x {
                Some(x) => finish(
                    &self.audio,
                    x,
                    &audio,
                    &timeline.audio_rotary,
                    &bands.audio_alone,
                )?,
                None => None,
            },
            motion: match y {
                Some((dit, y, input)) => {
                    finish(dit, y, &input, &timeline.motion_rotary, &bands.motion_alone)?
                }
                None => None,
            },
        })
    }
}
