//! What the ConvNeXt blocks of vocoder and predictor share, on rows (1, n, dim).

use candle_core::{Module, Result, Tensor};
use candle_nn::{Conv1d, Conv1dConfig, LayerNorm, Linear, VarBuilder, conv1d, linear};

/// A convolution over time that keeps the length. `vb` stands at its name.
pub fn over_time([inputs, outputs, taps, groups]: [usize; 4], vb: VarBuilder) -> Result<Conv1d> {
    let config = Conv1dConfig {
        padding: taps / 2,
        groups,
        ..Conv1dConfig::default()
    };
    conv1d(inputs, outputs, taps, config, vb)
}

/// Applies one to (1, n, inputs).
pub fn convolved(convolution: &Conv1d, x: &Tensor) -> Result<Tensor> {
    let channels_first = x.transpose(1, 2)?.contiguous()?;
    convolution
        .forward(&channels_first)?
        .transpose(1, 2)?
        .contiguous()
}

/// Depthwise convolution, norm and the two linear layers of a block.
#[derive(Debug)]
pub struct ConvNextLayers {
    dwconv: Conv1d,
    norm: LayerNorm,
    pwconv1: Linear,
    pwconv2: Linear,
}

impl ConvNextLayers {
    /// `vb` stands at the block.
    pub fn new(
        dim: usize,
        inner: usize,
        taps: usize,
        epsilon: f64,
        vb: &VarBuilder,
    ) -> Result<Self> {
        Ok(Self {
            dwconv: over_time([dim, dim, taps, dim], vb.pp("dwconv"))?,
            norm: candle_nn::layer_norm(dim, epsilon, vb.pp("norm"))?,
            pwconv1: linear(dim, inner, vb.pp("pwconv1"))?,
            pwconv2: linear(inner, dim, vb.pp("pwconv2"))?,
        })
    }

    /// Up to the exact GELU: (1, n, dim) → (1, n, inner).
    pub fn widened(&self, x: &Tensor) -> Result<Tensor> {
        let x = self.norm.forward(&convolved(&self.dwconv, x)?)?;
        self.pwconv1.forward(&x)?.gelu_erf()
    }

    /// (1, n, inner) → (1, n, dim).
    pub fn narrowed(&self, x: &Tensor) -> Result<Tensor> {
        self.pwconv2.forward(x)
    }
}
