//! Layer norm whose scale and shift are a function of the flow's time (F5-TTS commit 2ae2c9b, `model/modules.py`).
//!
//! Modulation depends on the time only, so it is computed once for a whole schedule and handed to every step.

use candle_core::{D, Result, Tensor};
use candle_nn::{Linear, Module, VarBuilder, linear, ops};

/// Added to the variance.
const EPSILON: f32 = 1e-6;

/// norm(x)·(1 + scale) + shift, both (dim,).
#[derive(Debug, Clone)]
pub struct Affine {
    one_plus_scale: Tensor,
    shift: Tensor,
}

impl Affine {
    fn new(scale: &Tensor, shift: &Tensor) -> Result<Self> {
        Ok(Self {
            one_plus_scale: (scale + 1.0)?.contiguous()?,
            shift: shift.contiguous()?,
        })
    }

    /// (b, n, dim) → (b, n, dim).
    pub fn norm(&self, x: &Tensor) -> Result<Tensor> {
        ops::layer_norm(x, &self.one_plus_scale, &self.shift, EPSILON)
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
    pub attention_gate: Tensor,
    /// Before the feed-forward.
    #[doc(alias = "shift_mlp")]
    #[doc(alias = "scale_mlp")]
    pub feed_forward: Affine,
    /// How much of the feed-forward is added, (dim,).
    #[doc(alias = "gate_mlp")]
    pub feed_forward_gate: Tensor,
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
            linear: linear(dim, dim * 6, vb.pp("linear"))?,
        })
    }

    /// SiLU of the time vectors (times, dim) → one modulation a time.
    pub fn modulations(&self, time: &Tensor) -> Result<Vec<BlockModulation>> {
        let rows = self.linear.forward(time)?; // (times, 6·dim)
        (0..rows.dim(0)?)
            .map(|i| {
                let parts = rows.get(i)?.chunk(6, D::Minus1)?;
                Ok(BlockModulation {
                    attention: Affine::new(&parts[1], &parts[0])?,
                    attention_gate: parts[2].contiguous()?,
                    feed_forward: Affine::new(&parts[4], &parts[3])?,
                    feed_forward_gate: parts[5].contiguous()?,
                })
            })
            .collect()
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
            linear: linear(dim, dim * 2, vb.pp("linear"))?,
        })
    }

    /// SiLU of the time vectors (times, dim) → one modulation a time.
    pub fn modulations(&self, time: &Tensor) -> Result<Vec<Affine>> {
        let rows = self.linear.forward(time)?; // (times, 2·dim)
        (0..rows.dim(0)?)
            .map(|i| {
                let parts = rows.get(i)?.chunk(2, D::Minus1)?;
                Affine::new(&parts[0], &parts[1])
            })
            .collect()
    }
}
