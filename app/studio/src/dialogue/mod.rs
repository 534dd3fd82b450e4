//! A dialogue: lines that several faces of one picture say in turn, each in a voice of its own.
//!
//! ```text
//! 1 = Anna (af_heart)
//! 1: Good morning!
//! 2 (am_michael): Good morning to you.
//! Did you sleep well?
//! Anna: Like a stone.
//! ```
//!
//! A line begins a turn if it begins with the number of a face, or with a name that was given to one, and a colon. Any other line goes on
//! with the turn before it. Faces count from the left, as `inspect` counts them. A voice is named once, anywhere.

mod turns;
mod voices;

pub use turns::{Line, lines, perform};
pub use voices::{voice_numbers, with_voices};

use std::collections::BTreeMap;

use crate::texts::text;

/// Highest number of a face; no picture shows more.
const MAX_FACES: usize = 99;
/// Characters of a name, at most.
const NAME_CHARACTERS: usize = 40;

/// Somebody who speaks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Speaker {
    /// Given name, if one was given.
    pub name: Option<String>,
    /// Voice and the line that names it, if one does.
    pub voice: Option<(String, usize)>,
}

/// What one face says at one time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Turn {
    /// Number of the line that begins it, from 1 on.
    pub line: usize,
    /// Number of the face, from 1 on.
    pub face: usize,
    /// The words.
    pub text: String,
}

/// Who says what.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Dialogue {
    /// In order, at least one.
    pub turns: Vec<Turn>,
    /// By the number of the face: everybody who speaks, or has a name.
    pub speakers: BTreeMap<usize, Speaker>,
}

/// What is wrong with a script, for the user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScriptError {
    /// Number of the line, from 1 on.
    pub line: usize,
    /// What is wrong with it and what to do.
    pub problem: String,
}

impl std::error::Error for ScriptError {}

impl std::fmt::Display for ScriptError {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(&text!(
            "dialogue-line",
            line = self.line,
            problem = self.problem.as_str()
        ))
    }
}

/// What a line of the script begins with.
#[derive(Debug, PartialEq, Eq)]
enum Head<'a> {
    /// `1:`, `1 (voice):` or `Anna:`, and the words after it.
    Turn {
        face: usize,
        voice: Option<&'a str>,
        words: &'a str,
    },
    /// `1 = Anna` or `1 = Anna (voice)`.
    Name {
        face: usize,
        name: &'a str,
        voice: Option<&'a str>,
    },
}

impl Dialogue {
    /// Reads a script.
    ///
    /// # Errors
    /// [`ScriptError`] for the first line that is wrong.
    pub fn parse(script: &str) -> Result<Self, ScriptError> {
        let mut dialogue = Self::default();
        for (line, text) in (1..).zip(script.lines()) {
            let text = text.trim();
            if text.is_empty() {
                continue;
            }
            match head(text, &dialogue.speakers) {
                Some(Head::Name { face, name, voice }) => {
                    check_face(face, line)?;
                    dialogue.name(face, name, line)?;
                    dialogue.speak_as(face, voice, line)?;
                }
                Some(Head::Turn { face, voice, words }) => {
                    check_face(face, line)?;
                    dialogue.speak_as(face, voice, line)?;
                    dialogue.check_last()?;
                    dialogue.turns.push(Turn {
                        line,
                        face,
                        text: words.trim().to_owned(),
                    });
                }
                None => {
                    let Some(turn) = dialogue.turns.last_mut() else {
                        return wrong(line, text!("dialogue-no-speaker"));
                    };
                    if !turn.text.is_empty() {
                        turn.text.push('\n');
                    }
                    turn.text.push_str(text);
                }
            }
        }
        dialogue.check_last()?;
        if dialogue.turns.is_empty() {
            return wrong(1, text!("dialogue-empty"));
        }
        Ok(dialogue)
    }

    /// What subtitles call somebody: the name, or the number.
    pub fn label(&self, face: usize) -> String {
        let name = self
            .speakers
            .get(&face)
            .and_then(|speaker| speaker.name.clone());
        name.unwrap_or_else(|| face.to_string())
    }

    /// All the words, for whoever wants them without the speakers.
    pub fn words(&self) -> String {
        let texts: Vec<&str> = self.turns.iter().map(|turn| turn.text.as_str()).collect();
        texts.join("\n")
    }

