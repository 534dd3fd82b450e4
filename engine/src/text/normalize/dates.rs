//! Dates and clock times.

use super::numbers::{cardinal, ordinal_digits};
use super::{Found, Rule, rule};

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
const MONTH_NAMES: &str =
    "January|February|March|April|May|June|July|August|September|October|November|December";
const MONTH_ABBREVIATIONS: &str = "Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec";
const CLOCK: &str = r"([01]?[0-9]|2[0-4]):([0-5][0-9])(?::([0-5][0-9]))?";
const HALF_OF_DAY: &str = r"(?:\s?([AaPp])\.?[Mm]\b\.?)?";

pub(super) fn rules() -> Vec<Rule> {
    vec![
        rule(r"([0-9]{4})[-/.]([0-9]{1,2})[-/.]([0-9]{1,2})", |found| {
            say_date(found, found.number(1)?, found.number(2)?, found.number(3)?)
        }),
        rule(
            r"([0-9]{1,2})([-/.])([0-9]{1,2})([-/.])([0-9]{4}|[0-9]{2})",
            |found| {
                let (first, second) = (found.number(1)?, found.number(3)?);
                let two_digits = found.group(5).len() == 2;
                // Two dots or dashes with a short year are a version number as likely as a date.
                if found.group(2) != found.group(4) || (two_digits && found.group(2) != "/") {
                    return None;
                }
                let year = match found.number(5)? {
                    year if !two_digits => year,
                    year if year < 50 => 2000 + year,
                    year => 1900 + year,
                };
                // American order unless that cannot be; with dots, day first.
                if first > 12 || (found.group(2) == "." && second <= 12) {
                    say_date(found, year, second, first)
                } else {
                    say_date(found, year, first, second)
                }
            },
        ),
        rule(r"\b([0-9]{1,2})/([0-9]{1,2})\b", |found| {
            let words = [
                "on", "by", "until", "till", "since", "before", "after", "from", "due",
            ];
            let (month, day) = (found.number(1)?, found.number(2)?);
            let dated = words.contains(&found.word_before().to_lowercase().as_str());
            (dated
                && (1..=12).contains(&month)
                && (1..=31).contains(&day)
                && !found.joined_before()
                && !found.after.starts_with('/'))
            .then(|| format!("{} {}", MONTHS[month as usize - 1], ordinal_digits(day)))
        }),
        rule(
            &format!(r"\b({MONTH_ABBREVIATIONS})(\.?)(,?\s+[0-9])"),
            |found| Some(format!("{}{}", month(found.group(1))?, found.group(3))),
        ),
        rule(
            &format!(r"([0-9](?:st|nd|rd|th)?\s+(?:of\s+)?)({MONTH_ABBREVIATIONS})\b(\.?)"),
            |found| {
                let stop = if found.ends_sentence() {
                    found.group(3)
                } else {
                    ""
                };
                Some(format!(
                    "{}{}{stop}",
                    found.group(1),
                    month(found.group(2))?
                ))
            },
        ),
        rule(
            r"\b(Mon|Tues?|Wed|Thurs?|Fri|Sat|Sun)\.?(,?\s+)((?:[A-Z][a-z]+\s+)?[0-9])",
            |found| {
                let day = match &found.group(1)[..3] {
                    "Mon" => "Monday",
                    "Tue" => "Tuesday",
                    "Wed" => "Wednesday",
                    "Thu" => "Thursday",
                    "Fri" => "Friday",
                    "Sat" => "Saturday",
                    _ => "Sunday",
                };
                Some(format!("{day}{}{}", found.group(2), found.group(3)))
            },
        ),
        // "March 3" is the third; "March 3rd", "March 2021" and "March 10:30" are misaki's or the clock's.
        rule(&format!(r"\b({MONTH_NAMES})\s+([0-9]{{1,2}})\b"), |found| {
            let day = found.number(2)?;
            let plain = !found.after.starts_with([':', '/', '-', '.', '%'])
                || found.after.starts_with(". ")
                || found.ends_sentence()
                || found.after == ".";
            ((1..=31).contains(&day) && plain && !found.joined_after())
                .then(|| format!("{} {}", found.group(1), ordinal_digits(day)))
        }),
        rule(&format!(r"\b([0-9]{{1,2}})\s+({MONTH_NAMES})\b"), |found| {
            let day = found.number(1)?;
            let date_follows = found
                .after
                .trim_start_matches([' ', ','])
                .starts_with(|c: char| c.is_ascii_digit());
            ((1..=31).contains(&day)
                && !found.joined_before()
                && (found.group(2) != "May" || date_follows))
                .then(|| format!("{} of {}", ordinal_digits(day), found.group(2)))
        }),
        rule(
            &format!(r"\b{CLOCK}{HALF_OF_DAY}(\s?[-–—]\s?|\s+to\s+){CLOCK}{HALF_OF_DAY}"),
            |found| {
                if found.joined_before() || found.joined_after() {
                    return None;
                }
                let first = say_time(found, 1, false)?;
                let second = say_time(found, 6, true)?;
                Some(format!("{first} to {second}"))
            },
        ),
        rule(&format!(r"\b{CLOCK}{HALF_OF_DAY}"), |found| {
            (!found.joined_before()
                && !found.joined_after()
                && !found.after.starts_with([':', '/']))
            .then(|| say_time(found, 1, true))?
        }),
        // "3.45pm" and "7pm": only the half of the day makes these a time.
        rule(
            r"\b(1[0-2]|0?[1-9])\.([0-5][0-9])()\s?([AaPp])\.?[Mm]\b\.?",
            |found| (!found.joined_before()).then(|| say_time(found, 1, true))?,
        ),
        rule(
            r"\b(1[0-2]|0?[1-9])(\s?[-–]\s?(?:1[0-2]|0?[1-9]))?\s?([AaPp])\.?[Mm]\b\.?",
            |found| {
                if found.joined_before() || found.joined_after() {
                    return None;
                }
                let last = found.group(2).trim_start_matches([' ', '-', '–']);
                let hours = match last.parse().ok().map(cardinal) {
                    Some(last) => format!("{} to {last}", cardinal(found.number(1)?)),
                    None => cardinal(found.number(1)?),
                };
                Some(format!("{hours} {}", half_of_day(found, 3, true)))
            },
        ),
        // What is left of "2:1" is a ratio or a score.
        rule(r"\b([0-9]+):([0-9]+)\b", |found| {
            (!found.joined_before() && !found.after.starts_with([':', '/']))
                .then(|| format!("{} to {}", found.group(1), found.group(2)))
        }),
    ]
}

