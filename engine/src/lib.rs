//! JAM-Flow inference: text to tokens, one joint flow over voice and mouth, vocoder, portrait analysis.
//!
//! Numbers in, numbers out: no window, no device, no wgpu. Sound crosses the border as `&[f32]` at
//! [`audio::SAMPLE_RATE_HZ`], movement as [`motion::Motion`], pictures as RGBA8. No tensor leaves this crate.

pub mod aligner;
pub mod atomic_file;
pub mod audio;
pub mod backend;
mod ease;
pub mod error;
mod kernels;
pub mod motion;
pub mod networks;
pub mod portrait;
pub mod random;
pub mod speech;
pub mod text;
pub mod tracking;
pub mod voice_model;
pub mod weights;

pub use aligner::{AlignedSpeech, AlignedWord, Aligner};
pub use error::{Error, Result};
pub use speech as synthesizer;
pub use speech::{
    Dubbed, Edit, FlowSettings, Reference, SpanLength, SpeakRequest, SpeakerTurn, Speech,
    SpeechChunk, SynthesisTimings, Synthesizer, Task, TimedPhone, TimedWord, Voice,
};
