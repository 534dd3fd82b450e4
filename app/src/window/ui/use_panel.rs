//! What the panels of all uses have in common: content that scrolls, and below it what is pressed.

use egui::{CentralPanel, Frame, Panel, ScrollArea, Ui};

use super::{notice, progress_line, write_panel};
use crate::window::state::{Action, State};
use crate::window::theme::GRID_PT;

/// Draws one half of a panel.
type Draw = fn(&mut State, &mut Ui, &mut Vec<Action>);

/// `buttons` stand below what goes on and above the button that records; `content` is what scrolls.
pub(super) fn show(
    state: &mut State,
    ui: &mut Ui,
    actions: &mut Vec<Action>,
    buttons: Draw,
    content: Draw,
) {
    Panel::bottom(egui::Id::unique(("buttons", state.use_now as u8)))
        .resizable(false)
        .show_separator_line(false)
        .frame(Frame::new())
        .show(ui, |ui| {
            ui.add_space(GRID_PT);
            // What the microphone hears has no end that it could be on its way to.
            if !state.is_listening() {
                progress_line::show(state, ui, actions);
            }
            notice::in_panel(state, ui, actions);
            buttons(state, ui, actions);
        });
    CentralPanel::no_frame().show(ui, |ui| {
        ScrollArea::vertical()
            .auto_shrink(false)
            .show(ui, |ui| content(state, ui, actions));
    });
}

/// The button that also records what is spoken next, as wide as the panel.
pub(super) fn record(state: &State, ui: &mut Ui, actions: &mut Vec<Action>) {
    let width = ui.available_width();
    write_panel::record(state, ui, actions, width);
}
