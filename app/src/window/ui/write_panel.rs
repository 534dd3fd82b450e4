//! Text to avatar: the script, what the take in the timeline says of it, the voice and the portrait.

use egui::{Label, RichText};

use super::buttons::{icon_button, main_button, wide_button};
use super::text::{field_label, quiet};
use super::{
    driver_panel, face_panel, portrait_picker, script_panel, take_panel, use_panel, voice_panel,
};
use crate::window::state::{Action, State};
use crate::window::texts::text;
use crate::window::theme::{GRID_PT, SMALL_PT, icon};

/// Lines that are shown of those that wait.
const SHOWN_LINES: usize = 3;

pub(super) fn show(state: &mut State, ui: &mut egui::Ui, actions: &mut Vec<Action>) {
    use_panel::show(state, ui, actions, buttons, content);
}

fn content(state: &mut State, ui: &mut egui::Ui, actions: &mut Vec<Action>) {
    script_panel::show(state, ui);
    take_panel::show(state, ui, actions);
    ui.add_space(GRID_PT);
    voice_panel::show(state, ui, actions);
    ui.add_space(GRID_PT);
    portrait_picker::show(state, ui, actions);
    ui.add_space(GRID_PT);
    driver_panel::show(state, ui, actions);
    ui.add_space(GRID_PT);
    face_panel::show(state, ui);
    queue(state, ui, actions);
}

fn buttons(state: &mut State, ui: &mut egui::Ui, actions: &mut Vec<Action>) {
    let width = ui.available_width();
    let hint = if state.is_speaking() {
        text!("speak-instead-hint")
    } else {
        text!("speak-hint")
    };
    if main_button(ui, icon::SPEAK, text!("speak"), width)
        .on_hover_text(hint)
        .clicked()
    {
        actions.push(Action::Speak);
    }
    // The second one's words are longer.
    let [first, second] = [0.45, 0.55].map(|share| share * (width - GRID_PT));
    ui.horizontal(|ui| {
        if wide_button(ui, icon::QUEUE, text!("queue-add"), first)
            .on_hover_text(text!("queue-add-hint"))
            .clicked()
        {
            actions.push(Action::Queue);
        }
        record(state, ui, actions, second);
    });
}

/// The button that also records what is spoken next.
pub(super) fn record(state: &State, ui: &mut egui::Ui, actions: &mut Vec<Action>, width: f32) {
    let colors = crate::window::theme::palette(ui.visuals());
    let words = if state.record {
        text!("save-next-on")
    } else {
        text!("save-next")
    };
    let response = ui
        .scope(|ui| {
            if state.record {
                let widgets = &mut ui.visuals_mut().widgets;
                for widget in [
                    &mut widgets.inactive,
                    &mut widgets.hovered,
                    &mut widgets.active,
                ] {
                    widget.weak_bg_fill = colors.record.gamma_multiply(0.2);
                    widget.bg_stroke = egui::Stroke::new(1.0, colors.record);
                }
            }
            wide_button(ui, icon::RECORD, words, width)
        })
        .inner;
    if response.on_hover_text(text!("save-next-hint")).clicked() {
        actions.push(Action::ToggleRecord);
    }
}

fn queue(state: &State, ui: &mut egui::Ui, actions: &mut Vec<Action>) {
    if state.queue.is_empty() {
        return;
    }
    ui.add_space(GRID_PT);
    field_label(ui, &text!("queue-title", count = state.queue.len()));
    for (index, line) in state.queue.iter().enumerate().take(SHOWN_LINES) {
        ui.horizontal(|ui| {
            let name = text!("queue-remove", number = index + 1);
            if icon_button(ui, icon::CLOSE, &name).clicked() {
                actions.push(Action::Unqueue(index));
            }
            ui.add(Label::new(RichText::new(&line.text).size(SMALL_PT)).truncate());
        });
    }
    if state.queue.len() > SHOWN_LINES {
        quiet(
            ui,
            &text!("queue-more", count = state.queue.len() - SHOWN_LINES),
        );
    }
}
