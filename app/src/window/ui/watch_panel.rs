//! A clip to a film in which the portrait tells it: what was seen, by whom it is told, and how.

use egui::{Align, Label, Layout as UiLayout, Slider, TextEdit, Ui, Vec2};

use super::buttons::{MAIN_HEIGHT_PT, icon_button, main_button, tick, wide_button};
use super::choice::{choice, combo};
use super::text::{field_label, problem, quiet, time};
use super::{look_panel, portrait_picker, use_panel, voice_panel, watch_model};
use crate::window::state::{Action, Dialog, State};
use crate::window::texts::text;
use crate::window::theme::{GRID_PT, icon};
use studio::output_path::file_name;
use studio::script::MAX_CHARACTERS;
use studio::watch::layout::Layout;
use studio::watch::narration::Narration;
use studio::watch::prompt::Prompt;
use studio::wording::capitalised;

/// Rows of the box with the words, at least.
const ANSWER_ROWS: usize = 6;
/// Rows of the question.
const QUESTION_ROWS: usize = 2;

pub(super) fn show(state: &mut State, ui: &mut Ui, actions: &mut Vec<Action>) {
    use_panel::show(state, ui, actions, buttons, content);
}

fn buttons(state: &mut State, ui: &mut Ui, actions: &mut Vec<Action>) {
    watch_model::sent(state, ui);
    ui.add_space(GRID_PT);
    let width = ui.available_width();
    let narration = state.watch.narration();
    let can_speak = !state.watch.is_asking() && matches!(narration, Some(Ok(_)));
    let can_ask = !state.watch.is_asking()
        && state.watch.clip.is_some()
        && matches!(
            state.settings.watch.model(state.watch.typed_key()),
            Some(Ok(_))
        );
    // What is to be pressed next stands out.
    let first = match can_speak {
        true => wide_button,
        false => main_button,
    };
    ui.add_enabled_ui(can_ask, |ui| {
        if first(ui, icon::CAMERA, text!("watch-ask"), width)
            .on_hover_text(text!("watch-ask-hint"))
            .clicked()
        {
            actions.push(Action::AskModel);
        }
    });
    let half = (width - GRID_PT) / 2.0;
    let second = match can_speak {
        true => main_button,
        false => wide_button,
    };
    ui.add_enabled_ui(can_speak, |ui| {
        let row = Vec2::new(width, MAIN_HEIGHT_PT);
        ui.allocate_ui_with_layout(row, UiLayout::left_to_right(Align::Center), |ui| {
            if wide_button(ui, icon::PLAY, text!("watch-preview"), half)
                .on_hover_text(text!("watch-preview-hint"))
                .clicked()
            {
                actions.push(Action::PreviewClip);
            }
            if second(ui, icon::EXPORT, text!("watch-speak"), half)
                .on_hover_text(text!("watch-speak-hint"))
                .clicked()
            {
                actions.push(Action::SpeakClip);
            }
        });
    });
}

fn content(state: &mut State, ui: &mut Ui, actions: &mut Vec<Action>) {
    clip(state, ui, actions);
    ui.add_space(GRID_PT);
    watch_model::show(state, ui, actions);
    ui.add_space(GRID_PT);
    prompt(state, ui);
    ui.add_space(GRID_PT);
    answer(state, ui);
    ui.add_space(GRID_PT);
    film(state, ui);
    ui.add_space(GRID_PT);
    voice_panel::show(state, ui, actions);
    ui.add_space(GRID_PT);
    portrait_picker::show(state, ui, actions);
}

