//! Voice and rate of speech.

use egui::{ComboBox, Slider};

use super::text::field_label;
use crate::command_line::SPEED_RANGE;
use crate::state::{Readiness, State};
use crate::theme::GRID_PT;

/// Room for the number beside the slider.
const NUMBER_PT: f32 = 10.0 * GRID_PT;

pub(super) fn show(state: &mut State, ui: &mut egui::Ui) {
    let label = field_label(ui, "Voice");
    let selected = match state.readiness {
        Readiness::Loading => "Getting ready".to_owned(),
        _ => display_name(&state.history.now.voice),
    };
    ComboBox::from_id_salt("voice")
        .selected_text(selected)
        .width(ui.available_width())
        .show_ui(ui, |ui| {
            for voice in &state.voices {
                ui.selectable_value(
                    &mut state.history.now.voice,
                    voice.clone(),
                    display_name(voice),
                );
            }
        })
        .response
        .labelled_by(label);

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

fn capitalised(word: &str) -> String {
    let mut characters = word.chars();
    match characters.next() {
        Some(first) => first.to_uppercase().chain(characters).collect(),
        None => String::new(),
    }
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
