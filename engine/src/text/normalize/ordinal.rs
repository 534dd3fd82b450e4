//! A number with st, nd, rd or th is a rank, one with s a group: decades, ages and rounded counts.

use super::numbers::{cardinal, ordinal, plural, year};
use super::{Found, Rule, rule};

pub(super) fn rules() -> Vec<Rule> {
    vec![
        // "1000s came", "100s of them": nobody counts them.
        rule(r"\b(10+)s\b", |found| {
            let many = match found.group(1) {
                "10" => return None,
                "100" => "hundreds",
                "1000" => "thousands",
                "10000" => "tens of thousands",
                "100000" => "hundreds of thousands",
                "1000000" => "millions",
                _ => return None,
            };
            (!found.joined_before()).then(|| many.to_owned())
        }),
        // "the 1990s", "mid-1980s", "'90s", "in her 30s".
        rule(r"(?:\b(1[0-9]|20)|'|\b)([0-9]0)'?s\b", |found| {
            let prefixed = found.before.ends_with('-')
                && found.before[..found.before.len() - 1].ends_with(char::is_alphabetic);
            if (found.joined_before() && !prefixed) || found.joined_after() {
                return None;
            }
            let tens = found.number(2)?;
            // "timeout 30s" lasts.
            const LASTING: [&str; 16] = [
                "timeout", "in", "after", "every", "took", "takes", "for", "wait", "within",
                "lasted", "than", "last", "per", "about", "waited", "only",
            ];
            let plain = !found.group(0).contains('\'') && found.number(1).is_none();
            if plain && tens > 0 && found.follows(&LASTING) {
                return Some(format!("{} seconds", cardinal(tens)));
            }
            let words = match (found.number(1), tens) {
                (None, 0) => "two thousands".to_owned(),
                (None, _) => plural(&cardinal(tens)),
                (Some(century), _) => plural(&year(century * 100 + tens)),
            };
            // The hyphen of "mid-" would glue the first of several words to it.
            Some(words)
        }),
        rule(
            r"\b(mid|early|late|pre|post)-([a-z]+(?:teen|ty|ties|dred|sand|ten|eleven|twelve)(?:s|ies)?)\b",
            |found| Some(format!("{} {}", found.group(1), found.group(2))),
        ),
        // "21st-century", "2nd-hand", "3rd".
        rule(
            r"([0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)\s?(?:(?i)(st|nd|rd|th)|º)(-?)",
            |found| {
                let number = found.number(1)?;
                let fits = match (number % 10, number % 100) {
                    (_, 11..=13) => "th",
                    (1, _) => "st",
                    (2, _) => "nd",
                    (3, _) => "rd",
                    _ => "th",
                };
                let known = found.group(2).to_lowercase();
                let hyphen = !found.group(3).is_empty();
                if found.joined_before()
                    || (found.joined_after() && !hyphen)
                    || (known != fits && known != "th")
                    || found.group(0).contains(char::is_whitespace)
                {
                    return None;
                }
                Some(format!(
                    "{}{}",
                    ordinal(number),
                    if hyphen { " " } else { "" }
                ))
            },
        ),
        // "the 17th c."; after the rank is a word already.
        rule(r"\b([a-z]+(?:th|st|nd|rd)) c\.", |found| {
            Some(say_century(found))
        }),
    ]
}

fn say_century(found: &Found) -> String {
    let stop = if found.ends_sentence() { "." } else { "" };
    format!("{} century{stop}", found.group(1))
}
