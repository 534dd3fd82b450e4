//! Text → the tokens that the voice speaks, in pieces short enough for one step of the model.
//!
//! What the user says about the speaking ([`markup`], [`ssml`], [`UserDictionary`]) → sentences ([`sentences`]) → words instead of
//! figures and signs ([`normalize`]) → phonemes (misaki under our lexicon; for words that it does not know the CMU dictionary,
//! then letter to sound) → tokens ([`tokens`]). Everything with a letter or a digit in it is spoken; characters without a reading
//! are listed in [`Utterance::skipped`], and [`FrontEnd::warnings`] tells of them beforehand.

mod corrections;
mod error;
mod heteronyms;
mod html;
mod language;
mod letter_to_sound;
mod lexicon;
pub mod markup;
pub mod normalize;
mod phonemes;
mod phones;
mod pronounce;
mod respelling;
pub mod sentences;
mod spelling;
mod splitting;
pub mod ssml;
pub mod tokens;
mod unicode;
mod user_dictionary;
mod utterances;
mod weight;

use std::ops::Range;
use std::path::Path;

pub use error::{EntryError, TextError};
pub use language::Warning;
pub use normalize::unspeakable;
pub use ssml::text_of_ssml;
pub use tokens::PhoneTokenizer;
pub use user_dictionary::UserDictionary;
pub use utterances::Utterances;

use normalize::Normalizer;
use phonemes::Phonemizer;

use crate::error::ModelPart;
use crate::{Error, Result};

/// Longer texts are refused: about two hours of speech.
pub const MAX_CHARACTERS: usize = 100_000;

/// Of a text without a space: what has more is data and no text.
const MAX_UNBROKEN_CHARACTERS: usize = 2000;

/// A written word and where it is spoken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WordSpan {
    /// As written, with the punctuation that clings to it; "$4.50" is one word.
    pub text: String,
    /// Its bytes in the input.
    pub written: Range<usize>,
    /// Its tokens in [`Utterance::tokens`]; never empty, in order, without the punctuation.
    pub tokens: Range<usize>,
}

/// What the model speaks in one go: at most about 14 s.
#[derive(Debug, Clone, PartialEq)]
pub struct Utterance {
    /// The written text of it, without marks.
    pub text: String,
    /// The bytes of the input that it covers.
    pub written: Range<usize>,
    /// The words that are said.
    pub spoken: String,
    /// misaki's phonemes.
    pub phonemes: String,
    /// Token numbers, from start token to end token.
    pub tokens: Vec<u32>,
    /// The words in order.
    pub words: Vec<WordSpan>,
    /// Whether a paragraph ends here, so that a longer pause follows.
    pub ends_paragraph: bool,
    /// Silence that the user wants before it.
    pub pause_before_secs: f32,
    /// Silence that the user wants after it, at the end of the text.
    pub pause_after_secs: f32,
    /// The pace of each token, 1 being the voice's own; empty if all are.
    pub rates: Vec<f32>,
    /// Characters in it that have no reading (other scripts, emoji), each once.
    pub skipped: Vec<char>,
}

/// What will be said of a text, to look at.
#[derive(Debug, Clone, PartialEq)]
pub struct Reading {
    /// The words.
    pub normalized: String,
    /// The phones, in misaki's alphabet.
    pub phones: String,
    /// What the voice cannot read as it should.
    pub warnings: Vec<Warning>,
}

/// Everything between text and tokens. Loading takes about half a second; share it.
pub struct FrontEnd {
    normalizer: Normalizer,
    phonemizer: Phonemizer,
    tokenizer: PhoneTokenizer,
    dictionary: UserDictionary,
}

impl FrontEnd {
    /// Loads `tokenizer.json`, `pronunciations.txt` and `letter_to_sound.safetensors` from the models folder.
    ///
    /// # Errors
    /// [`Error::WeightsMissing`] or [`Error::WeightsUnfit`] naming the file.
    pub fn load(models: &Path) -> Result<Self> {
        Ok(Self {
            tokenizer: PhoneTokenizer::load(&models.join("tokenizer.json"))?,
            phonemizer: Phonemizer::load(models)?,
            normalizer: Normalizer::new(),
            dictionary: UserDictionary::default(),
        })
    }

