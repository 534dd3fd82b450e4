//! Playing takes again, and the keys.

use std::sync::Arc;

use egui::{Key, Modifiers};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;
use jam_flow::window::app::App;
use jam_flow::window::state::{Page, Use};

use crate::harness::{FRAME_SECS, Window};

#[test]
fn a_take_is_played_again_scrubbed_and_repeated() {
    let mut window = Window::open();
    let id = window.make_take("Bob may open a big map.");
    let duration_secs = window
        .app()
        .state()
        .selected_take()
        .unwrap()
        .duration_secs();
    window.play_until("the end", |app| !app.state().is_speaking());
    assert!((window.app().state().transport.playhead_secs - duration_secs).abs() < 0.1);
    let take = window.app().state().selected_take().unwrap();
    assert!(take.words.len() >= 6 && take.phones.len() > 10 && take.mouth.len() > 20);

    // Space plays it again from the start, and pauses.

    window.press("Stop");
    let timeline = |window: &Window| {
        window
            .harness
            .get_by(|node| {
                node.label()
                    .is_some_and(|label| label.starts_with("Timeline of"))
            })
            .rect()
            .shrink2(egui::vec2(8.0, 0.0))
    };
    let rect = timeline(&window);
    let at = |share: f32| egui::pos2(rect.left() + share * rect.width(), rect.top() + 44.0);
    click_at(&mut window.harness, at(0.5));
    let playhead_secs = window.app().state().transport.playhead_secs;
    assert!(
        (playhead_secs - duration_secs / 2.0).abs() < 0.05,
        "{playhead_secs}"
    );
    window.key(Modifiers::NONE, Key::Space);
    assert!(window.app().state().is_speaking());
    window.play_until("a little more", |app| {
        app.state().transport.playhead_secs > playhead_secs + 0.1
    });
    window.key(Modifiers::NONE, Key::Space);
    assert!(!window.app().state().is_speaking());
    let paused_secs = window.app().state().transport.playhead_secs;
    window.harness.run_steps(5);
    assert_eq!(window.app().state().transport.playhead_secs, paused_secs);
    window.key(Modifiers::NONE, Key::ArrowLeft);
    assert!(
        (window.app().state().transport.playhead_secs - (paused_secs - FRAME_SECS)).abs() < 1e-6
    );

    // While the playhead is dragged, the face follows it.
    window.harness.drag_at(at(0.1));
    window.harness.step();
    for share in [0.2, 0.4, 0.6, 0.8] {
        window.harness.hover_at(at(share));
        window.harness.run_steps(2);
        let secs = window.app().state().transport.playhead_secs;
        assert!(
            (secs - f64::from(share) * duration_secs).abs() < 0.05,
            "{secs}"
        );
    }
    window.harness.drop_at(at(0.8));
    window.harness.run_steps(2);
    assert!(!window.app().state().is_speaking());

    // A drag along the times repeats that span.
    let on_times = |share: f32| egui::pos2(at(share).x, rect.top() + 6.0);
    window.harness.drag_at(on_times(0.2));
    window.harness.step();
    window.harness.hover_at(on_times(0.5));
    window.harness.run_steps(2);
    window.harness.drop_at(on_times(0.5));
    window.harness.run_steps(2);
    let span = window.app().state().transport.looped.clone().unwrap();
    assert!((span.start - 0.2 * duration_secs).abs() < 0.05, "{span:?}");
    assert!((span.end - 0.5 * duration_secs).abs() < 0.05, "{span:?}");
    window.key(Modifiers::NONE, Key::Space);
    assert!(window.app().state().is_speaking());
    let playhead_secs = window.app().state().transport.playhead_secs;
    assert!(
        (playhead_secs - span.start).abs() < 0.01,
        "{playhead_secs} in {span:?}"
    );
    let mut jumps = 0;
    let mut before_secs = 0.0;
    window.play_until("three rounds", |app| {
        let secs = app.state().transport.playhead_secs;
        assert!(secs <= span.end + FRAME_SECS, "{secs}");
        jumps += usize::from(secs + 0.05 < before_secs);
        before_secs = secs;
        jumps >= 3
    });
    window.key(Modifiers::COMMAND, Key::L);
    assert_eq!(window.app().state().transport.looped, None);
    window.play_until("the end", |app| !app.state().is_speaking());

    // A click on a word lets that word be heard, and no more.
    let take = Arc::clone(window.app().state().selected_take().unwrap());
    let word = &take.words[2];
    let middle = (word.start_secs + word.end_secs) / 2.0 / duration_secs;
    let lane = rect.bottom() - 70.0;
    click_at(&mut window.harness, egui::pos2(at(middle as f32).x, lane));
    assert!(window.app().state().is_speaking());
    let mut first_secs = f64::MAX;
    window.play_until("the word", |app| {
        first_secs = first_secs.min(app.state().transport.playhead_secs);
        !app.state().is_speaking()
    });
    let end_secs = window.app().state().transport.playhead_secs;
    assert!((first_secs - word.start_secs).abs() < 0.05, "{first_secs}");
    assert!((end_secs - word.end_secs).abs() < 1e-6, "{end_secs}");

    // Put away, and back by undoing; one step further back it was not made yet.
    window.press("Delete take");
    assert!(window.app().state().selected_take().is_none());
    window.key(Modifiers::COMMAND, Key::Z);
    assert_eq!(window.app().state().takes().next().unwrap().id, id);
    window.key(Modifiers::COMMAND, Key::Z);
    assert_eq!(window.app().state().takes().count(), 0);
    window.key(Modifiers::COMMAND, Key::Y);
    window.key(Modifiers::NONE, Key::Delete);
    assert_eq!(window.app().state().takes().count(), 0);
    window.key(Modifiers::COMMAND, Key::Z);
    assert_eq!(window.app().state().selected_take().unwrap().id, id);
}

