//! Unsaved work of an earlier run.

use egui::Ui;

use crate::window::state::{Action, State};
use crate::window::texts::text;
use crate::window::theme::{GRID_PT, icon};
use crate::window::ui::buttons::{main_button, wide_button};
use crate::window::ui::text::quiet;

pub(super) fn show(state: &State, ui: &mut Ui, actions: &mut Vec<Action>) {
    let Some(project) = state.left_work() else {
        ui.label(text!("recovery-none"));
        return;
    };
    let name = project
        .folder
        .as_deref()
        .and_then(std::path::Path::file_name)
        .map(|name| name.to_string_lossy());
    ui.label(match name {
        Some(name) => text!("recovery-about-named", project = name),
        None => text!("recovery-about").to_owned(),
    });
    ui.add_space(GRID_PT);
    let words: String = project.document.words.chars().take(160).collect();
    quiet(
        ui,
        &text!(
            "recovery-content",
            words = words.trim(),
            takes = project.takes.len(),
        ),
    );
    ui.add_space(GRID_PT);
    let width = ui.available_width();
    if main_button(ui, "", text!("recovery-restore"), width).clicked() {
        actions.push(Action::BringBack);
    }
    let half = (width - GRID_PT) / 2.0;
    ui.horizontal(|ui| {
        if wide_button(ui, "", text!("recovery-later"), half).clicked() {
            actions.push(Action::Show(None));
        }
        if wide_button(ui, icon::DELETE, text!("recovery-discard"), half).clicked() {
            actions.push(Action::LetGo);
        }
    });
}