fn clip(state: &State, ui: &mut Ui, actions: &mut Vec<Action>) {
    field_label(ui, text!("watch-clip"));
    let Some(watched) = &state.watch.clip else {
        let width = ui.available_width();
        if wide_button(ui, icon::CAMERA, text!("watch-choose"), width)
            .on_hover_text(text!("watch-choose-hint"))
            .clicked()
        {
            actions.push(Action::Ask(Dialog::Clip));
        }
        quiet(ui, text!("watch-about"));
        return;
    };
    ui.horizontal(|ui| {
        ui.with_layout(UiLayout::right_to_left(Align::Center), |ui| {
            if icon_button(ui, icon::CLOSE, text!("watch-leave")).clicked() {
                actions.push(Action::LeaveClip);
            }
            if icon_button(ui, icon::FOLDER, text!("watch-other")).clicked() {
                actions.push(Action::Ask(Dialog::Clip));
            }
            ui.with_layout(UiLayout::left_to_right(Align::Center), |ui| {
                ui.add(Label::new(file_name(&watched.clip.path)).truncate());
            });
        });
    });
    quiet(
        ui,
        &text!(
            "watch-clip-size",
            time = time(watched.clip.duration_secs()),
            width = watched.clip.size.width_px,
            height = watched.clip.size.height_px,
            pictures = watched.frames.len()
        ),
    );
}

fn prompt(state: &mut State, ui: &mut Ui) {
    field_label(ui, text!("watch-prompt"));
    choice(
        ui,
        &mut state.settings.watch.prompt,
        [
            (Prompt::Describe, text!("watch-prompt-describe")),
            (Prompt::Narrate, text!("watch-prompt-narrate")),
            (Prompt::React, text!("watch-prompt-react")),
            (Prompt::Ask, text!("watch-prompt-ask")),
        ],
    );
    if state.settings.watch.prompt == Prompt::Ask {
        let label = field_label(ui, text!("watch-question"));
        ui.add(
            TextEdit::multiline(&mut state.watch.question)
                .id_salt("question")
                .hint_text(text!("watch-question-hint"))
                .char_limit(MAX_CHARACTERS)
                .desired_rows(QUESTION_ROWS)
                .desired_width(f32::INFINITY),
        )
        .labelled_by(label);
    }
}

fn answer(state: &mut State, ui: &mut Ui) {
    let is_asking = state.watch.is_asking();
    let label = field_label(ui, text!("watch-answer"));
    ui.add(
        TextEdit::multiline(&mut state.watch.answer)
            .id_salt("answer")
            .hint_text(text!("watch-answer-hint"))
            .interactive(!is_asking)
            .char_limit(MAX_CHARACTERS)
            .desired_rows(ANSWER_ROWS)
            .desired_width(f32::INFINITY),
    )
    .labelled_by(label);
    if is_asking {
        return;
    }
    match state.watch.narration() {
        None => {}
        Some(Ok(narration)) => quiet(ui, &when(&narration)),
        Some(Err(error)) => problem(ui, &capitalised(&error.to_string())),
    }
    if let Some(remark) = &state.watch.remark {
        problem(ui, remark);
    }
}

/// When the words are spoken.
fn when(narration: &Narration) -> String {
    match narration.lines.as_slice() {
        [line] if line.start_secs == 0.0 => text!("watch-when-start").to_owned(),
        lines => {
            let starts = lines.iter().map(|line| time(line.start_secs));
            text!(
                "watch-when-lines",
                count = lines.len(),
                starts = starts.collect::<Vec<_>>().join(", ")
            )
        }
    }
}

fn film(state: &mut State, ui: &mut Ui) {
    field_label(ui, text!("watch-layout"));
    let chosen = &mut state.settings.watch;
    choice(
        ui,
        &mut chosen.layout,
        [
            (Layout::Corner, text!("watch-layout-corner")),
            (Layout::Side, text!("watch-layout-side")),
            (Layout::Split, text!("watch-layout-split")),
            (Layout::Above, text!("watch-layout-above")),
        ],
    );
    let volume = Slider::new(&mut chosen.clip_volume, 0.0..=1.0)
        .step_by(0.05)
        .fixed_decimals(2);
    look_panel::slider(ui, text!("watch-volume"), volume);
    ui.add_space(GRID_PT / 2.0);
    let width = ui.available_width();
    let choices = look_panel::caption_choices();
    combo(
        ui,
        text!("export-captions"),
        width,
        &mut chosen.captions,
        choices,
    );
    ui.add_space(GRID_PT / 2.0);
    tick(ui, &mut chosen.has_subtitles, text!("watch-subtitles"));
}
