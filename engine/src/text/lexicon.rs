//! Which dictionary is right about a word.
//!
//! Our own corrections come first, then misaki's gold entries for the word as it is written, then CMUdict's entry of the whole
//! word where misaki took an ending off and the two contradict each other ("bailed" is no form of "baile"), then misaki.

use std::collections::HashMap;

use misaki_rs::Lexicon;
use misaki_rs::lexicon::PhonemeEntry;

use super::corrections;
use super::heteronyms::{self, Token};
use super::phones::contradict;
use super::pronounce::{Pronouncer, with_s};

/// The phones of a word in its sentence, where they are others than misaki's `own`.
pub(super) fn phones(
    misaki: &Lexicon,
    pronouncer: &Pronouncer,
    tokens: &[Token],
    index: usize,
    own: &str,
) -> Option<String> {
    let written = tokens[index].text;
    if !written
        .chars()
        .all(|c| c.is_alphabetic() || matches!(c, '\'' | '’'))
    {
        return None;
    }
    if let Some(phones) = heteronyms::phones(tokens, index) {
        return Some(phones.to_owned());
    }
    if let Some(phones) = corrections::phones(written) {
        return Some(phones.to_owned());
    }
    if let Some(stem) = written
        .strip_suffix("'s")
        .or_else(|| written.strip_suffix("’s"))
    {
        return corrections::phones(stem).map(with_s);
    }
    let word = written.to_lowercase();
    if let Some(PhonemeEntry::Tagged(readings)) = misaki.golds.get(&word) {
        let kind = heteronyms::part_of_speech(tokens, index)?;
        let phones = readings
            .get(kind)
            .or_else(|| readings.get("DEFAULT"))?
            .clone()?;
        return (phones != own).then_some(phones);
    }
    if has(&misaki.golds, &word) {
        return None;
    }
    if has(&misaki.silvers, &word) {
        return voiceless_ending(own);
    }
    let whole = pronouncer.whole_word(&word)?;
    if !contradict(own, &whole) {
        return None;
    }
    // The two may differ about the stem itself; then misaki is right. What counts is whether CMUdict makes the word from the first
    // stem that misaki finds, and only from that.
    let mut made = stems(misaki, &word).into_iter().map(|(stem, ending)| {
        let phones = pronouncer
            .whole_word(&stem)
            .map(|phones| with_ending(&phones, ending));
        phones.is_some_and(|phones| !contradict(&phones, &whole))
    });
    let of_first = made.next()?;
    (!of_first || made.any(|fits| fits)).then_some(whole)
}

fn has(table: &HashMap<String, PhonemeEntry>, word: &str) -> bool {
    let mut letters = word.chars();
    let capital = letters
        .next()
        .map(|first| first.to_uppercase().collect::<String>() + letters.as_str());
    table.contains_key(word) || capital.is_some_and(|capital| table.contains_key(&capital))
}

/// The dictionaries that were made by rule have z behind voiceless sounds, which English does not.
fn voiceless_ending(phones: &str) -> Option<String> {
    let stem = phones.strip_suffix('z')?;
    stem.ends_with(['p', 't', 'k', 'f', 'θ'])
        .then(|| format!("{stem}s"))
}

/// The stems that misaki may take an unknown word to be made of, in its order, and their endings.
fn stems(misaki: &Lexicon, word: &str) -> Vec<(String, &'static str)> {
    let known = |stem: &str| has(&misaki.golds, stem) || has(&misaki.silvers, stem);
    let candidates: [(&str, &str, &str); 8] = [
        ("s", "", "s"),
        ("es", "", "s"),
        ("ies", "y", "s"),
        ("d", "", "d"),
        ("ed", "", "d"),
        ("ing", "", "ing"),
        ("ing", "e", "ing"),
        ("'s", "", "s"),
    ];
    candidates
        .into_iter()
        .filter_map(|(written, instead, ending)| {
            let stem = format!("{}{instead}", word.strip_suffix(written)?);
            (stem.len() > 1 && known(&stem)).then_some((stem, ending))
        })
        .collect()
}

fn with_ending(phones: &str, ending: &str) -> String {
    match ending {
        "s" => with_s(phones),
        "ing" => format!("{phones}ɪŋ"),
        _ => match phones.chars().next_back() {
            Some('t' | 'd' | 'T') => format!("{phones}ᵻd"),
            _ => format!("{phones}d"),
        },
    }
}
