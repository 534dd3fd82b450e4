//! Where sound goes: the system's device, a silent output that keeps time, or one that a test winds by hand.
//!
//! All drink from an `rtrb` ring of mono `f32` at their own rate. Their callback copies, fills up with silence and bumps
//! atomics; resampling happens on the side that feeds. Audio is the clock: [`AudioOutput::heard_secs`] is what pictures follow.

mod clock;
mod device;
mod manual;
mod opener;
mod paced;

use engine::audio::{Resampler, SAMPLE_RATE_HZ};
use rtrb::{Consumer, Producer, RingBuffer};
use std::sync::Arc;

pub use clock::PlaybackClock;
pub use manual::{ManualClock, ManualOutput, manual};
pub use opener::{OpenOutput, Opened, Opener};
pub use paced::PacedOutput;

use device::DeviceOutput;

use crate::texts::text;

/// How much sound waits in the ring: enough for a window that is busy for a while.
const RING_SECS: f64 = 2.0;
/// When the ring holds less than this and nothing more is offered, the resampler's last samples are let out.
const FLUSH_BELOW_SECS: f64 = 0.25;

/// Takes sound and says which part of it has been heard.
pub trait AudioOutput: Send {
    /// Offers mono samples at [`SAMPLE_RATE_HZ`] and returns how many were taken; the rest is to be offered again. Call it
    /// from time to time with nothing too, so that the last samples leave the resampler.
    fn write(&mut self, samples: &[f32]) -> usize;

    /// Seconds of the offered sound that have been heard; never goes back, and stands still while the output waits for sound.
    fn heard_secs(&self) -> f64;

    /// How often the output ran dry while it was expected to sound, including the end of the sound.
    fn underruns(&self) -> u64;

    /// Why the output is not what it was opened as, once, when that has happened.
    fn take_notice(&mut self) -> Option<String> {
        None
    }
}

/// Opens the sound device with this name, the system's default for none. Where that does not work, opens the default, and
/// without any device an output that keeps time in silence, and says so.
pub fn open(device: Option<&str>) -> (Box<dyn AudioOutput>, Option<String>) {
    let silent = |reason: String| -> (Box<dyn AudioOutput>, Option<String>) {
        (
            Box::new(PacedOutput::new()),
            Some(text!("no-sound", reason = reason)),
        )
    };
    let failed = match DeviceOutput::open(device) {
        Ok(output) => return (Box::new(output), None),
        Err(reason) => reason,
    };
    match device {
        None => silent(failed),
        Some(name) => match DeviceOutput::open(None) {
            Ok(output) => (
                Box::new(output),
                Some(text!(
                    "output-device-replaced",
                    name = name,
                    reason = failed
                )),
            ),
            Err(reason) => silent(reason),
        },
    }
}

/// Names of the sound devices that can be chosen; takes a while. Empty on a machine without sound.
pub fn devices() -> Vec<String> {
    device::names()
}

/// The feeding side: resamples into the ring.
struct Feeder {
    resampler: Resampler,
    producer: Producer<f32>,
    /// Resampled samples that found no place yet.
    overflow: Vec<f32>,
    rate_hz: u32,
    is_flushed: bool,
}

impl Feeder {
    /// A feeder and the consumer for the callback.
    fn new(rate_hz: u32) -> engine::Result<(Self, Consumer<f32>)> {
        let capacity = (RING_SECS * f64::from(rate_hz)) as usize;
        let (producer, consumer) = RingBuffer::new(capacity);
        let feeder = Self {
            resampler: Resampler::new(SAMPLE_RATE_HZ, rate_hz)?,
            producer,
            overflow: Vec::new(),
            rate_hz,
            is_flushed: true,
        };
        Ok((feeder, consumer))
    }

    /// See [`AudioOutput::write`].
    fn write(&mut self, samples: &[f32]) -> usize {
        self.drain();
        if !self.overflow.is_empty() {
            return 0;
        }
        let free = self.producer.slots() as f64 * f64::from(SAMPLE_RATE_HZ);
        let taken = samples.len().min((free / f64::from(self.rate_hz)) as usize);
        let pushed = if taken > 0 {
            self.is_flushed = false;
            self.resampler.push(&samples[..taken], &mut self.overflow)
        } else if samples.is_empty() && !self.is_flushed && self.waiting_secs() < FLUSH_BELOW_SECS {
            self.is_flushed = true;
            self.resampler.finish(&mut self.overflow)
        } else {
            Ok(())
        };
        if let Err(error) = pushed {
            tracing::error!("the sound output lost samples: {error}");
        }
        self.drain();
        taken
    }

    fn waiting_secs(&self) -> f64 {
        let waiting = self.producer.buffer().capacity() - self.producer.slots();
        waiting as f64 / f64::from(self.rate_hz)
    }

    /// Samples in the ring and before it, at the output's rate.
    fn waiting_samples(&self) -> usize {
        self.producer.buffer().capacity() - self.producer.slots() + self.overflow.len()
    }

    fn drain(&mut self) {
        let (pushed, _) = self.producer.push_partial_slice(&self.overflow);
        let pushed = pushed.len();
        self.overflow.drain(..pushed);
    }
}

/// The callback's side.
struct Drinker {
    consumer: Consumer<f32>,
    clock: Arc<PlaybackClock>,
}

impl Drinker {
    /// Fills `out` from the ring, and with silence beyond it. `latency_secs` passes until the first sample is heard.
    fn fill(&mut self, out: &mut [f32], latency_secs: f64) {
        let (filled, silent) = self.consumer.pop_partial_slice(out);
        let (filled, silent) = (filled.len(), silent.len());
        out[filled..].fill(0.0);
        self.clock.record(filled, silent, latency_secs);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_ring_takes_no_more_and_nothing_is_lost() {
        let (mut feeder, mut consumer) = Feeder::new(48_000).unwrap();
        let sound: Vec<f32> = (0..96_000).map(|i| (i as f32 * 0.01).sin()).collect();
        let mut heard = Vec::new();
        let mut offered = 0;
        let mut buffer = [0.0; 441];
        for _ in 0..1000 {
            offered += feeder.write(&sound[offered..]);
            let (filled, _) = consumer.pop_partial_slice(&mut buffer);
            heard.extend_from_slice(filled);
        }
        assert_eq!(offered, sound.len());
        assert_eq!(heard.len(), 2 * sound.len());
        let expected = engine::audio::resample(&sound, SAMPLE_RATE_HZ, 48_000).unwrap();
        assert_eq!(heard, expected);
    }
}
