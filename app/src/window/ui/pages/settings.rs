//! What is set once for all projects.

use egui::{ComboBox, Ui};

use crate::window::settings::{Drawing, Quality, ThemeChoice};
use crate::window::state::{Action, State};
use crate::window::theme::GRID_PT;
use crate::window::ui::buttons::small_button;
use crate::window::ui::text::{field_label, quiet};

const SCALES: [f32; 6] = [0.75, 1.0, 1.25, 1.5, 1.75, 2.0];
const DEFAULT_DEVICE: &str = "The system's own";

pub(super) fn show(state: &mut State, ui: &mut Ui, actions: &mut Vec<Action>) {
    device(
        ui,
        "Sound comes out of",
        &mut state.settings.output_device,
        &state.devices,
    );
    ui.add_space(GRID_PT);
    device(
        ui,
        "The microphone",
        &mut state.settings.microphone,
        &state.microphones,
    );
    ui.horizontal(|ui| {
        let found = match (state.devices.len(), state.microphones.len()) {
            (0, 0) => "No sound device was found.".to_owned(),
            (outputs, inputs) => format!("Found: {outputs} for sound, {inputs} microphones."),
        };
        if small_button(ui, "Look again").clicked() {
            actions.push(Action::ListDevices);
        }
        quiet(ui, &found);
    });

    ui.add_space(GRID_PT);
    field_label(ui, "Speech");
    choice(
        ui,
        &mut state.settings.quality,
        [
            (Quality::Quick, "Sooner"),
            (Quality::Balanced, "Balanced"),
            (Quality::Careful, "More careful"),
        ],
    );
    quiet(
        ui,
        match state.settings.quality {
            Quality::Quick => {
                "Half the work: the first sound comes sooner, the voice is a little rougher."
            }
            Quality::Balanced => "What the voice was tuned for.",
            Quality::Careful => "Twice the work: for recordings on a fast machine.",
        },
    );

    ui.add_space(GRID_PT);
    field_label(ui, "Drawing");
    choice(
        ui,
        &mut state.settings.drawing,
        [
            (Drawing::Automatic, "The best there is"),
            (Drawing::Processor, "The processor alone"),
        ],
    );
    quiet(
        ui,
        &format!(
            "Now: {}. A change counts from the next start on.",
            state.adapter
        ),
    );

    ui.add_space(GRID_PT);
    field_label(ui, "Colours");
    choice(
        ui,
        &mut state.settings.theme,
        [
            (ThemeChoice::System, "As the system"),
            (ThemeChoice::Dark, "Dark"),
            (ThemeChoice::Light, "Light"),
        ],
    );

    ui.add_space(GRID_PT);
    field_label(ui, "Size of everything (Ctrl with + and -)");
    choice(
        ui,
        &mut state.settings.scale,
        SCALES.map(|scale| (scale, format!("{:.0} %", scale * 100.0))),
    );
}

/// A device out of those that were found.
fn device(ui: &mut Ui, name: &str, chosen: &mut Option<String>, found: &[String]) {
    let label = field_label(ui, name);
    ComboBox::from_id_salt(name)
        .selected_text(chosen.as_deref().unwrap_or(DEFAULT_DEVICE).to_owned())
        .width(ui.available_width())
        .show_ui(ui, |ui| {
            ui.selectable_value(chosen, None, DEFAULT_DEVICE);
            for device in found {
                ui.selectable_value(chosen, Some(device.clone()), device);
            }
        })
        .response
        .labelled_by(label);
}

/// One of a few, all in sight.
fn choice<T: PartialEq + Copy, const N: usize>(
    ui: &mut Ui,
    value: &mut T,
    choices: [(T, impl Into<String>); N],
) {
    ui.horizontal_wrapped(|ui| {
        for (choice, words) in choices {
            ui.selectable_value(value, choice, words.into());
        }
    });
}
