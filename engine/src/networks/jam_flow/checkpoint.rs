//! A checkpoint of the joint model with its configuration, and where in it the networks stand.

use std::path::Path;

use candle_core::Result;

use super::{Config, JointModel, ProsodyPredictor, TextEmbedding, VoiceTable};
use crate::error::ModelPart;
use crate::weights::{self, Weights};

/// Names under which the Audio-DiT may stand: ours, F5-TTS's with averaged weights, F5-TTS's without. Nothing stands around it
/// in files that hold the transformer alone.
const AUDIO_ROOTS: [&str; 3] = ["audio", "ema_model.transformer", "transformer"];

/// Weights that fit a configuration; networks are made from it.
#[derive(Clone)]
pub struct Checkpoint {
    config: Config,
    weights: Weights,
}

impl Checkpoint {
    /// Opens a configuration and its checkpoint. Shapes are checked when a network is made.
    ///
    /// # Errors
    /// [`crate::Error::WeightsMissing`] and [`crate::Error::WeightsUnfit`].
    pub fn open(config: &Path, checkpoint: &Path) -> crate::Result<Self> {
        let settings: Config = weights::read_config(config, ModelPart::JointModelConfiguration)?;
        settings
            .check()
            .map_err(|reason| weights::unfit(config, reason))?;
        let weights = weights::open(checkpoint, ModelPart::JointModel)?;
        Ok(Self::new(settings, weights))
    }

    /// `weights` stand at the root of the checkpoint.
    pub fn new(config: Config, weights: Weights) -> Self {
        Self { config, weights }
    }

    /// The sizes that the weights have.
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// The Audio-DiT's weights.
    pub fn audio(&self) -> Weights {
        let root = AUDIO_ROOTS.into_iter().find(|root| {
            let name = format!("{root}.proj_out.weight");
            self.weights.contains_tensor(&name)
        });
        match root {
            Some(root) => self.weights.pp(root),
            None if self.weights.contains_tensor("proj_out.weight") => self.weights.clone(),
            None => self.weights.pp(AUDIO_ROOTS[0]),
        }
    }

    /// The Motion-DiT's weights.
    pub fn motion(&self) -> Weights {
        self.weights.pp("motion")
    }

    /// The prosody predictor's weights.
    pub fn prosody_weights(&self) -> Weights {
        self.weights.pp("prosody")
    }

    /// The joint model in plain tensor operations.
    ///
    /// # Errors
    /// Names the first tensor that is missing or has another shape; so do the others.
    pub fn joint_model(&self) -> Result<JointModel> {
        JointModel::new(&self.config, self.audio(), self.motion())
    }

    /// The text encoder.
    pub fn text_embedding(&self) -> Result<TextEmbedding> {
        TextEmbedding::new(&self.config, self.audio().pp("text_embed"))
    }

    /// The table of voices.
    pub fn voices(&self) -> Result<VoiceTable> {
        VoiceTable::new(&self.config, self.weights.clone())
    }

    /// The predictor of durations, pitch and energy.
    pub fn prosody(&self) -> Result<ProsodyPredictor> {
        ProsodyPredictor::new(&self.config, self.prosody_weights())
    }
}
