//! Telephone and card numbers are said digit by digit, group by group; 0 is "oh".

use super::numbers::digits;
use super::{Found, Rule, rule};

pub(super) fn rules() -> Vec<Rule> {
    vec![
        // "1-800-FLOWERS".
        rule(r"\b1[- ]([0-9]{3})[- ]([A-Z]{4,8})\b", |found| {
            let area = match found.number(1)? {
                800 => "eight hundred".to_owned(),
                _ => digits(found.group(1), "oh"),
            };
            found
                .is_whole()
                .then(|| format!("one, {area}, {}", found.group(2).to_lowercase()))
        }),
        // With a country code: "+1 (312)-555-0188", "+44 20 7946 0958", "+49 30/901820".
        rule(
            r"\+\s?([0-9]{1,3})((?:[\s().·/-]+[0-9]{1,12}){1,7})",
            say_international,
        ),
        rule(r"\+([0-9]{9,15})\b", |found| {
            (!found.joined_before() && !found.joined_after())
                .then(|| format!("plus {}", digits(found.group(1), "oh")))
        }),
        rule(
            r"(?:\b([0-9]{1,3})[-. ]?)?(?:\(([0-9]{3})\)[\s-]?|\b([0-9]{3})[-. ])([0-9]{3})[-. ]([0-9]{4})(?:,?\s?(?:x|ext\.?)\s?([0-9]{1,5}))?",
            |found| {
                let groups = [1, 2, 3, 4, 5].map(|index| found.group(index));
                let number = say_groups(found, &groups)?;
                Some(match found.group(6) {
                    "" => number,
                    extension => format!("{number}, extension {}", digits(extension, "oh")),
                })
            },
        ),
        rule(r"\b([0-9]{3})-([0-9]{4})\b", |found| {
            say_groups(found, &[found.group(1), found.group(2)])
        }),
        rule(r"\b([0-9]{3})-([0-9]{2})-([0-9]{4})\b", |found| {
            say_groups(found, &[found.group(1), found.group(2), found.group(3)])
        }),
        // A telephone number with more behind it: "123-123-5678-1111".
        rule(
            r"\b([0-9]{3})-([0-9]{3})-([0-9]{4})-([0-9]{1,5})\b",
            |found| say_groups(found, &[1, 2, 3, 4].map(|group| found.group(group))),
        ),
        // Card numbers; as years, four digits at a time, they would make no sense.
        rule(
            r"\b([0-9]{4})[ -]([0-9]{4})[ -]([0-9]{4})((?:[ -][0-9]{2,4})*)",
            |found| {
                let rest: Vec<&str> = found.group(4).split([' ', '-']).collect();
                let groups: Vec<&str> = [1, 2, 3]
                    .map(|index| found.group(index))
                    .into_iter()
                    .chain(rest)
                    .collect();
                say_groups(found, &groups)
            },
        ),
        // National numbers begin with 0: "07911 123456", "020 7946 0958", "01 23 45 67 89".
        rule(
            r"(\b0[0-9]{1,5}|\(0[0-9]{1,5}\))((?:[ /-]+[0-9]{2,9}){1,5})\b",
            |found| {
                let digit_count = found.group(0).bytes().filter(u8::is_ascii_digit).count();
                if !(8..=13).contains(&digit_count) {
                    return None;
                }
                let parts: Vec<usize> = found.group(0).split(['/', '-']).map(str::len).collect();
                // "01/01/2000" is a date.
                if matches!(parts.as_slice(), [1..=2, 1..=2, 2 | 4]) {
                    return None;
                }
                let rest = found.group(2).split([' ', '/', '-']);
                let groups: Vec<&str> = std::iter::once(found.group(1)).chain(rest).collect();
                say_groups(found, &groups)
            },
        ),
        // Numbers that a word before names: "call 98765 43210", "dial 999 or 112".
        rule(
            r"(?i)\b(call|dial|text|ring|phone|tel|telephone|mobile|cell|fax|calling|called|dialed|dialled|whatsapp)(\.?:?\s+(?:us at |me at |me on |us on )?)([0-9]{3,6}(?:[ -][0-9]{2,6}){0,4})\b",
            |found| {
                if found.joined_after()
                    || found.after.starts_with(['-', '/', ':', '%'])
                        && !found.after.starts_with(": ")
                {
                    return None;
                }
                let groups: Vec<&str> = found.group(3).split([' ', '-']).collect();
                let short = groups.len() == 1 && groups[0].len() > 3;
                // "call 2000 people" counts.
                let counts = short
                    && found
                        .after
                        .trim_start()
                        .starts_with(|c: char| c.is_lowercase())
                    && !found.precedes(&[
                        "or", "and", "for", "to", "now", "if", "before", "after", "today", "on",
                    ]);
                (!counts).then(|| {
                    format!(
                        "{}{}{}",
                        found.group(1),
                        found.group(2).replace('.', ""),
                        say_each(&groups)
                    )
                })
            },
        ),
        // "dial nine nine nine or 112".
        rule(
            r"\b((?:zero|oh|one|two|three|four|five|six|seven|eight|nine) (?:zero|oh|one|two|three|four|five|six|seven|eight|nine) (?:zero|oh|one|two|three|four|five|six|seven|eight|nine)) (or|and) ([0-9]{3})\b",
            |found| {
                (!found.joined_after()).then(|| {
                    format!(
                        "{} {} {}",
                        found.group(1),
                        found.group(2),
                        digits(found.group(3), "oh")
                    )
                })
            },
        ),
        rule(r"\b(911|999|112|000|411|311)\b", |found| {
            let emergency =
                found.precedes(&["call", "calls", "operator", "dispatcher", "emergency"]);
            (emergency && found.is_whole()).then(|| digits(found.group(1), "oh"))
        }),
        rule(r"(?i)\b(?:ext\.|extension)\s?([0-9]{2,5})\b", |found| {
            found
                .is_whole()
                .then(|| format!("extension {}", digits(found.group(1), "oh")))
        }),
        // What is longer than any count.
        rule(r"\b[0-9]{9,}\b", |found| {
            let named = found.follows(&[
                "number", "account", "id", "call", "phone", "tracking", "order", "code", "at",
                "serial", "imei", "no",
            ]);
            (named && found.is_whole() && !found.after.starts_with(['.', ',']))
                .then(|| digits(found.group(0), "zero"))
        }),
    ]
}

fn say_international(found: &Found) -> Option<String> {
    let rest = found.group(2);
    let digit_count = found.group(0).bytes().filter(u8::is_ascii_digit).count();
    if found.joined_after()
        || !(7..=15).contains(&digit_count)
        || found.before.ends_with(|c: char| c.is_alphanumeric())
    {
        return None;
    }
    let groups: Vec<&str> = std::iter::once(found.group(1))
        .chain(
            rest.split(|c: char| !c.is_ascii_digit())
                .filter(|group| !group.is_empty()),
        )
        .collect();
    // "+44 (0) 20": whoever dials the country leaves the 0 out, but it is read.
    Some(format!("plus {}", say_each(&groups)))
}

/// `None` where the groups belong to something longer.
fn say_groups(found: &Found, groups: &[&str]) -> Option<String> {
    if !found.is_whole() || found.after.starts_with('-') {
        return None;
    }
    Some(say_each(groups))
}

fn say_each(groups: &[&str]) -> String {
    let spoken: Vec<String> = groups
        .iter()
        .map(|group| digits(group, "oh"))
        .filter(|group| !group.is_empty())
        .collect();
    spoken.join(", ")
}
