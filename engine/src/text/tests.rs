//! Tests of the whole front end; the models it needs are in the repository.

use std::path::PathBuf;
use std::sync::LazyLock;

use proptest::prelude::*;

use super::*;

pub(super) fn models() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../models"))
}

pub(super) static FRONT_END: LazyLock<FrontEnd> =
    LazyLock::new(|| FrontEnd::load(&models()).unwrap());

fn spoken(text: &str) -> String {
    FRONT_END.phonemes(text).unwrap()
}

#[test]
fn a_is_an_article_before_a_degree_and_a_letter_in_a_pair() {
    for (text, phonemes) in [
        ("A PhD in physics.", "ɐ pˈi ˈAʧ dˈi ɪn fˈɪzɪks."),
        ("She has a Ph.D. now.", "ʃˌi hæz ɐ pˈi ˈAʧ dˈi nˈW."),
        ("Q&A session.", "kjˈu ænd ˈA sˈɛʃən."),
        ("You and a friend.", "jˌu ænd ɐ fɹˈɛnd."),
    ] {
        assert_eq!(spoken(text), phonemes, "{text}");
    }
}

/// Ten sentences with everything in them. misaki alone leaves ❓ or a wrong reading in seven.
#[test]
fn hard_sentences() {
    for (text, phonemes) in [
        (
            "Dr. Smith paid $4.50 on March 3rd, 2021, at 10:45 p.m.",
            "dˈɑktəɹ smˈɪθ pˈAd fˈɔɹ dˈɑləɹz ænd fˈɪfti sˈɛnts ˌɔn mˈɑɹʧ θˈɜɹd, twˈɛnti twˈɛnti wˈʌn, æt tˈɛn fˈɔɹTi fˈIv pˌiˈɛm.",
        ),
        (
            "I read the book that you read yesterday, and I will read it again.",
            "ˌI ɹˈɛd ðə bˈʊk ðæt ju ɹˈɛd jˈɛstəɹdˌA, ænd ˌI wɪl ɹˈid ɪt əɡˈɛn.",
        ),
        (
            "She used to record a record every Friday in the 1990s.",
            "ʃˌi jˈust tə ɹəkˈɔɹd ɐ ɹˈɛkəɹd ˈɛvəɹi fɹˈIdˌA ɪn ðə nˌIntˈin nˈIndiz.",
        ),
        (
            "NASA's API uses HTTP/2, e.g. version 2.1, for 1,234 users (about 50%).",
            "nˈæsəz ˌApˌiˈI jˈuzᵻz ˌAʧtˌitˌipˈi tˈu, ˌiʤˈi vˈɜɹʒən tˈu pYnt wˈʌn, fɔɹ wˈʌn θˈWzᵊnd tˈu hˈʌndɹəd θˈɜɹTi fˈɔɹ jˈuzəɹz, əbˈWt fˈɪfti pəɹsˈɛnt.",
        ),
        (
            "Xanthippe Krzyzewski flew from Reykjavik to Ouagadougou on an A380.",
            "zænθˈɪpi kəɹzˈɪski flˈu fɹʌm ɹˈAkjəvˌɪk tə wˌɑɡədˈuɡu ˌɔn ɐn ˈA θɹˈi ˈATi.",
        ),
        (
            "The wind will wind the tape; they live near a live wire and object to the object.",
            "ðə wˈɪnd wɪl wˈInd ðə tˈAp, ðA lˈɪv nˌɪɹ ɐ lˈIv wˈIəɹ ænd əbʤˈɛkt tə ði ˈɑbʤəkt.",
        ),
        (
            "Mr. and Mrs. O'Brien don't live at 221B Baker St. any more, it's 5 km away.",
            "mˈɪstəɹ ænd mˈɪsɪz ObɹˈIɪn dˈOnt lˈɪv æt tˈu hˈʌndɹəd twˈɛnti wˈʌn bˈi bˈAkəɹ stɹˈit ˈɛni mˈɔɹ, ɪts fˈIv kəlˈɑməTəɹz əwˈA.",
        ),
        (
            "Call 555-0123 before 12/25/2024 or email me at hello@example.com.",
            "kˈɔl fˈIv fˈIv fˈIv, ˈO wˈʌn tˈu θɹˈi bəfˈɔɹ disˈɛmbəɹ twˈɛnti fˈɪfθ, twˈɛnti twˈɛnti fˈɔɹ ɔɹ ˈimˌAl mˌi æt həlˈO æt ɪɡzˈæmpəl dˈɑt kˈɑm.",
        ),
        (
            "Zyloprax and frobnicating are made-up words, aren't they?",
            "zˈɪlɑɹpks ænd fɹˈɑbnɪkˈæTɪŋ ɑɹ mˌAdˈʌp wˈɜɹdz, ˌɑɹnt ðA?",
        ),
        (
            "In 1805 the U.S. bought 3/4 of it for £15 million, i.e. 2nd or 3rd best.",
            "ɪn ˌAtˈin ˈO fˈIv ðə jˌuˈɛs bˈɔt θɹˈi kwˈɔɹTəɹz ʌv ɪt fɔɹ fˌɪftˈin mˈɪljᵊn pˈWndz, ˌIˈi sˈɛkənd ɔɹ θˈɜɹd bˈɛst.",
        ),
    ] {
        assert_eq!(spoken(text), phonemes, "{text}");
    }
}

