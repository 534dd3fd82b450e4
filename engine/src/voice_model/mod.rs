//! Voice models that the user brings: published F5-TTS checkpoints (SWivid/F5-TTS, commit 2ae2c9b), which speak in the voice of a
//! reference recording.
//!
//! The reference is trimmed and raised ([`VoiceReference`]), a long text is cut into chunks, each of which is generated beside
//! the reference ([`VoiceModel::mel`]), and the chunks' sounds are cross-faded. The mouth is another matter: whoever wants one
//! gives the sound to [`crate::Synthesizer::animate`].
//!
//! Given the same noise, the mel is that of PyPI's `f5-tts` (`tests/tests/parity/voice_model.rs`).

mod checkpoint;
mod chunks;
mod error;
mod joined_sound;
mod reference;
mod speech;
mod vocabulary;
mod vocos_file;

pub use crate::weights::OnRead;
pub use checkpoint::CheckpointVersion;
pub use chunks::chunks;
pub use error::VoiceModelError;
pub use joined_sound::JoinedSound;
pub use reference::{MAX_SECS, MIN_SECS, VoiceReference};
pub use speech::{Spoken, SpokenChunk, SpokenPiece, VoiceModelSpeech};
pub use vocabulary::{Vocabulary, characters};

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use serde::{Deserialize, Serialize};

use crate::audio::{HOP_LENGTH, MEL_BIN_COUNT, MelFrontEnd, SAMPLE_RATE_HZ};
use crate::backend::{
    self, Compute, FlowBackend, FlowPlan, Guidance, OpenBackend, SpeechWeights, Start, StreamPlan,
};
use crate::networks::jam_flow::schedule::schedule;
use crate::networks::jam_flow::{AudioCondition, Config, Exchange, Noise, TextEmbedding};
use crate::networks::vocoder::{Vocoder, VocoderCheckpoint};
use crate::{Error, Result};
use checkpoint::F5Checkpoint;

/// Name in error messages.
const STAGE: &str = "voice model";
/// Reference and chunk together last as long as this, seconds.
const WINDOW_SECS: f64 = 22.0;
/// Longer ones were never heard in training, seconds.
const MAX_WINDOW_SECS: f64 = 30.0;
/// Chunks of fewer bytes are spoken slowly, since hardly any speech that short was in the training.
const SHORT_BYTES: usize = 10;
const SHORT_SPEED: f64 = 0.3;

/// The files of a voice model.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct VoiceModelFiles {
    /// F5-TTS, safetensors.
    pub checkpoint: PathBuf,
    /// Its `vocab.txt`.
    pub vocabulary: PathBuf,
    /// Vocos, safetensors; none for the vocoder of the models folder.
    pub vocoder: Option<PathBuf>,
    /// Which F5-TTS, if the user knows.
    pub version: Option<CheckpointVersion>,
}

/// How speech is generated.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct VoiceModelSettings {
    /// Euler steps, on F5-TTS's pruned schedule where it has one (7 among others).
    #[doc(alias = "nfe_step")]
    pub steps: usize,
    /// Classifier-free guidance.
    #[doc(alias = "cfg_strength")]
    pub guidance: f64,
    /// Puts more steps near the noise.
    pub sway_sampling_coef: f64,
    /// 1 is the pace of the reference.
    pub speed: f64,
    /// The first chunk is cut to last about as long as this where somebody waits for its sound; infinity cuts as F5-TTS does.
    pub first_chunk_secs: f64,
    /// Equal seeds say equal words in equal ways.
    pub seed: u64,
}

impl Default for VoiceModelSettings {
    fn default() -> Self {
        Self {
            steps: 7,
            guidance: 2.0,
            sway_sampling_coef: -1.0,
            speed: 1.0,
            first_chunk_secs: f64::INFINITY,
            seed: 0,
        }
    }
}

/// A checkpoint, its vocabulary and a vocoder.
pub struct VoiceModel {
    config: Config,
    version: CheckpointVersion,
    is_version_assumed: bool,
    vocabulary: Vocabulary,
    text: TextEmbedding,
    flow: Box<dyn FlowBackend>,
    vocoder: Vocoder,
    mel: MelFrontEnd,
}

