//! Text to speech and mouth, one utterance at a time.

use candle_core::{Device, Tensor};

use super::alignment::Alignment;
use super::{
    Clock, SAMPLES_PER_FRAME, SpeakRequest, SpeechChunk, Synthesizer, TimedPhone, TimedWord,
    failed, mouth_frames,
};
use crate::audio::SAMPLE_RATE_HZ;
use crate::jam_flow::model::{AudioCondition, Exchange, JamFlow, MotionCondition, Timeline};
use crate::jam_flow::sampler::{Sampling, StreamTask, Task, sample};
use crate::jam_flow::schedule::{sway, uniform};
use crate::motion::MouthFrame;
use crate::text::Utterance;
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
    let weights = voice_weights(synthesizer.voices(), request.voice.as_deref())?;
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
    while let Some(utterance) = utterances.next() {
        let utterance = utterance?;
        let is_last = utterances.peek().is_none();
        clock.count(|timings| &mut timings.text);
        if cancelled() {
            return Err(Error::Cancelled);
        }
        // Each utterance has noise of its own that follows from the one seed.
        let seed = request
            .seed
            .wrapping_add(number.wrapping_mul(0x9E37_79B9_7F4A_7C15));
        let speed = f64::from(request.speed);
        let spoken = say(
            synthesizer,
            &utterance.tokens,
            &voice,
            speed,
            seed,
            cancelled,
            clock,
        )?;
        let pause_secs = if utterance.ends_paragraph && !is_last {
            PARAGRAPH_PAUSE_SECS
        } else {
            0.0
        };
        let chunk = chunk(
            synthesizer,
            request,
            &utterance,
            spoken,
            start_secs,
            pause_secs,
            is_last,
        );
        start_secs += chunk.samples.len() as f64 / f64::from(SAMPLE_RATE_HZ);
        clock.piece(chunk.samples.len());
        on_chunk(chunk)?;
        clock.skip();
        number += 1;
    }
    Ok(())
}

/// Sound, mouth and times of one utterance.
struct Spoken {
    samples: Vec<f32>,
    mouth: Vec<MouthFrame>,
    alignment: Alignment,
}

/// The model's normalised outputs and the pitch that they were made with.
struct Flowed {
    audio: Tensor,
    motion: Tensor,
    pitch_hz: Vec<f32>,
}

fn say(
    synthesizer: &Synthesizer,
    phones: &[u32],
    voice: &Tensor,
    speed: f64,
    seed: u64,
    cancelled: &dyn Fn() -> bool,
    clock: &mut Clock,
) -> Result<Spoken> {
    let model = &synthesizer.model;
    let predictor = model
        .prosody()
        .expect("a synthesizer is loaded only with prosody");
    let stage = failed("prosody predictor");
    let (features, log_frames) = predictor.phones(phones, voice).map_err(&stage)?;
    let Some(alignment) = Alignment::new(model.config(), &log_frames, speed) else {
        return Err(Error::model("prosody predictor", "it gave no sound at all"));
    };
    let tokens = alignment.index.len();
    let progress = Tensor::new(alignment.progress.as_slice(), &Device::Cpu)
        .and_then(|progress| progress.reshape((1, tokens, 2)))
        .map_err(&stage)?;
    let contour = predictor
        .tokens(&features, &alignment.index, &progress)
        .and_then(|contour| contour.flatten_all()?.to_vec1::<f32>())
        .map_err(&stage)?;
    clock.count(|timings| &mut timings.prosody);

    let flowed = flow(
        synthesizer,
        phones,
        voice,
        &alignment,
        &progress,
        contour,
        seed,
        cancelled,
    )
    .map_err(failed("joint model"))?
    .ok_or(Error::Cancelled)?;
    clock.count(|timings| &mut timings.flow);

    let mel = denormalised_mel(model, &flowed.audio).map_err(failed("joint model"))?;
    let samples = synthesizer
        .vocoder
        .synthesize(&mel, Some(&flowed.pitch_hz), seed)?;
    let motion = flowed
        .motion
        .flatten_all()
        .and_then(|motion| motion.to_vec1::<f32>());
    let mouth = mouth_frames(model, &motion.map_err(failed("joint model"))?);
    clock.count(|timings| &mut timings.vocoder);
    Ok(Spoken {
        samples,
        mouth,
        alignment,
    })
}

