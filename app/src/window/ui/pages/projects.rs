//! New, open, save, and recent projects.

use egui::Ui;

use crate::window::state::Dialog;
use crate::window::state::{Action, State};
use crate::window::texts::text;
use crate::window::theme::{GRID_PT, icon};
use crate::window::ui::buttons::wide_button;
use crate::window::ui::text::{field_label, quiet};
use studio::output_path::file_name;

pub(super) fn show(state: &State, ui: &mut Ui, actions: &mut Vec<Action>) {
    let line = match (&state.session.folder, state.is_unsaved()) {
        (Some(folder), true) => text!(
            "projects-unsaved-named",
            folder = folder.display().to_string()
        ),
        (Some(folder), false) => text!("projects-saved", folder = folder.display().to_string()),
        (None, true) => text!("projects-unsaved").to_owned(),
        (None, false) => text!("projects-empty").to_owned(),
    };
    quiet(ui, &line);
    ui.add_space(GRID_PT);
    let half = (ui.available_width() - GRID_PT) / 2.0;
    let rows = [
        [
            (icon::NEW, text!("projects-new"), Action::NewProject),
            (
                icon::FOLDER,
                text!("projects-open"),
                Action::Ask(Dialog::OpenProject),
            ),
        ],
        [
            (icon::SAVE, text!("projects-save"), Action::Save),
            (icon::SAVE, text!("projects-save-as"), Action::SaveAs),
        ],
    ];
    for row in rows {
        ui.horizontal(|ui| {
            for (picture, words, action) in row {
                if wide_button(ui, picture, words, half).clicked() {
                    actions.extend([Action::Show(None), action]);
                }
            }
        });
    }
    ui.add_space(GRID_PT);
    field_label(ui, text!("projects-recent"));
    if state.settings.recent_projects.is_empty() {
        quiet(ui, text!("projects-recent-none"));
    }
    for folder in &state.settings.recent_projects {
        let width = ui.available_width();
        if wide_button(ui, icon::FOLDER, &file_name(folder), width)
            .on_hover_text(folder.display().to_string())
            .clicked()
        {
            actions.push(Action::OpenProject(folder.clone()));
        }
    }
}
