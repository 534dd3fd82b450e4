//! Grouped convolution over time with Mish.

use super::{Constant, Kernel, with_constants};
use crate::device::ComputeDevice;
use crate::recorder::Recorder;
use crate::weights::ConvWeights;

const SOURCE: &str = include_str!("position_conv.wgsl");
/// Frames of a workgroup.
const FRAMES: usize = 64;
/// Taps of the model's position convolutions.
pub const TAPS: usize = 31;

/// `Params` of the shader.
#[repr(C)]
#[derive(Clone, Copy, Debug, bytemuck::Pod, bytemuck::Zeroable)]
struct Params {
    frames: u32,
    dim: u32,
    is_residual: u32,
    padding: u32,
}

/// The kernel for one width of groups.
#[derive(Debug)]
pub struct PositionConv {
    kernel: Kernel,
    width: usize,
}

fn constants(width: usize) -> [(&'static str, Constant); 3] {
    [
        ("WIDTH", Constant::Count(width)),
        ("TAPS", Constant::Count(TAPS)),
        ("OUTPUTS", Constant::Count(width.div_ceil(16))),
    ]
}

pub fn source(width: usize) -> String {
    with_constants(SOURCE, &constants(width))
}

impl PositionConv {
    /// For groups of `width` channels.
    pub fn new(device: &ComputeDevice, width: usize) -> Self {
        let label = "position convolution";
        Self {
            kernel: Kernel::new(device, label, SOURCE, &constants(width), false),
            width,
        }
    }

    /// (items · frames, dim) → (items · frames, dim), with `residual` added if it is given.
    pub fn record<'a>(
        &'a self,
        recorder: &mut Recorder<'a>,
        weights: &ConvWeights,
        [x, out]: [&wgpu::Buffer; 2],
        residual: Option<&wgpu::Buffer>,
        [items, frames]: [usize; 2],
    ) {
        let dim = weights.dim;
        let params = Params {
            frames: frames as u32,
            dim: dim as u32,
            is_residual: u32::from(residual.is_some()),
            padding: 0,
        };
        recorder.dispatch(
            &self.kernel,
            &params,
            &[
                x,
                &weights.values,
                &weights.bias,
                residual.unwrap_or(x),
                out,
            ],
            [frames.div_ceil(FRAMES), dim / self.width, items],
            items * frames * dim * self.width * TAPS,
        );
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{device, farthest, numbers, run, upload};
    use super::*;
    use proptest::prelude::*;
    use std::sync::OnceLock;

    /// Below, at and above the 16 channels that are loaded at a time.
    const WIDTHS: [usize; 5] = [1, 8, 16, 23, 40];

    fn kernels() -> &'static [PositionConv; WIDTHS.len()] {
        static KERNELS: OnceLock<[PositionConv; WIDTHS.len()]> = OnceLock::new();
        KERNELS.get_or_init(|| WIDTHS.map(|width| PositionConv::new(device(), width)))
    }

    fn mish(x: f32) -> f32 {
        x * x.exp().ln_1p().tanh()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(16))]

        #[test]
        fn convolutions_match_the_twin(
            (frames, items, groups) in (1usize..150, 1usize..3, 1usize..4),
            (kernel, is_residual, seed) in (0..WIDTHS.len(), any::<bool>(), 1u64..1000),
        ) {
            let width = WIDTHS[kernel];
            let dim = groups * width;
            let x = numbers(seed, items * frames * dim);
            let residual = numbers(seed + 1, x.len());
            let weight = numbers(seed + 2, dim * width * TAPS);
            let bias = numbers(seed + 3, dim);
            let weights = ConvWeights::new(device(), &weight, &bias, width).unwrap();
            let kernel = &kernels()[kernel];
            let buffers = [upload(&x), upload(&residual), upload(&vec![0f32; x.len()])];
            let [x_buffer, residual_buffer, out] = &buffers;
            let mut recorder = Recorder::default();
            kernel.record(
                &mut recorder,
                &weights,
                [x_buffer, out],
                is_residual.then_some(residual_buffer),
                [items, frames],
            );
            let actual = run(recorder, 0, out, x.len());
            let mut expected = Vec::new();
            for row in 0..items * frames {
                let (item, frame) = (row / frames, row % frames);
                for channel in 0..dim {
                    let mut sum = f64::from(bias[channel]);
                    for input in 0..width {
                        for tap in 0..TAPS {
                            let Some(from) = (frame + tap).checked_sub(TAPS / 2) else {
                                continue;
                            };
                            if from < frames {
                                let at = (item * frames + from) * dim + channel / width * width + input;
                                let weight = weight[(channel * width + input) * TAPS + tap];
                                sum += f64::from(x[at]) * f64::from(weight);
                            }
                        }
                    }
                    let added = if is_residual { residual[row * dim + channel] } else { 0.0 };
                    expected.push(mish(sum as f32) + added);
                }
            }
            prop_assert!(farthest(&actual, &expected) < 1e-5);
        }
    }
}
