//! Layers of the vocoders on plain row-major (n, channels) buffers.

use candle_core::Result;
use candle_nn::VarBuilder;
use pulp::{Simd, WithSimd};
use rayon::prelude::*;

use super::VocoderWeights;
use crate::kernels::{Activation, DepthwiseConv1d, Linear, layer_norm, rows_per_task, vectorized};

/// Width of every convolution over time in Vocos.
pub const TIME_TAPS: usize = 7;
/// Vocos (commit c859e3b) uses this epsilon in all its norms.
pub const NORM_EPSILON: f32 = 1e-6;

/// Convolution over time with all channels joined and the length kept: (n, inputs) → (n, outputs).
#[derive(Debug)]
pub struct Convolution {
    taps: Linear,
    inputs: usize,
    width: usize,
}

impl Convolution {
    /// `vb` stands at the layer's name; `width` is odd.
    pub fn new(inputs: usize, outputs: usize, width: usize, vb: &VarBuilder) -> Result<Self> {
        let weight = vb.get((outputs, inputs, width), "weight")?;
        // Tap-major, so that a window of rows is one long row.
        let weight = weight
            .permute((0, 2, 1))?
            .contiguous()?
            .reshape((outputs, width * inputs))?;
        Ok(Self {
            taps: Linear::new(&weight, Some(&vb.get(outputs, "bias")?))?,
            inputs,
            width,
        })
    }

    /// (n, inputs) → (n, outputs), zeros beyond both ends.
    pub fn forward(&self, x: &[f32], activation: Option<Activation>) -> Vec<f32> {
        let rows = x.len() / self.inputs;
        let margin = self.width / 2 * self.inputs;
        let mut padded = vec![0.0; x.len() + 2 * margin];
        padded[margin..margin + x.len()].copy_from_slice(x);
        let window = self.width * self.inputs;
        let mut windows = Vec::with_capacity(rows * window);
        for row in 0..rows {
            windows.extend_from_slice(&padded[row * self.inputs..row * self.inputs + window]);
        }
        self.taps.rows(&windows, activation)
    }
}

/// Layer norm over the channels of each row.
#[derive(Debug)]
pub struct LayerNorm {
    weight: Vec<f32>,
    bias: Vec<f32>,
}

impl LayerNorm {
    /// `vb` stands at the layer's name.
    pub fn new(dim: usize, vb: &VarBuilder) -> Result<Self> {
        Ok(Self {
            weight: vb.get(dim, "weight")?.to_vec1()?,
            bias: vb.get(dim, "bias")?.to_vec1()?,
        })
    }

    /// (n, dim) in place, inside a vectorised work.
    #[inline(always)]
    fn apply(&self, x: &mut [f32]) {
        layer_norm(x, &self.weight, &self.bias, NORM_EPSILON);
    }

    /// (n, dim) in place.
    pub fn forward(&self, x: &mut [f32]) {
        vectorized(NormWork(self, x));
    }
}

struct NormWork<'a>(&'a LayerNorm, &'a mut [f32]);

impl WithSimd for NormWork<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        self.0.apply(self.1);
    }
}

/// The ConvNeXt block of Vocos (commit c859e3b, `modules.py`), without adaptive norms.
#[derive(Debug)]
pub struct ConvNextBlock {
    dwconv: DepthwiseConv1d,
    norm: LayerNorm,
    pwconv1: Linear,
    pwconv2: Linear,
    gamma: Vec<f32>,
}

impl ConvNextBlock {
    /// `vb` stands at the block's name.
    pub fn new(dim: usize, intermediate_dim: usize, vb: &VarBuilder) -> Result<Self> {
        let dwconv = vb.pp("dwconv");
        Ok(Self {
            dwconv: DepthwiseConv1d::new(
                &dwconv.get((dim, 1, TIME_TAPS), "weight")?,
                &dwconv.get(dim, "bias")?,
            )?,
            norm: LayerNorm::new(dim, &vb.pp("norm"))?,
            pwconv1: Linear::load(dim, intermediate_dim, &vb.pp("pwconv1"))?,
            pwconv2: Linear::load(intermediate_dim, dim, &vb.pp("pwconv2"))?,
            gamma: vb.get(dim, "gamma")?.to_vec1()?,
        })
    }

    /// (n, dim) → the sum of it and the block's output.
    pub fn forward(&self, x: &[f32]) -> Vec<f32> {
        let dim = self.gamma.len();
        let task = rows_per_task(x.len() / dim);
        let mut out = vec![0.0; x.len()];
        out.par_chunks_mut(task * dim)
            .enumerate()
            .for_each(|(i, out)| {
                vectorized(BlockWork {
                    block: self,
                    x,
                    first: i * task,
                    out,
                });
            });
        out
    }
}

/// A block for some rows.
struct BlockWork<'a> {
    block: &'a ConvNextBlock,
    x: &'a [f32],
    first: usize,
    out: &'a mut [f32],
}

impl WithSimd for BlockWork<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let Self {
            block,
            x,
            first,
            out,
        } = self;
        let dim = block.gamma.len();
        let rows = out.len() / dim;
        let mut h = vec![0.0; out.len()];
        block.dwconv.apply(x, first..first + rows, &mut h);
        block.norm.apply(&mut h);
        let mut wide = vec![0.0; rows * block.pwconv1.outputs()];
        block.pwconv1.apply(simd, &h, &mut wide);
        Activation::Gelu.apply(&mut wide);
        block.pwconv2.apply(simd, &wide, &mut h);
        out.copy_from_slice(&x[first * dim..][..rows * dim]);
        for (out, h) in out.chunks_exact_mut(dim).zip(h.chunks_exact(dim)) {
            for ((out, h), gamma) in out.iter_mut().zip(h).zip(&block.gamma) {
                *out += gamma * h;
            }
        }
    }
}

/// What Vocos calls its backbone: convolution, norm, blocks, norm. (n, inputs) → (n, dim).
#[derive(Debug)]
pub struct Backbone {
    embed: Convolution,
    norm: LayerNorm,
    convnext: Vec<ConvNextBlock>,
    final_layer_norm: LayerNorm,
}

impl Backbone {
    /// Lays its weights out for this machine.
    pub fn new(weights: &VocoderWeights) -> Result<Self> {
        let (dim, vb) = (weights.dim, &weights.backbone);
        let block = |i| ConvNextBlock::new(dim, weights.intermediate_dim, &vb.pp("convnext").pp(i));
        Ok(Self {
            embed: Convolution::new(weights.inputs, dim, TIME_TAPS, &vb.pp("embed"))?,
            norm: LayerNorm::new(dim, &vb.pp("norm"))?,
            convnext: (0..weights.num_layers).map(block).collect::<Result<_>>()?,
            final_layer_norm: LayerNorm::new(dim, &vb.pp("final_layer_norm"))?,
        })
    }

    /// (n, inputs) → (n, dim).
    pub fn forward(&self, x: &[f32]) -> Vec<f32> {
        let mut x = self.embed.forward(x, None);
        self.norm.forward(&mut x);
        for block in &self.convnext {
            x = block.forward(&x);
        }
        self.final_layer_norm.forward(&mut x);
        x
    }
}
