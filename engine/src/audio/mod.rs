//! Sound as numbers: decoding, resampling, and the mel front end of F5-TTS.

/// Sample rate of everything the model hears and speaks, Hz.
pub const SAMPLE_RATE_HZ: u32 = 24_000;
/// Samples from one mel frame to the next.
pub const HOP_LENGTH: usize = 256;
/// Samples in one analysis window.
pub const N_FFT: usize = 1024;
/// Mel bins.
pub const MEL_BINS: usize = 100;
