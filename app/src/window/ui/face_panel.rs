//! How the face behaves: its expression, how lively it is, where it looks.

use egui::{CollapsingHeader, ComboBox, Slider};
use engine::motion::{ARTICULATION_RANGE, HEAD_POSE_LIMIT, LifeSettings, MOUTH_SHAPE_RANGE, Mood};

use super::text::field_label;
use crate::window::state::State;
use crate::window::texts::text;
use crate::window::theme::GRID_PT;
use studio::look::LIVELINESS_RANGE;

/// Room for the number beside a slider.
const NUMBER_PT: f32 = 10.0 * GRID_PT;

pub(super) fn show(state: &mut State, ui: &mut egui::Ui) {
    let life = &mut state.history.now.life;
    CollapsingHeader::new(text!("face")).show_unindented(ui, |ui| {
        let label = field_label(ui, text!("face-expression"));
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
            text!("face-head-movement"),
            Slider::new(&mut life.amount, LIVELINESS_RANGE),
        );
        let articulation = Slider::new(&mut life.articulation, ARTICULATION_RANGE);
        slider(ui, text!("face-mouth-strength"), articulation);
        let spread = Slider::new(&mut life.mouth_spread, MOUTH_SHAPE_RANGE);
        slider(ui, text!("face-mouth-spread"), spread);
        let rounding = Slider::new(&mut life.mouth_rounding, MOUTH_SHAPE_RANGE);
        slider(ui, text!("face-mouth-rounding"), rounding);
        let [across, down] = &mut life.gaze;
        slider(
            ui,
            text!("face-gaze-across"),
            Slider::new(across, -1.0..=1.0),
        );
        slider(ui, text!("face-gaze-down"), Slider::new(down, -1.0..=1.0));
        angle(ui, text!("face-turn"), &mut life.head.yaw);
        angle(ui, text!("face-nod"), &mut life.head.pitch);
        angle(ui, text!("face-tilt"), &mut life.head.roll);
        ui.add_space(GRID_PT);
        let is_changed = *life != LifeSettings::default();
        if ui
            .add_enabled(is_changed, egui::Button::new(text!("face-reset")))
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
        Mood::Neutral => text!("face-neutral"),
        Mood::Happy => text!("face-happy"),
        Mood::Concerned => text!("face-concerned"),
        Mood::Surprised => text!("face-surprised"),
    }
}
