//! Hears which words are where in a recording, and makes somebody's voice of one.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use anyhow::Context as _;
use engine::audio::SAMPLE_RATE_HZ;
use engine::synthesizer::REFERENCE_SECS;
use engine::text::FrontEnd;
use engine::{AlignedSpeech, Aligner, Reference};
use serde::{Deserialize, Serialize};

use crate::texts::text;

/// Somebody's voice, of which a recording is given.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct OwnVoice {
    /// A few seconds of their speech.
    pub recording: PathBuf,
    /// What is said in it.
    pub words: String,
    /// Whether they agreed that their voice is used.
    pub is_permitted: bool,
}

impl OwnVoice {
    /// Whether it may and can be used, or what is missing.
    pub fn check(&self) -> anyhow::Result<()> {
        anyhow::ensure!(self.is_permitted, text!("voice-sample-unpermitted"));
        anyhow::ensure!(
            !self.words.trim().is_empty(),
            text!(
                "voice-sample-without-words",
                path = self.recording.display().to_string()
            )
        );
        Ok(())
    }
}

/// Loads the aligner when it is first needed, and keeps the last voice.
pub struct Listener {
    models: PathBuf,
    front_end: Arc<FrontEnd>,
    aligner: OnceLock<Aligner>,
    last: Mutex<Option<(OwnVoice, Arc<Reference>)>>,
}

impl Listener {
    /// For the models in this folder, with the front end of their synthesizer.
    pub fn new(models: &Path, front_end: Arc<FrontEnd>) -> Self {
        Self {
            models: models.to_owned(),
            front_end,
            aligner: OnceLock::new(),
            last: Mutex::new(None),
        }
    }

    /// Finds the words of a text in a recording, mono at [`SAMPLE_RATE_HZ`].
    pub fn align(
        &self,
        samples: &[f32],
        text: &str,
        cancelled: &dyn Fn() -> bool,
    ) -> engine::Result<AlignedSpeech> {
        let aligner = match self.aligner.get() {
            Some(aligner) => aligner,
            None => {
                let loaded = Aligner::with_front_end(&self.models, Arc::clone(&self.front_end))?;
                self.aligner.get_or_init(|| loaded)
            }
        };
        aligner.align(samples, text, cancelled)
    }

    /// Somebody's voice for the synthesizer. Of a long recording the first words are taken.
    pub fn reference(
        &self,
        voice: &OwnVoice,
        cancelled: &dyn Fn() -> bool,
    ) -> anyhow::Result<Arc<Reference>> {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((known, reference)) = last.as_ref()
            && known == voice
        {
            return Ok(Arc::clone(reference));
        }
        voice.check()?;
        let mut samples = crate::media::read::recording(&voice.recording, cancelled)?;
        // Before the aligner, which would say of silence that the words are others.
        if samples.len() as f64 / f64::from(SAMPLE_RATE_HZ) <= *REFERENCE_SECS.end() {
            Reference::check(&samples)?;
        }
        let mut aligned = self
            .align(&samples, &voice.words, cancelled)
            .with_context(|| {
                text!(
                    "voice-sample-unusable",
                    path = voice.recording.display().to_string()
                )
            })?;
        shorten(&mut samples, &mut aligned);
        let reference = Arc::new(Reference::new(samples, aligned)?);
        *last = Some((voice.clone(), Arc::clone(&reference)));
        Ok(reference)
    }
}

/// Cuts behind the last word that ends within the longest reference, in the middle of the gap that follows it.
fn shorten(samples: &mut Vec<f32>, aligned: &mut AlignedSpeech) {
    let max_secs = *REFERENCE_SECS.end();
    let fitting = (0..aligned.words.len())
        .take_while(|&word| aligned.word_secs(word).1 < max_secs)
        .count();
    let secs = samples.len() as f64 / f64::from(SAMPLE_RATE_HZ);
    if secs <= max_secs || fitting == 0 {
        return;
    }
    let (_, end_secs) = aligned.word_secs(fitting - 1);
    let next_secs = match fitting < aligned.words.len() {
        true => aligned.word_secs(fitting).0,
        false => secs,
    };
    let cut_secs = f64::midpoint(end_secs, next_secs).min(max_secs);
    samples.truncate((cut_secs * f64::from(SAMPLE_RATE_HZ)) as usize);
    let tokens = aligned.words[fitting - 1].tokens.end;
    aligned.words.truncate(fitting);
    aligned.tokens.truncate(tokens);
    aligned.ends_secs.truncate(tokens);
}
