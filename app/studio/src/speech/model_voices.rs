//! Words in the voices of the user's voice models: loaded when they are first needed, the last one kept.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use engine::voice_model::{OnRead, VoiceModelSettings};
use engine::{FlowSettings, SpeechChunk, Synthesizer};

use super::Made;
use super::live_model_speech::LiveModelSpeech;
use crate::cancel::CancelToken;
use crate::compute::Compute;
use crate::reference_voice::Listener;
use crate::voice_model::{ModelVoice, ModelVoiceFiles, heard_words, with_mouth};

/// The voice's share of the work on a processor; the mouth is the rest.
const VOICE_SHARE: f32 = 0.95;
/// Length of the first chunk where somebody waits for it: a sentence or a clause.
const LIVE_CHUNK_SECS: f64 = 4.0;
/// F5-TTS's schedules begin with this many steps.
const MIN_STEPS: usize = 5;

/// Words for a voice model to say.
pub(super) struct ModelWords<'a> {
    pub text: &'a str,
    /// 1 is the pace of the voice's reference.
    pub speed: f32,
    pub seed: u64,
    /// How the built-in model would follow its flow; a voice model takes as many more or fewer steps.
    pub flow: FlowSettings,
}

impl ModelWords<'_> {
    fn settings(&self) -> VoiceModelSettings {
        let usual = VoiceModelSettings::default();
        let steps = usual.steps * self.flow.steps / FlowSettings::default().steps;
        VoiceModelSettings {
            steps: steps.max(MIN_STEPS),
            speed: f64::from(self.speed),
            first_chunk_secs: match self.flow.is_for_files() {
                true => f64::INFINITY,
                false => LIVE_CHUNK_SECS,
            },
            seed: self.seed,
            ..usual
        }
    }
}

/// Voice models of the user's.
pub(super) struct ModelVoices {
    models: PathBuf,
    compute: Compute,
    /// One alone: each takes a gigabyte or more.
    last: Mutex<Option<(ModelVoiceFiles, Arc<ModelVoice>)>>,
}

impl ModelVoices {
    /// Loads none yet; they will compute where `compute` says.
    pub fn new(models: &Path, compute: &Compute) -> Self {
        Self {
            models: models.to_owned(),
            compute: compute.clone(),
            last: Mutex::new(None),
        }
    }

    /// A voice, loaded unless it is the last one. `on_read` is told how much of its checkpoint is read.
    ///
    /// # Errors
    /// Those of [`ModelVoice::load`].
    pub fn voice(
        &self,
        files: &ModelVoiceFiles,
        on_read: OnRead,
    ) -> anyhow::Result<Arc<ModelVoice>> {
        if let Some((known, voice)) = &*self.last()
            && known == files
        {
            return Ok(Arc::clone(voice));
        }
        // Two do not fit into every memory.
        self.forget();
        let voice = ModelVoice::load(&self.models, files, &self.compute, Some(on_read))?;
        let voice = Arc::new(voice);
        *self.last() = Some((files.clone(), Arc::clone(&voice)));
        Ok(voice)
    }

    /// Gives the memory of the last voice back.
    pub fn forget(&self) {
        *self.last() = None;
    }

    /// Speaks words and moves a mouth to their sound: for files to the whole of it, else to each chunk.
    ///
    /// # Errors
    /// If the voice cannot be loaded, the words cannot be spoken, [`engine::Error::Cancelled`], or what `on_made` returned.
    pub fn speak(
        &self,
        files: &ModelVoiceFiles,
        words: &ModelWords<'_>,
        synthesizer: &Synthesizer,
        listener: &Listener,
        cancel: &CancelToken,
        on_made: &mut dyn FnMut(Made) -> engine::Result<()>,
    ) -> anyhow::Result<()> {
        let cancelled = || cancel.is_cancelled();
        let on_read: OnRead = Arc::new({
            let cancel = cancel.clone();
            move |_| !cancel.is_cancelled()
        });
        let voice = self.voice(files, on_read)?;
        let settings = words.settings();
        if !words.flow.is_for_files() {
            let live = LiveModelSpeech::new(synthesizer, listener, words.seed);
            return Ok(live.speak(&voice, words.text, &settings, &cancelled, on_made)?);
        }
        let mut on_progress = |share: f32| on_made(Made::Share(VOICE_SHARE * share));
        let speech = voice.speak(words.text, &settings, &cancelled, &mut on_progress)?;
        let heard = heard_words(listener, &speech, &cancelled)?;
        let mut on_chunk = |mut chunk: SpeechChunk| {
            chunk.fraction_done = VOICE_SHARE + (1.0 - VOICE_SHARE) * chunk.fraction_done;
            on_made(Made::Chunk(chunk))
        };
        Ok(with_mouth(
            synthesizer,
            speech.samples,
            heard.words,
            words.seed,
            &cancelled,
            &mut on_chunk,
        )?)
    }

    fn last(&self) -> MutexGuard<'_, Option<(ModelVoiceFiles, Arc<ModelVoice>)>> {
        self.last.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
