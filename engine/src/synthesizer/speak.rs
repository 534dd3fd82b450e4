//! Text to speech and mouth, one utterance at a time, and the first ones part by part.

use std::ops::Range;

use candle_core::{Device, Tensor};

use super::alignment::Alignment;
use super::parts::{GROWTH, Part, parts};
use super::voices::voice_weights;
use super::{
    Clock, SAMPLES_PER_FRAME, SpeakRequest, SpeechChunk, Synthesizer, TimedPhone, TimedWord,
    failed, mouth_frames,
};
use crate::audio::{HOP_LENGTH, SAMPLE_RATE_HZ};
use crate::jam_flow::Config;
use crate::jam_flow::model::{AudioCondition, Exchange, MotionCondition, Timeline};
use crate::jam_flow::sampler::{Sampling, StreamTask, Task, sample};
use crate::jam_flow::schedule::{sway, uniform};
use crate::motion::MouthFrame;
use crate::text::Utterance;
use crate::vocoder::{Excitation, Vocoder};
use crate::{Error, Result};

/// Slowest and fastest speech.
const SPEEDS: std::ops::RangeInclusive<f32> = 0.5..=2.0;
/// Silence after a paragraph, beyond the voice's own.
const PARAGRAPH_PAUSE_SECS: f64 = 0.4;
/// How fast the mouth comes to rest where frames must be made up: a third a frame.
const REST_DECAY: f32 = 2.0 / 3.0;

pub(super) fn speak(
    synthesizer: &Synthesizer,
    request: &SpeakRequest,
    cancelled: &dyn Fn() -> bool,
    on_chunk: &mut dyn FnMut(SpeechChunk) -> Result<()>,
    clock: &mut Clock,
) -> Result<()> {
    if !SPEEDS.contains(&request.speed) {
        return Err(Error::InputUnusable(format!(
            "the speed is {} and must lie in {} to {}",
            request.speed,
            SPEEDS.start(),
            SPEEDS.end()
        )));
    }
    let voice = request
        .voice
        .as_deref()
        .unwrap_or(synthesizer.default_voice());
    let weights = voice_weights(synthesizer.voices(), voice)?;
    let voice = synthesizer
        .model
        .voice(&weights)
        .map_err(failed("joint model"))?
        .expect("a synthesizer is loaded only with voices");
    let mut start_secs = 0.0;
    let mut utterances = synthesizer
        .front_end
        .utterances_lazily(&request.text)?
        .peekable();
    let mut number = 0u64;
    let mut piece_secs = synthesizer.settings.first_piece_secs;
    while let Some(utterance) = utterances.next() {
        let utterance = utterance?;
        // What follows is looked at only when this utterance is nearly done: the first one must not wait for it.
        let mut is_last = || utterances.peek().is_none();
        clock.count(|timings| &mut timings.text);
        if cancelled() {
            return Err(Error::Cancelled);
        }
        // Each utterance has noise of its own that follows from the one seed.
        let seed = request
            .seed
            .wrapping_add(number.wrapping_mul(0x9E37_79B9_7F4A_7C15));
        let score = Score::new(synthesizer, &utterance, &voice, request.speed)
            .map_err(failed("prosody predictor"))?
            .ok_or_else(|| Error::model("prosody predictor", "it gave no sound at all"))?;
        clock.count(|timings| &mut timings.prosody);
        let words = utterance.words.iter().map(|word| word.tokens.clone());
        let parts = parts(
            synthesizer.model.config(),
            &score.alignment,
            words,
            piece_secs,
        );
        let mut performance = Performance::new(synthesizer, &score, seed);
        let mut shown = Shown::default();
        for (i, part) in parts.iter().enumerate() {
            let ends_utterance = i + 1 == parts.len();
            performance
                .continue_with(part, &voice, cancelled)
                .map_err(failed("joint model"))?
                .ok_or(Error::Cancelled)?;
            clock.count(|timings| &mut timings.flow);
            let (mut samples, mut mouth) = performance.take_ready(ends_utterance);
            clock.count(|timings| &mut timings.vocoder);
            let ends_speech = ends_utterance && is_last();
            clock.count(|timings| &mut timings.text);
            let pause_secs = if utterance.ends_paragraph && ends_utterance && !ends_speech {
                PARAGRAPH_PAUSE_SECS
            } else {
                0.0
            };
            let pause = (pause_secs * f64::from(SAMPLE_RATE_HZ)) as usize;
            let frames = (samples.len() + pause).div_ceil(SAMPLES_PER_FRAME);
            samples.resize(frames * SAMPLES_PER_FRAME, 0.0);
            rest_until(&mut mouth, frames);
            let until_secs = match ends_utterance {
                true => f64::INFINITY,
                false => performance.taken_frames as f64 * SECS_PER_FRAME,
            };
            let (words, phones) = shown.next(
                synthesizer,
                &utterance,
                &score.alignment,
                start_secs,
                until_secs,
            );
            let length = samples.len();
            let chunk = SpeechChunk {
                words,
                phones,
                samples,
                mouth,
                fraction_done: if ends_speech {
                    1.0
                } else {
                    shown.fraction_done(&utterance, request.text.len())
                },
            };
            clock.piece(length);
            // What follows is made while this is heard.
            piece_secs = piece_secs.max(GROWTH * length as f64 / f64::from(SAMPLE_RATE_HZ));
            on_chunk(chunk)?;
            clock.skip();
            shown.samples += length;
        }
        start_secs += shown.samples as f64 / f64::from(SAMPLE_RATE_HZ);
        number += 1;
    }
    Ok(())
}

