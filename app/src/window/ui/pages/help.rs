//! Every key and what it does.

use egui::{Grid, RichText, Ui};

use crate::window::state::shortcuts;
use crate::window::texts::text;
use crate::window::theme::{GRID_PT, SMALL_PT, palette, strong_family};
use crate::window::ui::text::quiet;

pub(super) fn show(ui: &mut Ui) {
    let colors = palette(ui.visuals());
    let context = ui.ctx().clone();
    let mut rows: Vec<(String, &str)> = Vec::new();
    for shortcut in shortcuts::all() {
        let keys = [shortcut.key, shortcut.second_key].into_iter().flatten();
        let keys: Vec<String> = keys.map(|key| shortcuts::name(&context, &key)).collect();
        if !keys.is_empty() {
            rows.push((keys.join(", "), shortcut.does));
        }
    }
    let escape = text!("shortcut-escape-key").to_owned();
    rows.push((escape, text!("shortcut-escape")));
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
