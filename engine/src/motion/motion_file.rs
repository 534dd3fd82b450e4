//! Motion as a file that names its version, rate and units, so that it explains itself: JSON, or safetensors with the same in
//! its metadata and the numbers in four tensors, which is a fifth of the size and read at once.

mod tensors;

use std::fs::File;
use std::io::{BufReader, Read, Write};
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::{FRAMES_PER_SECOND, Motion, MotionFrame, Zero};
use crate::atomic_file::write_atomically;
use crate::{Error, Result};

/// Endings of motion files; the file is written and read as its ending says.
pub const EXTENSIONS: [&str; 2] = ["json", "safetensors"];
/// Version that is written and the only one that is read.
pub const VERSION: u32 = 1;
/// Most frames that a file may hold: two hours.
pub const MOST_FRAMES: usize = 2 * 60 * 60 * FRAMES_PER_SECOND as usize;
/// Largest file that is read; a frame takes about 700 bytes.
const MOST_BYTES: u64 = 512 << 20;
/// Larger numbers are not movement of a face: ten metres, or more than one and a half turns of the head.
const LARGEST_NUMBER: f32 = 100.0;
const FORMAT: &str = "jam-flow motion";
const UNITS: &str = "lengths in 10 cm, angles in radians, relative to the portrait; x right, y down, z into the picture";

/// What stands in the file, in this order.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Document<Frames> {
    format: String,
    version: u32,
    frames_per_second: f64,
    units: String,
    /// Files from before tracked movement lack it.
    #[serde(default)]
    zero: Zero,
    /// Where the movement comes from, for readers of the file.
    origin: String,
    frames: Frames,
}

/// Whether a file is a motion by its name.
pub fn is_motion(path: &Path) -> bool {
    is_safetensors(path) || has_extension(path, EXTENSIONS[0])
}

fn is_safetensors(path: &Path) -> bool {
    has_extension(path, EXTENSIONS[1])
}

fn has_extension(path: &Path, extension: &str) -> bool {
    path.extension()
        .is_some_and(|own| own.eq_ignore_ascii_case(extension))
}

/// Writes `motion` in the form that the name asks for, JSON if in none; the file appears whole or not at all.
///
/// # Errors
/// [`Error::File`] if the file cannot be written.
pub fn write(motion: &Motion, path: &Path) -> Result<()> {
    if is_safetensors(path) {
        tensors::write(motion, path)
    } else {
        write_json(motion, path)
    }
}

/// Reads what [`write()`] wrote, in the form that the name says.
///
/// # Errors
/// As [`read_json`].
pub fn read(path: &Path) -> Result<Motion> {
    if is_safetensors(path) {
        tensors::read(path)
    } else {
        read_json(path)
    }
}

/// Writes `motion`; the file appears whole or not at all.
///
/// # Errors
/// [`Error::File`] if the file cannot be written.
pub fn write_json(motion: &Motion, path: &Path) -> Result<()> {
    let document = Document {
        format: FORMAT.to_owned(),
        version: VERSION,
        frames_per_second: FRAMES_PER_SECOND,
        units: UNITS.to_owned(),
        zero: motion.zero,
        origin: origin(motion.zero).to_owned(),
        frames: &motion.frames,
    };
    write_atomically(path, |file| {
        serde_json::to_writer(&mut *file, &document)?;
        file.write_all(b"\n")
    })
    .map_err(|source| cannot_write(path, source))
}

/// Reads what [`write_json`] wrote.
///
/// # Errors
/// [`Error::File`] if the file cannot be opened; [`Error::InputUnusable`] if it is not a motion file of this version, is too
/// long, or holds numbers that no face can follow.
pub fn read_json(path: &Path) -> Result<Motion> {
    let unusable = |message: String| unusable(path, message);
    let file = open(path)?;
    let document: Document<Vec<MotionFrame>> =
        serde_json::from_reader(BufReader::new(file.take(MOST_BYTES))).map_err(|e| {
            unusable(format!(
                "this is not a motion file that JAM-Flow wrote ({e}): choose another"
            ))
        })?;
    check_head(
        &document.format,
        document.version,
        document.frames_per_second,
        document.frames.len(),
    )
    .and_then(|()| check_frames(&document.frames))
    .map_err(unusable)?;
    Ok(Motion {
        zero: document.zero,
        frames: document.frames,
    })
}

