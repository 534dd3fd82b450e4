//! Every key and what it does.

use egui::{Grid, RichText, Ui};

use crate::window::state::shortcuts::{self, ESCAPE_DOES};
use crate::window::theme::{GRID_PT, SMALL_PT, palette, strong_family};
use crate::window::ui::text::quiet;

pub(super) fn show(ui: &mut Ui) {
    let colors = palette(ui.visuals());
    let context = ui.ctx().clone();
    let mut rows: Vec<(String, &str)> = shortcuts::all()
        .iter()
        .map(|shortcut| (shortcuts::name(&context, &shortcut.key), shortcut.does))
        .collect();
    rows.insert(3, ("Escape".to_owned(), ESCAPE_DOES));
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
    quiet(
        ui,
        "Keys without Ctrl belong to a field with words while it has the focus; Tab and Shift with Tab move the focus, Enter presses a button. In the timeline: click or drag to move, drag along the times to repeat a part, double click a word to repeat it, turn the wheel to zoom.",
    );
}