impl VoiceModel {
    /// Loads the files; `models` is where the built-in vocoder lies.
    ///
    /// # Errors
    /// [`VoiceModelError`] with the path of the file that it is about, or as [`Vocoder::load`].
    pub fn load(
        files: &VoiceModelFiles,
        models: &std::path::Path,
        compute: Compute,
    ) -> Result<Self> {
        Self::load_with(files, models, &|_| Ok(Box::new(compute)), None)
    }

    /// As [`Self::load`], with the backend that `open_backend` chooses for these weights. `on_read` is told how much of the checkpoint
    /// is read.
    ///
    /// # Errors
    /// As [`Self::load`], [`Error::Model`] with what `open_backend` failed with, and [`Error::Cancelled`] where `on_read` says no.
    pub fn load_with(
        files: &VoiceModelFiles,
        models: &std::path::Path,
        open_backend: OpenBackend,
        on_read: Option<OnRead>,
    ) -> Result<Self> {
        let is_cancelled = Arc::new(AtomicBool::new(false));
        let on_read = on_read.map(|on_read| -> OnRead {
            let is_cancelled = Arc::clone(&is_cancelled);
            Arc::new(move |share| {
                let goes_on = on_read(share);
                is_cancelled.fetch_or(!goes_on, Ordering::Relaxed);
                goes_on
            })
        });
        let loaded = Self::open(files, models, open_backend, on_read);
        match is_cancelled.load(Ordering::Relaxed) {
            true => Err(Error::Cancelled),
            false => loaded,
        }
    }

    fn open(
        files: &VoiceModelFiles,
        models: &std::path::Path,
        open_backend: OpenBackend,
        on_read: Option<OnRead>,
    ) -> Result<Self> {
        // What is small and often wrong first.
        let vocabulary = Vocabulary::open(&files.vocabulary)?;
        let vocoder = match &files.vocoder {
            Some(path) => vocos_file::open_vocos(path)?,
            None => VocoderCheckpoint::open(models)?,
        };
        let F5Checkpoint {
            checkpoint,
            version,
            is_version_assumed,
        } = F5Checkpoint::open(&files.checkpoint, files.version, on_read)?;
        let config = checkpoint.config().clone();
        if vocabulary.entries() != config.text_num_embeds {
            let error = VoiceModelError::OtherVocabulary {
                entries: vocabulary.entries(),
                expected: config.text_num_embeds,
            };
            return Err(Error::from(error).in_file(&files.vocabulary));
        }
        let unfit = |error| Error::from(VoiceModelError::shape(&error)).in_file(&files.checkpoint);
        let vocoder_weights = vocoder.network()?;
        let backend = open_backend(&SpeechWeights {
            joint: &checkpoint,
            vocoder: &vocoder_weights,
        })
        .map_err(|error| Error::model(STAGE, error))?;
        // Networks name the tensor that does not fit; anything else is the backend's own trouble.
        let unopened = |error: backend::Error, path: &std::path::Path| match cause(&*error) {
            Some(cause) => Error::from(VoiceModelError::shape(cause)).in_file(path),
            None => Error::model(STAGE, error),
        };
        let flow = backend
            .flow(&checkpoint)
            .map_err(|error| unopened(error, &files.checkpoint))?;
        let vocoder_network = backend
            .vocoder(&vocoder_weights)
            .map_err(|error| unopened(error, vocoder.path()))?;
        Ok(Self {
            text: checkpoint.text_embedding().map_err(unfit)?,
            flow,
            config,
            version,
            is_version_assumed,
            vocabulary,
            vocoder: vocoder.vocoder(vocoder_network)?,
            mel: MelFrontEnd::new(),
        })
    }

    /// Which F5-TTS it is, or is taken for.
    pub fn version(&self) -> CheckpointVersion {
        self.version
    }

    /// Whether neither the user nor the file said which F5-TTS it is.
    pub fn is_version_assumed(&self) -> bool {
        self.is_version_assumed
    }

    /// The sizes that were read from the checkpoint.
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// The characters of a text that the model does not know and passes over, each once.
    pub fn unknown_characters(&self, text: &str) -> String {
        self.vocabulary.unknown(text)
    }

    /// Whether a text can be spoken, before the long work.
    ///
    /// # Errors
    /// [`VoiceModelError::Chinese`].
    pub fn check_text(&self, text: &str) -> Result<()> {
        self.vocabulary.tokens(text)?;
        Ok(())
    }

