//! Keys: one table for what they do and for the help page that shows them.

use egui::{Key, KeyboardShortcut, Modifiers};

use super::Dialog;
use super::{Action, Page, Use};
use crate::window::texts::text;
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

/// All keys but Escape, which a menu or a page takes first. Those with more modifiers stand before those with fewer, as egui matches the first that fits.
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
        shift(Key::Enter, text!("shortcut-queue"), Action::Queue),
        command(Key::Enter, text!("shortcut-speak"), Action::Speak),
        bare(Key::Space, text!("shortcut-play"), Action::PlayOrPause),
        bare(Key::Home, text!("shortcut-to-start"), Action::ToStart),
        bare(
            Key::ArrowLeft,
            text!("shortcut-frame-back"),
            Action::Nudge(-FRAME_SECS),
        ),
        bare(
            Key::ArrowRight,
            text!("shortcut-frame-forward"),
            Action::Nudge(FRAME_SECS),
        ),
        command(Key::L, text!("shortcut-loop"), Action::ToggleLoop),
        command(Key::R, text!("shortcut-record"), Action::ToggleRecord),
        command(
            Key::M,
            text!("shortcut-microphone"),
            Action::ToggleMicrophone,
        ),
        command(Key::E, text!("shortcut-export"), Action::Export),
        shift(Key::Z, text!("shortcut-redo"), Action::Redo),
        command(Key::Z, text!("shortcut-undo"), Action::Undo),
        command(Key::N, text!("shortcut-new"), Action::NewProject),
        command(
            Key::O,
            text!("shortcut-open"),
            Action::Ask(Dialog::OpenProject),
        ),
        shift(Key::S, text!("shortcut-save-as"), Action::SaveAs),
        command(Key::S, text!("shortcut-save"), Action::Save),
        command(
            Key::P,
            text!("shortcut-portrait"),
            Action::Ask(Dialog::Portrait),
        ),
        command(
            Key::Num1,
            text!("shortcut-tab-write"),
            Action::Use(Use::Write),
        ),
        command(
            Key::Num2,
            text!("shortcut-tab-record"),
            Action::Use(Use::Record),
        ),
        command(
            Key::Num3,
            text!("shortcut-tab-change-words"),
            Action::Use(Use::ChangeWords),
        ),
        command(
            Key::Num4,
            text!("shortcut-tab-export"),
            Action::Use(Use::Export),
        ),
        command(
            Key::Comma,
            text!("shortcut-settings"),
            Action::Show(Some(Page::Settings)),
        ),
        command(
            Key::Plus,
            text!("shortcut-larger"),
            Action::Scale(Some(0.25)),
        ),
        command(
            Key::Minus,
            text!("shortcut-smaller"),
            Action::Scale(Some(-0.25)),
        ),
        command(
            Key::Num0,
            text!("shortcut-reset-scale"),
            Action::Scale(None),
        ),
        command(Key::Q, text!("shortcut-quit"), Action::Quit),
        shortcut(
            Modifiers::NONE,
            Key::F12,
            text!("shortcut-debug"),
            Action::ToggleDebug,
        ),
        shortcut(
            Modifiers::NONE,
            Key::F1,
            text!("shortcut-help"),
            Action::Show(Some(Page::Help)),
        ),
    ]
}

/// What a key is called on the machine that this runs on.
pub fn name(context: &egui::Context, shortcut: &KeyboardShortcut) -> String {
    context.format_shortcut(shortcut)
}
