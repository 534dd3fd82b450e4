//! What a voice model says, whole or chunk by chunk.

use std::ops::Range;

/// Speech by a voice model.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct VoiceModelSpeech {
    /// Mono at [`crate::audio::SAMPLE_RATE_HZ`].
    pub samples: Vec<f32>,
    /// The chunks of the text in order. They overlap a little.
    pub chunks: Vec<SpokenChunk>,
}

/// A chunk of the text and where it sounds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SpokenChunk {
    /// As written.
    pub text: String,
    /// Its samples.
    pub samples: Range<usize>,
}

/// What comes of a speech while it is made.
#[derive(Clone, Debug, PartialEq)]
pub enum Spoken {
    /// So much of the work is done, 0 to 1.
    Share(f32),
    /// The next chunk.
    Piece(SpokenPiece),
}

/// A chunk that is spoken.
#[derive(Clone, Debug, PartialEq)]
pub struct SpokenPiece {
    /// The chunk; its range counts from the speech's beginning.
    pub chunk: SpokenChunk,
    /// What comes after the last piece's samples. The end of a chunk, which is cross-faded with the next, comes with that.
    pub samples: Vec<f32>,
    /// How long each later chunk will be, seconds.
    pub later_secs: Vec<f64>,
}
