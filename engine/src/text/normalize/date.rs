//! Dates in figures become month, day and year in words; short months and weekdays are said in full.

use super::numbers::{cardinal, ordinal, year};
use super::{Found, RANGE_SIGN, Rule, rule};

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
const SHORT_MONTHS: &str = "(?:Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)|(?:JAN|FEB|MAR|APR|JUN|JUL|AUG|SEPT?|OCT|NOV|DEC)|(?:jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec)";
/// Those that are no English words without their dot.
const CLEAR_MONTHS: &str = "Jan|Feb|Apr|Jun|Jul|Aug|Sept|Oct|Nov|Dec|Mar|Sep";
/// The same in small letters and capitals: "july 25 2012", "MARCH 3".
const ANY_MONTH: &str =
    "(?i:January|February|March|April|May|June|July|August|September|October|November|December)";
const SHORT_DAYS: &str = "Mon|Tues?|Wed|Thurs?|Thu|Fri|Sat|Sun";
const BEFORE_MONTHS: [&str; 16] = [
    "in", "since", "last", "next", "until", "till", "by", "from", "this", "early", "late", "mid",
    "every", "of", "to", "for",
];

pub(super) fn rules() -> Vec<Rule> {
    vec![
        rule(
            r"([0-9]{4})[-/.]([0-9]{1,2})[-/.]([0-9]{1,2})(T|\b)",
            |found| {
                let date = say_date(found, found.number(1)?, found.number(2)?, found.number(3)?)?;
                Some(format!(
                    "{date}{}",
                    if found.group(4).is_empty() { "" } else { ", " }
                ))
            },
        ),
        rule(
            r"([0-9]{1,2})([-/.])([0-9]{1,2})([-/.])([0-9]{4}|[0-9]{2})",
            |found| {
                let (first, second) = (found.number(1)?, found.number(3)?);
                let two_digits = found.group(5).len() == 2;
                // Two dots or dashes with a short year are a version number as likely as a date.
                if found.group(2) != found.group(4) || (two_digits && found.group(2) != "/") {
                    return None;
                }
                let year = full_year(found.group(5))?;
                // American order unless that cannot be; with dots, day first.
                if first > 12 || (found.group(2) == "." && second <= 12) {
                    say_date(found, year, second, first)
                } else {
                    say_date(found, year, first, second)
                }
            },
        ),
        // "valid thru 08/27" is a month and a year.
        rule(
            r"(?i)\b(thru|through|expir[a-z]+|exp\.?:?|valid)( until| to| on)? (0[1-9]|1[0-2])/([0-9]{4}|[0-9]{2})\b",
            |found| {
                let through = if found.group(1).eq_ignore_ascii_case("thru") {
                    "through"
                } else {
                    found.group(1)
                };
                let month = MONTHS[usize::try_from(found.number(3)?).ok()? - 1];
                let year = year(full_year(found.group(4))?);
                (!found.after.starts_with('/'))
                    .then(|| format!("{through}{} {month} {year}", found.group(2)))
            },
        ),
        // "Q2 2024", "2Q22", "1H23": parts of a business year.
        rule(
            r"\b(?:Q([1-4])|([1-4])Q)[ -]?(?:FY)?('?[0-9]{2}|[0-9]{4})\b",
            |found| {
                let quarter = found.number(1).or(found.number(2))?;
                say_part_of_year(found, &format!("{} quarter", ordinal(quarter)), 3)
            },
        ),
        rule(
            r"\b(?:H([12])|([12])H)[ -]?(?:FY)?('?[0-9]{2}|[0-9]{4})\b",
            |found| {
                let half = found.number(1).or(found.number(2))?;
                say_part_of_year(found, &format!("{} half", ordinal(half)), 3)
            },
        ),
        // "the 1980 s": a decade with a gap.
        rule(r"\b(1[1-9][0-9]0|20[0-9]0) s\b", |found| {
            found
                .is_whole()
                .then(|| super::numbers::plural(&year(found.number(1).unwrap_or(0))))
        }),
        // "12/25 to 1/2", "12/25-1/2".
        rule(
            r"\b([0-9]{1,2})/([0-9]{1,2})(?: (?:to|through|thru) | ?[-–] ?)([0-9]{1,2})/([0-9]{1,2})\b",
            |found| {
                let [month, day, last_month, last_day] =
                    [1, 2, 3, 4].map(|group| found.number(group).unwrap_or(0));
                let fits =
                    |month: u64, day: u64| (1..=12).contains(&month) && (1..=31).contains(&day);
                let dated =
                    fits(month, day) && fits(last_month, last_day) && (day > 16 || last_day > 16);
                (dated && found.is_whole() && !found.after.starts_with('/')).then(|| {
                    format!(
                        "{} to {}",
                        month_and_day(month, day),
                        month_and_day(last_month, last_day)
                    )
                })
            },
        ),
        rule(r"\b([0-9]{1,2})/([0-9]{1,2})\b", |found| {
            let words = [
                "on",
                "by",
                "until",
                "till",
                "since",
                "before",
                "after",
                "from",
                "due",
                "dated",
                "monday",
                "tuesday",
                "wednesday",
                "thursday",
                "friday",
                "saturday",
                "sunday",
                "mon",
                "tue",
                "tues",
                "tu",
                "wed",
                "thu",
                "thurs",
                "fri",
                "sat",
                "sun",
            ];
            let (month, day) = (found.number(1)?, found.number(2)?);
            // "Tu (2/22)".
            let open = found.before.trim_end_matches('(').trim_end();
            let word = open.rsplit(' ').next().unwrap_or("").to_lowercase();
            let word = word.trim_matches(|c: char| !c.is_alphanumeric());
            let dated = words.contains(&word) && !(month == 9 && day == 11);
            (dated
                && (1..=12).contains(&month)
                && (1..=31).contains(&day)
                && found.is_whole()
                && !found.after.starts_with('/'))
            .then(|| month_and_day(month, day))
        }),
        // "Jan-15-2020", "15-Jan-2020", "15-Jan-20".
        rule(
            &format!(r"\b({SHORT_MONTHS}|{MONTH_NAMES})-([0-9]{{1,2}})-([0-9]{{4}}|[0-9]{{2}})\b"),
            |found| {
                Some(format!(
                    "{} {}, {}",
                    month(found.group(1))?,
                    ordinal(found.number(2)?),
                    year(full_year(found.group(3))?)
                ))
            },
        ),
        rule(
            &format!(r"\b([0-9]{{1,2}})-({SHORT_MONTHS}|{MONTH_NAMES})-([0-9]{{4}}|[0-9]{{2}})\b"),
            |found| {
                Some(format!(
                    "{} {}, {}",
                    month(found.group(2))?,
                    ordinal(found.number(1)?),
                    year(full_year(found.group(3))?)
                ))
            },
        ),
        // "Jan-15".
        rule(&format!(r"\b({SHORT_MONTHS})-([0-9]{{1,2}})\b"), |found| {
            let day = found.number(2)?;
            (found.is_whole() && !found.after.starts_with(['-', '/']) && (1..=31).contains(&day))
                .then(|| Some(format!("{} {}", month(found.group(1))?, ordinal(day))))?
        }),
        // "Jan-Mar", "Jan.–Mar.", "Mon-Fri".
        rule(
            &format!(r"\b({SHORT_MONTHS})\.?{RANGE_SIGN}({SHORT_MONTHS})\b(\.?)"),
            |found| {
                let stop = stop_of(found, 3);
                Some(format!(
                    "{} to {}{stop}",
                    month(found.group(1))?,
                    month(found.group(2))?
                ))
            },
        ),
        rule(
            &format!(r"\b({SHORT_DAYS})\.?({RANGE_SIGN}|\s?&\s?|/)({SHORT_DAYS})\b(\.?)"),
            |found| {
                let stop = stop_of(found, 4);
                let word = if found.group(2).contains(['-', '–', '—']) {
                    "to"
                } else {
                    "and"
                };
                Some(format!(
                    "{} {word} {}{stop}",
                    weekday(found.group(1))?,
                    weekday(found.group(3))?
                ))
            },
        ),
        rule(&format!(r"\b({SHORT_MONTHS})(\.?)(,?\s+[0-9])"), |found| {
            // "mar 3" and "dec 25" are dates in small letters, too; "sun 3" and "may 3" none.
            (!found.joined_before())
                .then(|| Some(format!("{}{}", month(found.group(1))?, found.group(3))))?
        }),
        rule(
            &format!(r"([0-9](?:st|nd|rd|th)?\s+(?:of\s+)?)({SHORT_MONTHS})\b(\.?)"),
            |found| {
                let year_follows = found.after.starts_with(' ')
                    && found.word_after().len() == 4
                    && found.word_after().bytes().all(|b| b.is_ascii_digit());
                let named = !found.group(3).is_empty()
                    || year_follows
                    || found.group(2).starts_with(char::is_uppercase);
                let stop = stop_of(found, 3);
                named.then(|| {
                    Some(format!(
                        "{}{}{stop}",
                        found.group(1),
                        month(found.group(2))?
                    ))
                })?
            },
        ),
        // "in Jan. and again in Oct."; "Sat." and "Mar." need a word before that asks for them.
        rule(&format!(r"\b({CLEAR_MONTHS})(\.?)"), |found| {
            let asked = found.follows(&BEFORE_MONTHS);
            let dotted = !found.group(2).is_empty() && !matches!(found.group(1), "Mar" | "Sep");
            let name = asked || dotted;
            (name && found.is_whole() && !found.after.starts_with('\''))
                .then(|| Some(format!("{}{}", month(found.group(1))?, stop_of(found, 2))))?
        }),
        rule(
            &format!(r"\b({SHORT_DAYS})(\.?)(,?\s+)((?:[A-Z][a-z]+\s+)?[0-9])"),
            |found| {
                Some(format!(
                    "{}{}{}",
                    weekday(found.group(1))?,
                    found.group(3),
                    found.group(4)
                ))
            },
        ),
        rule(&format!(r"\b({SHORT_DAYS})(\.?)"), |found| {
            let dotted =
                !found.group(2).is_empty() && !matches!(found.group(1), "Sat" | "Sun" | "Wed");
            let asked = found.follows(&[
                "on", "every", "next", "last", "this", "by", "until", "from", "you",
            ]) && !matches!(found.group(1), "Sun" | "Wed");
            let named = (dotted || asked)
                && (!found.group(2).is_empty() || !matches!(found.group(1), "Sat"));
            (named && found.is_whole())
                .then(|| Some(format!("{}{}", weekday(found.group(1))?, stop_of(found, 2))))?
        }),
        // "March 3, 2021": the third. "March 3rd", "March 2021" and "March 10:30" are others' work.
        rule(
            &format!(r"\b({ANY_MONTH})\s+([0-9]{{1,2}})(st|nd|rd|th)?\b(?:(,?)\s+([0-9]{{4}})\b)?"),
            |found| {
                let day = found.number(2)?;
                let verb = matches!(found.group(1), "may" | "march")
                    && found.group(5).is_empty()
                    && found.group(3).is_empty()
                    && !found.follows(&BEFORE_MONTHS)
                    && !found.follows(&["on", "after", "before"]);
                if verb {
                    return None;
                }
                let plain = !found.after.starts_with([':', '/', '-', '.', '%', '–'])
                    || found.after.starts_with(". ")
                    || found.ends_sentence()
                    || found.after == ".";
                let range = found.after.starts_with(['-', '–']) && found.group(5).is_empty();
                if !(1..=31).contains(&day) || found.joined_after() || !(plain || range) {
                    return None;
                }
                let date = format!("{} {}", month(found.group(1))?, ordinal(day));
                match found.number(5) {
                    Some(number) => Some(format!("{date}{} {}", found.group(4), year(number))),
                    None => Some(date),
                }
            },
        ),
        rule(
            &format!(
                r"\b([0-9]{{1,2}})(?:st|nd|rd|th)?\s+(?:of\s+)?({ANY_MONTH})\b(?:(,?)\s+([0-9]{{4}})\b)?"
            ),
            |found| {
                let day = found.number(1)?;
                // "5 May" could be five who may.
                let ranked = found
                    .group(0)
                    .trim_start_matches(|c: char| c.is_ascii_digit())
                    .starts_with(char::is_alphabetic);
                let dated = found.number(4).is_some()
                    || ranked
                    || !matches!(found.group(2), "May" | "may" | "march");
                if !(1..=31).contains(&day)
                    || found.joined_before()
                    || found.joined_after()
                    || !dated
                {
                    return None;
                }
                let date = format!("{} of {}", ordinal(day), month(found.group(2))?);
                match found.number(4) {
                    Some(number) => Some(format!("{date}{} {}", found.group(3), year(number))),
                    None => Some(date),
                }
            },
        ),
        // "December first to the third", from "Dec. 1-3".
        rule(
            &format!(r"\b({MONTH_NAMES}) ([a-z ]+?)[-–]([0-9]{{1,2}})\b"),
            |found| {
                (found.group(2).ends_with(['t', 'h', 'd']) && (1..=31).contains(&found.number(3)?))
                    .then(|| {
                        Some(format!(
                            "{} {} to {}",
                            found.group(1),
                            found.group(2),
                            ordinal(found.number(3)?)
                        ))
                    })?
            },
        ),
        // "1066 AD", "the 2019/20 season", "FY2024", "Q3 2024".
        rule(r"\b([12][0-9]{3})/([0-9]{2})\b", |found| {
            let (first, last) = (found.number(1)?, found.number(2)?);
            (found.is_whole() && (first + 1) % 100 == last)
                .then(|| format!("{} {}", year(first), cardinal(last)))
        }),
        rule(r"\b([0-9]{1,4})\s?(BCE|AD|BC|CE|A\.D\.|B\.C\.)", |found| {
            let era: Vec<String> = found
                .group(2)
                .chars()
                .filter(|c| c.is_alphabetic())
                .map(String::from)
                .collect();
            let stop = if found.group(2).ends_with('.') && found.ends_sentence() {
                "."
            } else {
                ""
            };
            (found.is_whole()).then(|| {
                Some(format!(
                    "{} {}{stop}",
                    year_of(found.number(1)?),
                    era.join(" ")
                ))
            })?
        }),
        rule(r"\bFY\s?'?([0-9]{4}|[0-9]{2})\b", |found| {
            Some(format!("fiscal year {}", year(full_year(found.group(1))?)))
        }),
        // "the class of '98".
        rule(r"'([0-9]{2})\b", |found| {
            let class = found.follows(&["of", "in", "summer", "winter", "spring", "since"]);
            (class
                && !found.joined_before()
                && !found.joined_after()
                && !found.after.starts_with('\''))
            .then(|| two_digits(found.number(1).unwrap_or(0)))
        }),
    ]
}

