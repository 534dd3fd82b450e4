//! The joint flow over voice and mouth: JAM-Flow (arXiv 2506.23552) on F5-TTS's blocks (SWivid/F5-TTS, commit 2ae2c9b).
//!
//! [`Config`] describes the published sizes and the embedded one; [`JamFlow`] is the network, [`sampler::sample`] follows the
//! flow, and [`schedule`] says at which times.
//!
//! Shape letters throughout: `b` batch, `n` audio tokens, `m` motion frames, `p` phones.

pub mod ada_layer_norm;
pub mod config;
pub(crate) mod conv_next_v2;
pub mod dit;
pub mod input_embedding;
pub mod joint_attention;
pub mod model;
pub mod noise;
pub mod prosody;
pub mod rotary;
pub mod sampler;
pub mod schedule;
pub mod text_embedding;
pub mod time_embedding;

pub use config::Config;
pub use model::JamFlow;
