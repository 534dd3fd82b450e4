//! ConvNeXtV2 over time (F5-TTS commit 2ae2c9b, `model/modules.py`, `ConvNeXtV2Block`).

use candle_core::{D, Result, Tensor};
use candle_nn::{
    Conv1d, Conv1dConfig, LayerNorm, Linear, Module, VarBuilder, conv1d, layer_norm, linear,
};

/// Taps of the depthwise convolution.
const KERNEL_SIZE: usize = 7;

/// Depthwise convolution, layer norm, two linear layers with exact GELU and global response norm, residual.
#[derive(Debug, Clone)]
pub struct ConvNeXtV2Block {
    dwconv: Conv1d,
    norm: LayerNorm,
    pwconv1: Linear,
    gamma: Tensor,
    beta: Tensor,
    pwconv2: Linear,
}

impl ConvNeXtV2Block {
    /// `vb` stands at the block.
    pub fn new(dim: usize, mult: usize, vb: VarBuilder) -> Result<Self> {
        let inner = dim * mult;
        let config = Conv1dConfig {
            padding: KERNEL_SIZE / 2,
            groups: dim,
            ..Default::default()
        };
        Ok(Self {
            dwconv: conv1d(dim, dim, KERNEL_SIZE, config, vb.pp("dwconv"))?,
            norm: layer_norm(dim, 1e-6, vb.pp("norm"))?,
            pwconv1: linear(dim, inner, vb.pp("pwconv1"))?,
            gamma: vb.get((1, 1, inner), "grn.gamma")?,
            beta: vb.get((1, 1, inner), "grn.beta")?,
            pwconv2: linear(inner, dim, vb.pp("pwconv2"))?,
        })
    }

    /// (b, n, dim) → (b, n, dim).
    pub fn forward(&self, x: &Tensor) -> Result<Tensor> {
        let h = self.dwconv.forward(&x.transpose(1, 2)?.contiguous()?)?;
        let h = self.norm.forward(&h.transpose(1, 2)?.contiguous()?)?;
        let h = self.pwconv1.forward(&h)?.gelu_erf()?;
        x + self.pwconv2.forward(&self.global_response_norm(&h)?)?
    }

    /// Each channel's length over time, against the mean over channels.
    #[doc(alias = "GRN")]
    fn global_response_norm(&self, x: &Tensor) -> Result<Tensor> {
        let length = x.sqr()?.sum_keepdim(1)?.sqrt()?; // (b, 1, inner)
        let ratio = length.broadcast_div(&(length.mean_keepdim(D::Minus1)? + 1e-6)?)?;
        let scale = (ratio.broadcast_mul(&self.gamma)? + 1.0)?;
        x.broadcast_mul(&scale)?.broadcast_add(&self.beta)
    }
}
