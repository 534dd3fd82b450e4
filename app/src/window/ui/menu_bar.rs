//! The menu bar and the menus of the right button: everything that has a key, with it, and more.

use egui::{Button, MenuBar, Response, Ui};

use crate::window::state::shortcuts::{self, Menu, Shortcut};
use crate::window::state::{Action, State};
use crate::window::theme::GRID_PT;

/// Width of a menu: the longest words with their key.
const WIDTH_PT: f32 = 36.0 * GRID_PT;
/// Height of the bar.
const BAR_PT: f32 = 3.0 * GRID_PT;
/// Height of an entry.
const ROW_PT: f32 = 3.5 * GRID_PT;

pub(super) fn show(state: &State, ui: &mut Ui, actions: &mut Vec<Action>) {
    let all = shortcuts::all();
    ui.spacing_mut().interact_size.y = BAR_PT;
    MenuBar::new().ui(ui, |ui| {
        for menu in Menu::ALL {
            ui.menu_button(menu.name(), |ui| {
                ui.set_min_width(WIDTH_PT);
                ui.spacing_mut().interact_size.y = ROW_PT;
                ui.spacing_mut().item_spacing.y = 0.0;
                for shortcut in all.iter().filter(|shortcut| shortcut.menu == menu) {
                    entry(shortcut, state, ui, actions);
                }
            });
        }
    });
}

/// The menu of the right button: those of all entries that ask for one of `wanted`.
pub(super) fn context(
    response: &Response,
    state: &State,
    actions: &mut Vec<Action>,
    wanted: &[Action],
) {
    response.context_menu(|ui| {
        ui.set_min_width(WIDTH_PT);
        for shortcut in shortcuts::all() {
            if wanted.contains(&shortcut.action) {
                entry(&shortcut, state, ui, actions);
            }
        }
    });
}

fn entry(shortcut: &Shortcut, state: &State, ui: &mut Ui, actions: &mut Vec<Action>) {
    let mut entry = Button::new(shortcut.does);
    if let Some(key) = &shortcut.key {
        entry = entry.shortcut_text(shortcuts::name(ui.ctx(), key));
    }
    let is_possible = shortcut.is_possible(state);
    if ui.add_enabled(is_possible, entry).clicked() {
        actions.push(shortcut.action.clone());
        ui.close();
    }
}
