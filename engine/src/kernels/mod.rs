//! The operations that make up nearly all of the work, written so that each thread stays in its cache.
//!
//! Each is compiled for AVX-512, AVX2, NEON and plain machines, of which [`pulp`] picks one at run time, and each is tested against
//! candle's own operations. Everything is `f32` on the CPU. A network joins them into tasks over some rows ([`rows_per_task`]),
//! each one [`vectorized`] work from norm to residual, so that nothing wide is ever written to memory.

mod activation;
mod attention;
mod depthwise_conv;
mod grouped_conv;
mod linear;
mod norm;
mod product;

use candle_core::{CpuStorage, Device, Result, Shape, Storage, Tensor, bail};
use pulp::{Arch, Simd, WithSimd};

pub use activation::{Activation, exp};
pub use attention::{BandedAttention, KeyRanges, Stream};
pub use depthwise_conv::DepthwiseConv1d;
pub use grouped_conv::GroupedConv1d;
pub use linear::Linear;
pub use norm::layer_norm;

/// Elements that one task of an element-wise operation takes: large enough to outweigh the hand-over.
const TASK_ELEMENTS: usize = 16 * 1024;
/// Most rows of a task: those of a wide layer still fit into the second cache.
const MAX_TASK_ROWS: usize = 96;
/// Rows that the widest machine multiplies at a time.
const ROW_MULTIPLE: usize = 8;

/// Runs `work` compiled for the widest vectors that this machine has.
///
/// Each work is a type of its own: a closure would be called through a shim that is not inlined, and so stay narrow.
pub fn vectorized<W: WithSimd>(work: W) -> W::Output {
    // AVX2 is behind a feature of pulp's `Arch` that gemm does not ask for, but its type is not.
    #[cfg(target_arch = "x86_64")]
    if pulp::x86::V4::try_new().is_none()
        && let Some(avx2) = pulp::x86::V3::try_new()
    {
        return Simd::vectorize(avx2, work);
    }
    Arch::new().dispatch(work)
}

/// How many of `rows` one task takes: a few tasks a thread, so that a thread that was held up does not hold up all.
pub fn rows_per_task(rows: usize) -> usize {
    rows.div_ceil(2 * rayon::current_num_threads())
        .next_multiple_of(ROW_MULTIPLE)
        .clamp(ROW_MULTIPLE, MAX_TASK_ROWS)
}

/// What `f` makes of the numbers of a tensor in row-major order, without a copy if they lie so already.
pub fn values<T>(x: &Tensor, f: impl FnOnce(&[f32]) -> T) -> Result<T> {
    let x = x.contiguous()?;
    let (storage, layout) = x.storage_and_layout();
    let Storage::Cpu(CpuStorage::F32(all)) = &*storage else {
        bail!("kernels work on f32 on the CPU");
    };
    let (start, end) = layout
        .contiguous_offsets()
        .expect("the tensor was made contiguous");
    Ok(f(&all[start..end]))
}

/// A tensor of these numbers.
pub fn tensor(values: Vec<f32>, shape: impl Into<Shape>) -> Result<Tensor> {
    Tensor::from_vec(values, shape.into(), &Device::Cpu)
}

#[cfg(test)]
mod testing {
    use std::cell::RefCell;

    use super::*;
    use crate::random::Random;

    thread_local! {
        /// Each test has a thread of its own, so it meets the same numbers every time.
        static NUMBERS: RefCell<Random> = RefCell::new(Random::new(1));
    }

    /// Normally distributed, other numbers at every call.
    pub fn random(shape: impl Into<Shape>, spread: f32) -> Tensor {
        let shape = shape.into();
        let values = NUMBERS.with_borrow_mut(|numbers| {
            (0..shape.elem_count())
                .map(|_| spread * numbers.normal() as f32)
                .collect()
        });
        tensor(values, shape).unwrap()
    }

    fn largest(x: &Tensor) -> f32 {
        let flat = x.abs().unwrap().flatten_all().unwrap();
        flat.max(0).unwrap().to_scalar().unwrap()
    }

    /// As a share of the largest of `expected`, where that is above 1: rounding grows with the numbers.
    pub fn largest_difference(actual: &Tensor, expected: &Tensor) -> f32 {
        largest(&(actual - expected).unwrap()) / largest(expected).max(1.0)
    }

    /// A kind of machine that this one can be.
    #[derive(Clone, Copy, Debug)]
    pub enum Machine {
        Plain,
        #[cfg(target_arch = "x86_64")]
        Avx2(pulp::x86::V3),
        Native,
    }

    impl Machine {
        pub fn run<W: WithSimd>(self, work: W) -> W::Output {
            match self {
                Self::Plain => Simd::vectorize(pulp::Scalar::new(), work),
                #[cfg(target_arch = "x86_64")]
                Self::Avx2(simd) => Simd::vectorize(simd, work),
                Self::Native => vectorized(work),
            }
        }
    }

    /// Runs `f` for each; returns how many there are.
    pub fn on_every_machine(f: impl FnMut(Machine)) -> usize {
        let mut machines = vec![Machine::Plain, Machine::Native];
        #[cfg(target_arch = "x86_64")]
        machines.extend(pulp::x86::V3::try_new().map(Machine::Avx2));
        let count = machines.len();
        machines.into_iter().for_each(f);
        count
    }
}
