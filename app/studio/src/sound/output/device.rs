//! The system's sound device through cpal.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use cpal::traits::{DeviceTrait, HostTrait, StreamTrait};
use cpal::{ErrorKind, FromSample, OutputCallbackInfo, SampleFormat, SizedSample, StreamConfig};

use super::paced::PacedOutput;
use super::{AudioOutput, Drinker, Feeder, PlaybackClock};
use crate::sound::devices::{distinct_names, has_no_sound_system, output_device};
use crate::texts::text;

/// Largest callback buffer, samples; larger ones are filled in pieces.
const SCRATCH_SAMPLES: usize = 8192;
/// A device that has taken this much more sound than time has passed is no device: ALSA's `null` takes all at once.
const AHEAD_LIMIT_SECS: f64 = 3.0;

/// The default device. If it is lost, the output goes on in silence.
pub(super) struct DeviceOutput {
    feeder: Feeder,
    clock: Arc<PlaybackClock>,
    is_lost: Arc<AtomicBool>,
    /// Held for its life; none after the device was lost.
    stream: Option<cpal::Stream>,
    /// Takes the place of a lost device; the second number is where its clock starts.
    fallback: Option<(PacedOutput, f64)>,
    notice: Option<String>,
}

impl DeviceOutput {
    /// Opens the device with this name, else the default one, in its own format.
    ///
    /// # Errors
    /// One line for the user: why there is no sound.
    pub(super) fn open(name: Option<&str>) -> Result<Self, String> {
        let device = output_device(name)?;
        let config = device
            .default_output_config()
            .map_err(|e| text!("output-device-silent", reason = e.to_string()))?;
        let format = config.sample_format();
        let config: StreamConfig = config.into();
        let unusable =
            |e: &dyn std::fmt::Display| text!("output-device-unusable", reason = e.to_string());
        let (feeder, consumer) = Feeder::new(config.sample_rate).map_err(|e| unusable(&e))?;
        let clock = Arc::new(PlaybackClock::new(config.sample_rate));
        let is_lost = Arc::new(AtomicBool::new(false));
        let callback = Callback {
            drinker: Drinker {
                consumer,
                clock: clock.clone(),
            },
            scratch: vec![0.0; SCRATCH_SAMPLES],
            channels: usize::from(config.channels).max(1),
            rate_hz: f64::from(config.sample_rate),
            handed_on: 0,
            is_lost: is_lost.clone(),
        };
        let stream = match format {
            SampleFormat::F32 => build::<f32>(&device, config, callback),
            SampleFormat::I16 => build::<i16>(&device, config, callback),
            SampleFormat::I32 => build::<i32>(&device, config, callback),
            SampleFormat::U8 => build::<u8>(&device, config, callback),
            SampleFormat::U16 => build::<u16>(&device, config, callback),
            other => {
                return Err(text!("output-device-format", format = other.to_string()));
            }
        }
        .map_err(|e| unusable(&e))?;
        stream.play().map_err(|e| unusable(&e))?;
        Ok(Self {
            feeder,
            clock,
            is_lost,
            stream: Some(stream),
            fallback: None,
            notice: None,
        })
    }

    /// Leaves the lost device. What lay in its ring counts as heard.
    fn fall_back(&mut self) {
        self.stream = None;
        self.clock.skip(self.feeder.waiting_samples());
        self.fallback = Some((PacedOutput::new(), self.clock.position_secs()));
        self.notice = Some(text!("output-device-lost").to_owned());
    }
}

impl AudioOutput for DeviceOutput {
    fn write(&mut self, samples: &[f32]) -> usize {
        if self.fallback.is_none() && self.is_lost.load(Ordering::Relaxed) {
            self.fall_back();
        }
        match &mut self.fallback {
            Some((output, _)) => output.write(samples),
            None => self.feeder.write(samples),
        }
    }

    fn heard_secs(&self) -> f64 {
        match &self.fallback {
            Some((output, start_secs)) => start_secs + output.heard_secs(),
            None => self.clock.position_secs(),
        }
    }

    fn underruns(&self) -> u64 {
        self.clock.underruns()
            + self
                .fallback
                .as_ref()
                .map_or(0, |(output, _)| output.underruns())
    }

    fn take_notice(&mut self) -> Option<String> {
        self.notice.take()
    }
}

/// Names of all output devices, each once.
pub(super) fn names() -> Vec<String> {
    if has_no_sound_system() {
        return Vec::new();
    }
    let Ok(devices) = cpal::default_host().output_devices() else {
        return Vec::new();
    };
    distinct_names(devices)
}

/// What runs on cpal's thread: no lock, no allocation, no log.
struct Callback {
    drinker: Drinker,
    scratch: Vec<f32>,
    channels: usize,
    rate_hz: f64,
    /// Samples that the device has taken, sound and silence.
    handed_on: u64,
    is_lost: Arc<AtomicBool>,
}

impl Callback {
    fn run<T: SizedSample + FromSample<f32>>(&mut self, out: &mut [T], info: &OutputCallbackInfo) {
        let ahead_secs = self.handed_on as f64 / self.rate_hz - self.drinker.clock.age_secs();
        if ahead_secs > AHEAD_LIMIT_SECS {
            self.is_lost.store(true, Ordering::Relaxed);
        }
        if self.is_lost.load(Ordering::Relaxed) {
            out.fill(T::from_sample(0.0));
            return;
        }
        let timestamp = info.timestamp();
        let mut latency_secs = timestamp
            .playback
            .saturating_duration_since(timestamp.callback)
            .as_secs_f64();
        let piece_samples = self.scratch.len() * self.channels;
        for piece in out.chunks_mut(piece_samples) {
            let count = piece.len() / self.channels;
            let mono = &mut self.scratch[..count];
            self.drinker.fill(mono, latency_secs);
            for (frame, &sample) in piece.chunks_mut(self.channels).zip(mono.iter()) {
                frame.fill(T::from_sample(sample));
            }
            latency_secs += count as f64 / self.rate_hz;
            self.handed_on += count as u64;
        }
    }
}

fn build<T: SizedSample + FromSample<f32>>(
    device: &cpal::Device,
    config: StreamConfig,
    mut callback: Callback,
) -> Result<cpal::Stream, cpal::Error> {
    let is_lost = callback.is_lost.clone();
    device.build_output_stream(
        config,
        move |out: &mut [T], info: &OutputCallbackInfo| callback.run(out, info),
        move |error| {
            // Some backends repeat an error hundreds of times a second; only what ends the stream is of interest.
            let ends = matches!(
                error.kind(),
                ErrorKind::DeviceNotAvailable
                    | ErrorKind::StreamInvalidated
                    | ErrorKind::HostUnavailable
            );
            if ends && !is_lost.swap(true, Ordering::Relaxed) {
                tracing::warn!("the sound device was lost: {error}");
            }
        },
        None,
    )
}
