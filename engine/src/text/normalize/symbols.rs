//! Characters: a common form for the many that mean the same, words for signs, and the list of what has no reading.

use super::{Draft, Found, Rule, rule};

/// In letters; the longest word in dictionaries has 45.
const LONGEST_WORD: usize = 48;

/// The characters of `text` that cannot be said (other scripts, emoji), in order, each once.
pub fn unspeakable(text: &str) -> Vec<char> {
    clean(text).1
}

/// Brings quotes, dashes, spaces, wide forms and signs into a common form and takes out what cannot be said.
pub(super) fn clean(written: &str) -> (Draft, Vec<char>) {
    let mut draft = Draft::with_capacity(written.len());
    let mut skipped = Vec::new();
    let mut run = 0;
    for (start, c) in written.char_indices() {
        let spoken = match common_form(c) {
            Form::Same => c.to_string(),
            Form::As(text) => text.to_owned(),
            Form::Wide(c) => c.to_string(),
            Form::Unspeakable => {
                if !skipped.contains(&c) {
                    skipped.push(c);
                }
                " ".to_owned()
            }
        };
        // A run of one sign says no more than three of it, and no word is this long: both only cost time later.
        if spoken.is_empty() {
            continue;
        }
        let sign = !c.is_alphanumeric() && !c.is_whitespace();
        if sign
            && draft
                .text
                .chars()
                .rev()
                .take(3)
                .filter(|&last| last == c)
                .count()
                == 3
        {
            continue;
        }
        run = if c.is_alphanumeric() { run + 1 } else { 0 };
        if run > LONGEST_WORD {
            draft.text.push(' ');
            run = 1;
        }
        // "2½" is two and a half, not twenty-one halves.
        let follows_digit = draft.text.ends_with(|c: char| c.is_ascii_digit());
        if follows_digit && spoken.contains('/') && c != '/' {
            draft.text.push(' ');
        }
        draft.text.push_str(&spoken);
        draft
            .origin
            .resize(draft.text.len(), start..start + c.len_utf8());
    }
    (draft, skipped)
}

enum Form {
    Same,
    As(&'static str),
    Wide(char),
    Unspeakable,
}

fn common_form(c: char) -> Form {
    use Form::{As, Same, Unspeakable, Wide};
    match c {
        '[' | '{' => As("("),
        ']' | '}' => As(")"),
        '|' => As(","),
        '`' => As("'"),
        '\\' => As("/"),
        '*' | '_' | '^' | '<' | '>' | '~' => Same,
        ' '..='~' => Same,
        '\t' | '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}' => As(" "),
        c if c.is_whitespace() => As(" "),
        // Marks without a sound of their own: joiners, variation selectors, direction marks, skin tones, soft hyphens.
        '\0'..='\u{1f}'
        | '\u{7f}'..='\u{9f}'
        | '\u{ad}'
        | '\u{300}'..='\u{36f}'
        | '\u{200b}'..='\u{200f}'
        | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}'
        | '\u{20d0}'..='\u{20ff}'
        | '\u{fe00}'..='\u{fe0f}'
        | '\u{feff}'
        | '\u{1f3fb}'..='\u{1f3ff}'
        | '\u{e0000}'..='\u{e007f}' => As(""),
        '‘' | '’' | '‛' | '′' | 'ʼ' | '´' => As("'"),
        '‚' | '،' | '、' | '，' => As(","),
        '„' | '‟' | '″' | '«' | '»' | '「' | '」' | '『' | '』' => As("\""),
        '‐' | '‑' => As("-"),
        '‒' | '–' => As("–"),
        '—' | '…' | '“' | '”' => Same,
        '―' | '⸺' => As("—"),
        '−' => As("-"),
        '。' => As(". "),
        '¿' | '¡' => As(""),
        '•' | '·' | '▪' | '◦' | '●' | '■' | '►' | '※' => As(" "),
        '†' | '‡' | '™' | '®' | '©' | '℠' | '¶' => As(""),
        '£' | '€' | '¥' | '¢' | '₹' | '₩' | '₽' | '₿' | '°' => Same,
        'º' => As("°"),
        'ª' => As("a"),
        '℃' => As("°C"),
        '℉' => As("°F"),
        '№' => As("No. "),
        '§' => As(" section "),
        '‰' => As(" per thousand "),
        '½' => As("1/2"),
        '⅓' => As("1/3"),
        '⅔' => As("2/3"),
        '¼' => As("1/4"),
        '¾' => As("3/4"),
        '⅕' => As("1/5"),
        '⅛' => As("1/8"),
        '⅜' => As("3/8"),
        '⅝' => As("5/8"),
        '⅞' => As("7/8"),
        '⁄' | '∕' => As("/"),
        '²' | '³' | 'µ' | 'Ω' => Same,
        '¹' => As(""),
        '×' | '✕' => Same,
        '÷' => As(" divided by "),
        '±' => As(" plus or minus "),
        '≈' | '≃' => As(" about "),
        '≠' => As(" is not equal to "),
        '≤' => As(" is at most "),
        '≥' => As(" is at least "),
        '∞' => As(" infinity "),
        '√' => As(" the square root of "),
        '∑' => As(" the sum of "),
        '→' | '⇒' => As(" to "),
        '←' | '↔' | '↑' | '↓' => As(" "),
        'ﬀ' => As("ff"),
        'ﬁ' => As("fi"),
        'ﬂ' => As("fl"),
        'ﬃ' => As("ffi"),
        'ﬄ' => As("ffl"),
        '\u{ff01}'..='\u{ff5e}' => {
            let ascii = char::from_u32(u32::from(c) - 0xfee0).unwrap_or(' ');
            match common_form(ascii) {
                Same => Wide(ascii),
                other => other,
            }
        }
        'À'..='ÿ' => Same,
        // misaki's dictionaries have no letters beyond these.
        'Ā'..='\u{24f}' | '\u{1e00}'..='\u{1eff}' if c.is_alphabetic() => As(without_accent(c)),
        c if greek(c).is_some() => Same,
        _ => Unspeakable,
    }
}

