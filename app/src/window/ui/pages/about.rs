//! What this is, where its weights come from, and everyone's licences.

use egui::{CollapsingHeader, RichText, Ui};

use crate::window::state::State;
use crate::window::theme::{GRID_PT, SUBHEADING_PT, strong_family};
use crate::window::ui::text::quiet;
use studio::model_files::ModelFile;

/// What the program carries beside the models: what, and under which licence.
const OTHER_PARTS: [(&str, &str); 5] = [
    (
        "Inter, the typeface",
        "SIL Open Font License 1.1, text in assets/fonts/LICENSE-OFL.txt",
    ),
    (
        "Phosphor, the icons",
        "MIT, text in assets/fonts/LICENSE-Phosphor.txt",
    ),
    (
        "The portrait of Grace Hopper",
        "Public domain (US Navy); no endorsement implied",
    ),
    (
        "Dictionaries of misaki",
        "Apache-2.0 (hexgrad), inside the crate misaki-rs",
    ),
    (
        "Rust crates",
        "MIT, Apache-2.0, BSD, ISC, Zlib, MPL-2.0 (symphonia); the list is Cargo.lock, the rules are deny.toml",
    ),
];

pub(super) fn show(state: &State, ui: &mut Ui) {
    ui.label(format!(
        "Version {}. One model makes the voice and the movement of the mouth together; everything runs on this machine.",
        env!("CARGO_PKG_VERSION")
    ));
    quiet(
        ui,
        "The code is free under MIT or Apache-2.0, as you like. Nothing is sent anywhere.",
    );
    ui.add_space(GRID_PT);
    subheading(ui, "Models");
    match &state.model_files {
        Ok(files) => {
            for file in files {
                show_card(ui, file);
            }
        }
        Err(reason) => quiet(ui, reason),
    }
    ui.add_space(GRID_PT);
    subheading(ui, "Also inside");
    for (part, licence) in OTHER_PARTS {
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
        quiet(ui, &format!("Licence: {}", card.licence));
        quiet(ui, &format!("Origin: {}", card.origin));
        if let Some(evaluation) = &card.evaluation {
            quiet(ui, &format!("Measured: {evaluation}"));
        }
        quiet(ui, &format!("{:.1} MB", card.bytes as f64 / 1e6));
    });
}
