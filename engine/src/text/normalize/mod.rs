//! Written English → words: everything that is not a plain word is read here, before any dictionary.
//!
//! Each kind of writing (dates, money, units, …) has a file of its own, whose first line is its rule. A rule is a pattern and
//! what to say for a match; `None` leaves the match to the rules after it, so the order in [`Normalizer::new`] matters: the
//! kinds that are easiest to know come first, and a number that no kind claims is said by `cardinal`. Each byte remembers
//! which part of the written text it stands for, so that captions can show what the user wrote while the voice says it in words.

pub(super) mod abbreviations;
mod address;
mod cardinal;
mod chemistry;
mod clean;
mod date;
mod electronic;
mod fraction;
mod math;
mod measure;
mod money;
pub(super) mod numbers;
mod ordinal;
mod range;
mod roman;
mod serial;
mod signs;
mod social;
mod telephone;
mod time;
mod units;

use std::ops::Range;

use regex::{Captures, Regex};

pub use clean::unspeakable;
pub(super) use clean::{is_speakable, without_accent};

/// What a rule sees of a match: the groups, and the text on both sides.
struct Found<'t> {
    groups: Captures<'t>,
    before: &'t str,
    after: &'t str,
}

impl<'t> Found<'t> {
    /// The text of a group, empty where it took no part.
    fn group(&self, index: usize) -> &'t str {
        self.groups.get(index).map_or("", |group| group.as_str())
    }

    /// The number in a group without its thousands separators, if it fits.
    fn number(&self, index: usize) -> Option<u64> {
        self.group(index).replace(',', "").parse().ok()
    }

    /// Whether the match stands by itself: no letter, digit or joining sign on either side.
    fn is_whole(&self) -> bool {
        !self.joined_before() && !self.joined_after()
    }

    /// Whether one of `words` (in small letters) is the last word before the match.
    fn follows(&self, words: &[&str]) -> bool {
        words.contains(&self.word_before().to_lowercase().as_str())
    }

    /// Whether one of `words` (in small letters) is the first word after the match.
    fn precedes(&self, words: &[&str]) -> bool {
        words.contains(&self.word_after().to_lowercase().as_str())
    }

    /// Whether the match describes a thing that follows, as in "a $5 note": there an article stands before it, and after it a word
    /// that can be a thing's.
    fn describes_a_thing(&self) -> bool {
        const ARTICLES: [&str; 11] = [
            "a", "an", "this", "that", "each", "every", "another", "one", "any", "the", "per",
        ];
        // After a quantity these do not begin the name of a thing.
        const NO_THINGS: [&str; 66] = [
            "a", "about", "above", "after", "ago", "all", "an", "and", "are", "as", "at", "away",
            "back", "be", "because", "before", "below", "but", "by", "cash", "do", "does", "down",
            "during", "each", "for", "from", "had", "has", "he", "i", "if", "in", "into", "is",
            "it", "less", "more", "of", "off", "on", "or", "out", "over", "per", "plus", "she",
            "so", "than", "that", "the", "then", "they", "to", "today", "until", "up", "was", "we",
            "were", "when", "which", "while", "will", "with", "you",
        ];
        let next = self.after.strip_prefix([' ', '-']).unwrap_or("");
        let thing = next.starts_with(|c: char| c.is_lowercase())
            && !NO_THINGS.contains(
                &self
                    .word_after()
                    .trim_start_matches('-')
                    .to_lowercase()
                    .as_str(),
            );
        let past = self.follows(&["the"]) && self.word_after().ends_with("ed");
        thing
            && !past
            && self.follows(&ARTICLES)
            && !self.before.trim_end().ends_with([',', '.', ';', ':'])
    }

    /// Whether nothing but space follows up to the end of the sentence.
    fn ends_sentence(&self) -> bool {
        self.after
            .chars()
            .all(|c| c.is_whitespace() || matches!(c, '"' | '”' | ')' | '\''))
    }

    /// The last word before the match, without the punctuation around it.
    fn word_before(&self) -> &'t str {
        self.before
            .split_whitespace()
            .next_back()
            .unwrap_or("")
            .trim_matches(|c: char| !c.is_alphanumeric())
    }

    /// The first word after the match, without the punctuation around it.
    fn word_after(&self) -> &'t str {
        self.after
            .split_whitespace()
            .next()
            .unwrap_or("")
            .trim_matches(|c: char| !c.is_alphanumeric())
    }

    /// Whether the text before the match ends with a letter, a digit or a sign that makes one word with it.
    fn joined_before(&self) -> bool {
        let last = self.before.chars().next_back();
        last.is_some_and(|c| c.is_alphanumeric() || matches!(c, '_' | '.' | ',' | ':' | '/' | '-'))
            && !self.before.ends_with(", ")
    }

    /// Whether the text after the match goes on with a letter or a digit.
    fn joined_after(&self) -> bool {
        self.after.chars().next().is_some_and(char::is_alphanumeric)
    }
}

