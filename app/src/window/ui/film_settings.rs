//! What all scenes of the film have alike: shape, captions, background, music and logo.

use egui::{Align, Label, Layout, Slider, Ui};

use super::buttons::{icon_button, wide_button};
use super::choice::{choice, combo};
use super::look_panel::{caption_choices, slider};
use super::text::{field_label, problem, quiet};
use crate::window::state::{Action, Dialog, FilmFile, State};
use crate::window::texts::text;
use crate::window::theme::{GRID_PT, icon};
use std::path::Path;
use studio::framing::{Aspect, Extent};
use studio::output_path::file_name;
use studio::scenes::{
    Corner, DUCK_DB_RANGE, MUSIC_VOLUME_RANGE, Place, Scene, SceneBackground, SceneFilm,
};
use studio::wording::capitalised;

/// The background that is there first.
const FIRST_COLOUR: [u8; 3] = [0x20, 0x30, 0x40];

pub(super) fn show(state: &mut State, ui: &mut Ui, actions: &mut Vec<Action>) {
    let problems =
        [Place::Music, Place::Logo].map(|place| state.film_problem(place, "file").map(capitalised));
    let numbers = 1..=state.edited_film().map_or(0, |film| film.film.scenes.len());
    let background_problem = numbers
        .filter_map(|number| state.film_problem(Place::Scene(number), "background"))
        .next()
        .map(capitalised);
    let Some(edited) = &mut state.history.now.film else {
        return;
    };
    let mut aspect = edited.film.aspect;
    field_label(ui, text!("export-aspect"));
    let aspects = [
        Aspect::Wide,
        Aspect::Tall,
        Aspect::Square,
        Aspect::FourToFive,
    ];
    choice(ui, &mut aspect, aspects.map(|it| (it, it.name())));
    if aspect != edited.film.aspect {
        edited.set_aspect(aspect);
    }
    let film = &mut edited.film;
    ui.add_space(GRID_PT);
    field_label(ui, text!("export-framing"));
    let extents = [
        (Extent::Full, text!("export-framing-full")),
        (Extent::Shoulders, text!("export-framing-shoulders")),
        (Extent::Head, text!("export-framing-head")),
    ];
    for_all(
        film,
        |scene| &mut scene.framing.extent,
        |extent| {
            choice(ui, extent, extents);
        },
    );
    ui.add_space(GRID_PT);
    let width = ui.available_width();
    for_all(
        film,
        |scene| &mut scene.captions,
        |captions| {
            combo(
                ui,
                text!("export-captions"),
                width,
                captions,
                caption_choices(),
            );
        },
    );
    ui.add_space(GRID_PT);
    music(film, problems[0].as_deref(), ui, actions);
    ui.add_space(GRID_PT);
    background(film, ui, actions);
    said(background_problem.as_deref(), ui);
    ui.add_space(GRID_PT);
    logo(film, problems[1].as_deref(), ui, actions);
}

/// Shows what the first scene has, and gives all scenes what is chosen.
fn for_all<T: Clone + PartialEq>(
    film: &mut SceneFilm,
    field: fn(&mut Scene) -> &mut T,
    show: impl FnOnce(&mut T),
) {
    let Some(first) = film.scenes.first_mut() else {
        return;
    };
    let before = field(first).clone();
    let mut now = before.clone();
    show(&mut now);
    if now != before {
        for scene in &mut film.scenes {
            field(scene).clone_from(&now);
        }
    }
}

fn said(reason: Option<&str>, ui: &mut Ui) {
    if let Some(reason) = reason {
        problem(ui, reason);
    }
}

/// The name of a file, with buttons for another one and for none. Says whether it is to go.
fn file_row(
    path: &Path,
    [other, remove]: [&str; 2],
    ask: FilmFile,
    ui: &mut Ui,
    actions: &mut Vec<Action>,
) -> bool {
    let mut is_gone = false;
    ui.horizontal(|ui| {
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            is_gone = icon_button(ui, icon::CLOSE, remove).clicked();
            if icon_button(ui, icon::FOLDER, other).clicked() {
                actions.push(Action::Ask(Dialog::Film(ask)));
            }
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                ui.add(Label::new(file_name(path)).truncate());
            });
        });
    });
    is_gone
}

