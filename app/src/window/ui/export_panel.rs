//! A take to files.

use egui::{ComboBox, Label, RichText};

use super::buttons::main_button;
use super::text::{field_label, quiet, time};
use super::use_panel;
use crate::window::state::{Action, ExportKind, State};
use crate::window::texts::text;
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
    if state.settings.export.kind.has_picture() {
        ui.add_space(GRID_PT);
        size(state, ui);
        ui.add_space(GRID_PT);
        background(state, ui);
    }
    version(state, ui);
    if let Some(last) = state.recording.last.clone() {
        ui.add_space(GRID_PT);
        field_label(ui, text!("export-last"));
        quiet(ui, &last.display().to_string());
    }
}

/// Speech that was generated live can be generated again for a file.
fn version(state: &mut State, ui: &mut egui::Ui) {
    let take = state.selected_take();
    if !take.is_some_and(|take| take.script.can_be_made_again()) {
        return;
    }
    ui.add_space(GRID_PT);
    ui.checkbox(
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
    let label = field_label(ui, text!("export-resolution"));
    let stage = state.stage.as_ref();
    let portrait_px = stage.map(|stage| stage.avatar.video_size_px());
    let words = |size: FilmSize| match size {
        FilmSize::Usual => match portrait_px {
            Some((width, height)) => {
                text!(
                    "export-resolution-portrait-size",
                    width = width,
                    height = height
                )
            }
            None => text!("export-resolution-portrait").to_owned(),
        },
        FilmSize::Picture => text!("export-resolution-full").to_owned(),
        FilmSize::ShortSide(2160) => text!("export-resolution-4k").to_owned(),
        FilmSize::ShortSide(side_px) => text!("export-resolution-pixels", pixels = side_px),
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
    field_label(ui, text!("export-background"));
    let has_alpha = state.settings.export.kind.has_alpha();
    let now = state.film_look(has_alpha).background;
    ui.horizontal_wrapped(|ui| {
        let background = &mut state.settings.export.background;
        if ui
            .selectable_label(now == Background::Keep, text!("export-background-original"))
            .clicked()
        {
            *background = Background::Keep;
        }
        let is_colour = matches!(now, Background::Colour(_));
        if ui
            .selectable_label(is_colour, text!("export-background-colour"))
            .clicked()
            && !is_colour
        {
            *background = Background::Colour(FIRST_COLOUR);
        }
        if let Background::Colour(colour) = background {
            ui.color_edit_button_srgb(colour)
                .on_hover_text(text!("export-background-colour-hint"));
        }
        ui.add_enabled_ui(has_alpha, |ui| {
            if ui
                .selectable_label(
                    now == Background::Transparent,
                    text!("export-background-transparent"),
                )
                .on_hover_text(text!("export-background-transparent-hint"))
                .on_disabled_hover_text(text!("export-background-no-alpha"))
                .clicked()
            {
                *background = Background::Transparent;
            }
        });
    });
}

fn describe(kind: ExportKind) -> (&'static str, &'static str) {
    match kind {
        ExportKind::Video => (text!("format-video"), text!("format-video-about")),
        ExportKind::Pictures => (text!("format-images"), text!("format-images-about")),
        ExportKind::ProRes => (text!("format-prores"), text!("format-prores-about")),
        ExportKind::WebM => (text!("format-webm"), text!("format-webm-about")),
        ExportKind::Lossless => (text!("format-lossless"), text!("format-lossless-about")),
        ExportKind::Sound => (text!("format-audio"), text!("format-audio-about")),
        ExportKind::Srt => (text!("format-srt"), text!("format-srt-about")),
        ExportKind::Vtt => (text!("format-vtt"), text!("format-vtt-about")),
        ExportKind::Motion => (text!("format-motion"), text!("format-motion-about")),
    }
}
