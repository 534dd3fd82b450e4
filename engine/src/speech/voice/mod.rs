//! Who speaks: a voice of the table, a mix of some, or somebody of whom a few seconds are given.

mod mix;
mod reference;
mod speaker;
mod style;
mod timbre;

pub use mix::voice_weights;
pub use reference::ReferenceSpeech;
pub use speaker::{Speaker, nearest_voice, pace};
pub use style::SpeakingStyle;
