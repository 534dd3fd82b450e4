//! What is wrong with a film, and where.

use std::path::Path;

use crate::cancel::is_cancelled;
use crate::texts::text;
use crate::wording::one_line;

/// A part of a film.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Place {
    /// The film itself.
    Film,
    /// Its music.
    Music,
    /// Its logo.
    Logo,
    /// One of its scenes, from 1 on.
    Scene(usize),
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Film => f.write_str(text!("scenes-place-film")),
            Self::Music => f.write_str(text!("scenes-place-music")),
            Self::Logo => f.write_str(text!("scenes-place-logo")),
            Self::Scene(number) => f.write_str(&text!("scenes-place-scene", number = *number)),
        }
    }
}

/// Why a film cannot be made as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SceneError {
    /// Which part is wrong; none for the file as a whole.
    pub place: Option<Place>,
    /// Which of its fields, as the file names it; none where no field is to blame.
    pub field: Option<String>,
    /// Line of the file, from 1 on, where that is known.
    pub line: Option<usize>,
    /// What is wrong.
    pub reason: String,
}

impl std::error::Error for SceneError {}

impl std::fmt::Display for SceneError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if let Some(place) = self.place {
            write!(f, "{place}: ")?;
        }
        if let Some(field) = &self.field {
            write!(f, "{field}: ")?;
        }
        f.write_str(&self.reason)?;
        match self.line {
            Some(line) => write!(f, " {}", text!("scenes-line", line = line)),
            None => Ok(()),
        }
    }
}

impl SceneError {
    /// Something is wrong with a field; its line is added by who knows the file.
    pub fn new(place: Place, field: &str, reason: impl Into<String>) -> Self {
        Self {
            place: Some(place),
            field: Some(field.to_owned()),
            line: None,
            reason: reason.into(),
        }
    }

    /// The same out of an error of somebody who knows no film. That the user ended the work stays what it is.
    pub(super) fn of(place: Place, field: &str, error: anyhow::Error) -> anyhow::Error {
        match is_cancelled(&error) || error.is::<Self>() {
            true => error,
            false => Self::new(place, field, one_line(&error)).into(),
        }
    }
}

/// Why a file cannot be read, if it can't.
pub(super) fn missing(path: &Path) -> Option<String> {
    let reason = match std::fs::metadata(path) {
        Ok(metadata) if metadata.is_file() => return None,
        Ok(_) => text!("scenes-no-file").to_owned(),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            text!("scenes-missing-file").to_owned()
        }
        Err(error) => text!("scenes-unreadable-file", reason = error.to_string()),
    };
    Some(format!("{reason}: {}", path.display()))
}
