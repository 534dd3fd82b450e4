//! A video of a face, or a motion file, that the portrait follows.

use egui::{Align, Label, Layout, Slider};
use engine::motion::driving::STRENGTH_RANGE;

use super::buttons::{icon_button, tick, wide_button};
use super::text::{field_label, quiet};
use crate::window::state::Dialog;
use crate::window::state::{Action, State};
use crate::window::texts::text;
use crate::window::theme::{GRID_PT, icon};
use studio::output_path::file_name;

/// Room for the number beside the slider.
const NUMBER_PT: f32 = 10.0 * GRID_PT;

pub(super) fn show(state: &mut State, ui: &mut egui::Ui, actions: &mut Vec<Action>) {
    field_label(ui, text!("driver"));
    let Some(chosen) = &mut state.history.now.driver else {
        let width = ui.available_width();
        if wide_button(ui, icon::CAMERA, text!("driver-choose"), width)
            .on_hover_text(text!("driver-choose-hint"))
            .clicked()
        {
            actions.push(Action::Ask(Dialog::Driver));
        }
        return;
    };
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
    let regions = &mut chosen.driving.regions;
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
            (
                &mut regions.mouth,
                text!("driver-mouth"),
                text!("driver-mouth-hint"),
            ),
        ] {
            tick(ui, is_driven, name).on_hover_text(hover);
        }
    });
    let label = field_label(ui, text!("driver-strength"));
    ui.spacing_mut().slider_width = ui.available_width() - NUMBER_PT;
    ui.add(
        Slider::new(&mut chosen.driving.strength, STRENGTH_RANGE)
            .step_by(0.05)
            .fixed_decimals(2),
    )
    .labelled_by(label);
    tick(ui, &mut chosen.driving.repeats, text!("driver-loop"));
    if is_gone {
        state.history.now.driver = None;
    }
}
