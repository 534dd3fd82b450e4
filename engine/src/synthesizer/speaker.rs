//! Who speaks: a voice of the table, or somebody of whom a few seconds are given.

use candle_core::Tensor;

use super::alignment::Alignment;
use super::animate::{GRID_SAMPLES, animate};
use super::colour::colour;
use super::hearing::{contour, gain, log_mel, normalized_mel, normalized_mouth};
use super::score::Prediction;
use super::speak::rest_until;
use super::voices::voice_weights;
use super::{Clock, Reference, SAMPLES_PER_FRAME, Synthesizer, Voice, failed};
use crate::audio::SAMPLE_RATE_HZ;
use crate::motion::MouthFrame;
use crate::{AlignedSpeech, Error, Result};

/// How far a speaker's pace and spread of pitch may lie from those of the voice that stands in for them.
const PACES: (f64, f64) = (0.6, 1.7);
const SPREADS: (f32, f32) = (0.6, 1.6);
/// Fewer tokens tell nothing of a melody.
const FEWEST_TOKENS: usize = 8;
/// Numbers of a token's melody: pitch, voicing, energy.
const CONTOUR: usize = 3;

/// A speaker, ready to be asked for speech.
#[derive(Debug, Clone)]
pub struct Speaker {
    /// The voice that the flow is told of; `None` where what is given tells it.
    pub embedding: Option<Tensor>,
    /// The voice that the predictor is told of.
    pub predicted_as: Tensor,
    /// How the speaker differs from that.
    pub manner: Manner,
    /// Speech of theirs that stands before everything they say.
    pub given: Option<Given>,
    /// What is added to each bin of the log mels that are made for them: (100,), see [`colour`].
    pub colour: Option<Vec<f32>>,
}

/// Speech that is known with its words: whole steps of 0.32 s, at the end of which tokens and motion frames meet.
#[derive(Debug, Clone)]
pub struct Given {
    /// Its phones.
    pub phones: Vec<u32>,
    /// When they sound.
    pub alignment: Alignment,
    /// (tokens, 3).
    pub contour: Vec<f32>,
    /// (tokens, token_dim), normalised.
    pub audio: Vec<f32>,
    /// (frames, motion_channels), normalised.
    pub motion: Vec<f32>,
}

impl Speaker {
    /// Whom `voice` means.
    ///
    /// # Errors
    /// [`Error::InputUnusable`] for names that are not known, [`Error::Cancelled`].
    pub fn new(
        synthesizer: &Synthesizer,
        voice: &Voice,
        seed: u64,
        cancelled: &dyn Fn() -> bool,
    ) -> Result<Self> {
        match voice {
            Voice::Default => Self::named(synthesizer, synthesizer.default_voice()),
            Voice::Named(name) => Self::named(synthesizer, name),
            Voice::Reference(reference) => {
                Self::of_reference(synthesizer, reference, seed, cancelled)
            }
        }
    }

    fn named(synthesizer: &Synthesizer, name: &str) -> Result<Self> {
        let weights = voice_weights(synthesizer.voices(), name)?;
        let embedding = embedding(synthesizer, &weights).map_err(failed("joint model"))?;
        Ok(Self {
            predicted_as: embedding.clone(),
            embedding: Some(embedding),
            manner: Manner::default(),
            given: None,
            colour: None,
        })
    }

    fn of_reference(
        synthesizer: &Synthesizer,
        reference: &Reference,
        seed: u64,
        cancelled: &dyn Fn() -> bool,
    ) -> Result<Self> {
        let given = Given::new(
            synthesizer,
            &reference.samples,
            &reference.aligned,
            seed,
            cancelled,
        )?;
        let (predicted_as, manner) =
            nearest_voice(synthesizer, &given.phones, &given.alignment, &given.contour)
                .map_err(failed("prosody predictor"))?;
        let colour = colour(synthesizer, &given, seed, cancelled)
            .map_err(failed("joint model"))?
            .ok_or(Error::Cancelled)?;
        Ok(Self {
            embedding: None,
            predicted_as,
            manner,
            given: Some(given),
            colour: Some(colour),
        })
    }
}

