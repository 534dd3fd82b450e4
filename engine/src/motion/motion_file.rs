//! Motion files on the disk: written whole or not at all, in the form that their name asks for.

use std::fs::File;
use std::path::Path;

use ::motion::file::{self, Form, MAX_BYTES, ReadError};

pub use ::motion::file::{MAX_FRAMES, MotionFileError};

use super::Motion;
use crate::atomic_file::write_atomically;
use crate::{Error, Result};

/// Endings of motion files; the file is written and read as its ending says.
pub const EXTENSIONS: [&str; 2] = [Form::Json.extension(), Form::Safetensors.extension()];

/// Whether a file is a motion by its name.
pub fn is_motion(path: &Path) -> bool {
    Form::of_path(path).is_some()
}

/// Writes `motion` in the form that the name asks for, JSON if in none; the file appears whole or not at all.
///
/// # Errors
/// [`Error::File`] if the file cannot be written.
pub fn write(motion: &Motion, path: &Path) -> Result<()> {
    let form = Form::of_path(path).unwrap_or(Form::Json);
    write_atomically(path, |out| file::write(motion, form, out)).map_err(|source| Error::File {
        action: crate::error::FileAction::WriteMotionFile,
        source,
        path: path.to_owned(),
    })
}

/// Reads what [`write()`] wrote, in the form that the name says, JSON if it says none.
///
/// # Errors
/// [`Error::File`] if the file cannot be opened, [`Error::MotionFile`] if it cannot be used.
pub fn read(path: &Path) -> Result<Motion> {
    let form = Form::of_path(path).unwrap_or(Form::Json);
    let cannot_read = |source| Error::File {
        action: crate::error::FileAction::ReadMotionFile,
        source,
        path: path.to_owned(),
    };
    let unusable = |error: MotionFileError| Error::from(error).in_file(path);
    // Devices and pipes would block or never end, and opening a pipe already waits.
    let metadata = std::fs::metadata(path).map_err(cannot_read)?;
    if !metadata.is_file() {
        return Err(unusable(MotionFileError::NotAFile));
    }
    if metadata.len() > MAX_BYTES {
        return Err(unusable(MotionFileError::TooLarge));
    }
    let input = File::open(path).map_err(cannot_read)?;
    file::read(form, input).map_err(|error| match error {
        ReadError::Io(source) => cannot_read(source),
        ReadError::Unusable(error) => unusable(error),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::motion::Zero;
    use crate::motion::idle::IdleLife;

    #[test]
    fn the_name_decides_the_form() {
        let mut life = IdleLife::new(1);
        let motion = Motion {
            zero: Zero::Portrait,
            frames: (0..60).map(|_| life.next_frame(None)).collect(),
        };
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        for name in ["motion.json", "motion.SAFETENSORS"] {
            write(&motion, &at(name)).unwrap();
            assert_eq!(read(&at(name)).unwrap(), motion);
        }
        std::fs::copy(at("motion.SAFETENSORS"), at("wrong.json")).unwrap();
        let message = read(&at("wrong.json")).unwrap_err().to_string();
        assert!(message.contains("not a motion file") && message.contains("wrong.json"));
        let missing = read(&at("missing.json")).unwrap_err().to_string();
        assert!(missing.contains("cannot read"), "{missing}");
        let folder = read(folder.path()).unwrap_err().to_string();
        assert!(folder.contains("not a file"), "{folder}");
    }
}