/// One pattern and its reading; `None` leaves the match as it is.
struct Rule {
    pattern: Regex,
    say: fn(&Found) -> Option<String>,
}

fn rule(pattern: &str, say: fn(&Found) -> Option<String>) -> Rule {
    Rule {
        pattern: Regex::new(pattern).expect("the patterns are constants that the tests compile"),
        say,
    }
}

/// A number as it is written: digits, separators of thousands (or lakhs), decimals.
const NUMBER: &str =
    r"(?:(?:[0-9]{1,2}(?:,[0-9]{2})+,[0-9]{3}|[0-9]+(?:,[0-9]{3})*)(?:\.[0-9]+)?|\.[0-9]+)";
/// Between the ends of a range.
const RANGE_SIGN: &str = r"\s?[-–—]\s?";

/// The keys of a table as alternatives of a pattern, the longest first: the leftmost alternative that fits wins.
fn alternatives<'k>(keys: impl Iterator<Item = &'k str>) -> String {
    let mut keys: Vec<String> = keys.map(regex::escape).collect();
    keys.sort_by_key(|key| std::cmp::Reverse(key.len()));
    keys.join("|")
}

/// Letters of a code one by one, in capitals, so that each is said by its name.
fn letters(written: &str) -> String {
    let letters: Vec<String> = written
        .chars()
        .filter(|c| c.is_alphanumeric())
        .map(|c| match c.to_digit(10) {
            Some(_) => numbers::digits(&c.to_string(), "zero"),
            None => c.to_uppercase().to_string(),
        })
        .collect();
    letters.join(" ")
}

/// Of signs and letters without a space, bytes. The pronouncing stage looks at each part of such a run for each other part, and what
/// is longer is no word, number or address.
const MAX_UNBROKEN_BYTES: usize = 60;
/// Most sentences are final after one pass; the rest after two or three.
const MAX_PASSES: usize = 8;

/// The text under change: for each byte the written bytes that it stands for.
struct Draft {
    text: String,
    origin: Vec<Range<usize>>,
}

impl Draft {
    /// Replaces `range` by `spoken`; all of it then stands for all that the range stood for.
    fn push(&mut self, source: &Self, range: Range<usize>, spoken: &str) {
        let origin = match (source.origin.get(range.start), range.end.checked_sub(1)) {
            (Some(first), Some(last)) if !range.is_empty() => first.start..source.origin[last].end,
            _ => return,
        };
        self.text.push_str(spoken);
        self.origin.resize(self.text.len(), origin);
    }

    fn copy(&mut self, source: &Self, range: Range<usize>) {
        self.text.push_str(&source.text[range.clone()]);
        self.origin.extend_from_slice(&source.origin[range]);
    }

    /// Puts `words` in place of what stands for a part of the written text, as words of their own.
    fn replace(self, written: &Range<usize>, words: &str) -> Self {
        let inside =
            |origin: &Range<usize>| origin.start < written.end && origin.end > written.start;
        let (Some(start), Some(last)) = (
            self.origin.iter().position(inside),
            self.origin.iter().rposition(inside),
        ) else {
            return self;
        };
        let mut changed = Self::with_capacity(self.text.len() + words.len());
        changed.copy(&self, 0..start);
        let joins = |c: char| c.is_alphanumeric() || c == '-';
        let gap_before = self.text[..start].ends_with(joins);
        let gap_after = self.text[last + 1..].starts_with(joins);
        let gap = |needed: bool| if needed { " " } else { "" };
        changed.push(
            &self,
            start..last + 1,
            &format!("{}{words}{}", gap(gap_before), gap(gap_after)),
        );
        changed.copy(&self, last + 1..self.text.len());
        changed
    }

    /// Replaces words that are drawn out, mistyped or said as others.
    fn respell(self, known: &dyn Fn(&str) -> bool) -> Self {
        let mut changed = Self::with_capacity(self.text.len());
        let mut copied = 0;
        let mut at = 0;
        while let Some(offset) = self.text[at..].find(|c: char| c.is_ascii_alphanumeric()) {
            let start = at + offset;
            let length = self.text[start..]
                .find(|c: char| !c.is_ascii_alphanumeric())
                .unwrap_or(self.text.len() - start);
            let end = start + length;
            at = end;
            // In an address, a file name or a tag the letters count.
            let sign = |c: char| matches!(c, '@' | '/' | '#' | '_' | '.' | '-' | '\'' | '&');
            let joined = self.text[..start].ends_with(sign)
                || self.text[end..].starts_with(['@', '/', '_', '\'', '&'])
                || self.text[end..].starts_with(['.', '-'])
                    && self.text[end + 1..].starts_with(char::is_alphanumeric);
            if joined {
                continue;
            }
            if let Some(said) = super::respelling::respelled(&self.text[start..end], known) {
                changed.copy(&self, copied..start);
                changed.push(&self, start..end, &said);
                copied = end;
            }
        }
        if copied == 0 {
            return self;
        }
        changed.copy(&self, copied..self.text.len());
        changed
    }

