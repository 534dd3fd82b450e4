//! Postal addresses: kinds of streets, points of the compass and states, by what stands around them.

use super::abbreviations::keep_stop;
use super::{Found, Rule, rule};

const STREETS: &[(&str, &str)] = &[
    ("Ave", "Avenue"),
    ("Av", "Avenue"),
    ("Blvd", "Boulevard"),
    ("Rd", "Road"),
    ("Ln", "Lane"),
    ("Hwy", "Highway"),
    ("Pkwy", "Parkway"),
    ("Expy", "Expressway"),
    ("Expwy", "Expressway"),
    ("Fwy", "Freeway"),
    ("Trl", "Trail"),
    ("Tpke", "Turnpike"),
    ("Cir", "Circle"),
    ("Sq", "Square"),
    ("Ct", "Court"),
    ("Pl", "Place"),
    ("Ter", "Terrace"),
    ("Dr", "Drive"),
    ("St", "Street"),
    ("Aly", "Alley"),
    ("Plz", "Plaza"),
    ("Bldg", "Building"),
    ("Xing", "Crossing"),
    ("Cres", "Crescent"),
];
/// Those that mean nothing else, so that a name before is enough.
const CLEAR: &[&str] = &[
    "Ave", "Blvd", "Rd", "Hwy", "Pkwy", "Expy", "Expwy", "Fwy", "Tpke", "Plz",
];

const STATES: &[(&str, &str)] = &[
    ("AL", "Alabama"),
    ("AK", "Alaska"),
    ("AZ", "Arizona"),
    ("AR", "Arkansas"),
    ("CA", "California"),
    ("CO", "Colorado"),
    ("CT", "Connecticut"),
    ("DE", "Delaware"),
    ("FL", "Florida"),
    ("GA", "Georgia"),
    ("HI", "Hawaii"),
    ("ID", "Idaho"),
    ("IL", "Illinois"),
    ("IN", "Indiana"),
    ("IA", "Iowa"),
    ("KS", "Kansas"),
    ("KY", "Kentucky"),
    ("LA", "Louisiana"),
    ("ME", "Maine"),
    ("MD", "Maryland"),
    ("MA", "Massachusetts"),
    ("MI", "Michigan"),
    ("MN", "Minnesota"),
    ("MS", "Mississippi"),
    ("MO", "Missouri"),
    ("MT", "Montana"),
    ("NE", "Nebraska"),
    ("NV", "Nevada"),
    ("NH", "New Hampshire"),
    ("NJ", "New Jersey"),
    ("NM", "New Mexico"),
    ("NY", "New York"),
    ("NC", "North Carolina"),
    ("ND", "North Dakota"),
    ("OH", "Ohio"),
    ("OK", "Oklahoma"),
    ("OR", "Oregon"),
    ("PA", "Pennsylvania"),
    ("RI", "Rhode Island"),
    ("SC", "South Carolina"),
    ("SD", "South Dakota"),
    ("TN", "Tennessee"),
    ("TX", "Texas"),
    ("UT", "Utah"),
    ("VT", "Vermont"),
    ("VA", "Virginia"),
    ("WA", "Washington"),
    ("WV", "West Virginia"),
    ("WI", "Wisconsin"),
    ("WY", "Wyoming"),
    ("DC", "D C"),
];

/// The name of one of the United States.
pub(super) fn state(code: &str) -> Option<&'static str> {
    STATES
        .iter()
        .find(|(short, _)| *short == code)
        .map(|(_, name)| *name)
}

