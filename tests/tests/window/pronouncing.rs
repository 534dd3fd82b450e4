//! Words that are said as the user wants them: typed, heard, and spoken from the next speech on.

use egui::{Event, Key, Modifiers, Role};
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use jam_flow::window::settings::Settings;
use jam_flow::window::state::{Action, Page, Previewed, Readiness};

use crate::harness::Window;

fn type_into(window: &mut Window, field: &str, typed: &str) {
    window
        .harness
        .get_by_role_and_label(Role::TextInput, field)
        .focus();
    window.harness.step();
    window.key(Modifiers::COMMAND, Key::A);
    window.harness.event(Event::Text(typed.to_owned()));
    window.harness.run_steps(2);
}

fn phones(window: &mut Window) -> Vec<String> {
    let take = window.app().state().selected_take().unwrap();
    take.phones
        .iter()
        .map(|phone| phone.phone.clone())
        .collect()
}

#[test]
fn a_word_of_the_user_is_checked_heard_and_spoken() {
    let mut window = Window::open();
    window.make_take("Win.");
    window.press("Stop");
    let wanted = phones(&mut window);

    window.app().act(Action::Show(Some(Page::Pronunciations)));
    window.harness.run_steps(3);
    window.press("Add a word");
    type_into(&mut window, "Word 1", "Nguyen");
    type_into(&mut window, "Word 1 is said as", "/b@d/");
    let problem = window
        .harness
        .query_by_label_contains("Word 1 can't be used");
    assert!(problem.is_some());
    let listen = window.harness.get_by_label("Listen to word 1");
    assert!(listen.accesskit_node().is_disabled());
    type_into(&mut window, "Word 1 is said as", "win");
    let problem = window
        .harness
        .query_by_label_contains("Word 1 can't be used");
    assert!(problem.is_none());

    window.press("Listen to word 1");
    window.step_until("the word", |app| {
        let state = app.state();
        assert!(!state.status.is_error, "{}", state.status.line);
        let preview = state.transport.preview.as_ref().unwrap();
        assert_eq!(preview.of, Previewed::Word(0));
        let mut takes = state.all_takes.iter();
        takes.any(|take| take.id == preview.take && !take.phones.is_empty())
    });
    window.press("Close");
    window.step_until("the voices", |app| {
        app.state().readiness == Readiness::Ready
    });
    window.make_take("Nguyen.");
    window.press("Stop");
    assert_eq!(phones(&mut window), wanted);
    let path = window.folder.join("settings.json");
    window.step_until("the settings", |_| {
        let (kept, _) = Settings::load(&path);
        kept.pronunciations
            .first()
            .is_some_and(|row| row.written == "Nguyen" && row.said == "win")
    });
}
