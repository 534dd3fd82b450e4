//! Changes words of a take: only what changed is generated again.

use egui::TextEdit;

use super::buttons::{main_button, tick, wide_button};
use super::marked_text::{self, Mark};
use super::text::{field_label, quiet};
use super::use_panel;
use crate::window::state::{Action, State, places};
use crate::window::texts::text;
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
        if main_button(ui, icon::EDIT, text!("words-regenerate"), width)
            .on_hover_text(text!("words-regenerate-hint"))
            .clicked()
        {
            actions.push(Action::ChangeWords);
        }
    });
    use_panel::record(state, ui, actions);
}

fn content(state: &mut State, ui: &mut egui::Ui, actions: &mut Vec<Action>) {
    let Some(take) = state.selected_take() else {
        field_label(ui, text!("words-take"));
        quiet(ui, text!("words-no-take"));
        return;
    };
    if matches!(take.script, Script::Dialogue { .. }) {
        field_label(ui, text!("words-dialogue"));
        quiet(ui, text!("words-dialogue-about"));
        return;
    }
    let knows_words = take.text().is_some();
    let name = match knows_words {
        true => text!("words-original"),
        false => text!("words-transcript"),
    };
    let label = field_label(ui, name);
    if knows_words {
        original(state, ui, actions);
    } else {
        said(state, ui, actions, label);
    }
    ui.add_space(GRID_PT);
    let label = field_label(ui, text!("words-new"));
    let new = state.word_edit.marks().new.clone();
    let mut layout = |ui: &egui::Ui, words: &dyn egui::TextBuffer, width: f32| {
        marked_text::galley(ui, words.as_str(), &new, Mark::New, width)
    };
    let edited = words_box(&mut state.word_edit.words, text!("words-new-hint"));
    ui.add(edited.layouter(&mut layout)).labelled_by(label);
    ui.add_space(GRID_PT);
    tick(
        ui,
        &mut state.word_edit.keeps_length,
        text!("words-keep-timing"),
    )
    .on_hover_text(text!("words-keep-timing-hint"));
    ui.add_space(GRID_PT);
    quiet(ui, text!("words-about"));
}

/// What is said in the take, with what goes struck through; a click on a word lets it be heard.
fn original(state: &mut State, ui: &mut egui::Ui, actions: &mut Vec<Action>) {
    let gone = state.word_edit.marks().gone.clone();
    let said = &state.word_edit.said;
    let galley = marked_text::galley(ui, said, &gone, Mark::Gone, ui.available_width());
    let (response, clicked) = marked_text::clickable(ui, galley);
    response
        .on_hover_text(text!("words-click-hint"))
        .on_hover_cursor(egui::CursorIcon::PointingHand);
    let places = places(said);
    let word = clicked.and_then(|byte| places.iter().position(|(bytes, _)| byte <= bytes.end));
    // Words that are spoken as several, such as numbers, would shift all that follow.
    let timed = state.selected_take().map(|take| take.words.as_slice());
    let timed = timed.filter(|timed| timed.len() == places.len());
    if let Some(timed) = word.and_then(|word| timed?.get(word)) {
        actions.push(Action::Hear(timed.start_secs..timed.end_secs));
    }
}

/// The transcript of a clip, which only the user knows.
fn said(state: &mut State, ui: &mut egui::Ui, actions: &mut Vec<Action>, label: egui::Id) {
    let is_complete = is_complete(state);
    let edit = &mut state.word_edit;
    let were_same = edit.words == edit.said;
    ui.add(words_box(&mut edit.said, text!("words-transcript-hint")))
        .labelled_by(label);
    // One types what is said once, and changes it then.
    if were_same {
        edit.words.clone_from(&edit.said);
    }
    let can_find = is_complete && !edit.said.trim().is_empty();
    let width = ui.available_width();
    ui.add_enabled_ui(can_find, |ui| {
        if wide_button(ui, icon::SOUND, text!("words-align"), width)
            .on_hover_text(text!("words-align-hint"))
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