impl Given {
    /// Listens to speech with known words and makes the mouth for it.
    pub fn new(
        synthesizer: &Synthesizer,
        samples: &[f32],
        aligned: &AlignedSpeech,
        seed: u64,
        cancelled: &dyn Fn() -> bool,
    ) -> Result<Self> {
        let mut heard = samples.to_vec();
        heard.resize(given_length(samples, aligned), 0.0);
        let mut mouth: Vec<MouthFrame> = Vec::new();
        let mut keep = |frames: Vec<MouthFrame>, _| {
            mouth.extend(frames);
            Ok(())
        };
        animate(
            synthesizer,
            &heard,
            seed,
            cancelled,
            &mut keep,
            &mut Clock::start(),
        )?;
        Self::of_speech(synthesizer, samples, &mouth, aligned)
    }

    /// The same where the mouth is known.
    pub fn of_speech(
        synthesizer: &Synthesizer,
        samples: &[f32],
        mouth: &[MouthFrame],
        aligned: &AlignedSpeech,
    ) -> Result<Self> {
        let config = synthesizer.model.config();
        let length = given_length(samples, aligned);
        let mel = log_mel(synthesizer, samples, gain(samples), &(0..length));
        let mut mouth = mouth.to_vec();
        rest_until(&mut mouth, length / SAMPLES_PER_FRAME);
        let tokens = mel.len() / config.token_dim();
        let secs = tokens as f64 / config.tokens_per_second();
        let ends_secs: Vec<f64> = aligned.ends_secs.iter().map(|end| end.min(secs)).collect();
        let alignment = Alignment::of_ends(config, 0.0, &ends_secs, tokens).ok_or_else(|| {
            Error::InputUnusable("nothing is said in the reference: give its words".to_owned())
        })?;
        let predicted = || {
            // A vocoder without an ear: the melody is then the one that the default voice would have.
            let voice = Speaker::named(synthesizer, synthesizer.default_voice())?.predicted_as;
            Prediction::new(synthesizer, &aligned.tokens, &voice)
                .and_then(|prediction| prediction.contour(&alignment))
                .map_err(failed("prosody predictor"))
        };
        let contour = match contour(synthesizer, &mel) {
            Some(contour) => contour,
            None => predicted()?,
        };
        Ok(Self {
            phones: aligned.tokens.clone(),
            alignment,
            contour,
            audio: normalized_mel(config, &mel),
            motion: normalized_mouth(config, &mouth),
        })
    }
}

/// Whole steps: a silence at the end may be cut to them, a word may not.
fn given_length(samples: &[f32], aligned: &AlignedSpeech) -> usize {
    let spoken = aligned.words.last().map_or(0, |word| word.tokens.end);
    let spoken_samples = aligned.span_secs(0..spoken).1 * f64::from(SAMPLE_RATE_HZ);
    let steps = (samples.len() / GRID_SAMPLES)
        .max((spoken_samples as usize).div_ceil(GRID_SAMPLES))
        .max(1);
    steps * GRID_SAMPLES
}

fn embedding(synthesizer: &Synthesizer, weights: &[f32]) -> candle_core::Result<Tensor> {
    let voice = synthesizer.model.voice(weights)?;
    Ok(voice.expect("a synthesizer is loaded only with voices"))
}

/// The voice of the table whose predicted melody lies nearest to one that was heard, and how the speaker differs from it.
pub fn nearest_voice(
    synthesizer: &Synthesizer,
    phones: &[u32],
    alignment: &Alignment,
    heard: &[f32],
) -> candle_core::Result<(Tensor, Manner)> {
    let mut nearest: Option<(f32, Tensor, Manner)> = None;
    for i in 0..synthesizer.voices().len() {
        let mut weights = vec![0.0; synthesizer.voices().len()];
        weights[i] = 1.0;
        let voice = embedding(synthesizer, &weights)?;
        let prediction = Prediction::new(synthesizer, phones, &voice)?;
        let predicted = prediction.contour(alignment)?;
        let off = melody_distance(&predicted, heard);
        if nearest.as_ref().is_none_or(|(least, ..)| off < *least) {
            let pace = pace(synthesizer, phones, alignment, &prediction.log_frames);
            let manner = Manner::between(pace, &predicted, heard);
            nearest = Some((off, voice, manner));
        }
    }
    let (_, voice, manner) = nearest.expect("a synthesizer is loaded only with voices");
    Ok((voice, manner))
}

/// Length of the phones that are heard over what the predictor says of them.
pub fn pace(
    synthesizer: &Synthesizer,
    phones: &[u32],
    alignment: &Alignment,
    log_frames: &[f32],
) -> f64 {
    let tokenizer = synthesizer.front_end.tokenizer();
    let (mut heard, mut predicted) = (0.0, 0.0);
    for (i, (&phone, &log)) in phones.iter().zip(log_frames).enumerate() {
        if !tokenizer.is_silence(phone) {
            let (begin, end) = alignment.span_secs(i..i + 1);
            heard += end - begin;
            predicted += f64::from(log).exp() * crate::jam_flow::config::DURATION_FRAME_SECS;
        }
    }
    match heard > 0.0 && predicted > 0.0 {
        true => (heard / predicted).clamp(PACES.0, PACES.1),
        false => 1.0,
    }
}

