//! A sentence in words → misaki phonemes, with the place of each word in both.

use std::ops::Range;
use std::path::Path;

use misaki_rs::{G2P, Language, MToken};

use super::heteronyms::Token;
use super::phones::{VOWELS, is_phone};
use super::pronounce::{Pronouncer, with_s};
use super::{lexicon, splitting};
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

/// Stands in a spoken sentence for words whose phones are given; no text and no rule makes such a word.
pub(super) fn stand_in(index: usize) -> String {
    let mut word = "Xqv".to_owned();
    let mut rest = index;
    loop {
        word.push(char::from(b'a' + (rest % 26) as u8));
        rest /= 26;
        if rest == 0 {
            break;
        }
    }
    word + "q"
}

/// misaki with our lexicon over it and our pronunciations behind it. misaki's own hook for unknown words hands over whole
/// compounds ("50%", "A380") and with them the parts that it knows, so the words that it leaves open are resolved here.
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

    /// Whether a dictionary has a word, given in small letters.
    pub fn knows(&self, word: &str) -> bool {
        let lexicon = &self.misaki.lexicon;
        lexicon.golds.contains_key(word)
            || lexicon.silvers.contains_key(word)
            || self.pronouncer.whole_word(word).is_some()
    }

    /// A token that misaki knows in part or not at all: its runs of letters and of digits one by one.
    fn resolve(&self, text: &str) -> Result<String> {
        let mut spoken: Vec<String> = Vec::new();
        for run in runs(text) {
            if let Some(known) = self.known(run)? {
                spoken.push(known);
                continue;
            }
            let golds = &self.misaki.lexicon.golds;
            let word = run.to_lowercase();
            let whole = self.pronouncer.whole_word(&word);
            let parts = match whole {
                None => splitting::parts(&word, &|part| golds.contains_key(part)),
                Some(_) => None,
            };
            let together = match parts {
                Some(parts) => self.known(&parts.join(" "))?,
                None => None,
            };
            spoken.push(together.unwrap_or_else(|| self.pronouncer.pronounce(run)));
        }
        spoken.retain(|part| !part.is_empty());
        Ok(spoken.join(" "))
    }

    /// misaki's phonemes, if it knows all of the words.
    fn known(&self, words: &str) -> Result<Option<String>> {
        let (phonemes, _) = self
            .misaki
            .g2p(words)
            .map_err(|error| Error::model("pronunciation", error))?;
        let known = !phonemes.contains(UNKNOWN) && phonemes.chars().any(is_phone);
        Ok(known.then(|| phonemes.trim().to_owned()))
    }

    /// `spoken` is a normalised sentence, `given` the phones of the words that are [`stand_in`]s, in order, `ending` the pause at
    /// the end; empty phonemes if nothing in it can be said.
    pub fn phonemize(&self, spoken: &str, given: &[&str], ending: char) -> Result<Phonemized> {
        let (_, tokens) = self
            .misaki
            .g2p(spoken)
            .map_err(|error| Error::model("pronunciation", error))?;
        let context: Vec<Token> = tokens
            .iter()
            .map(|token| Token {
                text: &token.text,
                tag: &token.tag,
            })
            .collect();
        let mut sentence = Phonemized::default();
        let mut cursor = 0;
        for (index, token) in tokens.iter().enumerate() {
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
            let (phonemes, is_ours) = self.token(&context, index, token, given)?;
            if is_ours {
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
        pause(&mut sentence.phonemes, ending);
        sentence
            .phonemes
            .truncate(sentence.phonemes.trim_end().len());
        Ok(sentence)
    }

    /// The phonemes of one token, and whether they are others than misaki's.
    fn token(
        &self,
        context: &[Token],
        index: usize,
        token: &MToken,
        given: &[&str],
    ) -> Result<(String, bool)> {
        let own = token.phonemes.clone().unwrap_or_default();
        let text = token.text.as_str();
        if text.contains("Xqv")
            && let Some(phones) = self.with_stand_ins(text, given)?
        {
            return Ok((phones, true));
        }
        if let Some(name) = letter_or_number_word(context, index, &own) {
            return Ok((name.to_owned(), true));
        }
        let sayable = text.chars().any(char::is_alphanumeric);
        if let Some(phones) =
            lexicon::phones(&self.misaki.lexicon, &self.pronouncer, context, index, &own)
        {
            return Ok((phones, true));
        }
        if own.contains(UNKNOWN) || (sayable && !own.chars().any(is_phone)) {
            return Ok((self.resolve(text)?, true));
        }
        Ok((own, false))
    }

    /// A token with given phones in it; `None` if it only looks like one.
    fn with_stand_ins(&self, text: &str, given: &[&str]) -> Result<Option<String>> {
        let mut spoken: Vec<String> = Vec::new();
        let mut rest = text;
        while let Some((at, word, phones)) = (0..given.len())
            .filter_map(|index| {
                let word = stand_in(index);
                Some((rest.find(&word)?, word, given[index]))
            })
            .min_by_key(|(at, ..)| *at)
        {
            if at > 0 {
                spoken.push(self.resolve(&rest[..at])?);
            }
            rest = &rest[at + word.len()..];
            match rest.strip_prefix("'s") {
                Some(after) if !after.starts_with(char::is_alphabetic) => {
                    spoken.push(with_s(phones));
                    rest = after;
                }
                _ => spoken.push(phones.to_owned()),
            }
        }
        if spoken.is_empty() {
            return Ok(None);
        }
        if rest.contains(char::is_alphanumeric) {
            spoken.push(self.resolve(rest)?);
        }
        spoken.retain(|part| !part.is_empty());
        Ok(Some(spoken.join(" ")))
    }
}

/// Names of signs after which "a" is a letter.
const SIGNS: [&str; 11] = [
    "dot",
    "slash",
    "dash",
    "underscore",
    "colon",
    "equals",
    "plus",
    "minus",
    "times",
    "hash",
    "control",
];

/// Words of the decimal system.
const DIGITS: [&str; 11] = [
    "zero", "oh", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine",
];

/// What the words around a token make of it: "a" is a letter among letters, and "point" has no stress among figures.
fn letter_or_number_word(context: &[Token], index: usize, own: &str) -> Option<&'static str> {
    let word = |index: usize| {
        context
            .get(index)
            .map(|token| token.text.to_lowercase())
            .unwrap_or_default()
    };
    let here = word(index);
    let before = index.checked_sub(1).map(word).unwrap_or_default();
    let after = word(index + 1);
    if here == "point" {
        let digit_after = DIGITS.contains(&after.as_str());
        let number_before = DIGITS.contains(&before.as_str())
            || number_ends_in(&before)
            || before.chars().count() == 1;
        return (digit_after && number_before && own == "pˈYnt").then_some("pYnt");
    }
    if here != "a" {
        return None;
    }
    let is_letter = |word: &str| word.chars().count() == 1 && word.chars().all(char::is_alphabetic);
    let small = context[index].text == "a";
    // "a i" and "n a c l" are spelled, "a B" is some B.
    let spelled_after = is_letter(&after)
        && (!small || context[index + 1].text.chars().all(char::is_lowercase))
        && after != "i"
        || after == "i" && small && context[index + 1].text == "i";
    // "A B a thing" has an article behind the letters.
    let article_follows = small
        && index > 0
        && context[index - 1].text.chars().all(char::is_uppercase)
        && after.chars().count() > 1
        && after.chars().all(char::is_alphabetic)
        && !DIGITS.contains(&after.as_str());
    let spelled_before = is_letter(&before) && before != "i" && !article_follows;
    let among_digits = DIGITS.contains(&before.as_str())
        && (!small
            && (after.is_empty()
                || !after.chars().all(char::is_alphabetic)
                || is_letter(&after)
                || DIGITS.contains(&after.as_str())));
    let signed = SIGNS.contains(&before.as_str());
    // "an A three eighty": a capital within a sentence is no article before a number.
    let model = !small && index > 0 && (DIGITS.contains(&after.as_str()) || number_ends_in(&after));
    let in_code = DIGITS.contains(&before.as_str())
        && DIGITS.contains(&after.as_str())
        && index >= 2
        && is_letter(&word(index - 2));
    // "Q and A", "M and A".
    let paired = !small && before == "and" && index >= 2 && is_letter(&word(index - 2));
    (spelled_after || spelled_before || among_digits || signed || model || in_code || paired)
        .then_some("ˈA")
}

fn number_ends_in(word: &str) -> bool {
    word.ends_with("ty") && word.len() < 8
        || word.ends_with("teen")
        || matches!(
            word,
            "ten" | "eleven" | "twelve" | "hundred" | "thousand" | "million"
        )
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
