//! Other words in a take, the words of a recording, and words in somebody's voice.

use std::sync::Arc;

use egui::{Key, Modifiers};
use egui_kittest::kittest::Queryable as _;
use studio::reference_voice::OwnVoice;
use studio::script::{Script, ScriptVoice};
use studio::take::Take;

use crate::harness::Window;

fn selected(window: &mut Window) -> Arc<Take> {
    Arc::clone(window.app().state().selected_take().unwrap())
}

/// Waits for a take that is not this one.
fn wait_for_another(window: &mut Window, before: u64) -> Arc<Take> {
    window.step_until("another take", |app| {
        assert!(!app.state().status.is_error, "{}", app.state().status.line);
        app.state()
            .selected_take()
            .is_some_and(|take| take.id != before && take.is_complete)
    });
    selected(window)
}

#[test]
fn some_words_of_a_take_are_changed_and_the_rest_stays() {
    let mut window = Window::open();
    let old_id = window.make_take("My mother came home in the morning with some bread.");
    window.press("Stop");
    let old = selected(&mut window);
    assert!(window.harness.query_by_label("Edit these words").is_none());
    window.type_words("My mother came home in the evening with some bread.");
    window.press("Regenerate changed words");
    let new = wait_for_another(&mut window, old_id);
    window.press("Stop");
    assert_eq!(
        new.text(),
        Some("My mother came home in the evening with some bread.")
    );
    assert!(matches!(new.script, Script::Dub { .. }));
    let words: Vec<&str> = new.words.iter().map(|word| word.text.as_str()).collect();
    assert!(
        words.contains(&"evening") && !words.contains(&"morning"),
        "{words:?}"
    );
    // What is said before and behind is the old sound, sample by sample.
    let begins = |take: &Take, text: &str| {
        let word = take.words.iter().find(|word| word.text == text).unwrap();
        (word.start_secs * 24_000.0) as usize
    };
    let same = old
        .samples()
        .iter()
        .zip(new.samples())
        .take_while(|(a, b)| a == b)
        .count();
    assert!(
        same > begins(&old, "the") - 2_400,
        "only {same} samples are the same"
    );
    let same = old
        .samples()
        .iter()
        .rev()
        .zip(new.samples().iter().rev())
        .take_while(|(a, b)| a == b)
        .count();
    assert!(same > old.samples().len() - begins(&old, "some"), "{same}");
    // The old take is still there, and one key goes from one to the other.
    assert_eq!(window.app().state().takes().count(), 2);
    window.press("Record");
    for expected in [old_id, new.id, old_id] {
        window.key(Modifiers::NONE, Key::B);
        assert_eq!(selected(&mut window).id, expected);
    }
    window.press("Stop");
    window.press("Write");

    // Undone, its words are about to be changed again; something else is no change of it.
    window.key(Modifiers::COMMAND, Key::Z);
    assert_eq!(window.app().state().takes().count(), 1);
    assert!(window.app().state().word_edit.is_changed());
    window.type_words("Nobody else has any time today.");
    let edit = &window.app().state().word_edit;
    assert!(!edit.is_changed() && edit.marks().is_none());
    window.press("Edit these words");
    assert_eq!(window.app().document().words, old.text().unwrap());
}

#[test]
fn a_word_is_heard_by_a_click_and_its_sentence_is_said_again() {
    let mut window = Window::open();
    let id = window.make_take("We met at noon. Nobody knew the way.");
    window.press("Stop");
    let old = selected(&mut window);
    let text = window
        .harness
        .get_by_label("We met at noon. Nobody knew the way.");
    // The text is one line; its last word is at its end.
    let rect = text.rect();
    let last = egui::pos2(rect.right() - 8.0, rect.center().y);
    window.harness.drag_at(last);
    window.harness.step();
    window.harness.drop_at(last);
    window.harness.run_steps(2);
    let way = old.words.last().unwrap();
    window.play_until("the word", |app| !app.state().is_speaking());
    let playhead_secs = window.app().state().transport.playhead_secs;
    assert!(
        (playhead_secs - way.end_secs).abs() < 1e-6,
        "{playhead_secs}"
    );

    window.key(Modifiers::COMMAND, Key::G);
    let new = wait_for_another(&mut window, id);
    window.press("Stop");
    assert_eq!(new.text(), old.text());
    let same = old.samples().iter().zip(new.samples());
    let same = same.take_while(|(a, b)| a == b).count();
    let nobody = (old.words[4].start_secs * 24_000.0) as usize;
    assert!(
        (nobody - 14_400..nobody + 480).contains(&same),
        "{same} {nobody}"
    );

    // A sentence alone is spoken as it was the first time, by another chance.
    let id = window.make_take("Nobody knew.");
    let first = selected(&mut window);
    window.press("Stop");
    window.press("Regenerate sentence");
    let second = wait_for_another(&mut window, id);
    window.press("Stop");
    assert_eq!(first.script, second.script);
    assert_ne!(first.samples(), second.samples());
}

#[test]
fn a_recording_learns_its_words_and_a_voice_speaks_with_leave_only() {
    const SAID: &str = "My mother came home in the morning, and my father made a big pot of soup.";
    let mut window = Window::open();
    let spoken_id = window.make_take(SAID);
    window.press("Stop");
    let spoken = selected(&mut window);
    let sound: Vec<f32> = spoken.samples().to_vec();
    let recording = window.folder.join("me.wav");
    engine::audio::wav::write_float_wav(&recording, &sound).unwrap();
    window.drop_file(recording.clone());
    let dropped = wait_for_another(&mut window, spoken_id);
    window.press("Stop");
    assert_eq!(dropped.text(), None);
    window.type_words(SAID);
    window.press("Align words to audio");
    let known = wait_for_another(&mut window, dropped.id);
    window.press("Stop");
    assert_eq!(known.samples(), spoken.samples());
    assert_eq!(known.words.len(), spoken.words.len());
    let off: f64 = known
        .words
        .iter()
        .zip(&spoken.words)
        .map(|(a, b)| (a.start_secs - b.start_secs).abs())
        .sum::<f64>()
        / spoken.words.len() as f64;
    assert!(off < 0.06, "words begin {off} s beside their place");

    // Somebody's voice, without leave and with it.
    window.type_words("Hello there.");
    window.app().document().own_voice = Some(OwnVoice {
        recording,
        words: SAID.to_owned(),
        is_permitted: false,
    });
    window.harness.run_steps(3);
    window.press("Speak");
    let status = window.app().state().status.clone();
    assert!(
        status.is_error && status.line.contains("permission"),
        "{}",
        status.line
    );
    let permission = "I have this person's permission";
    window.harness.get_by_label(permission).scroll_to_me();
    window.harness.run_steps(3);
    window.press(permission);
    window.press("Speak");
    let said = wait_for_another(&mut window, known.id);
    assert!(matches!(
        said.script,
        Script::Words {
            voice: ScriptVoice::Reference(_),
            ..
        }
    ));
    assert!(
        (0.4..4.0).contains(&said.duration_secs()),
        "{}",
        said.duration_secs()
    );
}
