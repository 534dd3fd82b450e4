//! Audio to avatar: the microphone, or a file.

use super::buttons::{main_button, wide_button};
use super::text::{field_label, quiet};
use super::{driver_panel, face_panel, portrait_picker, use_panel};
use crate::window::state::Dialog;
use crate::window::state::{Action, State};
use crate::window::texts::text;
use crate::window::theme::{GRID_PT, icon};

pub(super) fn show(state: &mut State, ui: &mut egui::Ui, actions: &mut Vec<Action>) {
    use_panel::show(state, ui, actions, buttons, content);
}

fn buttons(state: &mut State, ui: &mut egui::Ui, actions: &mut Vec<Action>) {
    let width = ui.available_width();
    microphone(state, ui, actions, width);
    if wide_button(ui, icon::SOUND, text!("clip-choose"), width).clicked() {
        actions.push(Action::Ask(Dialog::Recording));
    }
    use_panel::record(state, ui, actions);
}

fn content(state: &mut State, ui: &mut egui::Ui, actions: &mut Vec<Action>) {
    field_label(ui, text!("microphone-title"));
    quiet(ui, text!("microphone-about"));
    ui.add_space(GRID_PT);
    field_label(ui, text!("clip-title"));
    quiet(ui, text!("clip-about"));
    ui.add_space(GRID_PT);
    portrait_picker::show(state, ui, actions);
    ui.add_space(GRID_PT);
    driver_panel::show(state, ui, actions);
    ui.add_space(GRID_PT);
    face_panel::show(state, ui);
}

fn microphone(state: &State, ui: &mut egui::Ui, actions: &mut Vec<Action>, width: f32) {
    let (picture, words, hover) = if state.is_listening() {
        (
            icon::STOP,
            text!("microphone-stop"),
            text!("microphone-stop-hint"),
        )
    } else {
        (
            icon::MICROPHONE,
            text!("microphone-start"),
            text!("microphone-start-hint"),
        )
    };
    if main_button(ui, picture, words, width)
        .on_hover_text(hover)
        .clicked()
    {
        actions.push(Action::ToggleMicrophone);
    }
}
