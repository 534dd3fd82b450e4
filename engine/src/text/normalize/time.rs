//! Clock times are hours and minutes; what lasts is hours, minutes and seconds.

use super::numbers::cardinal;
use super::{Found, Rule, rule};

const CLOCK: &str = r"([01]?[0-9]|2[0-4]):([0-5][0-9])(?::([0-5][0-9])(?:\.[0-9]+)?)?";
const HALF_OF_DAY: &str = r"(?:\s?([AaPp])\.?[Mm]\b\.?)?";
const HALF: &str = r"([AaPp])\.?[Mm]\b\.?";

pub(super) fn rules() -> Vec<Rule> {
    vec![
        // "12d 4h".
        rule(r"\b([0-9]{1,4})\s?d\s?([0-9]{1,2})\s?h\b", |found| {
            let days = found.number(1)?;
            found.is_whole().then(|| {
                format!(
                    "{} day{} {}",
                    cardinal(days),
                    if days == 1 { "" } else { "s" },
                    say_duration(&[found.number(2), None, None])
                )
            })
        }),
        // "2h30m", "1h 5m 20s", "3h".
        rule(
            r"\b([0-9]{1,2})\s?h(?:rs?|ours?)?\.?\s?([0-5]?[0-9])\s?m(?:ins?|in\.)?\b(?:\s?([0-5]?[0-9])\s?s(?:ecs?)?\b)?",
            |found| {
                (!found.joined_before())
                    .then(|| say_duration(&[found.number(1), found.number(2), found.number(3)]))
            },
        ),
        rule(
            r"\b([0-5]?[0-9])\s?m(?:ins?)?\s?([0-5]?[0-9])\s?s(?:ecs?)?\b",
            |found| {
                found
                    .is_whole()
                    .then(|| say_duration(&[None, found.number(1), found.number(2)]))
            },
        ),
        // With seconds it lasted, unless a word or a leading zero says that it is a clock's.
        rule(r"\b([0-9]{1,3}):([0-5][0-9]):([0-5][0-9])\b", |found| {
            const OF_CLOCKS: [&str; 12] = [
                "at", "by", "until", "till", "before", "after", "since", "from", "to", "the",
                "around", "exactly",
            ];
            let clock = found.group(1).starts_with('0')
                || found.follows(&OF_CLOCKS)
                || found.number(1)? > 12
                || found.before.ends_with(", ")
                || found
                    .after
                    .trim_start()
                    .to_lowercase()
                    .starts_with(['a', 'p'])
                    && found
                        .after
                        .trim_start()
                        .get(1..2)
                        .is_some_and(|m| matches!(m, "m" | "M" | "."));
            let hours = found.number(1)?;
            (found.is_whole() && !found.after.starts_with([':', '/']) && (!clock || hours > 24))
                .then(|| say_duration(&[Some(hours), found.number(2), found.number(3)]))
        }),
        rule(
            &format!(r"\b{CLOCK}{HALF_OF_DAY}(\s?[-–—]\s?|\s+to\s+){CLOCK}{HALF_OF_DAY}"),
            |found| {
                if !found.is_whole() {
                    return None;
                }
                let first = say_time(found, 1, false)?;
                let second = say_time(found, 6, true)?;
                Some(format!("{first} to {second}"))
            },
        ),
        rule(r"\b(noon|midnight)\s?[-–]\s?([0-9])", |found| {
            Some(format!("{} to {}", found.group(1), found.group(2)))
        }),
        rule(
            r"([0-9]\s?[AaPp]\.?[Mm]\.?)\s?[-–]\s?(noon|midnight)\b",
            |found| Some(format!("{} to {}", found.group(1), found.group(2))),
        ),
        // "2pm-5pm", "9:30am–5pm", "9am to 5:30pm".
        rule(
            &format!(
                r"\b(1[0-2]|0?[1-9])(?::([0-5][0-9]))?()\s?{HALF}\s?[-–—]\s?(1[0-2]|0?[1-9])(?::([0-5][0-9]))?()\s?{HALF}"
            ),
            |found| {
                found.is_whole().then(|| {
                    Some(format!(
                        "{} to {}",
                        say_hour(found, 1, false)?,
                        say_hour(found, 5, true)?
                    ))
                })?
            },
        ),
        rule(&format!(r"\b{CLOCK}{HALF_OF_DAY}(Z?)"), |found| {
            (found.is_whole() && !found.after.starts_with([':', '/'])).then(|| {
                Some(format!(
                    "{}{}",
                    say_time(found, 1, true)?,
                    if found.group(5).is_empty() {
                        ""
                    } else {
                        " U T C"
                    }
                ))
            })?
        }),
        // "12:30 a.m. est", "5pm pst".
        rule(
            r"(?i)(\b[ap]\.?m\.?|[0-9]) (est|edt|cst|cdt|mst|mdt|pst|pdt|gmt|utc|cet|cest|bst|ist|jst|aest)\b",
            |found| {
                (!found.joined_after() && found.group(2).starts_with(char::is_lowercase))
                    .then(|| format!("{} {}", found.group(1), super::letters(found.group(2))))
            },
        ),
        // "3.45pm" and "7pm": only the half of the day makes these a time.
        rule(
            &format!(r"\b(1[0-2]|0?[1-9])\.([0-5][0-9])()\s?{HALF}"),
            |found| (!found.joined_before()).then(|| say_time(found, 1, true))?,
        ),
        rule(
            &format!(r"\b(1[0-2]|0?[1-9])(\s?[-–]\s?(?:1[0-2]|0?[1-9]))?\s?{HALF}"),
            |found| {
                if !found.is_whole() {
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
        // "0900 hours", "1430h", "10h30".
        rule(
            r"\b([01][0-9]|2[0-3])([0-5][0-9])\s?(hours|hrs|h)\b",
            |found| {
                let (hour, minute) = (found.number(1)?, found.number(2)?);
                let hour = if hour < 10 {
                    format!("oh {}", cardinal(hour))
                } else {
                    cardinal(hour)
                };
                let minute = match minute {
                    0 => "hundred".to_owned(),
                    1..=9 => format!("oh {}", cardinal(minute)),
                    _ => cardinal(minute),
                };
                found.is_whole().then(|| format!("{hour} {minute} hours"))
            },
        ),
        rule(r"\b([01]?[0-9]|2[0-3])h([0-5][0-9])\b", |found| {
            found
                .is_whole()
                .then(|| say_time_of(found.number(1).unwrap_or(0), found.number(2).unwrap_or(0)))
        }),
    ]
}

fn say_duration(parts: &[Option<u64>; 3]) -> String {
    let names = ["hour", "minute", "second"];
    let said: Vec<String> = parts
        .iter()
        .zip(names)
        .filter_map(|(number, name)| {
            let number = number.filter(|&number| number > 0)?;
            Some(format!(
                "{} {name}{}",
                cardinal(number),
                if number == 1 { "" } else { "s" }
            ))
        })
        .collect();
    match said.as_slice() {
        [] => "zero seconds".to_owned(),
        [all @ .., last] if all.len() == 2 => format!("{} and {last}", all.join(" ")),
        all => all.join(" "),
    }
}

/// Hour and minute in two groups from `group` on, half of the day in the fourth.
fn say_hour(found: &Found, group: usize, last: bool) -> Option<String> {
    let hour = found.number(group)?;
    let clock = match found.number(group + 1) {
        Some(minute) if minute > 0 => say_time_of(hour, minute),
        _ => cardinal(hour),
    };
    Some(format!("{clock} {}", half_of_day(found, group + 3, last)))
}

fn say_time_of(hour: u64, minute: u64) -> String {
    let minutes = match minute {
        0..=9 => format!("oh {}", cardinal(minute)),
        _ => cardinal(minute),
    };
    format!("{} {minutes}", cardinal(hour))
}

/// Reads hours, minutes, seconds and half of the day from four groups that begin at `group`.
fn say_time(found: &Found, group: usize, last: bool) -> Option<String> {
    let (hour, minute) = (found.number(group)?, found.number(group + 1)?);
    let second = found.number(group + 2).filter(|&second| second > 0);
    let half = found.group(group + 3);
    let mut spoken = match (hour, minute) {
        (_, 0) if !half.is_empty() => cardinal(hour),
        (0, 0) => "midnight".to_owned(),
        (1..=12, 0) => format!("{} o'clock", cardinal(hour)),
        (_, 0) => format!("{} hundred", cardinal(hour)),
        _ => say_time_of(hour, minute),
    };
    if let Some(second) = second {
        spoken.push_str(&format!(
            " and {} second{}",
            cardinal(second),
            if second == 1 { "" } else { "s" }
        ));
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
