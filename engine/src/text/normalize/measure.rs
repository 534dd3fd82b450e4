//! A number with a unit is said with the unit's name; units may be divided, squared and cubed.

use super::fraction::part_of_one;
use super::numbers::{cardinal, name, quantity};
use super::units::{BY_SYMBOL, LENGTHS, UNITS, per_word};
use super::{Found, NUMBER, RANGE_SIGN, Rule, alternatives, rule};

pub(super) fn rules() -> Vec<Rule> {
    let units = alternatives(UNITS.iter().map(|(symbol, ..)| *symbol));
    let lengths = alternatives(LENGTHS.into_iter());
    let below = format!(r"(?:\s?/\s?({units}|d|day|in)(?:\^([23]))?|\s?/\s?([a-z]{{3,}}))?");
    vec![
        // "56.3 /km²", "12/kg": so many for each of a unit.
        rule(
            &format!(r"({NUMBER})\s?/\s?({units})(?:\^([23]))?(\s|$|[.,;])"),
            |found| {
                let (one, _) = BY_SYMBOL.get(found.group(2))?;
                let power = match found.group(3) {
                    "2" => "square ",
                    "3" => "cubic ",
                    _ => "",
                };
                let letters = found.group(2).chars().count() > 1 || !power.is_empty();
                (letters && !found.joined_before()).then(|| {
                    format!(
                        "{} per {power}{one}{}",
                        quantity(found.group(1)),
                        found.group(4)
                    )
                })
            },
        ),
        // 40°42'46"N: a place on the globe.
        rule(
            r#"([0-9]+(?:\.[0-9]+)?)\s?°\s?(?:([0-9]{1,2})'\s?)?(?:([0-9]{1,2}(?:\.[0-9]+)?)"\s?)?([NSEW])\b"#,
            |found| {
                let direction = match found.group(4) {
                    "N" => "north",
                    "S" => "south",
                    "E" => "east",
                    _ => "west",
                };
                let mut words = vec![format!("{} degrees", quantity(found.group(1)))];
                for (group, name) in [(2, "minutes"), (3, "seconds")] {
                    if !found.group(group).is_empty() {
                        words.push(format!("{} {name}", quantity(found.group(group))));
                    }
                }
                words.push(direction.to_owned());
                (!found.joined_before()).then(|| words.join(" "))
            },
        ),
        // 9' x 12': by feet; 6'2": feet and inches.
        rule(
            r"([0-9]+(?:\.[0-9]+)?)'\s?[x×]\s?([0-9]+(?:\.[0-9]+)?)'",
            |found| {
                (!found.joined_before()).then(|| {
                    format!(
                        "{} by {} foot",
                        quantity(found.group(1)),
                        quantity(found.group(2))
                    )
                })
            },
        ),
        rule(
            r#"([0-9]+(?:\.[0-9]+)?)"?\s?[x×]\s?([0-9]+(?:\.[0-9]+)?)""#,
            |found| {
                (!found.joined_before()).then(|| {
                    format!(
                        "{} by {} inch",
                        quantity(found.group(1)),
                        quantity(found.group(2))
                    )
                })
            },
        ),
        rule(r#"\b([0-9])\s*'\s?([0-9]{1,2})(?:\s?(?:''|"))?"#, |found| {
            (found.is_whole() && found.number(2)? < 12).then(|| {
                format!(
                    "{} foot {}",
                    quantity(found.group(1)),
                    quantity(found.group(2))
                )
            })
        }),
        rule(r"\b([0-9]+(?:\.[0-9]+)?)'", |found| {
            let quoted = found.before.matches('\'').count() % 2 == 1;
            let open = found.after.is_empty() || found.after.starts_with([' ', ',', '.', ';', ')']);
            (open && !quoted && !found.joined_before())
                .then(|| counted(found, found.group(1), "foot", "feet"))
        }),
        rule(r#"\b([0-9]+(?:\.[0-9]+)?)""#, |found| {
            let quoted = found.before.matches('"').count() % 2 == 1;
            (!quoted && !found.joined_before() && !found.joined_after())
                .then(|| counted(found, found.group(1), "inch", "inches"))
        }),
        rule(&format!(r"\b({NUMBER})\s?in\.(\s|$)"), |found| {
            (!found.joined_before()).then(|| {
                let stop = if found.ends_sentence() { "." } else { "" };
                format!(
                    "{}{stop}{}",
                    counted(found, found.group(1), "inch", "inches"),
                    found.group(2)
                )
            })
        }),
        rule(
            &format!(r"\b({NUMBER})\s?in (wide|long|tall|thick|deep|high|by)\b"),
            |found| {
                (!found.joined_before())
                    .then(|| format!("{} inches {}", quantity(found.group(1)), found.group(2)))
            },
        ),
        // "3.0 x 10^8" is a product, not a size.
        rule(
            &format!(r"({NUMBER})\s?[x×*]\s?10\^([-+]?)([0-9]+)"),
            |found| {
                let sign = if found.group(2) == "-" { "minus " } else { "" };
                (!found.joined_before()).then(|| {
                    format!(
                        "{} times ten to the power of {sign}{}",
                        quantity(found.group(1)),
                        found.group(3)
                    )
                })
            },
        ),
        rule(
            r"\b([0-9]+)\s?(?:ft\.?|feet|foot)\s([0-9]{1,2})\s?in\b\.?",
            |found| {
                let stop = if found.group(0).ends_with('.') && found.ends_sentence() {
                    "."
                } else {
                    ""
                };
                let feet = if found.group(1) == "1" {
                    "foot"
                } else {
                    "feet"
                };
                (!found.joined_before()).then(|| {
                    format!(
                        "{} {feet} {} inches{stop}",
                        quantity(found.group(1)),
                        quantity(found.group(2))
                    )
                })
            },
        ),
        rule(
            r"\b([0-9]+)\s?°( (?:angle|turn|view|slope|rotation|corner|bend|arc))",
            |found| {
                (!found.joined_before())
                    .then(|| format!("{} degree{}", quantity(found.group(1)), found.group(2)))
            },
        ),
        // "10 x 20 cm", "1920x1080", "4x4".
        rule(
            &format!(
                r"({NUMBER})\s?[x×]\s?({NUMBER})(?:\s?[x×]\s?({NUMBER}))?(?:\s?({units})([23]|\^[23])?\b)?"
            ),
            |found| {
                let sum = found.after.trim_start().starts_with('=')
                    || found.before.trim_end().ends_with('=');
                if found.joined_before() || found.joined_after() || sum {
                    return None;
                }
                let size = |group: usize| {
                    let written = found.group(group);
                    if written.len() > 2 && written.bytes().all(|b| b.is_ascii_digit()) {
                        name(written)
                    } else {
                        quantity(written)
                    }
                };
                let mut words = format!("{} by {}", size(1), size(2));
                if !found.group(3).is_empty() {
                    words += &format!(" by {}", size(3));
                }
                if let Some((one, several)) = BY_SYMBOL.get(found.group(4)) {
                    let power = match found.group(5).trim_start_matches('^') {
                        "2" => "square ",
                        "3" => "cubic ",
                        _ => "",
                    };
                    words += &format!(
                        " {power}{}",
                        if found.describes_a_thing() {
                            one
                        } else {
                            several
                        }
                    );
                }
                Some(words)
            },
        ),
        rule(&format!(r"({NUMBER})x\b"), |found| {
            let algebra = found
                .after
                .trim_start()
                .starts_with(['+', '-', '=', '*', '/', '^', ')'])
                || found.before.trim_end().ends_with(['+', '=', '*']);
            (found.is_whole() && !algebra).then(|| format!("{} times", quantity(found.group(1))))
        }),
        // "2 x USB cable", "(chorus x2)": so many of it.
        rule(r"(^|[\s(])([0-9]{1,3}) [x×] ([A-Za-z]{2})", |found| {
            Some(format!(
                "{}{} times {}",
                found.group(1),
                quantity(found.group(2)),
                found.group(3)
            ))
        }),
        rule(r"([a-z]{2},?) x([0-9]{1,3})(\)|$)", |found| {
            Some(format!(
                "{} times {}{}",
                found.group(1),
                quantity(found.group(2)),
                found.group(3)
            ))
        }),
        rule(r"\bmmHg\b", |_| Some("millimeters of mercury".to_owned())),
        // "3/4 inch", "1 1/2 km".
        rule(
            &format!(
                r"\b(?:([0-9]+) )?([0-9]+)/([0-9]+)(\s?|-)({units}|in\b\.?|inch(?:es)?|miles?|cups?|teaspoons?|tablespoons?|pounds?|ounces?|hours?|mi)\b"
            ),
            |found| {
                if !found.is_whole()
                    || found.group(5).len() == 1
                        && found.group(4) != "-"
                        && found.group(4) != " "
                        && found.group(5) != "m"
                {
                    return None;
                }
                let unit = found.group(5).trim_end_matches('.');
                let (one, several) = BY_SYMBOL.get(unit).map_or_else(
                    || match unit {
                        "in" | "inch" | "inches" => ("inch".to_owned(), "inches".to_owned()),
                        word => {
                            let one = word.trim_end_matches('s');
                            (one.to_owned(), format!("{one}s"))
                        }
                    },
                    |&(one, several)| (one.to_owned(), several.to_owned()),
                );
                let whole = found.number(1);
                let part = part_of_one(found.number(2)?, found.number(3)?, whole.is_some())?;
                Some(match whole {
                    Some(whole) => format!(
                        "{} and {part} {}",
                        cardinal(whole),
                        if found.group(4) == "-" { one } else { several }
                    ),
                    None if found.group(4) == "-" => {
                        format!("{} {one}", part.trim_end_matches('s'))
                    }
                    None if part == "one half" => format!("half {} {one}", article(&one)),
                    None => format!("{part} of {} {one}", article(&one)),
                })
            },
        ),
        // "10-20 km", "5%-10%".
        rule(
            &format!(
                r"({NUMBER})\s?(%|{units})?{RANGE_SIGN}({NUMBER})\s?({units})(?:\^([23]))?{below}(\.?)"
            ),
            |found| {
                let same = found.group(2).is_empty() || found.group(2) == found.group(4);
                if found.joined_before()
                    || !same
                    || found.joined_after()
                    || doubtful(found, found.group(3), found.group(4))
                {
                    return None;
                }
                Some(format!(
                    "{} to {}",
                    quantity(found.group(1)),
                    say_unit(found, 3, "", [4, 5, 6, 7, 8, 9])?
                ))
            },
        ),
        rule(
            &format!(
                r"({NUMBER}(?: (?:hundred|thousand|million|billion|trillion))?)([-\s]?)({units})(?:\^([23]))?{below}(\.?)"
            ),
            |found| {
                let opens = !found.before.ends_with(|c: char| {
                    c.is_alphanumeric()
                        || matches!(c, '$' | '£' | '€' | '.' | ',' | '-' | '/' | ':' | '_' | '^')
                });
                if found.joined_after() || !opens || doubtful(found, found.group(1), found.group(3))
                {
                    return None;
                }
                say_unit(found, 1, found.group(2), [3, 4, 5, 6, 7, 8])
            },
        ),
        // "12 m2": a figure behind a length is its power.
        rule(&format!(r"({NUMBER})(\s?)({lengths})([23])\b"), |found| {
            let (one, several) = BY_SYMBOL.get(found.group(3))?;
            let power = if found.group(4) == "2" {
                "square"
            } else {
                "cubic"
            };
            (!found.joined_before() && (!found.group(2).is_empty() || found.group(3) != "m")).then(
                || {
                    format!(
                        "{} {power} {}",
                        quantity(found.group(1)),
                        if found.group(1) == "1" { one } else { several }
                    )
                },
            )
        }),
        // "a 1080p display".
        rule(
            r"\b(240|360|480|720|1080|1440|2160|4320)([pi])\b",
            |found| {
                found
                    .is_whole()
                    .then(|| format!("{} {}", name(found.group(1)), found.group(2).to_uppercase()))
            },
        ),
        // "20 C" after a word of temperatures.
        rule(r"\b([0-9]{1,3})\s?([CF])\b", |found| {
            let scale = if found.group(2) == "C" {
                "Celsius"
            } else {
                "Fahrenheit"
            };
            let measured = found.follows(&[
                "minus", "it's", "at", "to", "of", "was", "is", "hit", "reached", "around",
                "about", "above", "below", "under", "over",
            ]);
            (measured && found.is_whole())
                .then(|| format!("{} degrees {scale}", quantity(found.group(1))))
        }),
        rule(
            r"\bper (sq\.? ft|sq\.? m|hr|yr|wk|mo|lb|kg|km|mi|min|sec|gal|oz)\b\.?",
            |found| {
                let stop = if found.group(0).ends_with('.') && found.ends_sentence() {
                    "."
                } else {
                    ""
                };
                Some(format!("per {}{stop}", per_word(found.group(1))))
            },
        ),
    ]
}

