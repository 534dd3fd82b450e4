//! Play, stop, loop, the time, and which take.

use egui::{Align, ComboBox, Label, Layout, RichText};

use super::buttons::{icon_button, icon_toggle};
use super::text::time;
use crate::window::state::{Action, State};
use crate::window::texts::text;
use crate::window::theme::{CONTROL_HEIGHT_PT, GRID_PT, SMALL_PT, icon, palette};

/// Room for the longest time, so that nothing moves while it runs.
const TIME_PT: f32 = 17.0 * GRID_PT;

pub(super) fn show(state: &State, ui: &mut egui::Ui, actions: &mut Vec<Action>) {
    let colors = palette(ui.visuals());
    let duration_secs = state.selected_take().map(|take| take.duration_secs());
    ui.horizontal(|ui| {
        ui.set_min_height(CONTROL_HEIGHT_PT);
        ui.spacing_mut().item_spacing.x = GRID_PT / 2.0;
        ui.add_enabled_ui(duration_secs.is_some(), |ui| {
            if icon_button(ui, icon::TO_START, text!("to-start")).clicked() {
                actions.push(Action::ToStart);
            }
            let (picture, name, hover) = if state.transport.playing.is_some() {
                (icon::PAUSE, text!("pause"), text!("pause-hint"))
            } else {
                (icon::PLAY, text!("play"), text!("play-hint"))
            };
            if icon_toggle(ui, picture, name, hover, false).clicked() {
                actions.push(Action::PlayOrPause);
            }
        });
        ui.add_enabled_ui(
            state.is_speaking() || state.recording.progress.is_some(),
            |ui| {
                if icon_toggle(ui, icon::STOP, text!("stop"), text!("stop-hint"), false).clicked() {
                    actions.push(Action::Stop);
                }
            },
        );
        ui.add_enabled_ui(duration_secs.is_some(), |ui| {
            let hover = text!("loop-hint");
            let is_on = state.transport.looped.is_some();
            if icon_toggle(ui, icon::LOOP, text!("loop"), hover, is_on).clicked() {
                actions.push(Action::ToggleLoop);
            }
        });
        ui.add_space(GRID_PT);
        ui.allocate_ui(egui::vec2(TIME_PT, CONTROL_HEIGHT_PT), |ui| {
            ui.set_min_width(TIME_PT);
            let words = match duration_secs {
                Some(duration_secs) => text!(
                    "take-time",
                    now = time(state.transport.playhead_secs),
                    length = time(duration_secs),
                ),
                None => time(0.0),
            };
            ui.add(
                Label::new(RichText::new(words).size(SMALL_PT).color(colors.text_quiet)).extend(),
            );
        });
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            takes(state, ui, actions);
        });
    });
}

fn takes(state: &State, ui: &mut egui::Ui, actions: &mut Vec<Action>) {
    let Some(selected) = state.selected_take() else {
        return;
    };
    if icon_toggle(
        ui,
        icon::DELETE,
        text!("take-delete"),
        text!("take-delete-hint"),
        false,
    )
    .clicked()
    {
        actions.push(Action::PutAway(selected.id));
    }
    let width = ui.available_width().min(36.0 * GRID_PT);
    let response = ComboBox::from_id_salt("take")
        .selected_text(selected.title())
        .width(width)
        .truncate()
        .show_ui(ui, |ui| {
            for (number, take) in (1..)
                .zip(state.takes())
                .collect::<Vec<_>>()
                .into_iter()
                .rev()
            {
                let words = text!(
                    "take-listed",
                    number = number,
                    title = take.title(),
                    time = time(take.duration_secs()),
                );
                if ui.selectable_label(take.id == selected.id, words).clicked() {
                    actions.push(Action::SelectTake(take.id));
                }
            }
        })
        .response;
    response.widget_info(|| {
        egui::WidgetInfo::labeled(
            egui::Role::ComboBox,
            true,
            text!("take-selected", title = selected.title()),
        )
    });
}
