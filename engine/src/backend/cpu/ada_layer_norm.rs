//! Layer norm whose scale and shift are a function of the flow's time (F5-TTS commit 2ae2c9b, `model/modules.py`).
//!
//! Modulation depends on the time only, so it is computed once for a whole schedule and handed to every step.

use candle_core::{Result, Tensor};
use candle_nn::VarBuilder;

use crate::kernels::{Linear, layer_norm};

/// Added to the variance.
const EPSILON: f32 = 1e-6;

/// norm(x)·(1 + scale) + shift, both (dim,).
#[derive(Debug, Clone)]
pub struct Affine {
    one_plus_scale: Vec<f32>,
    shift: Vec<f32>,
}

impl Affine {
    fn new(scale: &[f32], shift: &[f32]) -> Self {
        Self {
            one_plus_scale: scale.iter().map(|scale| scale + 1.0).collect(),
            shift: shift.to_vec(),
        }
    }

    /// (rows, dim) in place, inside a vectorised work.
    #[inline(always)]
    pub fn norm(&self, x: &mut [f32]) {
        layer_norm(x, &self.one_plus_scale, &self.shift, EPSILON);
    }
}

/// What one block needs of one time.
#[derive(Debug, Clone)]
pub struct BlockModulation {
    /// Before the attention.
    #[doc(alias = "shift_msa")]
    #[doc(alias = "scale_msa")]
    pub attention: Affine,
    /// How much of the attention is added, (dim,).
    #[doc(alias = "gate_msa")]
    pub attention_gate: Vec<f32>,
    /// Before the feed-forward.
    #[doc(alias = "shift_mlp")]
    #[doc(alias = "scale_mlp")]
    pub feed_forward: Affine,
    /// How much of the feed-forward is added, (dim,).
    #[doc(alias = "gate_mlp")]
    pub feed_forward_gate: Vec<f32>,
}

/// The projection that makes a block's modulation.
#[derive(Debug, Clone)]
pub struct AdaLayerNorm {
    linear: Linear,
}

impl AdaLayerNorm {
    /// `vb` stands at `attn_norm`.
    pub fn new(dim: usize, vb: VarBuilder) -> Result<Self> {
        Ok(Self {
            linear: Linear::load(dim, dim * 6, &vb.pp("linear"))?,
        })
    }

    /// SiLU of the time vectors (times, dim) → one modulation a time.
    pub fn modulations(&self, time: &Tensor) -> Result<Vec<BlockModulation>> {
        let rows: Vec<Vec<f32>> = self.linear.forward(time)?.to_vec2()?; // (times, 6·dim)
        let modulation = |row: &Vec<f32>| {
            let dim = row.len() / 6;
            let part = |i: usize| &row[i * dim..][..dim];
            BlockModulation {
                attention: Affine::new(part(1), part(0)),
                attention_gate: part(2).to_vec(),
                feed_forward: Affine::new(part(4), part(3)),
                feed_forward_gate: part(5).to_vec(),
            }
        };
        Ok(rows.iter().map(modulation).collect())
    }
}

/// The last norm of a stream: scale comes first and shift second, the other way round than in the blocks.
#[doc(alias = "AdaLayerNorm_Final")]
#[derive(Debug, Clone)]
pub struct FinalAdaLayerNorm {
    linear: Linear,
}

impl FinalAdaLayerNorm {
    /// `vb` stands at `norm_out`.
    pub fn new(dim: usize, vb: VarBuilder) -> Result<Self> {
        Ok(Self {
            linear: Linear::load(dim, dim * 2, &vb.pp("linear"))?,
        })
    }

    /// SiLU of the time vectors (times, dim) → one modulation a time.
    pub fn modulations(&self, time: &Tensor) -> Result<Vec<Affine>> {
        let rows: Vec<Vec<f32>> = self.linear.forward(time)?.to_vec2()?; // (times, 2·dim)
        let affine = |row: &Vec<f32>| {
            let (scale, shift) = row.split_at(row.len() / 2);
            Affine::new(scale, shift)
        };
        Ok(rows.iter().map(affine).collect())
    }
}
