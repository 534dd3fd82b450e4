//! Characters: one common form for the many that mean the same, and the list of what has no reading.

use std::collections::HashSet;

use super::Draft;

/// In letters; the longest word in dictionaries has 45.
const MAX_WORD: usize = 48;
/// Of one letter in a row. What is longer draws a word out, and says no more.
const MAX_RUN: usize = 8;

/// The characters of `text` that cannot be said (other scripts, emoji), in order, each once.
pub fn unspeakable(text: &str) -> Vec<char> {
    clean(text).1
}

/// Whether a character has a reading, or is a mark that needs none.
pub(in crate::text) fn is_speakable(c: char) -> bool {
    superscript(c).is_some() || !matches!(common_form(c), Form::Unspeakable)
}

/// Brings quotes, dashes, spaces, wide forms and signs into a common form and takes out what cannot be said.
pub(super) fn clean(written: &str) -> (Draft, Vec<char>) {
    let mut draft = Draft::with_capacity(written.len());
    let mut skipped = Vec::new();
    let mut seen = HashSet::new();
    let mut run = 0;
    let mut was_raised = false;
    for (start, c) in written.char_indices() {
        let raised = superscript(c).filter(|_| !draft.text.is_empty());
        let spoken = match common_form(c) {
            _ if raised.is_some() => {
                let sign = if was_raised { "" } else { "^" };
                format!("{sign}{}", raised.unwrap_or_default())
            }
            Form::Same => c.to_string(),
            Form::As(text) => text.to_owned(),
            Form::Wide(c) => c.to_string(),
            Form::Unspeakable => {
                if seen.insert(c) {
                    skipped.push(c);
                }
                " ".to_owned()
            }
        };
        was_raised = raised.is_some();
        // A run of one sign says no more than three of it, and no word is this long: both only cost time later.
        if spoken.is_empty() {
            continue;
        }
        let sign = !c.is_alphanumeric() && !c.is_whitespace();
        let ends_with = |count: usize| {
            let last = draft.text.chars().rev().take(count);
            last.filter(|last| last.eq_ignore_ascii_case(&c)).count() == count
        };
        if sign && ends_with(3) || c.is_ascii_alphabetic() && ends_with(MAX_RUN) {
            continue;
        }
        run = if c.is_alphanumeric() { run + 1 } else { 0 };
        if run > MAX_WORD {
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
        '⅖' => As("2/5"),
        '⅗' => As("3/5"),
        '⅘' => As("4/5"),
        '⅙' => As("1/6"),
        '⅚' => As("5/6"),
        '⅑' => As("1/9"),
        '⅒' => As("1/10"),
        '⅛' => As("1/8"),
        '⅜' => As("3/8"),
        '⅝' => As("5/8"),
        '⅞' => As("7/8"),
        '⁄' | '∕' => As("/"),
        'µ' | 'Ω' => Same,
        '⁰'..='⁹' | '²' | '³' | '¹' | '⁺' | '⁻' => As(""),
        '₀' => As("0"),
        '₁' => As("1"),
        '₂' => As("2"),
        '₃' => As("3"),
        '₄' => As("4"),
        '₅' => As("5"),
        '₆' => As("6"),
        '₇' => As("7"),
        '₈' => As("8"),
        '₉' => As("9"),
        '₊' => As("+"),
        '♭' => As(" flat"),
        '♯' => As(" sharp"),
        '♮' => As(" natural"),
        '×' | '✕' => Same,
        '÷' => As(" divided by "),
        '±' => As(" plus or minus "),
        '≈' | '≃' => As(" about "),
        '≠' => As(" != "),
        '≤' => As(" <= "),
        '≥' => As(" >= "),
        '∞' => As(" infinity "),
        '√' => As(" the square root of "),
        '∑' => As(" the sum of "),
        '→' | '⇒' => As(" to "),
        '₺' | '₪' | '฿' | '₫' | '₱' | '₦' | '₴' => Same,
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

/// A raised digit or sign as it is at the foot of the line.
fn superscript(c: char) -> Option<char> {
    Some(match c {
        '⁰' => '0',
        '¹' => '1',
        '²' => '2',
        '³' => '3',
        '⁴'..='⁹' => char::from(b'4' + (u32::from(c) - u32::from('⁴')) as u8),
        '⁺' => '+',
        '⁻' => '-',
        _ => return None,
    })
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
pub(super) fn greek(c: char) -> Option<&'static str> {
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