    /// Speaks a text in the voice of the reference.
    ///
    /// `cancelled` is asked between the steps of the flow; `on_progress` is told which share is done.
    ///
    /// # Errors
    /// [`VoiceModelError`] if the text cannot be spoken or the network fails, [`Error::Cancelled`], or what `on_progress` returned.
    pub fn speak(
        &self,
        reference: &VoiceReference,
        text: &str,
        settings: &VoiceModelSettings,
        cancelled: &dyn Fn() -> bool,
        on_progress: &mut dyn FnMut(f32) -> Result<()>,
    ) -> Result<VoiceModelSpeech> {
        let mut speech = VoiceModelSpeech::default();
        self.speak_in_pieces(reference, text, settings, cancelled, &mut |spoken| {
            match spoken {
                Spoken::Share(share) => on_progress(share)?,
                Spoken::Piece(piece) => {
                    speech.samples.extend(piece.samples);
                    speech.chunks.push(piece.chunk);
                }
            }
            Ok(())
        })?;
        Ok(speech)
    }

    /// The same, handing each chunk's sound on as soon as nothing changes it any more.
    ///
    /// # Errors
    /// As [`Self::speak`], or what `on_spoken` returned.
    pub fn speak_in_pieces(
        &self,
        reference: &VoiceReference,
        text: &str,
        settings: &VoiceModelSettings,
        cancelled: &dyn Fn() -> bool,
        on_spoken: &mut dyn FnMut(Spoken) -> Result<()>,
    ) -> Result<()> {
        self.check_text(reference.words())?;
        self.check_text(text)?;
        let texts = chunks_beside(reference, text, settings);
        let frames = texts
            .iter()
            .map(|text| self.frames(reference, text, settings.speed))
            .collect::<Result<Vec<_>>>()?;
        let count = texts.len();
        let mut sound = JoinedSound::default();
        let mut handed_on = 0;
        for (number, text) in texts.into_iter().enumerate() {
            let noise =
                Noise::new(settings.seed, number as u64).take(frames[number] * MEL_BIN_COUNT);
            let mel = self.mel(reference, &text, settings, noise, cancelled, &mut |share| {
                on_spoken(Spoken::Share((number as f32 + share) / count as f32))
            })?;
            let seed = settings.seed.wrapping_add(number as u64);
            let mut samples = self.vocoder.synthesize(&mel, None, seed)?;
            let gain = reference.output_gain();
            samples.iter_mut().for_each(|sample| *sample *= gain);
            let samples = sound.append(&samples);
            let end = match number + 1 == count {
                true => sound.samples.len(),
                false => sound.settled().max(handed_on),
            };
            let later = frames[number + 1..].iter();
            on_spoken(Spoken::Piece(SpokenPiece {
                chunk: SpokenChunk { text, samples },
                samples: sound.samples[handed_on..end].to_vec(),
                later_secs: later
                    .map(|frames| mel_secs(frames - reference_frames(reference)))
                    .collect(),
            }))?;
            handed_on = end;
        }
        Ok(())
    }

    /// Mel frames of the reference and a chunk together, by the bytes of their texts.
    ///
    /// # Errors
    /// [`VoiceModelError::Chinese`].
    pub fn frames(&self, reference: &VoiceReference, chunk: &str, speed: f64) -> Result<usize> {
        let speed = match chunk.len() < SHORT_BYTES {
            true => SHORT_SPEED,
            false => speed,
        };
        let prompt = prompt(reference);
        let known = reference_frames(reference) as f64;
        let made = known / prompt.len() as f64 * chunk.len() as f64 / speed;
        let tokens = self.vocabulary.tokens(&(prompt + chunk))?.len();
        let at_least = tokens.max(mel_frames(reference)) + 1;
        Ok(at_least.max(reference_frames(reference) + made as usize))
    }

