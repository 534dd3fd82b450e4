//! Speech that is known with its words, as the flow is given it.

use crate::audio::SAMPLE_RATE_HZ;
use crate::audio::loudness::gain;
use crate::motion::MouthFrame;
use crate::speech::features::{contour, log_mel, normalized_mel, normalized_mouth};
use crate::speech::mouth::rest_until;
use crate::speech::plan::{Alignment, Prediction};
use crate::speech::segments::Grid;
use crate::speech::tasks::animate::animate;
use crate::speech::{Clock, Job, SAMPLES_PER_FRAME, SpeechError};
use crate::{AlignedSpeech, Result};

use super::Speaker;

/// Speech with its words, in whole steps of the grid.
#[derive(Debug, Clone)]
pub struct ReferenceSpeech {
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

impl ReferenceSpeech {
    /// Listens to speech with known words and makes the mouth for it.
    pub fn new(job: Job, samples: &[f32], aligned: &AlignedSpeech, seed: u64) -> Result<Self> {
        let mut heard = samples.to_vec();
        heard.resize(whole_steps(&job.model.grid, samples, aligned), 0.0);
        let mut mouth: Vec<MouthFrame> = Vec::new();
        let mut keep = |frames: Vec<MouthFrame>, _| {
            mouth.extend(frames);
            Ok(())
        };
        animate(
            job,
            &heard,
            gain(&heard),
            seed,
            &mut keep,
            &mut Clock::start(),
        )?;
        Self::of_speech(job, samples, &mouth, aligned)
    }

    /// The same where the mouth is known.
    pub fn of_speech(
        job: Job,
        samples: &[f32],
        mouth: &[MouthFrame],
        aligned: &AlignedSpeech,
    ) -> Result<Self> {
        let (model, config) = (job.model, &job.model.config);
        let length = whole_steps(&model.grid, samples, aligned);
        let mel = log_mel(model, samples, gain(samples), &(0..length));
        let mut mouth = mouth.to_vec();
        rest_until(&mut mouth, length / SAMPLES_PER_FRAME);
        let tokens = mel.len() / config.token_dim();
        let secs = tokens as f64 / config.tokens_per_second();
        let ends_secs: Vec<f64> = aligned.ends_secs.iter().map(|end| end.min(secs)).collect();
        let alignment = Alignment::of_ends(config, 0.0, &ends_secs, tokens)
            .ok_or(SpeechError::ReferenceWithoutWords)?;
        let predicted = || {
            // A vocoder that does not estimate pitch: the melody is then the one that the default voice would have.
            let voice = Speaker::by_default(model)?.predicted_as;
            Prediction::new(model, &aligned.tokens, &voice)?.contour(&alignment)
        };
        let contour = match contour(model, &mel) {
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
fn whole_steps(grid: &Grid, samples: &[f32], aligned: &AlignedSpeech) -> usize {
    let spoken = aligned.words.last().map_or(0, |word| word.tokens.end);
    let spoken_samples = aligned.span_secs(0..spoken).1 * f64::from(SAMPLE_RATE_HZ);
    let steps = (samples.len() / grid.samples)
        .max((spoken_samples as usize).div_ceil(grid.samples))
        .max(1);
    steps * grid.samples
}
