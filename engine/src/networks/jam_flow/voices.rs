//! The table of named voices.

use candle_core::{Result, Tensor};
use candle_nn::VarBuilder;

use super::Config;

/// One embedding for each of [`Config::voices`].
#[derive(Debug, Clone)]
pub struct VoiceTable {
    rows: Tensor, // (voices, voice_dim)
}

impl VoiceTable {
    /// `vb` stands at the root of the checkpoint.
    pub fn new(config: &Config, vb: VarBuilder) -> Result<Self> {
        let shape = (config.voices.len().max(1), config.voice_dim);
        Ok(Self {
            rows: vb.get(shape, "voice_embed.weight")?,
        })
    }

    /// A mix of voices, one weight a voice: (voice_dim,).
    ///
    /// # Errors
    /// If there are not as many weights as voices.
    pub fn mix(&self, weights: &[f32]) -> Result<Vec<f32>> {
        let weights = Tensor::new(weights, self.rows.device())?.unsqueeze(0)?;
        weights.matmul(&self.rows)?.squeeze(0)?.to_vec1()
    }
}
