//! Layer norm with weights of its own, after a depthwise convolution or alone.

use super::{Constant, Extras, Kernel, with_constants, with_total};
use crate::device::ComputeDevice;
use crate::recorder::Recorder;
use crate::weights::{ConvNormWeights, NormWeights};

const SOURCE: &str = include_str!("conv_norm.wgsl");
/// Taps of the convolution.
pub const CONV_TAPS: usize = 7;

/// `Params` of the shader.
#[repr(C)]
#[derive(Clone, Copy, Debug, bytemuck::Pod, bytemuck::Zeroable)]
struct Params {
    rows: u32,
    dim: u32,
    padding: [u32; 2],
}

/// Both kernels.
#[derive(Debug)]
pub struct ConvNorm {
    convolved: Kernel,
    alone: Kernel,
}

fn source(taps: usize, extras: Extras) -> String {
    let source = with_total(SOURCE, extras);
    with_constants(&source, &[("TAPS", Constant::Count(taps))])
}

pub fn sources(extras: Extras) -> Vec<(&'static str, String)> {
    vec![
        ("depthwise convolution and norm", source(CONV_TAPS, extras)),
        ("norm with weights", source(0, extras)),
    ]
}

impl ConvNorm {
    pub fn new(device: &ComputeDevice, extras: Extras) -> Self {
        let kernel = |label, taps| Kernel::new(device, label, &source(taps, extras), &[], false);
        Self {
            convolved: kernel("depthwise convolution and norm", CONV_TAPS),
            alone: kernel("norm with weights", 0),
        }
    }

    /// The norm of the convolution of `x`: (rows, dim) → (rows, dim).
    pub fn record<'a>(
        &'a self,
        recorder: &mut Recorder<'a>,
        weights: &ConvNormWeights,
        [x, out]: [&wgpu::Buffer; 2],
        rows: usize,
    ) {
        let buffers = [x, &weights.conv, &weights.norm.values, out];
        let macs = rows * weights.norm.dim * CONV_TAPS;
        dispatch(
            recorder,
            &self.convolved,
            &buffers,
            [rows, weights.norm.dim],
            macs,
        );
    }

    /// The norm of `x`: (rows, dim) → (rows, dim).
    pub fn record_norm<'a>(
        &'a self,
        recorder: &mut Recorder<'a>,
        weights: &NormWeights,
        [x, out]: [&wgpu::Buffer; 2],
        rows: usize,
    ) {
        // In place of the convolution that this one does not have.
        let buffers = [x, &weights.values, &weights.values, out];
        dispatch(
            recorder,
            &self.alone,
            &buffers,
            [rows, weights.dim],
            rows * weights.dim,
        );
    }
}

fn dispatch<'a>(
    recorder: &mut Recorder<'a>,
    kernel: &'a Kernel,
    buffers: &[&wgpu::Buffer],
    [rows, dim]: [usize; 2],
    macs: usize,
) {
    let params = Params {
        rows: rows as u32,
        dim: dim as u32,
        padding: [0; 2],
    };
    recorder.dispatch(kernel, &params, buffers, [rows, 1, 1], macs);
}

#[cfg(test)]
mod tests {
    use super::super::testing::{device, farthest, numbers, run, upload};
    use super::*;
    use proptest::prelude::*;
    use std::sync::OnceLock;

    /// With everything that the adapter has, and with nothing of it.
    fn kernels(has_extras: bool) -> &'static ConvNorm {
        static KERNELS: OnceLock<[ConvNorm; 2]> = OnceLock::new();
        let kernels = || [Extras::default(), device().extras].map(|it| ConvNorm::new(device(), it));
        &KERNELS.get_or_init(kernels)[usize::from(has_extras)]
    }

    /// (rows, dim) → the same, each row normal, times scale, plus shift.
    fn normal(x: &[f32], scale: &[f32], shift: &[f32]) -> Vec<f32> {
        let dim = scale.len();
        let mut out = Vec::new();
        for row in x.chunks_exact(dim) {
            let values = || row.iter().map(|&x| f64::from(x));
            let mean = values().sum::<f64>() / dim as f64;
            let variance = values().map(|x| (x - mean) * (x - mean)).sum::<f64>() / dim as f64;
            out.extend(
                values()
                    .zip(scale.iter().zip(shift))
                    .map(|(x, (scale, shift))| {
                        ((x - mean) / (variance + 1e-6).sqrt()) as f32 * scale + shift
                    }),
            );
        }
        out
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]

        #[test]
        fn rows_match_the_twin(
            (rows, dim) in (1usize..70, 2usize..330),
            (middle, is_convolved, has_extras, seed) in (-5f32..5.0, any::<bool>(), any::<bool>(), 1u64..1000),
        ) {
            let x: Vec<f32> = numbers(seed, rows * dim).iter().map(|x| x + middle).collect();
            // As PyTorch has it: (dim, 1, taps).
            let [conv, bias] = [(1, dim * CONV_TAPS), (2, dim)].map(|(more, count)| numbers(seed + more, count));
            let [scale, shift] = [3, 4].map(|more| numbers(seed + more, dim));
            let weights = ConvNormWeights::new(device(), [&conv, &bias], [&scale, &shift]).unwrap();
            let (x_buffer, out) = (upload(&x), upload(&vec![7f32; rows * dim]));
            let mut recorder = Recorder::default();
            match is_convolved {
                true => kernels(has_extras).record(&mut recorder, &weights, [&x_buffer, &out], rows),
                false => kernels(has_extras).record_norm(&mut recorder, &weights.norm, [&x_buffer, &out], rows),
            }
            let actual = run(recorder, 0, &out, rows * dim);
            let at = |row: usize, tap: usize, channel: usize| {
                let row = (row + tap).checked_sub(CONV_TAPS / 2).filter(|row| *row < rows);
                row.map_or(0.0, |row| x[row * dim + channel])
            };
            let convolved: Vec<f32> = (0..rows * dim)
                .map(|i| {
                    let (row, channel) = (i / dim, i % dim);
                    let products = (0..CONV_TAPS).map(|tap| at(row, tap, channel) * conv[channel * CONV_TAPS + tap]);
                    bias[channel] + products.sum::<f32>()
                })
                .collect();
            let expected = normal(if is_convolved { &convolved } else { &x }, &scale, &shift);
            prop_assert!(farthest(&actual, &expected) < 3e-4);
        }
    }
}
