//! An amount with a sign or a code of a currency is said with the currency's name, whole units and hundredths.

use super::numbers::{cardinal, quantity};
use super::units::per_word;
use super::{Found, NUMBER, RANGE_SIGN, Rule, alternatives, rule};

struct Currency {
    /// How it is written, before or behind the amount.
    written: &'static str,
    one: &'static str,
    several: &'static str,
    /// One and several hundredths; empty where nobody says them.
    hundredth: (&'static str, &'static str),
}

const fn currency(
    written: &'static str,
    one: &'static str,
    several: &'static str,
    hundredth: (&'static str, &'static str),
) -> Currency {
    Currency {
        written,
        one,
        several,
        hundredth,
    }
}

const CENTS: (&str, &str) = ("cent", "cents");
const PENCE: (&str, &str) = ("penny", "pence");
const NONE: (&str, &str) = ("", "");

/// Signs, which cling to the amount.
const SIGNS: &[Currency] = &[
    currency("US$", "U S dollar", "U S dollars", CENTS),
    currency("AU$", "Australian dollar", "Australian dollars", CENTS),
    currency("A$", "Australian dollar", "Australian dollars", CENTS),
    currency("CA$", "Canadian dollar", "Canadian dollars", CENTS),
    currency("C$", "Canadian dollar", "Canadian dollars", CENTS),
    currency("NZ$", "New Zealand dollar", "New Zealand dollars", CENTS),
    currency("HK$", "Hong Kong dollar", "Hong Kong dollars", CENTS),
    currency("S$", "Singapore dollar", "Singapore dollars", CENTS),
    currency("NT$", "Taiwan dollar", "Taiwan dollars", CENTS),
    currency("R$", "real", "reais", CENTS),
    currency("MX$", "Mexican peso", "Mexican pesos", CENTS),
    currency("$", "dollar", "dollars", CENTS),
    currency("£", "pound", "pounds", PENCE),
    currency("€", "euro", "euros", CENTS),
    currency("¥", "yen", "yen", NONE),
    currency("₹", "rupee", "rupees", ("paisa", "paise")),
    currency("Rs.", "rupee", "rupees", ("paisa", "paise")),
    currency("Rs", "rupee", "rupees", ("paisa", "paise")),
    currency("₩", "won", "won", NONE),
    currency("₽", "ruble", "rubles", ("kopeck", "kopecks")),
    currency("₿", "bitcoin", "bitcoins", NONE),
    currency("₺", "lira", "lira", NONE),
    currency("₪", "shekel", "shekels", NONE),
    currency("฿", "baht", "baht", NONE),
    currency("₫", "dong", "dong", NONE),
    currency("₱", "peso", "pesos", NONE),
    currency("₦", "naira", "naira", NONE),
    currency("₴", "hryvnia", "hryvnias", NONE),
    currency("zł", "zloty", "zlotys", NONE),
];

/// Codes and short names, words of their own.
const CODES: &[Currency] = &[
    currency("USD", "U S dollar", "U S dollars", CENTS),
    currency("EUR", "euro", "euros", CENTS),
    currency("GBP", "British pound", "British pounds", PENCE),
    currency("JPY", "Japanese yen", "Japanese yen", NONE),
    currency("CAD", "Canadian dollar", "Canadian dollars", CENTS),
    currency("AUD", "Australian dollar", "Australian dollars", CENTS),
    currency("NZD", "New Zealand dollar", "New Zealand dollars", CENTS),
    currency("HKD", "Hong Kong dollar", "Hong Kong dollars", CENTS),
    currency("SGD", "Singapore dollar", "Singapore dollars", CENTS),
    currency("CHF", "Swiss franc", "Swiss francs", CENTS),
    currency("INR", "Indian rupee", "Indian rupees", NONE),
    currency("CNY", "Chinese yuan", "Chinese yuan", NONE),
    currency("RMB", "Chinese yuan", "Chinese yuan", NONE),
    currency("KRW", "Korean won", "Korean won", NONE),
    currency("SEK", "Swedish krona", "Swedish kronor", NONE),
    currency("NOK", "Norwegian krone", "Norwegian kroner", NONE),
    currency("DKK", "Danish krone", "Danish kroner", NONE),
    currency("PLN", "Polish zloty", "Polish zlotys", NONE),
    currency("CZK", "Czech koruna", "Czech korunas", NONE),
    currency("BRL", "Brazilian real", "Brazilian reais", NONE),
    currency("MXN", "Mexican peso", "Mexican pesos", NONE),
    currency("ZAR", "South African rand", "South African rand", NONE),
    currency("RUB", "Russian ruble", "Russian rubles", NONE),
    currency("TRY", "Turkish lira", "Turkish lira", NONE),
    currency("BTC", "bitcoin", "bitcoins", NONE),
    currency("ETH", "ether", "ether", NONE),
];

