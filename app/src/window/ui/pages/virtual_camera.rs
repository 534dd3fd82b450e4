//! The stage as a camera of the system: which one, in which shape, and whether it is on.

use egui::{Align, ComboBox, Label, Layout, RichText, Ui};
use studio::framing::{Aspect, Extent, Framing};
use studio::virtual_camera::{VirtualCameraOutput, load_command};

use crate::window::state::{Action, State, VirtualCameraAction, VirtualCameraPhase};
use crate::window::texts::text;
use crate::window::theme::{GRID_PT, icon};
use crate::window::ui::buttons::{icon_button, main_button, wide_button};
use crate::window::ui::choice::{choice, combo};
use crate::window::ui::text::{field_label, quiet};

/// Shorter sides that can be chosen, pixels; none for what the machine draws with ease.
const SHORT_SIDES_PX: [Option<u32>; 4] = [None, Some(360), Some(720), Some(1080)];

pub(super) fn show(state: &mut State, ui: &mut Ui, actions: &mut Vec<Action>) {
    let mut ask = |action| actions.push(Action::VirtualCamera(action));
    quiet(ui, text!("virtual-camera-about"));
    ui.add_space(GRID_PT);
    if let Some(action) = output(state, ui) {
        ask(action);
    }
    if state.virtual_camera.has_none() {
        quiet(ui, text!("virtual-camera-load"));
        ui.add(Label::new(RichText::new(load_command()).monospace()).selectable(true));
    }
    ui.add_space(GRID_PT);
    look(state, ui);
    ui.add_space(GRID_PT);
    let width = ui.available_width();
    if state.virtual_camera.is_on() {
        if wide_button(ui, icon::STOP, text!("virtual-camera-stop"), width).clicked() {
            ask(VirtualCameraAction::Stop);
        }
    } else {
        ui.add_enabled_ui(state.virtual_camera.output.is_some(), |ui| {
            if main_button(ui, icon::CAMERA, text!("virtual-camera-start"), width).clicked() {
                ask(VirtualCameraAction::Start);
            }
        });
    }
    quiet(ui, &phase_line(state));
    ui.add_space(GRID_PT);
    quiet(ui, text!("virtual-camera-sound"));
}

/// The ways out of this machine.
fn output(state: &State, ui: &mut Ui) -> Option<VirtualCameraAction> {
    let camera = &state.virtual_camera;
    let now = match (&camera.output, &camera.outputs) {
        (Some(output), _) => output.name(),
        (None, None) => text!("virtual-camera-looking"),
        (None, Some(_)) => text!("virtual-camera-nowhere"),
    };
    let mut asked = None;
    let label = field_label(ui, text!("virtual-camera-output"));
    ui.horizontal(|ui| {
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            if icon_button(ui, icon::LOOP, text!("virtual-camera-list")).clicked() {
                asked = Some(VirtualCameraAction::List);
            }
            ComboBox::from_id_salt("virtual-camera")
                .selected_text(now)
                .width(ui.available_width())
                .truncate()
                .show_ui(ui, |ui| {
                    for output in camera.outputs.iter().flatten() {
                        let is_it = camera.output.as_ref() == Some(output);
                        if ui.selectable_label(is_it, listed(output)).clicked() && !is_it {
                            asked = Some(VirtualCameraAction::Choose(output.clone()));
                        }
                    }
                })
                .response
                .labelled_by(label);
        });
    });
    asked
}

/// A name with the node behind it, since modules are loaded with labels that say little.
fn listed(output: &VirtualCameraOutput) -> String {
    match output {
        VirtualCameraOutput::Loopback(device) => {
            format!("{}  ({})", device.name, device.path.display())
        }
        VirtualCameraOutput::PipeWire(_) => output.name().to_owned(),
    }
}

/// Shape, framing and size.
fn look(state: &mut State, ui: &mut Ui) {
    let picture = state.stage.as_ref();
    let picture_size_px = picture.map(|stage| stage.avatar.picture_size_px());
    let choices = &mut state.settings.virtual_camera;
    field_label(ui, text!("virtual-camera-shape"));
    choice(
        ui,
        &mut choices.aspect,
        [
            (Aspect::Wide, Aspect::Wide.name()),
            (Aspect::Portrait, text!("export-aspect-original")),
            (Aspect::Square, Aspect::Square.name()),
        ],
    );
    field_label(ui, text!("virtual-camera-framing"));
    choice(
        ui,
        &mut choices.extent,
        [
            (Extent::Full, text!("export-framing-full")),
            (Extent::Shoulders, text!("export-framing-shoulders")),
            (Extent::Head, text!("export-framing-head")),
        ],
    );
    let framing: Framing = choices.framing();
    let words = |short_side_px: Option<u32>| match short_side_px {
        None => text!("virtual-camera-size-automatic").to_owned(),
        Some(side_px) => {
            let (width, height) = framing.size_px(picture_size_px.unwrap_or((4, 5)), side_px);
            text!("virtual-camera-size-pixels", width = width, height = height)
        }
    };
    let width = ui.available_width();
    combo(
        ui,
        text!("virtual-camera-size"),
        width,
        &mut choices.short_side_px,
        SHORT_SIDES_PX.map(|side| (side, words(side))),
    );
}

fn phase_line(state: &State) -> String {
    let camera = &state.virtual_camera;
    match (camera.phase, &camera.output) {
        (VirtualCameraPhase::Off, _) => text!("virtual-camera-off").to_owned(),
        (VirtualCameraPhase::On { size_px }, Some(VirtualCameraOutput::Loopback(device))) => {
            let (width, height) = size_px;
            text!(
                "virtual-camera-on",
                name = device.name.as_str(),
                width = width,
                height = height
            )
        }
        (VirtualCameraPhase::On { size_px }, _) => {
            let (width, height) = size_px;
            text!("virtual-camera-on-pipewire", width = width, height = height)
        }
        (VirtualCameraPhase::Starting, _) => text!("virtual-camera-starting").to_owned(),
    }
}
