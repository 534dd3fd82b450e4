//! Text to speech and mouth, one utterance at a time, and the first ones piece by piece.

use super::captions::Captions;
use crate::audio::{HOP_LENGTH, MEL_BIN_COUNT, SAMPLE_RATE_HZ};
use crate::motion::MouthFrame;
use crate::networks::vocoder::{Excitation, Vocoder};
use crate::speech::mouth::{limit_travel, rest_until};
use crate::speech::plan::{Alignment, Conditions, LeadIn, LedIn, Prediction};
use crate::speech::segments::{GROWTH, Segment, Strategy};
use crate::speech::voice::Speaker;
use crate::speech::window::{Rows, Window};
use crate::speech::{Clock, Job, SAMPLES_PER_FRAME, SpeakRequest, SpeechChunk, SpeechError};
use crate::text::Utterance;
use crate::{Error, Result};

/// Slowest and fastest speech.
const SPEEDS: std::ops::RangeInclusive<f32> = 0.5..=2.0;
/// Silence after a paragraph, beyond the voice's own.
const PARAGRAPH_PAUSE_SECS: f64 = 0.4;

pub fn speak(
    job: Job,
    request: &SpeakRequest,
    on_chunk: &mut dyn FnMut(SpeechChunk) -> Result<()>,
    clock: &mut Clock,
) -> Result<()> {
    if !SPEEDS.contains(&request.speed) {
        return Err(Error::from(SpeechError::Speed {
            speed: request.speed,
            min: *SPEEDS.start(),
            max: *SPEEDS.end(),
        }));
    }
    let model = job.model;
    let speaker = Speaker::new(job, &request.voice, request.seed)?;
    let mut start_secs = 0.0;
    let mut utterances = model.front_end.utterances_lazily(&request.text)?.peekable();
    let mut number = 0u64;
    let mut piece_secs = job.settings.first_piece_secs;
    let mut last_mouth = MouthFrame::default();
    while let Some(utterance) = utterances.next() {
        let utterance = utterance?;
        if utterance.pause_before_secs > 0.0 {
            let share = utterance.written.start as f32 / request.text.len().max(1) as f32;
            let chunk = silence(utterance.pause_before_secs, last_mouth, share.min(0.999));
            let length = chunk.samples.len();
            last_mouth = chunk.mouth.last().copied().unwrap_or(last_mouth);
            start_secs += length as f64 / f64::from(SAMPLE_RATE_HZ);
            clock.piece(length);
            on_chunk(chunk)?;
            clock.skip();
        }
        // What follows is looked at only when this utterance is nearly done: the first one must not wait for it.
        let mut is_last = || utterances.peek().is_none();
        clock.count(|timings| &mut timings.text);
        job.check_cancelled()?;
        // Each utterance has noise of its own that follows from the one seed.
        let seed = request
            .seed
            .wrapping_add(number.wrapping_mul(0x9E37_79B9_7F4A_7C15));
        let plan = UtterancePlan::new(job, &utterance, &speaker, request.speed)?;
        clock.count(|timings| &mut timings.prosody);
        let words = utterance.words.iter();
        let words_secs: Vec<_> = words
            .map(|word| plan.alignment.span_secs(word.tokens.clone()))
            .collect();
        let strategy = match piece_secs.is_finite() {
            true => Strategy::Growing {
                words_secs: &words_secs,
                first_secs: piece_secs,
            },
            false => Strategy::Whole,
        };
        let segments = strategy.segments(&model.grid, plan.alignment.index.len());
        let mut synthesis = UtteranceSynthesis::new(job, &plan, &speaker, seed);
        let mut captions = Captions::default();
        let mut utterance_samples = 0;
        for (i, segment) in segments.iter().enumerate() {
            let ends_utterance = i + 1 == segments.len();
            synthesis.continue_with(segment)?;
            clock.count(|timings| &mut timings.flow);
            let (mut samples, mut mouth) = synthesis.take_ready(ends_utterance)?;
            clock.count(|timings| &mut timings.vocoder);
            let ends_speech = ends_utterance && is_last();
            clock.count(|timings| &mut timings.text);
            let pause_secs = if utterance.ends_paragraph && ends_utterance && !ends_speech {
                PARAGRAPH_PAUSE_SECS
            } else {
                0.0
            };
            let asked_secs = match ends_utterance {
                true => f64::from(utterance.pause_after_secs),
                false => 0.0,
            };
            let pause_secs = pause_secs + asked_secs;
            let pause = (pause_secs * f64::from(SAMPLE_RATE_HZ)) as usize;
            let frames = (samples.len() + pause).div_ceil(SAMPLES_PER_FRAME);
            samples.resize(frames * SAMPLES_PER_FRAME, 0.0);
            rest_until(&mut mouth, frames);
            last_mouth = mouth.last().copied().unwrap_or(last_mouth);
            let until_secs = match ends_utterance {
                true => f64::INFINITY,
                false => synthesis.taken_frames as f64 * SECS_PER_FRAME,
            };
            let (words, phones) = captions.next(
                model.front_end.tokenizer(),
                &utterance,
                &plan.alignment,
                start_secs,
                until_secs,
            );
            let length = samples.len();
            let fraction_done = if ends_speech {
                1.0
            } else {
                captions.fraction_done(&utterance, request.text.len())
            };
            let chunk = SpeechChunk {
                words,
                phones,
                ..SpeechChunk::new(samples, mouth, fraction_done)
            };
            clock.piece(length);
            // What follows is made while this is heard.
            piece_secs = piece_secs.max(GROWTH * length as f64 / f64::from(SAMPLE_RATE_HZ));
            on_chunk(chunk)?;
            clock.skip();
            utterance_samples += length;
        }
        start_secs += utterance_samples as f64 / f64::from(SAMPLE_RATE_HZ);
        number += 1;
    }
    Ok(())
}

