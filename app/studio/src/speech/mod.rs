//! Speech out of scripts: the models that make it, and the thread behind a face that waits for nothing.

mod head_start;
mod listening;
mod live_model_speech;
mod model_voices;
mod service;

pub use service::{Requests, SpeechEvent, SpeechService, Tap, Tapped, Wanted};

use std::path::Path;
use std::sync::Arc;

use engine::synthesizer::SAMPLES_PER_FRAME;
use engine::text::UserDictionary;
use engine::voice_model::OnRead;
use engine::{
    AlignedSpeech, Edit, FlowSettings, SpanLength, SpeakRequest, Speech, SpeechChunk, Synthesizer,
    Task, Voice,
};

use crate::cancel::CancelToken;
use crate::compute::Compute;
use crate::dialogue::{self, Dialogue};
use crate::reference_voice::Listener;
use crate::script::{Script, ScriptVoice};
use crate::sound::microphone::OpenMicrophone;
use crate::take::Take;
use crate::texts::text;
use crate::voice_model::ModelVoiceFiles;
use listening::listen;
use model_voices::{ModelVoices, ModelWords};

/// A speech that is wanted. Equal requests make equal speech.
#[derive(Clone, Debug)]
pub struct SpeechRequest {
    /// What is said, by whom and from what.
    pub script: Script,
    /// The take whose words a [`Script::Dub`] changes.
    pub original: Option<Arc<Take>>,
    /// Seed of voice and mouth.
    pub seed: u64,
    /// How the flow is followed.
    pub flow: FlowSettings,
}

impl SpeechRequest {
    /// A script for a file: in whole sentences, the same in every face.
    pub fn for_file(script: Script, seed: u64) -> Self {
        Self {
            script,
            original: None,
            seed,
            flow: FlowSettings::for_files(),
        }
    }
}

/// What comes of a speech while it is made.
#[derive(Debug)]
pub enum Made {
    /// So much of the work before the next piece is done, 0 to 1.
    Share(f32),
    /// The next piece.
    Chunk(SpeechChunk),
}

/// Everything that speech is made with, loaded once.
pub struct SpeechMaker {
    synthesizer: Synthesizer,
    listener: Listener,
    model_voices: ModelVoices,
    open_microphone: OpenMicrophone,
}

impl SpeechMaker {
    /// Loads the models of speech from the models folder: about a second. Those that listen are loaded when they are needed.
    ///
    /// # Errors
    /// Those of [`Synthesizer::load`].
    pub fn load(models: &Path, open_microphone: OpenMicrophone) -> anyhow::Result<Self> {
        Self::load_on(models, &Compute::default(), open_microphone, None)
    }

    /// The same, computing where `compute` says, with the user's own pronunciations.
    ///
    /// # Errors
    /// Those of [`Compute::load`].
    pub fn load_on(
        models: &Path,
        compute: &Compute,
        open_microphone: OpenMicrophone,
        dictionary: Option<UserDictionary>,
    ) -> anyhow::Result<Self> {
        let mut synthesizer = compute.load(models)?.synthesizer;
        if let Some(dictionary) = dictionary {
            synthesizer = synthesizer.with_dictionary(dictionary);
        }
        Ok(Self {
            listener: Listener::new(models, synthesizer.front_end()),
            model_voices: ModelVoices::new(models, compute),
            synthesizer,
            open_microphone,
        })
    }

    /// The synthesizer, for its voices.
    pub fn synthesizer(&self) -> &Synthesizer {
        &self.synthesizer
    }

    /// Makes a speech whole, as a take. Nothing ends a microphone but `cancel`.
    ///
    /// # Errors
    /// If the script cannot be spoken, or [`engine::Error::Cancelled`].
    pub fn take(&self, request: &SpeechRequest, cancel: &CancelToken) -> anyhow::Result<Take> {
        let mut take = Take::new(0, request.script.clone(), request.seed);
        self.make(request, &CancelToken::new(), cancel, &mut |chunk| {
            take.add(&chunk);
            Ok(())
        })?;
        Ok(take)
    }

    /// Makes a speech piece by piece, in order. What a microphone hears goes on until `ends`; `cancel` ends at once.
    ///
    /// # Errors
    /// If the script cannot be spoken, [`engine::Error::Cancelled`], or what `on_chunk` returned.
    pub fn make(
        &self,
        request: &SpeechRequest,
        ends: &CancelToken,
        cancel: &CancelToken,
        on_chunk: &mut dyn FnMut(SpeechChunk) -> engine::Result<()>,
    ) -> anyhow::Result<()> {
        self.make_telling(request, ends, cancel, &mut |made| match made {
            Made::Share(_) => Ok(()),
            Made::Chunk(chunk) => on_chunk(chunk),
        })
    }

