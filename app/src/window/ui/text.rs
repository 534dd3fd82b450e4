//! Words and times as all panels write them.

use crate::window::theme::{SMALL_PT, palette};

/// A quiet label above a field; its id names the field for screen readers.
pub(super) fn field_label(ui: &mut egui::Ui, text: &str) -> egui::Id {
    let color = palette(ui.visuals()).text_quiet;
    ui.label(egui::RichText::new(text).size(SMALL_PT).color(color))
        .id
}

/// A paragraph that explains.
pub(super) fn quiet(ui: &mut egui::Ui, text: &str) {
    let color = palette(ui.visuals()).text_quiet;
    ui.add(egui::Label::new(egui::RichText::new(text).size(SMALL_PT).color(color)).wrap());
}

/// What is wrong with a field, below it.
pub(super) fn problem(ui: &mut egui::Ui, text: &str) {
    let color = palette(ui.visuals()).error;
    ui.add(egui::Label::new(egui::RichText::new(text).size(SMALL_PT).color(color)).wrap());
}

/// Minutes, seconds and hundredths.
pub(super) fn time(secs: f64) -> String {
    let hundredths = (secs.max(0.0) * 100.0).round() as u64;
    format!(
        "{}:{:02}.{:02}",
        hundredths / 6000,
        hundredths / 100 % 60,
        hundredths % 100
    )
}
