//! What the portrait follows: a video of a face or a motion file, or the camera.

use egui::{Align, Label, Layout, Slider};
use engine::motion::Regions;
use engine::motion::driving::STRENGTH_RANGE;

use super::buttons::{icon_button, tick, wide_button};
use super::camera_panel;
use super::text::{field_label, quiet};
use crate::window::state::{Action, CameraAction, Dialog, State};
use crate::window::texts::text;
use crate::window::theme::{GRID_PT, icon};
use studio::output_path::file_name;

/// Room for the number beside the slider.
const NUMBER_PT: f32 = 10.0 * GRID_PT;

pub(super) fn show(state: &mut State, ui: &mut egui::Ui, actions: &mut Vec<Action>) {
    if state.camera.is_open {
        camera_panel::show(state, ui, actions);
    }
    let is_camera = state.camera.is_open;
    let Some(chosen) = &mut state.history.now.driver else {
        if !is_camera {
            choose(ui, actions);
        }
        return;
    };
    field_label(ui, text!("driver"));
    let mut is_gone = false;
    ui.horizontal(|ui| {
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            is_gone = icon_button(ui, icon::CLOSE, text!("driver-stop")).clicked();
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                ui.add(Label::new(file_name(&chosen.source)).truncate());
            });
        });
    });
    if let Some(progress) = &state.driver.progress {
        quiet(
            ui,
            &text!(
                "driver-progress",
                percent = (progress.fraction * 100.0).round()
            ),
        );
    }
    regions(ui, &mut chosen.driving.regions, text!("driver-mouth-hint"));
    strength(ui, &mut chosen.driving.strength);
    tick(ui, &mut chosen.driving.repeats, text!("driver-loop"));
    if is_gone {
        state.history.now.driver = None;
    }
}

/// A video or the camera.
fn choose(ui: &mut egui::Ui, actions: &mut Vec<Action>) {
    field_label(ui, text!("driver-follow"));
    // The first one's words are longer.
    let width = ui.available_width() - GRID_PT;
    let [first, second] = [0.62, 0.38].map(|share| share * width);
    ui.horizontal(|ui| {
        if wide_button(ui, icon::FILM, text!("driver-choose"), first)
            .on_hover_text(text!("driver-choose-hint"))
            .clicked()
        {
            actions.push(Action::Ask(Dialog::Driver));
        }
        if wide_button(ui, icon::CAMERA, text!("camera-open"), second)
            .on_hover_text(text!("camera-open-hint"))
            .clicked()
        {
            actions.push(Action::Camera(CameraAction::Open));
        }
    });
}

/// Which parts of the face are driven; `mouth_hint` says when the mouth is.
pub(super) fn regions(ui: &mut egui::Ui, regions: &mut Regions, mouth_hint: &str) {
    ui.horizontal_wrapped(|ui| {
        for (is_driven, name, hover) in [
            (
                &mut regions.head,
                text!("driver-head"),
                text!("driver-head-hint"),
            ),
            (
                &mut regions.eyes,
                text!("driver-eyes"),
                text!("driver-eyes-hint"),
            ),
            (
                &mut regions.brows,
                text!("driver-brows"),
                text!("driver-brows-hint"),
            ),
            (&mut regions.mouth, text!("driver-mouth"), mouth_hint),
        ] {
            tick(ui, is_driven, name).on_hover_text(hover);
        }
    });
}

/// How strongly.
pub(super) fn strength(ui: &mut egui::Ui, strength: &mut f32) {
    let label = field_label(ui, text!("driver-strength"));
    ui.spacing_mut().slider_width = ui.available_width() - NUMBER_PT;
    ui.add(
        Slider::new(strength, STRENGTH_RANGE)
            .step_by(0.05)
            .fixed_decimals(2),
    )
    .labelled_by(label);
}