const SECS_PER_FRAME: f64 = SAMPLES_PER_FRAME as f64 / SAMPLE_RATE_HZ as f64;

/// A piece without sound in which the mouth comes to rest.
fn silence(secs: f32, last: MouthFrame, fraction_done: f32) -> SpeechChunk {
    let frames = (f64::from(secs) / SECS_PER_FRAME).ceil() as usize;
    let mut mouth = vec![last];
    rest_until(&mut mouth, frames + 1);
    mouth.remove(0);
    SpeechChunk::new(vec![0.0; frames * SAMPLES_PER_FRAME], mouth, fraction_done)
}

/// How an utterance will sound.
struct UtterancePlan {
    /// When its phones come.
    alignment: Alignment,
    /// Of the reference or the lead-in before it, and of itself.
    conditions: Conditions,
    /// Audio tokens of the lead-in, which are made and thrown away.
    lead_tokens: usize,
}

impl UtterancePlan {
    fn new(job: Job, utterance: &Utterance, speaker: &Speaker, speed: f32) -> Result<Self> {
        let _span = tracing::debug_span!("prosody", phones = utterance.tokens.len()).entered();
        let model = job.model;
        // A reference is context enough.
        let lead_in = match speaker.reference {
            None => LeadIn::before(model, utterance)?,
            Some(_) => None,
        };
        let led = lead_in.as_ref().map(|it| it.phones(&utterance.tokens));
        let phones = led.as_ref().unwrap_or(&utterance.tokens);
        let prediction = Prediction::new(model, phones, &speaker.predicted_as)?;
        let speed = f64::from(speed) / speaker.style.pace;
        // Words that are marked have a pace of their own.
        let mut log_frames = prediction.log_frames.clone();
        let ahead = lead_in.as_ref().map_or(0, LeadIn::count);
        for (log, rate) in log_frames[ahead..].iter_mut().zip(&utterance.rates) {
            *log -= rate.ln();
        }
        let alignment = Alignment::new(&model.config, &log_frames, speed).ok_or_else(no_sound)?;
        let (alignment, line) = match &lead_in {
            None => (alignment, None),
            Some(lead_in) => {
                let led = lead_in.laid_out(&model.config, &model.grid, &alignment);
                let LedIn { whole, line, ahead } = led.ok_or_else(no_sound)?;
                (whole, Some((line, ahead)))
            }
        };
        let mut contour = prediction.contour(&alignment)?;
        speaker.style.apply(&mut contour);
        let conditions = match &speaker.reference {
            None => Conditions::new(model, phones, &alignment, contour)?,
            Some(reference) => Conditions::new(
                model,
                &[reference.phones.as_slice(), phones].concat(),
                &reference.alignment.followed_by(&alignment),
                [reference.contour.as_slice(), &contour].concat(),
            )?,
        };
        let (alignment, lead_tokens) = line.unwrap_or((alignment, 0));
        Ok(Self {
            conditions,
            alignment,
            lead_tokens,
        })
    }
}

