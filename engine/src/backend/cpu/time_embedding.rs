//! The flow's time as a vector (F5-TTS commit 2ae2c9b, `model/modules.py`, `TimestepEmbedding`).

use candle_core::{Device, Result, Tensor};
use candle_nn::VarBuilder;

use crate::kernels::{Activation, Linear};
use crate::networks::jam_flow::{SINUSOID_DIM, sinusoid};

/// Time → vector: sines then cosines of 1000·t, two linear layers with SiLU between.
#[doc(alias = "TimestepEmbedding")]
#[derive(Debug, Clone)]
pub struct TimeEmbedding {
    first: Linear,
    second: Linear,
}

impl TimeEmbedding {
    /// `vb` stands at `time_embed`.
    pub fn new(dim: usize, vb: VarBuilder) -> Result<Self> {
        let vb = vb.pp("time_mlp");
        Ok(Self {
            first: Linear::load(SINUSOID_DIM, dim, &vb.pp(0))?,
            second: Linear::load(dim, dim, &vb.pp(2))?,
        })
    }

    /// Times in [0, 1] → (times, dim).
    pub fn forward(&self, times: &[f64]) -> Result<Tensor> {
        let shape = (times.len(), SINUSOID_DIM);
        let sinusoid = Tensor::from_vec(sinusoid(times), shape, &Device::Cpu)?;
        let hidden = self.first.forward_then(&sinusoid, Some(Activation::Silu))?;
        self.second.forward(&hidden)
    }
}
