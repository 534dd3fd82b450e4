//! What is given and what is wanted: one model does every task by what is masked.

use std::sync::Arc;

use super::{Edit, SpeechError};
use crate::audio::SAMPLE_RATE_HZ;
use crate::audio::loudness::loud_samples;
use crate::motion::MouthFrame;
use crate::{AlignedSpeech, Error, Result};

/// Shortest and longest reference, seconds.
pub const REFERENCE_SECS: std::ops::RangeInclusive<f64> = 3.0..=10.0;
/// What stands in files that were spoken in the voice of a reference: nobody gets there without having said so.
pub const REFERENCE_REMARK: &str =
    "in the voice of a reference recording, with the speaker's permission as stated by the user";
/// What stands in files whose words were changed.
pub const DUB_REMARK: &str = "some of the words spoken were changed";
/// A reference must be loud for as long as this.
const MIN_SPEECH_SECS: f64 = 1.5;

/// What the synthesizer is to do.
///
/// | task | words | sound | mouth |
/// |---|---|---|---|
/// | [`Task::Speak`] | given | wanted | wanted |
/// | [`Task::Animate`] | – | given | wanted |
/// | [`Task::Follow`] | given | wanted | given |
/// | [`Task::Dub`] | given | wanted where words changed | wanted where words changed |
#[derive(Clone, Debug, PartialEq)]
pub enum Task {
    /// Speak a text: voice and mouth are wanted.
    Speak(SpeakRequest),
    /// Let the mouth follow a recording.
    Animate {
        /// The recording, mono at [`crate::audio::SAMPLE_RATE_HZ`].
        samples: Vec<f32>,
        /// Equal seeds move the mouth in equal ways.
        seed: u64,
    },
    /// Speak a text in time with a mouth that moves without sound: the voice is wanted.
    Follow {
        /// What is said and who says it; its speed follows from the mouth.
        request: SpeakRequest,
        /// At 25 frames a second.
        mouth: Vec<MouthFrame>,
    },
    /// Give a speech another text: of voice and mouth only what changed is wanted.
    Dub(Edit),
}

impl Task {
    /// The seed that voice and movement follow from.
    pub fn seed(&self) -> u64 {
        match self {
            Self::Speak(request) | Self::Follow { request, .. } => request.seed,
            Self::Animate { seed, .. } => *seed,
            Self::Dub(edit) => edit.seed,
        }
    }

    /// What has to stand in the files that it goes into, beside that a machine made them.
    pub fn remark(&self) -> Option<&'static str> {
        match self {
            Self::Speak(request) | Self::Follow { request, .. } => match request.voice {
                Voice::Reference(_) => Some(REFERENCE_REMARK),
                Voice::Default | Voice::Named(_) => None,
            },
            Self::Dub(_) => Some(DUB_REMARK),
            Self::Animate { .. } => None,
        }
    }
}

/// What is to be said, and how.
#[derive(Clone, Debug, PartialEq)]
pub struct SpeakRequest {
    /// The words.
    pub text: String,
    /// Who says them.
    pub voice: Voice,
    /// Equal seeds say equal words in equal ways.
    pub seed: u64,
    /// 1 is the voice's own pace, 2 twice as fast; 0.5 to 2.
    pub speed: f32,
}

/// Who speaks.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Voice {
    /// [`super::Synthesizer::default_voice`].
    #[default]
    Default,
    /// A name from [`super::Synthesizer::voices`], or a mix such as `0.6*af_heart+0.4*af_bella`.
    Named(String),
    /// Somebody of whom a few seconds are given: the text is spoken in that voice by infilling.
    Reference(Arc<Reference>),
}

/// A few seconds of somebody's speech with its words.
#[derive(Clone, Debug, PartialEq)]
pub struct Reference {
    pub(super) samples: Vec<f32>,
    pub(super) aligned: AlignedSpeech,
}

impl Reference {
    /// Takes a recording, mono at [`SAMPLE_RATE_HZ`], whose words are laid out in its time.
    ///
    /// # Errors
    /// [`Error::Speech`] if it is shorter or longer than [`REFERENCE_SECS`], not finite, hardly loud, or without words.
    pub fn new(samples: Vec<f32>, aligned: AlignedSpeech) -> Result<Self> {
        Self::check(&samples)?;
        if aligned.words.is_empty() || aligned.tokens.len() != aligned.ends_secs.len() {
            return Err(SpeechError::ReferenceWithoutWords.into());
        }
        Ok(Self { samples, aligned })
    }

    /// Whether a recording can be a reference, before its words are looked for.
    ///
    /// # Errors
    /// [`Error::Speech`] as [`Self::new`].
    pub fn check(samples: &[f32]) -> Result<()> {
        let secs = samples.len() as f64 / f64::from(SAMPLE_RATE_HZ);
        let (min_secs, max_secs) = REFERENCE_SECS.into_inner();
        if !REFERENCE_SECS.contains(&secs) {
            return Err(Error::from(SpeechError::ReferenceLength {
                secs,
                min_secs,
                max_secs,
            }));
        }
        if samples.iter().any(|sample| !sample.is_finite()) {
            return Err(SpeechError::NotFinite.into());
        }
        let loud_secs = loud_samples(samples) as f64 / f64::from(SAMPLE_RATE_HZ);
        if loud_secs < MIN_SPEECH_SECS {
            return Err(Error::from(SpeechError::ReferenceSilent {
                min_secs,
                max_secs,
            }));
        }
        Ok(())
    }
}

impl Voice {
    /// The voice of this name, the default one if there is none.
    pub fn named(name: Option<String>) -> Self {
        name.map_or(Self::Default, Self::Named)
    }
}