fn article(word: &str) -> &'static str {
    if word.starts_with(['a', 'e', 'i', 'o', 'u']) || word.starts_with("hour") {
        "an"
    } else {
        "a"
    }
}

fn counted(found: &Found, number: &str, one: &str, several: &str) -> String {
    let single = number == "1" || found.describes_a_thing();
    format!(
        "{} {}",
        quantity(number),
        if single { one } else { several }
    )
}

/// Whether a number and a symbol may mean something else.
fn doubtful(found: &Found, number: &str, symbol: &str) -> bool {
    let close = !found.group(0).contains(' ');
    let gap_is_hyphen = found.group(2) == "-";
    match symbol {
        // "the 1990s", "in her 30s" are decades; "5s" are seconds.
        "s" if close => number.ends_with('0') || gap_is_hyphen,
        // One letter after a hyphen, and rare ones after a space, are a name's.
        "h" | "W" | "V" | "L" | "l" | "J" | "s" if gap_is_hyphen => true,
        "J" | "ac" | "mo" | "pt" | "pp" | "MP" | "kn" | "cal" | "tb" | "mb" => {
            found.joined_after() || (symbol == "J" && close)
        }
        _ => false,
    }
}

/// `groups`: symbol, power, symbol below the bar, its power, word below the bar, stop.
fn say_unit(found: &Found, number: usize, gap: &str, groups: [usize; 6]) -> Option<String> {
    let written = found.group(number);
    let [symbol, power, below, below_power, word, stop] = groups.map(|group| found.group(group));
    let (one, several) = BY_SYMBOL.get(symbol)?;
    let single = written == "1"
        || gap == "-"
        || (symbol != "%"
            && !symbol.starts_with('°')
            && below.is_empty()
            && word.is_empty()
            && found.describes_a_thing());
    let unit = if single { one } else { several };
    let powered = |power: &str| match power {
        "2" => "square ",
        "3" => "cubic ",
        _ => "",
    };
    // Of seconds below a bar one says the square behind.
    let (figures, scale) = written.split_once(' ').unwrap_or((written, ""));
    let scale = if scale.is_empty() {
        String::new()
    } else {
        format!(" {scale}")
    };
    let mut spoken = format!("{}{scale} {}{unit}", quantity(figures), powered(power));
    if !below.is_empty() {
        let below = per_word(below);
        spoken += &match (below_power, below.as_str()) {
            ("2", "second") => " per second squared".to_owned(),
            (power, below) => format!(" per {}{below}", powered(power)),
        };
    } else if !word.is_empty() {
        spoken += &format!(" per {word}");
    }
    // "6 ft. tall": the dot of an abbreviation goes unless the sentence ends here.
    let goes_on = found
        .after
        .trim_start()
        .starts_with(|c: char| c.is_lowercase() || c == ',');
    let abbreviated = symbol.starts_with(char::is_alphabetic) && goes_on;
    Some(format!("{spoken}{}", if abbreviated { "" } else { stop }))
}
