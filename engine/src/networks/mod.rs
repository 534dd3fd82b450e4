//! Networks: each has a configuration, is made from weights, and has a `forward`; none knows who asks it or why.
//!
//! [`jam_flow`]'s joint model is stated in plain tensor operations and runs wherever its weights lie; the [backends](crate::backend)
//! run it. The smaller networks around it are made of the CPU's kernels.

pub(crate) mod conv_next_v2;
pub mod jam_flow;
pub mod keye;
pub mod listener;
pub mod phone_classifier;
pub mod speech_detector;
pub mod vocoder;
