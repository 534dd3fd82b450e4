//! One run of the flow over a stretch of both streams. Every task comes down to it: what is given differs, the sampler does not.

use candle_core::{Device, Tensor};

use super::Synthesizer;
use super::score::Conditions;
use crate::jam_flow::model::{AudioCondition, Exchange, MotionCondition, Timeline};
use crate::jam_flow::sampler::{Guidance, Sampling, Start, Stream, sample};
use crate::jam_flow::schedule::{sway, uniform};

/// What is known of one stream, normalised.
#[derive(Debug, Clone, Copy)]
pub enum Rows<'a> {
    /// It is made. Rows that are known stand where they belong, (1, n, width), with zeros elsewhere.
    Made(Option<&'a Tensor>),
    /// It is made in a gap: the same rows, and 1 where they are known, else 0: (1, n, 1).
    Infilled(&'a Tensor, &'a Tensor),
    /// It is known whole: (1, n, width).
    Given(&'a Tensor),
}

/// A stretch of both streams, beginning where audio tokens and motion frames meet.
#[derive(Debug, Clone, Copy)]
pub struct Window<'a> {
    /// Length in audio tokens; the motion frames follow from it.
    pub tokens: usize,
    /// What is said, for as many tokens; nothing is said to be said without it, and then there is no guidance.
    pub conditions: Option<&'a Conditions>,
    /// Who says it: (voice_dim,).
    pub voice: Option<&'a Tensor>,
    /// The sound.
    pub audio: Rows<'a>,
    /// The mouth.
    pub motion: Rows<'a>,
    /// Euler steps.
    pub steps: usize,
    /// Which noise to start from.
    pub seed: u64,
}

/// Both streams of a window, normalised; what was given comes back as it was.
#[derive(Debug)]
pub struct Filled {
    /// (tokens, token_dim).
    pub audio: Vec<f32>,
    /// (motion frames, motion_channels).
    pub motion: Vec<f32>,
}

impl Window<'_> {
    /// Makes what is not given. `None` if cancelled.
    pub fn fill(
        &self,
        synthesizer: &Synthesizer,
        cancelled: &dyn Fn() -> bool,
    ) -> candle_core::Result<Option<Filled>> {
        let (model, settings) = (&synthesizer.model, &synthesizer.settings);
        let (config, tokens) = (model.config(), self.tokens);
        let frames = config.motion_frames(tokens);
        let (audio_start, known_mel) = start(self.audio);
        let (motion_start, known_mouth) = start(self.motion);
        let audio = model.audio_condition(
            tokens,
            &AudioCondition {
                mel: known_mel,
                text: self.conditions.map(|it| &it.text),
                progress: self.conditions.map(|it| &it.progress),
                prosody: self.conditions.map(|it| &it.prosody),
                voice: self.voice,
            },
        )?;
        let motion = model.motion_condition(
            frames,
            &MotionCondition {
                mouth: known_mouth,
                rest: None,
            },
        )?;
        let strength = settings.guidance.unwrap_or(config.default_guidance);
        let nulls = match strength != 0.0 && self.conditions.is_some() {
            true => Some((
                model.audio_condition(tokens, &AudioCondition::default())?,
                model.motion_condition(frames, &MotionCondition::default())?,
            )),
            false => None,
        };
        // Calm noise is for voices that are told by name. One that is heard in what stands around comes out of the noise of training:
        // over 21 people the similarity is 0.715 instead of 0.694.
        let temperature = match self.voice {
            Some(_) => config.default_temperature,
            None => 1.0,
        };
        let guidance = |null_condition| Guidance {
            null_condition,
            strength,
        };
        let sampling = Sampling {
            timeline: &Timeline::new(config, tokens, frames),
            times: &sway(&uniform(self.steps), settings.sway_sampling_coef),
            seed: self.seed,
            exchange: Exchange::BOTH,
            audio: Stream {
                start: audio_start,
                temperature: settings.temperature.unwrap_or(temperature),
                condition: &audio,
                guidance: nulls.as_ref().map(|nulls| guidance(&nulls.0)),
            },
            motion: Some(Stream {
                start: motion_start,
                temperature: 1.0,
                condition: &motion,
                guidance: nulls.as_ref().map(|nulls| guidance(&nulls.1)),
            }),
        };
        let Some(sampled) = sample(model, &sampling, cancelled)? else {
            return Ok(None);
        };
        let motion = sampled
            .motion
            .expect("a synthesizer is loaded only with a face");
        Ok(Some(Filled {
            audio: sampled.audio.flatten_all()?.to_vec1()?,
            motion: motion.flatten_all()?.to_vec1()?,
        }))
    }
}

fn start(rows: Rows<'_>) -> (Start<'_>, Option<&Tensor>) {
    match rows {
        Rows::Made(known) => (Start::Noise, known),
        Rows::Infilled(rows, is_known) => (Start::Partly { rows, is_known }, Some(rows)),
        Rows::Given(rows) => (Start::Known(rows), None),
    }
}

/// 1 for rows that are not in `made`, 0 for those that are: (1, count, 1).
pub fn known_but(made: &std::ops::Range<usize>, count: usize) -> candle_core::Result<Tensor> {
    let is_known: Vec<f32> = (0..count)
        .map(|row| f32::from(u8::from(!made.contains(&row))))
        .collect();
    rows(&is_known, 1)
}

/// Values (count · width) → (1, count, width).
pub fn rows(values: &[f32], width: usize) -> candle_core::Result<Tensor> {
    Tensor::from_slice(values, (1, values.len() / width, width), &Device::Cpu)
}
