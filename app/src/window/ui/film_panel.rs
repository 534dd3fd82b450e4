//! Several scenes to one film: the scenes one by one, and what all of them have alike.

use egui::{Align, Layout, Ui, Vec2};

use super::buttons::{MAIN_HEIGHT_PT, icon_button, main_button, wide_button};
use super::{film_settings, scene_fields, scene_list, use_panel};
use crate::window::state::{Action, Dialog, FilmAction, FilmFile, FilmPart, Previewed, State};
use crate::window::texts::text;
use crate::window::theme::{GRID_PT, icon};

pub(super) fn show(state: &mut State, ui: &mut Ui, actions: &mut Vec<Action>) {
    use_panel::show(state, ui, actions, buttons, content);
}

fn buttons(state: &mut State, ui: &mut Ui, actions: &mut Vec<Action>) {
    let width = ui.available_width();
    let half = (width - GRID_PT) / 2.0;
    let preview = state.transport.preview.as_ref().map(|preview| &preview.of);
    let is_heard = matches!(preview, Some(Previewed::Scene(_)));
    let row = Vec2::new(width, MAIN_HEIGHT_PT);
    ui.allocate_ui_with_layout(row, Layout::left_to_right(Align::Center), |ui| {
        let (picture, words, action) = match is_heard {
            true => (icon::STOP, text!("film-preview-stop"), Action::Stop),
            false => (
                icon::PLAY,
                text!("film-preview"),
                Action::Film(FilmAction::Preview),
            ),
        };
        if wide_button(ui, picture, words, half)
            .on_hover_text(text!("film-preview-hint"))
            .clicked()
        {
            actions.push(action);
        }
        if main_button(ui, icon::EXPORT, text!("film-export"), half)
            .on_hover_text(text!("film-export-hint"))
            .clicked()
        {
            actions.push(Action::Film(FilmAction::AskExport));
        }
    });
}

fn content(state: &mut State, ui: &mut Ui, actions: &mut Vec<Action>) {
    let Some(count) = state.edited_film().map(|film| film.film.scenes.len()) else {
        return;
    };
    ui.horizontal(|ui| {
        let part = &mut state.film.part;
        let scenes = text!("film-part-scenes", count = count);
        ui.selectable_value(part, FilmPart::Scenes, scenes);
        ui.selectable_value(part, FilmPart::Whole, text!("film-part-whole"));
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            if icon_button(ui, icon::SAVE, text!("film-save")).clicked() {
                actions.push(Action::Film(FilmAction::Save));
            }
            if icon_button(ui, icon::FOLDER, text!("film-open")).clicked() {
                actions.push(Action::Ask(Dialog::Film(FilmFile::Open)));
            }
        });
    });
    ui.add_space(GRID_PT / 2.0);
    match state.film.part {
        FilmPart::Scenes => {
            scene_list::show(state, ui, actions);
            ui.add_space(GRID_PT);
            scene_fields::show(state, ui, actions);
        }
        FilmPart::Whole => film_settings::show(state, ui, actions),
    }
}
