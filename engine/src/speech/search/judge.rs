//! How good a clean estimate is, without making sound of it: are the words there, does it go on from what is known, do lips shut, and
//! is it the voice of the reference?

use std::ops::Range;

use crate::audio::MEL_BIN_COUNT;
use crate::backend::{Result, Streams};
use crate::speech::SAMPLES_PER_FRAME;
use crate::speech::model::LoadedModel;

/// Words count by the one that stands here among them, the worst first: the paper's minimum, but one odd word is not all.
const WORD_QUANTILE: f32 = 0.1;
/// No token says more against its phone than this, natural logarithm.
const MIN_LOG_PROBABILITY: f32 = -8.0;
/// Tokens on either side of a seam that are compared.
const SEAM_TOKENS: usize = 4;
/// A difference of scores as large as this counts as one; the spread of a few candidates is too rough a measure to divide by alone.
const SCALES: Score = Score {
    words: 0.3,
    seam: 0.1,
    lips: 0.01,
    likeness: 0.05,
};

/// What is known of a stretch that candidates are made for.
pub struct Judge<'a> {
    pub model: &'a LoadedModel,
    /// The phone that each token of the stretch lies in.
    pub phones: &'a [u32],
    /// The tokens that are made and kept.
    pub made: Range<usize>,
    /// What is known, normalised: (n, token_dim), where it is not made.
    pub known: Option<&'a [f32]>,
    /// Whether what is known before what is made is a reference that tells the voice.
    pub has_reference: bool,
}

/// How good an estimate is; more is better, 0 is what there is nothing to say of.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Score {
    /// Mean log probability of the phones of one of the worst words.
    pub words: f32,
    /// Minus the distance of the mel on both sides of the seams, in standard deviations of the corpus.
    pub seam: f32,
    /// Minus the mean gap between lips that should be shut, canonical units.
    pub lips: f32,
    /// Minus the distance of the spectrum's mean and spread to those of the reference.
    pub likeness: f32,
}

impl Score {
    fn total(&self) -> f32 {
        self.words / SCALES.words
            + self.seam / SCALES.seam
            + self.lips / SCALES.lips
            + self.likeness / SCALES.likeness
    }
}

/// The best of some scores; of equals the first.
pub fn best(scores: &[Score]) -> usize {
    let totals: Vec<f32> = scores.iter().map(Score::total).collect();
    (1..totals.len()).fold(0, |best, candidate| {
        match totals[candidate] > totals[best] || !totals[best].is_finite() {
            true => candidate,
            false => best,
        }
    })
}

impl Judge<'_> {
    /// Judges both streams of the stretch.
    ///
    /// # Errors
    /// If the phone classifier fails.
    pub fn score(&self, streams: &Streams) -> Result<Score> {
        Ok(Score {
            words: self.words(&streams.audio)?,
            seam: self.seam(&streams.audio),
            lips: self.lips(streams),
            likeness: self.likeness(&streams.audio),
        })
    }

    fn words(&self, audio: &[f32]) -> Result<f32> {
        let classifier = &self.model.classifier;
        let (config, tokenizer) = (classifier.config(), self.model.front_end.tokenizer());
        let heard = classifier.forward(&self.model.log_mel(audio))?;
        let classes = config.classes.len();
        let mut words: Vec<(f32, f32)> = Vec::new();
        let mut in_word = false;
        for token in self.made.clone() {
            let phone = self.phones[token];
            let is_phone = !tokenizer.is_silence(phone);
            if is_phone {
                if !in_word {
                    words.push((0.0, 0.0));
                }
                let class = config.token_classes.get(phone as usize).copied();
                let row = &heard.log_probabilities[token * classes..][..classes];
                let log = class.map_or(0.0, |class| row[class]);
                if let Some((sum, count)) = words.last_mut() {
                    *sum += log.max(MIN_LOG_PROBABILITY);
                    *count += 1.0;
                }
            }
            in_word = is_phone;
        }
        let mut means: Vec<f32> = words.iter().map(|(sum, count)| sum / count).collect();
        means.sort_by(f32::total_cmp);
        Ok(quantile(&means, WORD_QUANTILE))
    }

    fn seam(&self, audio: &[f32]) -> f32 {
        let Some(known) = self.known else { return 0.0 };
        let width = self.model.config.token_dim();
        let mean = |rows: &[f32]| -> Vec<f32> {
            let tokens = (rows.len() / width).max(1) as f32;
            let mut mean = vec![0.0; MEL_BIN_COUNT];
            for frame in rows.chunks_exact(MEL_BIN_COUNT) {
                for (sum, value) in mean.iter_mut().zip(frame) {
                    *sum += value / (tokens * (width / MEL_BIN_COUNT) as f32);
                }
            }
            mean
        };
        let (start, end) = (self.made.start, self.made.end);
        let rows = |source: &[f32], range: Range<usize>| {
            mean(&source[range.start * width..range.end * width])
        };
        let mut sum = 0.0;
        if start > 0 {
            let before = start.saturating_sub(SEAM_TOKENS)..start;
            let after = start..(start + SEAM_TOKENS).min(end);
            sum += distance(&rows(known, before), &rows(audio, after));
        }
        // What stands behind what is made is known only where a gap is filled to its end.
        let after = end..(end + SEAM_TOKENS).min(known.len() / width);
        let is_known = |range: &Range<usize>| {
            let rows = &known[range.start * width..range.end * width];
            !rows.is_empty()
                && rows
                    .chunks_exact(width)
                    .all(|row| row.iter().any(|&x| x != 0.0))
        };
        if is_known(&after) {
            let before = end.saturating_sub(SEAM_TOKENS).max(start)..end;
            sum += distance(&rows(audio, before), &rows(known, after));
        }
        -sum
    }

    fn lips(&self, streams: &Streams) -> f32 {
        let model = self.model;
        let mouth = model.mouth_frames(&streams.motion);
        let samples_per_token = model.grid.token_samples();
        let (mut gap, mut count) = (0.0, 0.0);
        for (frame, mouth) in mouth.iter().enumerate() {
            let token = (frame * SAMPLES_PER_FRAME + SAMPLES_PER_FRAME / 2) / samples_per_token;
            if !self.made.contains(&token) {
                continue;
            }
            let class = model
                .classifier
                .config()
                .token_classes
                .get(self.phones[token] as usize);
            if class.is_some_and(|class| model.lip_contacts.bilabials.contains(class)) {
                gap += mouth.lip_gap().max(0.0);
                count += 1.0;
            }
        }
        -gap / f32::max(count, 1.0)
    }

    fn likeness(&self, audio: &[f32]) -> f32 {
        let (Some(known), true) = (self.known, self.has_reference) else {
            return 0.0;
        };
        let width = self.model.config.token_dim();
        let before = statistics(&known[..self.made.start * width]);
        let made = statistics(&audio[self.made.start * width..self.made.end * width]);
        match before.is_empty() || made.is_empty() {
            true => 0.0,
            false => -distance(&before, &made),
        }
    }
}

