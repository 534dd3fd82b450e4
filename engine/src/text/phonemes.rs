//! A sentence in words → misaki phonemes, with the place of each word in both.

use std::ops::Range;
use std::path::Path;

use misaki_rs::{G2P, Language};

use super::phones::{VOWELS, is_phone};
use super::pronounce::Pronouncer;
use crate::{Error, Result};

const UNKNOWN: char = '❓';

/// The phonemes of one sentence.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Phonemized {
    /// Phones, stress marks, spaces between words, the pauses `, . ! ?`; ends with a pause.
    pub phonemes: String,
    /// For each word: its bytes in the spoken sentence, its bytes in `phonemes`.
    pub words: Vec<(Range<usize>, Range<usize>)>,
}

/// misaki with our pronunciations behind it. misaki's own hook for unknown words hands over whole compounds ("50%",
/// "A380") and with them the parts that it knows, so the words that it leaves open are resolved here.
pub(super) struct Phonemizer {
    misaki: G2P,
    pronouncer: Pronouncer,
}

impl Phonemizer {
    pub fn load(models: &Path) -> Result<Self> {
        Ok(Self {
            misaki: G2P::with_fallback(Language::EnglishUS, None),
            pronouncer: Pronouncer::load(models)?,
        })
    }

    /// A token that misaki knows in part or not at all: its runs of letters and of digits one by one.
    fn resolve(&self, text: &str) -> Result<String> {
        let mut spoken: Vec<String> = Vec::new();
        for run in runs(text) {
            let known = match self.misaki.g2p(run) {
                Ok((phonemes, _)) => Some(phonemes),
                Err(error) => return Err(Error::model("pronunciation", error)),
            };
            let known = known
                .filter(|phonemes| !phonemes.contains(UNKNOWN) && phonemes.chars().any(is_phone));
            spoken.push(known.map_or_else(
                || self.pronouncer.pronounce(run),
                |phonemes| phonemes.trim().to_owned(),
            ));
        }
        spoken.retain(|part| !part.is_empty());
        Ok(spoken.join(" "))
    }

    /// `spoken` is a normalised sentence; empty phonemes if nothing in it can be said.
    pub fn phonemize(&self, spoken: &str) -> Result<Phonemized> {
        let (_, tokens) = self
            .misaki
            .g2p(spoken)
            .map_err(|error| Error::model("pronunciation", error))?;
        let mut sentence = Phonemized::default();
        let mut cursor = 0;
        for token in tokens {
            // The tokens are the sentence in pieces; one that differs stands for what comes next.
            let rest = &spoken[cursor..];
            let (start, end) = match rest.find(&token.text) {
                Some(at) => (cursor + at, cursor + at + token.text.len()),
                None => (
                    cursor,
                    cursor + rest.chars().next().map_or(0, char::len_utf8),
                ),
            };
            cursor = end;
            let sayable = token.text.chars().any(char::is_alphanumeric);
            let mut phonemes = token.phonemes.unwrap_or_default();
            if phonemes.contains(UNKNOWN) || (sayable && !phonemes.chars().any(is_phone)) {
                phonemes = self.resolve(&token.text)?;
                article_before(&mut sentence.phonemes, &phonemes);
            }
            if let Some(places) = append(&mut sentence.phonemes, &phonemes) {
                sentence.words.push((start..end, places));
            }
            if !token.whitespace.is_empty() {
                append(&mut sentence.phonemes, " ");
            }
        }
        if sentence.words.is_empty() {
            return Ok(Phonemized::default());
        }
        pause(&mut sentence.phonemes, '.');
        sentence
            .phonemes
            .truncate(sentence.phonemes.trim_end().len());
        Ok(sentence)
    }
}

