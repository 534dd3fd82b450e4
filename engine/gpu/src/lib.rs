//! The networks of speech on the GPU: an engine's [`Backend`](engine::backend::Backend) in WGSL compute kernels, on any adapter that wgpu
//! knows. A [`ComputeDevice`] opens the joint flow, the prosody predictor and a vocoder's network.
//!
//! State, conditions and noise stay on the device over all steps of a run, modulation is computed once for a schedule, and one copy
//! brings both streams back. [`ComputeDevice`] is a device of its own on the adapter that draws: the window's pictures never wait for
//! it, and losing it does not lose them.

mod backend;
mod conv_next;
mod device;
mod dit;
mod error;
mod kernels;
mod memory;
mod open;
mod profile;
mod prosody;
mod recorder;
mod run;
mod timeline;
mod vocoder;
mod weights;

pub use backend::GpuBackend;
pub use device::{ComputeDevice, Usage};
pub use error::Error;
pub use kernels::{Extras, sources};
pub use profile::KernelTime;