    /// Says words as their user wants them.
    #[must_use]
    pub fn with_dictionary(mut self, dictionary: UserDictionary) -> Self {
        self.dictionary = dictionary;
        self
    }

    /// The same for one that is loaded already.
    pub fn set_dictionary(&mut self, dictionary: UserDictionary) {
        self.dictionary = dictionary;
    }

    /// The vocabulary.
    pub fn tokenizer(&self) -> &PhoneTokenizer {
        &self.tokenizer
    }

    /// All utterances of a text; [`Self::utterances_lazily`] gives the first sooner.
    ///
    /// # Errors
    /// [`TextError`] for blank or overlong text and where nothing in it can be spoken.
    pub fn utterances(&self, text: &str) -> Result<Vec<Utterance>> {
        self.utterances_lazily(text)?.collect()
    }

    /// The utterances of a text one by one, in order; the first is short, so that sound can start soon.
    ///
    /// # Errors
    /// At once for blank or overlong text; as the only item where nothing in the text can be spoken.
    pub fn utterances_lazily<'a>(&'a self, text: &'a str) -> Result<Utterances<'a>> {
        if text.trim().is_empty() {
            return Err(TextError::Blank.into());
        }
        let characters = text.chars().count();
        if characters > MAX_CHARACTERS {
            return Err(TextError::TooLong {
                characters,
                max: MAX_CHARACTERS,
            }
            .into());
        }
        let unbroken = text.split_whitespace().map(|part| part.chars().count());
        if let Some(characters) = unbroken
            .max()
            .filter(|&most| most > MAX_UNBROKEN_CHARACTERS)
        {
            return Err(TextError::Unbroken {
                characters,
                max: MAX_UNBROKEN_CHARACTERS,
            }
            .into());
        }
        Utterances::new(self, text)
    }

    /// What the user should know before the text is spoken: characters without a reading, other languages. Quick: nothing is
    /// pronounced.
    pub fn warnings(&self, text: &str) -> Vec<Warning> {
        let plain =
            markup::Script::parse(text).map_or_else(|_| text.to_owned(), |script| script.plain);
        language::warnings(&plain, &|word| self.phonemizer.knows(word))
    }

    /// The words and phones of a text, and what the voice cannot read of it.
    ///
    /// # Errors
    /// As [`Self::utterances`].
    pub fn reading(&self, text: &str) -> Result<Reading> {
        let utterances = self.utterances(text)?;
        let join = |part: fn(&Utterance) -> &str| {
            let parts: Vec<&str> = utterances.iter().map(part).collect();
            parts.join(" ")
        };
        Ok(Reading {
            normalized: join(|utterance| &utterance.spoken),
            phones: join(|utterance| &utterance.phonemes),
            warnings: self.warnings(text),
        })
    }

    /// The phonemes of a text, in misaki's alphabet, without cutting it: for training data and for looking at.
    ///
    /// # Errors
    /// As [`Self::utterances`].
    pub fn phonemes(&self, text: &str) -> Result<String> {
        let utterances = self.utterances(text)?;
        let parts: Vec<String> = utterances
            .into_iter()
            .map(|utterance| utterance.phonemes)
            .collect();
        Ok(parts.join(" "))
    }
}

fn read_model_file(path: &Path, what: ModelPart) -> Result<Vec<u8>> {
    std::fs::read(path).map_err(|source| match source.kind() {
        std::io::ErrorKind::NotFound => Error::WeightsMissing {
            what,
            path: path.to_owned(),
        },
        _ => Error::File {
            action: crate::error::FileAction::ReadModelFile,
            source,
            path: path.to_owned(),
        },
    })
}

#[cfg(test)]
mod long_texts;
#[cfg(test)]
mod tests;
