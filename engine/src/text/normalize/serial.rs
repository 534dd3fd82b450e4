//! Codes are spelled: books, postal codes, plates, plans, keys of a keyboard, moves of chess.

use super::numbers::{digits, name};
use super::{Found, Rule, letters, rule};

pub(super) fn rules() -> Vec<Rule> {
    vec![
        rule(
            r"\b(ISBN|ISSN)(?:-1[03])?:?\s*([0-9][0-9 -]{6,16}[0-9Xx])\b",
            |found| {
                let groups: Vec<String> = found
                    .group(2)
                    .split([' ', '-'])
                    .map(letters)
                    .filter(|group| !group.is_empty())
                    .collect();
                Some(format!("{} {}", letters(found.group(1)), groups.join(", ")))
            },
        ),
        rule(r"\b([0-9]{5})-([0-9]{4})\b", |found| {
            found.is_whole().then(|| {
                format!(
                    "{}, {}",
                    digits(found.group(1), "zero"),
                    digits(found.group(2), "zero")
                )
            })
        }),
        // "CA 90210", "Miami, FL, 33101", "zip code 60614".
        rule(r"\b([A-Z]{2})(,?) ([0-9]{5})\b", |found| {
            let state = super::address::state(found.group(1)).unwrap_or(found.group(1));
            found
                .is_whole()
                .then(|| format!("{state}{} {}", found.group(2), digits(found.group(3), "oh")))
        }),
        rule(
            r"(?i)\b(zip(?: ?code)?|postal code|post ?code)(:? (?:is )?)([0-9]{5})\b",
            |found| {
                (!found.joined_after()).then(|| {
                    format!(
                        "{}{}{}",
                        found.group(1),
                        found.group(2),
                        digits(found.group(3), "oh")
                    )
                })
            },
        ),
        // British and Canadian postal codes.
        rule(r"\b([A-Z]{1,2}[0-9][0-9A-Z]?) ([0-9][A-Z]{2})\b", |found| {
            found
                .is_whole()
                .then(|| format!("{}, {}", letters(found.group(1)), letters(found.group(2))))
        }),
        rule(r"\b([A-Z][0-9][A-Z]) ?([0-9][A-Z][0-9])\b", |found| {
            found
                .is_whole()
                .then(|| format!("{}, {}", letters(found.group(1)), letters(found.group(2))))
        }),
        rule(
            r"\b(IBAN)(:?) ([A-Z]{2}[0-9]{2}(?: ?[0-9A-Z]{4}){2,7}(?: ?[0-9A-Z]{1,3})?)\b",
            |found| {
                let groups: Vec<String> = found.group(3).split(' ').map(letters).collect();
                Some(format!(
                    "{}{} {}",
                    found.group(1),
                    found.group(2),
                    groups.join(", ")
                ))
            },
        ),
        // "flight BA 249".
        rule(
            r"\b([Ff]light|[Tt]rain|[Bb]us) ([A-Z]{2}|[A-Z][0-9]|[0-9][A-Z]) ?([0-9]{2,4})\b",
            |found| {
                found.is_whole().then(|| {
                    format!(
                        "{} {} {}",
                        found.group(1),
                        letters(found.group(2)),
                        name(found.group(3))
                    )
                })
            },
        ),
        // "B-52s", "A380s": several of one model.
        rule(r"\b([ABF])-?([0-9]{2,3})s\b", |found| {
            (!found.joined_before()).then(|| {
                format!(
                    "{} {}",
                    found.group(1),
                    super::numbers::plural(&name(found.group(2)))
                )
            })
        }),
        // "blood type O-", "an A-": the sign behind a letter.
        rule(
            r"\b(type|[Gg]rade:?|got|[Aa]n?|with) (A|B|AB|O|C|D|F)([-+])(\s|$|[.,;!?)])",
            |found| {
                let blood = found.group(1) == "type";
                let said = match (blood, found.group(3)) {
                    (true, "-") => "negative",
                    (true, _) => "positive",
                    (false, "-") => "minus",
                    (false, _) => "plus",
                };
                Some(format!(
                    "{} {} {said}{}",
                    found.group(1),
                    letters(found.group(2)),
                    found.group(4)
                ))
            },
        ),
        // What a word before calls a code.
        rule(
            r"(?i)\b(pin|passcode|password|code|plate|registration|license|licence|serial|tracking|confirmation|reference|order|booking|account|case|ticket|vin|sku|otp)( number| no\.| code)?(:| is| #|,)? ((?-i:[A-Z0-9]{1,4}(?:[- ][A-Z0-9]{2,4}){0,3}|[A-Z0-9]{4,17}|[a-z]{1,3}[0-9]{3,12}))\b",
            |found| {
                let code = found.group(4);
                let has_digit = code.bytes().any(|b| b.is_ascii_digit());
                let ends = found.after.starts_with(['.', ',', ' ', ')', ';', '!', '?'])
                    || found.after.is_empty();
                let short =
                    code.len() < 3 || (code.bytes().all(|b| b.is_ascii_digit()) && code.len() < 4);
                let groups: Vec<String> = code.split([' ', '-']).map(letters).collect();
                (has_digit && ends && !short).then(|| {
                    format!(
                        "{}{}{} {}",
                        found.group(1),
                        found.group(2).replace("no.", "number"),
                        found.group(3).trim_end_matches('#').trim_end(),
                        groups.join(", ")
                    )
                })
            },
        ),
        // "a card ending in 8876".
        rule(
            r"\b(ending|ends|last four(?: digits)?)(:| in| with| are| is) ([0-9]{4})\b",
            |found| {
                found.is_whole().then(|| {
                    format!(
                        "{}{} {}",
                        found.group(1),
                        found.group(2),
                        digits(found.group(3), "zero")
                    )
                })
            },
        ),
        // Plates and seats: "KXR-482", "AB12 CDE".
        rule(r"\b([A-Z]{2}[0-9]{2}) ([A-Z]{3})\b", |found| {
            found
                .is_whole()
                .then(|| format!("{}, {}", letters(found.group(1)), letters(found.group(2))))
        }),
        // "401(k)", "501(c)(3)".
        rule(r"\b([0-9]{3})\(([a-z])\)(?:\(([0-9])\))?", |found| {
            let tail = if found.group(3).is_empty() {
                String::new()
            } else {
                format!(" {}", letters(found.group(3)))
            };
            let gap = if found.joined_after() { " " } else { "" };
            (!found.joined_before()).then(|| {
                format!(
                    "{} {}{tail}{gap}",
                    name(found.group(1)),
                    found.group(2).to_uppercase()
                )
            })
        }),
        rule(r"\b(401|403|529)\s?([kKbB])\b", |found| {
            found
                .is_whole()
                .then(|| format!("{} {}", name(found.group(1)), found.group(2).to_uppercase()))
        }),
        // "the 747", "a Boeing 737", "a Porsche 911": types of machines.
        rule(r"\b(7[0-9]7|911|386|486|360)\b", |found| {
            let machine = found.follows(&["boeing", "porsche", "xbox", "intel"])
                || (found.group(1).starts_with('7')
                    && found.group(1).ends_with('7')
                    && found.follows(&["the", "a"])
                    && !found.precedes(&["people", "days"])
                    && !found.word_after().ends_with('s'));
            (machine && found.is_whole()).then(|| name(found.group(1)))
        }),
        // "Ctrl+C", "Cmd-Shift-P".
        rule(
            r"\b(Ctrl|CTRL|Control|Cmd|Command|Alt|Option|Opt|Shift|Win|Fn|Super|Meta)((?:\s?[+-]\s?(?:Ctrl|Cmd|Alt|Option|Shift|Win|Fn|Enter|Tab|Esc|Escape|Space|Delete|Del|Home|End|Left|Right|Up|Down|F[0-9]{1,2}|[A-Za-z0-9]))+)\b",
            |found| {
                let keys = found
                    .group(2)
                    .split(['+', '-'])
                    .map(str::trim)
                    .filter(|key| !key.is_empty());
                let words: Vec<String> = std::iter::once(found.group(1))
                    .chain(keys)
                    .map(key)
                    .collect();
                (!found.joined_before()).then(|| words.join(" "))
            },
        ),
        rule(r"\b(Ctrl|Cmd)\b", |found| Some(key(found.group(1)))),
        // Chess: "Qxe7+", "12. Nf3", "O-O".
        rule(
            r"\b([KQRBN])([a-h]?[1-8]?)(x?)([a-h])([1-8])(=[QRBN])?([+#]?)",
            |found| {
                let marked = !found.group(3).is_empty()
                    || !found.group(7).is_empty()
                    || !found.group(6).is_empty();
                let numbered = found.before.trim_end().ends_with('.')
                    && found.word_before().bytes().all(|b| b.is_ascii_digit())
                    && !found.word_before().is_empty();
                (marked || numbered).then(|| say_move(found))
            },
        ),
        rule(r"\b([a-h])x([a-h])([1-8])([+#]?)", |found| {
            let check = check(found.group(4));
            found.is_whole().then(|| {
                format!(
                    "{} takes {} {}{check}",
                    found.group(1).to_uppercase(),
                    found.group(2).to_uppercase(),
                    digits(found.group(3), "zero")
                )
            })
        }),
    ]
}

