//! Scripts that people write, and those that nobody would.

use super::*;
use proptest::prelude::*;

fn turns(script: &str) -> Vec<(usize, String)> {
    let dialogue = Dialogue::parse(script).unwrap();
    let turns = dialogue.turns.into_iter();
    turns.map(|turn| (turn.face, turn.text)).collect()
}

#[track_caller]
fn refused(script: &str, line: usize, word: &str) {
    let error = Dialogue::parse(script).unwrap_err();
    assert_eq!(error.line, line, "{error}");
    assert!(error.to_string().contains(word), "{error}");
}

#[test]
fn lines_belong_to_faces_and_go_on() {
    let script = "1 (af_heart): Good morning!\r\n\r\n2 ( am_michael ) : Good morning.\r\nDid you sleep well?\r\n1:Yes.\n";
    assert_eq!(
        turns(script),
        [
            (1, "Good morning!".to_owned()),
            (2, "Good morning.\nDid you sleep well?".to_owned()),
            (1, "Yes.".to_owned()),
        ]
    );
    let dialogue = Dialogue::parse(script).unwrap();
    assert_eq!(
        dialogue.speakers[&1].voice,
        Some(("af_heart".to_owned(), 1))
    );
    assert_eq!(
        dialogue.speakers[&2].voice,
        Some(("am_michael".to_owned(), 3))
    );
    assert_eq!(dialogue.turns[2].line, 5);
    assert_eq!(dialogue.label(2), "2");
    assert_eq!(
        dialogue.words(),
        "Good morning!\nGood morning.\nDid you sleep well?\nYes."
    );
}

#[test]
fn people_may_have_names() {
    let script = "1 = Anna (af_heart)\n2 = Dr. Who\nAnna: Hello.\nDr. Who (bm_fable): Hello, Anna: how are you?\nAnnabel: is no marker.";
    let dialogue = Dialogue::parse(script).unwrap();
    assert_eq!(
        turns(script)[1].1,
        "Hello, Anna: how are you?\nAnnabel: is no marker."
    );
    assert_eq!(
        (dialogue.label(1), dialogue.label(2)),
        ("Anna".into(), "Dr. Who".into())
    );
    assert_eq!(dialogue.speakers[&2].voice.as_ref().unwrap().0, "bm_fable");
    refused("1 = Anna\n2 = Anna\n1: Hi.", 2, "called Anna");
}

#[test]
fn ordinary_words_are_no_markers() {
    for words in [
        "12:30 is late.",
        "2 people came: Anna and Ben.",
        "3 (or four) of them: gone.",
        "Note: this.",
        "1 = (af_heart)",
        "2 + 2 = 4",
        "1. First",
        "1 () : empty",
    ] {
        assert_eq!(
            turns(&format!("1: So.\n{words}")),
            [(1, format!("So.\n{words}"))]
        );
        assert!(!is_dialogue(words), "{words}");
    }
    for script in ["\n 1: Hello.", "2 (am_adam): Hello.", "1 = Anna\nAnna: Hi."] {
        assert!(is_dialogue(script), "{script}");
    }
    assert!(!is_dialogue(""));
}

#[test]
fn what_is_wrong_names_its_line() {
    refused("", 1, "dialogue is empty");
    refused("1 = Anna\n", 1, "dialogue is empty");
    refused("\nHello.\n1: Hi.", 2, "no speaker");
    refused("1: Hi.\n\n0: Ho.", 3, "numbered from the left");
    refused(
        "1: Hi.\n99999999999999999999999: Ho.",
        2,
        "numbered from the left",
    );
    refused("1: Hi.\n2:\n1: Ho.", 2, "nothing to say");
    refused("1: Hi.\n2: …", 2, "nothing to say");
    refused("1 (a): Hi.\n1 (a): Hi.\n1 (b): Ho.", 3, "from line 1");
}

proptest! {
    #[test]
    fn any_text_is_read_or_refused(text in "(\\PC|[0-9:=() \n\r\t]){0,200}") {
        let _ = is_dialogue(&text);
        match Dialogue::parse(&text) {
            Ok(dialogue) => {
                prop_assert!(!dialogue.turns.is_empty());
                for turn in &dialogue.turns {
                    prop_assert!(turn.text.chars().any(char::is_alphanumeric));
                    prop_assert!(dialogue.speakers.contains_key(&turn.face));
                    prop_assert!(turn.line <= text.lines().count());
                }
            }
            Err(error) => prop_assert!(error.line <= text.lines().count().max(1)),
        }
    }

    #[test]
    fn what_is_written_down_is_read_again(
        lines in prop::collection::vec((1_usize..5, "[A-Za-z]{1,8}( [A-Za-z,.]{1,8}){0,5}"), 1..8),
    ) {
        let script: Vec<String> = lines.iter().map(|(face, words)| format!("{face}: {words}")).collect();
        let expected: Vec<(usize, String)> =
            lines.iter().map(|(face, words)| (*face, words.trim().to_owned())).collect();
        prop_assert_eq!(turns(&script.join("\n")), expected);
    }
}
