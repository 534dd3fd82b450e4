//! What the models folder should hold, and whether it does.

use std::fs::File;
use std::io;
use std::path::Path;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::{Error, Result};

/// Name of the list in the models folder.
const MANIFEST: &str = "manifest.toml";

#[derive(Debug, Deserialize)]
struct Manifest {
    #[serde(rename = "file")]
    files: Vec<ModelFile>,
}

/// One file that the program reads.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct ModelFile {
    /// Its name in the models folder.
    pub name: String,
    /// Its length.
    pub bytes: u64,
    /// Its checksum, 64 hexadecimal digits.
    pub sha256: String,
    /// The licence it is under.
    pub licence: String,
    /// Where it comes from.
    pub origin: String,
    /// What was measured of it, where something was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub evaluation: Option<String>,
}

/// How a file compares with the manifest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum FileState {
    /// The very file.
    Right,
    /// Not there.
    Missing,
    /// There, with other contents.
    Different,
    /// There, but it cannot be read.
    Unreadable,
}

impl FileState {
    /// The state as one word for a list.
    pub fn word(self) -> &'static str {
        match self {
            Self::Right => "right",
            Self::Missing => "MISSING",
            Self::Different => "DIFFERENT",
            Self::Unreadable => "UNREADABLE",
        }
    }
}

/// Reads the list of a models folder.
///
/// # Errors
/// [`Error::File`] if it cannot be read, [`Error::WeightsUnfit`] if it is no list.
pub fn read(models: &Path) -> Result<Vec<ModelFile>> {
    let path = models.join(MANIFEST);
    let text = std::fs::read_to_string(&path).map_err(|source| Error::File {
        action: crate::error::FileAction::ReadModelList,
        source,
        path: path.clone(),
    })?;
    let manifest: Manifest = toml::from_str(&text).map_err(|error| Error::WeightsUnfit {
        reason: format!("the list of models is damaged: {}", error.message()),
        path,
    })?;
    Ok(manifest.files)
}

/// Refuses a file that is not the one in the list, before something that could take hours over it reads it. What no list names is
/// the user's own.
///
/// # Errors
/// [`Error::WeightsUnfit`] for a file with other contents.
pub(crate) fn check(models: &Path, name: &str) -> Result<()> {
    let files = read(models).unwrap_or_default();
    match files.iter().find(|file| file.name == name) {
        Some(file) if verify(models, file) == FileState::Different => Err(Error::WeightsUnfit {
            reason: format!("{name} is not the file that {MANIFEST} lists: its checksum differs"),
            path: models.join(name),
        }),
        _ => Ok(()),
    }
}

/// Compares one file with the manifest, by its length and then by its SHA-256.
pub fn verify(models: &Path, file: &ModelFile) -> FileState {
    let opened = match File::open(models.join(&file.name)) {
        Ok(opened) => opened,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return FileState::Missing,
        Err(_) => return FileState::Unreadable,
    };
    match opened.metadata() {
        Ok(metadata) if metadata.is_file() && metadata.len() == file.bytes => {}
        Ok(metadata) if metadata.is_file() => return FileState::Different,
        _ => return FileState::Unreadable,
    }
    match checksum(opened) {
        Ok(sum) if sum.eq_ignore_ascii_case(&file.sha256) => FileState::Right,
        Ok(_) => FileState::Different,
        Err(_) => FileState::Unreadable,
    }
}

fn checksum(mut file: impl io::Read) -> io::Result<String> {
    let mut sum = Sha256::new();
    let mut buffer = vec![0; 1 << 20];
    loop {
        match file.read(&mut buffer)? {
            0 => break,
            count => sum.update(&buffer[..count]),
        }
    }
    Ok(sum
        .finalize()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect())
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_model_of_the_repository_has_a_card() {
        let models = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../models");
        let cards = super::read(&models).unwrap();
        for card in cards {
            assert!(models.join(&card.name).is_file(), "{}", card.name);
            assert!(!card.licence.is_empty() && !card.origin.is_empty());
        }
    }
}
