//! Money, units, fractions, ranges, decades and the numbers that misaki would misread.

use super::numbers::{cardinal, decimal, digits, ordinal, plural, year};
use super::{Found, NUMBER, Rule, rule};

/// Symbol, what one is called, what several are called. Longer symbols stand before their beginnings.
const UNITS: &[(&str, &str, &str)] = &[
    ("km/h", "kilometer per hour", "kilometers per hour"),
    ("kmh", "kilometer per hour", "kilometers per hour"),
    ("kph", "kilometer per hour", "kilometers per hour"),
    ("mph", "mile per hour", "miles per hour"),
    ("mpg", "mile per gallon", "miles per gallon"),
    (
        "m/s²",
        "meter per second squared",
        "meters per second squared",
    ),
    ("m/s", "meter per second", "meters per second"),
    ("km/s", "kilometer per second", "kilometers per second"),
    ("kbit/s", "kilobit per second", "kilobits per second"),
    ("Mbit/s", "megabit per second", "megabits per second"),
    ("Gbit/s", "gigabit per second", "gigabits per second"),
    ("kbps", "kilobit per second", "kilobits per second"),
    ("Mbps", "megabit per second", "megabits per second"),
    ("Gbps", "gigabit per second", "gigabits per second"),
    ("MB/s", "megabyte per second", "megabytes per second"),
    ("GB/s", "gigabyte per second", "gigabytes per second"),
    ("km²", "square kilometer", "square kilometers"),
    ("m²", "square meter", "square meters"),
    ("m³", "cubic meter", "cubic meters"),
    ("cm²", "square centimeter", "square centimeters"),
    ("cm³", "cubic centimeter", "cubic centimeters"),
    ("ft²", "square foot", "square feet"),
    ("sq ft", "square foot", "square feet"),
    ("sq mi", "square mile", "square miles"),
    ("km", "kilometer", "kilometers"),
    ("cm", "centimeter", "centimeters"),
    ("mm", "millimeter", "millimeters"),
    ("µm", "micrometer", "micrometers"),
    ("μm", "micrometer", "micrometers"),
    ("nm", "nanometer", "nanometers"),
    ("m", "meter", "meters"),
    ("mi", "mile", "miles"),
    ("ft", "foot", "feet"),
    ("yd", "yard", "yards"),
    ("yds", "yard", "yards"),
    ("kg", "kilogram", "kilograms"),
    ("mg", "milligram", "milligrams"),
    ("µg", "microgram", "micrograms"),
    ("μg", "microgram", "micrograms"),
    ("g", "gram", "grams"),
    ("lbs", "pound", "pounds"),
    ("lb", "pound", "pounds"),
    ("oz", "ounce", "ounces"),
    ("mL", "milliliter", "milliliters"),
    ("ml", "milliliter", "milliliters"),
    ("cl", "centiliter", "centiliters"),
    ("L", "liter", "liters"),
    ("l", "liter", "liters"),
    ("gal", "gallon", "gallons"),
    ("tsp", "teaspoon", "teaspoons"),
    ("tbsp", "tablespoon", "tablespoons"),
    ("kHz", "kilohertz", "kilohertz"),
    ("MHz", "megahertz", "megahertz"),
    ("GHz", "gigahertz", "gigahertz"),
    ("Hz", "hertz", "hertz"),
    ("kWh", "kilowatt hour", "kilowatt hours"),
    ("MWh", "megawatt hour", "megawatt hours"),
    ("kW", "kilowatt", "kilowatts"),
    ("MW", "megawatt", "megawatts"),
    ("GW", "gigawatt", "gigawatts"),
    ("W", "watt", "watts"),
    ("mAh", "milliamp hour", "milliamp hours"),
    ("mA", "milliamp", "milliamps"),
    ("kV", "kilovolt", "kilovolts"),
    ("mV", "millivolt", "millivolts"),
    ("V", "volt", "volts"),
    ("Ω", "ohm", "ohms"),
    ("kcal", "kilocalorie", "kilocalories"),
    ("kJ", "kilojoule", "kilojoules"),
    ("hPa", "hectopascal", "hectopascals"),
    ("kPa", "kilopascal", "kilopascals"),
    ("psi", "P S I", "P S I"),
    ("KB", "kilobyte", "kilobytes"),
    ("kB", "kilobyte", "kilobytes"),
    ("MB", "megabyte", "megabytes"),
    ("GB", "gigabyte", "gigabytes"),
    ("TB", "terabyte", "terabytes"),
    ("PB", "petabyte", "petabytes"),
    ("GiB", "gibibyte", "gibibytes"),
    ("MiB", "mebibyte", "mebibytes"),
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
    ("yrs", "year", "years"),
    ("yr", "year", "years"),
    ("ha", "hectare", "hectares"),
    ("rpm", "R P M", "R P M"),
    ("bpm", "beat per minute", "beats per minute"),
    ("fps", "frame per second", "frames per second"),
    ("dpi", "dot per inch", "dots per inch"),
    ("px", "pixel", "pixels"),
    ("dB", "decibel", "decibels"),
    ("°C", "degree Celsius", "degrees Celsius"),
    ("°F", "degree Fahrenheit", "degrees Fahrenheit"),
    ("°", "degree", "degrees"),
];

