//! Global response norm (ConvNeXt V2).

use super::{Extras, Kernel, with_total};
use crate::device::ComputeDevice;
use crate::recorder::Recorder;

const LENGTHS_SOURCE: &str = include_str!("response_lengths.wgsl");
const NORM_SOURCE: &str = include_str!("response_norm.wgsl");
/// Channels of a workgroup that takes lengths.
const CHANNELS: usize = 64;

/// `Params` of both shaders.
#[repr(C)]
#[derive(Clone, Copy, Debug, bytemuck::Pod, bytemuck::Zeroable)]
struct Params {
    rows: u32,
    dim: u32,
    padding: [u32; 2],
}

/// Both kernels.
#[derive(Debug)]
pub struct ResponseNorm {
    lengths: Kernel,
    norm: Kernel,
}

pub fn sources(extras: Extras) -> Vec<(&'static str, String)> {
    vec![
        ("response lengths", LENGTHS_SOURCE.to_owned()),
        ("response norm", with_total(NORM_SOURCE, extras)),
    ]
}

impl ResponseNorm {
    pub fn new(device: &ComputeDevice, extras: Extras) -> Self {
        let norm = with_total(NORM_SOURCE, extras);
        Self {
            lengths: Kernel::new(device, "response lengths", LENGTHS_SOURCE, &[], false),
            norm: Kernel::new(device, "response norm", &norm, &[], false),
        }
    }

    /// `x` (rows, dim) in place. `weight`: gamma and beta, (2, dim); `lengths`: room for (dim).
    pub fn record<'a>(
        &'a self,
        recorder: &mut Recorder<'a>,
        [x, lengths, weight]: [&wgpu::Buffer; 3],
        [rows, dim]: [usize; 2],
    ) {
        let params = Params {
            rows: rows as u32,
            dim: dim as u32,
            padding: [0; 2],
        };
        let groups = [dim.div_ceil(CHANNELS), 1, 1];
        recorder.dispatch(&self.lengths, &params, &[x, lengths], groups, rows * dim);
        let buffers = [lengths, weight, x];
        recorder.dispatch(&self.norm, &params, &buffers, [rows, 1, 1], rows * dim);
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{device, farthest, numbers, run, upload};
    use super::*;
    use proptest::prelude::*;
    use std::sync::OnceLock;

    /// With everything that the adapter has, and with nothing of it.
    fn kernels(has_extras: bool) -> &'static ResponseNorm {
        static KERNELS: OnceLock<[ResponseNorm; 2]> = OnceLock::new();
        let kernels =
            || [Extras::default(), device().extras].map(|it| ResponseNorm::new(device(), it));
        &KERNELS.get_or_init(kernels)[usize::from(has_extras)]
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]

        #[test]
        fn rows_match_the_twin(
            (rows, dim, strength) in (1usize..70, 1usize..330, 0.0f32..30.0),
            (has_extras, seed) in (any::<bool>(), 1u64..1000),
        ) {
            let x: Vec<f32> = numbers(seed, rows * dim).iter().map(|x| x * strength).collect();
            let weight = numbers(seed + 1, 2 * dim);
            let buffers = [upload(&x), upload(&vec![7f32; dim]), upload(&weight)];
            let mut recorder = Recorder::default();
            kernels(has_extras).record(&mut recorder, buffers.each_ref(), [rows, dim]);
            let actual = run(recorder, 0, &buffers[0], rows * dim);
            let length = |channel: usize| {
                let values = x.iter().skip(channel).step_by(dim);
                values.map(|&x| f64::from(x) * f64::from(x)).sum::<f64>().sqrt()
            };
            let mean = (0..dim).map(length).sum::<f64>() / dim as f64;
            let scale: Vec<f64> = (0..dim)
                .map(|channel| length(channel) / (mean + 1e-6) * f64::from(weight[channel]) + 1.0)
                .collect();
            let expected: Vec<f32> = x
                .iter()
                .enumerate()
                .map(|(i, &x)| (f64::from(x) * scale[i % dim]) as f32 + weight[dim + i % dim])
                .collect();
            prop_assert!(farthest(&actual, &expected) < 1e-5);
        }
    }
}
