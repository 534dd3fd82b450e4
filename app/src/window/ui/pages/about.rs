//! What this is, where its weights come from, and everyone's licences.

use egui::{CollapsingHeader, RichText, Ui};

use crate::window::state::State;
use crate::window::texts::text;
use crate::window::theme::{GRID_PT, SUBHEADING_PT, strong_family};
use crate::window::ui::text::quiet;
use engine::model_files::ModelFile;

/// What the program includes beside the models: what, and under which licence.
fn other_parts() -> [(&'static str, &'static str); 6] {
    [
        (text!("about-inter"), text!("about-inter-licence")),
        (text!("about-phosphor"), text!("about-phosphor-licence")),
        (text!("about-collins"), text!("about-collins-licence")),
        (text!("about-hopper"), text!("about-hopper-licence")),
        (text!("about-misaki"), text!("about-misaki-licence")),
        (text!("about-crates"), text!("about-crates-licence")),
    ]
}

pub(super) fn show(state: &State, ui: &mut Ui) {
    ui.label(text!("about-version", version = env!("CARGO_PKG_VERSION")));
    quiet(ui, text!("about-licence"));
    ui.add_space(GRID_PT);
    subheading(ui, text!("about-models"));
    match &state.model_files {
        Ok(files) => {
            for file in files {
                show_card(ui, file);
            }
        }
        Err(reason) => quiet(ui, reason),
    }
    ui.add_space(GRID_PT);
    subheading(ui, text!("about-parts"));
    for (part, licence) in other_parts() {
        ui.label(part);
        quiet(ui, licence);
    }
}

fn subheading(ui: &mut Ui, words: &str) {
    ui.label(
        RichText::new(words)
            .family(strong_family())
            .size(SUBHEADING_PT),
    );
}

fn show_card(ui: &mut Ui, card: &ModelFile) {
    CollapsingHeader::new(&card.name).show(ui, |ui| {
        quiet(
            ui,
            &text!("about-model-licence", licence = card.licence.as_str()),
        );
        quiet(
            ui,
            &text!("about-model-origin", origin = card.origin.as_str()),
        );
        if let Some(evaluation) = &card.evaluation {
            quiet(
                ui,
                &text!("about-model-evaluation", evaluation = evaluation.as_str()),
            );
        }
        quiet(
            ui,
            &text!(
                "about-model-size",
                megabytes = format!("{:.1}", card.bytes as f64 / 1e6),
            ),
        );
    });
}
