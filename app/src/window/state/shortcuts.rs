//! Keys: one table for what they do and for the help page that shows them.

use egui::{Key, KeyboardShortcut, Modifiers};

use super::Dialog;
use super::{Action, Page, Use};
use studio::performance::FRAME_SECS;

/// One key and what it does.
pub struct Shortcut {
    /// The key.
    pub key: KeyboardShortcut,
    /// For the help page.
    pub does: &'static str,
    /// What it asks for.
    pub action: Action,
    /// Whether a field with words keeps this key for itself.
    pub yields_to_text: bool,
}

const SHIFT_COMMAND: Modifiers = Modifiers::COMMAND.plus(Modifiers::SHIFT);

/// All keys. Those with more modifiers stand before those with fewer, as egui matches the first that fits.
pub fn all() -> Vec<Shortcut> {
    let shortcut = |modifiers, key, does, action| Shortcut {
        key: KeyboardShortcut::new(modifiers, key),
        does,
        action,
        yields_to_text: false,
    };
    let bare = |key, does, action| Shortcut {
        yields_to_text: true,
        ..shortcut(Modifiers::NONE, key, does, action)
    };
    let command = |key, does, action| shortcut(Modifiers::COMMAND, key, does, action);
    let shift = |key, does, action| shortcut(SHIFT_COMMAND, key, does, action);
    vec![
        shift(
            Key::Enter,
            "Speak the words after what is spoken",
            Action::Queue,
        ),
        command(Key::Enter, "Speak the words at once", Action::Speak),
        bare(Key::Space, "Play or pause", Action::PlayOrPause),
        bare(Key::Home, "Go to the start of the take", Action::ToStart),
        bare(Key::ArrowLeft, "One frame back", Action::Nudge(-FRAME_SECS)),
        bare(
            Key::ArrowRight,
            "One frame forth",
            Action::Nudge(FRAME_SECS),
        ),
        command(
            Key::L,
            "Repeat the take, or stop repeating",
            Action::ToggleLoop,
        ),
        command(
            Key::R,
            "Record what is spoken next, or do not",
            Action::ToggleRecord,
        ),
        command(
            Key::M,
            "Speak through the microphone, or stop that",
            Action::ToggleMicrophone,
        ),
        command(Key::E, "Export the take", Action::Export),
        shift(Key::Z, "Do it again", Action::Redo),
        command(Key::Z, "Undo", Action::Undo),
        command(Key::N, "New project", Action::NewProject),
        command(Key::O, "Open a project", Action::Ask(Dialog::OpenProject)),
        shift(
            Key::S,
            "Save the project under another name",
            Action::SaveAs,
        ),
        command(Key::S, "Save the project", Action::Save),
        command(Key::P, "Choose a portrait", Action::Ask(Dialog::Portrait)),
        command(Key::Num1, "Write", Action::Use(Use::Write)),
        command(Key::Num2, "Voice", Action::Use(Use::Voice)),
        command(Key::Num3, "Edit", Action::Use(Use::Edit)),
        command(Key::Num4, "Export", Action::Use(Use::Export)),
        command(Key::Comma, "Settings", Action::Show(Some(Page::Settings))),
        command(Key::Plus, "Everything larger", Action::Scale(Some(0.25))),
        command(Key::Minus, "Everything smaller", Action::Scale(Some(-0.25))),
        command(
            Key::Num0,
            "Everything at the system's size",
            Action::Scale(None),
        ),
        command(
            Key::Q,
            "Close the window; unsaved work is kept",
            Action::Quit,
        ),
        shortcut(
            Modifiers::NONE,
            Key::F1,
            "This page",
            Action::Show(Some(Page::Help)),
        ),
    ]
}

/// Escape, which is not in the table since a menu or a page takes it first.
pub const ESCAPE_DOES: &str = "Close the page, else stop everything";

/// What a key is called on the machine that this runs on.
pub fn name(context: &egui::Context, shortcut: &KeyboardShortcut) -> String {
    context.format_shortcut(shortcut)
}
