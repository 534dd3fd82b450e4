//! The box with the script, in which the words are coloured that the take in the timeline does not have.

use egui::{Margin, TextEdit};

use super::marked_text::{self, Mark};
use super::text::{field_label, quiet};
use crate::window::state::State;
use crate::window::texts::text;
use crate::window::theme::GRID_PT;
use studio::dialogue::{Dialogue, voice_numbers};
use studio::script::MAX_CHARACTERS;
use studio::wording::capitalised;

pub(super) fn show(state: &mut State, ui: &mut egui::Ui) {
    let label = field_label(ui, text!("script"));
    let new = state.word_edit.marks().map(|marks| marks.new.as_slice());
    let new = new.unwrap_or_default();
    let mut layout = |ui: &egui::Ui, words: &dyn egui::TextBuffer, width: f32| {
        marked_text::galley(ui, words.as_str(), new, Mark::New, None, width)
    };
    ui.add(
        TextEdit::multiline(&mut state.history.now.words)
            .id_salt("words")
            .hint_text(text!("script-hint"))
            .char_limit(MAX_CHARACTERS)
            .margin(Margin::same(1 + GRID_PT as i8))
            .desired_width(f32::INFINITY)
            .desired_rows(5)
            .layouter(&mut layout),
    )
    .labelled_by(label);
    // What was typed just now is known to the panels below.
    state.follow_words();
    let faces = (state.stage.as_ref()).map_or(0, |stage| stage.avatar.face_boxes().len());
    if faces < 2 {
        return;
    }
    match state.dialogue_in(&state.history.now.words) {
        None => quiet(ui, &text!("script-several-faces", faces = faces)),
        Some(Ok(dialogue)) => quiet(ui, &cast(&dialogue, state)),
        Some(Err(error)) => quiet(ui, &capitalised(&error.to_string())),
    }
}

/// Who speaks as whom.
fn cast(dialogue: &Dialogue, state: &State) -> String {
    let voices = voice_numbers(dialogue, &state.voices, &state.history.now.voice);
    let speakers = voices.iter().map(|(face, voice)| {
        text!(
            "dialogue-speaker",
            name = dialogue.label(*face),
            voice = voice.to_string(),
        )
    });
    text!(
        "dialogue-cast",
        cast = speakers.collect::<Vec<_>>().join(", ")
    )
}