/// Opens a motion file that is a file and not too large.
fn open(path: &Path) -> Result<File> {
    let metadata = std::fs::metadata(path).map_err(|source| cannot_read(path, source))?;
    if !metadata.is_file() {
        return Err(unusable(
            path,
            "this is not a file: choose a motion file".into(),
        ));
    }
    if metadata.len() > MOST_BYTES {
        return Err(unusable(
            path,
            "this motion file is too large: cut it into parts".into(),
        ));
    }
    File::open(path).map_err(|source| cannot_read(path, source))
}

fn cannot_read(path: &Path, source: std::io::Error) -> Error {
    Error::File {
        action: "cannot read the motion file",
        source,
        path: path.to_owned(),
    }
}

fn cannot_write(path: &Path, source: std::io::Error) -> Error {
    Error::File {
        action: "cannot write the motion file",
        source,
        path: path.to_owned(),
    }
}

fn unusable(path: &Path, message: String) -> Error {
    Error::InputUnusable(format!("{message}: {}", path.display()))
}

/// Where movement comes from, as the file says it.
fn origin(zero: Zero) -> &'static str {
    match zero {
        Zero::Portrait => "AI-generated, made with JAM-Flow",
        Zero::FacingCamera => "tracked from a filmed face with JAM-Flow",
    }
}

/// What both forms say about themselves. The error is for the user.
fn check_head(
    format: &str,
    version: u32,
    frames_per_second: f64,
    frames: usize,
) -> std::result::Result<(), String> {
    if format != FORMAT || version != VERSION {
        return Err(format!(
            "this file is {format:?} version {version}, readable is {FORMAT:?} version {VERSION}: save it anew with this program"
        ));
    }
    if frames_per_second != FRAMES_PER_SECOND {
        return Err(format!(
            "the file has {frames_per_second} frames a second: resample it to {FRAMES_PER_SECOND}"
        ));
    }
    if frames > MOST_FRAMES {
        return Err(format!(
            "the file has {frames} frames, more than two hours: cut it into parts"
        ));
    }
    Ok(())
}

fn check_frames(frames: &[MotionFrame]) -> std::result::Result<(), String> {
    match frames.iter().position(|frame| !is_plausible(frame)) {
        None => Ok(()),
        Some(i) => Err(format!(
            "frame {i} holds a number that no face can follow: correct or remove it"
        )),
    }
}

fn is_plausible(frame: &MotionFrame) -> bool {
    let pose = [frame.pose.pitch, frame.pose.yaw, frame.pose.roll];
    let turns = pose.iter().all(|x| x.abs() <= 10.0);
    let lengths = frame
        .translation
        .iter()
        .chain(frame.expression.as_flattened())
        .all(|x| x.abs() <= LARGEST_NUMBER);
    // Comparisons with NaN are false, so NaN is refused as well.
    turns && lengths && frame.scale > 0.0 && frame.scale <= LARGEST_NUMBER
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::motion::idle::IdleLife;

    fn some_motion() -> Motion {
        let mut life = IdleLife::new(1);
        Motion {
            zero: Zero::Portrait,
            frames: (0..60).map(|_| life.next_frame(None)).collect(),
        }
    }

    #[test]
    fn what_is_written_is_read_back_exactly() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("motion.json");
        let motion = some_motion();
        write_json(&motion, &path).unwrap();
        assert_eq!(read_json(&path).unwrap(), motion);
        let empty = Motion::default();
        write_json(&empty, &path).unwrap();
        assert_eq!(read_json(&path).unwrap(), empty);
    }

    #[test]
    fn broken_files_say_what_is_wrong() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("motion.json");
        let message = || read_json(&path).unwrap_err().to_string();
        assert!(message().contains("cannot read"));
        write_json(&some_motion(), &path).unwrap();
        let good = std::fs::read_to_string(&path).unwrap();
        for (from, to, word) in [
            ("\"version\":1", "\"version\":2", "version 2"),
            (
                "\"frames_per_second\":25.0",
                "\"frames_per_second\":30.0",
                "30",
            ),
            ("\"scale\":1.0", "\"scale\":0.0", "frame 0"),
            ("\"scale\":1.0", "\"scale\":1e30", "frame 0"),
            ("jam-flow motion", "something", "something"),
            ("\"units\"", "\"unit\"", "not a motion file"),
        ] {
            std::fs::write(&path, good.replacen(from, to, 1)).unwrap();
            assert!(message().contains(word), "{}", message());
        }
        for text in ["", "[]", "{}", &good[..good.len() / 2]] {
            std::fs::write(&path, text).unwrap();
            assert!(message().contains("not a motion file"), "{}", message());
        }
    }
}
