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
    if !is_drawn || known(word) {
        return None;
    }
    // "WWW" and "AAA" are letters, "xxx" and "III" no words.
    if drawn(1).len() < 2 {
        return one_letter(word);
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

/// What a cry such as "aaaaaah" without its end, or a hum, is said as. Up to three letters may be an abbreviation, and four capitals,
/// too: "AAAA".
fn one_letter(word: &str) -> Option<String> {
    let longest_abbreviation = match word.bytes().all(|b| b.is_ascii_uppercase()) {
        true => 4,
        false => 3,
    };
    if word.len() <= longest_abbreviation {
        return None;
    }
    let letter = word.chars().next()?.to_ascii_lowercase();
    Some(match letter {
        'a' => "ah".to_owned(),
        'e' => "ee".to_owned(),
        'o' => "oh".to_owned(),
        'u' => "ooh".to_owned(),
        'h' | 'm' | 's' | 'z' => letter.to_string().repeat(3),
        // The name of the letter.
        letter => letter.to_ascii_uppercase().to_string(),
    })
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
        for word in ["WWW", "committee", "LVIII", "book", "AAAA", "mmm", "xxx"] {
            assert_eq!(respelled(word, &known), None);
        }
        for (cry, said) in [
            ("aaaa", "ah"),
            ("AAAAAAAA", "ah"),
            ("ooooo", "oh"),
            ("mmmmmm", "mmm"),
            ("zzzzz", "zzz"),
            ("bbbb", "B"),
        ] {
            assert_eq!(respelled(cry, &known).as_deref(), Some(said));
        }
        assert_eq!(respelled("Teh", &known).as_deref(), Some("The"));
        assert_eq!(respelled("nginx", &known).as_deref(), Some("engine X"));
    }
}
