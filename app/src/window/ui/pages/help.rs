//! Every key and what it does.

use egui::{Grid, RichText, Ui};

use crate::window::state::shortcuts;
use crate::window::texts::text;
use crate::window::theme::{GRID_PT, SMALL_PT, palette, strong_family};
use crate::window::ui::text::quiet;

pub(super) fn show(ui: &mut Ui) {
    let colors = palette(ui.visuals());
    let context = ui.ctx().clone();
    let mut rows: Vec<(String, &str)> = shortcuts::all()
        .iter()
        .map(|shortcut| (shortcuts::name(&context, &shortcut.key), shortcut.does))
        .collect();
    rows.insert(
        3,
        (
            text!("shortcut-escape-key").to_owned(),
            text!("shortcut-escape"),
        ),
    );
    Grid::new("shortcuts")
        .num_columns(2)
        .spacing([4.0 * GRID_PT, GRID_PT])
        .min_row_height(2.0 * GRID_PT)
        .show(ui, |ui| {
            for (key, does) in rows {
                ui.label(
                    RichText::new(key)
                        .family(strong_family())
                        .size(SMALL_PT)
                        .color(colors.accent_line),
                );
                ui.label(RichText::new(does).size(SMALL_PT));
                ui.end_row();
            }
        });
    ui.add_space(GRID_PT);
    quiet(ui, text!("shortcuts-about"));
}
