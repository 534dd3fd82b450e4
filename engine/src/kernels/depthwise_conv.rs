//! Depthwise convolution over time: every channel on its own.

use candle_core::{Result, Tensor, bail};
use std::ops::Range;

/// An odd number of taps over time, with padding that keeps the length, on rows (n, dim).
#[derive(Debug, Clone)]
pub struct DepthwiseConv1d {
    /// (taps, dim).
    weight: Vec<f32>,
    bias: Vec<f32>,
}

impl DepthwiseConv1d {
    /// Takes PyTorch's weight (dim, 1, taps) and bias (dim,).
    pub fn new(weight: &Tensor, bias: &Tensor) -> Result<Self> {
        let (dim, one, taps) = weight.dims3()?;
        if one != 1 || taps.is_multiple_of(2) || bias.dims1()? != dim {
            bail!("a depthwise convolution needs one input a channel and an odd kernel");
        }
        Ok(Self {
            weight: weight.squeeze(1)?.t()?.flatten_all()?.to_vec1()?,
            bias: bias.to_vec1()?,
        })
    }

    /// Rows `range` of the result for the whole of `x` (n, dim), zeros beyond both ends. Inside a vectorised work.
    #[inline(always)]
    pub fn apply(&self, x: &[f32], range: Range<usize>, out: &mut [f32]) {
        let dim = self.bias.len();
        let (rows, taps) = (x.len() / dim, self.weight.len() / dim);
        for (row, out) in range.zip(out.chunks_exact_mut(dim)) {
            out.copy_from_slice(&self.bias);
            for (tap, weight) in self.weight.chunks_exact(dim).enumerate() {
                let Some(from) = (row + tap)
                    .checked_sub(taps / 2)
                    .filter(|from| *from < rows)
                else {
                    continue;
                };
                let source = &x[from * dim..][..dim];
                for ((out, source), weight) in out.iter_mut().zip(source).zip(weight) {
                    *out += source * weight;
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernels::tensor;
    use crate::kernels::testing::{largest_difference, random};

    #[test]
    fn depthwise_convolution_matches_candle() {
        for (dim, frames) in [(3, 1), (16, 5), (70, 40)] {
            let x = random((1, frames, dim), 1.0);
            let (weight, bias) = (random((dim, 1, 7), 0.3), random(dim, 1.0));
            let conv = DepthwiseConv1d::new(&weight, &bias).unwrap();
            let theirs = x
                .transpose(1, 2)
                .and_then(|x| x.contiguous()?.conv1d(&weight, 3, 1, 1, dim))
                .and_then(|x| x.transpose(1, 2)?.broadcast_add(&bias))
                .unwrap();
            let x: Vec<f32> = x.flatten_all().unwrap().to_vec1().unwrap();
            let mut ours = vec![0.0; x.len()];
            // In two parts, as tasks share the rows.
            let (first, second) = ours.split_at_mut(frames / 2 * dim);
            conv.apply(&x, 0..frames / 2, first);
            conv.apply(&x, frames / 2..frames, second);
            let ours = tensor(ours, (1, frames, dim)).unwrap();
            assert!(largest_difference(&ours, &theirs) < 1e-5);
        }
    }
}