const MAGNITUDE: &str =
    r"(?i:thousand|million|billion|trillion|crore|lakh|mm|mn|mil|bn|tn|tr|[kmbt])";

pub(super) fn rules() -> Vec<Rule> {
    let signs = alternatives(SIGNS.iter().map(|currency| currency.written));
    let codes = alternatives(CODES.iter().map(|currency| currency.written));
    let before = format!(r"(?:{signs}|\b(?:{codes})\s)");
    let after = format!(r"(?:[$£€¥₹₩₽₿₺₪฿₫₱₦₴]|zł|(?:{codes})\b)");
    let per = r"(?:\s?/\s?([A-Za-z]+)|-(?:a|per|an)-([a-z]+)|-([a-z]+))?";
    vec![
        // "49,90 €" and "€1.234,56": the comma of the continent.
        rule(
            r"\b([0-9]{1,3}(?:\.[0-9]{3})*),([0-9]{2})(\s?)(€|EUR\b|zł)",
            |found| {
                found.is_whole().then(|| {
                    format!(
                        "{}.{}{}{}",
                        found.group(1).replace('.', ""),
                        found.group(2),
                        found.group(3),
                        found.group(4)
                    )
                })
            },
        ),
        rule(
            r"(€\s?)([0-9]{1,3}(?:\.[0-9]{3})*),([0-9]{2})\b",
            |found| {
                (!found.joined_after()).then(|| {
                    format!(
                        "{}{}.{}",
                        found.group(1),
                        found.group(2).replace('.', ""),
                        found.group(3)
                    )
                })
            },
        ),
        rule(r"€\s?([0-9]{1,3})\.([0-9]{3})\b", |found| {
            (!found.joined_after() && !found.after.starts_with('.'))
                .then(|| format!("€{},{}", found.group(1), found.group(2)))
        }),
        rule(
            &format!(
                r"({before})\s?({NUMBER})(?:{RANGE_SIGN}(?:{before})?({NUMBER}))?(?:[\s-]?({MAGNITUDE})\b)?{per}"
            ),
            |found| {
                let currency = find(found.group(1))?;
                if found.joined_before() && !found.before.ends_with(['-', '/', '–']) {
                    return None;
                }
                say_amount(found, currency, [2, 3, 4], [5, 6, 7])
            },
        ),
        rule(
            &format!(
                r"({NUMBER})(?:{RANGE_SIGN}({NUMBER}))?(?:\s?({MAGNITUDE}))?[\s-]?({after}){per}"
            ),
            |found| {
                let currency = find(found.group(4))?;
                (!found.joined_before())
                    .then(|| say_amount(found, currency, [1, 2, 3], [5, 6, 7]))?
            },
        ),
        // "50¢", "50p".
        rule(r"\b([0-9]{1,2})\s?(¢|p\b)", |found| {
            let (one, several) = if found.group(2) == "p" { PENCE } else { CENTS };
            let spaced = found.group(0).contains("p") && found.group(0).contains(' ');
            (found.is_whole() && !spaced && !found.after.starts_with('.') || found.group(2) == "¢")
                .then(|| {
                    format!(
                        "{} {}",
                        quantity(found.group(1)),
                        if found.group(1) == "1" { one } else { several }
                    )
                })
        }),
        // "1.8M cars", "10k people", "2.5bn": sizes without a currency.
        rule(&format!(r"({NUMBER})\s?(bn|[kKM])(\+?)\b"), |found| {
            let race = matches!(found.group(2), "k" | "K")
                && found.precedes(&[
                    "run",
                    "race",
                    "runner",
                    "video",
                    "tv",
                    "screen",
                    "display",
                    "resolution",
                    "monitor",
                    "gold",
                    "ring",
                ]);
            let company = found.group(0) == "3M"
                && found.precedes(&[
                    "makes", "is", "was", "has", "said", "will", "sells", "company", "products",
                    "and", "made",
                ]);
            let spaced = found.group(0).contains(' ') && found.group(2) != "bn";
            (found.is_whole() && !race && !company && !spaced && found.group(0) != "4K").then(
                || {
                    Some(format!(
                        "{} {}",
                        quantity(found.group(1)),
                        magnitude(found.group(2))?
                    ))
                },
            )?
        }),
        rule(r"\b(3)M\b", |found| {
            found.is_whole().then(|| "three M".to_owned())
        }),
    ]
}