fn no_sound() -> Error {
    Error::model("prosody predictor", "it gave no sound at all")
}

/// An utterance on its way from its plan to sound and movement.
struct UtteranceSynthesis<'a> {
    job: Job<'a>,
    plan: &'a UtterancePlan,
    speaker: &'a Speaker,
    excitation: Excitation,
    seed: u64,
    /// Tokens given and made so far, normalised: (tokens, token_dim).
    audio: Vec<f32>,
    /// Those that were made, as log mel: (mel frames, bins).
    mel: Vec<f32>,
    /// Motion frames given and made so far, normalised: (frames, channels).
    motion: Vec<f32>,
    /// How many numbers of `motion` were given.
    given_motion: usize,
    /// Motion frames whose sound was handed on.
    taken_frames: usize,
}

impl<'a> UtteranceSynthesis<'a> {
    fn new(job: Job<'a>, plan: &'a UtterancePlan, speaker: &'a Speaker, seed: u64) -> Self {
        let (audio, motion) = match &speaker.reference {
            Some(reference) => (reference.audio.clone(), reference.motion.clone()),
            None => (Vec::new(), Vec::new()),
        };
        Self {
            job,
            plan,
            speaker,
            excitation: Excitation::new(seed),
            seed,
            mel: Vec::new(),
            given_motion: motion.len(),
            audio,
            motion,
            taken_frames: 0,
        }
    }

    /// Makes the next segment of both streams, the ones before it given.
    fn continue_with(&mut self, segment: &Segment) -> Result<()> {
        let (model, config) = (self.job.model, &self.job.model.config);
        // A reference stands before the utterance and is seen by every segment of it.
        let reference = self.speaker.reference.as_ref();
        let ahead = reference.map_or(self.plan.lead_tokens, |reference| {
            reference.alignment.index.len()
        });
        let start = if ahead > 0 { 0 } else { segment.window.start };
        let tokens = ahead + segment.window.end - start;
        let made = ahead + segment.made.start..ahead + segment.made.end;
        let frames = config.motion_frames(tokens);
        // A window begins where tokens and motion frames meet.
        let first_frame = (start as f64 / config.tokens_per_motion_frame()).round() as usize;
        let (width, channels) = (config.token_dim(), config.motion_channels);
        let known_mel = known(&self.audio, start, tokens, width);
        let known_mouth = known(&self.motion, first_frame, frames, channels);
        let made_tokens = made.start - start..tokens;
        // The lead-in is a whole number of frames, none of which is kept.
        let lead_frames = config.motion_frames(self.plan.lead_tokens);
        let made_frames = (self.motion.len() / channels).max(lead_frames) - first_frame..frames;
        // A reference is kept on its way from noise, as in training: it carries the voice.
        let (audio, motion) = match (ahead > 0, &known_mel, &known_mouth) {
            (true, Some(mel), Some(mouth)) => (
                Rows::Infilled {
                    rows: mel,
                    gap: &made_tokens,
                },
                Rows::Infilled {
                    rows: mouth,
                    gap: &made_frames,
                },
            ),
            _ => (
                Rows::Made(known_mel.as_deref()),
                Rows::Made(known_mouth.as_deref()),
            ),
        };
        let window = Window {
            tokens,
            conditions: Some(self.plan.conditions.rows(start..start + tokens)),
            voice: self.speaker.embedding.as_deref(),
            audio,
            motion,
            heard: None,
            steps: self.job.settings.steps,
            seed: self.seed.wrapping_add(segment.made.start as u64),
            kept: Some(made.start - start..made.end - start),
        };
        let streams = window.fill(self.job)?;
        let rows = &streams.audio[(made.start - start) * width..(made.end - start) * width];
        self.audio.extend_from_slice(rows);
        let first = self.mel.len();
        self.mel.extend(model.log_mel(rows));
        if let Some(offset) = &self.speaker.timbre_offset {
            for frame in self.mel[first..].chunks_exact_mut(offset.len()) {
                for (value, more) in frame.iter_mut().zip(offset) {
                    *value += more;
                }
            }
        }
        let ends_utterance = segment.made.end == self.plan.alignment.index.len();
        if ends_utterance {
            self.last_to_whole_frame();
        }
        let until = match ends_utterance {
            true => frames,
            false => (made.end as f64 / config.tokens_per_motion_frame()) as usize - first_frame,
        };
        let from = made_frames.start;
        self.motion
            .extend_from_slice(&streams.motion[from * channels..until * channels]);
        Ok(())
    }

