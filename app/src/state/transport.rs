//! The take in the timeline and the lines that wait.

use std::ops::Range;

use super::Progress;

/// Which take is in the timeline, and what happens to it.
#[derive(Clone, Debug, Default)]
pub struct Transport {
    /// The take in the timeline.
    pub selected: Option<u64>,
    /// Where it is heard or looked at.
    pub playhead_secs: f64,
    /// Whether the user holds the playhead.
    pub is_scrubbing: bool,
    /// Whether sound goes on when the user lets go.
    pub resumes: bool,
    /// The span that is repeated.
    pub looped: Option<Range<f64>>,
    /// The speech that is being made.
    pub making: Option<Making>,
    /// Takes that are played one after the other.
    pub upcoming: std::collections::VecDeque<u64>,
}

/// A speech that is being made.
#[derive(Clone, Copy, Debug)]
pub struct Making {
    /// Of the worker.
    pub generation: u64,
    /// The take that it becomes.
    pub take: u64,
    /// How far it is.
    pub progress: Progress,
}

/// A line that waits to be spoken.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    /// What to say.
    pub text: String,
    /// By whom.
    pub voice: String,
    /// How fast.
    pub speed: f32,
}
