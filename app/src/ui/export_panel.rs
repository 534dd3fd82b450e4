//! A take to files.

use egui::{CentralPanel, Frame, Label, Panel, RichText, ScrollArea};

use super::buttons::main_button;
use super::text::{field_label, quiet, time};
use super::{progress_line, write_panel};
use crate::state::{Action, ExportKind, State};
use crate::theme::{GRID_PT, icon};

pub(super) fn show(state: &mut State, ui: &mut egui::Ui, actions: &mut Vec<Action>) {
    Panel::bottom("export buttons")
        .resizable(false)
        .show_separator_line(false)
        .frame(Frame::new())
        .show(ui, |ui| {
            ui.add_space(GRID_PT);
            progress_line::show(state, ui, actions);
            let width = ui.available_width();
            let can_export = state.exporting.is_none()
                && state.selected_take().is_some_and(|take| take.is_complete);
            ui.add_enabled_ui(can_export, |ui| {
                if main_button(ui, icon::EXPORT, "Export the take", width)
                    .on_hover_text("Choose where to write it (Ctrl+E)")
                    .clicked()
                {
                    actions.push(Action::Export);
                }
            });
            write_panel::record(state, ui, actions, width);
        });
    CentralPanel::no_frame().show(ui, |ui| {
        ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
            field_label(ui, "The take in the timeline");
            match state.selected_take() {
                Some(take) => {
                    ui.add(Label::new(RichText::new(take.title())).truncate());
                    quiet(ui, &format!("{} long", time(take.duration_secs())));
                }
                None => quiet(
                    ui,
                    "There is none yet: speak some words, and they can be exported.",
                ),
            }
            ui.add_space(GRID_PT);
            field_label(ui, "Write it as");
            for kind in ExportKind::ALL {
                let (name, about) = describe(kind);
                ui.radio_value(&mut state.export_kind, kind, name)
                    .on_hover_text(about);
            }
            ui.add_space(GRID_PT);
            quiet(ui, describe(state.export_kind).1);
            if let Some(last) = state.recording.last.clone() {
                ui.add_space(GRID_PT);
                field_label(ui, "Last recording");
                quiet(ui, &last.display().to_string());
            }
        });
    });
}

fn describe(kind: ExportKind) -> (&'static str, &'static str) {
    match kind {
        ExportKind::Video => (
            "Video (MP4)",
            "Picture and sound, H.264 and Opus. It says in its metadata that it is synthetic.",
        ),
        ExportKind::Sound => ("Sound (WAV)", "The voice alone, 24 kHz, 16 bits."),
        ExportKind::Srt => (
            "Subtitles (SRT)",
            "The words with their times, for video players.",
        ),
        ExportKind::Vtt => (
            "Subtitles (VTT)",
            "The words with their times, for web pages.",
        ),
        ExportKind::Motion => (
            "Movement (JSON)",
            "Head and face, 25 frames a second, for other programs.",
        ),
    }
}
