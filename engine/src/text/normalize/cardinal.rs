//! A number that no other kind claims counts, names a year, or names a thing; a sign before it is said.

use super::numbers::{cardinal, digits, name, quantity, year};
use super::{Found, NUMBER, Rule, rule};

/// Signs that belong to a number; they have to be words before the numbers are.
pub(super) fn sign_rules() -> Vec<Rule> {
    vec![
        // "5pm,4A.M.?-34": no space behind the mark.
        rule(r"([A-Za-z.?!%)])([,;?!])([-$£€]?[0-9])", |found| {
            Some(format!(
                "{}{} {}",
                found.group(1),
                found.group(2),
                found.group(3)
            ))
        }),
        rule(r"([0-9])\.{2,}([0-9])", |found| {
            Some(format!("{}, {}", found.group(1), found.group(2)))
        }),
        // A minus stands at the beginning of a word: "5-3" is no negative number, and "10 -20" a range.
        rule(r"-\s?([$£€¥₹₩]?\s?\.?[0-9])", |found| {
            let before = found.before.trim_end();
            let spaced = found.before.len() > before.len();
            let opens = found.before.is_empty()
                || spaced && !before.ends_with(|c: char| c.is_ascii_digit() || c == '°')
                || found.before.ends_with([
                    '(', '=', '<', '>', '*', '×', '÷', '"', '“', '±', '/', '~', ':',
                ]);
            let bullet = found.before.is_empty() && found.group(0).starts_with("- ");
            let separate = spaced && found.group(0).starts_with("- ");
            (opens && !bullet && !separate).then(|| format!("minus {}", found.group(1)))
        }),
        rule(r"([$£€¥₹])-([0-9])", |found| {
            Some(format!("minus {}{}", found.group(1), found.group(2)))
        }),
        rule(r"~\s?([$£€]?[0-9])", |found| {
            (!found.joined_before()).then(|| format!("about {}", found.group(1)))
        }),
        rule(r"#\s?([0-9])", |found| {
            (!found.joined_before()).then(|| format!("number {}", found.group(1)))
        }),
    ]
}

pub(super) fn rules() -> Vec<Rule> {
    vec![
        // "1. First" and "2) Second" count the items of a list.
        rule(r"^([0-9]{1,3})([.)])\s", |found| {
            Some(format!("{}, ", cardinal(found.number(1)?)))
        }),
        // Versions and outlines: every part is a number of its own.
        rule(r"[0-9]+(?:\.[0-9]+){2,}", |found| {
            let parts: Vec<String> = found.group(0).split('.').map(quantity).collect();
            (!found.joined_before()).then(|| parts.join(" point "))
        }),
        // Model names: "A380", "MP3", "F-16", "COVID-19", "4K", "B2B". Letters and digits are said one after the other.
        rule(r"([A-Za-z])(-?)([0-9]+)", |found| {
            let spaced = found.group(2).is_empty() || found.group(3).len() <= 4;
            let gap = if found.joined_after() { " " } else { "" };
            spaced.then(|| format!("{} {}{gap}", found.group(1), name(found.group(3))))
        }),
        rule(r"([0-9]+)([A-Za-z]+)", |found| {
            let letters = found.group(2);
            let ordinal = matches!(letters, "st" | "nd" | "rd" | "th");
            (!ordinal && !found.before.ends_with(['.', ',']))
                .then(|| format!("{} {letters}", count(found, found.group(1))))
        }),
        // "21-year-old", "9-to-5", "1-2-3": a hyphen between a number and what follows only joins them.
        rule(r"([0-9]+)-([0-9A-Za-z])", |found| {
            (!found.before.ends_with(['.', ',']))
                .then(|| format!("{} {}", count(found, found.group(1)), found.group(2)))
        }),
        rule(NUMBER, |found| {
            // Letters that cling to a number are another word.
            let gap = |joined: bool| if joined { " " } else { "" };
            let before = found
                .before
                .ends_with(|c: char| c.is_alphanumeric() || c == '%');
            let words = count(found, found.group(0));
            Some(format!(
                "{}{words}{}",
                gap(before),
                gap(found.joined_after())
            ))
        }),
    ]
}

/// Words before a number that names something.
const NAMED: &[&str] = &[
    "room",
    "flight",
    "route",
    "highway",
    "interstate",
    "bus",
    "line",
    "model",
    "gate",
    "suite",
    "apartment",
    "apt",
    "channel",
    "train",
    "boeing",
    "airbus",
    "form",
    "section",
    "code",
    "unit",
    "box",
    "extension",
    "gallery",
    "exit",
    "engine",
    "psalm",
    "error",
    "status",
    "http",
    "port",
    "platform",
];

/// Words before the number of a year.
const BEFORE_YEARS: &[&str] = &[
    "in",
    "since",
    "by",
    "until",
    "till",
    "from",
    "of",
    "year",
    "before",
    "after",
    "during",
    "around",
    "circa",
    "early",
    "late",
    "mid",
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
    "spring",
    "summer",
    "autumn",
    "fall",
    "winter",
    "christmas",
    "and",
    "to",
    "through",
];

/// Things that are counted though they do not end in s.
const COUNTED: &[&str] = &[
    "people",
    "men",
    "women",
    "children",
    "more",
    "or",
    "different",
    "new",
    "square",
    "fish",
    "sheep",
];

/// A whole number by its place.
fn count(found: &Found, written: &str) -> String {
    let plain = written.bytes().all(|b| b.is_ascii_digit());
    if !plain {
        return quantity(written);
    }
    if written.len() > 1 && written.starts_with('0') {
        return digits(written, "zero");
    }
    let named = found.follows(NAMED);
    if named && written.len() >= 3 {
        return name(written);
    }
    let (4, Ok(number)) = (written.len(), written.parse::<u64>()) else {
        return quantity(written);
    };
    let after = found.word_after();
    let counted = COUNTED.contains(&after)
        || after.len() > 3
            && after.starts_with(char::is_lowercase)
            && after.ends_with('s')
            && !after.ends_with("ss")
            && !matches!(
                after,
                "this"
                    | "was"
                    | "has"
                    | "does"
                    | "is"
                    | "his"
                    | "its"
                    | "as"
                    | "plus"
                    | "minus"
                    | "times"
                    | "equals"
            );
    // "ProRes 4444" names, "London 4444" too; what is counted comes after.
    let named = number >= 2100
        && !counted
        && found.word_before().starts_with(char::is_uppercase)
        && (found.before.trim_end().contains(' ')
            || found.word_before().len() > 1
                && found.word_before().chars().all(char::is_uppercase));
    if named {
        return name(written);
    }
    let round = number.is_multiple_of(100) && !number.is_multiple_of(1000);
    let follows = found.follows(BEFORE_YEARS);
    let dated = (1100..2100).contains(&number) && (follows || !counted)
        || (1010..1100).contains(&number) && (follows || found.word_after().is_empty());
    if round || dated {
        year(number)
    } else {
        cardinal(number)
    }
}
