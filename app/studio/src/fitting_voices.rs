//! Voices that fit the portraits that come with the program.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::Context as _;

use crate::output_path::file_stem;
use crate::texts::text;

/// The file with the voices, beside the portraits.
const FILE: &str = "voices.toml";

/// A voice for each portrait that has one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FittingVoices {
    /// By the name of the picture without its ending.
    by_stem: BTreeMap<String, String>,
    folder: std::path::PathBuf,
}

impl FittingVoices {
    /// Reads the file beside the portraits in this folder; none is no error.
    ///
    /// # Errors
    /// If the file is no table of names.
    pub fn read(portraits: &Path) -> anyhow::Result<Self> {
        let path = portraits.join(FILE);
        let by_stem = match std::fs::read_to_string(&path) {
            Err(_) => BTreeMap::new(),
            Ok(text) => toml::from_str(&text).with_context(|| {
                text!(
                    "fitting-voices-unreadable",
                    path = path.display().to_string()
                )
            })?,
        };
        Ok(Self {
            by_stem,
            folder: portraits.to_path_buf(),
        })
    }

    /// The voice that fits a picture, if it is one of these portraits.
    pub fn of(&self, picture: &Path) -> Option<&str> {
        let is_one = picture.parent() == Some(self.folder.as_path());
        let stem = file_stem(picture);
        self.by_stem
            .get(&stem)
            .filter(|_| is_one)
            .map(String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_portraits_of_the_folder_have_a_voice() {
        let folder = tempfile::tempdir().unwrap();
        let none = FittingVoices::read(folder.path()).unwrap();
        assert_eq!(none.of(&folder.path().join("nora.jpg")), None);
        std::fs::write(folder.path().join(FILE), "nora = \"af_bella\"\n").unwrap();
        let voices = FittingVoices::read(folder.path()).unwrap();
        assert_eq!(voices.of(&folder.path().join("nora.jpg")), Some("af_bella"));
        assert_eq!(voices.of(Path::new("/home/me/nora.jpg")), None);
        std::fs::write(folder.path().join(FILE), "nora = [").unwrap();
        assert!(FittingVoices::read(folder.path()).is_err());
    }

    #[test]
    fn every_portrait_of_the_cast_has_a_voice_that_there_is() {
        let resources = crate::resources::Resources::find(None);
        let config = std::fs::read_to_string(resources.models.join("jam_flow.json")).unwrap();
        let portraits = resources.portraits().unwrap();
        let voices = FittingVoices::read(portraits[0].parent().unwrap()).unwrap();
        for portrait in &portraits {
            let voice = voices.of(portrait).unwrap_or_default();
            let quoted = format!("\"{voice}\"");
            assert!(config.contains(&quoted), "{}: {voice}", portrait.display());
        }
    }
}