const SECS_PER_FRAME: f64 = SAMPLES_PER_FRAME as f64 / SAMPLE_RATE_HZ as f64;

/// How an utterance will sound, before a single mel frame is made: when each phone comes, and on which melody.
struct Score {
    alignment: Alignment,
    /// (1, n, text_dim).
    text: Tensor,
    /// (1, n, 2).
    progress: Tensor,
    /// (1, n, prosody_channels).
    prosody: Tensor,
}

impl Score {
    /// `None` if there is not one token's worth of sound.
    fn new(
        synthesizer: &Synthesizer,
        utterance: &Utterance,
        voice: &Tensor,
        speed: f32,
    ) -> candle_core::Result<Option<Self>> {
        let model = &synthesizer.model;
        let config = model.config();
        let predictor = model
            .prosody()
            .expect("a synthesizer is loaded only with prosody");
        let (features, log_frames) = predictor.phones(&utterance.tokens, voice)?;
        let Some(alignment) = Alignment::new(config, &log_frames, f64::from(speed)) else {
            return Ok(None);
        };
        let tokens = alignment.index.len();
        let progress = Tensor::new(alignment.progress.as_slice(), &Device::Cpu)?;
        let progress = progress.reshape((1, tokens, 2))?;
        let contour = predictor.tokens(&features, &alignment.index, &progress)?;
        let mut contour: Vec<f32> = contour.flatten_all()?.to_vec1()?;
        settle_contour(config, &mut contour);
        let shape = (1, tokens, config.prosody_channels);
        Ok(Some(Self {
            text: model.text(&utterance.tokens, tokens, &alignment.index)?,
            prosody: Tensor::from_vec(contour, shape, &Device::Cpu)?,
            progress,
            alignment,
        }))
    }
}

/// Makes voicing in the predicted rows (n, prosody_channels), which comes as a logit, 0 or 1, and pitch 0 where unvoiced.
fn settle_contour(config: &Config, contour: &mut [f32]) {
    for row in contour.chunks_exact_mut(config.prosody_channels) {
        row[1] = f32::from(u8::from(row[1] > 0.0));
        row[0] *= row[1];
    }
}

/// An utterance on its way from its score to sound and movement.
struct Performance<'a> {
    synthesizer: &'a Synthesizer,
    score: &'a Score,
    excitation: Excitation,
    seed: u64,
    /// Tokens made so far, normalised: (tokens, token_dim).
    audio: Vec<f32>,
    /// The same as log mel: (mel frames, bins).
    mel: Vec<f32>,
    /// Motion frames made so far, normalised: (frames, channels).
    motion: Vec<f32>,
    /// Motion frames whose sound was handed on.
    taken_frames: usize,
}

