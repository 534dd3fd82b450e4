//! Other words in a take, the words of a recording, and words in somebody's voice.

use std::sync::Arc;

use egui::accesskit::Role;
use egui::{Key, Modifiers};
use egui_kittest::kittest::Queryable as _;
use jam_flow::window::state::Use;
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

fn type_into(window: &mut Window, name: &str, words: &str) {
    let field = |window: &Window| {
        window
            .harness
            .get_by_role_and_label(Role::MultilineTextInput, name)
            .focus();
    };
    field(window);
    window.harness.step();
    window.key(Modifiers::COMMAND, Key::A);
    window
        .harness
        .get_by_role_and_label(Role::MultilineTextInput, name)
        .type_text(words);
    window.harness.run_steps(2);
}

#[test]
fn some_words_of_a_take_are_changed_and_the_rest_stays() {
    let mut window = Window::open();
    let old_id = window.make_take("My mother came home in the morning with some bread.");
    window.press("Stop");
    let old = selected(&mut window);
    window.key(Modifiers::COMMAND, Key::Num3);
    assert_eq!(window.app().state().use_now, Use::ChangeWords);
    type_into(
        &mut window,
        "New text",
        "My mother came home in the evening with some bread.",
    );
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
    // The old take is still there.
    assert_eq!(window.app().state().takes().count(), 2);
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
    window.key(Modifiers::COMMAND, Key::Num3);
    type_into(&mut window, "Transcript", SAID);
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
    window.key(Modifiers::COMMAND, Key::Num1);
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
    window.press("I have this person's permission");
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
