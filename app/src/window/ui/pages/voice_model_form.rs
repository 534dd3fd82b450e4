//! The form for a voice model of the user's: its files, its licence, and the check.

use egui::{Align, Label, Layout, RichText, TextEdit, Ui};

use crate::window::state::{
    Action, Dialog, State, VoiceModelAction, VoiceModelFile, VoiceModelForm,
};
use crate::window::texts::text;
use crate::window::theme::{CONTROL_HEIGHT_PT, GRID_PT, icon, palette};
use crate::window::ui::buttons::{main_button, named, tick};
use crate::window::ui::progress_line;
use crate::window::ui::text::{field_label, quiet};
use engine::voice_model::CheckpointVersion;

pub(super) fn show(state: &mut State, ui: &mut Ui, actions: &mut Vec<Action>) {
    let form = &mut state.voice_model_form;
    quiet(ui, text!("voice-model-about"));
    ui.add_space(GRID_PT);
    let is_checking = form.check.is_some();
    ui.add_enabled_ui(!is_checking, |ui| fields(form, ui, actions));
    ui.add_space(GRID_PT);
    let colors = palette(ui.visuals());
    if let Some(problem) = &form.problem {
        let line = RichText::new(format!("{}  {problem}", icon::WARNING)).color(colors.record);
        let line = ui.add(Label::new(line).wrap().selectable(true));
        named(line, problem, None);
        ui.add_space(GRID_PT);
    }
    if let Some((_, progress)) = &form.check {
        let stop = Action::VoiceModel(VoiceModelAction::StopChecking);
        let words = text!("voice-model-checking");
        progress_line::line(ui, actions, words, progress, colors.accent_line, stop);
        return;
    }
    let width = ui.available_width();
    if main_button(ui, icon::PERSON_SPEAKING, text!("voice-model-check"), width).clicked() {
        actions.push(Action::VoiceModel(VoiceModelAction::Check));
    }
}

fn fields(form: &mut VoiceModelForm, ui: &mut Ui, actions: &mut Vec<Action>) {
    for file in VoiceModelFile::ALL {
        let (name, hint) = match file {
            VoiceModelFile::Checkpoint => (
                text!("voice-model-checkpoint"),
                text!("voice-model-checkpoint-hint"),
            ),
            VoiceModelFile::Vocabulary => (
                text!("voice-model-vocabulary"),
                text!("voice-model-vocabulary-hint"),
            ),
            VoiceModelFile::Vocoder => (
                text!("voice-model-vocoder"),
                text!("voice-model-vocoder-hint"),
            ),
            VoiceModelFile::Recording => (
                text!("voice-model-recording"),
                text!("voice-model-recording-hint"),
            ),
        };
        let label = field_label(ui, name);
        ui.horizontal(|ui| {
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                let button = egui::Button::new(text!("voice-model-choose"))
                    .min_size(egui::Vec2::new(0.0, CONTROL_HEIGHT_PT));
                let words = text!("voice-model-choose-named", what = name);
                if named(ui.add(button), &words, None).clicked() {
                    actions.push(Action::Ask(Dialog::VoiceModel(file)));
                }
                ui.add(
                    TextEdit::singleline(&mut form.paths[file as usize])
                        .hint_text(hint)
                        .align(egui::Align2::LEFT_CENTER)
                        .desired_width(f32::INFINITY),
                )
                .labelled_by(label);
            });
        });
    }
    let label = field_label(ui, text!("voice-transcript"));
    ui.add(
        TextEdit::multiline(&mut form.words)
            .hint_text(text!("voice-transcript-hint"))
            .desired_rows(2)
            .desired_width(f32::INFINITY),
    )
    .labelled_by(label);
    field_label(ui, text!("voice-model-version"));
    ui.horizontal_wrapped(|ui| {
        for (version, words) in [
            (None, text!("voice-model-version-by-name")),
            (Some(CheckpointVersion::V1), text!("voice-model-version-1")),
            (Some(CheckpointVersion::V0), text!("voice-model-version-0")),
        ] {
            ui.selectable_value(&mut form.version, version, words);
        }
    });
    ui.add_space(GRID_PT);
    tick(ui, &mut form.is_permitted, text!("voice-permission"))
        .on_hover_text(text!("voice-permission-hint"));
    quiet(ui, text!("voice-model-licence"));
    tick(
        ui,
        &mut form.is_licence_accepted,
        text!("voice-model-licence-accept"),
    );
}
