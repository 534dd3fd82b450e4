//! What the menus offer and which keys do it: one table for the menu bar, the keys and the help page.

use egui::{Key, KeyboardShortcut, Modifiers};

use super::{Action, Dialog, FilmAction, FilmFile, Page, State, Use};
use crate::window::texts::text;
use studio::performance::FRAME_SECS;

/// A menu of the menu bar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Menu {
    /// Projects, files, export.
    File,
    /// Back and forth, and what is edited.
    Edit,
    /// Speaking and playing.
    Speech,
    /// What the window shows.
    View,
    /// Keys and licences.
    Help,
}

impl Menu {
    /// All of them, from the left.
    pub const ALL: [Self; 5] = [Self::File, Self::Edit, Self::Speech, Self::View, Self::Help];

    /// What it is called.
    pub fn name(self) -> &'static str {
        match self {
            Self::File => text!("menu-file"),
            Self::Edit => text!("menu-edit"),
            Self::Speech => text!("menu-speech"),
            Self::View => text!("menu-view"),
            Self::Help => text!("menu-help"),
        }
    }
}

/// Something that the user can ask for from everywhere.
pub struct Shortcut {
    /// Where it stands in the menu bar.
    pub menu: Menu,
    /// The key, if it has one.
    pub key: Option<KeyboardShortcut>,
    /// What else does the same.
    pub second_key: Option<KeyboardShortcut>,
    /// What it is called.
    pub does: &'static str,
    /// What it asks for.
    pub action: Action,
    /// Whether a field with words keeps this key for itself.
    pub yields_to_text: bool,
}

impl Shortcut {
    fn with_second(mut self, modifiers: Modifiers, key: Key) -> Self {
        self.second_key = Some(KeyboardShortcut::new(modifiers, key));
        self
    }

    /// Whether it would do something now.
    pub fn is_possible(&self, state: &State) -> bool {
        match &self.action {
            Action::Undo => state.history.can_undo(),
            Action::Redo => state.history.can_redo(),
            Action::Export if state.use_now == Use::Film => true,
            Action::Export => state.selected_take().is_some_and(|take| take.is_complete),
            Action::ToStart
            | Action::Nudge(_)
            | Action::ToggleLoop
            | Action::PlayOrPause
            | Action::Compare
            | Action::PutAwaySelected => state.selected_take().is_some(),
            Action::Regenerate => state.can_regenerate(),
            Action::Escape => state.is_speaking() || state.recording.progress.is_some(),
            _ => true,
        }
    }
}

const SHIFT_COMMAND: Modifiers = Modifiers::COMMAND.plus(Modifiers::SHIFT);

/// Everything, menu by menu. Escape is no key here, since a menu or a page takes it first.
pub fn all() -> Vec<Shortcut> {
    let mut all = Vec::new();
    all.extend(file());
    all.extend(edit());
    all.extend(speech());
    all.extend(view());
    all.extend(help());
    all
}

/// Every key with what it does, those with Shift first, since egui takes the first that fits and leaves Shift out.
pub fn keys(all: &[Shortcut]) -> Vec<(KeyboardShortcut, &Shortcut)> {
    let of_one = |shortcut: &Shortcut| [shortcut.key, shortcut.second_key];
    let mut keys: Vec<_> = all
        .iter()
        .flat_map(|shortcut| of_one(shortcut).map(|key| Some((key?, shortcut))))
        .flatten()
        .collect();
    keys.sort_by_key(|(key, _)| !key.modifiers.shift);
    keys
}

fn of(menu: Menu, does: &'static str, action: Action) -> Shortcut {
    Shortcut {
        menu,
        key: None,
        second_key: None,
        does,
        action,
        yields_to_text: false,
    }
}

fn with(modifiers: Modifiers, key: Key, shortcut: Shortcut) -> Shortcut {
    Shortcut {
        key: Some(KeyboardShortcut::new(modifiers, key)),
        ..shortcut
    }
}

fn command(key: Key, shortcut: Shortcut) -> Shortcut {
    with(Modifiers::COMMAND, key, shortcut)
}

fn shift(key: Key, shortcut: Shortcut) -> Shortcut {
    with(SHIFT_COMMAND, key, shortcut)
}

/// A key alone.
fn bare(key: Key, shortcut: Shortcut) -> Shortcut {
    Shortcut {
        yields_to_text: true,
        ..with(Modifiers::NONE, key, shortcut)
    }
}

fn file() -> Vec<Shortcut> {
    let of = |does, action| of(Menu::File, does, action);
    vec![
        command(Key::N, of(text!("shortcut-new"), Action::NewProject)),
        command(
            Key::O,
            of(text!("shortcut-open"), Action::Ask(Dialog::OpenProject)),
        ),
        command(Key::S, of(text!("shortcut-save"), Action::Save)),
        shift(Key::S, of(text!("shortcut-save-as"), Action::SaveAs)),
        command(
            Key::P,
            of(text!("shortcut-portrait"), Action::Ask(Dialog::Portrait)),
        ),
        command(
            Key::I,
            of(text!("shortcut-clip"), Action::Ask(Dialog::Recording)),
        ),
        of(text!("shortcut-text"), Action::Ask(Dialog::Text)),
        of(text!("shortcut-watch"), Action::Ask(Dialog::Clip)),
        of(
            text!("shortcut-film-open"),
            Action::Ask(Dialog::Film(FilmFile::Open)),
        ),
        of(text!("shortcut-film-save"), Action::Film(FilmAction::Save)),
        command(Key::E, of(text!("shortcut-export"), Action::Export)),
        command(Key::Q, of(text!("shortcut-quit"), Action::Quit))
            .with_second(Modifiers::COMMAND, Key::W),
    ]
}

