//! Text or a recording in, voice and mouth out: the front end, the joint flow and the vocoder together.
//!
//! A text is spoken utterance by utterance, each handed on as soon as it is ready; an utterance begins and ends with its own
//! silence, so that they join without a seam. The first ones are made in parts that continue each other, so that speech begins at once.
//! A recording is animated in windows that overlap. Memory stays flat in both.

mod alignment;
mod animate;
mod calm;
mod closures;
mod colour;
mod dub;
mod follow;
mod hearing;
mod parts;
mod score;
mod speak;
mod speaker;
mod task;
mod voices;
mod window;

pub use dub::{Dubbed, Edit, SpanLength, Speech};
pub use task::{
    DUB_REMARK, REFERENCE_REMARK, REFERENCE_SECS, Reference, SpeakRequest, Task, Voice,
};

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::aligner::PhoneClassifier;
use crate::audio::{MelFrontEnd, SAMPLE_RATE_HZ};
use crate::jam_flow::JamFlow;
use crate::motion::{FRAMES_PER_SECOND, MouthFrame};
use crate::speech_detector::SpeechDetector;
use crate::text::FrontEnd;
use crate::vocoder::Vocoder;
use crate::weights;
use crate::{Error, Result};

/// Samples under one frame of motion: pieces of speech are cut at whole frames, so that picture and sound never drift apart.
pub const SAMPLES_PER_FRAME: usize = (SAMPLE_RATE_HZ as f64 / FRAMES_PER_SECOND) as usize;

/// A word and when it is heard, seconds from the start of the whole speech.
#[derive(Clone, Debug, PartialEq)]
pub struct TimedWord {
    /// As written.
    pub text: String,
    /// When it begins.
    pub start_secs: f64,
    /// When it ends.
    pub end_secs: f64,
}

/// A phone and when it is heard, seconds from the start of the whole speech.
#[derive(Clone, Debug, PartialEq)]
pub struct TimedPhone {
    /// In misaki's alphabet, stress mark first.
    pub phone: String,
    /// When it begins.
    pub start_secs: f64,
    /// When it ends.
    pub end_secs: f64,
}

/// One piece of speech with its movement. Its sound is a whole number of motion frames long.
#[derive(Clone, Debug, PartialEq)]
pub struct SpeechChunk {
    /// Mono at [`SAMPLE_RATE_HZ`].
    pub samples: Vec<f32>,
    /// At 25 frames a second, [`SAMPLES_PER_FRAME`] samples each.
    pub mouth: Vec<MouthFrame>,
    /// The words of the piece.
    pub words: Vec<TimedWord>,
    /// The phones of the piece, without pauses.
    pub phones: Vec<TimedPhone>,
    /// Share of the text that has been spoken with this piece, 0 to 1.
    pub fraction_done: f32,
}

/// Where the time of the last [`Synthesizer::speak`] or [`Synthesizer::animate`] went.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct SynthesisTimings {
    /// Text to tokens.
    pub text: Duration,
    /// Durations, pitch and energy; for a recording, its mel.
    pub prosody: Duration,
    /// The joint flow.
    pub flow: Duration,
    /// Mel to sound.
    pub vocoder: Duration,
    /// From the call to the first piece.
    pub first_chunk: Duration,
    /// Length of the sound.
    pub sound: Duration,
}

impl SynthesisTimings {
    /// Time spent over length of the sound; below 1 is faster than it is heard.
    pub fn real_time_factor(&self) -> f64 {
        let spent = self.text + self.prosody + self.flow + self.vocoder;
        spent.as_secs_f64() / self.sound.as_secs_f64().max(f64::EPSILON)
    }
}

/// How carefully the flow is followed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FlowSettings {
    /// Euler steps for speech.
    #[doc(alias = "nfe_step")]
    pub steps: usize,
    /// w in `pred + w·(pred − null_pred)` for speech; 0 halves the work. What the weights ask for if absent.
    #[doc(alias = "cfg_strength")]
    pub guidance: Option<f64>,
    /// Spread of the noise that speech starts from, 0 to 1: see [`crate::jam_flow::sampler::Stream`]. If absent, what the weights ask for
    /// for named voices, and 1 for others.
    pub temperature: Option<f64>,
    /// Crowds the steps near the start of the flow: see [`crate::jam_flow::schedule::sway`].
    pub sway_sampling_coef: f64,
    /// Euler steps for the mouth of a given recording.
    pub animation_steps: usize,
    /// Length of a speech's first piece, after which pieces grow; infinity makes every utterance in one piece.
    pub first_piece_secs: f64,
}

