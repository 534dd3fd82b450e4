//! What has been heard, from counters that the audio callback bumps.

use std::sync::atomic::{AtomicI64, AtomicU64, Ordering, fence};
use std::time::Instant;

/// Time of the sound at the listener's ear. Written by one callback, read by anyone, without a lock.
///
/// The callback tells how many samples of sound and of silence it handed on and how far ahead of the ear that is. Between two
/// callbacks the time runs on by itself, up to the end of what was handed on.
#[derive(Debug)]
pub struct PlaybackClock {
    rate_hz: u32,
    opened: Instant,
    /// Odd while the callback writes the three fields below; readers try again then.
    version: AtomicU64,
    /// Samples of sound handed on so far.
    sound_samples: AtomicU64,
    /// Position on the line of sound and trailing silence where the last buffer began.
    buffer_start: AtomicU64,
    /// Nanoseconds after `opened` at which the last buffer's first sample is heard.
    heard_at_nanos: AtomicI64,
    /// Silence since the last sound, samples; only the callback uses it.
    silence_samples: AtomicU64,
    underruns: AtomicU64,
    /// The latest position that was given out, samples; time never runs back.
    given_out: AtomicU64,
}

impl PlaybackClock {
    /// A clock for an output with this rate.
    pub fn new(rate_hz: u32) -> Self {
        Self {
            rate_hz,
            opened: Instant::now(),
            version: AtomicU64::new(0),
            sound_samples: AtomicU64::new(0),
            buffer_start: AtomicU64::new(0),
            heard_at_nanos: AtomicI64::new(0),
            silence_samples: AtomicU64::new(0),
            underruns: AtomicU64::new(0),
            given_out: AtomicU64::new(0),
        }
    }

    /// For the callback: `sound` samples and then `silence` samples go out, the first of them in `latency_secs`. A latency
    /// below zero means that they have been heard already.
    pub fn record(&self, sound: usize, silence: usize, latency_secs: f64) {
        let now_nanos = self.opened.elapsed().as_nanos() as i64;
        let sounded = self.sound_samples.load(Ordering::Relaxed);
        let silent_before = self.silence_samples.load(Ordering::Relaxed);
        let start = sounded + if sound > 0 { 0 } else { silent_before };
        let version = self.version.load(Ordering::Relaxed);
        self.version.store(version + 1, Ordering::Relaxed);
        fence(Ordering::Release);
        self.buffer_start.store(start, Ordering::Relaxed);
        self.heard_at_nanos
            .store(now_nanos + (latency_secs * 1e9) as i64, Ordering::Relaxed);
        self.sound_samples
            .store(sounded + sound as u64, Ordering::Relaxed);
        self.version.store(version + 2, Ordering::Release);
        let silent = silence as u64 + if sound > 0 { 0 } else { silent_before };
        self.silence_samples.store(silent, Ordering::Relaxed);
        // One underrun is one step from sound to silence, however long it lasts.
        if silence > 0 && sounded + sound as u64 > 0 && (sound > 0 || silent_before == 0) {
            self.underruns.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Counts samples as handed on that will never be heard, because their device was lost.
    pub fn skip(&self, samples: usize) {
        self.record(samples, 0, -(samples as f64) / f64::from(self.rate_hz));
    }

    /// Seconds of sound that have been heard.
    pub fn position_secs(&self) -> f64 {
        let (sounded, start, heard_at_nanos) = loop {
            let before = self.version.load(Ordering::Acquire);
            let fields = (
                self.sound_samples.load(Ordering::Relaxed),
                self.buffer_start.load(Ordering::Relaxed),
                self.heard_at_nanos.load(Ordering::Relaxed),
            );
            fence(Ordering::Acquire);
            if before.is_multiple_of(2) && self.version.load(Ordering::Relaxed) == before {
                break fields;
            }
            std::hint::spin_loop();
        };
        let since_nanos = self.opened.elapsed().as_nanos() as i64 - heard_at_nanos;
        let moved = since_nanos as f64 * 1e-9 * f64::from(self.rate_hz);
        let position = (start as f64 + moved).round().clamp(0.0, sounded as f64) as u64;
        let latest = self.given_out.fetch_max(position, Ordering::Relaxed);
        position.max(latest) as f64 / f64::from(self.rate_hz)
    }

    /// How often the sound ran out.
    pub fn underruns(&self) -> u64 {
        self.underruns.load(Ordering::Relaxed)
    }

    /// Seconds since the clock was made.
    pub(super) fn age_secs(&self) -> f64 {
        self.opened.elapsed().as_secs_f64()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn sound_that_was_heard_counts_at_once_and_silence_does_not() {
        let clock = PlaybackClock::new(1000);
        assert_eq!(clock.position_secs(), 0.0);
        clock.record(0, 500, -0.5);
        assert_eq!(clock.position_secs(), 0.0);
        clock.record(250, 0, -0.25);
        assert_eq!(clock.position_secs(), 0.25);
        clock.record(100, 50, -0.15);
        clock.record(0, 50, -0.05);
        assert_eq!(clock.position_secs(), 0.35);
        assert_eq!(clock.underruns(), 1);
    }

    #[test]
    fn a_device_with_latency_is_heard_later_and_its_end_too() {
        let clock = PlaybackClock::new(1000);
        clock.record(20, 0, 0.03);
        assert_eq!(clock.position_secs(), 0.0);
        std::thread::sleep(Duration::from_millis(40));
        // 10 ms into the buffer, and no further than its end.
        let position = clock.position_secs();
        assert!((0.008..=0.02).contains(&position), "{position}");
        clock.record(0, 20, 0.03);
        clock.record(0, 20, 0.03);
        std::thread::sleep(Duration::from_millis(40));
        assert_eq!(clock.position_secs(), 0.02);
    }

    #[test]
    fn time_never_runs_back() {
        let clock = PlaybackClock::new(1000);
        clock.record(100, 0, -0.1);
        assert_eq!(clock.position_secs(), 0.1);
        clock.record(100, 0, 0.5);
        assert_eq!(clock.position_secs(), 0.1);
    }
}
