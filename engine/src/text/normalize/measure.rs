//! A number with a unit is said with the unit's name; units may be divided, squared and cubed.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::fraction::part_of_one;
use super::numbers::{cardinal, name, quantity};
use super::{Found, NUMBER, RANGE_SIGN, Rule, alternatives, rule};

/// Symbol, what one is called, what several are called.
const UNITS: &[(&str, &str, &str)] = &[
    ("km", "kilometer", "kilometers"),
    ("cm", "centimeter", "centimeters"),
    ("dm", "decimeter", "decimeters"),
    ("mm", "millimeter", "millimeters"),
    ("µm", "micrometer", "micrometers"),
    ("μm", "micrometer", "micrometers"),
    ("nm", "nanometer", "nanometers"),
    ("m", "meter", "meters"),
    ("mi", "mile", "miles"),
    ("ft", "foot", "feet"),
    ("yd", "yard", "yards"),
    ("yds", "yard", "yards"),
    ("sq ft", "square foot", "square feet"),
    ("sq. ft", "square foot", "square feet"),
    ("sqft", "square foot", "square feet"),
    ("sq m", "square meter", "square meters"),
    ("sq. m", "square meter", "square meters"),
    ("sqm", "square meter", "square meters"),
    ("sq km", "square kilometer", "square kilometers"),
    ("sq mi", "square mile", "square miles"),
    ("sq. mi", "square mile", "square miles"),
    ("cu ft", "cubic foot", "cubic feet"),
    ("cu. ft", "cubic foot", "cubic feet"),
    ("cc", "C C", "C C"),
    ("ac", "acre", "acres"),
    ("ha", "hectare", "hectares"),
    ("kg", "kilogram", "kilograms"),
    ("kgs", "kilogram", "kilograms"),
    ("mg", "milligram", "milligrams"),
    ("µg", "microgram", "micrograms"),
    ("μg", "microgram", "micrograms"),
    ("mcg", "microgram", "micrograms"),
    ("g", "gram", "grams"),
    ("lbs", "pound", "pounds"),
    ("lb", "pound", "pounds"),
    ("oz", "ounce", "ounces"),
    ("fl oz", "fluid ounce", "fluid ounces"),
    ("fl. oz", "fluid ounce", "fluid ounces"),
    ("mL", "milliliter", "milliliters"),
    ("ml", "milliliter", "milliliters"),
    ("cl", "centiliter", "centiliters"),
    ("dL", "deciliter", "deciliters"),
    ("dl", "deciliter", "deciliters"),
    ("L", "liter", "liters"),
    ("l", "liter", "liters"),
    ("gal", "gallon", "gallons"),
    ("qt", "quart", "quarts"),
    ("pt", "pint", "pints"),
    ("tsp", "teaspoon", "teaspoons"),
    ("tbsp", "tablespoon", "tablespoons"),
    ("Tbsp", "tablespoon", "tablespoons"),
    ("mmol", "millimole", "millimoles"),
    ("mol", "mole", "moles"),
    ("kHz", "kilohertz", "kilohertz"),
    ("khz", "kilohertz", "kilohertz"),
    ("KHz", "kilohertz", "kilohertz"),
    ("MHz", "megahertz", "megahertz"),
    ("mhz", "megahertz", "megahertz"),
    ("Mhz", "megahertz", "megahertz"),
    ("GHz", "gigahertz", "gigahertz"),
    ("ghz", "gigahertz", "gigahertz"),
    ("Ghz", "gigahertz", "gigahertz"),
    ("THz", "terahertz", "terahertz"),
    ("Hz", "hertz", "hertz"),
    ("hz", "hertz", "hertz"),
    ("kWh", "kilowatt hour", "kilowatt hours"),
    ("MWh", "megawatt hour", "megawatt hours"),
    ("GWh", "gigawatt hour", "gigawatt hours"),
    ("Wh", "watt hour", "watt hours"),
    ("kW", "kilowatt", "kilowatts"),
    ("MW", "megawatt", "megawatts"),
    ("GW", "gigawatt", "gigawatts"),
    ("mW", "milliwatt", "milliwatts"),
    ("W", "watt", "watts"),
    ("mAh", "milliamp hour", "milliamp hours"),
    ("mA", "milliamp", "milliamps"),
    ("kV", "kilovolt", "kilovolts"),
    ("mV", "millivolt", "millivolts"),
    ("V", "volt", "volts"),
    ("kΩ", "kiloohm", "kiloohms"),
    ("Ω", "ohm", "ohms"),
    ("kcal", "kilocalorie", "kilocalories"),
    ("cal", "calorie", "calories"),
    ("kJ", "kilojoule", "kilojoules"),
    ("J", "joule", "joules"),
    ("kN", "kilonewton", "kilonewtons"),
    ("Nm", "newton meter", "newton meters"),
    ("hPa", "hectopascal", "hectopascals"),
    ("kPa", "kilopascal", "kilopascals"),
    ("MPa", "megapascal", "megapascals"),
    ("psi", "P S I", "P S I"),
    ("hp", "horsepower", "horsepower"),
    ("KB", "kilobyte", "kilobytes"),
    ("kB", "kilobyte", "kilobytes"),
    ("kb", "kilobyte", "kilobytes"),
    ("MB", "megabyte", "megabytes"),
    ("mb", "megabyte", "megabytes"),
    ("GB", "gigabyte", "gigabytes"),
    ("gb", "gigabyte", "gigabytes"),
    ("TB", "terabyte", "terabytes"),
    ("tb", "terabyte", "terabytes"),
    ("PB", "petabyte", "petabytes"),
    ("GiB", "gibibyte", "gibibytes"),
    ("MiB", "mebibyte", "mebibytes"),
    ("kbit", "kilobit", "kilobits"),
    ("Mbit", "megabit", "megabits"),
    ("Gbit", "gigabit", "gigabits"),
    ("Mb", "megabit", "megabits"),
    ("Gb", "gigabit", "gigabits"),
    ("kbps", "kilobit per second", "kilobits per second"),
    ("Kbps", "kilobit per second", "kilobits per second"),
    ("Mbps", "megabit per second", "megabits per second"),
    ("mbps", "megabit per second", "megabits per second"),
    ("Gbps", "gigabit per second", "gigabits per second"),
    ("gbps", "gigabit per second", "gigabits per second"),
    ("MBps", "megabyte per second", "megabytes per second"),
    ("ms", "millisecond", "milliseconds"),
    ("µs", "microsecond", "microseconds"),
    ("μs", "microsecond", "microseconds"),
    ("ns", "nanosecond", "nanoseconds"),
    ("s", "second", "seconds"),
    ("sec", "second", "seconds"),
    ("secs", "second", "seconds"),
    ("min", "minute", "minutes"),
    ("mins", "minute", "minutes"),
    ("h", "hour", "hours"),
    ("hr", "hour", "hours"),
    ("hrs", "hour", "hours"),
    ("wk", "week", "weeks"),
    ("wks", "week", "weeks"),
    ("mo", "month", "months"),
    ("mos", "month", "months"),
    ("yrs", "year", "years"),
    ("yr", "year", "years"),
    ("kmh", "kilometer per hour", "kilometers per hour"),
    ("kph", "kilometer per hour", "kilometers per hour"),
    ("mph", "mile per hour", "miles per hour"),
    ("mpg", "mile per gallon", "miles per gallon"),
    ("kn", "knot", "knots"),
    ("rpm", "R P M", "R P M"),
    ("RPM", "R P M", "R P M"),
    ("bpm", "beat per minute", "beats per minute"),
    ("fps", "frame per second", "frames per second"),
    ("dpi", "dot per inch", "dots per inch"),
    ("ppm", "part per million", "parts per million"),
    ("ppb", "part per billion", "parts per billion"),
    ("bps", "basis point", "basis points"),
    ("px", "pixel", "pixels"),
    ("MP", "megapixel", "megapixels"),
    ("dB", "decibel", "decibels"),
    ("db", "decibel", "decibels"),
    ("dBA", "decibel", "decibels"),
    ("lm", "lumen", "lumens"),
    ("mmHg", "millimeter of mercury", "millimeters of mercury"),
    ("°C", "degree Celsius", "degrees Celsius"),
    ("° C", "degree Celsius", "degrees Celsius"),
    ("°F", "degree Fahrenheit", "degrees Fahrenheit"),
    ("° F", "degree Fahrenheit", "degrees Fahrenheit"),
    ("°K", "kelvin", "kelvins"),
    ("°", "degree", "degrees"),
    ("%", "percent", "percent"),
    ("pct", "percent", "percent"),
    ("pp", "percentage point", "percentage points"),
];

