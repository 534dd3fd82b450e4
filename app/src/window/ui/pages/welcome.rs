//! The first page: one click speaks.

use egui::Ui;

use crate::window::state::Action;
use crate::window::state::Dialog;
use crate::window::texts::text;
use crate::window::theme::{GRID_PT, icon};
use crate::window::ui::buttons::{main_button, wide_button};
use crate::window::ui::text::quiet;

pub(super) fn show(ui: &mut Ui, actions: &mut Vec<Action>) {
    ui.label(text!("welcome-about"));
    ui.add_space(GRID_PT);
    let width = ui.available_width();
    if main_button(ui, icon::SPEAK, text!("welcome-speak"), width).clicked() {
        actions.push(Action::Speak);
    }
    let half = (width - GRID_PT) / 2.0;
    ui.horizontal(|ui| {
        if wide_button(ui, icon::PICTURE, text!("welcome-picture"), half).clicked() {
            actions.push(Action::Ask(Dialog::Portrait));
        }
        if wide_button(ui, icon::SOUND, text!("welcome-clip"), half).clicked() {
            actions.push(Action::Ask(Dialog::Recording));
        }
    });
    ui.add_space(GRID_PT);
    quiet(ui, text!("welcome-drop"));
}
