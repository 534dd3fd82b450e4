//! A recording to mouth movement: the audio stream is given whole and stands at t = 1, the motion stream is generated.

use std::ops::Range;

use super::calm::calm;
use super::closures::shut_lips;
use super::hearing::{gain, log_mel};
use super::window::{Rows, Window, rows};
use super::{Clock, SAMPLES_PER_FRAME, Synthesizer, failed, mouth_frames};
use crate::motion::MouthFrame;
use crate::{Error, Result};

/// Where samples, mel frames, tokens and motion frames meet: 30 mel frames, 8 motion frames, 0.32 s.
pub(super) const GRID_SAMPLES: usize = 7680;
/// Motion frames in one grid step.
const GRID_FRAMES: usize = GRID_SAMPLES / SAMPLES_PER_FRAME;
/// A window is about as long as an utterance: 11.8 s.
const WINDOW_STEPS: usize = 37;
/// What it shares with the next, over which they are blended: 1.0 s.
const OVERLAP_STEPS: usize = 3;

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
        let mel = log_mel(synthesizer, samples, gain, &window.samples);
        clock.count(|timings| &mut timings.prosody);
        let seed = seed.wrapping_add(number as u64);
        let motion = flow(synthesizer, &mel, seed, cancelled)
            .map_err(failed("joint model"))?
            .ok_or(Error::Cancelled)?;
        let mut mouth = mouth_frames(&synthesizer.model, &motion);
        let heard = synthesizer
            .classifier
            .forward(&mel)
            .map_err(failed("phone classifier"))?;
        let classes = synthesizer.classifier.config().classes.len();
        shut_lips(&mut mouth, &heard, &synthesizer.bilabials, classes);
        calm(&mut mouth, &synthesizer.detector.log_odds(&mel)?, &mel);
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
struct Stretch {
    samples: Range<usize>,
    is_last: bool,
}

fn windows(samples: usize) -> impl Iterator<Item = Stretch> {
    let steps = samples.div_ceil(GRID_SAMPLES).max(1);
    let hop = WINDOW_STEPS - OVERLAP_STEPS;
    (0..).step_by(hop).map_while(move |start| {
        // The window before this one reached the end already.
        if start > 0 && start + OVERLAP_STEPS >= steps {
            return None;
        }
        let end = (start + WINDOW_STEPS).min(steps);
        Some(Stretch {
            samples: start * GRID_SAMPLES..end * GRID_SAMPLES,
            is_last: end == steps,
        })
    })
}

/// (mel frames, 100) → (motion frames, 12), normalised; `None` if cancelled.
fn flow(
    synthesizer: &Synthesizer,
    mel: &[f32],
    seed: u64,
    cancelled: &dyn Fn() -> bool,
) -> candle_core::Result<Option<Vec<f32>>> {
    let config = synthesizer.model.config();
    let audio = rows(mel, config.token_dim())?;
    let audio = ((audio - config.mel_mean)? / config.mel_std)?;
    let window = Window {
        tokens: mel.len() / config.token_dim(),
        conditions: None,
        voice: None,
        audio: Rows::Given(&audio),
        motion: Rows::Made(None),
        steps: synthesizer.settings.animation_steps,
        seed,
    };
    let filled = window.fill(synthesizer, cancelled)?;
    Ok(filled.map(|filled| filled.motion))
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
}
