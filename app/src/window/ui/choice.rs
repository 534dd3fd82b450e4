//! One of a few: all in sight, or in a list.

use egui::{ComboBox, Ui};

use super::text::field_label;

/// One of a few, all in sight.
pub(super) fn choice<T: PartialEq + Copy, const N: usize>(
    ui: &mut Ui,
    value: &mut T,
    choices: [(T, impl Into<String>); N],
) {
    ui.horizontal_wrapped(|ui| {
        for (choice, words) in choices {
            ui.selectable_value(value, choice, words.into());
        }
    });
}

/// A list of a few, named for screen readers.
pub(super) fn combo<T: PartialEq + Copy, const N: usize>(
    ui: &mut Ui,
    name: &str,
    width: f32,
    chosen: &mut T,
    choices: [(T, String); N],
) {
    let label = field_label(ui, name);
    let now = choices
        .iter()
        .find(|(choice, _)| choice == chosen)
        .map(|(_, words)| words.as_str())
        .unwrap_or_default();
    ComboBox::from_id_salt(name)
        .selected_text(now)
        .width(width)
        .truncate()
        .show_ui(ui, |ui| {
            for (choice, words) in &choices {
                ui.selectable_value(chosen, *choice, words);
            }
        })
        .response
        .labelled_by(label);
}
