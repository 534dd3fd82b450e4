//! Texts made to keep a reader busy: the work grows with their length and not with its square.

use super::tests::FRONT_END;
use super::*;

/// What a text is made of by repetition, and what it begins with.
const TEXTS: [(&str, &str); 34] = [
    ("", "a@b."),
    ("", "1:2:3:"),
    ("xq", "'s"),
    ("", "["),
    ("", "[]"),
    ("", "[a]("),
    ("", "[pause "),
    ("", "[pause 1]"),
    ("", "[a](/wɪn/)"),
    ("", "[a](=b)"),
    ("", "*a "),
    ("", "**a *b "),
    ("", "\\"),
    ("", "<!--"),
    ("", "<script>"),
    ("", "<a b=\""),
    ("", "&amp"),
    ("", "a-b/"),
    ("", "1,2."),
    ("", "$1-"),
    ("", "(((a"),
    ("", "\"a"),
    ("", "…"),
    ("", "http://a."),
    ("", "#a_"),
    ("", "1/2/"),
    ("", "a.b. "),
    ("", "1. "),
    ("", "!? "),
    ("", "x"),
    ("", "Q"),
    ("", "7"),
    ("", "é"),
    ("        ", " "),
];

/// Time that this thread has computed, seconds: what other programs do meanwhile does not count. None but on Linux.
fn computed_secs() -> Option<f64> {
    let times = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    let nanos: f64 = times.split_whitespace().next()?.parse().ok()?;
    Some(nanos / 1e9)
}

/// The least of three tries.
fn work_secs(text: &str) -> Option<f64> {
    let mut least = f64::INFINITY;
    for _ in 0..3 {
        let before = computed_secs()?;
        let _ = FRONT_END.utterances(text);
        let _ = FRONT_END.warnings(text);
        least = least.min(computed_secs()? - before);
        if least > 0.1 {
            break;
        }
    }
    Some(least)
}

/// What the tagger of the dictionary library computes, nearly all of the work: a position a word or stop, and eight around each
/// sentence.
fn tagged_positions(text: &str) -> f64 {
    let sentences = sentences::sentences(text).len();
    (text.split_whitespace().count() + 9 * sentences) as f64
}

#[test]
fn the_work_grows_with_the_length_of_a_text() {
    const SHORT: usize = 1500;
    const TIMES: usize = 4;
    let plain = "the cat sat on a mat and saw a dog. ".repeat(SHORT / 36);
    let Some(plain_secs) = work_secs(&plain) else {
        return;
    };
    let position_secs = plain_secs / tagged_positions(&plain);
    for (beginning, unit) in TEXTS {
        let text = |characters: usize| {
            beginning.to_owned() + &unit.repeat(characters / unit.chars().count())
        };
        let (Some(short_secs), Some(long_secs)) =
            (work_secs(&text(SHORT)), work_secs(&text(TIMES * SHORT)))
        else {
            return;
        };
        println!("{unit:?}: {short_secs:.3} s, {TIMES} times as long {long_secs:.3} s");
        assert!(
            long_secs < 2.0 * TIMES as f64 * short_secs + 0.02,
            "{unit:?}: {short_secs} s, and {long_secs} s for {TIMES} times as much"
        );
        let max_secs = 0.8 + 3.0 * position_secs * tagged_positions(&text(TIMES * SHORT));
        assert!(long_secs < max_secs, "{unit:?}: {long_secs} s");
    }
}

#[test]
fn nested_ssml_is_refused_and_not_followed() {
    let nested = |depth: usize| "<p>".repeat(depth) + "Hello." + &"</p>".repeat(depth);
    assert_eq!(text_of_ssml(&nested(30)).unwrap(), "Hello.");
    let error = text_of_ssml(&nested(30_000)).unwrap_err();
    assert!(error.to_string().contains("within each other"), "{error}");
}

#[test]
fn what_is_said_instead_is_limited() {
    let long = "na ".repeat(100);
    for text in [format!("[x](={long})"), format!("[x](/{long}/)")] {
        let error = FRONT_END.utterances(&text).unwrap_err();
        assert!(error.to_string().contains("200 characters"), "{error}");
    }
    let error = UserDictionary::parse(&format!("x = {long}")).unwrap_err();
    assert!(error.to_string().contains("200 characters"), "{error}");
}

#[test]
fn the_largest_dictionary_is_read_and_used_at_once() {
    let entries: String = (0..20_000).map(|i| format!("w{i} = word {i}\n")).collect();
    let dictionary = UserDictionary::parse(&entries).unwrap();
    let text = "w1 w19999 w77 ".repeat(2000);
    assert_eq!(dictionary.found(&text).len(), 6000);
}

#[test]
fn the_pronouncing_dictionary_may_have_any_line_ends() {
    let lines = std::fs::read_to_string(tests::models().join("pronunciations.txt")).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("pronunciations.txt");
    for line_end in ["\r\n", "\r"] {
        std::fs::write(&path, lines.replace('\n', line_end)).unwrap();
        let dictionary = pronounce::Dictionary::load(&path).unwrap();
        for (word, phones) in [("abandon", 7), ("zebra", 5), ("oswald's", 7)] {
            assert_eq!(dictionary.phones(word).unwrap().count(), phones, "{word}");
        }
        assert!(dictionary.phones("zzzzz").is_none());
    }
    std::fs::write(&path, "no lines at all ".repeat(1000)).unwrap();
    assert!(pronounce::Dictionary::load(&path).is_err());
}