/// Adds the phonemes of one token and says where its phones went, if it has any. Kept are the symbols of the tokenizer's
/// alphabet, each stress mark directly before the vowel that it is for.
///
/// Punctuation is brought down to the four marks that common text teaches well (`, . ! ?`): a dash, colon, bracket or
/// ellipsis is a pause like a comma, quotation marks are silent.
fn append(sentence: &mut String, phonemes: &str) -> Option<Range<usize>> {
    let mut places: Option<Range<usize>> = None;
    let mut mark = None;
    for c in phonemes.chars() {
        let c = match c {
            'ɾ' => 'T',
            'ʔ' => 't',
            'x' | 'ç' => 'k',
            'g' => 'ɡ',
            'r' => 'ɹ',
            'e' => 'A',
            'o' => 'O',
            'ɚ' => 'ə',
            c => c,
        };
        match c {
            'ˈ' | 'ˌ' => mark = Some(c),
            '.' | '!' | '?' => pause(sentence, c),
            ',' | ';' | ':' | '—' | '…' | '(' | ')' => pause(sentence, ','),
            c if c.is_whitespace() => {
                mark = None;
                if !sentence.is_empty() && !sentence.ends_with(' ') {
                    sentence.push(' ');
                }
            }
            c if is_phone(c) => {
                let start = sentence.len();
                if VOWELS.contains(c) {
                    sentence.extend(mark.take());
                }
                sentence.push(c);
                places.get_or_insert(start..start).end = sentence.len();
            }
            // Length marks belong to British vowels, quotation marks to the eye.
            _ => {}
        }
    }
    places
}

/// Puts a pause behind the last phone; of two pauses the stronger stays.
fn pause(sentence: &mut String, mark: char) {
    let rank = |mark: char| ",.!?".find(mark);
    sentence.truncate(sentence.trim_end().len());
    let Some(last) = sentence.chars().next_back() else {
        return;
    };
    if rank(last) < rank(mark) {
        if rank(last).is_some() {
            sentence.pop();
        }
        sentence.push(mark);
    }
    sentence.push(' ');
}

/// Runs of letters with the apostrophes inside, and of digits.
fn runs(text: &str) -> Vec<&str> {
    let kind = |c: char| match c {
        '\'' | '’' => 1,
        c if c.is_numeric() => 2,
        c if c.is_alphabetic() => 1,
        _ => 0,
    };
    let mut found = Vec::new();
    let mut start = 0;
    let mut last = 0;
    for (at, c) in text.char_indices() {
        if kind(c) != last {
            found.push(&text[start..at]);
            (start, last) = (at, kind(c));
        }
    }
    found.push(&text[start..]);
    found.retain(|run| run.contains(char::is_alphanumeric));
    found
}

/// misaki chooses the sound of "the" by the word that follows, which it did not know.
fn article_before(sentence: &mut String, next: &str) {
    let Some(first) = next.chars().find(|c| is_phone(*c)) else {
        return;
    };
    for (consonant, vowel) in [("ðə ", "ði "), ("tə ", "tʊ ")] {
        let (wrong, right) = if VOWELS.contains(first) {
            (consonant, vowel)
        } else {
            (vowel, consonant)
        };
        let whole_word = sentence
            .strip_suffix(wrong)
            .is_some_and(|before| before.is_empty() || before.ends_with([' ', '“', '(', '"']));
        if whole_word {
            sentence.truncate(sentence.len() - wrong.len());
            sentence.push_str(right);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn appended(phonemes: &str) -> String {
        let mut sentence = String::new();
        append(&mut sentence, phonemes);
        sentence
    }

    #[test]
    fn stress_marks_stand_before_vowels() {
        assert_eq!(appended("ˈstɹit ˌ ˈhɛɾ"), "stɹˈit hˈɛT");
        assert_eq!(appended("a\u{303}ː✗"), "a");
    }

    #[test]
    fn punctuation_is_brought_down_to_pauses() {
        assert_eq!(appended("“ɐ,” ɪ"), "ɐ, ɪ");
        assert_eq!(appended("ɐ (ɪ) — ɐ"), "ɐ, ɪ, ɐ");
        assert_eq!(appended("…ɐ?.,"), "ɐ? ");
        let mut sentence = appended("ɐ,");
        pause(&mut sentence, '.');
        assert_eq!(sentence, "ɐ. ");
        assert_eq!(append(&mut sentence, "(bˈi)"), Some(4..8));
        assert_eq!(sentence, "ɐ. bˈi, ");
    }
}