/// Mean square difference of pitch where both are voiced, and of energy.
fn melody_distance(a: &[f32], b: &[f32]) -> f32 {
    let rows = a.chunks_exact(CONTOUR).zip(b.chunks_exact(CONTOUR));
    let (mut sum, mut count) = (0.0, 0.0);
    for (a, b) in rows {
        let pitch = if a[1] * b[1] > 0.0 { a[0] - b[0] } else { 0.0 };
        sum += pitch * pitch + 0.1 * (a[2] - b[2]) * (a[2] - b[2]);
        count += 1.0;
    }
    sum / f32::max(count, 1.0)
}

/// How somebody's speech differs from what the predictor says of a voice.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Manner {
    /// Length of their phones over the predicted one.
    pub pace: f64,
    pitch: Line,
    energy: Line,
}

/// y = slope · x + offset.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Line {
    slope: f32,
    offset: f32,
}

impl Default for Manner {
    fn default() -> Self {
        let same = Line {
            slope: 1.0,
            offset: 0.0,
        };
        Self {
            pace: 1.0,
            pitch: same,
            energy: same,
        }
    }
}

impl Manner {
    /// From the melody (n, 3) that was predicted for a stretch and the one that was heard in it.
    pub fn between(pace: f64, predicted: &[f32], heard: &[f32]) -> Self {
        let rows = || {
            predicted
                .chunks_exact(CONTOUR)
                .zip(heard.chunks_exact(CONTOUR))
        };
        let voiced = rows().filter(|(a, b)| a[1] * b[1] > 0.0);
        Self {
            pace,
            pitch: Line::through(voiced.map(|(a, b)| (a[0], b[0])).collect()),
            energy: Line::through(rows().map(|(a, b)| (a[2], b[2])).collect()),
        }
    }

    /// Moves a predicted melody (n, 3) to the speaker's mean and spread.
    pub fn apply(&self, contour: &mut [f32]) {
        if *self == Self::default() {
            return;
        }
        for row in contour.chunks_exact_mut(CONTOUR) {
            row[0] = row[1] * (self.pitch.slope * row[0] + self.pitch.offset);
            row[2] = self.energy.slope * row[2] + self.energy.offset;
        }
    }
}

impl Line {
    /// What brings the mean and the spread of the first numbers to those of the second.
    fn through(pairs: Vec<(f32, f32)>) -> Self {
        let count = pairs.len() as f32;
        if pairs.len() < FEWEST_TOKENS {
            return Manner::default().pitch;
        }
        let mean = |of: fn(&(f32, f32)) -> f32| pairs.iter().map(of).sum::<f32>() / count;
        let (from, to) = (mean(|pair| pair.0), mean(|pair| pair.1));
        let spread = |centre: f32, of: fn(&(f32, f32)) -> f32| {
            let sum: f32 = pairs.iter().map(|pair| (of(pair) - centre).powi(2)).sum();
            (sum / count).sqrt()
        };
        let (wide, wanted) = (spread(from, |pair| pair.0), spread(to, |pair| pair.1));
        let slope = (wanted / wide.max(1e-3)).clamp(SPREADS.0, SPREADS.1);
        Self {
            slope,
            offset: to - slope * from,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_melody_moves_to_the_speakers_mean_and_spread() {
        let predicted: Vec<f32> = (0..60)
            .flat_map(|i| [(i % 10) as f32 * 0.1, f32::from(u8::from(i % 4 > 0)), -0.2])
            .collect();
        let heard: Vec<f32> = predicted
            .chunks_exact(3)
            .flat_map(|row| [row[1] * (1.5 * row[0] - 2.0), row[1], row[2] + 0.3])
            .collect();
        let manner = Manner::between(1.2, &predicted, &heard);
        let mut moved = predicted.clone();
        manner.apply(&mut moved);
        for (a, b) in moved.iter().zip(&heard) {
            assert!((a - b).abs() < 1e-3, "{a} {b}");
        }
        // Nothing heard, nothing changed.
        let mut same = predicted.clone();
        Manner::between(1.0, &predicted, &[0.0; 9]).apply(&mut same);
        assert_eq!(same, predicted);
    }
}
