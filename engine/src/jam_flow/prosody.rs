//! How long each phone lasts and how its pitch and loudness go: a small predictor in front of the flow (embedded size only).

use candle_core::{Result, Tensor};
use candle_nn::VarBuilder;

use super::config::Config;
use super::conv_next_v2::ConvNeXtV2Block;
use super::text_embedding::{TextEmbedding, stretch};
use crate::kernels::{Activation, Linear};

/// Phones and voice → durations, then pitch, voicing and energy of each audio token.
#[derive(Debug, Clone)]
pub struct ProsodyPredictor {
    text: TextEmbedding,
    voice: Linear,
    duration: [Linear; 2],
    progress: Linear,
    token_blocks: Vec<ConvNeXtV2Block>,
    contour: Linear,
}

impl ProsodyPredictor {
    /// `vb` stands at `prosody`.
    pub fn new(config: &Config, vb: VarBuilder) -> Result<Self> {
        let dim = config.prosody_dim;
        Ok(Self {
            text: TextEmbedding::for_prosody(config, vb.pp("text"))?,
            voice: Linear::load(config.voice_dim, dim, &vb.pp("voice"))?,
            duration: [
                Linear::load(dim, dim, &vb.pp("duration.0"))?,
                Linear::load(dim, 1, &vb.pp("duration.2"))?,
            ],
            progress: Linear::load(config.progress_channels(), dim, &vb.pp("progress"))?,
            token_blocks: (0..config.prosody_layers)
                .map(|i| ConvNeXtV2Block::new(dim, config.conv_mult, vb.pp("token_blocks").pp(i)))
                .collect::<Result<_>>()?,
            contour: Linear::load(dim, config.prosody_channels, &vb.pp("contour"))?,
        })
    }

    /// Phones and voice (voice_dim,) → features (1, p, dim), and the natural logarithm of each phone's length in frames of
    /// 25 ms at speed 1.
    pub fn phones(&self, phones: &[u32], voice: &Tensor) -> Result<(Tensor, Vec<f32>)> {
        let voice = self.voice.forward(&voice.unsqueeze(0)?)?; // (1, dim)
        let x = self.text.phones(phones)?.broadcast_add(&voice)?;
        let hidden = self.duration[0].forward_then(&x, Some(Activation::Silu))?;
        let log_frames = self.duration[1]
            .forward(&hidden)?
            .flatten_all()?
            .to_vec1()?;
        Ok((x, log_frames))
    }

    /// Features of the phones, the phone of each token and the progress through it (1, n, 2) → (1, n, prosody_channels):
    /// normalised log pitch, logit of voicing, energy.
    pub fn tokens(&self, phones: &Tensor, alignment: &[u32], progress: &Tensor) -> Result<Tensor> {
        let mut x = (stretch(phones, alignment)? + self.progress.forward(progress)?)?;
        for block in &self.token_blocks {
            x = block.forward(&x)?;
        }
        self.contour.forward(&x)
    }
}
