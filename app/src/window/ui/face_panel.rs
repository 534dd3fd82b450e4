//! How the face behaves: its expression, how lively it is, where it looks.

use egui::{CollapsingHeader, ComboBox, Slider};
use engine::motion::{ARTICULATION_RANGE, HEAD_POSE_LIMIT, LifeSettings, Mood};

use super::text::field_label;
use crate::window::state::State;
use crate::window::theme::GRID_PT;
use studio::look::LIVELINESS_RANGE;

/// Room for the number beside a slider.
const NUMBER_PT: f32 = 10.0 * GRID_PT;

pub(super) fn show(state: &mut State, ui: &mut egui::Ui) {
    let life = &mut state.history.now.life;
    CollapsingHeader::new("Face").show_unindented(ui, |ui| {
        let label = field_label(ui, "Expression");
        ComboBox::from_id_salt("expression")
            .selected_text(name(life.mood))
            .width(ui.available_width())
            .show_ui(ui, |ui| {
                for mood in Mood::ALL {
                    ui.selectable_value(&mut life.mood, mood, name(mood));
                }
            })
            .response
            .labelled_by(label);
        slider(
            ui,
            "Liveliness",
            Slider::new(&mut life.amount, LIVELINESS_RANGE),
        );
        let articulation = Slider::new(&mut life.articulation, ARTICULATION_RANGE);
        slider(ui, "Articulation", articulation);
        let [across, down] = &mut life.gaze;
        slider(ui, "Eyes left or right", Slider::new(across, -1.0..=1.0));
        slider(ui, "Eyes up or down", Slider::new(down, -1.0..=1.0));
        angle(ui, "Head left or right", &mut life.head.yaw);
        angle(ui, "Head up or down", &mut life.head.pitch);
        angle(ui, "Head tilted", &mut life.head.roll);
        ui.add_space(GRID_PT);
        let is_changed = *life != LifeSettings::default();
        if ui
            .add_enabled(is_changed, egui::Button::new("As it was"))
            .clicked()
        {
            *life = LifeSettings::default();
        }
    });
}

fn slider(ui: &mut egui::Ui, text: &str, slider: Slider<'_>) {
    ui.add_space(GRID_PT / 2.0);
    let label = field_label(ui, text);
    ui.spacing_mut().slider_width = ui.available_width() - NUMBER_PT;
    ui.add(slider.step_by(0.05).fixed_decimals(2))
        .labelled_by(label);
}

fn angle(ui: &mut egui::Ui, text: &str, radians: &mut f32) {
    ui.add_space(GRID_PT / 2.0);
    let label = field_label(ui, text);
    ui.spacing_mut().slider_width = ui.available_width() - NUMBER_PT;
    let limit = HEAD_POSE_LIMIT.to_degrees().floor();
    let mut degrees = radians.to_degrees().round();
    let slider = Slider::new(&mut degrees, -limit..=limit);
    let slider = slider.step_by(1.0).fixed_decimals(0).suffix("°");
    if ui.add(slider).labelled_by(label).changed() {
        *radians = degrees.to_radians();
    }
}

fn name(mood: Mood) -> &'static str {
    match mood {
        Mood::Neutral => "As in the picture",
        Mood::Happy => "Happy",
        Mood::Concerned => "Concerned",
        Mood::Surprised => "Surprised",
    }
}