fn edit() -> Vec<Shortcut> {
    let of = |does, action| of(Menu::Edit, does, action);
    vec![
        command(Key::Z, of(text!("shortcut-undo"), Action::Undo)),
        shift(Key::Z, of(text!("shortcut-redo"), Action::Redo))
            .with_second(Modifiers::COMMAND, Key::Y),
        Shortcut {
            yields_to_text: true,
            ..command(Key::V, of(text!("shortcut-paste"), Action::Paste))
        },
        bare(
            Key::Delete,
            of(text!("shortcut-delete-take"), Action::PutAwaySelected),
        ),
        of(
            text!("shortcut-pronunciations"),
            Action::Show(Some(Page::Pronunciations)),
        ),
        command(
            Key::Comma,
            of(
                text!("shortcut-settings"),
                Action::Show(Some(Page::Settings)),
            ),
        ),
    ]
}

fn speech() -> Vec<Shortcut> {
    let of = |does, action| of(Menu::Speech, does, action);
    vec![
        command(Key::Enter, of(text!("shortcut-speak"), Action::Speak)),
        shift(Key::Enter, of(text!("shortcut-queue"), Action::Queue)),
        bare(Key::Space, of(text!("shortcut-play"), Action::PlayOrPause)),
        bare(Key::Home, of(text!("shortcut-to-start"), Action::ToStart)),
        bare(
            Key::ArrowLeft,
            of(text!("shortcut-frame-back"), Action::Nudge(-FRAME_SECS)),
        ),
        bare(
            Key::ArrowRight,
            of(text!("shortcut-frame-forward"), Action::Nudge(FRAME_SECS)),
        ),
        command(Key::G, of(text!("shortcut-regenerate"), Action::Regenerate)),
        bare(Key::B, of(text!("shortcut-compare"), Action::Compare)),
        command(Key::L, of(text!("shortcut-loop"), Action::ToggleLoop)),
        command(Key::R, of(text!("shortcut-record"), Action::ToggleRecord)),
        command(
            Key::M,
            of(text!("shortcut-microphone"), Action::ToggleMicrophone),
        ),
    ]
}

fn view() -> Vec<Shortcut> {
    let of = |does, action| of(Menu::View, does, action);
    vec![
        command(
            Key::Num1,
            of(text!("shortcut-tab-write"), Action::Use(Use::Write)),
        ),
        command(
            Key::Num2,
            of(text!("shortcut-tab-record"), Action::Use(Use::Record)),
        ),
        command(
            Key::Num3,
            of(text!("shortcut-tab-watch"), Action::Use(Use::Watch)),
        ),
        command(
            Key::Num4,
            of(text!("shortcut-tab-export"), Action::Use(Use::Export)),
        ),
        command(
            Key::Num5,
            of(text!("shortcut-tab-film"), Action::Use(Use::Film)),
        ),
        command(
            Key::Plus,
            of(text!("shortcut-larger"), Action::Scale(Some(0.25))),
        ),
        command(
            Key::Minus,
            of(text!("shortcut-smaller"), Action::Scale(Some(-0.25))),
        ),
        command(
            Key::Num0,
            of(text!("shortcut-reset-scale"), Action::Scale(None)),
        ),
        with(
            Modifiers::NONE,
            Key::F11,
            of(text!("shortcut-full-screen"), Action::ToggleFullScreen),
        ),
        command(
            Key::F11,
            of(text!("shortcut-stage-window"), Action::ToggleStageWindow),
        ),
        of(
            text!("virtual-camera-open"),
            Action::Show(Some(Page::VirtualCamera)),
        ),
        with(
            Modifiers::NONE,
            Key::F12,
            of(text!("shortcut-debug"), Action::ToggleDebug),
        ),
    ]
}

fn help() -> Vec<Shortcut> {
    let of = |does, action| of(Menu::Help, does, action);
    vec![
        with(
            Modifiers::NONE,
            Key::F1,
            of(text!("shortcut-help"), Action::Show(Some(Page::Help))),
        ),
        of(text!("shortcut-about"), Action::Show(Some(Page::About))),
    ]
}

/// What a key is called on the machine that this runs on.
pub fn name(context: &egui::Context, shortcut: &KeyboardShortcut) -> String {
    context.format_shortcut(shortcut)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_key_does_two_things_and_those_with_shift_come_first() {
        let all = all();
        let keys: Vec<KeyboardShortcut> = keys(&all).into_iter().map(|(key, _)| key).collect();
        for (index, key) in keys.iter().enumerate() {
            assert!(!keys[..index].contains(key), "{key:?}");
            let is_after_plain = keys[..index].iter().any(|other| !other.modifiers.shift);
            assert!(!(key.modifiers.shift && is_after_plain), "{key:?}");
        }
        assert!(keys.len() > 30);
        for menu in Menu::ALL {
            assert!(all.iter().any(|shortcut| shortcut.menu == menu));
        }
    }
}
