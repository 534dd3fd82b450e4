//! What the prosody predictor says of phones, and what the flow is told of the words.

use std::ops::Range;

use super::Alignment;
use crate::backend;
use crate::networks::jam_flow::PhoneFeatures;
use crate::speech::model::LoadedModel;
use crate::{Error, Result};

/// What the flow is told of the words, at the rate of audio tokens.
#[derive(Debug, Clone)]
pub struct Conditions {
    tokens: usize,
    phones: Vec<u32>,
    text: Vec<f32>,
    progress: Vec<f32>,
    prosody: Vec<f32>,
}

/// Some tokens of [`Conditions`].
#[derive(Debug, Clone, Copy)]
pub struct ConditionRows<'a> {
    /// (n) the phone that each token lies in.
    pub phones: &'a [u32],
    /// (n, text_dim).
    pub text: &'a [f32],
    /// (n, 2).
    pub progress: &'a [f32],
    /// (n, prosody_channels).
    pub prosody: &'a [f32],
}

impl Conditions {
    /// Phones laid out in time on a melody (n, prosody_channels).
    ///
    /// # Errors
    /// [`Error::Model`].
    pub fn new(
        model: &LoadedModel,
        phones: &[u32],
        alignment: &Alignment,
        contour: Vec<f32>,
    ) -> Result<Self> {
        let features = model.text.phones(phones).map_err(failed("text encoder"))?;
        let phone_of = |&index: &u32| phones.get(index as usize).copied().unwrap_or(0);
        Ok(Self {
            tokens: alignment.index.len(),
            phones: alignment.index.iter().map(phone_of).collect(),
            text: features.stretched(&alignment.index),
            progress: alignment.progress.clone(),
            prosody: contour,
        })
    }

    /// All tokens.
    pub fn all(&self) -> ConditionRows<'_> {
        self.rows(0..self.tokens)
    }

    /// Tokens `range`.
    pub fn rows(&self, range: Range<usize>) -> ConditionRows<'_> {
        let rows = |values: &[f32]| {
            let width = values.len() / self.tokens.max(1);
            range.start * width..range.end * width
        };
        ConditionRows {
            phones: &self.phones[range.clone()],
            text: &self.text[rows(&self.text)],
            progress: &self.progress[rows(&self.progress)],
            prosody: &self.prosody[rows(&self.prosody)],
        }
    }
}

/// What the predictor says about phones: how long they last, and, once they are laid out in time, their melody.
pub struct Prediction<'a> {
    model: &'a LoadedModel,
    features: PhoneFeatures,
    /// Natural logarithm of each phone's length in frames of 25 ms at speed 1.
    pub log_frames: Vec<f32>,
}

impl<'a> Prediction<'a> {
    /// `voice`: (voice_dim,).
    ///
    /// # Errors
    /// [`Error::Model`].
    pub fn new(model: &'a LoadedModel, phones: &[u32], voice: &[f32]) -> Result<Self> {
        let predicted = model.prosody.phones(phones, voice);
        let (features, log_frames) = predicted.map_err(failed_predictor)?;
        Ok(Self {
            model,
            features,
            log_frames,
        })
    }

    /// Pitch, voicing and energy of each token: (n, prosody_channels). Voicing is 0 or 1, and pitch 0 where unvoiced.
    ///
    /// # Errors
    /// [`Error::Model`].
    pub fn contour(&self, alignment: &Alignment) -> Result<Vec<f32>> {
        let predictor = &self.model.prosody;
        let mut contour = predictor
            .tokens(&self.features, &alignment.index, &alignment.progress)
            .map_err(failed_predictor)?;
        for row in contour.chunks_exact_mut(self.model.config.prosody_channels) {
            // The predictor gives voicing as a logit.
            row[1] = f32::from(u8::from(row[1] > 0.0));
            row[0] *= row[1];
        }
        Ok(contour)
    }
}

fn failed_predictor(source: backend::Error) -> Error {
    Error::model("prosody predictor", source)
}

fn failed(stage: &'static str) -> impl Fn(candle_core::Error) -> Error {
    move |source| Error::model(stage, source)
}
