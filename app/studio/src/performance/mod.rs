//! What everybody in the picture does in each frame.

mod cast;
mod frame_clock;

pub use cast::{Cast, Spoken};
pub use frame_clock::{FRAME_SECS, FrameClock};
