//! Who speaks around a change, and how.

use std::ops::Range;

use super::layout::replaced_tokens;
use super::words::Change;
use super::{Changer, Speech};
use crate::Result;
use crate::audio::SAMPLE_RATE_HZ;
use crate::audio::loudness::gain;
use crate::speech::features::{contour, log_mel};
use crate::speech::plan::{Alignment, Prediction};
use crate::speech::voice::{Speaker, SpeakingStyle, nearest_voice, pace};

/// How far from a change its speaker is listened to.
pub const CONTEXT_SECS: f64 = 4.0;

/// The speaker around a change.
pub struct Surroundings {
    /// For the flow; `None` where what is kept tells the voice.
    pub embedding: Option<Vec<f32>>,
    pub predicted_as: Vec<f32>,
    pub style: SpeakingStyle,
    /// Tokens of the old speech that lie around the change.
    pub tokens: Range<usize>,
    /// Brings the old speech to the loudness that the model knows.
    pub gain: f32,
}

impl Surroundings {
    pub fn of(changer: &Changer, old: &Speech, change: &Change) -> Result<Self> {
        let (model, config) = (changer.job.model, &changer.job.model.config);
        let replaced = replaced_tokens(&old.aligned, &change.old);
        let (begin_secs, end_secs) = old.aligned.span_secs(replaced);
        let ends = &old.aligned.ends_secs;
        let first = ends.partition_point(|&end| end <= begin_secs - CONTEXT_SECS);
        let after = ends.partition_point(|&end| end < end_secs + CONTEXT_SECS) + 1;
        let tokens = first..after.min(ends.len());
        let gain = gain(&old.samples);

        // The melody that is heard there, changed words included: it is the same speaker's.
        let phones = &old.aligned.tokens[tokens.clone()];
        let (from_secs, until_secs) = old.aligned.span_secs(tokens.clone());
        let at = |secs: f64| (secs * f64::from(SAMPLE_RATE_HZ)) as usize;
        let token_samples = model.grid.token_samples();
        let heard_tokens = (at(until_secs) - at(from_secs))
            .div_ceil(token_samples)
            .max(1);
        let range = at(from_secs)..at(from_secs) + heard_tokens * token_samples;
        let mel = log_mel(model, &old.samples, gain, &range);
        let heard = contour(model, &mel);
        let ends_secs: Vec<f64> = old.aligned.ends_secs[tokens.clone()]
            .iter()
            .map(|end| end - from_secs)
            .collect();
        let alignment = Alignment::of_ends(config, 0.0, &ends_secs, heard_tokens)
            .expect("there are words, so there are tokens");
        let named = match &changer.edit.voice {
            Some(name) => Speaker::named(model, name)?.embedding,
            None => None,
        };
        let (predicted_as, style) = match (&named, &heard) {
            (None, Some(heard)) => nearest_voice(model, phones, &alignment, heard)?,
            _ => {
                let voice = match &named {
                    Some(voice) => voice.clone(),
                    None => Speaker::by_default(model)?.predicted_as,
                };
                let prediction = Prediction::new(model, phones, &voice)?;
                let pace = pace(model, phones, &alignment, &prediction.log_frames);
                let predicted = prediction.contour(&alignment)?;
                let heard = heard.as_deref().unwrap_or(&predicted);
                let style = SpeakingStyle::between(pace, &predicted, heard);
                (voice, style)
            }
        };
        Ok(Self {
            embedding: named,
            predicted_as,
            style,
            tokens,
            gain,
        })
    }
}
