//! How speech will sound before a single mel frame is made: when each phone comes, and on which melody.

use candle_core::{Device, Tensor};

use super::Synthesizer;
use super::alignment::Alignment;
use crate::jam_flow::Config;

/// What the flow is told of the words, at the rate of audio tokens.
#[derive(Debug, Clone)]
pub struct Conditions {
    /// (1, n, text_dim).
    pub text: Tensor,
    /// (1, n, 2).
    pub progress: Tensor,
    /// (1, n, prosody_channels).
    pub prosody: Tensor,
}

impl Conditions {
    /// Phones laid out in time on a melody (n, prosody_channels).
    pub fn new(
        synthesizer: &Synthesizer,
        phones: &[u32],
        alignment: &Alignment,
        contour: Vec<f32>,
    ) -> candle_core::Result<Self> {
        let model = &synthesizer.model;
        let tokens = alignment.index.len();
        let shape = (1, tokens, model.config().prosody_channels);
        Ok(Self {
            text: model.text(phones, tokens, &alignment.index)?,
            prosody: Tensor::from_vec(contour, shape, &Device::Cpu)?,
            progress: progress(alignment)?,
        })
    }

    /// Tokens `start..start + count`.
    pub fn narrow(&self, start: usize, count: usize) -> candle_core::Result<Self> {
        Ok(Self {
            text: self.text.narrow(1, start, count)?,
            progress: self.progress.narrow(1, start, count)?,
            prosody: self.prosody.narrow(1, start, count)?,
        })
    }
}

/// What the predictor says about phones: how long they last, and, once they are laid out in time, their melody.
pub struct Prediction<'a> {
    synthesizer: &'a Synthesizer,
    features: Tensor,
    /// Natural logarithm of each phone's length in frames of 25 ms at speed 1.
    pub log_frames: Vec<f32>,
}

impl<'a> Prediction<'a> {
    /// `voice`: (voice_dim,).
    pub fn new(
        synthesizer: &'a Synthesizer,
        phones: &[u32],
        voice: &Tensor,
    ) -> candle_core::Result<Self> {
        let predictor = synthesizer.model.prosody();
        let predictor = predictor.expect("a synthesizer is loaded only with prosody");
        let (features, log_frames) = predictor.phones(phones, voice)?;
        Ok(Self {
            synthesizer,
            features,
            log_frames,
        })
    }

    /// Pitch, voicing and energy of each token: (n, prosody_channels).
    pub fn contour(&self, alignment: &Alignment) -> candle_core::Result<Vec<f32>> {
        let model = &self.synthesizer.model;
        let predictor = model.prosody();
        let predictor = predictor.expect("a synthesizer is loaded only with prosody");
        let contour = predictor.tokens(&self.features, &alignment.index, &progress(alignment)?)?;
        let mut contour: Vec<f32> = contour.flatten_all()?.to_vec1()?;
        settle_contour(model.config(), &mut contour);
        Ok(contour)
    }
}

fn progress(alignment: &Alignment) -> candle_core::Result<Tensor> {
    Tensor::new(alignment.progress.as_slice(), &Device::Cpu)?.reshape((1, alignment.index.len(), 2))
}

/// Makes voicing in the predicted rows (n, prosody_channels), which comes as a logit, 0 or 1, and pitch 0 where unvoiced.
fn settle_contour(config: &Config, contour: &mut [f32]) {
    for row in contour.chunks_exact_mut(config.prosody_channels) {
        row[1] = f32::from(u8::from(row[1] > 0.0));
        row[0] *= row[1];
    }
}