/// Written code or sign, one, several.
const CURRENCIES: &[(&str, &str, &str)] = &[
    ("US$", "U.S. dollar", "U.S. dollars"),
    ("A$", "Australian dollar", "Australian dollars"),
    ("C$", "Canadian dollar", "Canadian dollars"),
    ("$", "dollar", "dollars"),
    ("£", "pound", "pounds"),
    ("€", "euro", "euros"),
    ("¥", "yen", "yen"),
    ("₹", "rupee", "rupees"),
    ("₩", "won", "won"),
    ("₽", "ruble", "rubles"),
    ("₿", "bitcoin", "bitcoins"),
    ("¢", "cent", "cents"),
    ("USD", "U.S. dollar", "U.S. dollars"),
    ("EUR", "euro", "euros"),
    ("GBP", "British pound", "British pounds"),
    ("JPY", "Japanese yen", "Japanese yen"),
    ("CAD", "Canadian dollar", "Canadian dollars"),
    ("AUD", "Australian dollar", "Australian dollars"),
    ("CHF", "Swiss franc", "Swiss francs"),
    ("INR", "Indian rupee", "Indian rupees"),
];
const CURRENCY_BEFORE: &str =
    r"US\$|A\$|C\$|\$|£|€|¥|₹|₩|₽|₿|\b(?:USD|EUR|GBP|JPY|CAD|AUD|CHF|INR)\s";
const CURRENCY_AFTER: &str = r"\$|£|€|¥|₹|₩|₽|₿|¢|(?:USD|EUR|GBP|JPY|CAD|AUD|CHF|INR)\b";
const MAGNITUDE: &str = r"thousand|million|billion|trillion|mn|bn|tn|[kKmMbB]";
const RANGE_SIGN: &str = r"\s?[-–—]\s?";

