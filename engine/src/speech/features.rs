//! Features of speech that is there already, as the model is told of it: its mel, its melody, its mouth.

use std::ops::Range;

use super::model::LoadedModel;
use crate::audio::{HOP_LENGTH, MEL_BIN_COUNT, SAMPLE_RATE_HZ, WHISPER_RATE_HZ, resample};
use crate::motion::MouthFrame;
use crate::networks::jam_flow::Config;
use crate::random::{GOLDEN_GAMMA, scattered};
use crate::{Error, Result};

/// Mel frames around a stretch that its own first and last ones reach into.
const CONTEXT_FRAMES: usize = 4;
/// Step of 16-bit sound. What is heard carries noise of this size: a file of 16 kHz, or one that was filtered, holds nothing at all above
/// some frequency, which no training sound does, and the mouth then follows it badly.
const NOISE_STEP: f32 = 1.0 / 32_768.0;

/// What the listener hears before and after a stretch, samples: 0.2 s and 0.3 s.
const LISTENER_BEFORE: usize = 4_800;
const LISTENER_AFTER: usize = 7_200;
/// The listener's frames are 20 ms long.
const LISTENER_FRAMES_PER_SECOND: usize = 50;

/// Log mel of exactly `range` of the samples, (length / 256, 100), with what lies around it heard and silence beyond the ends.
pub fn log_mel(model: &LoadedModel, samples: &[f32], gain: f32, range: &Range<usize>) -> Vec<f32> {
    let context = CONTEXT_FRAMES * HOP_LENGTH;
    let mel = model
        .mel
        .log_mel(&around(samples, gain, range, context, context));
    let frames = range.len() / HOP_LENGTH;
    mel[CONTEXT_FRAMES * MEL_BIN_COUNT..][..frames * MEL_BIN_COUNT].to_vec()
}

/// What the listener says of the motion frames of `range`: (frames, heard_channels). `None` if the model has no listener.
///
/// # Errors
/// [`Error::Model`].
pub fn heard(
    model: &LoadedModel,
    samples: &[f32],
    gain: f32,
    range: &Range<usize>,
) -> Result<Option<Vec<f32>>> {
    let Some(listener) = &model.listener else {
        return Ok(None);
    };
    let _span = tracing::debug_span!("listener", samples = range.len()).entered();
    let sound = around(samples, gain, range, LISTENER_BEFORE, LISTENER_AFTER);
    let sound = resample(&sound, SAMPLE_RATE_HZ, WHISPER_RATE_HZ)?;
    let first = LISTENER_BEFORE * LISTENER_FRAMES_PER_SECOND / SAMPLE_RATE_HZ as usize;
    let frames = model
        .config
        .motion_frames(range.len() / model.grid.token_samples());
    let said = listener.forward(&sound, first, frames);
    said.map(Some)
        .map_err(|source| Error::model("listener", source))
}

/// The samples of a range and so many before and after it at the model's level, silence beyond the ends, all with noise of a step.
fn around(
    samples: &[f32],
    gain: f32,
    range: &Range<usize>,
    before: usize,
    after: usize,
) -> Vec<f32> {
    (0..before + range.len() + after)
        .map(|i| {
            let at = (range.start + i).checked_sub(before);
            at.and_then(|at| samples.get(at))
                .map_or(0.0, |sample| sample * gain)
                + NOISE_STEP * noise(range.start + i)
        })
        .collect()
}

/// Even noise in −1 to 1 that belongs to the instant: stretches that overlap hear the same.
fn noise(at: usize) -> f32 {
    let bits = scattered((at as u64).wrapping_mul(GOLDEN_GAMMA));
    (bits >> 40) as f32 / (1u32 << 23) as f32 - 1.0
}

/// A log mel as the flow knows it.
pub fn normalized_mel(config: &Config, mel: &[f32]) -> Vec<f32> {
    let (mean, std) = (config.mel_mean as f32, config.mel_std as f32);
    mel.iter().map(|x| (x - mean) / std).collect()
}

/// Mouth frames as the flow knows them: (frames, 12).
pub fn normalized_mouth(config: &Config, mouth: &[MouthFrame]) -> Vec<f32> {
    let value = |(i, delta): (usize, f32)| {
        let mean = config.motion_mean.get(i).copied().unwrap_or(0.0);
        let std = config.motion_std.get(i).copied().unwrap_or(1.0);
        (delta - mean) / std
    };
    let rows = mouth.iter().map(MouthFrame::values);
    rows.flat_map(|row| row.into_iter().enumerate().map(value))
        .collect()
}

/// The melody of a log mel, (tokens, 3): normalised log pitch, voicing, energy. `None` if the vocoder does not estimate pitch.
///
/// The pitch is the vocoder's own estimate, so that what it synthesises later is what the model was told.
pub fn contour(model: &LoadedModel, mel: &[f32]) -> Option<Vec<f32>> {
    let config = &model.config;
    let pitch_hz = model.vocoder.pitch_hz(mel)?;
    let mut contour = Vec::new();
    for (token, hz) in mel
        .chunks_exact(config.token_dim())
        .zip(pitch_hz.chunks_exact(config.patch_size))
    {
        let voiced: Vec<f64> = hz
            .iter()
            .filter(|&&hz| hz > 0.0)
            .map(|&hz| f64::from(hz).ln())
            .collect();
        let pitch = match voiced.len() {
            0 => 0.0,
            count => {
                let log = voiced.iter().sum::<f64>() / count as f64;
                (log - config.log_pitch_mean) / config.log_pitch_std
            }
        };
        let energy = token.iter().map(|&x| f64::from(x)).sum::<f64>() / token.len() as f64;
        contour.extend([
            pitch as f32,
            f32::from(u8::from(!voiced.is_empty())),
            ((energy - config.mel_mean) / config.mel_std) as f32,
        ]);
    }
    Some(contour)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn noise_is_even_and_belongs_to_the_instant() {
        let values: Vec<f32> = (0..20_000).map(noise).collect();
        assert!(values.iter().all(|value| (-1.0..1.0).contains(value)));
        let mean = values.iter().sum::<f32>() / values.len() as f32;
        let power = values.iter().map(|x| x * x).sum::<f32>() / values.len() as f32;
        assert!(mean.abs() < 0.02, "{mean}");
        assert!((power - 1.0 / 3.0).abs() < 0.01, "{power}");
        assert_eq!(noise(7_777), values[7_777]);
    }
}