    /// The same, also telling how far the work before the first piece is, where that takes long.
    ///
    /// # Errors
    /// As [`Self::make`].
    pub fn make_telling(
        &self,
        request: &SpeechRequest,
        ends: &CancelToken,
        cancel: &CancelToken,
        on_made: &mut dyn FnMut(Made) -> engine::Result<()>,
    ) -> anyhow::Result<()> {
        request.script.check()?;
        if let Script::Words {
            text,
            voice: ScriptVoice::Model(files),
            speed,
        } = &request.script
        {
            let words = ModelWords {
                text,
                speed: *speed,
                seed: request.seed,
                flow: request.flow,
            };
            let synthesizer = self.synthesizer.clone().with_settings(request.flow);
            let (voices, listener) = (&self.model_voices, &self.listener);
            return voices.speak(files, &words, &synthesizer, listener, cancel, on_made);
        }
        let on_chunk = &mut |chunk| on_made(Made::Chunk(chunk));
        let synthesizer = self.synthesizer.clone().with_settings(request.flow);
        let cancelled = || cancel.is_cancelled();
        let seed = request.seed;
        match &request.script {
            Script::Words { .. } => {
                self.model_voices.forget();
                let request = self.speak_request(request, cancel)?;
                synthesizer.speak(&request, &cancelled, on_chunk)?;
            }
            Script::Dialogue {
                text,
                first_voice,
                speed,
            } => {
                let dialogue = Dialogue::parse(text)?;
                let voices =
                    dialogue::with_voices(&dialogue, &synthesizer, first_voice.as_deref())?;
                let lines = dialogue::lines(&dialogue, &voices, None)?;
                dialogue::perform(&synthesizer, &lines, seed, *speed, &cancelled, on_chunk)?;
            }
            Script::Dub { .. } => {
                let edit = self.edit(request, cancel)?;
                synthesizer.perform(&Task::Dub(edit), &cancelled, on_chunk)?;
            }
            Script::AudioFile(path) => {
                let samples = crate::media::read::recording(path, &cancelled)?;
                let task = Task::Animate { samples, seed };
                synthesizer.perform(&task, &cancelled, on_chunk)?;
            }
            Script::Microphone(device) => {
                let mut microphone =
                    (self.open_microphone)(device.as_deref()).map_err(anyhow::Error::msg)?;
                listen(&synthesizer, &mut microphone, seed, ends, cancel, on_chunk)?;
            }
        }
        Ok(())
    }

    /// Loads a voice model of the user's, to find out whether it can speak; the next speech in its voice need not load it again.
    /// `on_read` is told how much of its checkpoint is read.
    ///
    /// # Errors
    /// Those of [`crate::voice_model::ModelVoice::load`].
    pub fn check_model_voice(
        &self,
        files: &ModelVoiceFiles,
        on_read: OnRead,
    ) -> anyhow::Result<()> {
        self.model_voices.voice(files, on_read)?;
        Ok(())
    }

    /// Finds the words of a text in a recording, mono at 24 kHz.
    ///
    /// # Errors
    /// If text and recording do not fit, or [`engine::Error::Cancelled`].
    pub fn align(
        &self,
        samples: &[f32],
        text: &str,
        cancel: &CancelToken,
    ) -> engine::Result<AlignedSpeech> {
        self.listener
            .align(samples, text, &|| cancel.is_cancelled())
    }

    /// Words in a voice as the synthesizer takes them; a voice that is given as a recording is listened to first.
    ///
    /// # Errors
    /// If the recording cannot be used, the script is not of words, or [`engine::Error::Cancelled`].
    pub fn speak_request(
        &self,
        request: &SpeechRequest,
        cancel: &CancelToken,
    ) -> anyhow::Result<SpeakRequest> {
        let Script::Words { text, voice, speed } = &request.script else {
            anyhow::bail!(text!("speech-in-time-needs-text"));
        };
        let cancelled = || cancel.is_cancelled();
        Ok(SpeakRequest {
            text: text.clone(),
            voice: match voice {
                ScriptVoice::Default => Voice::Default,
                ScriptVoice::Named(name) => Voice::Named(name.clone()),
                ScriptVoice::Reference(voice) => {
                    Voice::Reference(self.listener.reference(voice, &cancelled)?)
                }
                ScriptVoice::Model(_) => {
                    anyhow::bail!(text!("speech-in-time-of-voice-model"))
                }
            },
            seed: request.seed,
            speed: *speed,
        })
    }

    /// Changed words of a take as the synthesizer takes them. The words of a recording are found first.
    ///
    /// # Errors
    /// If there is no take, the words are not in it, the script changes none, or [`engine::Error::Cancelled`].
    pub fn edit(&self, request: &SpeechRequest, cancel: &CancelToken) -> anyhow::Result<Edit> {
        let (
            Script::Dub {
                said,
                text,
                again,
                voice,
                keeps_length,
            },
            Some(original),
        ) = (&request.script, &request.original)
        else {
            anyhow::bail!(text!("take-missing"));
        };
        Ok(Edit {
            speech: self.speech_of(original, said, &|| cancel.is_cancelled())?,
            text: text.clone(),
            again: again.clone(),
            length: match keeps_length {
                true => SpanLength::Kept,
                false => SpanLength::Free,
            },
            voice: voice.clone(),
            seed: request.seed,
        })
    }

    /// A take as the synthesizer changes it. The words of a recording are found first.
    fn speech_of(
        &self,
        take: &Take,
        said: &str,
        cancelled: &dyn Fn() -> bool,
    ) -> anyhow::Result<Speech> {
        let samples = take.samples().to_vec();
        // A recording's last frame may lie beyond its end.
        let mut mouth = take.mouth.clone();
        let last = mouth.last().copied().unwrap_or_default();
        mouth.resize(samples.len().div_ceil(SAMPLES_PER_FRAME), last);
        if take.phones.is_empty() {
            let aligned = self.listener.align(&samples, said, cancelled)?;
            return Ok(Speech {
                samples,
                mouth,
                aligned,
            });
        }
        Ok(self
            .synthesizer
            .speech(said, &take.phones, samples, mouth)?)
    }
}
