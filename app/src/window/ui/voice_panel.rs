//! Voice and rate of speech.

use egui::{Slider, TextEdit};

use super::buttons::{icon_toggle, tick, wide_button};
use super::text::field_label;
use crate::window::settings::Preset;
use crate::window::state::{Action, Page, Readiness, State, VoiceName};
use crate::window::texts::text;
use crate::window::theme::{CONTROL_HEIGHT_PT, GRID_PT, icon};
use studio::output_path::file_name;
use studio::reference_voice::OwnVoice;
use studio::script::SPEED_RANGE;

/// Room for the number beside the slider, and the gap before it.
const NUMBER_PT: f32 = 65.0;

pub(super) fn show(state: &mut State, ui: &mut egui::Ui, actions: &mut Vec<Action>) {
    let label = field_label(ui, text!("voice"));
    ui.horizontal(|ui| {
        voices(state, ui, actions).labelled_by(label);
        let preset = Preset {
            voice: state.history.now.voice.clone(),
            speed: state.history.now.speed,
        };
        let is_kept = state.settings.presets.contains(&preset);
        let hover = if is_kept {
            text!("voice-favourite-remove")
        } else {
            text!("voice-favourite-add")
        };
        if icon_toggle(
            ui,
            icon::FAVOURITE,
            text!("voice-favourite"),
            hover,
            is_kept,
        )
        .clicked()
        {
            state.settings.toggle_preset(preset);
        }
    });
    if let Some(own_voice) = &mut state.history.now.own_voice {
        self::own_voice(own_voice, ui);
    }

    ui.add_space(GRID_PT);
    let label = field_label(ui, text!("speed"));
    ui.spacing_mut().slider_width = ui.available_width() - NUMBER_PT;
    ui.spacing_mut().button_padding.x = GRID_PT;
    ui.add(
        Slider::new(&mut state.history.now.speed, SPEED_RANGE)
            .step_by(0.05)
            .fixed_decimals(2)
            .suffix(text!("speed-unit")),
    )
    .labelled_by(label);
}

/// The voice that speaks; a click shows all of them.
fn voices(state: &State, ui: &mut egui::Ui, actions: &mut Vec<Action>) -> egui::Response {
    let document = &state.history.now;
    let words = if state.readiness == Readiness::Loading {
        text!("voice-loading").to_owned()
    } else if let Some(files) = &document.model_voice {
        files.name()
    } else if let Some(own_voice) = &document.own_voice {
        text!("voice-cloned", file = file_name(&own_voice.recording))
    } else {
        VoiceName::of(&document.voice).whole()
    };
    let width = ui.available_width() - CONTROL_HEIGHT_PT - GRID_PT;
    let response = wide_button(ui, icon::SPEAK, &words, width).on_hover_text(text!("voices-open"));
    if response.clicked() {
        actions.push(Action::Show(Some(Page::Voices)));
    }
    response
}

/// The transcript of a voice's reference clip, and whether it may be used.
fn own_voice(voice: &mut OwnVoice, ui: &mut egui::Ui) {
    ui.add_space(GRID_PT);
    let label = field_label(ui, text!("voice-transcript"));
    ui.add(
        TextEdit::multiline(&mut voice.words)
            .hint_text(text!("voice-transcript-hint"))
            .desired_rows(2)
            .desired_width(f32::INFINITY),
    )
    .labelled_by(label);
    tick(ui, &mut voice.is_permitted, text!("voice-permission"))
        .on_hover_text(text!("voice-permission-hint"));
}
