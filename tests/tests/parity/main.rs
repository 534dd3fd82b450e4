//! The networks against their reference implementations. One binary: each would compile the tensors once more.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod audio;
mod jam_flow;
mod keye;
mod shipped;
mod voice_model;
