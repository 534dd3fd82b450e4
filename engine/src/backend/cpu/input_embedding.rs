//! What enters a stream: noisy values and their condition, projected together, plus positions by convolution
//! (F5-TTS commit 2ae2c9b, `model/backbones/dit.py`, `InputEmbedding`).
//!
//! The projection of the condition is the same at every step of the flow, so it is split off and computed once.

use candle_core::{Result, Tensor};
use candle_nn::VarBuilder;

use crate::kernels::{Activation, GroupedConv1d, Linear};

/// Taps of the position convolutions.
const KERNEL_SIZE: usize = 31;
/// Their groups.
const GROUPS: usize = 16;

/// Two grouped convolutions with Mish: (b, n, dim) → (b, n, dim).
#[derive(Debug, Clone)]
pub struct ConvPositionEmbedding {
    first: GroupedConv1d,
    second: GroupedConv1d,
}

impl ConvPositionEmbedding {
    /// `vb` stands at `conv_pos_embed`.
    pub fn new(dim: usize, vb: VarBuilder) -> Result<Self> {
        let conv = |index: usize| {
            let vb = vb.pp("conv1d").pp(index);
            let weight = vb.get((dim, dim / GROUPS, KERNEL_SIZE), "weight")?;
            GroupedConv1d::new(&weight, &vb.get(dim, "bias")?, GROUPS)
        };
        Ok(Self {
            first: conv(0)?,
            second: conv(2)?,
        })
    }

    /// (b, n, dim) → (b, n, dim).
    pub fn forward(&self, x: &Tensor) -> Result<Tensor> {
        let x = self.first.forward(x, Some(Activation::Mish))?;
        self.second.forward(&x, Some(Activation::Mish))
    }
}

/// Noisy values beside a condition → the stream's width.
#[derive(Debug, Clone)]
pub struct InputEmbedding {
    noisy: Linear,
    condition: Linear,
    conv_pos_embed: ConvPositionEmbedding,
}

impl InputEmbedding {
    /// `vb` stands at `input_embed`, whose `proj` takes the noisy values first and the condition after them.
    pub fn new(noisy_dim: usize, condition_dim: usize, dim: usize, vb: VarBuilder) -> Result<Self> {
        let proj = vb.pp("proj");
        let weight = proj.get((dim, noisy_dim + condition_dim), "weight")?;
        let columns = |start, count| weight.narrow(1, start, count)?.contiguous();
        Ok(Self {
            noisy: Linear::new(&columns(0, noisy_dim)?, None)?,
            condition: Linear::new(
                &columns(noisy_dim, condition_dim)?,
                Some(&proj.get(dim, "bias")?),
            )?,
            conv_pos_embed: ConvPositionEmbedding::new(dim, vb.pp("conv_pos_embed"))?,
        })
    }

    /// (b, n, condition_dim) → (b, n, dim), the same for all steps.
    pub fn condition(&self, condition: &Tensor) -> Result<Tensor> {
        self.condition.forward(condition)
    }

    /// Noisy values (b, n, noisy_dim) and [`Self::condition`]'s result → (b, n, dim).
    pub fn forward(&self, noisy: &Tensor, condition: &Tensor) -> Result<Tensor> {
        let x = (self.noisy.forward(noisy)? + condition)?;
        self.conv_pos_embed.forward(&x)? + x
    }
}
