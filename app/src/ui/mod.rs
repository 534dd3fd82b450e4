//! The panels. Each draws from [`App`] and says what the user asked for; none does work.

mod drop_overlay;
mod portrait_picker;
mod portrait_view;
mod script_panel;
mod status_line;
mod transport_bar;
mod voice_panel;

use egui::{CentralPanel, Frame, Margin, Panel, Stroke};

use crate::app::{Action, App};
use crate::theme::{GRID_PT, PANEL_WIDTH_PT, STAGE, SURFACE};

/// Draws the whole window and adds what the user asked for.
pub fn show(app: &mut App, ui: &mut egui::Ui, actions: &mut Vec<Action>) {
    let margin = Margin::same(3 * GRID_PT as i8);
    Panel::right("controls")
        .exact_size(PANEL_WIDTH_PT)
        .resizable(false)
        .show_separator_line(false)
        .frame(Frame::new().fill(SURFACE).inner_margin(margin))
        .show(ui, |ui| {
            Panel::bottom("transport")
                .resizable(false)
                .show_separator_line(false)
                .frame(Frame::new())
                .show(ui, |ui| {
                    transport_bar::show(app, ui, actions);
                    ui.add_space(GRID_PT);
                    status_line::show(app, ui);
                });
            CentralPanel::no_frame().show(ui, |ui| {
                egui::ScrollArea::vertical()
                    .auto_shrink(false)
                    .show(ui, |ui| {
                        ui.heading("JAM-Flow");
                        ui.add_space(2.0 * GRID_PT);
                        script_panel::show(app, ui);
                        ui.add_space(2.0 * GRID_PT);
                        voice_panel::show(app, ui);
                        ui.add_space(2.0 * GRID_PT);
                        portrait_picker::show(app, ui, actions);
                    });
            });
        });
    CentralPanel::no_frame()
        .frame(
            Frame::new()
                .fill(STAGE)
                .stroke(Stroke::NONE)
                .inner_margin(margin),
        )
        .show(ui, |ui| portrait_view::show(app, ui));
    drop_overlay::show(ui.ctx());
}

/// A quiet label above a field; its id names the field for screen readers.
fn field_label(ui: &mut egui::Ui, text: &str) -> egui::Id {
    ui.label(
        egui::RichText::new(text)
            .size(crate::theme::SMALL_PT)
            .color(crate::theme::TEXT_QUIET),
    )
    .id
}