fn music(film: &mut SceneFilm, wrong: Option<&str>, ui: &mut Ui, actions: &mut Vec<Action>) {
    field_label(ui, text!("film-music"));
    let width = ui.available_width();
    let Some(music) = &mut film.music else {
        if wide_button(ui, icon::SOUND, text!("film-music-choose"), width)
            .on_hover_text(text!("film-music-hint"))
            .clicked()
        {
            actions.push(Action::Ask(Dialog::Film(FilmFile::Music)));
        }
        return;
    };
    let names = [text!("film-music-other"), text!("film-music-remove")];
    let is_gone = file_row(&music.path, names, FilmFile::Music, ui, actions);
    said(wrong, ui);
    let volume = Slider::new(&mut music.volume, MUSIC_VOLUME_RANGE)
        .step_by(0.05)
        .fixed_decimals(2);
    slider(ui, text!("film-music-volume"), volume);
    let ducking = Slider::new(&mut music.ducking.reduction_db, DUCK_DB_RANGE)
        .step_by(1.0)
        .fixed_decimals(0)
        .suffix(format!(" {}", text!("film-music-unit")));
    slider(ui, text!("film-music-ducking"), ducking);
    if is_gone {
        film.music = None;
    }
}

fn background(film: &mut SceneFilm, ui: &mut Ui, actions: &mut Vec<Action>) {
    field_label(ui, text!("export-background"));
    let mut file = None;
    for_all(
        film,
        |scene| &mut scene.background,
        |background| {
            ui.horizontal_wrapped(|ui| {
                let is_kept = *background == SceneBackground::Keep;
                if ui
                    .selectable_label(is_kept, text!("export-background-original"))
                    .clicked()
                {
                    *background = SceneBackground::Keep;
                }
                let is_colour = matches!(background, SceneBackground::Colour(_));
                if ui
                    .selectable_label(is_colour, text!("export-background-colour"))
                    .clicked()
                    && !is_colour
                {
                    *background = SceneBackground::Colour(FIRST_COLOUR);
                }
                if let SceneBackground::Colour(colour) = background {
                    ui.color_edit_button_srgb(colour)
                        .on_hover_text(text!("export-background-colour-hint"));
                }
                let is_file = !is_colour && !is_kept;
                if ui
                    .selectable_label(is_file, text!("film-background-file"))
                    .clicked()
                {
                    actions.push(Action::Ask(Dialog::Film(FilmFile::Background)));
                }
            });
            if let SceneBackground::Picture(path) | SceneBackground::Video(path) = background {
                file = Some(file_name(path));
            }
        },
    );
    if let Some(file) = file {
        quiet(ui, &file);
    }
    for_all(
        film,
        |scene| &mut scene.blur,
        |blur| {
            let blur = Slider::new(blur, 0.0..=1.0).step_by(0.05).fixed_decimals(2);
            slider(ui, text!("film-blur"), blur);
        },
    );
}

fn logo(film: &mut SceneFilm, wrong: Option<&str>, ui: &mut Ui, actions: &mut Vec<Action>) {
    field_label(ui, text!("film-logo"));
    let width = ui.available_width();
    let Some(logo) = &mut film.logo else {
        if wide_button(ui, icon::PICTURE, text!("film-logo-choose"), width)
            .on_hover_text(text!("film-logo-hint"))
            .clicked()
        {
            actions.push(Action::Ask(Dialog::Film(FilmFile::Logo)));
        }
        return;
    };
    let names = [text!("film-logo-other"), text!("film-logo-remove")];
    let is_gone = file_row(&logo.path, names, FilmFile::Logo, ui, actions);
    said(wrong, ui);
    let corners = [
        (Corner::TopLeft, text!("film-corner-top-left")),
        (Corner::TopRight, text!("film-corner-top-right")),
        (Corner::BottomLeft, text!("film-corner-bottom-left")),
        (Corner::BottomRight, text!("film-corner-bottom-right")),
    ];
    let corners = corners.map(|(corner, name)| (corner, name.to_owned()));
    combo(ui, text!("film-corner"), width, &mut logo.corner, corners);
    if is_gone {
        film.logo = None;
    }
}
