//! How an exported video looks: which part of the picture, how large, how smooth, with which captions and background.

use egui::{Slider, Ui};
use studio::captions::CaptionStyle;
use studio::framing::{Aspect, Extent, Fill, SHIFT_RANGE, ZOOM_RANGE};
use studio::look::{Background, FilmSize, FrameRate, Look};
use studio::media::write::SoundCodec;

use super::choice::combo;
use super::text::{field_label, quiet};
use crate::window::state::{ExportKind, State};
use crate::window::texts::text;
use crate::window::theme::GRID_PT;

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
/// The background that is there first: what editing programs key out.
const FIRST_BACKGROUND: [u8; 3] = [0x00, 0xb1, 0x40];
/// The colour beyond the picture that is there first.
const FIRST_BEYOND: [u8; 3] = [0x20, 0x20, 0x20];
/// Room for the number beside a slider.
const NUMBER_PT: f32 = 10.0 * GRID_PT;
/// Share of a row that its wider field takes.
const WIDER_SHARE: f32 = 0.62;

/// Everything that shows in a picture.
pub(super) fn show(state: &mut State, ui: &mut Ui) {
    framing(state, ui);
    ui.add_space(GRID_PT);
    row(state, ui, [size, frame_rate]);
    ui.add_space(GRID_PT);
    if state.settings.export.kind == ExportKind::Video {
        row(state, ui, [captions, sound_codec]);
    } else {
        captions(state, ui, ui.available_width());
    }
    let has_words = state
        .selected_take()
        .is_none_or(|take| !take.words.is_empty() || !take.is_complete);
    if state.settings.export.captions.is_some() && !has_words {
        quiet(ui, text!("export-captions-no-words"));
    }
    ui.add_space(GRID_PT);
    background(state, ui);
}

/// Pictures, or values, in a second.
pub(super) fn frame_rate(state: &mut State, ui: &mut Ui, width: f32) {
    let words = |rate: FrameRate| text!("export-rate-fps", rate = rate.per_second());
    let chosen = &mut state.settings.export.frame_rate;
    let choices = FrameRate::ALL.map(|rate| (rate, words(rate)));
    combo(ui, text!("export-rate"), width, chosen, choices);
}

/// Two fields beside each other, the first of them wider.
fn row(state: &mut State, ui: &mut Ui, fields: [fn(&mut State, &mut Ui, f32); 2]) {
    let width = ui.available_width() - GRID_PT;
    ui.horizontal_top(|ui| {
        for (field, share) in fields.into_iter().zip([WIDER_SHARE, 1.0 - WIDER_SHARE]) {
            let width = (share * width).floor();
            ui.allocate_ui(egui::vec2(width, 0.0), |ui| {
                ui.vertical(|ui| field(state, ui, width));
            });
        }
    });
}

fn framing(state: &mut State, ui: &mut Ui) {
    let frame = state.export_frame();
    let framing = &mut state.settings.export.framing;
    field_label(ui, text!("export-aspect"));
    ui.horizontal_wrapped(|ui| {
        for aspect in Aspect::ALL {
            let words = match aspect {
                Aspect::Portrait => text!("export-aspect-original"),
                named => named.name(),
            };
            ui.selectable_value(&mut framing.aspect, aspect, words);
        }
    });
    ui.add_space(GRID_PT);
    field_label(ui, text!("export-framing"));
    ui.horizontal_wrapped(|ui| {
        for extent in [Extent::Full, Extent::Shoulders, Extent::Head] {
            let words = match extent {
                Extent::Full => text!("export-framing-full"),
                Extent::Shoulders => text!("export-framing-shoulders"),
                Extent::Head => text!("export-framing-head"),
            };
            ui.selectable_value(&mut framing.extent, extent, words);
        }
    });
    let zoom = Slider::new(&mut framing.zoom, ZOOM_RANGE)
        .step_by(0.05)
        .fixed_decimals(2)
        .suffix(text!("speed-unit"));
    slider(ui, text!("export-zoom"), zoom);
    let Some([x, y, width, height]) = frame else {
        return;
    };
    let [across, down] = &mut framing.shift;
    for (name, shift) in [
        (text!("export-move-across"), across),
        (text!("export-move-down"), down),
    ] {
        let shift = Slider::new(shift, SHIFT_RANGE)
            .step_by(0.01)
            .fixed_decimals(2);
        slider(ui, name, shift);
    }
    quiet(ui, text!("export-frame-hint"));
    let reaches_beyond = x < -0.001 || y < -0.001 || x + width > 1.001 || y + height > 1.001;
    if reaches_beyond {
        beyond(&mut framing.fill, ui);
    }
}

