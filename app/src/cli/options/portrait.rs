//! Which portrait, as the command line says it.

use std::path::{Path, PathBuf};

use crate::cli::texts::text;
use clap::Args;
use studio::avatar::PortraitChoice;
use studio::resources::Resources;

/// Options of every command that shows a portrait.
#[derive(Clone, Debug, Default, PartialEq, Eq, Args)]
pub struct PortraitArguments {
    /// Picture of a face (PNG, JPEG, WebP, AVIF, TIFF, GIF or BMP), in place of the portrait that came with the program
    #[arg(id = "portrait", long = "portrait", value_name = "PICTURE")]
    pub path: Option<PathBuf>,
    /// Which face of a picture that shows several: they count from the left, 1 is the leftmost; without it the largest moves
    #[arg(id = "face_number", long = "face", value_name = "NUMBER", value_parser = face_number)]
    pub face: Option<usize>,
}

impl PortraitArguments {
    /// The picture that was named.
    pub fn path(&self) -> Option<&Path> {
        self.path.as_deref()
    }

    /// What was asked for, in the default portrait if none is named.
    pub fn choice(&self, resources: &Resources) -> anyhow::Result<PortraitChoice> {
        Ok(PortraitChoice {
            path: match &self.path {
                Some(path) => path.clone(),
                None => resources.default_portrait()?,
            },
            face: self.face,
            everybody: false,
        })
    }
}

/// Reads the number of a face.
///
/// # Errors
/// A line for the user if it is none.
pub fn face_number(argument: &str) -> Result<usize, String> {
    argument
        .trim()
        .parse()
        .ok()
        .filter(|&number| number > 0)
        .ok_or_else(|| text!("face-number").to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faces_count_from_one() {
        assert_eq!(face_number(" 2"), Ok(2));
        for wrong in ["0", "-1", "left", "1.5", ""] {
            assert!(face_number(wrong).is_err(), "{wrong}");
        }
    }
}
