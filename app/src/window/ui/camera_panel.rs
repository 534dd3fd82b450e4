//! A camera that the portrait follows live: which one, whether it is on, and what it moves.

use egui::{Align, ComboBox, Layout};
use engine::motion::Regions;

use super::buttons::{icon_button, main_button, tick, wide_button};
use super::driver_panel::{regions, strength};
use super::text::{field_label, quiet};
use crate::window::state::{Action, CameraAction, CameraPhase, Dialog, State};
use crate::window::texts::text;
use crate::window::theme::icon;
use studio::camera::CameraSource;

pub(super) fn show(state: &mut State, ui: &mut egui::Ui, actions: &mut Vec<Action>) {
    let drawn = ui.scope(|ui| controls(state, ui, actions)).response;
    if std::mem::take(&mut state.camera.wants_view) {
        ui.scroll_to_rect(drawn.rect, None);
    }
}

fn controls(state: &mut State, ui: &mut egui::Ui, actions: &mut Vec<Action>) {
    let mut ask = |action| actions.push(Action::Camera(action));
    ui.horizontal(|ui| {
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            if icon_button(ui, icon::CLOSE, text!("camera-close")).clicked() {
                ask(CameraAction::Close);
            }
            if icon_button(ui, icon::LOOP, text!("camera-list")).clicked() {
                ask(CameraAction::List);
            }
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                field_label(ui, text!("camera"));
            });
        });
    });
    let chosen = list(state, ui);
    match chosen {
        Some(Chosen::Source(source)) => ask(CameraAction::Choose(source)),
        Some(Chosen::File) => actions.push(Action::Ask(Dialog::Camera)),
        None => {}
    }
    let width = ui.available_width();
    let phase = state.camera.phase;
    let mut ask = |action| actions.push(Action::Camera(action));
    if state.camera.is_on() {
        if wide_button(ui, icon::STOP, text!("camera-stop"), width).clicked() {
            ask(CameraAction::Stop);
        }
    } else {
        let is_there = state.camera.source.is_some();
        ui.add_enabled_ui(is_there, |ui| {
            if main_button(ui, icon::CAMERA, text!("camera-start"), width).clicked() {
                ask(CameraAction::Start);
            }
        });
    }
    quiet(ui, phase_line(state));
    if matches!(phase, CameraPhase::Settling | CameraPhase::Driving)
        && wide_button(ui, icon::FIT, text!("camera-neutral"), width)
            .on_hover_text(text!("camera-neutral-hint"))
            .clicked()
    {
        ask(CameraAction::SetNeutral);
    }
    let choices = &mut state.settings.camera;
    regions(ui, &mut choices.driving.regions, text!("camera-mouth-hint"));
    strength(ui, &mut choices.driving.strength);
    tick(ui, &mut choices.is_mirrored, text!("camera-mirror"))
        .on_hover_text(text!("camera-mirror-hint"));
    quiet(ui, text!("camera-about"));
}

/// What was chosen in the list.
enum Chosen {
    Source(CameraSource),
    File,
}

/// The cameras of this machine, and a video in place of one.
fn list(state: &State, ui: &mut egui::Ui) -> Option<Chosen> {
    let camera = &state.camera;
    let now = match (&camera.source, &camera.devices) {
        (Some(source), _) => source.name(),
        (None, None) => text!("camera-looking").to_owned(),
        (None, Some(_)) => text!("camera-nowhere").to_owned(),
    };
    let mut chosen = None;
    ComboBox::from_id_salt("camera")
        .selected_text(now)
        .width(ui.available_width())
        .truncate()
        .show_ui(ui, |ui| {
            for device in camera.devices.iter().flatten() {
                let source = CameraSource::Device(device.clone());
                let is_it = camera.source.as_ref() == Some(&source);
                if ui.selectable_label(is_it, &device.name).clicked() && !is_it {
                    chosen = Some(Chosen::Source(source));
                }
            }
            let is_file = matches!(camera.source, Some(CameraSource::File(_)));
            if ui
                .selectable_label(is_file, text!("camera-file"))
                .on_hover_text(text!("camera-file-hint"))
                .clicked()
            {
                chosen = Some(Chosen::File);
            }
        })
        .response
        .on_hover_text(text!("camera-hint"));
    chosen
}

fn phase_line(state: &State) -> &'static str {
    let drives_nothing = state.settings.camera.driving.regions == Regions::NONE;
    match state.camera.phase {
        CameraPhase::Off if state.camera.has_none() => text!("camera-connect"),
        CameraPhase::Off => text!("camera-off"),
        CameraPhase::Starting => text!("camera-starting"),
        CameraPhase::NoFace => text!("camera-no-face"),
        CameraPhase::Settling => text!("camera-settling"),
        CameraPhase::Driving if drives_nothing => text!("camera-nothing"),
        CameraPhase::Driving => text!("camera-driving"),
    }
}
