//! Sound: files to samples and back, sample rates, spectra, and the mel that the networks speak.
//!
//! Sound inside the program is mono `f32` at [`SAMPLE_RATE_HZ`], full scale ±1.

pub mod decode;
mod error;
mod format_name;
pub(crate) mod loudness;
pub mod mel;
mod mix;
pub mod resample;
pub mod stft;
mod track_decoder;
pub mod wav;
mod wav_salvage;
mod whisper_mel;

pub use decode::decode_file;
pub use error::AudioError;
pub use mel::MelFrontEnd;
pub use resample::{Resampler, resample};
pub use stft::{Spectrum, Stft};
pub use wav::{WavWriter, write_wav};
pub use whisper_mel::{WHISPER_HOP_LENGTH, WHISPER_MEL_BINS, WHISPER_RATE_HZ, WhisperMel};

/// Samples in a second of all sound inside the program (F5-TTS, commit 2ae2c9b, `target_sample_rate`).
#[doc(alias = "target_sample_rate")]
pub const SAMPLE_RATE_HZ: u32 = 24_000;
/// Samples between the centres of two mel frames (93.75 frames a second).
pub const HOP_LENGTH: usize = 256;
/// Length of the window and of the Fourier transform, samples.
#[doc(alias = "n_fft")]
pub const FFT_LENGTH: usize = 1024;
/// Numbers in one frame of a spectrum.
pub const BIN_COUNT: usize = FFT_LENGTH / 2 + 1;
/// Numbers in one mel frame.
#[doc(alias = "n_mel_channels")]
pub const MEL_BIN_COUNT: usize = 100;
