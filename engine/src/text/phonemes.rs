//! A sentence in words → misaki phonemes, with the place of each word in both.

use std::ops::Range;
use std::path::Path;

use misaki_rs::{G2P, Language};

use super::pronounce::Pronouncer;
use crate::{Error, Result};

/// Phones that can carry stress.
pub(super) const VOWELS: &str = "AIOQWYaiuæɐɑɒɔəɛɜɪʊʌᵊᵻ";
const CONSONANTS: &str = "bdfhjklmnpstvwzðŋɡɹʃʒʤʧθT";
/// Punctuation that the model hears as pauses and tune.
pub(super) const PUNCTUATION: &str = ";:,.!?—…\"()“”";
const UNKNOWN: char = '❓';

/// The phonemes of one sentence.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Phonemized {
    /// Phones, stress marks, spaces between words, punctuation; ends with punctuation.
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
            let phonemes = within_alphabet(&phonemes);
            let opening = sentence.phonemes.is_empty();
            let phonemes = match opening {
                // A sentence cannot begin with a pause.
                true => phonemes.trim_start_matches(|c: char| c == ' ' || ";:,.!?—…".contains(c)),
                false => phonemes.trim_start(),
            };
            let from = sentence.phonemes.len();
            sentence.phonemes.push_str(phonemes.trim_end());
            if phonemes.chars().any(is_phone) {
                sentence
                    .words
                    .push((start..end, from..sentence.phonemes.len()));
            }
            let spaced = !token.whitespace.is_empty() || phonemes.ends_with(' ');
            if spaced && !sentence.phonemes.is_empty() && !sentence.phonemes.ends_with(' ') {
                sentence.phonemes.push(' ');
            }
        }
        if sentence.words.is_empty() {
            return Ok(Phonemized::default());
        }
        sentence
            .phonemes
            .truncate(sentence.phonemes.trim_end().len());
        stop(&mut sentence.phonemes);
        Ok(sentence)
    }
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

fn is_phone(c: char) -> bool {
    VOWELS.contains(c) || CONSONANTS.contains(c)
}

/// Ends a sentence with a full stop unless it has one of its own.
fn stop(phonemes: &mut String) {
    let bare = phonemes.trim_end_matches(['"', '”', '“', ')', ' ']);
    match bare.chars().next_back() {
        Some('.' | '!' | '?' | '…') => {}
        Some(mark @ (',' | ';' | ':' | '—')) => {
            let at = bare.len() - mark.len_utf8();
            phonemes.replace_range(at..at + mark.len_utf8(), ".");
        }
        _ => phonemes.push('.'),
    }
}

/// Symbols of the tokenizer's alphabet only; each stress mark directly before the vowel that it is for.
fn within_alphabet(phonemes: &str) -> String {
    let mut kept = String::with_capacity(phonemes.len());
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
            c if c.is_whitespace() => ' ',
            c => c,
        };
        match c {
            'ˈ' | 'ˌ' => mark = Some(c),
            ' ' => {
                mark = None;
                if !kept.ends_with(' ') {
                    kept.push(' ');
                }
            }
            c if VOWELS.contains(c) => {
                kept.extend(mark.take());
                kept.push(c);
            }
            c if CONSONANTS.contains(c) || PUNCTUATION.contains(c) => kept.push(c),
            // Length marks belong to British vowels; the American voice has none.
            _ => {}
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stress_marks_stand_before_vowels() {
        assert_eq!(within_alphabet("ˈstɹit ˌ ˈhɛɾ"), "stɹˈit hˈɛT");
        assert_eq!(within_alphabet("a\u{303}ː✗"), "a");
    }

    #[test]
    fn sentences_end_with_a_stop() {
        for (open, closed) in [
            ("ɐ", "ɐ."),
            ("ɐ,", "ɐ."),
            ("ɐ?", "ɐ?"),
            ("“ɐ!”", "“ɐ!”"),
            ("(ɐ)", "(ɐ)."),
        ] {
            let mut phonemes = open.to_owned();
            stop(&mut phonemes);
            assert_eq!(phonemes, closed);
        }
    }
}