#[test]
fn every_shortcut_does_what_the_help_page_says() {
    let mut window = Window::open();
    let command = Modifiers::COMMAND;
    let shift_command = Modifiers::COMMAND.plus(Modifiers::SHIFT);
    window.key(Modifiers::NONE, Key::F1);
    assert_eq!(window.app().state().page, Some(Page::Help));
    assert!(window.harness.query_by_label("Play or pause").is_some());
    window.key(Modifiers::NONE, Key::Escape);
    assert_eq!(window.app().state().page, None);
    window.key(command, Key::Comma);
    assert_eq!(window.app().state().page, Some(Page::Settings));
    window.key(Modifiers::NONE, Key::Escape);
    for (key, use_of) in [
        (Key::Num2, Use::Record),
        (Key::Num3, Use::Watch),
        (Key::Num4, Use::Export),
        (Key::Num5, Use::Film),
        (Key::Num1, Use::Write),
    ] {
        window.key(command, key);
        assert_eq!(window.app().state().use_now, use_of);
    }
    window.key(command, Key::R);
    assert!(window.app().state().record);
    window.key(command, Key::R);
    assert!(!window.app().state().record);
    window.key(command, Key::M);
    window.step_until("the missing microphone", |app| {
        app.state().status.line == "No microphone here"
    });
    assert!(!window.app().state().is_listening());
    window.key(command, Key::Num1);
    window.key(command, Key::Plus);
    assert_eq!(window.app().state().settings.scale, 1.25);
    window.key(command, Key::Num0);
    assert_eq!(window.app().state().settings.scale, 1.0);

    // In the box, Space is a space; Ctrl+Enter speaks, and with Shift adds to what is spoken.
    window.type_words("Hello");
    window.words_box().type_text(" there.");
    window.harness.step();
    window.key(command, Key::Enter);
    assert!(window.app().state().is_speaking());
    window.type_words("And more.");
    window.key(shift_command, Key::Enter);
    window.type_words("Last.");
    window.key(shift_command, Key::Enter);
    assert!(!window.app().state().queue.is_empty());
    window.play_until("all three", |app| {
        app.state().takes().count() == 3 && !app.state().is_speaking()
    });
    let titles: Vec<_> = window
        .app()
        .state()
        .takes()
        .map(|take| take.title())
        .collect();
    assert_eq!(titles, ["Hello there.", "And more.", "Last."]);
    assert_eq!(
        window.app().state().selected_take().unwrap().title(),
        "Last."
    );

    // Speaking something else interrupts; Escape ends all.
    window.type_words(&"A long story. ".repeat(30));
    window.key(command, Key::Enter);
    window.type_words("Something else.");
    window.key(command, Key::Enter);
    window.step_until("the second", |app| {
        app.state()
            .selected_take()
            .is_some_and(|take| take.title() == "Something else." && take.is_complete)
    });
    window.key(Modifiers::NONE, Key::Escape);
    assert!(!window.app().state().is_speaking());

    // Takes that were made are undone before the words that they were made of.
    let mut steps = 0;
    while window.app().document().words == "Something else." && steps < 3 {
        window.key(command, Key::Z);
        steps += 1;
    }
    assert_ne!(window.app().document().words, "Something else.");
    assert!(steps > 1);
    for _ in 0..steps {
        window.key(shift_command, Key::Z);
    }
    assert_eq!(window.app().document().words, "Something else.");
}

fn click_at(harness: &mut Harness<'static, App>, position: egui::Pos2) {
    harness.drag_at(position);
    harness.step();
    harness.drop_at(position);
    harness.run_steps(2);
}
