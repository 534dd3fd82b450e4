//! Where the time goes.

use std::time::{Duration, Instant};

use crate::audio::SAMPLE_RATE_HZ;

/// Where the time of the last [`super::Synthesizer::speak`] or [`super::Synthesizer::animate`] went.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct SynthesisTimings {
    /// Text to tokens.
    pub text: Duration,
    /// Durations, pitch and energy; for a recording, its mel.
    pub prosody: Duration,
    /// The joint flow.
    pub flow: Duration,
    /// Mel to sound.
    pub vocoder: Duration,
    /// From the call to the first piece.
    pub first_chunk: Duration,
    /// Length of the sound.
    pub sound: Duration,
}

impl SynthesisTimings {
    /// Time spent over length of the sound; below 1 is faster than it is heard.
    pub fn real_time_factor(&self) -> f64 {
        let spent = self.text + self.prosody + self.flow + self.vocoder;
        spent.as_secs_f64() / self.sound.as_secs_f64().max(f64::EPSILON)
    }
}

/// Sums up where time goes.
pub(super) struct Clock {
    began: Instant,
    lap: Instant,
    pub timings: SynthesisTimings,
}

impl Clock {
    pub fn start() -> Self {
        let now = Instant::now();
        Self {
            began: now,
            lap: now,
            timings: SynthesisTimings::default(),
        }
    }

    /// Counts the time since the last call towards a stage.
    pub fn count(&mut self, stage: impl FnOnce(&mut SynthesisTimings) -> &mut Duration) {
        let now = Instant::now();
        *stage(&mut self.timings) += now - self.lap;
        self.lap = now;
    }

    /// Lets go of the time since the last call, which was the caller's.
    pub fn skip(&mut self) {
        self.lap = Instant::now();
    }

    /// A piece is ready: counts its sound, and the wait if it is the first.
    pub fn piece(&mut self, samples: usize) {
        if self.timings.sound.is_zero() {
            self.timings.first_chunk = self.began.elapsed();
        }
        self.timings.sound += Duration::from_secs_f64(samples as f64 / f64::from(SAMPLE_RATE_HZ));
    }
}
