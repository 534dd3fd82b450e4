//! A recording to mouth movement: the audio stream is given whole and stands at t = 1, the motion stream is generated.

use std::ops::Range;

use candle_core::{Device, Tensor};

use super::{Clock, SAMPLES_PER_FRAME, Synthesizer, failed, mouth_frames};
use crate::audio::{HOP_LENGTH, MEL_BIN_COUNT};
use crate::jam_flow::model::{AudioCondition, Exchange, MotionCondition, Timeline};
use crate::jam_flow::sampler::{Sampling, StreamTask, Task, sample};
use crate::jam_flow::schedule::{sway, uniform};
use crate::motion::MouthFrame;
use crate::{Error, Result};

/// Where samples, mel frames, tokens and motion frames meet: 30 mel frames, 8 motion frames, 0.32 s.
const GRID_SAMPLES: usize = 7680;
/// Motion frames in one grid step.
const GRID_FRAMES: usize = GRID_SAMPLES / SAMPLES_PER_FRAME;
/// A window is about as long as an utterance: 11.8 s.
const WINDOW_STEPS: usize = 37;
/// What it shares with the next, over which they are blended: 1.0 s.
const OVERLAP_STEPS: usize = 3;
/// Mel frames around a window that its own first and last ones reach into.
const CONTEXT_FRAMES: usize = 4;
/// Loudness that recordings are brought to, root mean square over the parts that are not silent: the corpus's.
const TARGET_LEVEL: f32 = 0.08;
/// Blocks of 0.32 s quieter than this take no part in measuring loudness.
const SILENCE_LEVEL: f32 = 0.003;
/// Loudness is not raised further than this, so that noise stays noise.
const MAX_GAIN: f32 = 8.0;

pub(super) fn animate(
    synthesizer: &Synthesizer,
    samples: &[f32],
    seed: u64,
    cancelled: &dyn Fn() -> bool,
    on_chunk: &mut dyn FnMut(Vec<MouthFrame>, f32) -> Result<()>,
    clock: &mut Clock,
) -> Result<()> {
    if samples.is_empty() {
        return Err(Error::InputUnusable(
            "the recording is empty: give one with speech".into(),
        ));
    }
    if samples.iter().any(|sample| !sample.is_finite()) {
        return Err(Error::InputUnusable(
            "the recording has samples that are not numbers: save it again".into(),
        ));
    }
    let gain = gain(samples);
    let frames = samples.len().div_ceil(SAMPLES_PER_FRAME);
    // The end of the last window, which the next one is blended into.
    let mut carried: Vec<MouthFrame> = Vec::new();
    for (number, window) in windows(samples.len()).enumerate() {
        if cancelled() {
            return Err(Error::Cancelled);
        }
        let mel = window_mel(synthesizer, samples, gain, &window.samples);
        clock.count(|timings| &mut timings.prosody);
        let seed = seed.wrapping_add(number as u64);
        let motion = flow(synthesizer, &mel, seed, cancelled)
            .map_err(failed("joint model"))?
            .ok_or(Error::Cancelled)?;
        let mut mouth = mouth_frames(&synthesizer.model, &motion);
        blend(&carried, &mut mouth);
        carried = match window.is_last {
            true => Vec::new(),
            false => mouth.split_off(mouth.len().saturating_sub(OVERLAP_STEPS * GRID_FRAMES)),
        };
        let first = window.samples.start / SAMPLES_PER_FRAME;
        mouth.truncate(frames - first);
        clock.count(|timings| &mut timings.flow);
        clock.piece(mouth.len() * SAMPLES_PER_FRAME);
        let done = if window.is_last {
            1.0
        } else {
            ((first + mouth.len()) as f32 / frames as f32).min(0.999)
        };
        on_chunk(mouth, done)?;
        clock.skip();
    }
    Ok(())
}

/// One stretch of the recording, on the grid; it may reach beyond the end.
#[derive(Debug, PartialEq)]
struct Window {
    samples: Range<usize>,
    is_last: bool,
}

fn windows(samples: usize) -> impl Iterator<Item = Window> {
    let steps = samples.div_ceil(GRID_SAMPLES).max(1);
    let hop = WINDOW_STEPS - OVERLAP_STEPS;
    (0..).step_by(hop).map_while(move |start| {
        // The window before this one reached the end already.
        if start > 0 && start + OVERLAP_STEPS >= steps {
            return None;
        }
        let end = (start + WINDOW_STEPS).min(steps);
        Some(Window {
            samples: start * GRID_SAMPLES..end * GRID_SAMPLES,
            is_last: end == steps,
        })
    })
}

/// Log mel of exactly the window's frames, with what lies around it heard and silence beyond the ends.
fn window_mel(
    synthesizer: &Synthesizer,
    samples: &[f32],
    gain: f32,
    window: &Range<usize>,
) -> Vec<f32> {
    let context = CONTEXT_FRAMES * HOP_LENGTH;
    let heard: Vec<f32> = (0..window.len() + 2 * context)
        .map(|i| {
            let at = (window.start + i).checked_sub(context);
            at.and_then(|at| samples.get(at))
                .map_or(0.0, |sample| sample * gain)
        })
        .collect();
    let mel = synthesizer.mel.log_mel(&heard);
    let frames = window.len() / HOP_LENGTH;
    mel[CONTEXT_FRAMES * MEL_BIN_COUNT..][..frames * MEL_BIN_COUNT].to_vec()
}

