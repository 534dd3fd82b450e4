//! When the words and phones of a recording sound, given its text.
//!
//! A small network hears which phone each patch of the recording is ([`PhoneClassifier`]), the front end tells which phones the
//! text is made of (`lattice`), and the best way to lay the one along the other is searched for (`viterbi`). Pauses may stand
//! between any two words; sounds that are in no word (breath, a cough, words that the text lacks) count as pauses.

mod aligned_speech;
mod error;
mod lattice;
mod viterbi;

use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

pub use aligned_speech::{AlignedSpeech, AlignedWord};
pub use error::AlignmentError;

use lattice::{Lattice, TimedUnit};
use viterbi::{Emissions, NoPath, Unit, best_path};

use crate::audio::decode::MAX_SECS;
use crate::audio::loudness::quiet_gain;
use crate::audio::{HOP_LENGTH, MelFrontEnd, SAMPLE_RATE_HZ};
use crate::networks::phone_classifier::{self, PhoneClassifier};
use crate::text::FrontEnd;
use crate::weights::unfit;
use crate::{Error, Result};

/// Patches that are heard at a time, 20 s.
const WINDOW_PATCHES: usize = 940;
/// Patches before and after those, which the network sees but does not tell about: its convolutions reach over 18.
const CONTEXT_PATCHES: usize = 24;
/// How much of the classes' shares of the training speech is taken off their probabilities: text decides what is frequent.
const PRIOR_SCALE: f32 = 0.6;
/// No patch says more against a phone than this, so that one odd sound does not push a word away.
const MIN_LOG_LIKELIHOOD: f32 = -7.0;
/// What it costs, for each patch, to take a sound for none of the text's.
const STRANGE_SOUND_COST: f32 = 2.5;
/// How much a heard beginning counts against the classes.
const BEGIN_SCALE: f32 = 0.5;
/// Where words and recording fit less than this, something else is said. On 15 strange voices right texts reach at least 0.47, other
/// texts at most 0.40, and texts that lack the second half of what is said 0.52 in the mean.
const MIN_FIT: f32 = 0.43;

/// Lays words along recordings.
pub struct Aligner {
    front_end: Arc<FrontEnd>,
    classifier: PhoneClassifier,
    mel: MelFrontEnd,
    /// The token of a space.
    space: u32,
}

impl Aligner {
    /// Loads `aligner.json` and `aligner.safetensors` and the front end from a folder of models.
    ///
    /// # Errors
    /// [`Error::WeightsMissing`] or [`Error::WeightsUnfit`] naming the file.
    pub fn load(models: &Path) -> Result<Self> {
        Self::with_front_end(models, Arc::new(FrontEnd::load(models)?))
    }

    /// As [`Self::load`], with a front end that is there already.
    ///
    /// # Errors
    /// As [`Self::load`].
    pub fn with_front_end(models: &Path, front_end: Arc<FrontEnd>) -> Result<Self> {
        let classifier = PhoneClassifier::load(models)?;
        let config_path = models.join(phone_classifier::CONFIG_FILE);
        let config = classifier.config();
        let tokenizer = front_end.tokenizer();
        let tokens = tokenizer.vocabulary_size();
        if config.token_classes.len() != tokens {
            let known = config.token_classes.len();
            return Err(unfit(
                &config_path,
                format!("classes of {known} tokens, the tokenizer has {tokens}"),
            ));
        }
        let space = (0..tokens as u32)
            .find(|&token| tokenizer.text(token).as_deref() == Some(" "))
            .ok_or_else(|| {
                unfit(
                    &models.join("tokenizer.json"),
                    "there is no token for a space",
                )
            })?;
        Ok(Self {
            front_end,
            classifier,
            mel: MelFrontEnd::new(),
            space,
        })
    }

    /// Where the words of `text` are in a recording, mono at [`SAMPLE_RATE_HZ`], of at most two hours.
    ///
    /// # Errors
    /// [`Error::Alignment`] if the recording is too long or broken, or text and recording do not fit; [`Error::Text`] if the text
    /// cannot be spoken;
    /// [`Error::Cancelled`].
    pub fn align(
        &self,
        samples: &[f32],
        text: &str,
        cancelled: &dyn Fn() -> bool,
    ) -> Result<AlignedSpeech> {
        let _span = tracing::debug_span!("align", samples = samples.len()).entered();
        if samples.len() > MAX_SECS as usize * SAMPLE_RATE_HZ as usize {
            return Err(AlignmentError::TooLong {
                max_secs: f64::from(MAX_SECS),
            }
            .into());
        }
        if samples.iter().any(|sample| !sample.is_finite()) {
            return Err(AlignmentError::NotFinite.into());
        }
        let utterances = self
            .front_end
            .utterances_lazily(text)?
            .map(|utterance| match cancelled() {
                true => Err(Error::Cancelled),
                false => utterance,
            })
            .collect::<Result<Vec<_>>>()?;
        let raised: Option<Vec<f32>> =
            quiet_gain(samples).map(|gain| samples.iter().map(|sample| sample * gain).collect());
        let samples = raised.as_deref().unwrap_or(samples);
        let classes = &self.classifier.config().token_classes;
        let tokenizer = self.front_end.tokenizer();
        let lattice = Lattice::new(&utterances, tokenizer, |token| classes[token as usize]);
        let (emissions, fits) = self.hear(samples, cancelled)?;
        let spans =
            best_path(&lattice.units, &emissions, cancelled).map_err(|reason| match reason {
                NoPath::Cancelled => Error::Cancelled,
                NoPath::TooShort => AlignmentError::TooShort.into(),
            })?;
        let times = self.times(&lattice.units, &spans, &fits, samples.len());
        let heard = heard(&lattice.units, &times);
        let told = told(&lattice.units, &spans, &fits, emissions.classes);
        tracing::debug!(heard, told, phones = times.len(), "aligned");
        if (heard + told) / 2.0 < MIN_FIT {
            return Err(AlignmentError::OtherWords {
                fit: (heard + told) / 2.0,
            }
            .into());
        }
        Ok(lattice.aligned(&times, self.space))
    }