fn month(abbreviation: &str) -> Option<&'static str> {
    let start = abbreviation.get(..3)?;
    MONTHS.into_iter().find(|month| month.starts_with(start))
}

fn say_date(found: &Found, year: u64, month: u64, day: u64) -> Option<String> {
    if found.joined_before() || found.joined_after() || found.after.starts_with(['/', '-']) {
        return None;
    }
    if !(1..=12).contains(&month) || !(1..=31).contains(&day) {
        return None;
    }
    Some(format!(
        "{} {}, {year:04}",
        MONTHS[month as usize - 1],
        ordinal_digits(day)
    ))
}

/// Reads hours, minutes, seconds and half of the day from four groups that begin at `group`.
fn say_time(found: &Found, group: usize, last: bool) -> Option<String> {
    let (hour, minute) = (found.number(group)?, found.number(group + 1)?);
    let two_digits = |number: u64| match number {
        0..=9 => format!("oh {}", cardinal(number)),
        _ => cardinal(number),
    };
    let half = found.group(group + 3);
    let mut spoken = match (hour, minute) {
        (_, 0) if !half.is_empty() => cardinal(hour),
        (0, 0) => "midnight".to_owned(),
        (1..=12, 0) if found.group(group + 2).is_empty() => format!("{} o'clock", cardinal(hour)),
        (_, 0) if found.group(group + 2).is_empty() => format!("{} hundred", cardinal(hour)),
        (_, 0) => format!("{} oh oh", cardinal(hour)),
        _ => format!("{} {}", cardinal(hour), two_digits(minute)),
    };
    if let Some(second) = found.number(group + 2) {
        spoken.push_str(&format!(" and {} seconds", cardinal(second)));
    }
    if !half.is_empty() {
        spoken.push(' ');
        spoken.push_str(&half_of_day(found, group + 3, last));
    }
    Some(spoken)
}

/// "p.m." as misaki spells it. The dot that ends the sentence too is written once, as people do.
fn half_of_day(found: &Found, group: usize, last: bool) -> String {
    let letter = found.group(group).to_lowercase();
    let doubled = last && found.after.starts_with('.') && !found.after.starts_with("..");
    format!("{letter}.m{}", if doubled { "" } else { "." })
}
