//! An output for tests: time passes when the test says so.

use std::sync::{Arc, Mutex};

use engine::audio::SAMPLE_RATE_HZ;

use super::{AudioOutput, Drinker, Feeder, PlaybackClock};

/// The side that a player writes to.
pub struct ManualOutput {
    feeder: Feeder,
    clock: Arc<PlaybackClock>,
}

/// The side that a test winds.
#[derive(Clone)]
pub struct ManualClock {
    drinker: Arc<Mutex<Drinker>>,
}

/// An output and the key to wind it.
pub fn manual() -> (ManualOutput, ManualClock) {
    let (feeder, consumer) =
        Feeder::new(SAMPLE_RATE_HZ).expect("the program's own rate is a valid one");
    let clock = Arc::new(PlaybackClock::new(SAMPLE_RATE_HZ));
    let drinker = Arc::new(Mutex::new(Drinker {
        consumer,
        clock: clock.clone(),
    }));
    (ManualOutput { feeder, clock }, ManualClock { drinker })
}

impl ManualClock {
    /// Lets time pass and returns what was heard in it; silence where the sound had run out.
    pub fn advance_secs(&self, secs: f64) -> Vec<f32> {
        let mut out = vec![0.0; (secs * f64::from(SAMPLE_RATE_HZ)).round() as usize];
        self.drinker
            .lock()
            .expect("no user of the lock panics")
            .fill(&mut out, -secs);
        out
    }
}

impl AudioOutput for ManualOutput {
    fn write(&mut self, samples: &[f32]) -> usize {
        self.feeder.write(samples)
    }

    fn heard_secs(&self) -> f64 {
        self.clock.position_secs()
    }

    fn underruns(&self) -> u64 {
        self.clock.underruns()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_stands_still_until_it_is_wound() {
        let (mut output, clock) = manual();
        let sound: Vec<f32> = (0..2400).map(|i| i as f32 / 2400.0).collect();
        assert_eq!(output.write(&sound), 2400);
        assert_eq!(output.heard_secs(), 0.0);
        assert_eq!(clock.advance_secs(0.04), sound[..960]);
        assert_eq!(output.heard_secs(), 0.04);
        let rest = clock.advance_secs(0.1);
        assert_eq!(rest[..1440], sound[960..]);
        assert!(rest[1440..].iter().all(|&x| x == 0.0));
        assert_eq!(output.heard_secs(), 0.1);
        assert_eq!(output.underruns(), 1);
    }
}