pub(super) fn rules() -> Vec<Rule> {
    let units = alternatives(UNITS);
    vec![
        rule(
            &format!(
                r"({CURRENCY_BEFORE})\s?({NUMBER})(?:{RANGE_SIGN}(?:{CURRENCY_BEFORE})?({NUMBER}))?(?:\s?({MAGNITUDE})\b)?"
            ),
            say_money,
        ),
        rule(
            &format!(r"({NUMBER})()(?:\s?({MAGNITUDE}))?\s?({CURRENCY_AFTER})"),
            |found| {
                let (one, several) = currency(found.group(4))?;
                if found.joined_before() || found.joined_after() {
                    return None;
                }
                let name = if found.group(1) == "1" && found.group(3).is_empty() {
                    one
                } else {
                    several
                };
                let size = magnitude(found.group(3))
                    .map(|size| format!(" {size}"))
                    .unwrap_or_default();
                Some(format!("{}{size} {name}", found.group(1)))
            },
        ),
        rule(r"([0-9])\s*'\s?([0-9]{1,2})\s?(?:''|\x22)", |found| {
            Some(format!("{} foot {}", found.group(1), found.group(2)))
        }),
        rule(r"\b([0-9]+)\s+([0-9]+)/([0-9]+)\b", |found| {
            let fraction = fraction(found, 2, 3, true)?;
            Some(format!("{} and {fraction}", found.group(1)))
        }),
        rule(r"\b([0-9]+)/([0-9]+)\b", |found| {
            if found.joined_before() || found.after.starts_with('/') || found.joined_after() {
                return None;
            }
            let (above, below) = (found.number(1)?, found.number(2)?);
            match (above, below) {
                (24, 7) => Some("twenty four seven".to_owned()),
                (9, 11) => Some("nine eleven".to_owned()),
                _ => fraction(found, 1, 2, false)
                    .or_else(|| Some(format!("{} over {}", found.group(1), found.group(2)))),
            }
        }),
        rule(&format!(r"({NUMBER})(%?){RANGE_SIGN}({NUMBER})"), say_range),
        rule(r"\b([0-9]+)\s-\s([0-9]+)\s*=", |found| {
            Some(format!("{} minus {} =", found.group(1), found.group(2)))
        }),
        rule(&format!(r"({NUMBER})(k|M|bn)\b"), |found| {
            (!found.joined_before() && !found.joined_after())
                .then(|| Some(format!("{} {}", found.group(1), magnitude(found.group(2))?)))?
        }),
        rule(&format!(r"({NUMBER})([-\s]?)({units})(\.?)"), say_unit),
        rule(r"(?:\b(19|20|18|17|16|15)|'|\b)([0-9]0)'?s\b", |found| {
            if found.joined_before() || found.joined_after() {
                return None;
            }
            let tens = found.number(2)?;
            match (found.number(1), tens) {
                (None, 0) => Some("two thousands".to_owned()),
                (None, _) => Some(plural(&cardinal(tens))),
                (Some(century), _) => Some(plural(&year(century * 100 + tens))),
            }
        }),
        rule(
            r"\b([0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(st|nd|rd|th)\b",
            |found| {
                // misaki takes ordinals without separators only.
                let written = found.group(1).contains(',') && !found.joined_before();
                written.then(|| found.number(1).map(ordinal))?
            },
        ),
        rule(
            r"\b([A-Z][a-z]+) (II|III|IV|VI|VII|VIII|IX|XI|XII|XIII|XIV|XV|XVI|XVII|XVIII|XIX|XX)\b",
            |found| {
                let number = roman(found.group(2))?;
                Some(match RULERS.contains(&found.group(1)) {
                    true => format!("{} the {}", found.group(1), ordinal(number)),
                    false => format!("{} {number}", found.group(1)),
                })
            },
        ),
        // "%" belongs to its number; misaki reads "50%".
        rule(r"([0-9])\s+%", |found| Some(format!("{}%", found.group(1)))),
        // A final zero after the point is said, since whoever wrote it meant it; "$4.50" is misaki's.
        rule(r"[0-9]+(?:,[0-9]{3})*\.[0-9]*0\b", |found| {
            let money = found.before.ends_with(['$', '£', '€']);
            (!money
                && !found.joined_before()
                && !found.joined_after()
                && !found.after.starts_with(".0"))
            .then(|| decimal(found.group(0)))
        }),
        // A leading zero or more digits than a number has names for: digit by digit.
        rule(r"\b[0-9]+\b", |found| {
            let written = found.group(0);
            let code = (written.len() > 1 && written.starts_with('0')) || written.len() > 15;
            let alone = !found.joined_before() && !found.after.starts_with(',');
            (code && alone).then(|| digits(written, "zero"))
        }),
    ]
}

/// Names after which a Roman number is a ruler's.
const RULERS: [&str; 24] = [
    "Henry",
    "Elizabeth",
    "Louis",
    "George",
    "Charles",
    "James",
    "Edward",
    "Richard",
    "William",
    "Paul",
    "Pius",
    "Benedict",
    "Francis",
    "Philip",
    "Nicholas",
    "Peter",
    "Catherine",
    "Alexander",
    "Napoleon",
    "Frederick",
    "Leo",
    "Gregory",
    "Wilhelm",
    "Ramses",
];

fn roman(letters: &str) -> Option<u64> {
    let value = |c: char| match c {
        'I' => Some(1),
        'V' => Some(5),
        'X' => Some(10),
        _ => None,
    };
    let values: Vec<u64> = letters.chars().filter_map(value).collect();
    let signed = values
        .iter()
        .enumerate()
        .map(|(index, &own)| match values.get(index + 1) {
            Some(&next) if next > own => -(own as i64),
            _ => own as i64,
        });
    u64::try_from(signed.sum::<i64>()).ok()
}

/// The symbols as one pattern, the longest first: the leftmost alternative wins.
fn alternatives(table: &[(&str, &str, &str)]) -> String {
    let mut symbols: Vec<String> = table
        .iter()
        .map(|(symbol, ..)| regex::escape(symbol))
        .collect();
    symbols.sort_by_key(|symbol| std::cmp::Reverse(symbol.len()));
    symbols.join("|")
}

