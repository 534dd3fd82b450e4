//! A recording to mouth movement: the audio stream is given whole and stands at t = 1, the motion stream is generated.

use crate::motion::MouthFrame;
use crate::networks::jam_flow::Config;
use crate::speech::features::{gain, heard, log_mel};
use crate::speech::mouth::{close_lips, rest_in_silence};
use crate::speech::segments::{Strategy, cross_fade};
use crate::speech::window::{Rows, Window};
use crate::speech::{Clock, Job, SAMPLES_PER_FRAME, SpeechError};
use crate::{Error, Result};

/// Makes the mouth for a recording and hands it on with the share that is done.
pub fn animate(
    job: Job,
    samples: &[f32],
    seed: u64,
    on_chunk: &mut dyn FnMut(Vec<MouthFrame>, f32) -> Result<()>,
    clock: &mut Clock,
) -> Result<()> {
    if samples.is_empty() {
        return Err(SpeechError::Empty.into());
    }
    if samples.iter().any(|sample| !sample.is_finite()) {
        return Err(SpeechError::NotFinite.into());
    }
    let (model, grid) = (job.model, &job.model.grid);
    let gain = gain(samples);
    let frames = samples.len().div_ceil(SAMPLES_PER_FRAME);
    let tokens = samples.len().div_ceil(grid.token_samples());
    let segments = Strategy::Overlapping.segments(grid, tokens);
    // The end of the last window, which the next one is cross-faded with.
    let mut carried: Vec<MouthFrame> = Vec::new();
    for (number, segment) in segments.iter().enumerate() {
        job.check_cancelled()?;
        let token_samples = grid.token_samples();
        let range = segment.window.start * token_samples..segment.window.end * token_samples;
        let mel = log_mel(model, samples, gain, &range);
        clock.count(|timings| &mut timings.prosody);
        let tokens = segment.window.len();
        let heard = heard(model, samples, gain, &range)?;
        let window = Window {
            tokens,
            conditions: None,
            voice: None,
            audio: Rows::Given(&normalized(&model.config, &mel)),
            motion: Rows::Made(None),
            heard: heard.as_deref(),
            steps: job.settings.animation_steps,
            seed: seed.wrapping_add(number as u64),
        };
        let mut mouth = model.mouth_frames(&window.fill(job)?.motion);
        let phones = model
            .classifier
            .forward(&mel)
            .map_err(|source| Error::model("phone classifier", source))?;
        let classes = model.classifier.config().classes.len();
        close_lips(&mut mouth, &phones, &model.bilabials, classes);
        rest_in_silence(&mut mouth, &model.detector.log_odds(&mel)?, &mel);
        cross_fade(&carried, &mut mouth);
        let first = grid.frame_of(segment.window.start);
        carried = mouth.split_off(grid.frame_of(segment.made.end) - first);
        mouth.truncate(frames - first);
        clock.count(|timings| &mut timings.flow);
        clock.piece(mouth.len() * SAMPLES_PER_FRAME);
        let is_last = number + 1 == segments.len();
        let done = match is_last {
            true => 1.0,
            false => ((first + mouth.len()) as f32 / frames as f32).min(0.999),
        };
        on_chunk(mouth, done)?;
        clock.skip();
    }
    Ok(())
}

/// A log mel as the flow has it. By the reciprocal: the motion of recordings is fixed to the last bit.
fn normalized(config: &Config, mel: &[f32]) -> Vec<f32> {
    let (mean, factor) = (config.mel_mean as f32, config.mel_std.recip() as f32);
    mel.iter().map(|x| (x - mean) * factor).collect()
}
