//! Written form → spoken form, and what holds for every text.

use proptest::prelude::*;

use crate::text::corrections::meant;

use super::*;

/// What is plain English stays as it is.
const KEPT: &[&str] = &[
    "NASA's API uses this, e.g. here",
    "Dr. Smith and Mrs. O'Brien",
    "the U.S. and the U.K.",
    "a well-known, twenty-one-year-old idea",
    "“Yes,” she said; “no!”",
    "Wait… what?",
    "AT HOME",
    "I'm here, aren't I?",
    "The cat sat. The sun shone",
    "May I come in?",
    "He said no. Then yes",
    "We march in March, and may sat on a mat",
];

/// Punctuation is part of the reading; what is said for figures and signs is in `readings/written_and_said.txt`.
const PUNCTUATED: &[(&str, &str)] = &[
    ("at 3:45pm, sharp", "at three forty five p.m., sharp"),
    (
        "on 12/25/2024.",
        "on December twenty fifth, twenty twenty four.",
    ),
    (
        "(415) 555-2671",
        "four one five, five five five, two six seven one",
    ),
    ("in Baker St.", "in Baker Street."),
    ("pens, paper, etc.", "pens, paper, et cetera."),
    ("in the 1990s.", "in the nineteen nineties."),
    ("hello@example.com.", "hello at example dot com."),
    ("see example.com, please", "see example dot com, please"),
    ("word -- word", "word — word"),
    ("what?!", "what?"),
    ("no....", "no…"),
    ("really [sic]", "really (sic)"),
    ("ﬁne\u{ad}print\u{200b}", "fineprint"),
    ("Ｗｉｄｅ！", "Wide!"),
    ("fun :-)", "fun"),
];

#[test]
fn plain_words_stay() {
    let normalizer = Normalizer::new();
    let changed: Vec<_> = KEPT
        .iter()
        .map(|&written| (written, normalizer.normalize(written).spoken))
        .filter(|(written, spoken)| written != spoken)
        .collect();
    assert!(changed.is_empty(), "{changed:#?}");
}

#[test]
fn punctuation_is_kept_where_it_is_heard() {
    let normalizer = Normalizer::new();
    let wrong: Vec<_> = PUNCTUATED
        .iter()
        .map(|&(written, expected)| (written, expected, normalizer.normalize(written).spoken))
        .filter(|(_, expected, spoken)| expected != spoken)
        .collect();
    assert!(wrong.is_empty(), "(written, expected, spoken): {wrong:#?}");
}

#[test]
fn words_know_how_they_were_written() {
    let written = "Pay £15 million by 12/25/2024.";
    let normalized = Normalizer::new().normalize(written);
    let place = |word: &str| {
        let start = normalized.spoken.find(word).unwrap();
        &written[normalized.written(start..start + word.len())]
    };
    assert_eq!(place("Pay"), "Pay");
    assert_eq!(place("pounds"), "£15 million");
    assert_eq!(place("fifth"), "12/25/2024");
    assert_eq!(place("by"), "by");
}

/// Found by chance by the property below: an address that drops out leaves the words around it as one that is too long.
#[test]
fn what_drops_out_leaves_no_endless_word() {
    for written in [
        "aaaaa000000000000000000000https://00000000000000000000",
        &format!("{}https://{}", "a".repeat(30), "b".repeat(30)),
        &format!("{}é#{}", "é".repeat(40), "é".repeat(40)),
    ] {
        let once = said_by_one(written);
        assert_eq!(said_by_one(&once), once, "{written}");
        assert!(
            once.split(' ').all(|word| word.chars().count() <= 48),
            "{once}"
        );
    }
    assert_eq!(said_by_one("seehttps://jam.org"), "see jam dot org");
}

#[test]
fn ranges_that_follow_each_other_are_read() {
    assert_eq!(said_by_one("0–0– 1"), "zero to zero — one");
    assert_eq!(said_by_one("1-2-3"), "one two-three");
}

#[test]
fn other_scripts_and_emoji_are_reported() {
    let normalized = Normalizer::new().normalize("Hi 你好 👋🏽 there 你");
    assert_eq!(normalized.spoken, "Hi there");
    assert_eq!(normalized.skipped, ['你', '好', '👋']);
    assert_eq!(unspeakable("café, naïve — “ok” 5 °C ½"), []);
}

/// Text as people write it and as nobody does.
fn tricky() -> impl Strategy<Value = String> {
    let part = prop_oneof![
        4 => "[a-z]{1,8}",
        2 => "[A-Z][a-z]{1,6}",
        1 => "[A-Z]{1,4}",
        4 => "[0-9]{1,4}",
        1 => "[0-9]{5,20}",
        4 => "[-.,:;/'\"%$£€#@&+=°!?()*_~^<>–—… ]{1,3}",
        2 => prop::sample::select(vec!["km", "St.", "p.m.", "Jan.", "No.", "million", "https://", "www.", ".com", "s", "kg", "½", "²", "1/2", "VIII", "th", "µ", "你", "é", "x"]).prop_map(str::to_owned),
        3 => Just(" ".to_owned()),
    ];
    prop::collection::vec(part, 0..14).prop_map(|parts| parts.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(1000) })]

    #[test]
    fn spoken_text_is_final(written in tricky()) {
        let once = said_by_one(&written);
        // A slip of the finger between digits is no word before they are read: "0nad0".
        prop_assume!(once.split(' ').all(|word| meant(word).is_none()));
        prop_assert_eq!(said_by_one(&once), once);
    }

    #[test]
    fn nothing_panics_and_every_byte_has_an_origin(written in "\\PC{0,60}") {
        let normalized = NORMALIZER.normalize(&written);
        prop_assert_eq!(normalized.origin.len(), normalized.spoken.len());
        prop_assert!(normalized.origin.iter().all(|origin| written.get(origin.clone()).is_some()));
    }

    #[test]
    fn words_and_digits_survive(words in prop::collection::vec("[b-df-hj-np-tv-z][aeiou][a-z]{3,7}", 1..6), signs in "[-.,:;/'\"!?()*_~ ]{1,2}") {
        let written = words.join(&format!("{signs} "));
        let spoken = NORMALIZER.normalize(&written).spoken;
        let mut rest = spoken.as_str();
        for word in &words {
            let at = rest.find(word.as_str());
            prop_assert!(at.is_some(), "{} is lost from {:?}: {:?}", word, written, spoken);
            rest = &rest[at.unwrap() + word.len()..];
        }
    }

    #[test]
    fn a_number_is_never_lost(before in tricky(), number in 1u32..9_999_999) {
        let spoken = NORMALIZER.normalize(&format!("{before} {number}")).spoken;
        prop_assert!(spoken.trim_end().ends_with(char::is_alphanumeric), "{}", spoken);
    }
}

static NORMALIZER: std::sync::LazyLock<Normalizer> = std::sync::LazyLock::new(Normalizer::new);

fn said_by_one(written: &str) -> String {
    NORMALIZER.normalize(written).spoken
}
