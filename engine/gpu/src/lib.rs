//! The joint flow on the GPU: the engine's [`FlowBackend`](engine::backend::FlowBackend) in WGSL compute kernels, on any adapter that
//! wgpu knows.
//!
//! State, conditions and noise stay on the device over all steps of a run, modulation is computed once for a schedule, and one copy
//! brings both streams back. [`ComputeDevice`] is a device of its own on the adapter that draws: the window's pictures never wait for
//! it, and losing it does not lose them.

mod backend;
mod device;
mod dit;
mod error;
mod kernels;
mod memory;
mod recorder;
mod run;
mod timeline;
mod weights;

pub use backend::GpuBackend;
pub use device::{ComputeDevice, Usage};
pub use error::Error;
pub use kernels::sources;