impl Default for FlowSettings {
    fn default() -> Self {
        Self {
            steps: 4,
            guidance: None,
            temperature: None,
            sway_sampling_coef: -1.0,
            animation_steps: 2,
            first_piece_secs: 2.0,
        }
    }
}

impl FlowSettings {
    /// For speech that goes into a file: nobody waits for its beginning, so that sentences are made whole, which sounds better.
    pub fn for_files() -> Self {
        Self {
            // What is longer than the lines that the model learned from is still made in pieces.
            first_piece_secs: 12.0,
            ..Self::default()
        }
    }
}

/// Speaks and animates.
pub struct Synthesizer {
    front_end: Arc<FrontEnd>,
    model: JamFlow,
    vocoder: Vocoder,
    detector: SpeechDetector,
    classifier: PhoneClassifier,
    bilabials: Vec<usize>,
    mel: MelFrontEnd,
    settings: FlowSettings,
    timings: Mutex<SynthesisTimings>,
}

impl Synthesizer {
    /// Loads the text front end, the joint model and the vocoder from the models folder: about a second.
    ///
    /// # Errors
    /// [`Error::WeightsMissing`] or [`Error::WeightsUnfit`] naming the file.
    pub fn load(models: &Path) -> Result<Self> {
        let checkpoint = models.join("jam_flow.safetensors");
        let front_end = Arc::new(FrontEnd::load(models)?);
        let model = JamFlow::load(&models.join("jam_flow.json"), &checkpoint)?;
        let config = model.config();
        let unfit = |reason: &str| Err(weights::unfit(&checkpoint, reason));
        if model.motion().is_none() || model.prosody().is_none() || config.voices.is_empty() {
            return unfit("the joint model has no face, no prosody or no voices");
        }
        if config.text_num_embeds < front_end.tokenizer().vocabulary_size() {
            return unfit("the joint model has fewer phones than tokenizer.json");
        }
        if config.mel_bins != crate::audio::MEL_BIN_COUNT || config.motion_channels != 12 {
            return unfit("the joint model does not speak in 100 mel bins and 4 mouth keypoints");
        }
        let classifier = PhoneClassifier::load(models)?;
        Ok(Self {
            front_end,
            model,
            vocoder: Vocoder::load(models)?,
            detector: SpeechDetector::load(models)?,
            bilabials: closures::bilabials(&classifier.config().classes),
            classifier,
            mel: MelFrontEnd::new(),
            settings: FlowSettings::default(),
            timings: Mutex::default(),
        })
    }

    /// Follows the flow otherwise than by default.
    #[must_use]
    pub fn with_settings(mut self, settings: FlowSettings) -> Self {
        self.settings = settings;
        self
    }

    /// What makes phones of texts, to share with an [`crate::Aligner`].
    pub fn front_end(&self) -> Arc<FrontEnd> {
        Arc::clone(&self.front_end)
    }

    /// Names of the voices.
    pub fn voices(&self) -> &[String] {
        &self.model.config().voices
    }

    /// Whether somebody speaks by this name, which may be a mix.
    ///
    /// # Errors
    /// [`Error::InputUnusable`] with the names that there are.
    pub fn check_voice(&self, name: &str) -> Result<()> {
        voices::voice_weights(self.voices(), name).map(|_| ())
    }

