//! Web and mail addresses, file names, social handles and telephone numbers.

use super::numbers::digits;
use super::{Found, Rule, rule};

/// Endings after which a dotted word is an address even without "www".
const DOMAINS: &str = "com|org|net|edu|gov|mil|int|io|ai|co|dev|app|info|biz|me|tv|uk|us|ca|de|fr|eu|ch|nl|es|it|jp|au|in";
/// Endings of file names that people name in speech.
const FILE_ENDINGS: &str = "pdf|txt|docx?|xlsx?|pptx?|csv|json|toml|yaml|xml|html?|css|js|ts|py|rs|cpp|zip|png|jpe?g|gif|svg|mp3|mp4|wav|exe|sh|md";

pub(super) fn rules() -> Vec<Rule> {
    vec![
        rule(
            r"[A-Za-z0-9][A-Za-z0-9._%+-]*@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,}",
            |found| Some(say_address(found.group(0))),
        ),
        rule(r"(?:https?|ftp)://[^\s<>()]+", |found| {
            let address = found.group(0).split_once("//").map_or("", |(_, rest)| rest);
            let gap = if found.before.ends_with(char::is_alphanumeric) {
                " "
            } else {
                ""
            };
            Some(format!("{gap}{}", say_web_address(address)))
        }),
        rule(r"\bwww\.[^\s<>()]+", |found| {
            Some(say_web_address(found.group(0)))
        }),
        rule(
            &format!(r"\b[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.(?:{DOMAINS})\b(?:/[^\s<>()]*)?"),
            |found| {
                let lower_case = !found.group(0).contains(|c: char| c.is_ascii_uppercase());
                let written_as_address = lower_case || found.group(0).contains(".com");
                (written_as_address && !found.joined_before() && !found.joined_after())
                    .then(|| say_web_address(found.group(0)))
            },
        ),
        rule(
            &format!(r"\b([A-Za-z0-9_-]+)\.({FILE_ENDINGS})\b"),
            |found| (!found.joined_before()).then(|| say_address(found.group(0))),
        ),
        rule(r"@([A-Za-z][A-Za-z0-9_]+)", |found| {
            (!found.joined_before()).then(|| format!("at {}", say_address(found.group(1))))
        }),
        rule(
            r"(?:\+?([0-9]{1,3})[-. ]?)?(?:\(([0-9]{3})\)\s?|([0-9]{3})[-. ])([0-9]{3})[-. ]([0-9]{4})",
            |found| {
                let groups = [1, 2, 3, 4, 5].map(|index| found.group(index));
                say_telephone(found, &groups)
            },
        ),
        rule(r"\+([0-9]{1,3})((?:[ -][0-9]{2,5}){2,5})", |found| {
            let rest: Vec<&str> = found.group(2).split([' ', '-']).collect();
            let groups: Vec<&str> = std::iter::once(found.group(1)).chain(rest).collect();
            say_telephone(found, &groups).map(|number| format!("plus {number}"))
        }),
        rule(r"([0-9]{3})-([0-9]{4})", |found| {
            say_telephone(found, &[found.group(1), found.group(2)])
        }),
        rule(r"([0-9]{3})-([0-9]{2})-([0-9]{4})", |found| {
            say_telephone(found, &[found.group(1), found.group(2), found.group(3)])
        }),
        // Card numbers; as years, four digits at a time, they would make no sense.
        rule(
            r"([0-9]{4})[ -]([0-9]{4})[ -]([0-9]{4})((?:[ -][0-9]{2,4})*)",
            |found| {
                let groups = [1, 2, 3, 4].map(|index| found.group(index));
                say_telephone(found, &groups)
            },
        ),
        rule(
            r"(?i)\b(call|dial|calling|called|dialed)\s+([0-9]{3})\b",
            |found| {
                (!found.joined_after() && !found.after.starts_with('-'))
                    .then(|| format!("{} {}", found.group(1), digits(found.group(2), "zero")))
            },
        ),
        // Postal codes after a state: "CA 90210".
        rule(r"\b([A-Z]{2}) ([0-9]{5})\b", |found| {
            (!found.joined_after())
                .then(|| format!("{} {}", found.group(1), digits(found.group(2), "oh")))
        }),
    ]
}

fn say_telephone(found: &Found, groups: &[&str]) -> Option<String> {
    if found.joined_before() || found.joined_after() || found.after.starts_with('-') {
        return None;
    }
    let spoken: Vec<String> = groups
        .iter()
        .map(|group| digits(group, "oh"))
        .filter(|group| !group.is_empty())
        .collect();
    Some(spoken.join(", "))
}

/// An address with the punctuation that ends the sentence kept apart from it.
fn say_web_address(address: &str) -> String {
    let bare = address.trim_end_matches(|c: char| !c.is_alphanumeric() && c != '/');
    let tail = &address[bare.len()..];
    let spoken = say_address(bare.trim_end_matches('/'));
    let punctuation: String = tail.chars().filter(|c| ".,;:!?".contains(*c)).collect();
    format!("{spoken}{punctuation}")
}

/// Every sign by name. Parts that cannot be pronounced are spelled by the pronouncing stage, but the ones below would be
/// taken for words.
fn say_address(address: &str) -> String {
    let mut words: Vec<String> = Vec::new();
    let mut part = String::new();
    for c in address.chars().chain(std::iter::once(' ')) {
        if c.is_alphanumeric() {
            part.push(c);
            continue;
        }
        if !part.is_empty() {
            words.push(say_part(&std::mem::take(&mut part)));
        }
        words.push(
            match c {
                '.' => "dot",
                '@' => "at",
                '/' => "slash",
                '-' => "dash",
                '_' => "underscore",
                ':' => "colon",
                '?' => "question mark",
                '=' => "equals",
                '&' => "and",
                '#' => "hash",
                '+' => "plus",
                '%' => "percent",
                '~' => "tilde",
                _ => continue,
            }
            .to_owned(),
        );
    }
    words.join(" ")
}

fn say_part(part: &str) -> String {
    const SPELLED: [&str; 28] = [
        "io", "ai", "uk", "us", "tv", "eu", "de", "fr", "edu", "pdf", "txt", "csv", "xml", "html",
        "css", "js", "ts", "py", "rs", "cpp", "png", "gif", "svg", "mp", "exe", "md", "ca", "www",
    ];
    let mut spoken = String::new();
    // Digits stand alone, so that a part like "user42" is a word and a number.
    for c in part.chars() {
        let last = spoken.chars().next_back();
        if last.is_some_and(|last| last != ' ' && last.is_ascii_digit() != c.is_ascii_digit()) {
            spoken.push(' ');
        }
        spoken.push(c);
    }
    spoken
        .split(' ')
        .map(|word| match SPELLED.contains(&word) {
            true => word.to_uppercase(),
            false => word.to_owned(),
        })
        .collect::<Vec<_>>()
        .join(" ")
}
