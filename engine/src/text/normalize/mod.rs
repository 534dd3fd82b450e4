//! Written English → words that misaki reads rightly.
//!
//! misaki reads cardinals, ordinals, years, decimals, dollars and cents, percent and acronyms; that stays its work. The
//! rules here cover what it does not: clock times, numeric dates, fractions, telephone numbers, units, abbreviations,
//! decades, large sums, web and mail addresses, ranges and symbols. A rule is a pattern and what to say for a match.
//! Rules run in order over one sentence; each byte remembers which part of the written text it stands for, so that
//! captions can show what the user wrote while the voice says it in words.

pub(super) mod abbreviations;
mod addresses;
mod dates;
pub(super) mod numbers;
mod quantities;
pub(super) mod symbols;

use std::ops::Range;

use regex::{Captures, Regex};

pub use symbols::unspeakable;

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

/// A number as it is written: digits, thousands separators, decimals.
const NUMBER: &str = r"[0-9]+(?:,[0-9]{3})*(?:\.[0-9]+)?";

/// Most sentences are final after one pass; the rest after two or three.
const MOST_PASSES: usize = 8;

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
        let mut rules = Vec::new();
        rules.extend(addresses::rules());
        rules.extend(dates::rules());
        rules.extend(quantities::rules());
        rules.extend(abbreviations::rules());
        rules.extend(symbols::rules());
        Self { rules }
    }

    /// Rewrites one sentence. The result says every word and number of it; what has no reading is in `skipped`.
    pub fn normalize(&self, written: &str) -> Normalized {
        let (mut draft, skipped) = symbols::clean(written);
        // A reading can bring signs together that another rule reads ("a#.com"): until nothing changes any more.
        for _ in 0..MOST_PASSES {
            let before = draft.text.clone();
            for rule in &self.rules {
                draft = draft.apply(rule);
            }
            if draft.text == before {
                break;
            }
        }
        Normalized {
            spoken: draft.text,
            skipped,
            origin: draft.origin,
        }
    }
}

#[cfg(test)]
mod tests;
