//! The first page ever seen: one click speaks.

use egui::Ui;

use crate::window::state::Action;
use crate::window::state::Dialog;
use crate::window::theme::{GRID_PT, icon};
use crate::window::ui::buttons::{main_button, wide_button};
use crate::window::ui::text::quiet;

pub(super) fn show(ui: &mut Ui, actions: &mut Vec<Action>) {
    ui.label("Type some words, and a portrait says them: voice and mouth are made together, on this machine, without a network.");
    ui.add_space(GRID_PT);
    let width = ui.available_width();
    if main_button(ui, icon::SPEAK, "Hear it speak", width).clicked() {
        actions.push(Action::Speak);
    }
    let half = (width - GRID_PT) / 2.0;
    ui.horizontal(|ui| {
        if wide_button(ui, icon::PICTURE, "Use my own picture", half).clicked() {
            actions.push(Action::Ask(Dialog::Portrait));
        }
        if wide_button(ui, icon::SOUND, "Use my own recording", half).clicked() {
            actions.push(Action::Ask(Dialog::Recording));
        }
    });
    ui.add_space(GRID_PT);
    quiet(
        ui,
        "Pictures, recordings, texts and projects can also be dropped on the window. Use faces and voices of people who agreed to it; films say in their metadata that they are synthetic.",
    );
}
