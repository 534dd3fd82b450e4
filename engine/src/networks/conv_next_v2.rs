//! ConvNeXtV2 over time (F5-TTS commit 2ae2c9b, `model/modules.py`, `ConvNeXtV2Block`).

use candle_core::{Result, Tensor};
use candle_nn::VarBuilder;
use pulp::{Simd, WithSimd};
use rayon::prelude::*;

use crate::kernels::{
    Activation, DepthwiseConv1d, Linear, layer_norm, rows_per_task, tensor, values, vectorized,
};

/// Taps of the depthwise convolution.
pub const KERNEL_SIZE: usize = 7;
/// Added to variances, and to the mean length.
pub const EPSILON: f32 = 1e-6;

/// Depthwise convolution, layer norm, two linear layers with exact GELU and global response norm, residual.
#[derive(Debug, Clone)]
pub struct ConvNeXtV2Block {
    dwconv: DepthwiseConv1d,
    norm_weight: Vec<f32>,
    norm_bias: Vec<f32>,
    pwconv1: Linear,
    gamma: Vec<f32>,
    beta: Vec<f32>,
    pwconv2: Linear,
}

impl ConvNeXtV2Block {
    /// `vb` stands at the block.
    pub fn new(dim: usize, mult: usize, vb: VarBuilder) -> Result<Self> {
        let inner = dim * mult;
        let list = |name: &str, len: usize| vb.get(len, name)?.to_vec1();
        let dwconv = vb.pp("dwconv");
        let response = |name: &str| vb.get((1, 1, inner), name)?.flatten_all()?.to_vec1();
        Ok(Self {
            dwconv: DepthwiseConv1d::new(
                &dwconv.get((dim, 1, KERNEL_SIZE), "weight")?,
                &dwconv.get(dim, "bias")?,
            )?,
            norm_weight: list("norm.weight", dim)?,
            norm_bias: list("norm.bias", dim)?,
            pwconv1: Linear::load(dim, inner, &vb.pp("pwconv1"))?,
            gamma: response("grn.gamma")?,
            beta: response("grn.beta")?,
            pwconv2: Linear::load(inner, dim, &vb.pp("pwconv2"))?,
        })
    }

    /// (b, n, dim) → (b, n, dim).
    pub fn forward(&self, x: &Tensor) -> Result<Tensor> {
        let (_, n, dim) = x.dims3()?;
        let mut out = values(x, <[f32]>::to_vec)?;
        for item in out.chunks_exact_mut((n * dim).max(1)) {
            self.item(item);
        }
        tensor(out, x.shape())
    }

    /// (n, dim) in place.
    fn item(&self, x: &mut [f32]) {
        let (dim, inner) = (self.norm_weight.len(), self.gamma.len());
        let task = rows_per_task(x.len() / dim);
        let mut wide = vec![0.0; x.len() / dim * inner];
        let whole = &*x;
        wide.par_chunks_mut(task * inner)
            .enumerate()
            .for_each(|(i, out)| {
                vectorized(Widen {
                    block: self,
                    x: whole,
                    first: i * task,
                    out,
                });
            });
        let scale = self.global_response(&wide);
        x.par_chunks_mut(task * dim)
            .zip(wide.par_chunks_mut(task * inner))
            .for_each(|(x, wide)| {
                vectorized(Narrow {
                    block: self,
                    scale: &scale,
                    wide,
                    x,
                });
            });
    }

    /// Each channel's length over time against the mean over channels, times gamma, plus 1: (inner,).
    #[doc(alias = "GRN")]
    fn global_response(&self, wide: &[f32]) -> Vec<f32> {
        let mut lengths = vec![0.0f32; self.gamma.len()];
        for row in wide.chunks_exact(self.gamma.len()) {
            for (length, x) in lengths.iter_mut().zip(row) {
                *length += x * x;
            }
        }
        lengths
            .iter_mut()
            .for_each(|length| *length = length.sqrt());
        let mean = lengths.iter().sum::<f32>() / lengths.len() as f32;
        lengths
            .iter()
            .zip(&self.gamma)
            .map(|(length, gamma)| length / (mean + EPSILON) * gamma + 1.0)
            .collect()
    }
}

/// Up to the GELU, for some rows.
struct Widen<'a> {
    block: &'a ConvNeXtV2Block,
    x: &'a [f32],
    first: usize,
    out: &'a mut [f32],
}

impl WithSimd for Widen<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let block = self.block;
        let rows = self.out.len() / block.pwconv1.outputs();
        let mut h = vec![0.0; rows * block.pwconv1.inputs()];
        block
            .dwconv
            .apply(self.x, self.first..self.first + rows, &mut h);
        layer_norm(&mut h, &block.norm_weight, &block.norm_bias, EPSILON);
        block.pwconv1.apply(simd, &h, self.out);
        Activation::Gelu.apply(self.out);
    }
}

/// From the response norm on, for some rows, whose values it replaces.
struct Narrow<'a> {
    block: &'a ConvNeXtV2Block,
    scale: &'a [f32],
    wide: &'a mut [f32],
    x: &'a mut [f32],
}

impl WithSimd for Narrow<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let block = self.block;
        for row in self.wide.chunks_exact_mut(self.scale.len()) {
            for ((x, scale), beta) in row.iter_mut().zip(self.scale).zip(&block.beta) {
                *x = *x * scale + beta;
            }
        }
        let mut h = vec![0.0; self.x.len()];
        block.pwconv2.apply(simd, self.wide, &mut h);
        for (x, h) in self.x.iter_mut().zip(&h) {
            *x += h;
        }
    }
}