/// A slider with its name above it.
pub(super) fn slider(ui: &mut Ui, name: &str, slider: Slider<'_>) {
    ui.add_space(GRID_PT / 2.0);
    let label = field_label(ui, name);
    ui.scope(|ui| {
        ui.spacing_mut().slider_width = ui.available_width() - NUMBER_PT;
        ui.add(slider).labelled_by(label);
    });
}

/// What is shown where the frame reaches beyond the picture.
fn beyond(fill: &mut Fill, ui: &mut Ui) {
    ui.add_space(GRID_PT / 2.0);
    field_label(ui, text!("export-beyond"));
    ui.horizontal_wrapped(|ui| {
        ui.selectable_value(fill, Fill::Blurred, text!("export-beyond-blurred"));
        let is_colour = matches!(fill, Fill::Colour(_));
        let colour = ui.selectable_label(is_colour, text!("export-beyond-colour"));
        if colour.clicked() && !is_colour {
            *fill = Fill::Colour(FIRST_BEYOND);
        }
        if let Fill::Colour(colour) = fill {
            ui.color_edit_button_srgb(colour)
                .on_hover_text(text!("export-beyond-colour-hint"));
        }
    });
}

fn size(state: &mut State, ui: &mut Ui, width: f32) {
    let look = state.film_look(state.settings.export.kind.has_alpha());
    let px = |size: FilmSize| {
        let stage = state.stage.as_ref()?;
        Some(Look { size, ..look }.size_px(stage.people()))
    };
    let words = |size: FilmSize| match (size, px(size)) {
        (FilmSize::Usual, Some((width, height))) => {
            text!(
                "export-resolution-automatic-size",
                width = width,
                height = height
            )
        }
        (FilmSize::Usual, None) => text!("export-resolution-automatic").to_owned(),
        (FilmSize::Picture, _) => text!("export-resolution-full").to_owned(),
        (FilmSize::ShortSide(2160), _) => text!("export-resolution-4k").to_owned(),
        (FilmSize::ShortSide(side_px), _) => text!("export-resolution-pixels", pixels = side_px),
    };
    let choices = SIZES.map(|size| (size, words(size)));
    let chosen = &mut state.settings.export.size;
    combo(ui, text!("export-resolution"), width, chosen, choices);
}

fn captions(state: &mut State, ui: &mut Ui, width: f32) {
    let chosen = &mut state.settings.export.captions;
    combo(
        ui,
        text!("export-captions"),
        width,
        chosen,
        caption_choices(),
    );
}

/// The styles of captions.
pub(super) fn caption_choices() -> [(Option<CaptionStyle>, String); 4] {
    [
        (None, text!("export-captions-none")),
        (Some(CaptionStyle::Plain), text!("export-captions-plain")),
        (Some(CaptionStyle::Boxed), text!("export-captions-boxed")),
        (
            Some(CaptionStyle::Highlight),
            text!("export-captions-highlight"),
        ),
    ]
    .map(|(style, words)| (style, words.to_owned()))
}

fn sound_codec(state: &mut State, ui: &mut Ui, width: f32) {
    let choices = [
        (SoundCodec::Aac, text!("export-audio-aac").to_owned()),
        (SoundCodec::Opus, text!("export-audio-opus").to_owned()),
    ];
    let chosen = &mut state.settings.export.sound_codec;
    combo(ui, text!("export-audio"), width, chosen, choices);
}

fn background(state: &mut State, ui: &mut Ui) {
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
            *background = Background::Colour(FIRST_BACKGROUND);
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
