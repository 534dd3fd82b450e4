//! The turns of a dialogue spoken one after the other, as one speech.

use std::collections::BTreeMap;

use engine::{Error, SpeakRequest, SpeakerTurn, SpeechChunk, Synthesizer, Voice};

use super::{Dialogue, ScriptError};
use crate::avatar::Everybody;
use crate::texts::text;
use crate::wording::words;

/// One turn, ready to be spoken.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    /// Number of the speaker's face, counted from the left from 1 on.
    pub face: usize,
    /// What subtitles call them.
    pub label: String,
    /// The words.
    pub text: String,
    /// The voice.
    pub voice: String,
}

/// The turns in order. Where people are shown, everybody who speaks must be among them.
///
/// # Errors
/// [`ScriptError`] for the first turn whose face cannot speak.
pub fn lines(
    dialogue: &Dialogue,
    voices: &BTreeMap<usize, String>,
    people: Option<&Everybody>,
) -> Result<Vec<Line>, ScriptError> {
    let lines = dialogue.turns.iter().map(|turn| {
        if let Some(people) = people
            && people.index_of(turn.face).is_none()
        {
            return Err(ScriptError {
                line: turn.line,
                problem: why_not(people, turn.face),
            });
        }
        Ok(Line {
            face: turn.face,
            label: dialogue.label(turn.face),
            text: turn.text.clone(),
            voice: voices.get(&turn.face).cloned().unwrap_or_default(),
        })
    });
    lines.collect()
}

/// Why a face cannot speak.
fn why_not(people: &Everybody, face: usize) -> String {
    let left_out = people.left_out.iter().find(|(number, _)| *number == face);
    match (left_out, people.face_count()) {
        (Some((_, reason)), _) => text!(
            "dialogue-face-left-out",
            face = face,
            reason = words(reason)
        ),
        (None, 1) => text!("dialogue-only-face", face = face),
        (None, count) => {
            text!("dialogue-no-face", face = face, count = count)
        }
    }
}

/// Speaks the lines in order, piece by piece; the quiet between two turns is what voices leave before and after their words, about half
/// a second. Every turn has a seed that follows from `seed`.
///
/// # Errors
/// As [`Synthesizer::speak`].
pub fn perform(
    synthesizer: &Synthesizer,
    lines: &[Line],
    seed: u64,
    speed: f32,
    cancelled: &dyn Fn() -> bool,
    on_chunk: &mut dyn FnMut(SpeechChunk) -> engine::Result<()>,
) -> engine::Result<()> {
    let total: usize = lines.iter().map(|line| line.text.len()).sum();
    let (mut said, mut samples) = (0, 0);
    for (number, line) in (0_u64..).zip(lines) {
        if cancelled() {
            return Err(Error::Cancelled);
        }
        let request = SpeakRequest {
            text: line.text.clone(),
            voice: Voice::Named(line.voice.clone()),
            seed: seed.wrapping_add(number),
            speed,
        };
        let part = |fraction: f32, said: usize| {
            (said as f32 + fraction * line.text.len() as f32) / total.max(1) as f32
        };
        let start_secs = samples as f64 / f64::from(engine::audio::SAMPLE_RATE_HZ);
        let mut begins = Some(line.label.clone());
        synthesizer.speak(&request, cancelled, &mut |mut chunk| {
            samples += chunk.samples.len();
            chunk.fraction_done = part(chunk.fraction_done, said).min(1.0);
            chunk.turn = Some(SpeakerTurn {
                face: line.face,
                begins: begins.take(),
            });
            on_chunk(later(chunk, start_secs))
        })?;
        said += line.text.len();
    }
    Ok(())
}

fn later(mut chunk: SpeechChunk, by_secs: f64) -> SpeechChunk {
    for word in &mut chunk.words {
        word.start_secs += by_secs;
        word.end_secs += by_secs;
    }
    for phone in &mut chunk.phones {
        phone.start_secs += by_secs;
        phone.end_secs += by_secs;
    }
    chunk
}