    /// Holds the last mel frame until a motion frame is full: the breath of the room goes on to there, where zeros would cut it off.
    fn last_to_whole_frame(&mut self) {
        let samples = (self.mel.len() / MEL_BIN_COUNT).saturating_sub(1) * HOP_LENGTH;
        let whole = samples.next_multiple_of(SAMPLES_PER_FRAME);
        let last = self.mel[self.mel.len() - MEL_BIN_COUNT..].to_vec();
        for _ in 0..(whole - samples).div_ceil(HOP_LENGTH) {
            self.mel.extend_from_slice(&last);
        }
    }

    /// Sound and mouth since the last call, as far as the sound no longer depends on what is still to be made.
    fn take_ready(&mut self, ends_utterance: bool) -> Result<(Vec<f32>, Vec<MouthFrame>)> {
        let _span = tracing::debug_span!("vocoder").entered();
        let from = self.taken_frames;
        let model = self.job.model;
        let mut mouth = model.mouth_frames(&self.motion[self.given_motion..]);
        limit_travel(&mut mouth);
        let vocoder = &model.vocoder;
        // The pitch is read from the mel that was made: the predicted one steps from token to token, and the ear hears it.
        vocoder.sing_along(&mut self.excitation, &self.mel, ends_utterance);
        let until = if ends_utterance {
            self.excitation.sample_count() / SAMPLES_PER_FRAME * SAMPLES_PER_FRAME
        } else {
            let sung = self.excitation.frame_count();
            let settled = sung.saturating_sub(1 + Vocoder::CONTEXT_FRAMES) * HOP_LENGTH;
            (settled / SAMPLES_PER_FRAME).min(mouth.len()).max(from) * SAMPLES_PER_FRAME
        };
        self.taken_frames = until / SAMPLES_PER_FRAME;
        let range = from * SAMPLES_PER_FRAME..until;
        let samples = vocoder.synthesize_part(&self.mel, 0, &self.excitation, range)?;
        let mouth = mouth.into_iter().skip(from).collect();
        Ok((samples, mouth))
    }
}

/// Rows from `first` on of what is known, followed by zeros up to `count`: (count, width). `None` if none of it is known.
fn known(made: &[f32], first: usize, count: usize, width: usize) -> Option<Vec<f32>> {
    let mut known = made[(first * width).min(made.len())..].to_vec();
    if known.is_empty() {
        return None;
    }
    known.resize(count * width, 0.0);
    Some(known)
}
