//! Text to speech and mouth, one utterance at a time, and the first ones part by part.

use candle_core::Tensor;

use super::alignment::Alignment;
use super::parts::{GROWTH, Part, parts};
use super::score::{Conditions, Prediction};
use super::speaker::Speaker;
use super::window::{Filled, Rows, Window, known_but, rows};
use super::{
    Clock, SAMPLES_PER_FRAME, SpeakRequest, SpeechChunk, Synthesizer, TimedPhone, TimedWord,
    failed, mouth_frames,
};
use crate::audio::{HOP_LENGTH, MEL_BIN_COUNT, SAMPLE_RATE_HZ};
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
    let speaker = Speaker::new(synthesizer, &request.voice, request.seed, cancelled)?;
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
        let score = Score::new(synthesizer, &utterance, &speaker, request.speed)
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
        let mut performance = Performance::new(synthesizer, &score, &speaker, seed);
        let mut shown = Shown::default();
        for (i, part) in parts.iter().enumerate() {
            let ends_utterance = i + 1 == parts.len();
            performance
                .continue_with(part, cancelled)
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

/// How an utterance will sound.
struct Score {
    /// When its phones come.
    alignment: Alignment,
    /// Of what is given before it, and of itself.
    conditions: Conditions,
}

impl Score {
    /// `None` if there is not one token's worth of sound.
    fn new(
        synthesizer: &Synthesizer,
        utterance: &Utterance,
        speaker: &Speaker,
        speed: f32,
    ) -> candle_core::Result<Option<Self>> {
        let phones = &utterance.tokens;
        let prediction = Prediction::new(synthesizer, phones, &speaker.predicted_as)?;
        let config = synthesizer.model.config();
        let speed = f64::from(speed) / speaker.manner.pace;
        let Some(alignment) = Alignment::new(config, &prediction.log_frames, speed) else {
            return Ok(None);
        };
        let mut contour = prediction.contour(&alignment)?;
        speaker.manner.apply(&mut contour);
        let conditions = match &speaker.given {
            None => Conditions::new(synthesizer, phones, &alignment, contour)?,
            Some(given) => Conditions::new(
                synthesizer,
                &[given.phones.as_slice(), phones].concat(),
                &given.alignment.followed_by(&alignment),
                [given.contour.as_slice(), &contour].concat(),
            )?,
        };
        Ok(Some(Self {
            conditions,
            alignment,
        }))
    }
}

/// An utterance on its way from its score to sound and movement.
struct Performance<'a> {
    synthesizer: &'a Synthesizer,
    score: &'a Score,
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

impl<'a> Performance<'a> {
    fn new(
        synthesizer: &'a Synthesizer,
        score: &'a Score,
        speaker: &'a Speaker,
        seed: u64,
    ) -> Self {
        let (audio, motion) = match &speaker.given {
            Some(given) => (given.audio.clone(), given.motion.clone()),
            None => (Vec::new(), Vec::new()),
        };
        Self {
            synthesizer,
            score,
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

    /// Makes the next part of both streams, the ones before it given. `None` if cancelled.
    fn continue_with(
        &mut self,
        part: &Part,
        cancelled: &dyn Fn() -> bool,
    ) -> candle_core::Result<Option<()>> {
        let config = self.synthesizer.model.config();
        // What is given stands before the utterance and is seen by every part of it.
        let given = self.speaker.given.as_ref();
        let given = given.map_or(0, |given| given.alignment.index.len());
        let start = if given > 0 { 0 } else { part.window.start };
        let tokens = given + part.window.end - start;
        let made = given + part.made.start..given + part.made.end;
        let frames = config.motion_frames(tokens);
        // A window begins where tokens and motion frames meet.
        let first_frame = (start as f64 / config.tokens_per_motion_frame()).round() as usize;
        let known_mel = known(&self.audio, start, tokens, config.token_dim())?;
        let known_mouth = known(&self.motion, first_frame, frames, config.motion_channels)?;
        // A reference is kept on its way from noise, as in training: it carries the voice.
        let known_tokens = known_but(&(made.start - start..tokens), tokens)?;
        let known_frames = self.motion.len() / config.motion_channels - first_frame;
        let known_frames = known_but(&(known_frames..frames), frames)?;
        let (audio, motion) = match (given > 0, &known_mel, &known_mouth) {
            (true, Some(mel), Some(mouth)) => (
                Rows::Infilled(mel, &known_tokens),
                Rows::Infilled(mouth, &known_frames),
            ),
            _ => (
                Rows::Made(known_mel.as_ref()),
                Rows::Made(known_mouth.as_ref()),
            ),
        };
        let window = Window {
            tokens,
            conditions: Some(&self.score.conditions.narrow(start, tokens)?),
            voice: self.speaker.embedding.as_ref(),
            audio,
            motion,
            steps: self.synthesizer.settings.steps,
            seed: self.seed.wrapping_add(part.made.start as u64),
        };
        let Some(Filled { audio, motion }) = window.fill(self.synthesizer, cancelled)? else {
            return Ok(None);
        };
        let width = config.token_dim();
        let rows = &audio[(made.start - start) * width..(made.end - start) * width];
        self.audio.extend_from_slice(rows);
        let (mean, std) = (config.mel_mean as f32, config.mel_std as f32);
        let first = self.mel.len();
        self.mel.extend(rows.iter().map(|x| x * std + mean));
        if let Some(colour) = &self.speaker.colour {
            for frame in self.mel[first..].chunks_exact_mut(colour.len()) {
                for (value, more) in frame.iter_mut().zip(colour) {
                    *value += more;
                }
            }
        }
        let channels = config.motion_channels;
        let ends_utterance = part.made.end == self.score.alignment.index.len();
        if ends_utterance {
            self.last_to_whole_frame();
        }
        let until = match ends_utterance {
            true => frames,
            false => (made.end as f64 / config.tokens_per_motion_frame()) as usize - first_frame,
        };
        let from = self.motion.len() / channels - first_frame;
        self.motion
            .extend_from_slice(&motion[from * channels..until * channels]);
        Ok(Some(()))
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
    fn take_ready(&mut self, ends_utterance: bool) -> (Vec<f32>, Vec<MouthFrame>) {
        let from = self.taken_frames;
        let mouth = mouth_frames(&self.synthesizer.model, &self.motion[self.given_motion..]);
        let vocoder = &self.synthesizer.vocoder;
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
        let samples = vocoder.synthesize_part(&self.mel, 0, &self.excitation, range);
        let mouth = mouth.into_iter().skip(from).collect();
        (samples, mouth)
    }
}

/// Rows from `first` on of what is known, followed by zeros up to `count`: (1, count, width). `None` if none of it is known.
fn known(
    made: &[f32],
    first: usize,
    count: usize,
    width: usize,
) -> candle_core::Result<Option<Tensor>> {
    let mut given = made[(first * width).min(made.len())..].to_vec();
    if given.is_empty() {
        return Ok(None);
    }
    given.resize(count * width, 0.0);
    rows(&given, width).map(Some)
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
