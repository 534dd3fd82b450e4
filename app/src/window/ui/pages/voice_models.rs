//! The user's voice models in the list of voices.

use egui::{Align, Button, Layout, RichText, Ui, Vec2};

use crate::window::state::{Action, Page, Previewed, State, VoiceModelAction};
use crate::window::texts::text;
use crate::window::theme::{CONTROL_HEIGHT_PT, GRID_PT, icon, palette};
use crate::window::ui::buttons::{icon_button, named, wide_button};
use crate::window::ui::progress_line;
use crate::window::ui::text::field_label;
use studio::voice_model::ModelVoiceFiles;

/// Those whose names have the words that are looked for.
pub(super) fn show(state: &State, ui: &mut Ui, actions: &mut Vec<Action>) {
    let search = state.voice_search.words.to_lowercase();
    let is_found = |name: &str| {
        let name = name.to_lowercase();
        search.split_whitespace().all(|word| name.contains(word))
    };
    let known = state.settings.voice_models.iter();
    let found: Vec<&ModelVoiceFiles> = known.filter(|files| is_found(&files.name())).collect();
    if found.is_empty() {
        return;
    }
    field_label(ui, text!("voice-models"));
    for files in found {
        row(files, state, ui, actions);
    }
    ui.add_space(GRID_PT);
}

/// The way to one more.
pub(super) fn add_button(ui: &mut Ui, actions: &mut Vec<Action>) {
    let width = ui.available_width();
    if wide_button(ui, icon::PERSON_SPEAKING, text!("voice-model-add"), width)
        .on_hover_text(text!("voice-model-add-hint"))
        .clicked()
    {
        actions.push(Action::Show(Some(Page::VoiceModel)));
    }
}

fn row(files: &ModelVoiceFiles, state: &State, ui: &mut Ui, actions: &mut Vec<Action>) {
    let name = files.name();
    let voice = name.as_str();
    let act = |action: fn(Box<ModelVoiceFiles>) -> VoiceModelAction| {
        Action::VoiceModel(action(Box::new(files.clone())))
    };
    let preview = state.transport.preview.as_ref();
    let preview = preview.filter(|preview| preview.of == Previewed::Voice(name.clone()));
    ui.horizontal(|ui| {
        let (picture, words, action) = match preview {
            Some(_) => (
                icon::STOP,
                text!("voices-stop", voice = voice),
                Action::Stop,
            ),
            None => (
                icon::PLAY,
                text!("voices-listen", voice = voice),
                act(VoiceModelAction::Preview),
            ),
        };
        if icon_button(ui, picture, &words).clicked() {
            actions.push(action);
        }
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let words = text!("voice-model-remove", voice = voice);
            if icon_button(ui, icon::CLOSE, &words).clicked() {
                actions.push(act(VoiceModelAction::Remove));
            }
            let is_chosen = state.history.now.model_voice.as_ref() == Some(files);
            let color = palette(ui.visuals()).text;
            let button = Button::selectable(is_chosen, RichText::new(voice).color(color))
                .truncate()
                .min_size(Vec2::new(ui.available_width(), CONTROL_HEIGHT_PT));
            let response = ui
                .with_layout(Layout::left_to_right(Align::Center), |ui| ui.add(button))
                .inner;
            let response = response.on_hover_text(files.model.checkpoint.display().to_string());
            if named(response, voice, Some(is_chosen)).clicked() {
                actions.extend([act(VoiceModelAction::Choose), Action::Show(None)]);
            }
        });
    });
    // Minutes on a processor.
    if let Some((preview, making)) = preview.zip(state.transport.making.as_ref())
        && preview.take == making.take
    {
        let (words, color) = (text!("progress-speech"), palette(ui.visuals()).accent_line);
        progress_line::line(ui, actions, words, &making.progress, color, Action::Stop);
    }
}