fn check(sign: &str) -> &'static str {
    match sign {
        "+" => " check",
        "#" => " checkmate",
        _ => "",
    }
}

fn say_move(found: &Found) -> String {
    let piece = |letter: &str| match letter {
        "K" => "king",
        "Q" => "queen",
        "R" => "rook",
        "B" => "bishop",
        _ => "knight",
    };
    let mut words = piece(found.group(1)).to_owned();
    if !found.group(2).is_empty() {
        words += &format!(" {}", letters(found.group(2)));
    }
    if !found.group(3).is_empty() {
        words += " takes";
    }
    words += &format!(
        " {} {}",
        found.group(4).to_uppercase(),
        digits(found.group(5), "zero")
    );
    if let Some(promoted) = found.group(6).strip_prefix('=') {
        words += &format!(" {}", piece(promoted));
    }
    words + check(found.group(7))
}

fn key(written: &str) -> String {
    match written {
        "Ctrl" | "CTRL" => "control".to_owned(),
        "Cmd" => "command".to_owned(),
        "Alt" => "alt".to_owned(),
        "Opt" => "option".to_owned(),
        "Win" => "windows".to_owned(),
        "Esc" => "escape".to_owned(),
        "Del" => "delete".to_owned(),
        "Fn" => "function".to_owned(),
        function
            if function.len() > 1
                && function.starts_with('F')
                && function[1..].bytes().all(|b| b.is_ascii_digit()) =>
        {
            format!("F {}", name(&function[1..]))
        }
        single if single.len() == 1 => letters(single),
        word => word.to_lowercase(),
    }
}
