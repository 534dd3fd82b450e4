//! Speech as it is handed on, piece by piece.

use crate::motion::MouthFrame;
use crate::motion::prosody::{Accent, accents};

/// A word and when it is heard, seconds from the start of the whole speech.
#[derive(Clone, Debug, PartialEq)]
pub struct TimedWord {
    /// As written.
    pub text: String,
    /// When it begins.
    pub start_secs: f64,
    /// When it ends.
    pub end_secs: f64,
}

/// A phone and when it is heard, seconds from the start of the whole speech.
#[derive(Clone, Debug, PartialEq)]
pub struct TimedPhone {
    /// In misaki's alphabet, stress mark first.
    pub phone: String,
    /// When it begins.
    pub start_secs: f64,
    /// When it ends.
    pub end_secs: f64,
}

/// One piece of speech with its movement. Its sound is a whole number of motion frames long.
#[derive(Clone, Debug, PartialEq)]
pub struct SpeechChunk {
    /// Mono at [`crate::audio::SAMPLE_RATE_HZ`].
    pub samples: Vec<f32>,
    /// At 25 frames a second, [`super::SAMPLES_PER_FRAME`] samples each.
    pub mouth: Vec<MouthFrame>,
    /// Nods and raised brows that go with the stress of the voice, one for each frame of the mouth.
    pub accents: Vec<Accent>,
    /// Whose turn it is, in a dialogue.
    pub turn: Option<SpeakerTurn>,
    /// The words of the piece.
    pub words: Vec<TimedWord>,
    /// The phones of the piece, without pauses.
    pub phones: Vec<TimedPhone>,
    /// Share of the text that has been spoken with this piece, 0 to 1.
    pub fraction_done: f32,
}

/// Whose turn it is in a dialogue of several people of one picture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SpeakerTurn {
    /// Number of the speaker's face, counted from the left from 1 on.
    pub face: usize,
    /// The speaker's name for subtitles, where a turn begins.
    pub begins: Option<String>,
}

impl SpeechChunk {
    /// A piece without words, with the accents that its own sound has.
    pub fn new(samples: Vec<f32>, mouth: Vec<MouthFrame>, fraction_done: f32) -> Self {
        let mut accents = accents(&samples);
        accents.resize(mouth.len(), Accent::default());
        Self {
            samples,
            mouth,
            accents,
            turn: None,
            words: Vec::new(),
            phones: Vec::new(),
            fraction_done,
        }
    }
}
