//! One line about what happened last.

use egui::{Label, RichText};

use crate::app::App;
use crate::theme::{ERROR, GRID_PT, SMALL_PT, TEXT_QUIET};

/// Room for the line even when it is empty, so that nothing jumps when it appears.
const HEIGHT_PT: f32 = 5.0 * GRID_PT;

pub(super) fn show(app: &App, ui: &mut egui::Ui) {
    let color = if app.status.is_error {
        ERROR
    } else {
        TEXT_QUIET
    };
    ui.allocate_ui(egui::vec2(ui.available_width(), HEIGHT_PT), |ui| {
        ui.set_min_height(HEIGHT_PT);
        if !app.status.line.is_empty() {
            ui.add(
                Label::new(RichText::new(&app.status.line).size(SMALL_PT).color(color))
                    .wrap()
                    .selectable(true),
            );
        }
    });
}