fn currency(sign: &str) -> Option<(&'static str, &'static str)> {
    let found = CURRENCIES
        .iter()
        .find(|(symbol, ..)| *symbol == sign.trim())?;
    Some((found.1, found.2))
}

fn magnitude(written: &str) -> Option<&'static str> {
    Some(match written {
        "thousand" | "k" | "K" => "thousand",
        "million" | "mn" | "m" | "M" => "million",
        "billion" | "bn" | "b" | "B" => "billion",
        "trillion" | "tn" => "trillion",
        _ => return None,
    })
}

/// What misaki does not read: magnitudes, ranges, and signs other than $, £ and €.
fn say_money(found: &Found) -> Option<String> {
    let (one, several) = currency(found.group(1))?;
    let (first, last, size) = (found.group(2), found.group(3), magnitude(found.group(4)));
    if found.joined_before() && !found.before.ends_with(['-', '/']) {
        return None;
    }
    let plain = last.is_empty() && size.is_none();
    if found.joined_after() || (plain && matches!(found.group(1).trim(), "$" | "£" | "€")) {
        return None;
    }
    let attributive = matches!(found.word_before(), "a" | "an" | "A" | "An" | "the" | "The")
        && found.word_after().starts_with(char::is_alphabetic)
        && !matches!(found.word_before(), "the" | "The");
    let name = if attributive || (plain && first == "1") {
        one
    } else {
        several
    };
    let amount = if last.is_empty() {
        first.to_owned()
    } else {
        format!("{first} to {last}")
    };
    let size = size.map(|size| format!(" {size}")).unwrap_or_default();
    Some(format!("{amount}{size} {name}"))
}

fn fraction(found: &Found, above: usize, below: usize, mixed: bool) -> Option<String> {
    let (above, below) = (found.number(above)?, found.number(below)?);
    let named = (2..=10).contains(&below) || matches!(below, 12 | 16 | 20 | 32 | 64 | 100 | 1000);
    if !named || above == 0 || above > 100 {
        return None;
    }
    let part = match below {
        2 => "half".to_owned(),
        4 => "quarter".to_owned(),
        _ => ordinal(below),
    };
    Some(match above {
        1 if mixed => format!("a {part}"),
        1 => format!("one {part}"),
        _ if below == 2 => format!("{} halves", cardinal(above)),
        _ => format!("{} {}", cardinal(above), plural(&part)),
    })
}

fn say_range(found: &Found) -> Option<String> {
    let sum = found.after.trim_start().starts_with('=');
    let chained = found
        .after
        .strip_prefix(['-', '–'])
        .is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
    let compound = found.joined_before() && !found.before.ends_with(['$', '£', '€']);
    if sum || compound || chained {
        return None;
    }
    Some(format!(
        "{}{} to {}",
        found.group(1),
        found.group(2),
        found.group(3)
    ))
}

fn say_unit(found: &Found) -> Option<String> {
    let (number, gap, symbol, stop) = (
        found.group(1),
        found.group(2),
        found.group(3),
        found.group(4),
    );
    let (_, one, several) = UNITS.iter().find(|(known, ..)| *known == symbol)?;
    if found.joined_after()
        || found
            .before
            .ends_with(|c: char| c.is_alphanumeric() || matches!(c, '$' | '£' | '€' | '.'))
    {
        return None;
    }
    // "the 1990s", "in her 30s" are decades; "5s" are seconds.
    let decade = symbol == "s" && gap.is_empty() && number.ends_with('0');
    // One letter after a space is too little to go by where it could be a name, and after a hyphen too.
    let doubtful = matches!(symbol, "h" | "W" | "V" | "L" | "l" | "s") && gap == "-";
    // "5 m. people" does not occur, "5 ft. tall" does: the dot of an abbreviation goes unless the sentence ends here.
    let next_is_lower = found
        .after
        .trim_start()
        .starts_with(|c: char| c.is_lowercase() || c == ',');
    if decade || doubtful || (!stop.is_empty() && found.joined_after()) {
        return None;
    }
    let stop = if next_is_lower { "" } else { stop };
    let mut name = if number == "1" || gap == "-" {
        *one
    } else {
        *several
    };
    if symbol == "°" {
        let direction = match found.after.trim_start().chars().next() {
            Some('N' | 'S' | 'E' | 'W') => several,
            _ => name,
        };
        name = direction;
    }
    Some(format!("{number} {name}{stop}"))
}
