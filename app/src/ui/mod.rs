//! The panels. Each draws from [`App`] and says what the user asked for; none does work.
//!
//! ```text
//! ┌ top bar: project, uses, undo, settings ─────────────┐
//! ├ stage: the portrait ──────────────┬ panel of the use ┤
//! │                                   │                  │
//! ├ timeline: sound, words, mouth ────┤                  │
//! ├ status line ──────────────────────┴──────────────────┤
//! ```

mod buttons;
mod drop_overlay;
mod export_panel;
mod pages;
mod portrait_picker;
mod portrait_view;
mod progress_line;
mod script_panel;
mod status_line;
mod timeline;
mod top_bar;
mod transport_bar;
mod voice_panel;
mod voice_use_panel;
mod write_panel;

use egui::{CentralPanel, Frame, Margin, Panel, Stroke};

use crate::app::{Action, App, Use};
use crate::theme::{GRID_PT, PANEL_WIDTH_PT, SMALL_PT, palette};

/// Draws the whole window and adds what the user asked for.
pub fn show(app: &mut App, ui: &mut egui::Ui, actions: &mut Vec<Action>) {
    let colors = palette(ui.visuals());
    let margin = Margin::same(2 * GRID_PT as i8);
    let bar = Frame::new()
        .fill(colors.surface)
        .inner_margin(Margin::symmetric(2 * GRID_PT as i8, GRID_PT as i8 / 2));
    Panel::top("top bar")
        .show_separator_line(false)
        .frame(bar)
        .show(ui, |ui| top_bar::show(app, ui, actions));
    Panel::bottom("status")
        .resizable(false)
        .show_separator_line(false)
        .frame(bar)
        .show(ui, |ui| status_line::show(app, ui, actions));
    Panel::right("use")
        .exact_size(PANEL_WIDTH_PT)
        .resizable(false)
        .show_separator_line(false)
        .frame(Frame::new().fill(colors.surface).inner_margin(margin))
        .show(ui, |ui| match app.use_now {
            Use::Write => write_panel::show(app, ui, actions),
            Use::Voice => voice_use_panel::show(app, ui, actions),
            Use::Export => export_panel::show(app, ui, actions),
        });
    Panel::bottom("timeline")
        .resizable(false)
        .show_separator_line(false)
        .frame(
            Frame::new()
                .fill(colors.stage)
                .inner_margin(Margin::symmetric(2 * GRID_PT as i8, GRID_PT as i8)),
        )
        .show(ui, |ui| {
            transport_bar::show(app, ui, actions);
            ui.add_space(GRID_PT / 2.0);
            timeline::show(app, ui, actions);
        });
    CentralPanel::no_frame()
        .frame(
            Frame::new()
                .fill(colors.stage)
                .stroke(Stroke::NONE)
                .inner_margin(margin),
        )
        .show(ui, |ui| portrait_view::show(app, ui));
    pages::show(app, ui, actions);
    drop_overlay::show(ui.ctx());
}

/// A quiet label above a field; its id names the field for screen readers.
fn field_label(ui: &mut egui::Ui, text: &str) -> egui::Id {
    let color = palette(ui.visuals()).text_quiet;
    ui.label(egui::RichText::new(text).size(SMALL_PT).color(color))
        .id
}

/// A paragraph that explains.
fn quiet(ui: &mut egui::Ui, text: &str) {
    let color = palette(ui.visuals()).text_quiet;
    ui.add(egui::Label::new(egui::RichText::new(text).size(SMALL_PT).color(color)).wrap());
}

/// Minutes, seconds and hundredths.
fn time(secs: f64) -> String {
    let hundredths = (secs.max(0.0) * 100.0).round() as u64;
    format!(
        "{}:{:02}.{:02}",
        hundredths / 6000,
        hundredths / 100 % 60,
        hundredths % 100
    )
}
