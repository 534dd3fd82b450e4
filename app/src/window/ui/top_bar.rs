//! Project, the uses, undo, and the way to the pages.

use egui::{Align, Button, Layout, RichText, Stroke, Vec2};

use super::buttons::{icon_toggle, named};
use crate::window::state::{Action, Page, State, Use};
use crate::window::texts::text;
use crate::window::theme::{CONTROL_HEIGHT_PT, GRID_PT, icon, palette, strong_family};

/// Width of a tab.
const TAB_WIDTH_PT: f32 = 10.0 * GRID_PT;
/// The same in a narrow window, where five of them have to fit beside the project's name.
const NARROW_TAB_WIDTH_PT: f32 = 7.0 * GRID_PT;
/// A window below this is narrow.
const WIDE_FROM_PT: f32 = 120.0 * GRID_PT;

pub(super) fn show(state: &State, ui: &mut egui::Ui, actions: &mut Vec<Action>) {
    ui.horizontal(|ui| {
        ui.set_min_height(CONTROL_HEIGHT_PT);
        ui.spacing_mut().item_spacing.x = GRID_PT / 2.0;
        project(state, ui, actions);
        ui.add_space(2.0 * GRID_PT);
        for (use_of, name, picture) in [
            (Use::Write, text!("tab-write"), icon::WRITE),
            (Use::Record, text!("tab-record"), icon::MICROPHONE),
            (Use::Watch, text!("tab-watch"), icon::CAMERA),
            (Use::Export, text!("tab-export"), icon::EXPORT),
            (Use::Film, text!("tab-film"), icon::FILM),
        ] {
            tab(state, ui, actions, use_of, name, picture);
        }
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let (settings, hint) = (text!("settings-button"), text!("settings-button-hint"));
            for (picture, name, hover, page) in [
                (
                    icon::ABOUT,
                    text!("about-button"),
                    text!("about-button"),
                    Page::About,
                ),
                (
                    icon::HELP,
                    text!("shortcuts-button"),
                    text!("shortcuts-button"),
                    Page::Help,
                ),
                (icon::SETTINGS, settings, hint, Page::Settings),
            ] {
                if icon_toggle(ui, picture, name, hover, false).clicked() {
                    actions.push(Action::Show(Some(page)));
                }
            }
            ui.add_space(GRID_PT);
            for (picture, name, hover, is_possible, action) in [
                (
                    icon::REDO,
                    text!("redo"),
                    text!("redo-button"),
                    state.history.can_redo(),
                    Action::Redo,
                ),
                (
                    icon::UNDO,
                    text!("undo"),
                    text!("undo-button"),
                    state.history.can_undo(),
                    Action::Undo,
                ),
            ] {
                ui.add_enabled_ui(is_possible, |ui| {
                    if icon_toggle(ui, picture, name, hover, false).clicked() {
                        actions.push(action);
                    }
                });
            }
        });
    });
}

fn project(state: &State, ui: &mut egui::Ui, actions: &mut Vec<Action>) {
    let mark = if state.is_unsaved() { " •" } else { "" };
    let name = state.project_name();
    let words = format!("{}  {name}{mark}", icon::FOLDER);
    let button = Button::new(RichText::new(words).family(strong_family()))
        .frame_when_inactive(false)
        .truncate();
    let response = ui
        .scope(|ui| {
            ui.set_max_width(22.0 * GRID_PT);
            ui.add(button)
        })
        .inner;
    let label = if state.is_unsaved() {
        text!("project-button-unsaved", name = name)
    } else {
        text!("project-button", name = name)
    };
    if named(response, &label, None)
        .on_hover_text(text!("project-button-hint"))
        .clicked()
    {
        actions.push(Action::Show(Some(Page::Projects)));
    }
}

fn tab(
    state: &State,
    ui: &mut egui::Ui,
    actions: &mut Vec<Action>,
    use_of: Use,
    name: &str,
    picture: &str,
) {
    let colors = palette(ui.visuals());
    let is_chosen = state.use_now == use_of;
    let color = if is_chosen {
        colors.text
    } else {
        colors.text_quiet
    };
    let is_wide = ui.ctx().content_rect().width() >= WIDE_FROM_PT;
    let (words, width) = match is_wide {
        true => (format!("{picture}  {name}"), TAB_WIDTH_PT),
        false => (name.to_owned(), NARROW_TAB_WIDTH_PT),
    };
    let words = RichText::new(words).color(color);
    let response = ui.add(
        Button::new(words)
            .frame_when_inactive(false)
            .stroke(Stroke::NONE)
            .min_size(Vec2::new(width, CONTROL_HEIGHT_PT)),
    );
    if is_chosen {
        let rect = response.rect;
        let line = egui::Rect::from_min_max(
            egui::pos2(rect.left() + GRID_PT, rect.bottom() - 2.0),
            egui::pos2(rect.right() - GRID_PT, rect.bottom()),
        );
        ui.painter().rect_filled(line, 1.0, colors.accent_line);
    }
    if named(response, name, Some(is_chosen)).clicked() {
        actions.push(Action::Use(use_of));
    }
}
