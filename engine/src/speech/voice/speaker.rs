//! A speaker, ready to be asked for speech.

use super::timbre::timbre_offset;
use super::{ReferenceSpeech, SpeakingStyle, voice_weights};
use crate::networks::jam_flow::DURATION_FRAME_SECS;
use crate::speech::model::LoadedModel;
use crate::speech::plan::{Alignment, Prediction};
use crate::speech::{Job, Reference, Voice};
use crate::{Error, Result};

/// How far a speaker's pace may lie from that of the voice that stands in for them.
const PACES: (f64, f64) = (0.6, 1.7);
/// Numbers of a token's melody: pitch, voicing, energy.
const CONTOUR: usize = 3;

/// Who speaks, and how.
#[derive(Debug, Clone)]
pub struct Speaker {
    /// The voice that the flow is told of, (voice_dim,); `None` where the reference tells it.
    pub embedding: Option<Vec<f32>>,
    /// The voice that the predictor is told of, (voice_dim,).
    pub predicted_as: Vec<f32>,
    /// How the speaker differs from that.
    pub style: SpeakingStyle,
    /// Speech of theirs that stands before everything they say.
    pub reference: Option<ReferenceSpeech>,
    /// What is added to each bin of the log mels that are made for them: (100,), see [`timbre_offset`].
    pub timbre_offset: Option<Vec<f32>>,
}

impl Speaker {
    /// Whom `voice` means.
    ///
    /// # Errors
    /// [`Error::Speech`] for names that are not known, [`Error::Cancelled`].
    pub fn new(job: Job, voice: &Voice, seed: u64) -> Result<Self> {
        match voice {
            Voice::Default => Self::by_default(job.model),
            Voice::Named(name) => Self::named(job.model, name),
            Voice::Reference(reference) => Self::of_reference(job, reference, seed),
        }
    }

    /// Who speaks when nobody is named.
    ///
    /// # Errors
    /// [`Error::Model`].
    pub fn by_default(model: &LoadedModel) -> Result<Self> {
        Self::named(model, model.default_voice())
    }

    /// A voice of the table, or a mix.
    ///
    /// # Errors
    /// [`Error::Speech`] for names that are not known.
    pub fn named(model: &LoadedModel, name: &str) -> Result<Self> {
        let embedding = embedding(model, &voice_weights(&model.config.voices, name)?)?;
        Ok(Self {
            predicted_as: embedding.clone(),
            embedding: Some(embedding),
            style: SpeakingStyle::default(),
            reference: None,
            timbre_offset: None,
        })
    }

    fn of_reference(job: Job, reference: &Reference, seed: u64) -> Result<Self> {
        let speech = ReferenceSpeech::new(job, &reference.samples, &reference.aligned, seed)?;
        let ReferenceSpeech {
            phones,
            alignment,
            contour,
            ..
        } = &speech;
        let (predicted_as, style) = nearest_voice(job.model, phones, alignment, contour)?;
        Ok(Self {
            embedding: None,
            predicted_as,
            style,
            timbre_offset: Some(timbre_offset(job, &speech, seed)?),
            reference: Some(speech),
        })
    }
}

fn embedding(model: &LoadedModel, weights: &[f32]) -> Result<Vec<f32>> {
    let mix = model.voices.mix(weights);
    mix.map_err(|source| Error::model("voice table", source))
}

/// The voice of the table whose predicted melody lies nearest to one that was heard, and how the speaker differs from it.
///
/// # Errors
/// [`Error::Model`].
pub fn nearest_voice(
    model: &LoadedModel,
    phones: &[u32],
    alignment: &Alignment,
    heard: &[f32],
) -> Result<(Vec<f32>, SpeakingStyle)> {
    let voice = |i: usize| -> Result<_> {
        let mut weights = vec![0.0; model.config.voices.len()];
        weights[i] = 1.0;
        let voice = embedding(model, &weights)?;
        let prediction = Prediction::new(model, phones, &voice)?;
        let predicted = prediction.contour(alignment)?;
        let distance = melody_distance(&predicted, heard);
        let pace = pace(model, phones, alignment, &prediction.log_frames);
        Ok((
            distance,
            voice,
            SpeakingStyle::between(pace, &predicted, heard),
        ))
    };
    let (mut least, mut nearest, mut style) = voice(0)?;
    for i in 1..model.config.voices.len() {
        let candidate = voice(i)?;
        if candidate.0 < least {
            (least, nearest, style) = candidate;
        }
    }
    Ok((nearest, style))
}

/// Length of the phones that are heard over what the predictor says of them.
pub fn pace(model: &LoadedModel, phones: &[u32], alignment: &Alignment, log_frames: &[f32]) -> f64 {
    let tokenizer = model.front_end.tokenizer();
    let (mut heard, mut predicted) = (0.0, 0.0);
    for (i, (&phone, &log)) in phones.iter().zip(log_frames).enumerate() {
        if !tokenizer.is_silence(phone) {
            let (begin, end) = alignment.span_secs(i..i + 1);
            heard += end - begin;
            predicted += f64::from(log).exp() * DURATION_FRAME_SECS;
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
