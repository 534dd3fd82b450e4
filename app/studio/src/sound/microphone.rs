//! The microphone: what is said now, mono at the program's own rate.
//!
//! The device's callback only copies into an `rtrb` ring; resampling happens on the side that listens.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use cpal::traits::{DeviceTrait as _, HostTrait as _, StreamTrait as _};
use cpal::{FromSample, Sample as _, SampleFormat, SizedSample, StreamConfig};
use engine::audio::{Resampler, SAMPLE_RATE_HZ};
use rtrb::{Consumer, Producer, RingBuffer};

use crate::sound::devices::{distinct_names, has_no_sound_system, name_of};
use crate::texts::text;

/// How much waits in the ring while the model is busy; older sound stays, newer is lost.
const RING_SECS: f64 = 10.0;

/// Opens the microphone with this name, the system's default for none, or says in one line why that does not work.
pub type OpenMicrophone = Arc<dyn Fn(Option<&str>) -> Result<Microphone, String> + Send + Sync>;

/// For work that listens to nobody.
pub fn no_microphone() -> OpenMicrophone {
    Arc::new(|_| Err(text!("microphone-unavailable").to_owned()))
}

/// An open microphone.
pub struct Microphone {
    consumer: Consumer<f32>,
    resampler: Resampler,
    is_lost: Arc<AtomicBool>,
    /// Held for its life; none in tests.
    _stream: Option<cpal::Stream>,
}

impl Microphone {
    /// Opens the named microphone in its own format, the system's default for none.
    ///
    /// # Errors
    /// One line for the user.
    pub fn open(name: Option<&str>) -> Result<Self, String> {
        let none = || text!("microphone-none").to_owned();
        if has_no_sound_system() {
            return Err(none());
        }
        let host = cpal::default_host();
        let device = match name {
            None => host.default_input_device().ok_or_else(none)?,
            Some(name) => host
                .input_devices()
                .map_err(|e| text!("microphones-unlisted", reason = e.to_string()))?
                .find(|device| name_of(device).as_deref() == Some(name))
                .ok_or_else(|| text!("microphone-gone", name = name))?,
        };
        let config = device
            .default_input_config()
            .map_err(|e| text!("microphone-silent", reason = e.to_string()))?;
        let format = config.sample_format();
        let config: StreamConfig = config.into();
        let rate_hz = config.sample_rate;
        let (producer, consumer) = RingBuffer::new((RING_SECS * f64::from(rate_hz)) as usize);
        let is_lost = Arc::new(AtomicBool::new(false));
        let stream = match format {
            SampleFormat::F32 => build::<f32>(&device, config, producer, &is_lost),
            SampleFormat::I16 => build::<i16>(&device, config, producer, &is_lost),
            SampleFormat::I32 => build::<i32>(&device, config, producer, &is_lost),
            SampleFormat::U8 => build::<u8>(&device, config, producer, &is_lost),
            SampleFormat::U16 => build::<u16>(&device, config, producer, &is_lost),
            other => {
                return Err(text!("microphone-format", format = other.to_string()));
            }
        }
        .and_then(|stream| stream.play().map(|()| stream))
        .map_err(|e| text!("microphone-unusable", reason = e.to_string()))?;
        Self::of(consumer, rate_hz, is_lost, Some(stream))
    }

    /// A microphone into which a test speaks, at the program's own rate.
    pub fn by_hand() -> (Self, Producer<f32>) {
        let capacity = (RING_SECS * f64::from(SAMPLE_RATE_HZ)) as usize;
        let (producer, consumer) = RingBuffer::new(capacity);
        let microphone = Self::of(consumer, SAMPLE_RATE_HZ, Arc::default(), None)
            .expect("the program's own rate is a valid one");
        (microphone, producer)
    }

    fn of(
        consumer: Consumer<f32>,
        rate_hz: u32,
        is_lost: Arc<AtomicBool>,
        stream: Option<cpal::Stream>,
    ) -> Result<Self, String> {
        let resampler = Resampler::new(rate_hz, SAMPLE_RATE_HZ)
            .map_err(|e| text!("microphone-unusable", reason = e.to_string()))?;
        Ok(Self {
            consumer,
            resampler,
            is_lost,
            _stream: stream,
        })
    }

    /// Appends what was heard since the last call, mono at [`SAMPLE_RATE_HZ`].
    ///
    /// # Errors
    /// One line for the user if the microphone is lost.
    pub fn read(&mut self, heard: &mut Vec<f32>) -> Result<(), String> {
        let waiting = self.consumer.slots();
        let mut new = vec![0.0; waiting];
        let (filled, _) = self.consumer.pop_partial_slice(&mut new);
        let count = filled.len();
        self.resampler
            .push(&new[..count], heard)
            .map_err(|e| text!("microphone-sound-unusable", reason = e.to_string()))?;
        if count == 0 && self.is_lost.load(Ordering::Relaxed) {
            return Err(text!("microphone-lost").to_owned());
        }
        Ok(())
    }
}

/// Names of the microphones that can be chosen; takes a while. Empty on a machine without sound.
pub fn names() -> Vec<String> {
    if has_no_sound_system() {
        return Vec::new();
    }
    let Ok(devices) = cpal::default_host().input_devices() else {
        return Vec::new();
    };
    distinct_names(devices)
}

/// The stream that copies into the ring: the mean of all channels.
fn build<T>(
    device: &cpal::Device,
    config: StreamConfig,
    mut producer: Producer<f32>,
    is_lost: &Arc<AtomicBool>,
) -> Result<cpal::Stream, cpal::Error>
where
    T: SizedSample,
    f32: FromSample<T>,
{
    let channels = usize::from(config.channels).max(1);
    let is_lost = Arc::clone(is_lost);
    device.build_input_stream(
        config,
        move |data: &[T], _: &cpal::InputCallbackInfo| {
            for frame in data.chunks_exact(channels) {
                let sum: f32 = frame.iter().map(|&sample| f32::from_sample(sample)).sum();
                // A full ring means that nobody listens any more.
                let _ = producer.push(sum / channels as f32);
            }
        },
        move |error| {
            if !is_lost.swap(true, Ordering::Relaxed) {
                tracing::warn!("the microphone was lost: {error}");
            }
        },
        None,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_said_arrives_once_and_a_lost_microphone_says_so_at_its_end() {
        let (mut microphone, mut mouth) = Microphone::by_hand();
        for i in 0..1000 {
            mouth.push(i as f32).unwrap();
        }
        let mut heard = Vec::new();
        microphone.read(&mut heard).unwrap();
        microphone.read(&mut heard).unwrap();
        assert_eq!(heard.len(), 1000);
        assert_eq!(heard[999], 999.0);
        mouth.push(0.5).unwrap();
        microphone.is_lost.store(true, Ordering::Relaxed);
        microphone.read(&mut heard).unwrap();
        assert_eq!(heard.len(), 1001);
        assert!(microphone.read(&mut heard).unwrap_err().contains("lost"));
    }
}
