//! A recording to mouth movement: the audio stream is given whole and stands at t = 1, the motion stream is generated.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::ops::Range;

use crate::motion::MouthFrame;
use crate::networks::jam_flow::{Config, Noise};
use crate::speech::features::{heard, log_mel};
use crate::speech::fused::Fused;
use crate::speech::model::LoadedModel;
use crate::speech::mouth::{close_lips, rest_in_silence};
use crate::speech::segments::{Strategy, cross_fade};
use crate::speech::window::{MOTION_NOISE, Rows, Window, flow_times};
use crate::speech::{Clock, Job, SAMPLES_PER_FRAME, SpeechError};
use crate::{Error, Result};

/// Makes the mouth for a recording and hands it on with the share that is done. `gain` brings it to the level that the networks know.
pub fn animate(
    job: Job,
    samples: &[f32],
    gain: f32,
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
    let frames = samples.len().div_ceil(SAMPLES_PER_FRAME);
    let tokens = samples.len().div_ceil(grid.token_samples());
    let segments = Strategy::Overlapping.segments(grid, tokens);
    let windows: Vec<_> = segments
        .iter()
        .map(|segment| grid.frame_of(segment.window.start)..grid.frame_of(segment.window.end))
        .collect();
    let times = flow_times(job.settings.animation_steps, job.settings);
    let channels = model.config.motion_channels;
    let mut fused = Fused::new(&windows, channels, &times, Noise::new(seed, MOTION_NOISE));
    let mut sounds: BTreeMap<usize, Sound> = BTreeMap::new();
    // The end of the last window, which the next one is cross-faded with.
    let mut carried: Vec<MouthFrame> = Vec::new();
    loop {
        let finished = fused.next(&mut |number, times, motion| {
            job.check_cancelled()?;
            let window = &segments[number].window;
            let sound = match sounds.entry(number) {
                Entry::Occupied(entry) => entry.into_mut(),
                Entry::Vacant(entry) => {
                    let token_samples = grid.token_samples();
                    let range = window.start * token_samples..window.end * token_samples;
                    let sound = Sound::new(model, samples, gain, &range)?;
                    clock.count(|timings| &mut timings.prosody);
                    entry.insert(sound)
                }
            };
            let run = Window {
                tokens: window.len(),
                conditions: None,
                voice: None,
                audio: Rows::Given(&sound.normalized),
                motion: Rows::Begun(&motion),
                heard: sound.heard.as_deref(),
                steps: 1,
                seed,
                kept: None,
            };
            let motion = run.go_on(job, times)?.motion;
            clock.count(|timings| &mut timings.flow);
            Ok(motion)
        })?;
        let Some((number, motion)) = finished else {
            return Ok(());
        };
        let (segment, mel) = (&segments[number], &sounds[&number].mel);
        let mut mouth = model.mouth_frames(&motion);
        let phones = model
            .classifier
            .forward(mel)
            .map_err(|source| Error::model("phone classifier", source))?;
        let classes = model.classifier.config().classes.len();
        close_lips(&mut mouth, &phones, &model.lip_contacts, classes);
        rest_in_silence(&mut mouth, &model.detector.log_odds(mel)?, mel);
        sounds.remove(&number);
        // Both windows have the same motion here; what closes lips sees less at a window's ends.
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
}

/// What a window hears.
struct Sound {
    /// Log mel, (mel frames, 100).
    mel: Vec<f32>,
    /// The same as the flow has it.
    normalized: Vec<f32>,
    /// What the listener says of it.
    heard: Option<Vec<f32>>,
}

impl Sound {
    fn new(model: &LoadedModel, samples: &[f32], gain: f32, range: &Range<usize>) -> Result<Self> {
        let mel = log_mel(model, samples, gain, range);
        Ok(Self {
            normalized: normalized(&model.config, &mel),
            heard: heard(model, samples, gain, range)?,
            mel,
        })
    }
}

/// A log mel as the flow has it. By the reciprocal: the motion of recordings is fixed to the last bit.
fn normalized(config: &Config, mel: &[f32]) -> Vec<f32> {
    let (mean, factor) = (config.mel_mean as f32, config.mel_std.recip() as f32);
    mel.iter().map(|x| (x - mean) * factor).collect()
}