impl<'a> Performance<'a> {
    fn new(synthesizer: &'a Synthesizer, score: &'a Score, seed: u64) -> Self {
        Self {
            synthesizer,
            score,
            excitation: Excitation::new(seed),
            seed,
            audio: Vec::new(),
            mel: Vec::new(),
            motion: Vec::new(),
            taken_frames: 0,
        }
    }

    /// Makes the next part of both streams, the ones before it given. `None` if cancelled.
    fn continue_with(
        &mut self,
        part: &Part,
        voice: &Tensor,
        cancelled: &dyn Fn() -> bool,
    ) -> candle_core::Result<Option<()>> {
        let (model, settings) = (&self.synthesizer.model, &self.synthesizer.settings);
        let config = model.config();
        let guidance = settings.guidance.unwrap_or(config.default_guidance);
        let Range { start, end } = part.window;
        let tokens = end - start;
        let frames = config.motion_frames(tokens);
        // A window begins where tokens and motion frames meet.
        let first_frame = (start as f64 / config.tokens_per_motion_frame()).round() as usize;
        let window = |x: &Tensor| x.narrow(1, start, tokens);
        let known_mel = known(&self.audio, start, tokens, config.token_dim())?;
        let known_mouth = known(&self.motion, first_frame, frames, config.motion_channels)?;
        let condition = AudioCondition {
            mel: known_mel.as_ref(),
            text: Some(&window(&self.score.text)?),
            progress: Some(&window(&self.score.progress)?),
            prosody: Some(&window(&self.score.prosody)?),
            voice: Some(voice),
        };
        let condition = model.audio_condition(tokens, &condition)?;
        let null_condition = model.audio_condition(tokens, &AudioCondition::default())?;
        let null_motion = model.motion_condition(frames, &MotionCondition::default())?;
        let motion = MotionCondition {
            mouth: known_mouth.as_ref(),
            rest: None,
        };
        let motion = model.motion_condition(frames, &motion)?;
        let sampling = Sampling {
            timeline: &Timeline::new(config, tokens, frames),
            times: &sway(&uniform(settings.steps), settings.sway_sampling_coef),
            seed: self.seed.wrapping_add(part.made.start as u64),
            exchange: Exchange::BOTH,
            audio: StreamTask {
                task: Task::Generate,
                condition: &condition,
                null_condition: &null_condition,
                guidance,
            },
            motion: Some(StreamTask {
                task: Task::Generate,
                condition: &motion,
                null_condition: &null_motion,
                guidance,
            }),
        };
        let Some(sampled) = sample(model, &sampling, cancelled)? else {
            return Ok(None);
        };
        let audio: Vec<f32> = sampled.audio.flatten_all()?.to_vec1()?;
        let made = part.made.start - start..part.made.end - start;
        let made = &audio[made.start * config.token_dim()..made.end * config.token_dim()];
        self.audio.extend_from_slice(made);
        let (mean, std) = (config.mel_mean as f32, config.mel_std as f32);
        self.mel.extend(made.iter().map(|x| x * std + mean));
        if let Some(motion) = sampled.motion {
            let motion: Vec<f32> = motion.flatten_all()?.to_vec1()?;
            let channels = config.motion_channels;
            let ends_utterance = part.made.end == self.score.alignment.index.len();
            let until = match ends_utterance {
                true => frames,
                false => {
                    (part.made.end as f64 / config.tokens_per_motion_frame()) as usize - first_frame
                }
            };
            let from = self.motion.len() / channels - first_frame;
            self.motion
                .extend_from_slice(&motion[from * channels..until * channels]);
        }
        Ok(Some(()))
    }

    /// Sound and mouth since the last call, as far as the sound no longer depends on what is still to be made.
    fn take_ready(&mut self, ends_utterance: bool) -> (Vec<f32>, Vec<MouthFrame>) {
        let from = self.taken_frames;
        let mouth = mouth_frames(&self.synthesizer.model, &self.motion);
        let vocoder = &self.synthesizer.vocoder;
        // The pitch is read from the mel that was made: the predicted one steps from token to token, and the ear hears it.
        vocoder.sing_along(&mut self.excitation, &self.mel, ends_utterance);
        let until = if ends_utterance {
            self.excitation.sample_count()
        } else {
            let sung = self.excitation.frame_count();
            let settled = sung.saturating_sub(1 + Vocoder::CONTEXT_FRAMES) * HOP_LENGTH;
            (settled / SAMPLES_PER_FRAME).min(mouth.len()).max(from) * SAMPLES_PER_FRAME
        };
        self.taken_frames = until / SAMPLES_PER_FRAME;
        let range = from * SAMPLES_PER_FRAME..until;
        let samples = vocoder.synthesize_part(&self.mel, 0, &self.excitation, range);
        let mouth = mouth.into_iter().skip(from).collect();
        (samples, mouth)
    }
}

