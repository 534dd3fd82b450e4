//! Which frames are due: by the clock of the sound while somebody speaks, else by the time on the wall.

use engine::motion::FRAMES_PER_SECOND;

/// Time between two frames.
pub const FRAME_SECS: f64 = 1.0 / FRAMES_PER_SECOND;
/// After a longer pause (a hidden window) the life goes on from where it was instead of catching up.
const MAX_STEPS: usize = 12;
/// A speech whose clock stands still this much longer than a frame is waiting for sound; the idle life goes on meanwhile.
const STALL_SECS: f64 = 1.5 * FRAME_SECS;

/// Decides how many frames of motion are due. Time comes from outside, so tests and the window use the same code.
#[derive(Clone, Copy, Debug, Default)]
pub struct FrameClock {
    last_tick_secs: f64,
    last_speech_frame: Option<usize>,
    /// Of so many frames one is shown while nobody speaks; 0 counts as 1.
    idle_stride: usize,
}

impl FrameClock {
    /// Shows one of `stride` frames while nobody speaks; the others are lived through.
    pub fn set_idle_stride(&mut self, stride: usize) {
        self.idle_stride = stride.min(MAX_STEPS);
    }

    /// Frames due at `now_secs` (any steady clock), where `speech_frame` is the frame that the audio clock is at.
    pub fn steps_due(&mut self, now_secs: f64, speech_frame: Option<usize>) -> usize {
        let waited_secs = now_secs - self.last_tick_secs;
        let by_wall = (waited_secs / FRAME_SECS + 1e-6) as usize;
        let steps = match (speech_frame, self.last_speech_frame) {
            (Some(frame), Some(last)) if frame > last => frame - last,
            (Some(frame), Some(last)) if frame == last && waited_secs < STALL_SECS => 0,
            (Some(_), None) => 1,
            (None, _) if by_wall < self.idle_stride => 0,
            _ => by_wall,
        };
        self.last_speech_frame = speech_frame;
        if steps > 0 {
            // Idle ticks keep their phase; a speech or a long pause sets a new one.
            let keeps_phase = speech_frame.is_none() && steps <= MAX_STEPS;
            self.last_tick_secs = if keeps_phase {
                self.last_tick_secs + steps as f64 * FRAME_SECS
            } else {
                now_secs
            };
        }
        steps.min(MAX_STEPS)
    }

    /// Time until the next idle frame is due.
    pub fn until_next_secs(&self, now_secs: f64) -> f64 {
        let pause_secs = FRAME_SECS * self.idle_stride.max(1) as f64;
        (self.last_tick_secs + pause_secs - now_secs).clamp(0.0, pause_secs)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn idle_frames_follow_the_wall_clock() {
        let mut clock = FrameClock::default();
        let steps: usize = (1..=1000)
            .map(|pass| clock.steps_due(f64::from(pass) * 0.0167, None))
            .sum();
        assert!((417..=418).contains(&steps), "{steps}");
    }

    #[test]
    fn at_rest_fewer_frames_are_shown_and_none_is_lost() {
        let mut clock = FrameClock::default();
        clock.set_idle_stride(3);
        let steps: Vec<usize> = (1..=1000)
            .map(|pass| clock.steps_due(f64::from(pass) * 0.0167, None))
            .collect();
        assert!(steps.iter().all(|steps| [0, 3].contains(steps)));
        let total: usize = steps.iter().sum();
        assert!((414..=418).contains(&total), "{total}");
        assert!(clock.until_next_secs(16.7) <= 3.0 * FRAME_SECS);
        // Who speaks is shown in every frame at once.
        assert_eq!(clock.steps_due(16.71, Some(0)), 1);
        assert_eq!(clock.steps_due(16.75, Some(1)), 1);
    }

    #[test]
    fn speech_frames_follow_the_audio_clock() {
        let mut clock = FrameClock::default();
        clock.steps_due(10.0, None);
        assert_eq!(clock.steps_due(10.01, Some(0)), 1);
        assert_eq!(clock.steps_due(10.02, Some(0)), 0);
        assert_eq!(clock.steps_due(10.03, Some(3)), 3);
    }

    #[test]
    fn a_speech_that_waits_for_sound_does_not_freeze_the_face() {
        let mut clock = FrameClock::default();
        clock.steps_due(10.0, Some(5));
        assert_eq!(clock.steps_due(10.05, Some(5)), 0);
        assert_eq!(clock.steps_due(10.065, Some(5)), 1);
    }

    #[test]
    fn a_long_pause_is_not_caught_up() {
        let mut clock = FrameClock::default();
        assert_eq!(clock.steps_due(3600.0, None), MAX_STEPS);
        assert_eq!(clock.steps_due(3600.02, None), 0);
        assert_eq!(clock.steps_due(3600.041, None), 1);
    }
}
