//! A take to files.

use egui::{ComboBox, Label, RichText};

use super::buttons::{main_button, tick};
use super::text::{field_label, quiet, time};
use super::{look_panel, use_panel};
use crate::window::state::{Action, ExportGroup, ExportKind, State};
use crate::window::texts::text;
use crate::window::theme::{GRID_PT, icon};

/// Height of a row in the list of formats, so that all fit into a window of usual height.
const FORMAT_ROW_PT: f32 = 2.5 * GRID_PT;
/// What the list of formats leaves free of the window's height.
const MIN_AROUND_LIST_PT: f32 = 12.0 * GRID_PT;

pub(super) fn show(state: &mut State, ui: &mut egui::Ui, actions: &mut Vec<Action>) {
    use_panel::show(state, ui, actions, buttons, content);
}

fn buttons(state: &mut State, ui: &mut egui::Ui, actions: &mut Vec<Action>) {
    let width = ui.available_width();
    let can_export = state.selected_take().is_some_and(|take| take.is_complete);
    ui.add_enabled_ui(can_export, |ui| {
        if main_button(ui, icon::EXPORT, text!("export-button"), width)
            .on_hover_text(text!("export-button-hint"))
            .clicked()
        {
            actions.push(Action::Export);
        }
    });
    use_panel::record(state, ui, actions);
}

fn content(state: &mut State, ui: &mut egui::Ui, _actions: &mut Vec<Action>) {
    field_label(ui, text!("export-take"));
    match state.selected_take() {
        Some(take) => {
            ui.add(Label::new(RichText::new(take.title())).truncate());
            quiet(
                ui,
                &text!("export-length", time = time(take.duration_secs())),
            );
        }
        None => quiet(ui, text!("export-no-take")),
    }
    ui.add_space(GRID_PT);
    format(state, ui);
    version(state, ui);
    let kind = state.settings.export.kind;
    if kind.has_picture() {
        ui.add_space(GRID_PT);
        look_panel::show(state, ui);
    } else if kind.has_frame_rate() {
        ui.add_space(GRID_PT);
        let width = ui.available_width();
        look_panel::frame_rate(state, ui, width);
    }
}

/// Speech that was generated live can be generated again for a file.
fn version(state: &mut State, ui: &mut egui::Ui) {
    let take = state.selected_take();
    if !take.is_some_and(|take| take.script.can_be_made_again()) {
        return;
    }
    ui.add_space(GRID_PT);
    tick(
        ui,
        &mut state.settings.export.is_live_version,
        text!("export-live"),
    )
    .on_hover_text(text!("export-live-hint"));
    quiet(
        ui,
        match state.settings.export.is_live_version {
            true => text!("export-live-on"),
            false => text!("export-live-off"),
        },
    );
}

fn format(state: &mut State, ui: &mut egui::Ui) {
    let label = field_label(ui, text!("export-format"));
    let room = ui.ctx().content_rect().height() - MIN_AROUND_LIST_PT;
    ComboBox::from_id_salt("format")
        .selected_text(describe(state.settings.export.kind).0)
        .width(ui.available_width())
        .height(room)
        .show_ui(ui, |ui| {
            ui.spacing_mut().interact_size.y = FORMAT_ROW_PT;
            ui.spacing_mut().item_spacing.y = 0.0;
            ui.spacing_mut().button_padding.y = 0.0;
            let mut group = None;
            for kind in ExportKind::ALL {
                if group.replace(kind.group()) != Some(kind.group()) {
                    field_label(ui, name(kind.group()));
                }
                let (name, about) = describe(kind);
                ui.selectable_value(&mut state.settings.export.kind, kind, name)
                    .on_hover_text(about);
            }
        })
        .response
        .labelled_by(label);
    quiet(ui, describe(state.settings.export.kind).1);
}

fn name(group: ExportGroup) -> &'static str {
    match group {
        ExportGroup::Video => text!("format-group-video"),
        ExportGroup::Audio => text!("format-group-audio"),
        ExportGroup::Subtitles => text!("format-group-subtitles"),
        ExportGroup::Motion => text!("format-group-motion"),
    }
}

/// What a format is called, and what it is for.
fn describe(kind: ExportKind) -> (&'static str, &'static str) {
    match kind {
        ExportKind::Video => (text!("format-video"), text!("format-video-about")),
        ExportKind::Gif => (text!("format-gif"), text!("format-gif-about")),
        ExportKind::Pictures => (text!("format-images"), text!("format-images-about")),
        ExportKind::ProRes => (text!("format-prores"), text!("format-prores-about")),
        ExportKind::WebM => (text!("format-webm"), text!("format-webm-about")),
        ExportKind::Lossless => (text!("format-lossless"), text!("format-lossless-about")),
        ExportKind::Sound => (text!("format-audio"), text!("format-audio-about")),
        ExportKind::M4a => (text!("format-m4a"), text!("format-m4a-about")),
        ExportKind::Flac => (text!("format-flac"), text!("format-flac-about")),
        ExportKind::Mp3 => (text!("format-mp3"), text!("format-mp3-about")),
        ExportKind::Srt => (text!("format-srt"), text!("format-srt-about")),
        ExportKind::Vtt => (text!("format-vtt"), text!("format-vtt-about")),
        ExportKind::Motion => (text!("format-motion"), text!("format-motion-about")),
        ExportKind::CurvesJson => (
            text!("format-curves-json"),
            text!("format-curves-json-about"),
        ),
        ExportKind::CurvesCsv => (text!("format-curves-csv"), text!("format-curves-csv-about")),
        ExportKind::CurvesGltf => (
            text!("format-curves-gltf"),
            text!("format-curves-gltf-about"),
        ),
    }
}
