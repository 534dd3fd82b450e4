//! Layer norm with modulation.

use super::{Extras, Kernel, with_total};
use crate::device::ComputeDevice;
use crate::recorder::Recorder;

const SOURCE: &str = include_str!("norm.wgsl");

/// `Params` of the shader.
#[repr(C)]
#[derive(Clone, Copy, Debug, bytemuck::Pod, bytemuck::Zeroable)]
struct Params {
    dim: u32,
    scale_offset: u32,
    shift_offset: u32,
    step_stride: u32,
}

/// The kernel.
#[derive(Debug)]
pub struct Norm {
    kernel: Kernel,
}

pub fn source(extras: Extras) -> String {
    with_total(SOURCE, extras)
}

impl Norm {
    pub fn new(device: &ComputeDevice, extras: Extras) -> Self {
        Self {
            kernel: Kernel::new(device, "norm", &source(extras), &[], true),
        }
    }

    /// (rows, dim) → (rows, dim). Scale and shift stand at these places of a step's modulation, whose steps are `step_stride` apart.
    pub fn record<'a>(
        &'a self,
        recorder: &mut Recorder<'a>,
        [x, modulation, out]: [&wgpu::Buffer; 3],
        [rows, dim]: [usize; 2],
        [scale_offset, shift_offset]: [usize; 2],
        step_stride: usize,
    ) {
        let params = Params {
            dim: dim as u32,
            scale_offset: scale_offset as u32,
            shift_offset: shift_offset as u32,
            step_stride: step_stride as u32,
        };
        let buffers = [x, modulation, out];
        recorder.dispatch(&self.kernel, &params, &buffers, [rows, 1, 1], rows * dim);
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{device, farthest, numbers, run, upload};
    use super::*;
    use proptest::prelude::*;
    use std::sync::OnceLock;

    /// With everything that the adapter has, and with nothing of it.
    fn kernel(has_extras: bool) -> &'static Norm {
        static KERNELS: OnceLock<[Norm; 2]> = OnceLock::new();
        let kernels = || [Extras::default(), device().extras].map(|it| Norm::new(device(), it));
        &KERNELS.get_or_init(kernels)[usize::from(has_extras)]
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]

        #[test]
        fn rows_match_the_twin(
            (rows, dim, step) in (1usize..60, 2usize..400, 0usize..3),
            (middle, has_extras, seed) in (-20f32..20.0, any::<bool>(), 1u64..1000),
        ) {
            let x: Vec<f32> = numbers(seed, rows * dim).iter().map(|x| x + middle).collect();
            let (scale_at, shift_at, stride) = (2, dim + 5, 2 * dim + 9);
            let modulation = numbers(seed + 1, 3 * stride);
            let buffers = [upload(&x), upload(&modulation), upload(&vec![0f32; rows * dim])];
            let mut recorder = Recorder::default();
            let [x_buffer, modulation_buffer, out] = &buffers;
            kernel(has_extras).record(
                &mut recorder,
                [x_buffer, modulation_buffer, out],
                [rows, dim],
                [scale_at, shift_at],
                stride,
            );
            let actual = run(recorder, step, out, rows * dim);
            let now = &modulation[step * stride..];
            let mut expected = Vec::new();
            for row in x.chunks_exact(dim) {
                let values = || row.iter().map(|&x| f64::from(x));
                let mean = values().sum::<f64>() / dim as f64;
                let variance = values().map(|x| (x - mean) * (x - mean)).sum::<f64>() / dim as f64;
                expected.extend(values().enumerate().map(|(i, x)| {
                    let normal = ((x - mean) / (variance + 1e-6).sqrt()) as f32;
                    normal * (1.0 + now[scale_at + i]) + now[shift_at + i]
                }));
            }
            prop_assert!(farthest(&actual, &expected) < 2e-4);
        }
    }
}
