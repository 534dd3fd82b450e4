//! Voice and rate of speech.

use egui::{ComboBox, Slider, TextEdit};

use super::buttons::icon_toggle;
use super::text::field_label;
use crate::window::settings::Preset;
use crate::window::state::Dialog;
use crate::window::state::{Action, Readiness, State};
use crate::window::theme::{CONTROL_HEIGHT_PT, GRID_PT, icon};
use studio::output_path::file_name;
use studio::reference_voice::OwnVoice;
use studio::script::SPEED_RANGE;
use studio::wording::capitalised;

/// Room for the number beside the slider, and the gap before it.
const NUMBER_PT: f32 = 65.0;

pub(super) fn show(state: &mut State, ui: &mut egui::Ui, actions: &mut Vec<Action>) {
    let label = field_label(ui, "Voice");
    ui.horizontal(|ui| {
        voices(state, ui, actions).labelled_by(label);
        let preset = Preset {
            voice: state.history.now.voice.clone(),
            speed: state.history.now.speed,
        };
        let is_kept = state.settings.presets.contains(&preset);
        let hover = if is_kept {
            "Forget this voice with its speed"
        } else {
            "Keep this voice with its speed: it stands first in the list then"
        };
        if icon_toggle(ui, icon::SAVE, "Keep as a preset", hover, is_kept).clicked() {
            state.settings.toggle_preset(preset);
        }
    });
    if let Some(own_voice) = &mut state.history.now.own_voice {
        self::own_voice(own_voice, ui);
    }

    ui.add_space(GRID_PT);
    let label = field_label(ui, "Speed");
    ui.spacing_mut().slider_width = ui.available_width() - NUMBER_PT;
    ui.spacing_mut().button_padding.x = GRID_PT;
    ui.add(
        Slider::new(&mut state.history.now.speed, SPEED_RANGE)
            .step_by(0.05)
            .fixed_decimals(2)
            .suffix(" x"),
    )
    .labelled_by(label);
}

/// The user's presets, then every voice.
fn voices(state: &mut State, ui: &mut egui::Ui, actions: &mut Vec<Action>) -> egui::Response {
    let document = &mut state.history.now;
    let selected = match (&state.readiness, &document.own_voice) {
        (Readiness::Loading, _) => "Getting ready".to_owned(),
        (_, Some(own_voice)) => format!("As in {}", file_name(&own_voice.recording)),
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
                let words = format!("{}, {:.2} x", display_name(&preset.voice), preset.speed);
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
            let words = format!("{}  Somebody's voice…", icon::PERSON_SPEAKING);
            if ui
                .selectable_label(is_now, words)
                .on_hover_text(
                    "3 to 10 seconds of one person's speech; the words are spoken in that voice",
                )
                .clicked()
            {
                actions.push(Action::Ask(Dialog::Voice));
            }
        })
        .response
}

/// What is said in the recording of a voice, and whether it may be used.
fn own_voice(voice: &mut OwnVoice, ui: &mut egui::Ui) {
    ui.add_space(GRID_PT);
    let label = field_label(ui, "What is said in the recording");
    ui.add(
        TextEdit::multiline(&mut voice.words)
            .hint_text("Write down every word of it")
            .desired_rows(2)
            .desired_width(f32::INFINITY),
    )
    .labelled_by(label);
    ui.checkbox(&mut voice.is_permitted, "The person agreed to this use")
        .on_hover_text(
            "A voice belongs to its owner. Films say in their metadata that leave was given.",
        );
}

/// A voice's name as a person would write it. Voices named after the teacher's scheme carry their accent and kind in the
/// first two letters, such as `bf_emma`.
fn display_name(voice: &str) -> String {
    let described = voice.split_once('_').and_then(|(kind, name)| {
        let description = match kind {
            "af" => "American woman",
            "am" => "American man",
            "bf" => "British woman",
            "bm" => "British man",
            _ => return None,
        };
        Some(format!("{}, {description}", capitalised(name)))
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
