//! Words that the user wants said in another way.

use egui::{Align, Layout, TextEdit, Ui};

use crate::window::state::{Action, Dialog, Previewed, State};
use crate::window::texts::text;
use crate::window::theme::{GRID_PT, icon};
use crate::window::ui::buttons::{icon_button, wide_button};
use crate::window::ui::text::{field_label, problem, quiet};
use studio::pronunciations::Pronunciation;
use studio::wording::words;

/// Share of a row that the written word takes.
const WRITTEN_SHARE: f32 = 0.4;
/// Room for the two buttons of a row.
const BUTTONS_PT: f32 = 11.0 * GRID_PT;

pub(super) fn show(state: &mut State, ui: &mut Ui, actions: &mut Vec<Action>) {
    quiet(ui, text!("pronunciations-about"));
    ui.add_space(GRID_PT);
    let width = ui.available_width() - BUTTONS_PT;
    let heard = match state.transport.preview.as_ref().map(|preview| &preview.of) {
        Some(Previewed::Word(row)) => Some(*row),
        _ => None,
    };
    let mut gone = None;
    for (index, row) in state.settings.pronunciations.iter_mut().enumerate() {
        let number = index + 1;
        if index == 0 {
            ui.horizontal(|ui| {
                let written = egui::vec2(WRITTEN_SHARE * width + GRID_PT, 0.0);
                ui.allocate_ui(written, |ui| {
                    ui.set_min_width(written.x);
                    field_label(ui, text!("pronunciations-written"));
                });
                field_label(ui, text!("pronunciations-said"));
            });
        }
        let is_sound = row.check().is_ok();
        ui.horizontal(|ui| {
            let fields = [
                (
                    &mut row.written,
                    WRITTEN_SHARE,
                    text!("pronunciations-written-row", number = number),
                ),
                (
                    &mut row.said,
                    1.0 - WRITTEN_SHARE,
                    text!("pronunciations-said-row", number = number),
                ),
            ];
            for (words, share, name) in fields {
                let response = ui.add(
                    TextEdit::singleline(words)
                        .id_salt(&name)
                        .desired_width(share * width - GRID_PT),
                );
                ui.ctx().accesskit_node_builder(response.id, |node| {
                    node.set_label(name);
                });
            }
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                let words = text!("pronunciations-remove", number = number);
                if icon_button(ui, icon::DELETE, &words).clicked() {
                    gone = Some(index);
                }
                ui.add_enabled_ui(is_sound, |ui| {
                    if heard == Some(index) {
                        let words = text!("pronunciations-stop", number = number);
                        if icon_button(ui, icon::STOP, &words).clicked() {
                            actions.push(Action::Stop);
                        }
                    } else {
                        let words = text!("pronunciations-listen", number = number);
                        if icon_button(ui, icon::PLAY, &words).clicked() {
                            actions.push(Action::HearWord(index));
                        }
                    }
                });
            });
        });
        if let Some(error) = row.check().err().filter(|_| !row.is_empty()) {
            let reason = words(&error);
            problem(
                ui,
                &text!("pronunciations-problem", number = number, reason = reason),
            );
        }
    }
    if let Some(index) = gone {
        state.settings.pronunciations.remove(index);
    }
    ui.add_space(GRID_PT);
    let half = (ui.available_width() - GRID_PT) / 2.0;
    ui.horizontal(|ui| {
        if wide_button(ui, icon::WRITE, text!("pronunciations-add"), half).clicked() {
            let rows = &mut state.settings.pronunciations;
            rows.push(Pronunciation::default());
        }
        if wide_button(ui, icon::FOLDER, text!("pronunciations-import"), half)
            .on_hover_text(text!("pronunciations-import-hint"))
            .clicked()
        {
            actions.push(Action::Ask(Dialog::Dictionary));
        }
    });
    if let Some(line) = &state.dictionary_problem {
        problem(ui, line);
    }
}
