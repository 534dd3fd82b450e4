//! Networks: each has a configuration, is made from weights, and has a `forward`; none knows who asks it or why.
//!
//! [`jam_flow`]'s joint model is stated in plain tensor operations and runs wherever its weights lie; the [backends](crate::backend)
//! run it, the prosody predictor and a vocoder's network. All other networks are made of the CPU's kernels, as are those two here.

pub(crate) mod conv_next_v2;
pub mod jam_flow;
pub mod keye;
pub mod listener;
pub mod phone_classifier;
pub mod speech_detector;
pub mod vocoder;

/// What a network fails with: the error of where it computes.
pub type NetworkError = Box<dyn std::error::Error + Send + Sync>;