/// Rows from `first` on of what is known, followed by zeros up to `count`: (1, count, width). `None` if none of it is known.
fn known(
    rows: &[f32],
    first: usize,
    count: usize,
    width: usize,
) -> candle_core::Result<Option<Tensor>> {
    let mut given = rows[(first * width).min(rows.len())..].to_vec();
    if given.is_empty() {
        return Ok(None);
    }
    given.resize(count * width, 0.0);
    Tensor::from_vec(given, (1, count, width), &Device::Cpu).map(Some)
}

/// How far an utterance's words and phones have been handed on.
#[derive(Default)]
struct Shown {
    words: usize,
    phones: usize,
    samples: usize,
}

impl Shown {
    /// The words and phones that begin before `until_secs` of the utterance, which itself begins at `start_secs`.
    fn next(
        &mut self,
        synthesizer: &Synthesizer,
        utterance: &Utterance,
        alignment: &Alignment,
        start_secs: f64,
        until_secs: f64,
    ) -> (Vec<TimedWord>, Vec<TimedPhone>) {
        let begins = |phone: usize| alignment.span_secs(phone..phone).0 < until_secs;
        let on_clock = |range| {
            let (start, end) = alignment.span_secs(range);
            (start_secs + start, start_secs + end)
        };
        let words: Vec<TimedWord> = utterance.words[self.words..]
            .iter()
            .take_while(|word| begins(word.tokens.start))
            .map(|word| {
                let (start_secs, end_secs) = on_clock(word.tokens.clone());
                TimedWord {
                    text: word.text.clone(),
                    start_secs,
                    end_secs,
                }
            })
            .collect();
        let tokenizer = synthesizer.front_end.tokenizer();
        let first_phone = self.phones;
        let tokens = utterance.tokens[first_phone..].iter().enumerate();
        let tokens: Vec<(usize, u32)> = tokens
            .map(|(i, &token)| (first_phone + i, token))
            .take_while(|(i, _)| begins(*i))
            .collect();
        self.words += words.len();
        self.phones += tokens.len();
        let phones = tokens.into_iter().filter_map(|(i, token)| {
            if tokenizer.is_silence(token) {
                return None;
            }
            let (start_secs, end_secs) = on_clock(i..i + 1);
            Some(TimedPhone {
                phone: tokenizer.text(token)?,
                start_secs,
                end_secs,
            })
        });
        (words, phones.collect())
    }

    /// Share of the text that was handed on; never quite 1, which callers take for the last piece.
    fn fraction_done(&self, utterance: &Utterance, text_bytes: usize) -> f32 {
        let written = match self.words {
            0 => utterance.written.start,
            count if count == utterance.words.len() => utterance.written.end,
            count => utterance.words[count - 1].written.end,
        };
        (written as f32 / text_bytes.max(1) as f32).min(0.999)
    }
}

/// Cuts or lengthens to `frames`, the mouth coming to rest where there is nothing to follow.
pub(super) fn rest_until(mouth: &mut Vec<MouthFrame>, frames: usize) {
    mouth.truncate(frames);
    while mouth.len() < frames {
        let last = mouth.last().copied().unwrap_or_default();
        mouth.push(last.map(|delta| delta.map(|value| value * REST_DECAY)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mouth_comes_to_rest() {
        let mut mouth = vec![[[0.9; 3]; 4]];
        rest_until(&mut mouth, 4);
        assert_eq!(mouth.len(), 4);
        assert!((mouth[3][0][0] - 0.9 * 8.0 / 27.0).abs() < 1e-6);
        rest_until(&mut mouth, 2);
        assert_eq!(mouth.len(), 2);
    }
}
