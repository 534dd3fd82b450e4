//! Other words in a take: only what changes is said anew.

use egui::TextEdit;

use super::buttons::{main_button, wide_button};
use super::text::{field_label, quiet};
use super::use_panel;
use crate::window::state::{Action, State};
use crate::window::theme::{GRID_PT, icon};
use studio::script::Script;

/// Lines that a box of words shows at least.
const BOX_ROWS: usize = 6;

pub(super) fn show(state: &mut State, ui: &mut egui::Ui, actions: &mut Vec<Action>) {
    let take = state.selected_take().cloned();
    state.word_edit.follow(take.as_deref());
    use_panel::show(state, ui, actions, buttons, content);
}

fn is_complete(state: &State) -> bool {
    state.selected_take().is_some_and(|take| take.is_complete)
}

fn buttons(state: &mut State, ui: &mut egui::Ui, actions: &mut Vec<Action>) {
    let width = ui.available_width();
    let edit = &state.word_edit;
    let can_change = is_complete(state) && edit.is_changed() && !edit.said.trim().is_empty();
    ui.add_enabled_ui(can_change, |ui| {
        if main_button(ui, icon::EDIT, "Say the changed words", width)
            .on_hover_text("Makes a new take; the old one stays")
            .clicked()
        {
            actions.push(Action::ChangeWords);
        }
    });
    use_panel::record(state, ui, actions);
}

fn content(state: &mut State, ui: &mut egui::Ui, actions: &mut Vec<Action>) {
    let Some(take) = state.selected_take() else {
        field_label(ui, "The take in the timeline");
        quiet(
            ui,
            "There is none yet: speak some words or drop a recording, and its words can be changed here.",
        );
        return;
    };
    if matches!(take.script, Script::Dialogue { .. }) {
        field_label(ui, "A dialogue");
        quiet(
            ui,
            "Its words are changed where they were written: on the page Write, and spoken again.",
        );
        return;
    }
    let knows_words = take.text().is_some();
    let label = field_label(ui, "What is said in it");
    if knows_words {
        quiet(ui, &state.word_edit.said);
    } else {
        said(state, ui, actions, label);
    }
    ui.add_space(GRID_PT);
    let label = field_label(ui, "What it should say");
    ui.add(words_box(
        &mut state.word_edit.words,
        "The same with other words",
    ))
    .labelled_by(label);
    ui.add_space(GRID_PT);
    ui.checkbox(&mut state.word_edit.keeps_length, "Keep the length")
        .on_hover_text(
            "The new words take as long as the old ones, so that what follows stays where it is",
        );
    ui.add_space(GRID_PT);
    quiet(
        ui,
        "Only the changed words are made anew, voice and mouth, in the voice of the take. Everything else stays as it is.",
    );
}

/// The words of a recording, which only the user knows.
fn said(state: &mut State, ui: &mut egui::Ui, actions: &mut Vec<Action>, label: egui::Id) {
    let is_complete = is_complete(state);
    let edit = &mut state.word_edit;
    let were_same = edit.words == edit.said;
    ui.add(words_box(
        &mut edit.said,
        "Write down every word of the recording",
    ))
    .labelled_by(label);
    // One types what is said once, and changes it then.
    if were_same {
        edit.words.clone_from(&edit.said);
    }
    let can_find = is_complete && !edit.said.trim().is_empty();
    let width = ui.available_width();
    ui.add_enabled_ui(can_find, |ui| {
        if wide_button(ui, icon::SOUND, "Find the words in the sound", width)
            .on_hover_text("Makes a take with words and phones in its timeline, for subtitles, too")
            .clicked()
        {
            actions.push(Action::FindWords);
        }
    });
}

fn words_box<'a>(words: &'a mut String, hint: &'a str) -> TextEdit<'a> {
    TextEdit::multiline(words)
        .hint_text(hint)
        .desired_rows(BOX_ROWS)
        .desired_width(f32::INFINITY)
}