    /// When each unit sounds, and how well that fits.
    fn times(
        &self,
        units: &[Unit],
        spans: &[Range<usize>],
        fits: &[f32],
        samples: usize,
    ) -> Vec<TimedUnit> {
        let classes = self.classifier.config().classes.len();
        let patch_secs = self.patch_samples() as f64 / f64::from(SAMPLE_RATE_HZ);
        let mut times: Vec<TimedUnit> = units
            .iter()
            .zip(spans)
            .map(|(unit, span)| TimedUnit {
                end_secs: span.end as f64 * patch_secs,
                is_kept: !span.is_empty(),
                confidence: match unit {
                    Unit::Pause => 1.0,
                    Unit::Phone(class) => {
                        let fit = |patch| fits[patch * classes + class];
                        span.clone().map(fit).sum::<f32>() / span.len() as f32
                    }
                },
            })
            .collect();
        if let Some(last) = times.last_mut() {
            // Less than a patch is left over.
            last.end_secs = samples as f64 / f64::from(SAMPLE_RATE_HZ);
        }
        times
    }

    /// The phone that a token stands for, in misaki's alphabet with its stress mark first; `None` for silences.
    pub fn phone(&self, token: u32) -> Option<String> {
        let tokenizer = self.front_end.tokenizer();
        let is_phone = !tokenizer.is_silence(token);
        tokenizer.text(token).filter(|_| is_phone)
    }

    fn patch_samples(&self) -> usize {
        HOP_LENGTH * self.classifier.config().patch_size
    }

    /// What the recording says about each patch; and (n, classes) how well each class fits there, against the one that fits best.
    fn hear(&self, samples: &[f32], cancelled: &dyn Fn() -> bool) -> Result<(Emissions, Vec<f32>)> {
        let config = self.classifier.config();
        let (classes, patch_samples) = (config.classes.len(), self.patch_samples());
        let patches = samples.len() / patch_samples;
        let mut emissions = Emissions {
            classes,
            ..Emissions::default()
        };
        let mut fits = Vec::with_capacity(patches * classes);
        for begin in (0..patches).step_by(WINDOW_PATCHES) {
            if cancelled() {
                return Err(Error::Cancelled);
            }
            let end = (begin + WINDOW_PATCHES).min(patches);
            let first = begin.saturating_sub(CONTEXT_PATCHES);
            let last = (end + CONTEXT_PATCHES).min(patches);
            let mel = self
                .mel
                .log_mel(&samples[first * patch_samples..last * patch_samples]);
            let heard = self
                .classifier
                .forward(&mel)
                .map_err(|error| Error::model("aligner", error))?;
            for patch in begin - first..end - first {
                let row = &heard.log_probabilities[patch * classes..][..classes];
                let best = row.iter().copied().fold(f32::NEG_INFINITY, f32::max);
                fits.extend(row.iter().map(|x| (x - best).exp()));
                let scaled = row.iter().zip(&config.log_priors).map(|(x, prior)| {
                    // Against the best there is: what fits nothing well says little.
                    x - best - PRIOR_SCALE * prior
                });
                let from = emissions.phones.len();
                emissions.phones.extend(scaled);
                let row = &mut emissions.phones[from..];
                let best = row.iter().copied().fold(f32::NEG_INFINITY, f32::max);
                row.iter_mut()
                    .for_each(|x| *x = (*x - best).max(MIN_LOG_LIKELIHOOD));
                emissions.pauses.push(row[0].max(-STRANGE_SOUND_COST));
                emissions
                    .begins
                    .push(BEGIN_SCALE * heard.begin_logits[patch].clamp(-4.0, 4.0));
            }
        }
        Ok((emissions, fits))
    }
}

/// How much of the units is heard, 0 to 1: the mean confidence of the phones.
fn heard(units: &[Unit], times: &[TimedUnit]) -> f32 {
    let phones = units
        .iter()
        .zip(times)
        .filter(|(unit, _)| **unit != Unit::Pause);
    let count = phones.clone().count().max(1) as f32;
    phones.map(|(_, time)| time.confidence).sum::<f32>() / count
}

/// How much of what is said the units tell, 0 to 1: the mean of their fit over the patches that sound like a phone. `fits` (n, c).
fn told(units: &[Unit], spans: &[Range<usize>], fits: &[f32], classes: usize) -> f32 {
    let (mut told, mut spoken) = (0.0, 0);
    for (unit, span) in units.iter().zip(spans) {
        for row in fits[span.start * classes..span.end * classes].chunks_exact(classes) {
            // Silence, the first class, fits best where nothing is said.
            if row[0] < 1.0 {
                spoken += 1;
                if let Unit::Phone(class) = unit {
                    told += row[*class];
                }
            }
        }
    }
    told / spoken.max(1) as f32
}

#[cfg(test)]
mod tests;
