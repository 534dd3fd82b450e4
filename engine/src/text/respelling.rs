//! Words that are drawn out ("sooo"), mistyped ("teh") or respelled ("nginx") become the words that are meant.

use super::corrections::{meant, said_as};

/// Words with a double letter that is drawn out as often as a single one.
const DOUBLE: &[&str] = &[
    "cool",
    "good",
    "food",
    "soon",
    "noon",
    "moon",
    "too",
    "see",
    "feel",
    "need",
    "keep",
    "sleep",
    "free",
    "three",
    "sweet",
    "week",
    "book",
    "look",
    "room",
    "boom",
    "zoom",
    "school",
    "feet",
    "meet",
    "been",
    "all",
    "well",
    "hell",
    "hello",
    "kill",
    "ball",
    "call",
    "tell",
    "will",
    "full",
    "pretty",
    "happy",
    "sorry",
    "daddy",
    "mommy",
    "yummy",
    "funny",
    "silly",
    "really",
    "tree",
    "bee",
    "knee",
    "fool",
    "pool",
    "tool",
    "seriously",
    "off",
    "miss",
    "kiss",
    "bless",
    "boss",
    "less",
    "yeehaw",
    "oops",
    "woohoo",
    "yahoo",
    "boo",
    "moo",
    "woo",
    "ooh",
    "eek",
    "whee",
    "wheee",
    "aww",
    "nooo",
    "hee",
    "pee",
    "wee",
    "egg",
    "add",
    "ill",
    "still",
    "hill",
    "fell",
    "bell",
    "sell",
    "yell",
    "loose",
    "goose",
    "choose",
];

/// What a word is said as, if not as it stands; `known` tells the words of the dictionaries.
pub(super) fn respelled(word: &str, known: &dyn Fn(&str) -> bool) -> Option<String> {
    if let Some(said) = said_as(word) {
        return Some(said.to_owned());
    }
    if let Some(said) = meant(word).filter(|_| !known(word) || word.len() < 5) {
        return Some(like(word, said));
    }
    undrawn(word, known)
}

/// A word without the letters that draw it out, if it has three or more of one in a row.
fn undrawn(word: &str, known: &dyn Fn(&str) -> bool) -> Option<String> {
    let drawn = |most: usize| -> String {
        let mut short = String::new();
        let mut run = 0;
        let mut last = None;
        for c in word.chars() {
            run = if last == Some(c.to_ascii_lowercase()) {
                run + 1
            } else {
                1
            };
            last = Some(c.to_ascii_lowercase());
            if run <= most {
                short.push(c);
            }
        }
        short
    };
    let is_roman = word.bytes().all(|b| b"IVXLCDM".contains(&b));
    let is_drawn = !is_roman
        && word.is_ascii()
        && word.bytes().all(|b| b.is_ascii_alphabetic())
        && drawn(2).len() < word.len();
    // "WWW" and "AAA" are letters, "xxx" and "III" no words.
    if !is_drawn || drawn(1).len() < 2 || known(word) {
        return None;
    }
    let (single, double) = (drawn(1), drawn(2));
    if DOUBLE.contains(&double.to_lowercase().as_str()) {
        return Some(double);
    }
    [single, double]
        .into_iter()
        .find(|short| known(&short.to_lowercase()))
        .or_else(|| Some(drawn(2)))
}

/// `said` with the capitals of `word`.
fn like(word: &str, said: &str) -> String {
    let mut letters = word.chars().filter(|c| c.is_alphabetic());
    let first = letters.next().is_some_and(char::is_uppercase);
    let others = letters.next().is_some_and(char::is_uppercase);
    match (first, others) {
        (true, true) => said.to_uppercase(),
        (true, false) => {
            let mut chars = said.chars();
            chars
                .next()
                .map(|c| c.to_uppercase().collect::<String>() + chars.as_str())
                .unwrap_or_default()
        }
        _ => said.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn drawn_out_words_become_short() {
        let known = |word: &str| {
            [
                "so",
                "yes",
                "no",
                "cool",
                "col",
                "please",
                "way",
                "wow",
                "committee",
            ]
            .contains(&word)
        };
        for (drawn, meant) in [
            ("SOOO", "SO"),
            ("Yessss", "Yes"),
            ("nooooo", "no"),
            ("coooool", "cool"),
            ("pleeeease", "please"),
            ("waaaay", "way"),
        ] {
            assert_eq!(respelled(drawn, &known).as_deref(), Some(meant), "{drawn}");
        }
        for word in ["WWW", "committee", "LVIII", "book"] {
            assert_eq!(respelled(word, &known), None);
        }
        assert_eq!(respelled("Teh", &known).as_deref(), Some("The"));
        assert_eq!(respelled("nginx", &known).as_deref(), Some("engine X"));
    }
}
