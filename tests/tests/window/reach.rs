//! Names for screen readers, and a way to everything without a mouse.

use std::collections::BTreeSet;

use egui::accesskit::Role;
use egui::{Key, Modifiers};
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use jam_flow::window::state::{Action, ExportKind, Page, Use};

use crate::harness::Window;

/// What can be used but says nothing to a screen reader.
fn nameless(window: &Window) -> Vec<String> {
    window
        .harness
        .query_all_by(|node| {
            let is_used = matches!(
                node.role(),
                Role::Button
                    | Role::CheckBox
                    | Role::ColorWell
                    | Role::ComboBox
                    | Role::MultilineTextInput
                    | Role::RadioButton
                    | Role::Slider
                    | Role::SpinButton
                    | Role::TextInput
            );
            let has_name = node
                .label()
                .is_some_and(|label| label.chars().any(char::is_alphanumeric));
            is_used && !has_name
        })
        .map(|node| format!("{:?} at {:?}", node.accesskit_node().role(), node.rect()))
        .collect()
}

#[test]
fn everything_has_a_name_and_is_reached_with_the_tab_key() {
    let mut window = Window::open();
    window.make_take("Hello there.");
    for use_of in [Use::Record, Use::Export, Use::Watch, Use::Film, Use::Write] {
        window.app().act(Action::Use(use_of));
        window.harness.run_steps(3);
        assert_eq!(nameless(&window), [""; 0], "{use_of:?}");
    }
    for page in [
        Page::Welcome,
        Page::Projects,
        Page::Voices,
        Page::Pronunciations,
        Page::Settings,
        Page::VirtualCamera,
        Page::Help,
        Page::About,
    ] {
        window.app().act(Action::Show(Some(page)));
        window.harness.run_steps(3);
        assert_eq!(nameless(&window), [""; 0], "{page:?}");
        window.app().act(Action::Escape);
        window.harness.run_steps(12);
    }
    assert_eq!(window.app().state().settings.export.kind, ExportKind::Video);

    let mut reached = BTreeSet::new();
    for _ in 0..60 {
        window.key(Modifiers::NONE, Key::Tab);
        let focused = window.harness.query_all_by(|node| node.is_focused());
        reached.extend(focused.filter_map(|node| node.accesskit_node().label()));
    }
    for name in [
        "Write",
        "Record",
        "Regenerate sentence",
        "Export",
        "Watch",
        "Film",
        "Settings",
        "Shortcuts (F1)",
        "Script",
        "Speed",
        "Choose a picture…",
        "Speak",
        "Add to queue",
        "Also save MP4",
        "Pause",
        "Loop",
        "Delete take",
    ] {
        assert!(reached.contains(name), "{name} is not among {reached:?}");
    }
    assert!(
        reached
            .iter()
            .any(|name| name.starts_with("Timeline of Hello there."))
    );
}
