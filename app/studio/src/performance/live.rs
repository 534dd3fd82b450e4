//! A performance at the pace of the sound that is heard.

use std::ops::{Deref, DerefMut};

use engine::motion::MotionFrame;

use super::{FrameClock, Performance, take_frame};
use crate::take::Take;

/// A [`Performance`] with the clock that says which of its frames are due.
pub struct Live {
    performance: Performance,
    clock: FrameClock,
}

impl Live {
    /// Begins a performance.
    pub fn new(performance: Performance) -> Self {
        Self {
            performance,
            clock: FrameClock::default(),
        }
    }

    /// The frame of everybody that is to be shown at `now_secs` of any steady clock; none if the last one still is. `take` is the
    /// running speech and `speech_frame` is where its audio clock is. Frames that are skipped are lived through all the same.
    pub fn advance(
        &mut self,
        now_secs: f64,
        take: Option<&Take>,
        speech_frame: Option<usize>,
    ) -> Option<Vec<MotionFrame>> {
        let steps = self.clock.steps_due(now_secs, speech_frame);
        if take.is_none() {
            self.performance.forget_speaker();
        }
        (0..steps)
            .rev()
            .map(|step| {
                let index = speech_frame.map(|frame| frame.saturating_sub(step));
                let speech = take
                    .zip(index)
                    .and_then(|(take, index)| take_frame(take, index));
                self.performance.next_frames(speech)
            })
            .last()
    }

    /// Shows one of `stride` frames while nobody speaks.
    pub fn set_idle_stride(&mut self, stride: usize) {
        self.clock.set_idle_stride(stride);
    }

    /// Time until the next idle frame is due.
    pub fn until_next_secs(&self, now_secs: f64) -> f64 {
        self.clock.until_next_secs(now_secs)
    }
}

impl Deref for Live {
    type Target = Performance;

    fn deref(&self) -> &Performance {
        &self.performance
    }
}

impl DerefMut for Live {
    fn deref_mut(&mut self) -> &mut Performance {
        &mut self.performance
    }
}
