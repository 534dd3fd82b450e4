//! Words and a mouth that moves without sound to speech in time with it.
//!
//! The text is first spoken freely. Where its mouth does what the given one does is found by dynamic programming, and its phones
//! move there; then the voice is made with the given mouth at t = 1.

use super::dub;
use super::speak::speak;
use crate::audio::{HOP_LENGTH, MEL_BIN_COUNT, SAMPLE_RATE_HZ};
use crate::motion::{FRAMES_PER_SECOND, MouthFrame};
use crate::speech::features::normalized_mouth;
use crate::speech::model::LoadedModel;
use crate::speech::mouth::rest_until;
use crate::speech::plan::{Alignment, Conditions, Prediction};
use crate::speech::voice::Speaker;
use crate::speech::window::{Rows, Window};
use crate::speech::{
    Clock, Job, SAMPLES_PER_FRAME, SpeakRequest, Speech, SpeechChunk, SpeechError,
};
use crate::{AlignedSpeech, Error, Result};

/// How much faster and slower than the voice's own pace the movement may be, on the whole.
const PACES: (f64, f64) = (0.4, 3.0);
/// Paths keep within so much of the straight one, as a share of the length, and at least so many frames.
const BAND_SHARE: f64 = 0.25;
const BAND_FRAMES: usize = 50;
/// What it costs to let one mouth wait while the other moves, against a mean difference of one deviation.
const WAITING: f32 = 0.6;
/// The same where nothing is said.
const WAITING_IN_SILENCE: f32 = 0.05;

/// Speech in time with `mouth`, as long as that.
pub fn follow(
    job: Job,
    request: &SpeakRequest,
    mouth: &[MouthFrame],
    clock: &mut Clock,
) -> Result<Speech> {
    let secs = mouth.len() as f64 / FRAMES_PER_SECOND;
    if mouth.is_empty() {
        return Err(SpeechError::EmptyMotion.into());
    }
    let free = spoken_freely(job, request)?;
    let free_secs = free.samples.len() as f64 / f64::from(SAMPLE_RATE_HZ);
    let pace = secs / free_secs;
    if !(PACES.0..=PACES.1).contains(&pace) {
        return Err(Error::from(SpeechError::PaceMismatch {
            text_secs: free_secs,
            motion_secs: secs,
        }));
    }
    clock.count(|timings| &mut timings.prosody);
    let aligned = moved(job.model, &free, mouth);
    let speaker = Speaker::new(job, &request.voice, request.seed)?;
    let mut samples: Vec<f32> = Vec::new();
    for (number, part) in utterances(job.model, &aligned).into_iter().enumerate() {
        job.check_cancelled()?;
        let seed = request.seed.wrapping_add(number as u64);
        let first = samples.len() / SAMPLES_PER_FRAME;
        let end_secs = aligned.ends_secs[part.end - 1];
        let end = match part.end == aligned.tokens.len() {
            true => mouth.len(),
            false => ((end_secs * FRAMES_PER_SECOND).round() as usize).clamp(first, mouth.len()),
        };
        if end == first {
            continue;
        }
        let origin_secs = first as f64 / FRAMES_PER_SECOND;
        let utterance = TimedUtterance {
            phones: &aligned.tokens[part.clone()],
            begin_secs: aligned.span_secs(part.clone()).0 - origin_secs,
            ends_secs: aligned.ends_secs[part]
                .iter()
                .map(|end| (end - origin_secs).max(0.0))
                .collect(),
        };
        samples.extend(utterance.voiced(job, &speaker, &mouth[first..end], seed)?);
        clock.count(|timings| &mut timings.flow);
    }
    samples.resize(mouth.len() * SAMPLES_PER_FRAME, 0.0);
    clock.piece(samples.len());
    Ok(Speech {
        samples,
        mouth: mouth.to_vec(),
        aligned,
    })
}

fn spoken_freely(job: Job, request: &SpeakRequest) -> Result<Speech> {
    let (mut samples, mut mouth, mut phones) = (Vec::new(), Vec::new(), Vec::new());
    let mut keep = |chunk: SpeechChunk| {
        samples.extend(chunk.samples);
        mouth.extend(chunk.mouth);
        phones.extend(chunk.phones);
        Ok(())
    };
    speak(job, request, &mut keep, &mut Clock::start())?;
    dub::speech(&job.model.front_end, &request.text, &phones, samples, mouth)
}

