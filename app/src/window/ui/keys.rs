//! Keys that were pressed and files that were dropped, as what they ask for.

use egui::{Key, Modifiers};

use crate::window::state::{Action, State, shortcuts};

pub(super) fn read(state: &State, context: &egui::Context, actions: &mut Vec<Action>) {
    let has_text_focus = context.text_edit_focused();
    let has_menu = egui::Popup::is_any_open(context);
    for (key, shortcut) in shortcuts::keys(&shortcuts::all()) {
        let is_kept = shortcut.yields_to_text
            && (has_text_focus || has_menu || state.page.is_some() || slides(context));
        if !is_kept && context.input_mut(|input| input.consume_shortcut(&key)) {
            actions.push(shortcut.action.clone());
        }
    }
    // A menu that is open takes Escape for itself.
    if !has_menu && context.input_mut(|input| input.consume_key(Modifiers::NONE, Key::Escape)) {
        actions.push(Action::Escape);
    }
    context.input(|input| {
        let dropped = input.raw.dropped_files.iter();
        actions.extend(dropped.map(|file| state.use_of(file.path().to_path_buf())));
    });
}

/// Whether a slider has the focus, which moves with the arrows. Space goes to the player all the same.
fn slides(context: &egui::Context) -> bool {
    let is_arrow = context
        .input(|input| input.key_pressed(Key::ArrowLeft) || input.key_pressed(Key::ArrowRight));
    is_arrow && context.memory(|memory| memory.focused().is_some())
}