#[expect(
    clippy::too_many_arguments,
    reason = "one call, in the order of the data flow"
)]
fn flow(
    synthesizer: &Synthesizer,
    phones: &[u32],
    voice: &Tensor,
    alignment: &Alignment,
    progress: &Tensor,
    mut contour: Vec<f32>,
    seed: u64,
    cancelled: &dyn Fn() -> bool,
) -> candle_core::Result<Option<Flowed>> {
    let (model, settings) = (&synthesizer.model, &synthesizer.settings);
    let config = model.config();
    let tokens = alignment.index.len();
    let motion_frames = config.motion_frames(tokens);
    let mut pitch_hz = Vec::with_capacity(tokens * config.patch_size);
    for row in contour.chunks_exact_mut(config.prosody_channels) {
        // Pitch of voiced sound only; voicing comes as a logit and goes on as 0 or 1.
        let is_voiced = row[1] > 0.0;
        let log_pitch = f64::from(row[0]) * config.log_pitch_std + config.log_pitch_mean;
        row[1] = f32::from(u8::from(is_voiced));
        row[0] *= row[1];
        let hz = if is_voiced {
            log_pitch.exp() as f32
        } else {
            0.0
        };
        pitch_hz.extend(std::iter::repeat_n(hz, config.patch_size));
    }
    let prosody = Tensor::from_vec(contour, (1, tokens, config.prosody_channels), &Device::Cpu)?;
    let text = model.text(phones, tokens, &alignment.index)?;
    let condition = AudioCondition {
        mel: None,
        text: Some(&text),
        progress: Some(progress),
        prosody: Some(&prosody),
        voice: Some(voice),
    };
    let condition = model.audio_condition(tokens, &condition)?;
    let null_condition = model.audio_condition(tokens, &AudioCondition::default())?;
    let motion = model.motion_condition(motion_frames, &MotionCondition::default())?;
    let sampling = Sampling {
        timeline: &Timeline::new(config, tokens, motion_frames),
        times: &sway(&uniform(settings.steps), settings.sway_sampling_coef),
        seed,
        exchange: Exchange::BOTH,
        audio: StreamTask {
            task: Task::Generate,
            condition: &condition,
            null_condition: &null_condition,
            guidance: settings.guidance,
        },
        motion: Some(StreamTask {
            task: Task::Generate,
            condition: &motion,
            null_condition: &motion,
            guidance: settings.guidance,
        }),
    };
    Ok(sample(model, &sampling, cancelled)?.and_then(|sampled| {
        Some(Flowed {
            audio: sampled.audio,
            motion: sampled.motion?,
            pitch_hz,
        })
    }))
}

/// (1, n, patch·bins) normalised → (n·patch, bins) log mel, row-major.
fn denormalised_mel(model: &JamFlow, audio: &Tensor) -> candle_core::Result<Vec<f32>> {
    let config = model.config();
    ((audio * config.mel_std)? + config.mel_mean)?
        .flatten_all()?
        .to_vec1()
}

/// Puts an utterance on the clock of the whole speech and rounds its sound up to whole frames.
fn chunk(
    synthesizer: &Synthesizer,
    request: &SpeakRequest,
    utterance: &Utterance,
    spoken: Spoken,
    start_secs: f64,
    pause_secs: f64,
    is_last: bool,
) -> SpeechChunk {
    let Spoken {
        mut samples,
        mut mouth,
        alignment,
    } = spoken;
    let pause = (pause_secs * f64::from(SAMPLE_RATE_HZ)) as usize;
    let frames = (samples.len() + pause).div_ceil(SAMPLES_PER_FRAME);
    samples.resize(frames * SAMPLES_PER_FRAME, 0.0);
    rest_until(&mut mouth, frames);
    let on_clock = |range| {
        let (start, end) = alignment.span_secs(range);
        (start_secs + start, start_secs + end)
    };
    let words = utterance.words.iter().map(|word| {
        let (start_secs, end_secs) = on_clock(word.tokens.clone());
        TimedWord {
            text: word.text.clone(),
            start_secs,
            end_secs,
        }
    });
    let tokenizer = synthesizer.front_end.tokenizer();
    let phones = utterance
        .tokens
        .iter()
        .enumerate()
        .filter_map(|(i, &token)| {
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
    SpeechChunk {
        words: words.collect(),
        phones: phones.collect(),
        samples,
        mouth,
        fraction_done: if is_last {
            1.0
        } else {
            // Never quite 1 before the end: callers take 1 for the last piece.
            (utterance.written.end as f32 / request.text.len().max(1) as f32).min(0.999)
        },
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

/// `af_heart`, or a mix `0.6*af_heart+0.4*af_bella` whose weights are made to sum to 1.
fn voice_weights(voices: &[String], request: Option<&str>) -> Result<Vec<f32>> {
    let unusable = |reason: String| {
        let known = voices.join(", ");
        Error::InputUnusable(format!(
            "{reason}: give one of {known}, or a mix such as 0.6*a+0.4*b"
        ))
    };
    let mut weights = vec![0.0; voices.len()];
    let Some(request) = request else {
        weights[0] = 1.0;
        return Ok(weights);
    };
    for part in request.split('+') {
        let (weight, name) = part.split_once('*').unwrap_or(("1", part));
        let name = name.trim();
        let weight: f32 = match weight.trim().parse() {
            Ok(weight) if weight > 0.0 && weight <= 1000.0 => weight,
            _ => {
                return Err(unusable(format!(
                    "\"{}\" is no weight of a voice",
                    weight.trim()
                )));
            }
        };
        let Some(at) = voices.iter().position(|voice| voice == name) else {
            return Err(unusable(format!("there is no voice \"{name}\"")));
        };
        weights[at] += weight;
    }
    let total: f32 = weights.iter().sum();
    weights.iter_mut().for_each(|weight| *weight /= total);
    Ok(weights)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn voices_and_mixes() {
        let voices = ["a", "b", "c"].map(String::from);
        let weights = |request| voice_weights(&voices, request).unwrap();
        assert_eq!(weights(None), [1.0, 0.0, 0.0]);
        assert_eq!(weights(Some("b")), [0.0, 1.0, 0.0]);
        assert_eq!(weights(Some("3*a + 1*c")), [0.75, 0.0, 0.25]);
        for wrong in ["d", "", "0*a", "-1*a", "x*a", "nan*a", "a+"] {
            let error = voice_weights(&voices, Some(wrong)).unwrap_err().to_string();
            assert!(error.contains("a, b, c"), "{wrong}: {error}");
        }
    }

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
