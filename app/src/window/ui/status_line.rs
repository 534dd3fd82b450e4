//! One line about what happened last, and the way out if something is wrong.

use egui::{Align, Label, Layout, RichText};

use super::buttons::small_button;
use crate::window::state::{Action, Readiness, State};
use crate::window::texts::text;
use crate::window::theme::{GRID_PT, SMALL_PT, icon, palette};

/// Room for the line even when it is empty, so that nothing jumps when it appears.
const HEIGHT_PT: f32 = 3.0 * GRID_PT;

pub(super) fn show(state: &mut State, ui: &mut egui::Ui, actions: &mut Vec<Action>) {
    let colors = palette(ui.visuals());
    let status = &state.status;
    let color = if status.is_error {
        colors.error
    } else {
        colors.text_quiet
    };
    ui.spacing_mut().interact_size.y = HEIGHT_PT;
    let size = egui::vec2(ui.available_width(), HEIGHT_PT);
    ui.allocate_ui_with_layout(size, Layout::right_to_left(Align::Center), |ui| {
        let playing = state.transport.playing;
        let underruns = playing.map_or(0, |playing| playing.underruns);
        // The end of the sound counts as one.
        if underruns > 1 {
            let words = text!("status-underruns", count = underruns - 1);
            ui.label(RichText::new(words).size(SMALL_PT).color(colors.text_quiet));
        }
        if let Some((words, action)) = &status.way_out
            && small_button(ui, words).clicked()
        {
            actions.push(action.clone());
        }
        ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
            if status.line.is_empty() {
                let words = match &state.readiness {
                    Readiness::Loading => text!("status-loading"),
                    Readiness::Ready => return,
                    Readiness::Failed(reason) => reason,
                };
                ui.add(
                    Label::new(RichText::new(words).size(SMALL_PT).color(colors.text_quiet))
                        .truncate(),
                );
                return;
            }
            if status.is_error {
                let warning = ui.label(RichText::new(icon::WARNING).size(SMALL_PT).color(color));
                warning.widget_info(|| {
                    egui::WidgetInfo::labeled(egui::Role::Label, true, text!("status-warning"))
                });
            }
            ui.add(
                Label::new(RichText::new(&status.line).size(SMALL_PT).color(color))
                    .truncate()
                    .selectable(true),
            )
            .on_hover_text(&status.line);
        });
    });
}
