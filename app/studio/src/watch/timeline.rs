//! How the time of the film follows the time of the clip: the clip waits where a line takes longer than it has.

use engine::motion::FRAMES_PER_SECOND;

/// Silence between two lines, at least.
pub(super) const GAP_SECS: f64 = 0.12;
/// How long the film goes on after the last word.
const TAIL_SECS: f64 = 0.6;

/// What a line asks of the timeline.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Claim {
    /// When it is to begin, in the clip.
    pub start_secs: f64,
    /// From its first to the end of its last word.
    pub spoken_secs: f64,
}

/// The clip and its pauses in frames of the film.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Timeline {
    /// Frames of the clip after which it waits, and for how many; they rise.
    pauses: Vec<(usize, usize)>,
    clip_frames: usize,
    frames: usize,
    /// Frames at which the lines begin.
    starts: Vec<usize>,
}

impl Timeline {
    /// Places lines, whose starts rise, beside a clip.
    pub(super) fn new(clip_secs: f64, claims: &[Claim]) -> Self {
        let frame = |secs: f64| (secs * FRAMES_PER_SECOND).round() as usize;
        let frames_of = |secs: f64| (secs * FRAMES_PER_SECOND).ceil() as usize;
        let clip_frames = frame(clip_secs).max(1);
        let mut timeline = Self {
            clip_frames,
            ..Self::default()
        };
        let mut waited = 0;
        let mut free_from = 0_usize;
        for claim in claims {
            let at = frame(claim.start_secs).min(clip_frames);
            let wait = free_from.saturating_sub(at + waited);
            if wait > 0 {
                timeline.pauses.push((at, wait));
                waited += wait;
            }
            timeline.starts.push(at + waited);
            free_from = at + waited + frames_of(claim.spoken_secs + GAP_SECS);
            timeline.frames = at + waited + frames_of(claim.spoken_secs + TAIL_SECS);
        }
        timeline.frames = timeline.frames.max(clip_frames + waited);
        timeline
    }

    /// Frames of the film.
    pub fn frame_count(&self) -> usize {
        self.frames
    }

    /// Frames at which the lines begin.
    pub fn starts(&self) -> &[usize] {
        &self.starts
    }

    /// How long the clip waits in all, in frames.
    pub fn waited_frames(&self) -> usize {
        self.pauses.iter().map(|&(_, frames)| frames).sum()
    }

    /// The frame of the clip that is shown in a frame of the film, and whether it stands still there.
    pub fn clip_frame(&self, frame: usize) -> (usize, bool) {
        let mut waited = 0;
        for &(at, wait) in &self.pauses {
            if frame < at + waited {
                break;
            }
            if frame < at + waited + wait {
                return (at.min(self.clip_frames - 1), true);
            }
            waited += wait;
        }
        let clip_frame = frame - waited;
        (
            clip_frame.min(self.clip_frames - 1),
            clip_frame >= self.clip_frames,
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn claim(start_secs: f64, spoken_secs: f64) -> Claim {
        Claim {
            start_secs,
            spoken_secs,
        }
    }

    #[test]
    fn lines_that_fit_leave_the_clip_alone() {
        let timeline = Timeline::new(10.0, &[claim(0.0, 2.0), claim(4.0, 3.0)]);
        assert_eq!(timeline.starts(), [0, 100]);
        assert_eq!((timeline.frame_count(), timeline.waited_frames()), (250, 0));
        assert_eq!(timeline.clip_frame(130), (130, false));
    }

    #[test]
    fn the_clip_waits_for_a_long_line_and_goes_on_where_it_was() {
        let timeline = Timeline::new(10.0, &[claim(1.0, 4.87), claim(4.0, 1.0), claim(8.0, 4.0)]);
        // The first ends at 5.87 s, so that the clip waits 2 s at 4 s.
        assert_eq!(timeline.starts(), [25, 150, 250]);
        assert_eq!(timeline.clip_frame(99), (99, false));
        assert_eq!(timeline.clip_frame(100), (100, true));
        assert_eq!(timeline.clip_frame(149), (100, true));
        assert_eq!(timeline.clip_frame(150), (100, false));
        // The last ends after the clip, whose last picture stays.
        assert_eq!(timeline.frame_count(), 250 + 115);
        assert_eq!(timeline.clip_frame(299), (249, false));
        assert_eq!(timeline.clip_frame(300), (249, true));
    }

    #[test]
    fn every_frame_of_the_clip_is_shown_once_beside_the_pauses() {
        let claims = [
            claim(0.0, 3.0),
            claim(0.7, 2.0),
            claim(2.0, 2.0),
            claim(3.0, 9.0),
        ];
        let timeline = Timeline::new(3.0, &claims);
        let shown: Vec<usize> = (0..timeline.frame_count())
            .map(|frame| timeline.clip_frame(frame))
            .filter(|&(_, is_still)| !is_still)
            .map(|(frame, _)| frame)
            .collect();
        assert_eq!(shown, (0..75).collect::<Vec<_>>());
        // No two lines at once.
        for (pair, claim) in timeline.starts().windows(2).zip(&claims) {
            let end_secs = pair[0] as f64 / 25.0 + claim.spoken_secs;
            assert!(pair[1] as f64 / 25.0 >= end_secs);
        }
    }
}
