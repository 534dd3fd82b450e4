//! Cards: what happened, in a heading and a few words, and the buttons that help.

use egui::{
    Align, Area, Frame, Id, Label, Layout, Margin, Order, Rect, RichText, Spinner, Stroke, Ui,
};

use super::buttons::{icon_button, small_button};
use super::text::quiet;
use crate::window::state::{Action, Place, State, Status};
use crate::window::texts::text;
use crate::window::theme::{CORNER, GRID_PT, icon, palette, strong_family};
use studio::output_path::file_name;

/// Width of a card on the stage where there is room.
const WIDTH_PT: f32 = 58.0 * GRID_PT;
/// A file that is read sooner is not worth a card.
const READING_SHOWN_AFTER_SECS: f64 = 0.4;

/// What belongs on the stage: a file that is read, or what happened last.
pub(super) fn on_stage(state: &State, ui: &Ui, stage: Rect, actions: &mut Vec<Action>) {
    let reading = state
        .reading
        .as_ref()
        .filter(|reading| reading.began.elapsed().as_secs_f64() > READING_SHOWN_AFTER_SECS);
    if reading.is_none() && (state.status.place != Place::Stage || state.status.line.is_empty()) {
        return;
    }
    let width = WIDTH_PT.min(stage.width() - 2.0 * GRID_PT);
    Area::new(Id::unique("notice"))
        .order(Order::Middle)
        .pivot(egui::Align2::CENTER_BOTTOM)
        .fixed_pos(stage.center_bottom())
        .constrain_to(stage)
        .show(ui.ctx(), |ui| {
            ui.set_width(width);
            match reading {
                Some(reading) => {
                    let line = text!("status-reading", file = file_name(&reading.path));
                    wait(&line, ui, actions);
                }
                None => card(&state.status, ui, actions),
            }
        });
}

/// What happened last, if it is about what was typed in the panel.
pub(super) fn in_panel(state: &State, ui: &mut Ui, actions: &mut Vec<Action>) {
    if state.status.place == Place::Panel && !state.status.line.is_empty() {
        card(&state.status, ui, actions);
        ui.add_space(GRID_PT);
    }
}

/// Something that takes a while and cannot say how long, and the way to end it.
fn wait(line: &str, ui: &mut Ui, actions: &mut Vec<Action>) {
    let colors = palette(ui.visuals());
    framed(ui, colors.outline, |ui| {
        ui.horizontal(|ui| {
            ui.add(Spinner::new().color(colors.accent_line));
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                if small_button(ui, text!("cancel")).clicked() {
                    actions.push(Action::StopReading);
                }
                ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                    ui.add(Label::new(line).truncate());
                });
            });
        });
    });
}

fn card(status: &Status, ui: &mut Ui, actions: &mut Vec<Action>) {
    let colors = palette(ui.visuals());
    let edge = match status.is_error {
        true => colors.error,
        false => colors.accent_line,
    };
    framed(ui, edge, |ui| {
        ui.horizontal_top(|ui| {
            let (picture, name) = match status.is_error {
                true => (icon::WARNING, text!("status-warning")),
                false => (icon::DONE, text!("status-done")),
            };
            let sign = ui.label(RichText::new(picture).color(edge));
            sign.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Label, true, name));
            ui.with_layout(Layout::right_to_left(Align::Min), |ui| {
                if icon_button(ui, icon::CLOSE, text!("status-close")).clicked() {
                    actions.push(Action::CloseNotice);
                }
                ui.with_layout(Layout::top_down(Align::Min), |ui| {
                    let heading = RichText::new(status.heading()).family(strong_family());
                    ui.add(Label::new(heading).wrap().selectable(true));
                    let details = status.details();
                    if !details.is_empty() {
                        quiet(ui, &sentences(&details));
                    }
                });
            });
        });
        if !status.buttons.is_empty() {
            ui.horizontal_wrapped(|ui| {
                for (words, action) in &status.buttons {
                    if small_button(ui, words).clicked() {
                        actions.push(action.clone());
                    }
                }
            });
        }
    });
}

fn framed(ui: &mut Ui, edge: egui::Color32, content: impl FnOnce(&mut Ui)) {
    let colors = palette(ui.visuals());
    Frame::new()
        .fill(colors.surface)
        .stroke(Stroke::new(1.0, edge))
        .corner_radius(CORNER)
        .inner_margin(Margin::same(1 + GRID_PT as i8))
        .show(ui, |ui| {
            ui.set_width(ui.available_width());
            content(ui);
        });
}

/// Parts as running text.
fn sentences(parts: &[String]) -> String {
    let ended = parts.iter().map(|part| {
        if part.ends_with(['.', '!', '?', '…']) {
            part.clone()
        } else {
            format!("{part}.")
        }
    });
    ended.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::sentences;

    #[test]
    fn parts_become_sentences() {
        let parts = ["No face was found".to_owned(), "Use a photo.".to_owned()];
        assert_eq!(sentences(&parts), "No face was found. Use a photo.");
    }
}
