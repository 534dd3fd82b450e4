//! Two numbers (or letters, days) with a dash are a range or a score, with a colon a ratio or a verse.

use super::numbers::{quantity, year};
use super::{Found, NUMBER, RANGE_SIGN, Rule, rule};

pub(super) fn rules() -> Vec<Rule> {
    vec![
        rule(&format!(r"({NUMBER}){RANGE_SIGN}({NUMBER})"), say_range),
        rule(
            r"\b(Psalms?|Genesis|Exodus|Isaiah|Jeremiah|Matthew|Mark|Luke|John|Acts|Romans|Corinthians|Galatians|Ephesians|Philippians|Colossians|Hebrews|James|Peter|Revelation|Proverbs|Job|Daniel|Surah) ([0-9]+):([0-9]+)\b",
            |found| {
                Some(format!(
                    "{} {} {}",
                    found.group(1),
                    quantity(found.group(2)),
                    quantity(found.group(3))
                ))
            },
        ),
        // What a clock cannot show is a ratio or a score; so is a verse, read alike but for the word between.
        rule(r"\b([0-9]+):([0-9]+)\b", |found| {
            (!found.joined_before() && !found.after.starts_with([':', '/'])).then(|| {
                format!(
                    "{} to {}",
                    quantity(found.group(1)),
                    quantity(found.group(2))
                )
            })
        }),
        rule(r"\b([A-Z])(?:–|-)([A-Z])\b", |found| {
            let all = found.group(0).starts_with('A') && found.group(0).ends_with('Z');
            let range = all || found.group(0).contains('–');
            (range && found.is_whole()).then(|| format!("{} to {}", found.group(1), found.group(2)))
        }),
        rule(
            r"\b([1-3]) (Samuel|Kings|Chronicles|Corinthians|Thessalonians|Timothy|Peter|John|Maccabees)\b",
            |found| {
                let rank =
                    ["First", "Second", "Third"][usize::try_from(found.number(1)?).ok()? - 1];
                (!found.joined_before()).then(|| format!("{rank} {}", found.group(2)))
            },
        ),
    ]
}

fn say_range(found: &Found) -> Option<String> {
    let sum = found.after.trim_start().starts_with('=');
    let chained = found
        .after
        .strip_prefix(['-', '–'])
        .is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
    if sum || chained || !found.is_whole() {
        return None;
    }
    let (first, last) = (found.group(1), found.group(2));
    // "invoice 2024-117" is a number of two parts.
    if first.len() == 4 && last.len() == 3 && first.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    if (first, last) == ("50", "50") {
        return Some("fifty fifty".to_owned());
    }
    let years =
        |written: &str| written.len() == 4 && (1100..2100).contains(&written.parse().unwrap_or(0));
    let say = |written: &str| match written.parse() {
        Ok(number) if years(written) && years(if last.len() == 4 { last } else { first }) => {
            year(number)
        }
        _ => quantity(written),
    };
    Some(format!("{} to {}", say(first), say(last)))
}