    /// Who speaks when nobody is named.
    pub fn default_voice(&self) -> &str {
        let config = self.model.config();
        config.default_voice.as_deref().unwrap_or(&config.voices[0])
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
    /// [`Error::InputUnusable`] if what is given cannot be used, [`Error::Cancelled`], or what `on_chunk` returned.
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
                    on_chunk(SpeechChunk {
                        samples: sound.to_vec(),
                        mouth,
                        words: Vec::new(),
                        phones: Vec::new(),
                        fraction_done,
                    })
                })
            }
        }
    }

    /// Speaks a text piece by piece, in order: [`Task::Speak`].
    ///
    /// `cancelled` is asked between the steps of the flow, some ten times a second.
    ///
    /// # Errors
    /// [`Error::InputUnusable`] if the text, the voice or the speed cannot be used, [`Error::Cancelled`], or what `on_chunk`
    /// returned.
    pub fn speak(
        &self,
        request: &SpeakRequest,
        cancelled: &dyn Fn() -> bool,
        on_chunk: &mut dyn FnMut(SpeechChunk) -> Result<()>,
    ) -> Result<()> {
        let mut clock = Clock::start();
        let result = speak::speak(self, request, cancelled, on_chunk, &mut clock);
        self.keep(clock);
        result
    }

    /// Speaks a text in time with a mouth that moves without sound: [`Task::Follow`].
    ///
    /// # Errors
    /// [`Error::InputUnusable`] if the text, the voice or the movement cannot be used or do not fit each other,
    /// [`Error::Cancelled`].
    pub fn follow(
        &self,
        request: &SpeakRequest,
        mouth: &[MouthFrame],
        cancelled: &dyn Fn() -> bool,
    ) -> Result<Speech> {
        let mut clock = Clock::start();
        let result = follow::follow(self, request, mouth, cancelled, &mut clock);
        self.keep(clock);
        result
    }

    /// A speech that [`Self::speak`] made from `text`, whole, put together again for [`Self::dub`].
    ///
    /// # Errors
    /// [`Error::InputUnusable`] if the phones are not those of the text.
    pub fn speech(
        &self,
        text: &str,
        phones: &[TimedPhone],
        samples: Vec<f32>,
        mouth: Vec<MouthFrame>,
    ) -> Result<Speech> {
        dub::take::speech(self, text, phones, samples, mouth)
    }

    /// Gives a speech another text: only what changed is made anew, sound and mouth: [`Task::Dub`].
    ///
    /// # Errors
    /// [`Error::InputUnusable`] if the speech does not hold together, the text cannot be spoken or does not fit,
    /// [`Error::Cancelled`].
    pub fn dub(&self, edit: &Edit, cancelled: &dyn Fn() -> bool) -> Result<Dubbed> {
        dub::dub(self, edit, cancelled)
    }

    /// Makes the mouth for a recording, mono at [`SAMPLE_RATE_HZ`], piece by piece, in order: [`Task::Animate`] without its sound.
    ///
    /// `on_chunk` gets frames at 25 a second, [`SAMPLES_PER_FRAME`] samples each, and the share that is done; the last frame may
    /// reach beyond the end of the sound.
    ///
    /// # Errors
    /// [`Error::InputUnusable`] if the recording is empty or not finite, [`Error::Cancelled`], or what `on_chunk` returned.
    pub fn animate(
        &self,
        samples: &[f32],
        seed: u64,
        cancelled: &dyn Fn() -> bool,
        on_chunk: &mut dyn FnMut(Vec<MouthFrame>, f32) -> Result<()>,
    ) -> Result<()> {
        let mut clock = Clock::start();
        let result = animate::animate(self, samples, seed, cancelled, on_chunk, &mut clock);
        self.keep(clock);
        result
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
        let tokenizer = self.front_end.tokenizer();
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
            samples,
            mouth,
            fraction_done: 1.0,
        }
    }

    fn keep(&self, clock: Clock) {
        *self.timings.lock().unwrap_or_else(PoisonError::into_inner) = clock.timings;
    }
}

/// Sums up where time goes.
struct Clock {
    began: Instant,
    lap: Instant,
    timings: SynthesisTimings,
}

impl Clock {
    fn start() -> Self {
        let now = Instant::now();
        Self {
            began: now,
            lap: now,
            timings: SynthesisTimings::default(),
        }
    }

    /// Counts the time since the last call towards a stage.
    fn count(&mut self, stage: impl FnOnce(&mut SynthesisTimings) -> &mut Duration) {
        let now = Instant::now();
        *stage(&mut self.timings) += now - self.lap;
        self.lap = now;
    }

    /// Lets go of the time since the last call, which was the caller's.
    fn skip(&mut self) {
        self.lap = Instant::now();
    }

    /// A piece is ready: counts its sound, and the wait if it is the first.
    fn piece(&mut self, samples: usize) {
        if self.timings.sound.is_zero() {
            self.timings.first_chunk = self.began.elapsed();
        }
        self.timings.sound += Duration::from_secs_f64(samples as f64 / f64::from(SAMPLE_RATE_HZ));
    }
}

/// Rows of `mouth`, normalised as the model has them, to canonical units.
fn mouth_frames(model: &JamFlow, normalised: &[f32]) -> Vec<MouthFrame> {
    let config = model.config();
    let (mean, std) = (&config.motion_mean, &config.motion_std);
    let (rows, _) = normalised.as_chunks::<12>();
    rows.iter()
        .map(|row| {
            let value = |i: usize| {
                row[i] * std.get(i).copied().unwrap_or(1.0) + mean.get(i).copied().unwrap_or(0.0)
            };
            std::array::from_fn(|keypoint| std::array::from_fn(|axis| value(3 * keypoint + axis)))
        })
        .collect()
}

fn failed(stage: &'static str) -> impl Fn(candle_core::Error) -> Error {
    move |source| Error::model(stage, source)
}