/// "second quarter of twenty twenty four"; two figures of a year are said as they stand.
fn say_part_of_year(found: &Found, part: &str, group: usize) -> Option<String> {
    let written = found.group(group).trim_start_matches('\'');
    let number: u64 = written.parse().ok()?;
    let said = if written.len() == 2 {
        two_digits(number)
    } else {
        year(number)
    };
    let article = if found.follows(&["the", "our", "their", "its", "this"]) {
        ""
    } else {
        "the "
    };
    found
        .is_whole()
        .then(|| format!("{article}{part} of {said}"))
}

fn year_of(number: u64) -> String {
    if number < 1000 {
        cardinal(number)
    } else {
        year(number)
    }
}

fn two_digits(number: u64) -> String {
    match number {
        0..=9 => format!("oh {}", cardinal(number)),
        _ => cardinal(number),
    }
}

fn full_year(written: &str) -> Option<u64> {
    let number = written.parse().ok()?;
    Some(match written.len() {
        2 if number < 50 => 2000 + number,
        2 => 1900 + number,
        _ => number,
    })
}

fn month(written: &str) -> Option<&'static str> {
    let start = written.get(..3)?.to_lowercase();
    MONTHS
        .into_iter()
        .find(|month| month.to_lowercase().starts_with(&start))
}

fn weekday(written: &str) -> Option<&'static str> {
    [
        "Monday",
        "Tuesday",
        "Wednesday",
        "Thursday",
        "Friday",
        "Saturday",
        "Sunday",
    ]
    .into_iter()
    .find(|day| written.get(..3).is_some_and(|start| day.starts_with(start)))
}

/// The dot of an abbreviation in a group, if it ends the sentence as well.
fn stop_of<'t>(found: &Found<'t>, group: usize) -> &'t str {
    if found.ends_sentence() {
        found.group(group)
    } else {
        ""
    }
}

fn month_and_day(month: u64, day: u64) -> String {
    format!("{} {}", MONTHS[month as usize - 1], ordinal(day))
}

fn say_date(found: &Found, number: u64, month: u64, day: u64) -> Option<String> {
    let zoned = found.group(0).ends_with('T');
    if found.joined_before()
        || (found.joined_after() && !zoned)
        || found.after.starts_with(['/', '-'])
    {
        return None;
    }
    if !(1..=12).contains(&month) || !(1..=31).contains(&day) {
        return None;
    }
    let spoken_year = if number < 1000 {
        cardinal(number)
    } else {
        year(number)
    };
    Some(format!("{}, {spoken_year}", month_and_day(month, day)))
}
