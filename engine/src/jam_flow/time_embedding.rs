//! The flow's time as a vector (F5-TTS commit 2ae2c9b, `model/modules.py`, `TimestepEmbedding`).

use candle_core::{Device, Result, Tensor};
use candle_nn::VarBuilder;

use crate::kernels::{Activation, Linear};

/// Width of the sinusoid.
const FREQUENCY_DIM: usize = 256;
/// What t in [0, 1] is multiplied with, so that the fastest sine turns many times.
const SCALE: f32 = 1000.0;

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
            first: Linear::load(FREQUENCY_DIM, dim, &vb.pp(0))?,
            second: Linear::load(dim, dim, &vb.pp(2))?,
        })
    }

    /// Times in [0, 1] → (times, dim).
    pub fn forward(&self, times: &[f64]) -> Result<Tensor> {
        let half = FREQUENCY_DIM / 2;
        // Rounded to f32 at each step as the reference does: at 1000·t the difference would show.
        let decay = -(10_000f64.ln() / (half - 1) as f64) as f32;
        let mut values = Vec::with_capacity(times.len() * FREQUENCY_DIM);
        for &time in times {
            let angle = |i: usize| SCALE * time as f32 * (i as f32 * decay).exp();
            values.extend((0..half).map(|i| angle(i).sin()));
            values.extend((0..half).map(|i| angle(i).cos()));
        }
        let sinusoid = Tensor::from_vec(values, (times.len(), FREQUENCY_DIM), &Device::Cpu)?;
        let hidden = self.first.forward_then(&sinusoid, Some(Activation::Silu))?;
        self.second.forward(&hidden)
    }
}
