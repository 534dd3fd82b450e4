//! How long each phone lasts and how its pitch and loudness go: a small predictor in front of the flow (embedded size only).

use candle_core::{Device, Result, Tensor};
use candle_nn::VarBuilder;

use super::Config;
use super::text_embedding::{PhoneFeatures, TextEmbedding};
use crate::kernels::{Activation, Linear};
use crate::networks::NetworkError;
use crate::networks::conv_next_v2::ConvNeXtV2Block;

/// Runs the predictor, wherever it computes.
pub trait ProsodyNetwork: Send + Sync {
    /// Phones and voice (voice_dim,) → features of the phones, and the natural logarithm of each phone's length in frames of
    /// 25 ms at speed 1.
    ///
    /// # Errors
    /// If there is no memory for it or the device fails.
    fn phones(
        &self,
        phones: &[u32],
        voice: &[f32],
    ) -> std::result::Result<(PhoneFeatures, Vec<f32>), NetworkError>;

    /// Features of the phones, the phone of each token and the progress through it (n, 2) → (n, prosody_channels): normalised log
    /// pitch, logit of voicing, energy.
    ///
    /// # Errors
    /// As [`Self::phones`].
    fn tokens(
        &self,
        phones: &PhoneFeatures,
        alignment: &[u32],
        progress: &[f32],
    ) -> std::result::Result<Vec<f32>, NetworkError>;
}

/// The predictor on the CPU's kernels.
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

    fn phone_rows(&self, phones: &[u32], voice: &[f32]) -> Result<(PhoneFeatures, Vec<f32>)> {
        let voice = self.voice.rows(voice, None); // (1, dim)
        let mut features = self.text.phones(phones)?;
        for row in features.rows.chunks_exact_mut(features.dim) {
            for (x, voice) in row.iter_mut().zip(&voice) {
                *x += voice;
            }
        }
        let hidden = self.duration[0].rows(&features.rows, Some(Activation::Silu));
        let log_frames = self.duration[1].rows(&hidden, None);
        Ok((features, log_frames))
    }

    fn token_rows(
        &self,
        phones: &PhoneFeatures,
        alignment: &[u32],
        progress: &[f32],
    ) -> Result<Vec<f32>> {
        let mut x = phones.stretched(alignment);
        let progress = self.progress.rows(progress, None);
        for (x, progress) in x.iter_mut().zip(&progress) {
            *x += progress;
        }
        let mut x = Tensor::from_vec(x, (1, alignment.len(), phones.dim), &Device::Cpu)?;
        for block in &self.token_blocks {
            x = block.forward(&x)?;
        }
        self.contour.forward(&x)?.flatten_all()?.to_vec1()
    }
}

impl ProsodyNetwork for ProsodyPredictor {
    fn phones(
        &self,
        phones: &[u32],
        voice: &[f32],
    ) -> std::result::Result<(PhoneFeatures, Vec<f32>), NetworkError> {
        Ok(self.phone_rows(phones, voice)?)
    }

    fn tokens(
        &self,
        phones: &PhoneFeatures,
        alignment: &[u32],
        progress: &[f32],
    ) -> std::result::Result<Vec<f32>, NetworkError> {
        Ok(self.token_rows(phones, alignment, progress)?)
    }
}
