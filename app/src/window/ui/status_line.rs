//! One line about what happened last, where that needs no more than a line.

use egui::{Align, Label, Layout, RichText};

use super::buttons::small_button;
use crate::window::state::{Action, Page, Place, Readiness, State};
use crate::window::texts::text;
use crate::window::theme::{GRID_PT, SMALL_PT, palette};

/// Room for the line even when it is empty, so that nothing jumps when it appears.
const HEIGHT_PT: f32 = 3.0 * GRID_PT;

pub(super) fn show(state: &mut State, ui: &mut egui::Ui, actions: &mut Vec<Action>) {
    let colors = palette(ui.visuals());
    let quiet = |words: &str| RichText::new(words).size(SMALL_PT).color(colors.text_quiet);
    let status =
        Some(&state.status).filter(|status| status.place == Place::Line && !status.line.is_empty());
    ui.spacing_mut().interact_size.y = HEIGHT_PT;
    let size = egui::vec2(ui.available_width(), HEIGHT_PT);
    ui.allocate_ui_with_layout(size, Layout::right_to_left(Align::Center), |ui| {
        let playing = state.transport.playing;
        let underruns = playing.map_or(0, |playing| playing.underruns);
        // The end of the sound counts as one.
        if underruns > 1 {
            ui.label(quiet(&text!("status-underruns", count = underruns - 1)));
        }
        if state.virtual_camera.is_on()
            && small_button(ui, text!("virtual-camera-now"))
                .on_hover_text(text!("virtual-camera-now-hint"))
                .clicked()
        {
            actions.push(Action::Show(Some(Page::VirtualCamera)));
        }
        for (words, action) in status.map_or([].as_slice(), |status| &status.buttons) {
            if small_button(ui, words).clicked() {
                actions.push(action.clone());
            }
        }
        ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
            let line = match (status, &state.readiness) {
                (Some(status), _) => status.line.as_str(),
                (None, Readiness::Loading) => text!("status-loading"),
                (None, Readiness::Ready) => return,
                (None, Readiness::Failed(reason)) => reason,
            };
            ui.add(Label::new(quiet(line)).truncate().selectable(true))
                .on_hover_text(line);
        });
    });
}
