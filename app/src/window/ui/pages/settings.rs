//! What is set once for all projects.

use egui::{ComboBox, Ui};

use crate::window::settings::{Drawing, Quality, ThemeChoice};
use crate::window::state::{Action, State};
use crate::window::texts::text;
use crate::window::theme::GRID_PT;
use crate::window::ui::buttons::{small_button, tick};
use crate::window::ui::choice::choice;
use crate::window::ui::text::{field_label, quiet};
use studio::compute::Choice;

const SCALES: [f32; 6] = [0.75, 1.0, 1.25, 1.5, 1.75, 2.0];

pub(super) fn show(state: &mut State, ui: &mut Ui, actions: &mut Vec<Action>) {
    device(
        ui,
        text!("settings-output"),
        &mut state.settings.output_device,
        &state.devices,
    );
    ui.add_space(GRID_PT);
    device(
        ui,
        text!("settings-input"),
        &mut state.settings.microphone,
        &state.microphones,
    );
    ui.horizontal(|ui| {
        if small_button(ui, text!("settings-refresh")).clicked() {
            actions.push(Action::ListDevices);
        }
        if state.devices.is_empty() && state.microphones.is_empty() {
            quiet(ui, text!("settings-no-device"));
        }
    });

    ui.add_space(GRID_PT);
    field_label(ui, text!("settings-quality"));
    choice(
        ui,
        &mut state.settings.quality,
        [
            (Quality::Quick, text!("settings-quality-fast")),
            (Quality::Balanced, text!("settings-quality-balanced")),
            (Quality::Careful, text!("settings-quality-best")),
        ],
    );
    quiet(
        ui,
        match state.settings.quality {
            Quality::Quick => text!("settings-quality-fast-about"),
            Quality::Balanced => text!("settings-quality-balanced-about"),
            Quality::Careful => text!("settings-quality-best-about"),
        },
    );

    ui.add_space(GRID_PT);
    field_label(ui, text!("settings-compute"));
    choice(
        ui,
        &mut state.settings.compute,
        [
            (Choice::Auto, text!("settings-compute-automatic")),
            (Choice::Gpu, text!("settings-compute-gpu")),
            (Choice::Cpu, text!("settings-compute-cpu")),
        ],
    );
    quiet(
        ui,
        match state.settings.compute {
            Choice::Auto => text!("settings-compute-automatic-about"),
            Choice::Gpu => text!("settings-compute-gpu-about"),
            Choice::Cpu => text!("settings-compute-cpu-about"),
        },
    );

    ui.add_space(GRID_PT);
    field_label(ui, text!("settings-graphics"));
    choice(
        ui,
        &mut state.settings.drawing,
        [
            (Drawing::Automatic, text!("settings-graphics-automatic")),
            (Drawing::Processor, text!("settings-graphics-software")),
        ],
    );
    quiet(
        ui,
        &text!("settings-graphics-now", adapter = state.adapter.as_str()),
    );

    ui.add_space(GRID_PT);
    field_label(ui, text!("settings-theme"));
    choice(
        ui,
        &mut state.settings.theme,
        [
            (ThemeChoice::System, text!("settings-theme-system")),
            (ThemeChoice::Dark, text!("settings-theme-dark")),
            (ThemeChoice::Light, text!("settings-theme-light")),
        ],
    );

    ui.add_space(GRID_PT);
    tick(
        ui,
        &mut state.settings.reduces_motion,
        text!("settings-reduced-motion"),
    )
    .on_hover_text(text!("settings-reduced-motion-hint"));

    ui.add_space(GRID_PT);
    field_label(ui, text!("settings-scale"));
    choice(
        ui,
        &mut state.settings.scale,
        SCALES.map(|scale| (scale, text!("percent", percent = scale * 100.0))),
    );

    ui.add_space(GRID_PT);
    field_label(ui, text!("stage-window"));
    let stage_window = &mut state.settings.stage_window;
    tick(
        ui,
        &mut stage_window.is_on_top,
        text!("settings-stage-on-top"),
    );
    tick(
        ui,
        &mut stage_window.is_transparent,
        text!("settings-stage-transparent"),
    )
    .on_hover_text(text!("settings-stage-transparent-hint"));
}

/// A device out of those that were found.
fn device(ui: &mut Ui, name: &str, chosen: &mut Option<String>, found: &[String]) {
    let label = field_label(ui, name);
    ComboBox::from_id_salt(name)
        .selected_text(
            chosen
                .as_deref()
                .unwrap_or(text!("settings-device-default"))
                .to_owned(),
        )
        .width(ui.available_width())
        .show_ui(ui, |ui| {
            ui.selectable_value(chosen, None, text!("settings-device-default"));
            for device in found {
                ui.selectable_value(chosen, Some(device.clone()), device);
            }
        })
        .response
        .labelled_by(label);
}