/// A Latin letter in ASCII, in small letters; a space for what is none.
pub(in crate::text) fn without_accent(c: char) -> &'static str {
    match c {
        'À'..='Å' | 'à'..='å' | 'Ā'..='ą' | 'Ǎ' | 'ǎ' | 'Ạ'..='ặ' => "a",
        'Æ' | 'æ' => "ae",
        'Ç' | 'ç' | 'Ć'..='č' => "c",
        'Ð' | 'ð' | 'Ď'..='đ' => "d",
        'È'..='Ë' | 'è'..='ë' | 'Ē'..='ě' | 'Ẹ'..='ệ' => "e",
        'Ĝ'..='ģ' | 'Ǧ' | 'ǧ' => "g",
        'Ĥ'..='ħ' => "h",
        'Ì'..='Ï' | 'ì'..='ï' | 'Ĩ'..='ı' | 'Ỉ'..='ị' => "i",
        'Ĳ' | 'ĳ' => "ij",
        'Ĵ' | 'ĵ' => "j",
        'Ķ'..='ĸ' => "k",
        'Ĺ'..='ł' => "l",
        'Ñ' | 'ñ' | 'Ń'..='ŋ' => "n",
        'Ò'..='Ö' | 'Ø' | 'ò'..='ö' | 'ø' | 'Ō'..='ő' | 'Ơ' | 'ơ' | 'Ọ'..='ợ' => "o",
        'Œ' | 'œ' => "oe",
        'Ŕ'..='ř' => "r",
        'Ś'..='š' | 'Ș' | 'ș' | 'ſ' => "s",
        'ß' | 'ẞ' => "ss",
        'Ţ'..='ŧ' | 'Ț' | 'ț' => "t",
        'Þ' | 'þ' => "th",
        'Ù'..='Ü' | 'ù'..='ü' | 'Ũ'..='ų' | 'Ư' | 'ư' | 'Ụ'..='ự' => "u",
        'Ŵ' | 'ŵ' => "w",
        'Ý' | 'ý' | 'ÿ' | 'Ŷ'..='Ÿ' | 'Ỳ'..='ỹ' => "y",
        'Ź'..='ž' => "z",
        // A rare Latin letter: some sound is better than none.
        c if c.is_alphabetic() => "e",
        _ => " ",
    }
}

/// The English name of a Greek letter.
fn greek(c: char) -> Option<&'static str> {
    const NAMES: [&str; 25] = [
        "alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "iota", "kappa",
        "lambda", "mu", "nu", "xi", "omicron", "pi", "rho", "sigma", "sigma", "tau", "upsilon",
        "phi", "chi", "psi", "omega",
    ];
    let first = match c {
        'α'..='ω' => 'α',
        'Α'..='Ω' => 'Α',
        _ => return None,
    };
    NAMES
        .get((u32::from(c) - u32::from(first)) as usize)
        .copied()
}

