//! Signs that no other kind claimed become words or go.

use super::{Found, Rule, rule};

/// In letters; the longest word in dictionaries has 45.
const MAX_WORD: usize = 48;

/// The rules that run last: what is left of signs becomes words or goes.
pub(super) fn rules() -> Vec<Rule> {
    vec![
        rule(r"[α-ωΑ-Ωµ]", say_letter),
        rule("[×✕]", |_| Some(" times ".to_owned())),
        rule(r"([0-9A-Za-z)])\s\*\s([0-9A-Za-z(])", |found| {
            Some(format!("{} times {}", found.group(1), found.group(2)))
        }),
        rule(r"\b([A-Za-z]+)\+\+", |found| {
            Some(format!("{} plus plus", found.group(1)))
        }),
        rule(r"\b([A-G])#", |found| {
            Some(format!("{} sharp", found.group(1)))
        }),
        rule("#+", |found| {
            let tag = found.joined_after();
            Some(if tag { " hashtag " } else { " " }.to_owned())
        }),
        rule("@", |_| Some(" at ".to_owned())),
        rule(r"\s&\s", |_| Some(" and ".to_owned())),
        rule("&", |_| Some(" and ".to_owned())),
        rule("=+", |_| Some(" equals ".to_owned())),
        rule(r"\+", say_plus),
        // Emoticons are no punctuation.
        rule(r"[:;]'?-?[()DP]+(\s|$)", |found| {
            (!found.joined_before()).then(|| " ".to_owned())
        }),
        rule(r"[*_^<>~]+", |_| Some(" ".to_owned())),
        rule(r"[$£€¥¢₹₩₽₿₺₪฿₫₱₦₴°%]", say_stray_sign),
        rule(r"\s?/\s?", say_slash),
        rule(r"\s*(?:\.{3,}|…[.…]*|(?:\. ){2,}\.)", |found| {
            Some(if found.joined_after() { "… " } else { "…" }.to_owned())
        }),
        rule(r"-{2,}|\s+[-–]+\s+|\s*[–—]+\s*", |_| {
            Some(" — ".to_owned())
        }),
        rule(r"(?:^|\s)-+(?:\s|$)", |_| Some(" ".to_owned())),
        // One mark is enough; but the dot of "p.m., then" is the abbreviation's own.
        rule(r"(\.?)([!?.,;:]+)", |found| {
            let marks = found.group(2);
            let strongest = ['?', '!', '.', ';', ':', ',']
                .into_iter()
                .find(|&mark| marks.contains(mark))?;
            let dot = if strongest == '.' { "" } else { found.group(1) };
            Some(format!("{dot}{strongest}"))
        }),
        // misaki's work grows with the cube of a compound's length.
        rule(r"\S{40,60}?[-/,.:;'()]+", |found| {
            (!found.after.starts_with(char::is_whitespace) && !found.after.is_empty())
                .then(|| format!("{} ", found.group(0)))
        }),
        // What dropped out can have joined two words.
        rule(
            &format!(r"[\p{{Alphabetic}}\p{{N}}]{{{MAX_WORD}}}"),
            |found| found.joined_after().then(|| format!("{} ", found.group(0))),
        ),
        rule(r"\s{2,}|[\t\n\r]", |_| Some(" ".to_owned())),
        rule(r"\s+([,.;:!?)])", |found| Some(found.group(1).to_owned())),
        rule(r"^\s+|\s+$", |_| Some(String::new())),
    ]
}

fn say_letter(found: &Found) -> Option<String> {
    let name = match found.group(0) {
        "µ" => "micro",
        letter => super::clean::greek(letter.chars().next()?)?,
    };
    Some(format!(" {name} "))
}

/// Between two words the bar is said, but not in "and/or"; what stands at the edge of a word is typography.
fn say_slash(found: &Found) -> Option<String> {
    let joins = found.before.ends_with(char::is_alphanumeric)
        && found.after.starts_with(char::is_alphanumeric);
    // "and/or", and "HTTP/2".
    let choice = found.follows(&["and"]) && found.precedes(&["or"]);
    let version = found.before.ends_with(|c: char| c.is_ascii_uppercase())
        && (found.after.starts_with(|c: char| c.is_ascii_digit())
            || super::numbers::is_figure(found.word_after()));
    Some(
        if joins && !choice && !version {
            " slash "
        } else {
            " "
        }
        .to_owned(),
    )
}

fn say_plus(found: &Found) -> Option<String> {
    let number_before = found
        .before
        .trim_end()
        .ends_with(|c: char| c.is_alphanumeric() || c == ')');
    let something_after = found.after.trim_start().starts_with(char::is_alphanumeric);
    Some(
        if number_before || something_after {
            " plus "
        } else {
            " "
        }
        .to_owned(),
    )
}

/// Currency and other signs without a number.
fn say_stray_sign(found: &Found) -> Option<String> {
    let word = match found.group(0) {
        "%" => "percent",
        "$" => "dollars",
        "£" => "pounds",
        "€" => "euros",
        "¥" => "yen",
        "¢" => "cents",
        "₹" => "rupees",
        "₩" => "won",
        "₽" => "rubles",
        "₿" => "bitcoin",
        "₺" => "lira",
        "₪" => "shekels",
        "฿" => "baht",
        "₫" => "dong",
        "₱" => "pesos",
        "₦" => "naira",
        "₴" => "hryvnia",
        _ => "degrees",
    };
    Some(format!(" {word} "))
}
