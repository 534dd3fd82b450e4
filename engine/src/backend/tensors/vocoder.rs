//! A vocoder's network in plain tensor operations (Vocos, commit c859e3b, `models.py` and `modules.py`).

use candle_core::{Device, Module, Result, Tensor};
use candle_nn::{Conv1d, LayerNorm, Linear, linear};

use super::conv_next::{ConvNextLayers, convolved, over_time};
use crate::networks::vocoder::{NORM_EPSILON, TIME_TAPS, VocoderNetwork, VocoderWeights};

/// The network, on the device of its weights.
#[derive(Debug)]
pub struct PlainVocoder {
    inputs: usize,
    embed: Conv1d,
    norm: LayerNorm,
    blocks: Vec<(ConvNextLayers, Tensor)>,
    final_layer_norm: LayerNorm,
    head: Linear,
    device: Device,
}

impl PlainVocoder {
    /// Takes the weights as they are.
    ///
    /// # Errors
    /// Names the first tensor that is missing or has another shape.
    pub fn new(weights: &VocoderWeights) -> Result<Self> {
        let (dim, vb, epsilon) = (weights.dim, &weights.backbone, f64::from(NORM_EPSILON));
        let inner = weights.intermediate_dim;
        let block = |i| {
            let vb = vb.pp("convnext").pp(i);
            let layers = ConvNextLayers::new(dim, inner, TIME_TAPS, epsilon, &vb)?;
            Ok((layers, vb.get(dim, "gamma")?))
        };
        Ok(Self {
            inputs: weights.inputs,
            embed: over_time([weights.inputs, dim, TIME_TAPS, 1], vb.pp("embed"))?,
            norm: candle_nn::layer_norm(dim, epsilon, vb.pp("norm"))?,
            blocks: (0..weights.num_layers).map(block).collect::<Result<_>>()?,
            final_layer_norm: candle_nn::layer_norm(dim, epsilon, vb.pp("final_layer_norm"))?,
            head: linear(dim, weights.outputs, weights.head.clone())?,
            device: vb.device().clone(),
        })
    }

    fn run(&self, frames: &[f32]) -> Result<Vec<f32>> {
        let shape = (1, frames.len() / self.inputs, self.inputs);
        let x = Tensor::from_slice(frames, shape, &self.device)?;
        let mut x = self.norm.forward(&convolved(&self.embed, &x)?)?;
        for (layers, gamma) in &self.blocks {
            let made = layers.narrowed(&layers.widened(&x)?)?;
            x = (x + made.broadcast_mul(gamma)?)?;
        }
        let made = self.head.forward(&self.final_layer_norm.forward(&x)?)?;
        made.flatten_all()?.to_vec1()
    }
}

impl VocoderNetwork for PlainVocoder {
    fn forward(&self, frames: &[f32]) -> crate::backend::Result<Vec<f32>> {
        Ok(self.run(frames)?)
    }
}