/// Units of which there are squares and cubes.
const LENGTHS: [&str; 10] = ["km", "cm", "dm", "mm", "µm", "nm", "m", "mi", "ft", "yd"];

/// What may stand below a bar besides units.
const PERIODS: [(&str, &str); 14] = [
    ("d", "day"),
    ("day", "day"),
    ("night", "night"),
    ("person", "person"),
    ("pp", "person"),
    ("unit", "unit"),
    ("user", "user"),
    ("ea", "each"),
    ("mo", "month"),
    ("y", "year"),
    ("w", "week"),
    ("in", "inch"),
    ("L", "liter"),
    ("t", "ton"),
];

static BY_SYMBOL: LazyLock<HashMap<&str, (&str, &str)>> = LazyLock::new(|| {
    UNITS
        .iter()
        .map(|&(symbol, one, several)| (symbol, (one, several)))
        .collect()
});

/// The word for what stands below a bar: "yr" is a year; a word stays as it is.
pub(super) fn per_word(written: &str) -> String {
    PERIODS
        .iter()
        .find(|(symbol, _)| *symbol == written)
        .map(|(_, word)| *word)
        .or_else(|| BY_SYMBOL.get(written).map(|(one, _)| *one))
        .unwrap_or(written)
        .to_owned()
}

pub(super) fn rules() -> Vec<Rule> {
    let units = alternatives(UNITS.iter().map(|(symbol, ..)| *symbol));
    let lengths = alternatives(LENGTHS.into_iter());
    let below = format!(r"(?:\s?/\s?({units}|d|day|in)(?:\^([23]))?|\s?/\s?([a-z]{{3,}}))?");
    vec![
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
            r#"([0-9]+(?:\.[0-9]+)?)"\s?[x×]\s?([0-9]+(?:\.[0-9]+)?)""#,
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
            &format!(r"({NUMBER})\s?[x×]\s?({NUMBER})(?:\s?[x×]\s?({NUMBER}))?(?:\s?({units})\b)?"),
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
                    words += &format!(
                        " {}",
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
            (found.is_whole()).then(|| format!("{} times", quantity(found.group(1))))
        }),
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
            &format!(r"({NUMBER})([-\s]?)({units})(?:\^([23]))?{below}(\.?)"),
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
    let mut spoken = format!("{} {}{unit}", quantity(written), powered(power));
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
