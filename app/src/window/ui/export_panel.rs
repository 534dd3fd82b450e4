//! A take to files.

use egui::{ComboBox, Label, RichText};

use super::buttons::main_button;
use super::text::{field_label, quiet, time};
use super::use_panel;
use crate::window::state::{Action, ExportKind, State};
use crate::window::theme::{GRID_PT, icon};
use studio::look::{Background, FilmSize};

/// Sizes that can be chosen.
const SIZES: [FilmSize; 7] = [
    FilmSize::Usual,
    FilmSize::Picture,
    FilmSize::ShortSide(512),
    FilmSize::ShortSide(720),
    FilmSize::ShortSide(1080),
    FilmSize::ShortSide(1440),
    FilmSize::ShortSide(2160),
];
/// The colour that is there first: what editing programs key out.
const FIRST_COLOUR: [u8; 3] = [0x00, 0xb1, 0x40];

pub(super) fn show(state: &mut State, ui: &mut egui::Ui, actions: &mut Vec<Action>) {
    use_panel::show(state, ui, actions, buttons, content);
}

fn buttons(state: &mut State, ui: &mut egui::Ui, actions: &mut Vec<Action>) {
    let width = ui.available_width();
    let can_export =
        state.exporting.is_none() && state.selected_take().is_some_and(|take| take.is_complete);
    ui.add_enabled_ui(can_export, |ui| {
        if main_button(ui, icon::EXPORT, "Export the take", width)
            .on_hover_text("Choose where to write it (Ctrl+E)")
            .clicked()
        {
            actions.push(Action::Export);
        }
    });
    use_panel::record(state, ui, actions);
}

fn content(state: &mut State, ui: &mut egui::Ui, _actions: &mut Vec<Action>) {
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
    format(state, ui);
    if state.settings.export.kind.has_picture() {
        ui.add_space(GRID_PT);
        size(state, ui);
        ui.add_space(GRID_PT);
        background(state, ui);
    }
    version(state, ui);
    if let Some(last) = state.recording.last.clone() {
        ui.add_space(GRID_PT);
        field_label(ui, "Last recording");
        quiet(ui, &last.display().to_string());
    }
}

/// Speech that was heard while it was made can be made anew for a file.
fn version(state: &mut State, ui: &mut egui::Ui) {
    let take = state.selected_take();
    if !take.is_some_and(|take| take.script.can_be_made_again()) {
        return;
    }
    ui.add_space(GRID_PT);
    ui.checkbox(
        &mut state.settings.export.is_live_version,
        "Export the live version",
    )
    .on_hover_text("Exports exactly what you heard");
    quiet(
        ui,
        match state.settings.export.is_live_version {
            true => "Exports exactly what you heard.",
            false => {
                "Generates the speech again in whole sentences: same words, voice and seed, better quality."
            }
        },
    );
}

fn format(state: &mut State, ui: &mut egui::Ui) {
    let label = field_label(ui, "Write it as");
    ComboBox::from_id_salt("format")
        .selected_text(describe(state.settings.export.kind).0)
        .width(ui.available_width())
        .show_ui(ui, |ui| {
            for kind in ExportKind::ALL {
                let (name, about) = describe(kind);
                ui.selectable_value(&mut state.settings.export.kind, kind, name)
                    .on_hover_text(about);
            }
        })
        .response
        .labelled_by(label);
    quiet(ui, describe(state.settings.export.kind).1);
}

fn size(state: &mut State, ui: &mut egui::Ui) {
    let label = field_label(ui, "Shorter side");
    let words = |size: FilmSize| match size {
        FilmSize::Usual => "As the portrait".to_owned(),
        FilmSize::Picture => "Every pixel of the picture".to_owned(),
        FilmSize::ShortSide(2160) => "2160 pixels, 4K".to_owned(),
        FilmSize::ShortSide(side_px) => format!("{side_px} pixels"),
    };
    ComboBox::from_id_salt("size")
        .selected_text(words(state.settings.export.size))
        .width(ui.available_width())
        .show_ui(ui, |ui| {
            for size in SIZES {
                ui.selectable_value(&mut state.settings.export.size, size, words(size));
            }
        })
        .response
        .labelled_by(label);
}

fn background(state: &mut State, ui: &mut egui::Ui) {
    field_label(ui, "Behind the person");
    let has_alpha = state.settings.export.kind.has_alpha();
    let now = state.film_look(has_alpha).background;
    ui.horizontal_wrapped(|ui| {
        let background = &mut state.settings.export.background;
        if ui
            .selectable_label(now == Background::Keep, "As it is")
            .clicked()
        {
            *background = Background::Keep;
        }
        let is_colour = matches!(now, Background::Colour(_));
        if ui.selectable_label(is_colour, "A colour").clicked() && !is_colour {
            *background = Background::Colour(FIRST_COLOUR);
        }
        if let Background::Colour(colour) = background {
            ui.color_edit_button_srgb(colour)
                .on_hover_text("The colour behind the person");
        }
        ui.add_enabled_ui(has_alpha, |ui| {
            if ui
                .selectable_label(now == Background::Transparent, "Nothing")
                .on_hover_text("Transparent")
                .on_disabled_hover_text("MP4 cannot be transparent: choose PNG, ProRes or WebM")
                .clicked()
            {
                *background = Background::Transparent;
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
        ExportKind::Pictures => (
            "Pictures with alpha (PNG)",
            "A folder of numbered pictures, 25 a second, with the sound beside them.",
        ),
        ExportKind::ProRes => (
            "Video with alpha (ProRes 4444)",
            "For programs that edit films. Needs ffmpeg to be installed.",
        ),
        ExportKind::WebM => (
            "Video with alpha (WebM, VP9)",
            "For web pages. Needs ffmpeg to be installed.",
        ),
        ExportKind::Lossless => (
            "Video without loss (FFV1)",
            "With alpha, for archives. Needs ffmpeg to be installed.",
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
