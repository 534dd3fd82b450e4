//! The box with the words.

use egui::{Margin, TextEdit};

use super::text::field_label;
use crate::speak::MOST_CHARACTERS;
use crate::state::State;
use crate::theme::GRID_PT;

pub(super) fn show(state: &mut State, ui: &mut egui::Ui) {
    let label = field_label(ui, "Words");
    ui.add(
        TextEdit::multiline(&mut state.history.now.words)
            .id_salt("words")
            .hint_text("Type what the portrait shall say, or drop a text here")
            .char_limit(MOST_CHARACTERS)
            .margin(Margin::same(1 + GRID_PT as i8))
            .desired_width(f32::INFINITY)
            .desired_rows(5),
    )
    .labelled_by(label);
}
