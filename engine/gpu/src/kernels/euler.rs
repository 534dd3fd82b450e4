//! Euler steps.

use super::Kernel;
use crate::device::ComputeDevice;
use crate::recorder::Recorder;

pub const SOURCE: &str = include_str!("euler.wgsl");
/// Numbers of a workgroup.
const THREADS: usize = 256;

/// `Params` of the shader.
#[repr(C)]
#[derive(Clone, Copy, Debug, bytemuck::Pod, bytemuck::Zeroable)]
struct Params {
    count: u32,
    width: u32,
    has_known: u32,
    rows: u32,
}

/// What one step multiplies with.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, bytemuck::Pod, bytemuck::Zeroable)]
pub struct Step {
    pub x: f32,
    pub conditioned: f32,
    pub null: f32,
    /// The time that the step leads to.
    pub next: f32,
}

/// The kernel.
#[derive(Debug)]
pub struct Euler {
    kernel: Kernel,
}

impl Euler {
    pub fn new(device: &ComputeDevice) -> Self {
        Self {
            kernel: Kernel::new(device, "euler", SOURCE, &[], true),
        }
    }

    /// Advances `x` (rows, width) by the network's output. `known` holds a flag a row, then rows, then noise.
    pub fn record<'a>(
        &'a self,
        recorder: &mut Recorder<'a>,
        [factors, raw, x]: [&wgpu::Buffer; 3],
        known: Option<&wgpu::Buffer>,
        [rows, width]: [usize; 2],
    ) {
        let count = rows * width;
        let params = Params {
            count: count as u32,
            width: width as u32,
            has_known: u32::from(known.is_some()),
            rows: rows as u32,
        };
        recorder.dispatch(
            &self.kernel,
            &params,
            &[factors, raw, known.unwrap_or(raw), x],
            [count.div_ceil(THREADS), 1, 1],
            count,
        );
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{device, farthest, numbers, run, upload};
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(16))]

        #[test]
        fn steps_match_the_twin(
            (rows, width, step) in (1usize..80, 1usize..30, 0usize..3),
            (null, has_known, seed) in (-2f32..2.0, any::<bool>(), 1u64..1000),
        ) {
            let count = rows * width;
            let steps: Vec<Step> = (0..3)
                .map(|i| Step {
                    x: 1.0 + 0.1 * i as f32,
                    conditioned: 0.5,
                    null,
                    next: 0.25 * (i + 1) as f32,
                })
                .collect();
            let (x, raw) = (numbers(seed, count), numbers(seed + 1, 2 * count));
            let flags: Vec<f32> = (0..rows).map(|row| f32::from(u8::from(row % 3 == 1))).collect();
            let (target, noise) = (numbers(seed + 2, count), numbers(seed + 3, count));
            let known = [flags.clone(), target.clone(), noise.clone()].concat();
            let kernel = Euler::new(device());
            let buffers = [upload(&steps), upload(&raw), upload(&x), upload(&known)];
            let [factors, raw_buffer, x_buffer, known_buffer] = &buffers;
            let mut recorder = Recorder::default();
            kernel.record(
                &mut recorder,
                [factors, raw_buffer, x_buffer],
                has_known.then_some(known_buffer),
                [rows, width],
            );
            let actual = run(recorder, step, x_buffer, count);
            let now = steps[step];
            let expected: Vec<f32> = (0..count)
                .map(|i| match has_known && flags[i / width] > 0.0 {
                    true => target[i] * now.next + noise[i] * (1.0 - now.next),
                    false => x[i] * now.x + raw[i] * now.conditioned + raw[count + i] * now.null,
                })
                .collect();
            prop_assert!(farthest(&actual, &expected) < 1e-6);
        }
    }
}
