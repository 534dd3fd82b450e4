//! New, open, save, and the projects that were open before.

use egui::Ui;

use crate::window::state::Dialog;
use crate::window::state::{Action, State};
use crate::window::theme::{GRID_PT, icon};
use crate::window::ui::buttons::wide_button;
use crate::window::ui::text::{field_label, quiet};
use studio::output_path::file_name;

pub(super) fn show(state: &State, ui: &mut Ui, actions: &mut Vec<Action>) {
    let line = match (&state.session.folder, state.is_unsaved()) {
        (Some(folder), true) => format!("{}, with changes that are not saved", folder.display()),
        (Some(folder), false) => format!("{}, saved", folder.display()),
        (None, true) => "Not saved yet. Unsaved work is kept and offered at the next start.".into(),
        (None, false) => "Nothing to save yet.".into(),
    };
    quiet(ui, &line);
    ui.add_space(GRID_PT);
    let half = (ui.available_width() - GRID_PT) / 2.0;
    let rows = [
        [
            (icon::NEW, "New project", Action::NewProject),
            (
                icon::FOLDER,
                "Open a project",
                Action::Ask(Dialog::OpenProject),
            ),
        ],
        [
            (icon::SAVE, "Save", Action::Save),
            (icon::SAVE, "Save under another name", Action::SaveAs),
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
    field_label(ui, "Open before");
    if state.settings.recent_projects.is_empty() {
        quiet(
            ui,
            "Projects that you save appear here. A project is a folder with the portrait, the words and all takes.",
        );
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