/// Rows of a table of readings: its columns, without comments and the names of kinds.
fn rows<const COLUMNS: usize>(table: &'static str) -> Vec<[&'static str; COLUMNS]> {
    table
        .lines()
        .filter(|line| !line.starts_with('#') || line.contains(" | "))
        .filter(|line| !line.starts_with("# ") && line.contains(" | "))
        .map(|line| {
            let columns: Vec<&str> = line.split(" | ").map(str::trim).collect();
            columns
                .try_into()
                .unwrap_or_else(|_| panic!("not {COLUMNS} columns: {line}"))
        })
        .collect()
}

fn words_of(text: &str) -> String {
    let plain: String = text
        .to_lowercase()
        .chars()
        .map(|c| {
            if c.is_alphanumeric() || c == '\'' {
                c
            } else {
                ' '
            }
        })
        .collect();
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Lines of a table that are said otherwise than they are meant: written, meant, said.
fn misread(rows: &[[&'static str; 2]]) -> Vec<(&'static str, &'static str, String)> {
    rows.iter()
        .filter_map(|&[written, said]| {
            let normalized = FRONT_END.reading(written).unwrap().normalized;
            let right = said
                .split(" / ")
                .any(|said| words_of(said) == words_of(&normalized));
            (!right).then_some((written, said, normalized))
        })
        .collect()
}

#[test]
fn what_people_write_is_said_as_they_mean_it() {
    let rows = rows::<2>(include_str!("readings/written_and_said.txt"));
    assert!(rows.len() >= 300, "{}", rows.len());
    let wrong = misread(&rows);
    assert!(wrong.is_empty(), "(written, meant, said): {wrong:#?}");
}

/// What is copied from logs, recipes, mail, code and so on; the readings were written down before the lines were tried.
#[test]
fn what_people_paste_is_said_as_they_mean_it() {
    let rows = rows::<2>(include_str!("readings/pasted.txt"));
    assert!(rows.len() >= 300, "{}", rows.len());
    let wrong = misread(&rows);
    assert!(
        wrong.len() * 100 <= rows.len(),
        "(written, meant, said): {wrong:#?}"
    );
}

#[test]
fn homographs_are_said_by_their_meaning() {
    let rows = rows::<3>(include_str!("readings/homographs.txt"));
    assert!(rows.len() >= 100, "{}", rows.len());
    let wrong: Vec<_> = rows
        .into_iter()
        .filter_map(|[sentence, word, phones]| {
            let utterances = FRONT_END.utterances(sentence).unwrap();
            let said: Vec<String> = utterances
                .iter()
                .flat_map(|utterance| {
                    let phones = |span: &WordSpan| -> String {
                        utterance.tokens[span.tokens.clone()]
                            .iter()
                            .filter_map(|&token| FRONT_END.tokenizer().text(token))
                            .collect()
                    };
                    utterance
                        .words
                        .iter()
                        .filter(|span| words_of(&span.text) == words_of(word))
                        .map(phones)
                        .collect::<Vec<_>>()
                })
                .collect();
            (!said.iter().any(|said| said == phones)).then_some((sentence, word, phones, said))
        })
        .collect();
    assert!(
        wrong.is_empty(),
        "(sentence, word, meant, said): {wrong:#?}"
    );
}

/// Where our dictionaries contradict each other, and words that none of them has.
#[test]
fn the_right_entry_wins() {
    for (sentence, phones) in [
        ("Beth has a Mercedes.", "bˈɛθ hæz ɐ məɹsˈAdiz."),
        ("He bailed out.", "hˌi bˈAld ˈWt."),
        ("My head aches.", "mˌI hˈɛd ˈAks."),
        (
            "Buenos Aires and Los Angeles",
            "bwˈAnOs ˈɛɹiz ænd lˈOz ˈænʤəlɪs.",
        ),
        ("an IKEA shelf", "ɐn Ikˈiʌ ʃˈɛlf."),
        ("#throwbackthursday", "hˈæʃtˌæɡ θɹˈObˌækθˌɜɹzdˌA."),
    ] {
        assert_eq!(spoken(sentence), phones, "{sentence}");
    }
}

#[test]
fn the_user_has_the_last_word() {
    let utterance = &FRONT_END
        .utterances("Ask [Nguyen](/wˈɪn/)'s [CEO](=chief executive).")
        .unwrap()[0];
    assert!(
        utterance.phonemes.contains("wˈɪnz ʧˈif"),
        "{}",
        utterance.phonemes
    );
    assert_eq!(utterance.spoken, "Ask /wˈɪn/'s chief executive.");
    let words: Vec<&str> = utterance
        .words
        .iter()
        .map(|word| word.text.as_str())
        .collect();
    assert_eq!(words, ["Ask", "Nguyen's", "CEO."]);
    assert_eq!(spoken("The [5](/fˈaɪf/) mile run"), "ðə fˈIf mˈIl ɹˈʌn.");

    let dictionary = UserDictionary::parse("Moe = /mˈOi/\nkm = klicks").unwrap();
    let front_end = FrontEnd::load(&models())
        .unwrap()
        .with_dictionary(dictionary);
    let said = |text: &str| front_end.phonemes(text).unwrap();
    assert_eq!(said("Moe, Moe's km"), "mˈOi, mˈOiz klˈɪks.");
    assert_eq!(said("[Moe](/mˈu/)"), "mˈu.");
}

#[test]
fn emphasis_marks_stress_and_takes_time() {
    let plain = &FRONT_END.utterances("it was the one").unwrap()[0];
    let marked = &FRONT_END.utterances("it was *the* one").unwrap()[0];
    assert!(!plain.phonemes.contains("ðˈi") && plain.rates.is_empty());
    assert!(marked.phonemes.contains("ðˈi"), "{}", marked.phonemes);
    let slow: Vec<String> = marked
        .tokens
        .iter()
        .zip(&marked.rates)
        .filter(|(_, rate)| **rate < 1.0)
        .filter_map(|(&token, _)| FRONT_END.tokenizer().text(token))
        .collect();
    assert_eq!(slow, ["ð", "ˈi"]);
    let slowly = &FRONT_END.utterances("[very slowly](rate 0.5) now").unwrap()[0];
    assert!(slowly.rates.contains(&0.5) && slowly.rates.contains(&1.0));
}

#[test]
fn pauses_divide_utterances() {
    let utterances = FRONT_END
        .utterances("[pause 2]One [pause 0.5] two. [pause 250 ms] Three. [pause 1]")
        .unwrap();
    let pauses: Vec<(f32, &str, f32)> = utterances
        .iter()
        .map(|utterance| {
            (
                utterance.pause_before_secs,
                utterance.text.as_str(),
                utterance.pause_after_secs,
            )
        })
        .collect();
    assert_eq!(
        pauses,
        [(2.0, "One", 0.0), (0.5, "two.", 0.0), (0.25, "Three.", 1.0)]
    );
    assert!(utterances[0].phonemes.ends_with(','));
}

#[test]
fn words_in_part_unknown_keep_the_part_that_misaki_knows() {
    assert_eq!(spoken("the Oswald's"), "ði ˈɔzwɔldz.");
    assert!(spoken("a half-frobnicated thing").contains("hˈæf "));
    assert!(!spoken("qzxwv PCs HTML5 x² naïve Zürich Straße łódź").contains('❓'));
}

#[test]
fn captions_show_what_was_written() {
    let text = "He paid £15 million, in 1990s money - twice.";
    let utterances = FRONT_END.utterances(text).unwrap();
    let words: Vec<&str> = utterances[0]
        .words
        .iter()
        .map(|word| word.text.as_str())
        .collect();
    assert_eq!(
        words,
        [
            "He",
            "paid",
            "£15 million,",
            "in",
            "1990s",
            "money",
            "twice."
        ]
    );
    let utterance = &utterances[0];
    let tokens: String = utterance.tokens[utterance.words[1].tokens.clone()]
        .iter()
        .filter_map(|&token| FRONT_END.tokenizer().text(token))
        .collect();
    assert_eq!(tokens, "pˈAd");
    assert_eq!(&text[utterance.words[2].written.clone()], "£15 million,");
}

#[test]
fn the_first_utterance_is_short_and_none_is_long() {
    let sentence = "This is a sentence of a quite ordinary length, and it goes on for a while. ";
    let utterances = FRONT_END.utterances(&sentence.repeat(12)).unwrap();
    assert!(
        utterances[0].tokens.len() < 80,
        "{}",
        utterances[0].tokens.len()
    );
    assert!(
        utterances.len() > 3 && utterances.len() < 8,
        "{}",
        utterances.len()
    );
    let endless = "and then there was another one of these, ".repeat(60);
    for utterance in FRONT_END.utterances(&endless).unwrap() {
        assert!(utterance.tokens.len() <= 240, "{}", utterance.tokens.len());
    }
}

#[test]
fn every_word_of_a_long_text_is_in_an_utterance() {
    let text =
        "Speech needs words. Some words, some signs; 3 figures!\n\nAnd paragraphs? ".repeat(20);
    let utterances = FRONT_END.utterances(&text).unwrap();
    let words: Vec<String> = utterances
        .iter()
        .flat_map(|one| one.words.iter().map(|word| word.text.clone()))
        .collect();
    let expected: Vec<&str> = text.split_whitespace().collect();
    assert_eq!(words, expected);
    assert!(utterances.iter().any(|utterance| utterance.ends_paragraph));
}

#[test]
fn what_cannot_be_spoken_is_refused_with_a_reason() {
    let reason = |text: &str| FRONT_END.utterances(text).unwrap_err().to_string();
    assert_eq!(reason(" \n\t"), "there is nothing to say: type some words");
    assert!(reason("你好 👋").contains("你 好 👋"));
    assert!(reason("...!").contains("type some words"));
    assert!(reason(&"a ".repeat(MAX_CHARACTERS)).contains("100000"));
    let partly = FRONT_END.utterances("Hello 你好. And 👋.").unwrap();
    let skipped: Vec<char> = partly
        .iter()
        .flat_map(|utterance| utterance.skipped.clone())
        .collect();
    assert_eq!(skipped, ['你', '好', '👋']);
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(150) })]

    #[test]
    fn any_text_is_spoken_or_refused(text in "\\PC{0,80}") {
        if let Ok(utterances) = FRONT_END.utterances(&text) {
            for utterance in utterances {
                prop_assert!(utterance.tokens.len() > 3);
                let mut last = 0;
                for word in &utterance.words {
                    prop_assert!(word.tokens.start >= last && word.tokens.start < word.tokens.end);
                    let written = text.get(word.written.clone());
                    prop_assert!(written.is_some());
                    // Marks and tags are taken out of a caption, and letters have one form.
                    let is_plain = !text.contains(['*', '[', '\\', '<', '&'])
                        && super::unicode::refolded(&text).is_empty();
                    if is_plain {
                        prop_assert_eq!(written, Some(word.text.as_str()));
                    }
                    last = word.tokens.end;
                }
            }
        }
    }

    #[test]
    fn whatever_has_a_letter_or_a_digit_has_phones(text in "[a-zA-Z0-9é$%&+.,:;'/@# -]{0,12}[a-zA-Z0-9][a-zA-Z0-9é$%&+.,:;'/@# -]{0,12}") {
        let phonemes = FRONT_END.phonemes(&text);
        prop_assert!(phonemes.is_ok(), "{:?}", phonemes);
    }
}
