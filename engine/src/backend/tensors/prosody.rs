//! The prosody predictor in plain tensor operations.

use candle_core::{Device, Module, Result, Tensor};
use candle_nn::{Embedding, Linear, VarBuilder, embedding, linear};

use super::conv_next::ConvNextLayers;
use crate::networks::conv_next_v2;
use crate::networks::jam_flow::{
    Checkpoint, Config, PhoneFeatures, ProsodyNetwork, absolute_positions,
};

/// The predictor, on the device of its weights.
#[derive(Debug)]
pub struct PlainProsody {
    text_embed: Embedding,
    phone_blocks: Vec<Block>,
    voice: Linear,
    duration: [Linear; 2],
    progress: Linear,
    token_blocks: Vec<Block>,
    contour: Linear,
    device: Device,
}

/// ConvNeXtV2 (F5-TTS commit 2ae2c9b, `model/modules.py`, `ConvNeXtV2Block`).
#[derive(Debug)]
struct Block {
    layers: ConvNextLayers,
    gamma: Tensor,
    beta: Tensor,
}

impl Block {
    fn new(config: &Config, vb: &VarBuilder) -> Result<Self> {
        let (dim, inner) = (config.prosody_dim, config.prosody_dim * config.conv_mult);
        let (taps, epsilon) = (conv_next_v2::KERNEL_SIZE, conv_next_v2::EPSILON);
        Ok(Self {
            layers: ConvNextLayers::new(dim, inner, taps, f64::from(epsilon), vb)?,
            gamma: vb.get((1, 1, inner), "grn.gamma")?,
            beta: vb.get((1, 1, inner), "grn.beta")?,
        })
    }

    fn forward(&self, x: &Tensor) -> Result<Tensor> {
        let wide = self.layers.widened(x)?;
        // Each channel's length over time against the mean over channels.
        let lengths = wide.sqr()?.sum_keepdim(1)?.sqrt()?;
        let mean = (lengths.mean_keepdim(2)? + f64::from(conv_next_v2::EPSILON))?;
        let response = lengths.broadcast_div(&mean)?;
        let scaled = wide.broadcast_mul(&response)?.broadcast_mul(&self.gamma)?;
        let wide = (scaled.broadcast_add(&self.beta)? + wide)?;
        x + self.layers.narrowed(&wide)?
    }
}

impl PlainProsody {
    /// Takes the weights as they are.
    ///
    /// # Errors
    /// Names the first tensor that is missing or has another shape.
    pub fn new(checkpoint: &Checkpoint) -> Result<Self> {
        let (config, vb) = (checkpoint.config(), checkpoint.prosody_weights());
        let dim = config.prosody_dim;
        let blocks = |vb: VarBuilder| {
            let block = |i| Block::new(config, &vb.pp(i));
            (0..config.prosody_layers).map(block).collect::<Result<_>>()
        };
        Ok(Self {
            text_embed: embedding(config.text_rows(), dim, vb.pp("text.text_embed"))?,
            phone_blocks: blocks(vb.pp("text.text_blocks"))?,
            voice: linear(config.voice_dim, dim, vb.pp("voice"))?,
            duration: [
                linear(dim, dim, vb.pp("duration.0"))?,
                linear(dim, 1, vb.pp("duration.2"))?,
            ],
            progress: linear(config.progress_channels(), dim, vb.pp("progress"))?,
            token_blocks: blocks(vb.pp("token_blocks"))?,
            contour: linear(dim, config.prosody_channels, vb.pp("contour"))?,
            device: vb.device().clone(),
        })
    }

    fn phone_rows(&self, phones: &[u32], voice: &[f32]) -> Result<(PhoneFeatures, Vec<f32>)> {
        let dim = self.text_embed.embeddings().dim(1)?;
        let embedded = self
            .text_embed
            .forward(&Tensor::new(phones, &self.device)?)?;
        let positions = absolute_positions(phones.len(), dim, &self.device)?;
        let mut x = (embedded + positions)?.unsqueeze(0)?;
        for block in &self.phone_blocks {
            x = block.forward(&x)?;
        }
        let voice = Tensor::new(voice, &self.device)?.unsqueeze(0)?;
        let x = x.broadcast_add(&self.voice.forward(&voice)?)?;
        let hidden = self.duration[0].forward(&x)?.silu()?;
        let log_frames = self.duration[1].forward(&hidden)?.flatten_all()?;
        let features = PhoneFeatures {
            rows: x.flatten_all()?.to_vec1()?,
            dim,
        };
        Ok((features, log_frames.to_vec1()?))
    }

    fn token_rows(
        &self,
        phones: &PhoneFeatures,
        alignment: &[u32],
        progress: &[f32],
    ) -> Result<Vec<f32>> {
        let n = alignment.len();
        let rows = |values: &[f32]| {
            Tensor::from_slice(values, (1, n, values.len() / n.max(1)), &self.device)
        };
        let progress = self.progress.forward(&rows(progress)?)?;
        let mut x = (rows(&phones.stretched(alignment))? + progress)?;
        for block in &self.token_blocks {
            x = block.forward(&x)?;
        }
        self.contour.forward(&x)?.flatten_all()?.to_vec1()
    }
}

impl ProsodyNetwork for PlainProsody {
    fn phones(
        &self,
        phones: &[u32],
        voice: &[f32],
    ) -> crate::backend::Result<(PhoneFeatures, Vec<f32>)> {
        Ok(self.phone_rows(phones, voice)?)
    }

    fn tokens(
        &self,
        phones: &PhoneFeatures,
        alignment: &[u32],
        progress: &[f32],
    ) -> crate::backend::Result<Vec<f32>> {
        Ok(self.token_rows(phones, alignment, progress)?)
    }
}
