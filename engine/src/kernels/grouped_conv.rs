//! Grouped convolution over time.

use candle_core::{Result, Tensor, bail};
use pulp::{Simd, WithSimd};
use rayon::prelude::*;

use super::{Activation, tensor, values, vectorized};

/// A grouped convolution over time with an odd kernel and padding that keeps the length, on (b, n, dim) without transposing.
#[derive(Debug, Clone)]
pub struct GroupedConv1d {
    /// [group][block of outputs][input channel][tap][output of the block]; blocks are filled up with zeros.
    weight: Vec<f32>,
    bias: Vec<f32>,
    groups: usize,
    kernel_size: usize,
}

/// Output channels that are summed together: each input is loaded once for all of them.
const CONV_OUTPUTS: usize = 8;

impl GroupedConv1d {
    /// Takes PyTorch's weight (dim, dim / groups, kernel) and bias (dim,).
    pub fn new(weight: &Tensor, bias: &Tensor, groups: usize) -> Result<Self> {
        let (dim, width, kernel_size) = weight.dims3()?;
        if width == 0
            || width * groups != dim
            || kernel_size.is_multiple_of(2)
            || bias.dims1()? != dim
        {
            bail!("a grouped convolution needs equal groups and an odd kernel");
        }
        let blocks = width.div_ceil(CONV_OUTPUTS);
        let filled = blocks * CONV_OUTPUTS;
        let weight = weight
            .reshape((groups, width, width, kernel_size))?
            .pad_with_zeros(1, 0, filled - width)?
            .reshape((groups, blocks, CONV_OUTPUTS, width, kernel_size))?
            .permute((0, 1, 3, 4, 2))?
            .flatten_all()?
            .to_vec1()?;
        Ok(Self {
            weight,
            bias: bias.to_vec1()?,
            groups,
            kernel_size,
        })
    }

    /// (b, n, dim) → (b, n, dim), then the activation.
    pub fn forward(&self, x: &Tensor, activation: Option<Activation>) -> Result<Tensor> {
        let (batch, frames, dim) = x.dims3()?;
        if dim != self.bias.len() {
            bail!("{dim} channels for a convolution of {}", self.bias.len());
        }
        let out = values(x, |x| self.items(x, batch, frames, activation))?;
        tensor(out, (batch, frames, dim))
    }

    fn items(
        &self,
        x: &[f32],
        batch: usize,
        frames: usize,
        activation: Option<Activation>,
    ) -> Vec<f32> {
        let dim = self.bias.len();
        let width = dim / self.groups;
        let mut grouped = vec![0.0; batch * frames * dim];
        grouped
            .par_chunks_mut((frames * width).max(1))
            .enumerate()
            .for_each(|(i, out)| {
                let (item, group) = (i / self.groups, i % self.groups);
                vectorized(ConvWork {
                    conv: self,
                    x: &x[item * frames * dim..][..frames * dim],
                    group,
                    activation,
                    out,
                });
            });
        let mut out = vec![0.0; grouped.len()];
        for (item, grouped) in out
            .chunks_mut((frames * dim).max(1))
            .zip(grouped.chunks((frames * dim).max(1)))
        {
            for (group, source) in grouped.chunks(frames * width).enumerate() {
                for (row, source) in item.chunks_mut(dim).zip(source.chunks(width)) {
                    row[group * width..][..width].copy_from_slice(source);
                }
            }
        }
        out
    }
}

/// One group of one item.
struct ConvWork<'a> {
    conv: &'a GroupedConv1d,
    /// (n, dim), of which the group's channels are read.
    x: &'a [f32],
    group: usize,
    activation: Option<Activation>,
    /// (n, width).
    out: &'a mut [f32],
}

impl WithSimd for ConvWork<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let lanes = S::F32_LANES;
        let GroupedConv1d {
            weight,
            bias,
            groups,
            kernel_size,
        } = self.conv;
        let (dim, taps) = (bias.len(), *kernel_size);
        let width = dim / groups;
        let frames = self.x.len() / dim;
        // The group's channels one after the other, each between zeros, so that the inner loop has no borders.
        let stride = frames.next_multiple_of(lanes) + taps - 1;
        let mut padded = vec![0.0; width * stride];
        for (frame, row) in self.x.chunks_exact(dim).enumerate() {
            for (channel, value) in row[self.group * width..][..width].iter().enumerate() {
                padded[channel * stride + taps / 2 + frame] = *value;
            }
        }
        let (weight, _) = weight.as_chunks::<CONV_OUTPUTS>();
        let blocks = width.div_ceil(CONV_OUTPUTS);
        for block in 0..blocks {
            let weight = &weight[(self.group * blocks + block) * width * taps..][..width * taps];
            let first = block * CONV_OUTPUTS;
            let bias = &bias[self.group * width..][first..width.min(first + CONV_OUTPUTS)];
            for begin in (0..frames).step_by(lanes) {
                // Written with explicit vectors: left to itself the compiler makes them of taps, which must be gathered.
                let mut sums = [simd.splat_f32s(0.0); CONV_OUTPUTS];
                for (channel, weight) in weight.chunks_exact(taps).enumerate() {
                    let row = &padded[channel * stride + begin..][..lanes + taps - 1];
                    for (inputs, weight) in row.windows(lanes).zip(weight) {
                        let x = S::as_simd_f32s(inputs).0[0];
                        for (sum, &w) in sums.iter_mut().zip(weight) {
                            *sum = simd.mul_add_f32s(x, simd.splat_f32s(w), *sum);
                        }
                    }
                }
                let sums: &[f32] = pulp::bytemuck::cast_slice(&sums);
                let rows = self.out[begin * width..]
                    .chunks_exact_mut(width)
                    .take(lanes);
                for (lane, row) in rows.enumerate() {
                    for (i, bias) in bias.iter().enumerate() {
                        row[first + i] = sums[i * lanes + lane] + bias;
                    }
                }
            }
        }
        if let Some(activation) = self.activation {
            activation.apply(self.out);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernels::testing::{largest_difference, random};

    #[test]
    fn grouped_convolution_matches_candle() {
        for (dim, frames) in [(16, 5), (48, 31), (128, 50), (256, 16), (96, 3), (640, 33)] {
            let x = random((2, frames, dim), 1.0);
            let (weight, bias) = (random((dim, dim / 16, 31), 0.03), random(dim, 1.0));
            let ours = GroupedConv1d::new(&weight, &bias, 16)
                .unwrap()
                .forward(&x, None)
                .unwrap();
            let theirs = x
                .transpose(1, 2)
                .and_then(|x| x.contiguous()?.conv1d(&weight, 15, 1, 1, 16))
                .and_then(|x| x.transpose(1, 2)?.broadcast_add(&bias))
                .unwrap();
            assert!(largest_difference(&ours, &theirs) < 2e-5, "dim {dim}");
        }
    }
}
