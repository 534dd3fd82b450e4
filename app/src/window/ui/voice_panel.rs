//! Voice and rate of speech.

use egui::{ComboBox, Slider, TextEdit};

use super::buttons::icon_toggle;
use super::text::field_label;
use crate::window::settings::Preset;
use crate::window::state::Dialog;
use crate::window::state::{Action, Readiness, State};
use crate::window::texts::text;
use crate::window::theme::{CONTROL_HEIGHT_PT, GRID_PT, icon};
use studio::output_path::file_name;
use studio::reference_voice::OwnVoice;
use studio::script::SPEED_RANGE;
use studio::wording::capitalised;

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

/// The user's favourites, then every voice.
fn voices(state: &mut State, ui: &mut egui::Ui, actions: &mut Vec<Action>) -> egui::Response {
    let document = &mut state.history.now;
    let selected = match (&state.readiness, &document.own_voice) {
        (Readiness::Loading, _) => text!("voice-loading").to_owned(),
        (_, Some(own_voice)) => text!("voice-cloned", file = file_name(&own_voice.recording)),
        (_, None) => display_name(&document.voice),
    };
    ComboBox::from_id_salt("voice")
        .selected_text(selected)
        .width(ui.available_width() - CONTROL_HEIGHT_PT - GRID_PT)
        .show_ui(ui, |ui| {
            for preset in &state.settings.presets {
                let is_now = document.own_voice.is_none()
                    && document.voice == preset.voice
                    && document.speed == preset.speed;
                let words = text!(
                    "voice-preset",
                    voice = display_name(&preset.voice),
                    speed = format!("{:.2}", preset.speed),
                );
                if ui.selectable_label(is_now, words).clicked() {
                    document.voice.clone_from(&preset.voice);
                    document.own_voice = None;
                    document.speed = preset.speed;
                }
            }
            if !state.settings.presets.is_empty() {
                ui.separator();
            }
            for voice in &state.voices {
                let is_now = document.own_voice.is_none() && document.voice == *voice;
                if ui.selectable_label(is_now, display_name(voice)).clicked() {
                    document.voice.clone_from(voice);
                    document.own_voice = None;
                }
            }
            ui.separator();
            let is_now = document.own_voice.is_some();
            let words = format!("{}  {}", icon::PERSON_SPEAKING, text!("voice-clone"));
            if ui
                .selectable_label(is_now, words)
                .on_hover_text(text!("voice-clone-hint"))
                .clicked()
            {
                actions.push(Action::Ask(Dialog::Voice));
            }
        })
        .response
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
    ui.checkbox(&mut voice.is_permitted, text!("voice-permission"))
        .on_hover_text(text!("voice-permission-hint"));
}

/// A voice's name as a person would write it. Voices named after the teacher's scheme carry their accent and kind in the
/// first two letters, such as `bf_emma`.
fn display_name(voice: &str) -> String {
    let described = voice.split_once('_').and_then(|(kind, name)| {
        let kind = match kind {
            "af" => text!("voice-american-woman"),
            "am" => text!("voice-american-man"),
            "bf" => text!("voice-british-woman"),
            "bm" => text!("voice-british-man"),
            _ => return None,
        };
        Some(text!("voice-named", name = capitalised(name), kind = kind))
    });
    described.unwrap_or_else(|| capitalised(voice))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_for_people() {
        assert_eq!(display_name("bf_emma"), "Emma, British woman");
        assert_eq!(display_name("mine"), "Mine");
        assert_eq!(display_name(""), "");
    }
}