/// Ranges of tokens, one an utterance.
fn utterances(model: &LoadedModel, aligned: &AlignedSpeech) -> Vec<std::ops::Range<usize>> {
    let tokenizer = model.front_end.tokenizer();
    let is_start = |&token: &u32| tokenizer.text(token).as_deref() == Some("<bos>");
    let mut starts: Vec<usize> = (1..aligned.tokens.len())
        .filter(|&i| is_start(&aligned.tokens[i]))
        .collect();
    starts.insert(0, 0);
    starts.push(aligned.tokens.len());
    starts.windows(2).map(|pair| pair[0]..pair[1]).collect()
}

/// The phones of freely spoken words at the times where the given mouth speaks them.
fn moved(model: &LoadedModel, free: &Speech, mouth: &[MouthFrame]) -> AlignedSpeech {
    let config = &model.config;
    let tokenizer = model.front_end.tokenizer();
    let silent: Vec<bool> = (0..free.mouth.len())
        .map(|frame| {
            let secs = (frame as f64 + 0.5) / FRAMES_PER_SECOND;
            let token = free.aligned.ends_secs.partition_point(|&end| end <= secs);
            let token = free.aligned.tokens.get(token);
            token.is_none_or(|&token| tokenizer.is_silence(token))
        })
        .collect();
    let path = warp(
        &normalized_mouth(config, &free.mouth),
        &normalized_mouth(config, mouth),
        config.motion_channels,
        &silent,
    );
    let mut aligned = free.aligned.clone();
    let mut last = 0.0;
    let secs = mouth.len() as f64 / FRAMES_PER_SECOND;
    for end in &mut aligned.ends_secs {
        *end = at(&path, *end * FRAMES_PER_SECOND)
            .max(last)
            .min(secs * FRAMES_PER_SECOND);
        last = *end;
        *end /= FRAMES_PER_SECOND;
    }
    aligned
}

/// Where instant `frame` of the first mouth lies in the second; `path` has the place of each frame's middle.
fn at(path: &[f64], frame: f64) -> f64 {
    let place = (frame - 0.5).clamp(0.0, path.len() as f64 - 1.0);
    let whole = place.floor() as usize;
    let next = (whole + 1).min(path.len() - 1);
    path[whole] + (path[next] - path[whole]) * (place - whole as f64) + 0.5
}

/// For each frame of `from` the mean place of the frames of `to` that do the same: dynamic time warping.
///
/// `from` and `to` are (frames, channels), normalised; where `from` is silent either may wait for the other.
fn warp(from: &[f32], to: &[f32], channels: usize, silent: &[bool]) -> Vec<f64> {
    let (rows, columns) = (from.len() / channels, to.len() / channels);
    let slope = columns as f64 / rows as f64;
    let reach = BAND_FRAMES.max((BAND_SHARE * columns.max(rows) as f64) as usize);
    let band = |row: usize| {
        let middle = (row as f64 * slope) as usize;
        middle.saturating_sub(reach)..(middle + reach + slope.ceil() as usize + 1).min(columns)
    };
    let difference = |row: usize, column: usize| {
        let a = &from[row * channels..(row + 1) * channels];
        let b = &to[column * channels..(column + 1) * channels];
        let sum: f32 = a.iter().zip(b).map(|(a, b)| (a - b) * (a - b)).sum();
        (sum / channels as f32).sqrt()
    };
    // What it costs to get to a cell, and whether from the left (1), from above (2) or from both (0).
    let mut before: (usize, Vec<f32>) = (0, Vec::new());
    let mut steps: Vec<(usize, Vec<u8>)> = Vec::with_capacity(rows);
    for (row, &is_silent) in silent.iter().enumerate().take(rows) {
        let range = band(row);
        let wait = if is_silent {
            WAITING_IN_SILENCE
        } else {
            WAITING
        };
        let above = |column: usize| -> f32 {
            column
                .checked_sub(before.0)
                .and_then(|i| before.1.get(i))
                .copied()
                .unwrap_or(f32::INFINITY)
        };
        let mut costs: Vec<f32> = Vec::with_capacity(range.len());
        let mut choices = Vec::with_capacity(range.len());
        for column in range.clone() {
            let left = costs.last().copied().unwrap_or(f32::INFINITY) + wait;
            let (up, both) = if row == 0 {
                // The first frames may wait for the other mouth to begin.
                (f32::INFINITY, if column == 0 { 0.0 } else { f32::INFINITY })
            } else {
                let both = column.checked_sub(1).map_or(f32::INFINITY, above);
                (above(column) + wait, both)
            };
            let (least, choice) = [(both, 0u8), (left, 1), (up, 2)]
                .into_iter()
                .min_by(|a, b| a.0.total_cmp(&b.0))
                .expect("there are three");
            costs.push(least + difference(row, column));
            choices.push(choice);
        }
        steps.push((range.start, choices));
        before = (range.start, costs);
    }
    let mut places = vec![(0.0, 0.0); rows];
    let (mut row, mut column) = (rows - 1, columns - 1);
    loop {
        places[row] = (places[row].0 + column as f64, places[row].1 + 1.0);
        let (first, choices) = &steps[row];
        let choice = column.checked_sub(*first).and_then(|i| choices.get(i));
        match choice {
            Some(1) if column > 0 => column -= 1,
            Some(2) if row > 0 => row -= 1,
            Some(0) if row > 0 && column > 0 => (row, column) = (row - 1, column - 1),
            _ if row > 0 => row -= 1,
            _ => break,
        }
    }
    places
        .iter()
        .map(|(sum, count)| sum / f64::max(*count, 1.0))
        .collect()
}

