//! Work that an earlier run left.

use egui::Ui;

use crate::window::state::{Action, State};
use crate::window::theme::{GRID_PT, icon};
use crate::window::ui::buttons::{main_button, wide_button};
use crate::window::ui::text::quiet;

pub(super) fn show(state: &State, ui: &mut Ui, actions: &mut Vec<Action>) {
    let Some(project) = state.left_work() else {
        ui.label("There is no work from an earlier run.");
        return;
    };
    let name = project
        .folder
        .as_deref()
        .and_then(std::path::Path::file_name)
        .map_or_else(
            || "a project without a name".to_owned(),
            |name| format!("“{}”", name.to_string_lossy()),
        );
    ui.label(format!(
        "The last run ended before {name} was saved. It was kept for you:"
    ));
    ui.add_space(GRID_PT);
    let words: String = project.document.words.chars().take(160).collect();
    let takes = match project.takes.len() {
        0 => "no takes".to_owned(),
        1 => "one take".to_owned(),
        count => format!("{count} takes"),
    };
    quiet(ui, &format!("“{}”, {takes}", words.trim()));
    ui.add_space(GRID_PT);
    let width = ui.available_width();
    if main_button(ui, "", "Bring it back", width).clicked() {
        actions.push(Action::BringBack);
    }
    let half = (width - GRID_PT) / 2.0;
    ui.horizontal(|ui| {
        if wide_button(ui, "", "Decide later", half).clicked() {
            actions.push(Action::Show(None));
        }
        if wide_button(ui, icon::DELETE, "Let it go", half).clicked() {
            actions.push(Action::LetGo);
        }
    });
}
