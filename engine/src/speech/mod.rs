//! Text or a recording in, voice and mouth out: the front end, the joint flow and the vocoder together.
//!
//! A text is spoken utterance by utterance, each handed on as soon as it is ready; an utterance begins and ends with its own
//! silence, so that they join without a seam. The first ones are made in parts that continue each other, so that speech begins at once.
//! A recording is animated in windows that overlap. Memory stays flat in both.

mod chunk;
mod error;
mod features;
mod fused;
mod model;
mod mouth;
mod plan;
mod search;
mod segments;
mod settings;
mod task;
mod tasks;
mod timings;
mod voice;
mod window;

pub use chunk::{SpeakerTurn, SpeechChunk, TimedPhone, TimedWord};
pub use error::SpeechError;
pub use settings::FlowSettings;
pub use task::{
    DUB_REMARK, REFERENCE_REMARK, REFERENCE_SECS, Reference, SpeakRequest, Task, Voice,
};
pub use tasks::dub::{Change, Dubbed, Edit, SpanLength, Speech, word_changes};
pub use tasks::live::LiveMouth;
pub use timings::SynthesisTimings;

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use crate::audio::{SAMPLE_RATE_HZ, loudness};
use crate::backend::{Compute, OpenBackend};
use crate::motion::{FRAMES_PER_SECOND, MouthFrame};
use crate::text::{FrontEnd, UserDictionary};
use crate::{Error, Result};
use model::LoadedModel;
use tasks::{animate::animate, dub, follow::follow, speak::speak};
use timings::Clock;

/// Samples under one frame of motion: pieces of speech are cut at whole frames, so that picture and sound never drift apart.
pub const SAMPLES_PER_FRAME: usize = (SAMPLE_RATE_HZ as f64 / FRAMES_PER_SECOND) as usize;

/// What every piece of work is done with.
#[derive(Clone, Copy)]
struct Job<'a> {
    model: &'a LoadedModel,
    settings: &'a FlowSettings,
    /// Asked between the steps of the flow, some ten times a second.
    cancelled: &'a dyn Fn() -> bool,
}

impl Job<'_> {
    fn check_cancelled(self) -> Result<()> {
        match (self.cancelled)() {
            true => Err(Error::Cancelled),
            false => Ok(()),
        }
    }
}

/// Speaks and animates. A clone shares what was loaded and may have other settings.
#[derive(Clone)]
pub struct Synthesizer {
    model: Arc<LoadedModel>,
    settings: FlowSettings,
    timings: Arc<Mutex<SynthesisTimings>>,
}

impl Synthesizer {
    /// Loads the text front end, the joint model and the vocoder from the models folder: about a second.
    ///
    /// # Errors
    /// [`Error::WeightsMissing`] or [`Error::WeightsUnfit`] naming the file.
    ///
    /// [`Error::WeightsMissing`]: crate::Error::WeightsMissing
    /// [`Error::WeightsUnfit`]: crate::Error::WeightsUnfit
    pub fn load(models: &Path) -> Result<Self> {
        Self::load_on(models, Compute::default())
    }

    /// As [`Self::load`], with another backend to run the networks.
    ///
    /// # Errors
    /// As [`Self::load`].
    pub fn load_on(models: &Path, compute: Compute) -> Result<Self> {
        Self::load_with(models, &|_| Ok(Box::new(compute)))
    }

    /// As [`Self::load`], with the backend that `open_backend` chooses for these weights.
    ///
    /// # Errors
    /// As [`Self::load`], and [`Error::WeightsUnfit`] with what `open_backend` failed with.
    ///
    /// [`Error::WeightsUnfit`]: crate::Error::WeightsUnfit
    pub fn load_with(models: &Path, open_backend: OpenBackend) -> Result<Self> {
        Ok(Self {
            model: Arc::new(LoadedModel::load(models, open_backend)?),
            settings: FlowSettings::default(),
            timings: Arc::default(),
        })
    }

