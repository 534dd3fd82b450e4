//! When the words and phones of a recording sound, given its text.

mod aligned_speech;

pub use aligned_speech::{AlignedSpeech, AlignedWord};