    /// The mel of a chunk, (frames, 100) without the reference, from noise of [`Self::frames`] · 100 numbers.
    ///
    /// # Errors
    /// As [`Self::speak`].
    pub fn mel(
        &self,
        reference: &VoiceReference,
        chunk: &str,
        settings: &VoiceModelSettings,
        noise: Vec<f32>,
        cancelled: &dyn Fn() -> bool,
        on_progress: &mut dyn FnMut(f32) -> Result<()>,
    ) -> Result<Vec<f32>> {
        let count = noise.len() / MEL_BIN_COUNT;
        let tokens = self.vocabulary.tokens(&(prompt(reference) + chunk))?;
        let mut known = self.mel.log_mel(reference.samples());
        known.truncate(count * MEL_BIN_COUNT);
        let known_values = known.len();
        let last_known = known[reference_frames(reference) * MEL_BIN_COUNT..].to_vec();
        known.resize(count * MEL_BIN_COUNT, 0.0);

        let failed = |error| Error::model(STAGE, error);
        let text = |is_dropped| {
            let rows = self.text.characters(&tokens, count, is_dropped)?;
            rows.flatten_all()?.to_vec1::<f32>()
        };
        let text_rows = text(false).map_err(|error| failed(error.into()))?;
        let condition = AudioCondition {
            mel: Some(&known),
            text: Some(&text_rows),
            ..AudioCondition::default()
        };
        let guidance = match settings.guidance < 1e-5 {
            true => None,
            false => {
                let text_rows = text(true).map_err(|error| failed(error.into()))?;
                let null_condition = AudioCondition {
                    text: Some(&text_rows),
                    ..AudioCondition::default()
                };
                Some(Guidance {
                    null_condition: null_condition.rows(&self.config, count),
                    strength: settings.guidance,
                })
            }
        };
        let plan = FlowPlan {
            times: schedule(settings.steps, settings.sway_sampling_coef),
            exchange: Exchange::NONE,
            audio: StreamPlan {
                count,
                start: Start::Noise(noise),
                condition: condition.rows(&self.config, count),
                guidance,
            },
            motion: None,
        };
        let mut run = self.flow.prepare(&plan).map_err(failed)?;
        let steps = plan.times.len() - 1;
        for step in 0..steps {
            if cancelled() {
                return Err(Error::Cancelled);
            }
            run.step(step).map_err(failed)?;
            on_progress((step + 1) as f32 / steps as f32)?;
        }
        let made = run.read().map_err(failed)?.audio;
        // The reference's last frame lies half in the chunk.
        let mut mel = last_known;
        mel.extend_from_slice(&made[known_values..]);
        match mel.iter().all(|value| value.is_finite()) {
            true => Ok(mel),
            false => Err(VoiceModelError::NotFinite.into()),
        }
    }
}

/// What the checkpoint's reader said, if an error goes back to that.
fn cause<'a>(mut error: &'a (dyn std::error::Error + 'static)) -> Option<&'a candle_core::Error> {
    loop {
        match error.downcast_ref() {
            Some(found) => return Some(found),
            None => error = error.source()?,
        }
    }
}

/// The chunks in which a text is spoken beside a reference.
pub fn chunks_beside(
    reference: &VoiceReference,
    text: &str,
    settings: &VoiceModelSettings,
) -> Vec<String> {
    let bytes_in =
        |secs: f64| (reference.bytes_per_sec() * secs.max(0.0) * settings.speed) as usize;
    let beside = |window_secs: f64| bytes_in(window_secs - reference.secs());
    let max_bytes = beside(WINDOW_SECS);
    let first_bytes = bytes_in(settings.first_chunk_secs).min(max_bytes);
    chunks(text, first_bytes, max_bytes, beside(MAX_WINDOW_SECS))
}

/// The reference's words as they stand before a chunk.
fn prompt(reference: &VoiceReference) -> String {
    let words = reference.words();
    match words
        .chars()
        .last()
        .is_some_and(|last| last.len_utf8() == 1)
    {
        true => format!("{words} "),
        false => words.to_owned(),
    }
}

/// Whole hops of the reference.
fn reference_frames(reference: &VoiceReference) -> usize {
    reference.samples().len() / HOP_LENGTH
}

/// Frames of the reference's mel, the last of which is centred on its end.
fn mel_frames(reference: &VoiceReference) -> usize {
    reference_frames(reference) + 1
}

fn mel_secs(frames: usize) -> f64 {
    (frames * HOP_LENGTH) as f64 / f64::from(SAMPLE_RATE_HZ)
}