    fn name(&mut self, face: usize, name: &str, line: usize) -> Result<(), ScriptError> {
        let has_it = |speaker: &Speaker| speaker.name.as_deref() == Some(name);
        if let Some((other, _)) = self
            .speakers
            .iter()
            .find(|(other, speaker)| **other != face && has_it(speaker))
        {
            return wrong(
                line,
                &text!("dialogue-name-taken", face = *other, name = name),
            );
        }
        self.speakers.entry(face).or_default().name = Some(name.to_owned());
        Ok(())
    }

    /// Keeps the voice that a line names.
    fn speak_as(
        &mut self,
        face: usize,
        voice: Option<&str>,
        line: usize,
    ) -> Result<(), ScriptError> {
        let speaker = self.speakers.entry(face).or_default();
        match (voice, &speaker.voice) {
            (Some(voice), Some((known, named_in))) if known != voice => wrong(
                line,
                &text!(
                    "dialogue-voice-taken",
                    face = face,
                    voice = known.as_str(),
                    line = *named_in
                ),
            ),
            (Some(voice), None) => {
                speaker.voice = Some((voice.to_owned(), line));
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn check_last(&self) -> Result<(), ScriptError> {
        match self.turns.last() {
            Some(turn) if !turn.text.chars().any(char::is_alphanumeric) => {
                wrong(turn.line, &text!("dialogue-blank", face = turn.face))
            }
            _ => Ok(()),
        }
    }
}

/// Whether a text that may be ordinary words is meant as a dialogue: its first line says who speaks, and it can be read.
pub fn is_dialogue(text: &str) -> bool {
    let first = text.lines().map(str::trim).find(|line| !line.is_empty());
    first.is_some_and(|line| head(line, &BTreeMap::new()).is_some())
}

fn wrong<T>(line: usize, problem: &str) -> Result<T, ScriptError> {
    Err(ScriptError {
        line,
        problem: problem.to_owned(),
    })
}

fn check_face(face: usize, line: usize) -> Result<(), ScriptError> {
    if (1..=MAX_FACES).contains(&face) {
        return Ok(());
    }
    wrong(line, text!("dialogue-face-number"))
}

/// What a line begins with, if it says who speaks or who somebody is. "12:30" is a time.
fn head<'a>(line: &'a str, speakers: &BTreeMap<usize, Speaker>) -> Option<Head<'a>> {
    let digits = line.len() - line.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let (number, rest) = line.split_at(digits);
    if digits == 0 {
        return speakers.iter().find_map(|(&face, speaker)| {
            let rest = line.strip_prefix(speaker.name.as_deref()?)?;
            let (voice, words) = voice_and_words(rest)?;
            Some(Head::Turn { face, voice, words })
        });
    }
    // A number that is too long for a face is none, which is said where faces are checked.
    let face = number.parse().unwrap_or(usize::MAX);
    if let Some(called) = rest.trim_start().strip_prefix('=') {
        let called = called.trim();
        let (name, voice) = match called.strip_suffix(')').and_then(|c| c.rsplit_once('(')) {
            Some((name, voice)) => (name.trim(), Some(voice.trim())),
            None => (called, None),
        };
        let is_name = !name.is_empty()
            && name.chars().count() <= NAME_CHARACTERS
            && !name.starts_with(|c: char| c.is_ascii_digit())
            && !name.contains(['(', ')', ':', '=']);
        let voice_is_one = voice.is_none_or(|voice| !voice.is_empty());
        return (is_name && voice_is_one).then_some(Head::Name { face, name, voice });
    }
    let (voice, words) = voice_and_words(rest)?;
    let is_time = voice.is_none() && words.starts_with(|c: char| c.is_ascii_digit());
    (!is_time).then_some(Head::Turn { face, voice, words })
}

/// `: words` or ` (voice): words`.
fn voice_and_words(rest: &str) -> Option<(Option<&str>, &str)> {
    let rest = rest.trim_start();
    if let Some(words) = rest.strip_prefix(':') {
        return Some((None, words));
    }
    let (voice, rest) = rest.strip_prefix('(')?.split_once(')')?;
    let words = rest.trim_start().strip_prefix(':')?;
    let voice = voice.trim();
    (!voice.is_empty()).then_some((Some(voice), words))
}

#[cfg(test)]
mod tests;