/// (mel frames, 100) → (motion frames, 12), normalised; `None` if cancelled.
fn flow(
    synthesizer: &Synthesizer,
    mel: &[f32],
    seed: u64,
    cancelled: &dyn Fn() -> bool,
) -> candle_core::Result<Option<Vec<f32>>> {
    let (model, settings) = (&synthesizer.model, &synthesizer.settings);
    let config = model.config();
    let tokens = mel.len() / config.token_dim();
    let motion_frames = config.motion_frames(tokens);
    let audio = Tensor::from_slice(mel, (1, tokens, config.token_dim()), &Device::Cpu)?;
    let audio = ((audio - config.mel_mean)? / config.mel_std)?;
    let audio_condition = model.audio_condition(tokens, &AudioCondition::default())?;
    let motion_condition = model.motion_condition(motion_frames, &MotionCondition::default())?;
    let sampling = Sampling {
        timeline: &Timeline::new(config, tokens, motion_frames),
        times: &sway(
            &uniform(settings.animation_steps),
            settings.sway_sampling_coef,
        ),
        seed,
        exchange: Exchange::BOTH,
        audio: StreamTask {
            task: Task::Given(&audio),
            condition: &audio_condition,
            null_condition: &audio_condition,
            guidance: 0.0,
        },
        motion: Some(StreamTask {
            task: Task::Generate,
            condition: &motion_condition,
            null_condition: &motion_condition,
            guidance: 0.0,
        }),
    };
    sample(model, &sampling, cancelled)?
        .and_then(|sampled| sampled.motion)
        .map(|motion| motion.flatten_all()?.to_vec1())
        .transpose()
}

/// Goes over from `carried` to the frames that follow, in the place where both are known.
fn blend(carried: &[MouthFrame], mouth: &mut [MouthFrame]) {
    let count = carried.len() as f32 + 1.0;
    for (i, (old, new)) in carried.iter().zip(mouth).enumerate() {
        let share = (i as f32 + 1.0) / count;
        for (old, new) in old.as_flattened().iter().zip(new.as_flattened_mut()) {
            *new = old + (*new - old) * share;
        }
    }
}

/// What brings the recording's speech to the loudness that the model knows.
fn gain(samples: &[f32]) -> f32 {
    let (mut power, mut count) = (0.0f64, 0usize);
    for block in samples.chunks(GRID_SAMPLES) {
        let sum: f64 = block.iter().map(|&sample| f64::from(sample * sample)).sum();
        if (sum / block.len() as f64).sqrt() > f64::from(SILENCE_LEVEL) {
            power += sum;
            count += block.len();
        }
    }
    if count == 0 {
        return 1.0;
    }
    (TARGET_LEVEL / (power / count as f64).sqrt() as f32).min(MAX_GAIN)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows_cover_every_length_once() {
        for samples in [
            1,
            960,
            7680,
            284_160,
            284_161,
            307_200,
            1_000_000,
            24_000 * 600,
        ] {
            let all: Vec<_> = windows(samples).collect();
            assert_eq!(all[0].samples.start, 0, "{samples}");
            assert!(all.last().unwrap().samples.end >= samples);
            assert!(all.last().unwrap().samples.end - samples < GRID_SAMPLES);
            assert_eq!(all.iter().filter(|window| window.is_last).count(), 1);
            assert!(all.last().unwrap().is_last);
            for pair in all.windows(2) {
                let shared = pair[0].samples.end - pair[1].samples.start;
                assert_eq!(shared, OVERLAP_STEPS * GRID_SAMPLES);
                assert!(pair[1].samples.len() > shared, "{samples}");
            }
        }
    }

    #[test]
    fn blending_goes_from_old_to_new() {
        let carried = vec![[[0.0; 3]; 4]; 3];
        let mut mouth = vec![[[1.0; 3]; 4]; 5];
        blend(&carried, &mut mouth);
        let first: Vec<f32> = mouth.iter().map(|frame| frame[0][0]).collect();
        assert_eq!(first, [0.25, 0.5, 0.75, 1.0, 1.0]);
    }

    #[test]
    fn loudness_is_evened_but_noise_is_not_raised() {
        let tone = |level: f32| -> Vec<f32> {
            (0..48_000)
                .map(|i| level * (i as f32 * 0.05).sin() * 2f32.sqrt())
                .collect()
        };
        assert!((gain(&tone(0.02)) - 4.0).abs() < 0.1);
        assert!((gain(&tone(0.16)) - 0.5).abs() < 0.01);
        assert_eq!(gain(&tone(0.001)), 1.0);
        assert_eq!(gain(&[0.0; 100]), 1.0);
        // Silence before the speech does not make it louder.
        let late = [vec![0.0; 96_000], tone(0.04)].concat();
        assert!((gain(&late) - 2.0).abs() < 0.1);
    }
}
