//! What the models are, out of `models/manifest.toml`, and what else the program carries.

use std::path::Path;

use anyhow::Context as _;
use serde::Deserialize;

/// One file of the models folder.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct ModelCard {
    /// The file's name.
    pub name: String,
    /// Its size.
    pub bytes: u64,
    /// Its licence.
    pub licence: String,
    /// Where it comes from.
    pub origin: String,
    /// What it was measured to do.
    pub evaluation: Option<String>,
}

#[derive(Deserialize)]
struct Manifest {
    file: Vec<ModelCard>,
}

/// What the program carries beside the models: what, and under which licence.
pub const OTHER_PARTS: [(&str, &str); 5] = [
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

/// Reads the cards from the models folder.
pub fn read(models: &Path) -> anyhow::Result<Vec<ModelCard>> {
    let path = models.join("manifest.toml");
    let text = std::fs::read_to_string(&path)
        .with_context(|| format!("the models' manifest cannot be read: {}", path.display()))?;
    let manifest: Manifest = toml::from_str(&text)
        .with_context(|| format!("the models' manifest is damaged: {}", path.display()))?;
    Ok(manifest.file)
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_model_of_the_repository_has_a_card() {
        let models = crate::resources::Resources::find(None).models;
        let cards = super::read(&models).unwrap();
        for card in cards {
            assert!(models.join(&card.name).is_file(), "{}", card.name);
            assert!(!card.licence.is_empty() && !card.origin.is_empty());
        }
    }
}
