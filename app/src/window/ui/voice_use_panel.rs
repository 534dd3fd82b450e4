//! A recording to avatar: a file, or what is said now.

use super::buttons::{main_button, wide_button};
use super::text::{field_label, quiet};
use super::{driver_panel, face_panel, portrait_picker, use_panel};
use crate::window::state::Dialog;
use crate::window::state::{Action, State};
use crate::window::theme::{GRID_PT, icon};

pub(super) fn show(state: &mut State, ui: &mut egui::Ui, actions: &mut Vec<Action>) {
    use_panel::show(state, ui, actions, buttons, content);
}

fn buttons(state: &mut State, ui: &mut egui::Ui, actions: &mut Vec<Action>) {
    let width = ui.available_width();
    microphone(state, ui, actions, width);
    if wide_button(ui, icon::SOUND, "Choose a recording", width).clicked() {
        actions.push(Action::Ask(Dialog::Recording));
    }
    use_panel::record(state, ui, actions);
}

fn content(state: &mut State, ui: &mut egui::Ui, actions: &mut Vec<Action>) {
    field_label(ui, "Your voice, live");
    quiet(
        ui,
        "The portrait says what the microphone hears, half a second later. Stop, and it is a take: to be heard again, or exported.",
    );
    ui.add_space(GRID_PT);
    field_label(ui, "A recording of speech");
    quiet(
        ui,
        "Drop a recording anywhere on the window, and the portrait speaks it: WAV, MP3, FLAC, Ogg, Opus, M4A, or the sound of a film. One voice without music works best.",
    );
    ui.add_space(GRID_PT);
    portrait_picker::show(state, ui, actions);
    ui.add_space(GRID_PT);
    driver_panel::show(state, ui, actions);
    ui.add_space(GRID_PT);
    face_panel::show(state, ui);
}

fn microphone(state: &State, ui: &mut egui::Ui, actions: &mut Vec<Action>, width: f32) {
    let (picture, words, hover) = if state.is_listening() {
        (icon::STOP, "Stop listening", "End the take (Ctrl+M or Esc)")
    } else {
        (
            icon::MICROPHONE,
            "Use the microphone",
            "The portrait says what you say (Ctrl+M)",
        )
    };
    if main_button(ui, picture, words, width)
        .on_hover_text(hover)
        .clicked()
    {
        actions.push(Action::ToggleMicrophone);
    }
}