/// The rules that run last: what is left of signs becomes words or goes.
pub(super) fn rules() -> Vec<Rule> {
    vec![
        rule(r"[α-ωΑ-Ω²³µ]", say_letter),
        rule(r"([0-9])\s?[x×]\s?([0-9])", |found| {
            Some(format!("{} by {}", found.group(1), found.group(2)))
        }),
        rule("[×✕]", |_| Some(" times ".to_owned())),
        rule(r"\bC\+\+", |_| Some("C plus plus".to_owned())),
        rule(r"\b([A-G])#", |found| {
            Some(format!("{} sharp", found.group(1)))
        }),
        rule("#+", |found| {
            let next = found.after.chars().next().unwrap_or(' ');
            Some(match next {
                '0'..='9' => " number ".to_owned(),
                next if next.is_alphabetic() => " hashtag ".to_owned(),
                _ => " ".to_owned(),
            })
        }),
        rule(r"\bw/o\b", |_| Some("without".to_owned())),
        rule(r"\bw/", |_| Some("with ".to_owned())),
        rule(r"\b24/7\b", |_| Some("twenty four seven".to_owned())),
        rule("@", |_| Some(" at ".to_owned())),
        rule(r"\s&\s", |_| Some(" and ".to_owned())),
        rule("&", |_| Some(" and ".to_owned())),
        rule("=+", |_| Some(" equals ".to_owned())),
        rule(r"\+", say_plus),
        rule(r"~\s?", |found| {
            let number = found
                .after
                .starts_with(|c: char| c.is_ascii_digit() || c == '$');
            Some(if number { " about " } else { " " }.to_owned())
        }),
        rule(r"([0-9A-Za-z)])\s?\^\s?([0-9]+)", |found| {
            Some(format!(
                "{} to the power of {}",
                found.group(1),
                found.group(2)
            ))
        }),
        rule(r"([0-9])\s*<\s*([0-9])", |found| {
            Some(format!(
                "{} is less than {}",
                found.group(1),
                found.group(2)
            ))
        }),
        rule(r"([0-9])\s*>\s*([0-9])", |found| {
            Some(format!(
                "{} is greater than {}",
                found.group(1),
                found.group(2)
            ))
        }),
        // Emoticons are no punctuation.
        rule(r"[:;]'?-?[()DP]+(\s|$)", |found| {
            (!found.joined_before()).then(|| " ".to_owned())
        }),
        rule(r"[*_^<>~]+", |_| Some(" ".to_owned())),
        rule(r"[$£€¥¢₹₩₽₿°%]", say_stray_sign),
        rule(r"/", |found| {
            // "HTTP/2" and "and/or" are misaki's; a slash with a space beside it would be dropped in silence anyway.
            let between = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
            let kept =
                between(found.before.chars().next_back()) && between(found.after.chars().next());
            (!kept).then(|| " ".to_owned())
        }),
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
            &format!(r"[\p{{Alphabetic}}\p{{N}}]{{{LONGEST_WORD}}}"),
            |found| found.joined_after().then(|| format!("{} ", found.group(0))),
        ),
        rule(r"\s{2,}|[\t\n\r]", |_| Some(" ".to_owned())),
        rule(r"\s+([,.;:!?)])", |found| Some(found.group(1).to_owned())),
        rule(r"^\s+|\s+$", |_| Some(String::new())),
    ]
}

fn say_letter(found: &Found) -> Option<String> {
    let name = match found.group(0) {
        "²" => "squared",
        "³" => "cubed",
        "µ" => "micro",
        letter => greek(letter.chars().next()?)?,
    };
    Some(format!(" {name} "))
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

/// Currency and other signs that no number claimed; what misaki reads ("$5", "50%") stays.
fn say_stray_sign(found: &Found) -> Option<String> {
    let number_after = found.after.starts_with(|c: char| c.is_ascii_digit());
    let number_before = found.before.ends_with(|c: char| c.is_ascii_digit());
    let word = match found.group(0) {
        "%" if number_before && !found.joined_after() => return None,
        "$" | "£" | "€" if number_after && !found.joined_before() => return None,
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
        _ => "degrees",
    };
    Some(format!(" {word} "))
}
