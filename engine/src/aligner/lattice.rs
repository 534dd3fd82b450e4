//! The row of phones and possible pauses that a text is, and back from their times to tokens and words.

use std::ops::Range;

use super::viterbi::Unit;
use super::{AlignedSpeech, AlignedWord};
use crate::text::{PhoneTokenizer, Utterance};

/// A text as the recording is searched for it.
#[derive(Debug, Default)]
pub struct Lattice {
    /// Phones and pauses in order.
    pub units: Vec<Unit>,
    /// The tokens of each unit; none for a pause that the text does not mark.
    tokens: Vec<Vec<u32>>,
    words: Vec<LatticeWord>,
}

#[derive(Debug)]
struct LatticeWord {
    text: String,
    written: Range<usize>,
    units: Range<usize>,
}

/// When a unit sounds and how well that fits, from 0 to 1.
#[derive(Clone, Debug, PartialEq)]
pub struct TimedUnit {
    pub end_secs: f64,
    pub is_kept: bool,
    pub confidence: f32,
}

impl Lattice {
    /// `class_of` gives the class of a phone's token.
    pub fn new(
        utterances: &[Utterance],
        tokenizer: &PhoneTokenizer,
        class_of: impl Fn(u32) -> usize,
    ) -> Self {
        let mut lattice = Self::default();
        for utterance in utterances {
            // The unit of each token of the utterance.
            let mut unit_of = Vec::with_capacity(utterance.tokens.len());
            for (place, &token) in utterance.tokens.iter().enumerate() {
                let begins_word = utterance
                    .words
                    .iter()
                    .any(|word| word.tokens.start == place);
                if tokenizer.is_silence(token) {
                    lattice.pause().push(token);
                } else {
                    if begins_word {
                        lattice.pause();
                    }
                    lattice.units.push(Unit::Phone(class_of(token)));
                    lattice.tokens.push(vec![token]);
                }
                unit_of.push(lattice.units.len() - 1);
            }
            lattice
                .words
                .extend(utterance.words.iter().map(|word| LatticeWord {
                    text: word.text.clone(),
                    written: word.written.clone(),
                    units: unit_of[word.tokens.start]..unit_of[word.tokens.end - 1] + 1,
                }));
        }
        lattice.pause();
        lattice
    }

    /// The tokens of the pause that the row ends in; a new one if it does not.
    fn pause(&mut self) -> &mut Vec<u32> {
        if self.units.last() != Some(&Unit::Pause) {
            self.units.push(Unit::Pause);
            self.tokens.push(Vec::new());
        }
        self.tokens.last_mut().expect("each unit has its tokens")
    }

    /// Puts the times of the units onto tokens and words. A pause that the text does not mark becomes `space`; the tokens of
    /// one that it marks share its time.
    pub fn aligned(&self, times: &[TimedUnit], space: u32) -> AlignedSpeech {
        let mut speech = AlignedSpeech::default();
        let mut first_token = Vec::with_capacity(self.units.len() + 1);
        let mut start_secs = 0.0;
        for (tokens, time) in self.tokens.iter().zip(times) {
            first_token.push(speech.tokens.len());
            let unmarked = [space];
            let tokens = match (tokens.is_empty(), time.is_kept) {
                (true, true) => &unmarked[..],
                _ => tokens,
            };
            let secs = time.end_secs - start_secs;
            for (i, token) in tokens.iter().enumerate() {
                let share = (i + 1) as f64 / tokens.len() as f64;
                speech.tokens.push(*token);
                speech.ends_secs.push(start_secs + secs * share);
            }
            start_secs = time.end_secs;
        }
        first_token.push(speech.tokens.len());
        speech.words = self
            .words
            .iter()
            .map(|word| AlignedWord {
                text: word.text.clone(),
                tokens: first_token[word.units.start]..first_token[word.units.end],
                written: word.written.clone(),
                confidence: self.confidence(word.units.clone(), times),
            })
            .collect();
        speech
    }

    /// Mean over the phones of a word: each counts the same, however long it is drawn.
    fn confidence(&self, units: Range<usize>, times: &[TimedUnit]) -> f32 {
        let phones: Vec<f32> = units
            .filter(|&unit| self.units[unit] != Unit::Pause)
            .map(|unit| times[unit].confidence)
            .collect();
        phones.iter().sum::<f32>() / phones.len().max(1) as f32
    }
}
