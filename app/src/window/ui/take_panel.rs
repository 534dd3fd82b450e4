//! What is said in the take in the timeline, below the script: to hear it word by word, and to generate some of it again.

use egui::ScrollArea;

use super::buttons::{tick, wide_button};
use super::marked_text::{self, Mark};
use super::text::{field_label, quiet};
use crate::window::state::{Action, State};
use crate::window::texts::text;
use crate::window::theme::{GRID_PT, icon};
use studio::script::Script;

/// More of a long text is scrolled to.
const MAX_HEIGHT_PT: f32 = 13.0 * GRID_PT;

pub(super) fn show(state: &mut State, ui: &mut egui::Ui, actions: &mut Vec<Action>) {
    let Some(take) = state.selected_take() else {
        return;
    };
    ui.add_space(GRID_PT);
    if matches!(take.script, Script::Dialogue { .. }) {
        quiet(ui, text!("take-dialogue"));
    } else if state.word_edit.said().is_some() {
        said(state, ui, actions);
        regenerate(state, ui, actions);
    } else {
        align(state, ui, actions);
    }
}

/// The words of the take, with what goes struck through and the sentence at the playhead on a tinted ground; a click on a word lets
/// it be heard.
fn said(state: &State, ui: &mut egui::Ui, actions: &mut Vec<Action>) {
    field_label(ui, text!("take-said"));
    let (edit, words) = (&state.word_edit, state.word_edit.said().unwrap_or_default());
    let gone = edit.marks().map(|marks| marks.gone.as_slice());
    let sentence = state.sentence_at_playhead().filter(|_| !edit.is_changed());
    let mut clicked = None;
    ScrollArea::vertical()
        .id_salt("take")
        .max_height(MAX_HEIGHT_PT)
        .show(ui, |ui| {
            let gone = gone.unwrap_or_default();
            let width = ui.available_width();
            let galley = marked_text::galley(ui, words, gone, Mark::Gone, sentence.as_ref(), width);
            let (response, byte) = marked_text::clickable(ui, galley);
            response
                .on_hover_text(text!("take-click-hint"))
                .on_hover_cursor(egui::CursorIcon::PointingHand);
            clicked = byte;
        });
    let take = state.selected_take();
    if let Some(span) = clicked.and_then(|byte| edit.heard(take?, byte)) {
        actions.push(Action::Hear(span));
    }
}

fn regenerate(state: &mut State, ui: &mut egui::Ui, actions: &mut Vec<Action>) {
    let width = ui.available_width();
    let is_changed = state.word_edit.is_changed();
    let (words, hint) = match is_changed {
        true => (
            text!("take-regenerate-words"),
            text!("take-regenerate-words-hint"),
        ),
        false => (
            text!("take-regenerate-sentence"),
            text!("take-regenerate-sentence-hint"),
        ),
    };
    ui.add_enabled_ui(state.can_regenerate(), |ui| {
        if wide_button(ui, icon::EDIT, words, width)
            .on_hover_text(hint)
            .clicked()
        {
            actions.push(Action::Regenerate);
        }
    });
    if is_changed {
        tick(
            ui,
            &mut state.word_edit.keeps_length,
            text!("take-keep-timing"),
        )
        .on_hover_text(text!("take-keep-timing-hint"));
    } else if state.word_edit.marks().is_none()
        && wide_button(ui, icon::WRITE, text!("take-edit"), width)
            .on_hover_text(text!("take-edit-hint"))
            .clicked()
    {
        actions.push(Action::EditTake);
    }
}

/// A recording of which only the user knows the words.
fn align(state: &State, ui: &mut egui::Ui, actions: &mut Vec<Action>) {
    quiet(ui, text!("take-no-transcript"));
    let width = ui.available_width();
    let is_complete = state.selected_take().is_some_and(|take| take.is_complete);
    let is_written = !state.history.now.words.trim().is_empty();
    ui.add_enabled_ui(is_complete && is_written, |ui| {
        if wide_button(ui, icon::SOUND, text!("take-align"), width)
            .on_hover_text(text!("take-align-hint"))
            .clicked()
        {
            actions.push(Action::FindWords);
        }
    });
}
