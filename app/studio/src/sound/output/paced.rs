//! An output that nobody hears and that keeps time: it drinks as many samples as a device would, by the system's clock.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use engine::audio::SAMPLE_RATE_HZ;

use super::{AudioOutput, Drinker, Feeder, PlaybackClock};

/// Time between two sips.
const PERIOD: Duration = Duration::from_millis(10);

/// Silent output paced against [`Instant`].
pub struct PacedOutput {
    feeder: Feeder,
    clock: Arc<PlaybackClock>,
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Default for PacedOutput {
    fn default() -> Self {
        Self::new()
    }
}

impl PacedOutput {
    /// Starts the thread.
    pub fn new() -> Self {
        let (feeder, consumer) =
            Feeder::new(SAMPLE_RATE_HZ).expect("the program's own rate is a valid one");
        let clock = Arc::new(PlaybackClock::new(SAMPLE_RATE_HZ));
        let stop = Arc::new(AtomicBool::new(false));
        let mut drinker = Drinker {
            consumer,
            clock: clock.clone(),
        };
        let thread = std::thread::Builder::new()
            .name("silent audio output".to_owned())
            .spawn({
                let stop = stop.clone();
                move || drink(&mut drinker, &stop)
            });
        if let Err(error) = &thread {
            tracing::error!("the silent sound output stands still: {error}");
        }
        Self {
            feeder,
            clock,
            stop,
            thread: thread.ok(),
        }
    }
}

fn drink(drinker: &mut Drinker, stop: &AtomicBool) {
    let rate_hz = f64::from(SAMPLE_RATE_HZ);
    let mut buffer = vec![0.0; SAMPLE_RATE_HZ as usize / 10];
    let started = Instant::now();
    let mut drunk: u64 = 0;
    while !stop.load(Ordering::Relaxed) {
        // What is due by the clock, so that a late wake-up does not add up.
        let due = (started.elapsed().as_secs_f64() * rate_hz) as u64;
        while drunk < due {
            let count = buffer.len().min((due - drunk) as usize);
            drinker.fill(&mut buffer[..count], -(count as f64) / rate_hz);
            drunk += count as u64;
        }
        std::thread::sleep(PERIOD);
    }
}

impl AudioOutput for PacedOutput {
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

impl Drop for PacedOutput {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            // It ends within one period; its panic, if any, has been printed.
            let _ = thread.join();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sound_takes_as_long_as_it_is() {
        let mut output = PacedOutput::new();
        let sound = vec![0.1; 12_000];
        assert_eq!(output.write(&sound), sound.len());
        let started = Instant::now();
        while output.heard_secs() < 0.5 {
            assert!(
                started.elapsed() < Duration::from_secs(10),
                "it stands still"
            );
            std::thread::sleep(Duration::from_millis(2));
            output.write(&[]);
        }
        let took = started.elapsed().as_secs_f64();
        // It cannot be early by more than a sip; late it may be on a busy machine.
        assert!((0.48..2.0).contains(&took), "{took}");
        assert_eq!(output.heard_secs(), 0.5);
    }
}
