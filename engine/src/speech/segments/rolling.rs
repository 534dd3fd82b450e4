//! Sound that is still coming in: its newest stretch goes to the model again and again, with some of what came before.

use super::{Grid, Segment};
use crate::motion::FRAMES_PER_SECOND;

/// What the model hears again of the sound before what is new.
const CONTEXT_SECS: f64 = 1.6;
/// The newest frames wait for what comes after them, since lips shape a sound before it is heard.
const OUTLOOK_SECS: f64 = 0.08;

/// Cuts as the sound comes, in motion frames.
#[derive(Debug, Clone)]
pub struct Rolling {
    /// New frames that are worth a run of the model: one step of the grid. A slow machine collects more.
    hop: usize,
    context: usize,
    outlook: usize,
    /// The frame that the window begins with.
    first: usize,
    /// Frames that have been made.
    made: usize,
}

impl Rolling {
    /// Nothing has been made yet.
    pub fn new(grid: &Grid) -> Self {
        let frames = |secs: f64| (secs * FRAMES_PER_SECOND).round() as usize;
        Self {
            hop: grid.frames,
            context: frames(CONTEXT_SECS),
            outlook: frames(OUTLOOK_SECS),
            first: 0,
            made: 0,
        }
    }

    /// The first frame that is still needed: what came before it may be forgotten.
    pub fn first(&self) -> usize {
        self.first
    }

    /// What to make now that there are so many whole frames of sound since the beginning; `None` if it is not worth a run yet. At
    /// the end of the sound everything that is left is made.
    pub fn next(&mut self, there: usize, is_end: bool) -> Option<Segment> {
        let until = match is_end {
            true => there,
            false => there.saturating_sub(self.outlook),
        };
        let is_worth_it = until >= self.made + self.hop || (is_end && until > self.made);
        if !is_worth_it {
            return None;
        }
        let segment = Segment {
            window: self.first..there,
            made: self.made..until,
        };
        self.made = until;
        self.first = until.saturating_sub(self.context);
        Some(segment)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_frame_is_made_once_and_waits_for_what_follows() {
        let grid = Grid {
            samples: 7680,
            tokens: 15,
            frames: 8,
        };
        for chunk in [1, 3, 8, 50] {
            let mut rolling = Rolling::new(&grid);
            let mut made = 0;
            for there in (0..300).step_by(chunk) {
                let Some(segment) = rolling.next(there, false) else {
                    continue;
                };
                assert_eq!(segment.made.start, made);
                assert_eq!(segment.made.end, there - 2);
                assert_eq!(segment.window.end, there);
                assert_eq!(segment.window.start, made.saturating_sub(40));
                assert!(segment.made.len() >= 8);
                made = segment.made.end;
            }
            let last = rolling.next(301, true).unwrap();
            assert_eq!(last.made, made..301);
            assert!(rolling.next(301, true).is_none());
        }
    }
}