    /// Puts spaces into what has none over more than `max_bytes`, after a sign where there is one.
    fn broken_up(self, max_bytes: usize) -> Self {
        let mut cuts = Vec::new();
        let (mut start, mut after_sign) = (0, None);
        for (at, c) in self.text.char_indices() {
            let end = at + c.len_utf8();
            if c.is_whitespace() {
                (start, after_sign) = (end, None);
                continue;
            }
            if end - start > max_bytes {
                let cut = after_sign.take().unwrap_or(at);
                cuts.push(cut);
                start = cut;
            }
            if !c.is_alphanumeric() {
                after_sign = Some(end);
            }
        }
        if cuts.is_empty() {
            return self;
        }
        let mut changed = Self::with_capacity(self.text.len() + cuts.len());
        let mut copied = 0;
        for cut in cuts {
            changed.copy(&self, copied..cut);
            changed.text.push(' ');
            changed.origin.extend(changed.origin.last().cloned());
            copied = cut;
        }
        changed.copy(&self, copied..self.text.len());
        changed
    }

    fn with_capacity(bytes: usize) -> Self {
        Self {
            text: String::with_capacity(bytes),
            origin: Vec::with_capacity(bytes),
        }
    }

    fn apply(self, rule: &Rule) -> Self {
        let mut changed = Self::with_capacity(0);
        let (mut copied, mut search) = (0, 0);
        while let Some(groups) = rule.pattern.captures_at(&self.text, search) {
            let whole = groups.get(0).expect("group 0 is the match").range();
            let found = Found {
                groups,
                before: &self.text[..whole.start],
                after: &self.text[whole.end..],
            };
            match (rule.say)(&found) {
                Some(spoken) if !whole.is_empty() => {
                    changed.copy(&self, copied..whole.start);
                    changed.push(&self, whole.clone(), &spoken);
                    (copied, search) = (whole.end, whole.end);
                }
                _ => {
                    let step = self.text[whole.start..].chars().next();
                    search = whole.start + step.map_or(1, char::len_utf8);
                }
            }
            if search > self.text.len() {
                break;
            }
        }
        if copied == 0 {
            return self;
        }
        changed.copy(&self, copied..self.text.len());
        changed
    }
}

/// A sentence in words, with the way back to how it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Normalized {
    /// What is to be said; still with punctuation.
    pub spoken: String,
    /// Characters that cannot be said, in order of appearance, each once.
    pub skipped: Vec<char>,
    origin: Vec<Range<usize>>,
}

impl Normalized {
    /// The part of the written sentence that a part of the spoken one stands for (both in bytes).
    pub fn written(&self, spoken: Range<usize>) -> Range<usize> {
        let parts =
            &self.origin[spoken.start.min(self.origin.len())..spoken.end.min(self.origin.len())];
        match (parts.first(), parts.last()) {
            (Some(first), Some(last)) => first.start..last.end.max(first.start),
            _ => 0..0,
        }
    }
}

/// Our rules, compiled once.
pub struct Normalizer {
    rules: Vec<Rule>,
}

impl Default for Normalizer {
    fn default() -> Self {
        Self::new()
    }
}

impl Normalizer {
    /// Compiles the rules.
    pub fn new() -> Self {
        let kinds = [
            social::rules(),
            electronic::rules(),
            serial::rules(),
            abbreviations::number_rules(),
            cardinal::sign_rules(),
            telephone::rules(),
            date::rules(),
            time::rules(),
            money::rules(),
            measure::rules(),
            ordinal::rules(),
            fraction::rules(),
            math::rules(),
            range::rules(),
            roman::rules(),
            chemistry::rules(),
            address::rules(),
            abbreviations::rules(),
            cardinal::rules(),
            signs::rules(),
        ];
        Self {
            rules: kinds.into_iter().flatten().collect(),
        }
    }

    /// Rewrites one sentence. The result says every word and number of it; what has no reading is in `skipped`.
    pub fn normalize(&self, written: &str) -> Normalized {
        self.normalize_with(written, &[], &|_| true)
    }

    /// The same with other words `instead` of parts of the sentence, which follow each other, and with drawn-out and mistyped words
    /// as what is meant; `known` tells the words of the dictionaries, in small letters.
    pub(super) fn normalize_with(
        &self,
        written: &str,
        instead: &[(Range<usize>, String)],
        known: &dyn Fn(&str) -> bool,
    ) -> Normalized {
        let (mut draft, skipped) = clean::clean(written);
        for (range, words) in instead {
            draft = draft.replace(range, words);
        }
        draft = draft.respell(known);
        // A reading can bring signs together that another rule reads ("a#.com"): until nothing changes any more.
        for _ in 0..MAX_PASSES {
            let before = draft.text.clone();
            for rule in &self.rules {
                draft = draft.apply(rule);
            }
            if draft.text == before {
                break;
            }
        }
        let draft = draft.broken_up(MAX_UNBROKEN_BYTES);
        Normalized {
            spoken: draft.text,
            skipped,
            origin: draft.origin,
        }
    }
}

#[cfg(test)]
mod tests;
