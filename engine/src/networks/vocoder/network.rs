//! The trained part of a vocoder: frames of features in, what the sound is made with out. Everything else about a vocoder are
//! transforms.

use candle_core::Result;

use super::layers::Backbone;
use crate::kernels::Linear;
use crate::networks::NetworkError;
use crate::weights::Weights;

/// Runs that part, wherever it computes.
pub trait VocoderNetwork: Send + Sync {
    /// (n, inputs) → (n, outputs).
    ///
    /// # Errors
    /// If there is no memory for it or the device fails.
    fn forward(&self, frames: &[f32]) -> std::result::Result<Vec<f32>, NetworkError>;
}

/// Its sizes, and where in a checkpoint it stands: what Vocos calls the backbone, then one linear layer.
#[derive(Clone)]
pub struct VocoderWeights {
    /// Numbers in a frame of features.
    pub inputs: usize,
    /// Width of the ConvNeXt.
    pub dim: usize,
    /// Width inside its blocks.
    pub intermediate_dim: usize,
    /// How many blocks.
    pub num_layers: usize,
    /// Numbers in a frame of the result.
    pub outputs: usize,
    /// At the prefix of `embed`.
    pub backbone: Weights,
    /// At the last layer.
    pub head: Weights,
}

/// The network on the CPU's kernels.
#[derive(Debug)]
pub struct FusedVocoderNetwork {
    backbone: Backbone,
    head: Linear,
}

impl FusedVocoderNetwork {
    /// Lays the weights out for this machine.
    ///
    /// # Errors
    /// Names the first tensor that is missing or has another shape.
    pub fn new(weights: &VocoderWeights) -> Result<Self> {
        Ok(Self {
            backbone: Backbone::new(weights)?,
            head: Linear::load(weights.dim, weights.outputs, &weights.head)?,
        })
    }
}

impl VocoderNetwork for FusedVocoderNetwork {
    fn forward(&self, frames: &[f32]) -> std::result::Result<Vec<f32>, NetworkError> {
        Ok(self.head.rows(&self.backbone.forward(frames), None))
    }
}