pub(super) fn rules() -> Vec<Rule> {
    let streets = super::alternatives(STREETS.iter().map(|(short, _)| *short));
    vec![
        rule(r"\bP\.? ?O\.? (?i:box)\b", |_| Some("P O Box".to_owned())),
        rule(&format!(r"\b({streets})\b(\.?)"), |found| {
            let short = found.group(1);
            let name = found
                .before
                .strip_suffix(' ')?
                .rsplit([' ', ',', '('])
                .next()?;
            let named = name.starts_with(char::is_uppercase)
                && name.chars().all(|c| c.is_alphanumeric() || c == '\'')
                && name.len() > 1
                || ordinal_word(name);
            if !named
                || found.joined_after()
                || found.joined_before()
                || found.after.starts_with(['\'', '&'])
            {
                return None;
            }
            let dotted = !found.group(2).is_empty();
            // "Bay Dr. now" is a drive, "Dr. Bay" none, and "St. Louis" no street.
            let leads_a_name = dotted
                && found.after.trim_start().starts_with(char::is_uppercase)
                && !found.after.starts_with([',', ';'])
                && !compass(found.word_after());
            // The one before can be a verb at the beginning: "See Dr. Bay", "In St. Louis".
            let title = matches!(short, "Dr" | "St") && leads_a_name && !numbered(found);
            let known = ordinal_word(name)
                || dotted
                || CLEAR.contains(&short)
                || numbered(found)
                || found.follows_a_way();
            (known && !title).then(|| {
                let said = STREETS
                    .iter()
                    .find(|(known, _)| *known == short)
                    .map_or(short, |(_, said)| *said);
                if dotted {
                    keep_stop(said, found)
                } else {
                    said.to_owned()
                }
            })
        }),
        // "12 S 1st st", "2 San Tomas hwy": small letters behind a house number.
        rule(r"\b(st|ave|blvd|rd|hwy|ln|ct|pkwy|dr)\b(\.?)", |found| {
            let name = found.word_before();
            let named = name.starts_with(char::is_uppercase)
                || name.starts_with(|c: char| c.is_ascii_digit())
                || ordinal_word(name);
            let ends = found.after.is_empty()
                || found.after.starts_with([',', ';', '.'])
                || !found.group(2).is_empty();
            let short = found.group(1);
            let street = STREETS
                .iter()
                .find(|(known, _)| known.to_lowercase() == short)
                .map(|(_, said)| *said)?;
            (named
                && ends
                && numbered(found)
                && found.before.ends_with(' ')
                && !found.joined_after())
            .then(|| keep_stop(street, found))
        }),
        // "123 N. Main Street", "Elm Street NW".
        rule(
            r"\b([NSEW]|NE|NW|SE|SW)(\.?) ((?:[A-Z][a-z]+|(?:[a-z]+ )?[a-z]+(?:th|st|nd|rd)|[0-9]+(?:th|st|nd|rd)) (?:[A-Z][a-z]+ )?(?:Street|Avenue|Road|Boulevard|Drive|Lane|Court|Place|Highway|Parkway|Terrace|Way|Square|Circle))\b",
            |found| {
                (!found.joined_before())
                    .then(|| format!("{} {}", direction(found.group(1)), found.group(3)))
            },
        ),
        rule(
            r"\b(Street|Avenue|Road|Boulevard|Drive|Lane|Court|Place|Highway)(,?) (NE|NW|SE|SW|[NSEW])\b(\.?)",
            |found| {
                let stop = if found.ends_sentence() {
                    found.group(4)
                } else {
                    ""
                };
                (!found.joined_after()).then(|| {
                    format!(
                        "{}{} {}{stop}",
                        found.group(1),
                        found.group(2),
                        direction(found.group(3))
                    )
                })
            },
        ),
        // "5 km NE of the lake".
        rule(r"\b(NE|NW|SE|SW|[NSEW]) of\b", |found| {
            let far = found.word_before().ends_with('s') || found.group(1).len() == 2;
            (far && !found.joined_before())
                .then(|| format!("{} of", direction(found.group(1)).to_lowercase()))
        }),
        // "Sen. Lee (R-UT)".
        rule(r"\(([RDI])-([A-Z]{2})\)", |found| {
            Some(format!("({}, {})", found.group(1), state(found.group(2))?))
        }),
        // "Austin, TX".
        rule(r"\b([A-Z][a-z]+),? ([A-Z]{2})\b(\.?)", |found| {
            let comma = found.group(0).contains(',');
            let name = state(found.group(2))?;
            let placed = comma
                && (!matches!(
                    found.group(2),
                    "OK" | "HI" | "OH" | "ME" | "MD" | "MA" | "PA"
                ) || found.after.starts_with([',', '.'])
                    || found.after.is_empty()
                    || found.word_after().starts_with(|c: char| c.is_ascii_digit()));
            (placed && !found.joined_after())
                .then(|| format!("{}, {name}{}", found.group(1), found.group(3)))
        }),
    ]
}

impl Found<'_> {
    /// Whether a word such as "onto" leads to a street of one or two names.
    fn follows_a_way(&self) -> bool {
        let words: Vec<&str> = self.before.split_whitespace().rev().take(4).collect();
        words.iter().skip(1).any(|word| {
            matches!(
                *word,
                "on" | "onto" | "along" | "down" | "off" | "to" | "at" | "Turn" | "Take"
            )
        })
    }
}

/// Whether a house number stands within three words before the name of the street.
fn numbered(found: &Found) -> bool {
    found
        .before
        .split_whitespace()
        .rev()
        .skip(1)
        .take(3)
        .any(|word| word.starts_with(|c: char| c.is_ascii_digit()))
}

fn ordinal_word(word: &str) -> bool {
    [
        "first", "second", "third", "fifth", "eighth", "ninth", "twelfth",
    ]
    .iter()
    .any(|rank| word.ends_with(rank))
        || (word.ends_with("th")
            && super::numbers::ordinal(4).len() <= word.len()
            && (word.ends_with("eenth")
                || word.ends_with("ieth")
                || matches!(word, "fourth" | "sixth" | "seventh" | "tenth" | "eleventh")))
}

fn compass(word: &str) -> bool {
    matches!(word, "N" | "S" | "E" | "W" | "NE" | "NW" | "SE" | "SW")
}

fn direction(written: &str) -> &'static str {
    match written {
        "N" => "North",
        "S" => "South",
        "E" => "East",
        "W" => "West",
        "NE" => "Northeast",
        "NW" => "Northwest",
        "SE" => "Southeast",
        _ => "Southwest",
    }
}