/// Mean and standard deviation of each mel bin over the frames that are not quiet: (2 · bins); empty if there is no such frame.
fn statistics(mel: &[f32]) -> Vec<f32> {
    let frames: Vec<&[f32]> = mel.chunks_exact(MEL_BIN_COUNT).collect();
    let energy = |frame: &[f32]| frame.iter().sum::<f32>() / MEL_BIN_COUNT as f32;
    let loudest = frames
        .iter()
        .map(|frame| energy(frame))
        .fold(f32::NEG_INFINITY, f32::max);
    // One and a half standard deviations of the corpus below the loudest frame: vowels and voiced consonants.
    let loud: Vec<&&[f32]> = frames
        .iter()
        .filter(|frame| energy(frame) > loudest - 1.5)
        .collect();
    if loud.is_empty() {
        return Vec::new();
    }
    let count = loud.len() as f32;
    let moment = |bin: usize| {
        let mean = loud.iter().map(|frame| frame[bin]).sum::<f32>() / count;
        let square = loud
            .iter()
            .map(|frame| (frame[bin] - mean).powi(2))
            .sum::<f32>()
            / count;
        (mean, square.sqrt())
    };
    let moments: Vec<(f32, f32)> = (0..MEL_BIN_COUNT).map(moment).collect();
    let means = moments.iter().map(|moment| moment.0);
    means.chain(moments.iter().map(|moment| moment.1)).collect()
}

/// Root mean square difference.
fn distance(a: &[f32], b: &[f32]) -> f32 {
    let sum: f32 = a.iter().zip(b).map(|(a, b)| (a - b).powi(2)).sum();
    (sum / a.len().max(1) as f32).sqrt()
}

/// A quantile of sorted values, between neighbours; 0 of none.
fn quantile(sorted: &[f32], share: f32) -> f32 {
    let place = share * sorted.len().saturating_sub(1) as f32;
    let below = sorted.get(place as usize).copied().unwrap_or(0.0);
    let above = sorted.get(place.ceil() as usize).copied().unwrap_or(below);
    below + (above - below) * place.fract()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_best_is_the_first_of_the_highest() {
        let score = |words: f32, lips: f32| Score {
            words,
            lips,
            ..Score::default()
        };
        assert_eq!(best(&[score(-1.0, 0.0)]), 0);
        assert_eq!(best(&[score(-1.0, 0.0), score(-1.0, 0.0)]), 0);
        assert_eq!(best(&[score(-1.0, 0.0), score(-0.5, 0.0)]), 1);
        // Open lips cost what a lost word costs.
        assert_eq!(best(&[score(-0.5, -0.05), score(-0.8, 0.0)]), 1);
        assert_eq!(best(&[score(f32::NAN, 0.0), score(-4.0, 0.0)]), 1);
    }

    #[test]
    fn quantiles_lie_between_neighbours() {
        assert_eq!(quantile(&[], 0.1), 0.0);
        assert_eq!(quantile(&[-3.0], 0.1), -3.0);
        let values = [-2.0, -1.0];
        assert!((quantile(&values, 0.1) + 1.9).abs() < 1e-6);
    }

    #[test]
    fn a_voice_is_like_itself_and_unlike_another() {
        let voice = |tilt: f32| -> Vec<f32> {
            (0..60 * MEL_BIN_COUNT)
                .map(|i| {
                    let (frame, bin) = (i / MEL_BIN_COUNT, i % MEL_BIN_COUNT);
                    (frame as f32 * 0.7).sin() * 0.3 + tilt * bin as f32 / MEL_BIN_COUNT as f32
                })
                .collect()
        };
        let (a, b) = (statistics(&voice(0.0)), statistics(&voice(1.0)));
        assert_eq!(a.len(), 2 * MEL_BIN_COUNT);
        assert_eq!(distance(&a, &a), 0.0);
        assert!(distance(&a, &b) > 0.3);
        assert!(statistics(&[]).is_empty());
    }
}