/// Phones of one utterance, from the beginning of its frames.
struct TimedUtterance<'a> {
    phones: &'a [u32],
    begin_secs: f64,
    ends_secs: Vec<f64>,
}

impl TimedUtterance<'_> {
    /// The sound under `mouth`.
    fn voiced(
        &self,
        job: Job,
        speaker: &Speaker,
        mouth: &[MouthFrame],
        seed: u64,
    ) -> Result<Vec<f32>> {
        let (model, config) = (job.model, &job.model.config);
        let samples = mouth.len() * SAMPLES_PER_FRAME;
        // One mel frame more than there are hops.
        let tokens = (samples / HOP_LENGTH + 2).div_ceil(config.patch_size);
        let Some(alignment) = Alignment::of_ends(config, self.begin_secs, &self.ends_secs, tokens)
        else {
            return Ok(vec![0.0; samples]);
        };
        let prediction = Prediction::new(model, self.phones, &speaker.predicted_as)?;
        let mut contour = prediction.contour(&alignment)?;
        speaker.style.apply(&mut contour);
        let conditions = Conditions::new(model, self.phones, &alignment, contour)?;
        let mut whole = mouth.to_vec();
        rest_until(&mut whole, config.motion_frames(tokens));
        let window = Window {
            tokens,
            conditions: Some(conditions.all()),
            voice: speaker.embedding.as_deref(),
            audio: Rows::Made(None),
            motion: Rows::Given(&normalized_mouth(config, &whole)),
            heard: None,
            steps: job.settings.steps,
            seed,
            kept: Some(0..tokens),
        };
        let mel = model.log_mel(&window.fill(job)?.audio);
        let frames = samples.div_ceil(HOP_LENGTH) + 1;
        let mel = &mel[..(frames * MEL_BIN_COUNT).min(mel.len())];
        let mut sound = model.vocoder.synthesize(mel, None, seed)?;
        sound.resize(samples, 0.0);
        Ok(sound)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mouth_finds_itself_in_a_slower_one() {
        let opening = |secs: f64| (secs * 5.0).sin() as f32 + (secs * 2.3).cos() as f32;
        let from: Vec<f32> = (0..100).map(|i| opening(f64::from(i) * 0.04)).collect();
        // The same at two thirds of the pace.
        let to: Vec<f32> = (0..150)
            .map(|i| opening(f64::from(i) * 0.04 / 1.5))
            .collect();
        let path = warp(&from, &to, 1, &[false; 100]);
        for (i, place) in path.iter().enumerate() {
            assert!((place - i as f64 * 1.5).abs() < 3.0, "{i}: {place}");
        }
        assert!(path.is_sorted());
        let same = warp(&from, &from, 1, &[false; 100]);
        assert!(same.iter().enumerate().all(|(i, &place)| place == i as f64));
        assert!((at(&same, 7.0) - 7.0).abs() < 1e-9);
        assert_eq!(warp(&[0.0], &[0.0, 1.0, 2.0], 1, &[true]).len(), 1);
    }
}