    /// Replaces the sampler settings.
    #[must_use]
    pub fn with_settings(mut self, settings: FlowSettings) -> Self {
        self.settings = settings;
        self.timings = Arc::default();
        self
    }

    /// Says words as their user wants them. To be called before the synthesizer or its front end is shared.
    #[must_use]
    pub fn with_dictionary(mut self, dictionary: UserDictionary) -> Self {
        if let Some(model) = Arc::get_mut(&mut self.model)
            && let Some(front_end) = Arc::get_mut(&mut model.front_end)
        {
            front_end.set_dictionary(dictionary);
        }
        self
    }

    /// What makes phones of texts, to share with an [`crate::Aligner`].
    pub fn front_end(&self) -> Arc<FrontEnd> {
        Arc::clone(&self.model.front_end)
    }

    /// Name of the backend that follows the flow at present.
    pub fn backend_name(&self) -> &'static str {
        self.model.flow.name()
    }

    /// Names of the voices.
    pub fn voices(&self) -> &[String] {
        &self.model.config.voices
    }

    /// Whether somebody speaks by this name, which may be a mix.
    ///
    /// # Errors
    /// [`Error::Speech`] with the names that there are.
    pub fn check_voice(&self, name: &str) -> Result<()> {
        voice::voice_weights(self.voices(), name)?;
        Ok(())
    }

    /// Who speaks when nobody is named.
    pub fn default_voice(&self) -> &str {
        self.model.default_voice()
    }

    /// Where the time of the last call went.
    pub fn timings(&self) -> SynthesisTimings {
        *self.timings.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Does a task piece by piece, in order; each piece has its sound and its mouth, whether they were given or made.
    ///
    /// `cancelled` is asked between the steps of the flow, some ten times a second.
    ///
    /// # Errors
    /// [`Error::Speech`] if what is given cannot be used, [`Error::Cancelled`], or what `on_chunk` returned.
    pub fn perform(
        &self,
        task: &Task,
        cancelled: &dyn Fn() -> bool,
        on_chunk: &mut dyn FnMut(SpeechChunk) -> Result<()>,
    ) -> Result<()> {
        match task {
            Task::Speak(request) => self.speak(request, cancelled, on_chunk),
            Task::Follow { request, mouth } => {
                let speech = self.follow(request, mouth, cancelled)?;
                on_chunk(self.chunk(speech))
            }
            Task::Dub(edit) => {
                let speech = self.dub(edit, cancelled)?.speech;
                on_chunk(self.chunk(speech))
            }
            Task::Animate { samples, seed } => {
                let mut rest = samples.as_slice();
                self.animate(samples, *seed, cancelled, &mut |mouth, fraction_done| {
                    let is_last = fraction_done >= 1.0;
                    let taken = match is_last {
                        true => rest.len(),
                        false => rest.len().min(mouth.len() * SAMPLES_PER_FRAME),
                    };
                    let (sound, later) = rest.split_at(taken);
                    rest = later;
                    on_chunk(SpeechChunk::new(sound.to_vec(), mouth, fraction_done))
                })
            }
        }
    }

    /// Speaks a text piece by piece, in order: [`Task::Speak`].
    ///
    /// `cancelled` is asked between the steps of the flow, some ten times a second.
    ///
    /// # Errors
    /// [`Error::Speech`] if the text, the voice or the speed cannot be used, [`Error::Cancelled`], or what `on_chunk`
    /// returned.
    pub fn speak(
        &self,
        request: &SpeakRequest,
        cancelled: &dyn Fn() -> bool,
        on_chunk: &mut dyn FnMut(SpeechChunk) -> Result<()>,
    ) -> Result<()> {
        self.timed(|clock| speak(self.job(cancelled), request, on_chunk, clock))
    }

    /// Speaks a text in time with a mouth that moves without sound: [`Task::Follow`].
    ///
    /// # Errors
    /// [`Error::Speech`] if the text, the voice or the movement cannot be used or do not fit each other,
    /// [`Error::Cancelled`].
    pub fn follow(
        &self,
        request: &SpeakRequest,
        mouth: &[MouthFrame],
        cancelled: &dyn Fn() -> bool,
    ) -> Result<Speech> {
        self.timed(|clock| follow(self.job(cancelled), request, mouth, clock))
    }

    /// A speech that [`Self::speak`] made from `text`, whole, put together again for [`Self::dub`].
    ///
    /// # Errors
    /// [`Error::Speech`] if the phones are not those of the text.
    pub fn speech(
        &self,
        text: &str,
        phones: &[TimedPhone],
        samples: Vec<f32>,
        mouth: Vec<MouthFrame>,
    ) -> Result<Speech> {
        dub::speech(&self.model.front_end, text, phones, samples, mouth)
    }

    /// Gives a speech another text: only what changed is made anew, sound and mouth: [`Task::Dub`].
    ///
    /// # Errors
    /// [`Error::Speech`] if the speech does not hold together, the text cannot be spoken or does not fit,
    /// [`Error::Cancelled`].
    pub fn dub(&self, edit: &Edit, cancelled: &dyn Fn() -> bool) -> Result<Dubbed> {
        dub::dub(self.job(cancelled), edit)
    }

    /// Makes the mouth for a recording, mono at [`SAMPLE_RATE_HZ`], piece by piece, in order: [`Task::Animate`] without its sound.
    ///
    /// `on_chunk` gets frames at 25 a second, [`SAMPLES_PER_FRAME`] samples each, and the share that is done; the last frame may
    /// reach beyond the end of the sound.
    ///
    /// # Errors
    /// [`Error::Speech`] if the recording is empty or not finite, [`Error::Cancelled`], or what `on_chunk` returned.
    pub fn animate(
        &self,
        samples: &[f32],
        seed: u64,
        cancelled: &dyn Fn() -> bool,
        on_chunk: &mut dyn FnMut(Vec<MouthFrame>, f32) -> Result<()>,
    ) -> Result<()> {
        self.animate_at(loudness::gain(samples), samples, seed, cancelled, on_chunk)
    }

    /// The same for sound that is raised so far.
    fn animate_at(
        &self,
        gain: f32,
        samples: &[f32],
        seed: u64,
        cancelled: &dyn Fn() -> bool,
        on_chunk: &mut dyn FnMut(Vec<MouthFrame>, f32) -> Result<()>,
    ) -> Result<()> {
        self.timed(|clock| animate(self.job(cancelled), samples, gain, seed, on_chunk, clock))
    }

    /// A whole speech as one piece.
    pub fn chunk(&self, speech: Speech) -> SpeechChunk {
        let Speech {
            samples,
            mouth,
            aligned,
        } = speech;
        let words = (0..aligned.words.len()).map(|word| {
            let (start_secs, end_secs) = aligned.word_secs(word);
            TimedWord {
                text: aligned.words[word].text.clone(),
                start_secs,
                end_secs,
            }
        });
        let tokenizer = self.model.front_end.tokenizer();
        let phones = (0..aligned.tokens.len())
            .filter(|&i| !tokenizer.is_silence(aligned.tokens[i]))
            .filter_map(|i| {
                let (start_secs, end_secs) = aligned.span_secs(i..i + 1);
                Some(TimedPhone {
                    phone: tokenizer.text(aligned.tokens[i])?,
                    start_secs,
                    end_secs,
                })
            });
        SpeechChunk {
            words: words.collect(),
            phones: phones.collect(),
            ..SpeechChunk::new(samples, mouth, 1.0)
        }
    }

    fn job<'a>(&'a self, cancelled: &'a dyn Fn() -> bool) -> Job<'a> {
        Job {
            model: &self.model,
            settings: &self.settings,
            cancelled,
        }
    }

    /// Does something and remembers where its time went.
    fn timed<T>(&self, work: impl FnOnce(&mut Clock) -> Result<T>) -> Result<T> {
        let mut clock = Clock::start();
        let result = work(&mut clock);
        *self.timings.lock().unwrap_or_else(PoisonError::into_inner) = clock.timings;
        result
    }
}
