//! How a stretch of time is cut into runs of the flow. One strategy a reason for cutting; what a run does is not decided here.
//!
//! | strategy | cut | for |
//! |---|---|---|
//! | [`Strategy::Whole`] | nowhere | files |
//! | [`Strategy::Growing`] | between words, each piece longer than the last | speech that somebody waits for |
//! | [`Strategy::Overlapping`] | evenly, neighbours share their ends, where they are [fused](super::fused) | long recordings |
//! | [`Strategy::Infill`] | evenly within a gap, with what is known around it | changed words |
//! | [`Rolling`] | whenever there is enough that is new | the microphone |

mod grid;
mod growing;
mod infill;
mod overlapping;
mod rolling;

use std::ops::Range;

pub use grid::Grid;
pub use growing::GROWTH;
pub use overlapping::cross_fade;
pub use rolling::Rolling;

/// One run of the flow, in audio tokens (of [`Rolling`]: in motion frames).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Segment {
    /// What the run sees: context, what it makes, outlook.
    pub window: Range<usize>,
    /// What is kept of it.
    pub made: Range<usize>,
}

/// How something whose length is known is cut.
#[derive(Debug, Clone)]
pub enum Strategy<'a> {
    /// In one piece.
    Whole,
    /// In pieces that grow from about `first_secs`, cut between words: the beginning is heard while the rest is made.
    Growing {
        /// When each word begins and ends, seconds.
        words_secs: &'a [(f64, f64)],
        /// Length of the first piece.
        first_secs: f64,
    },
    /// In equal windows that share their ends, which are to be [cross-faded](cross_fade).
    Overlapping,
    /// A gap in what is known, filled in pieces.
    Infill {
        /// The tokens to make.
        gap: Range<usize>,
        /// Whether every piece sees everything before it, because the voice is heard there.
        sees_beginning: bool,
    },
}

impl Strategy<'_> {
    /// The segments of `tokens` tokens, in order.
    pub fn segments(&self, grid: &Grid, tokens: usize) -> Vec<Segment> {
        match self {
            Self::Whole => vec![Segment {
                window: 0..tokens,
                made: 0..tokens,
            }],
            Self::Growing {
                words_secs,
                first_secs,
            } => growing::segments(grid, tokens, words_secs, *first_secs),
            Self::Overlapping => overlapping::segments(grid, tokens),
            Self::Infill {
                gap,
                sees_beginning,
            } => infill::segments(grid, tokens, gap, *sees_beginning),
        }
    }
}
