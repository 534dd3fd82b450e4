//! Sound devices: playing takes and listening to the microphone.

mod devices;
pub mod microphone;
pub mod output;
pub mod playback;
pub mod preview;