/// "fifty dollars and twenty five cents" of "50.25".
fn say_cents(written: &str, currency: &Currency) -> Option<String> {
    let (whole, fraction) = written.split_once('.').unwrap_or((written, "0"));
    let units: u64 = whole.replace(',', "").parse().ok()?;
    let hundredths: u64 = fraction.parse().ok()?;
    let unit = if units == 1 {
        currency.one
    } else {
        currency.several
    };
    let (one, several) = currency.hundredth;
    let small = if hundredths == 1 { one } else { several };
    Some(match hundredths {
        0 => format!("{} {unit}", cardinal(units)),
        _ => format!(
            "{} {unit} and {} {small}",
            cardinal(units),
            cardinal(hundredths)
        ),
    })
}

fn find(written: &str) -> Option<&'static Currency> {
    let written = written.trim();
    SIGNS
        .iter()
        .chain(CODES)
        .find(|currency| currency.written == written)
}

pub(super) fn magnitude(written: &str) -> Option<&'static str> {
    Some(match written.to_lowercase().as_str() {
        "thousand" | "k" => "thousand",
        "million" | "mn" | "m" | "mm" | "mil" => "million",
        "billion" | "bn" | "b" => "billion",
        "trillion" | "tn" | "tr" | "t" => "trillion",
        "crore" => "crore",
        "lakh" => "lakh",
        _ => return None,
    })
}

/// `amount`: groups of first number, last number of a range, magnitude; `per`: groups of what one pays it for.
fn say_amount(
    found: &Found,
    currency: &Currency,
    amount: [usize; 3],
    per: [usize; 3],
) -> Option<String> {
    let [first, last] = [found.group(amount[0]), found.group(amount[1])];
    let size = magnitude(found.group(amount[2]));
    let [slash, dashed, joined] = per.map(|group| found.group(group));
    // Both a letter behind the number ("$5x") and a point ("$5.5.1") mean that this is something else.
    if found.joined_after() {
        return None;
    }
    let describing =
        !dashed.is_empty() || !joined.is_empty() || (slash.is_empty() && found.describes_a_thing());
    let name = |several: bool| {
        if several && !describing {
            currency.several
        } else {
            currency.one
        }
    };
    // "$20.5" and "$2.000" are written carelessly; "$3.899" is a price.
    let cents = |written: &str| -> String {
        let (whole, fraction) = written.split_once('.').unwrap_or((written, ""));
        let short = fraction.trim_end_matches('0');
        match (fraction.len(), short.len()) {
            (0, _) => written.to_owned(),
            (_, 0..=2) => format!("{whole}.{short:0<2}"),
            _ => written.to_owned(),
        }
    };
    let in_cents = size.is_none() && !currency.hundredth.0.is_empty();
    // Both ends of a range in cents are said in full.
    if in_cents && !last.is_empty() && (first.contains('.') || last.contains('.')) {
        let amount = |written: &str| say_cents(&cents(written), currency);
        return Some(format!("{} to {}", amount(first)?, amount(last)?));
    }
    let padded = if in_cents {
        cents(first)
    } else {
        first.to_owned()
    };
    let first = padded.as_str();
    let (whole, fraction) = first.split_once('.').unwrap_or((first, ""));
    let mut spoken = match size {
        None if last.is_empty() && fraction.len() == 2 && !currency.hundredth.0.is_empty() => {
            let units: u64 = if whole.is_empty() {
                0
            } else {
                whole.replace(',', "").parse().ok()?
            };
            let hundredths: u64 = fraction.parse().ok()?;
            let (one, several) = currency.hundredth;
            let small = format!(
                "{} {}",
                cardinal(hundredths),
                if hundredths == 1 { one } else { several }
            );
            match (units, hundredths) {
                (0, 1..) => small,
                (_, 0) => format!("{} {}", cardinal(units), name(units != 1)),
                _ if describing => format!(
                    "{} {} {}",
                    cardinal(units),
                    name(units != 1),
                    cardinal(hundredths)
                ),
                _ => format!("{} {} and {small}", cardinal(units), name(units != 1)),
            }
        }
        _ => {
            let range = if last.is_empty() {
                String::new()
            } else {
                format!(" to {}", quantity(last))
            };
            let size = size.map(|size| format!(" {size}")).unwrap_or_default();
            let several = first != "1" || !last.is_empty() || !size.is_empty();
            format!("{}{range}{size} {}", quantity(first), name(several))
        }
    };
    if !slash.is_empty() {
        spoken += &format!(" per {}", per_word(slash));
    } else if !dashed.is_empty() {
        let word = if found.group(0).contains("-per-") {
            "per"
        } else if found.group(0).contains("-an-") {
            "an"
        } else {
            "a"
        };
        spoken += &format!(" {word} {dashed}");
    } else if !joined.is_empty() {
        spoken += &format!(" {joined}");
    }
    Some(spoken)
}
