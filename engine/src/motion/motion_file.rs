//! Motion as a file: JSON that names its version, rate and units, so that it explains itself.

use std::fs::File;
use std::io::{BufReader, Read, Write};
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::{FRAMES_PER_SECOND, Motion, MotionFrame};
use crate::atomic_file::write_atomically;
use crate::{Error, Result};

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
    /// Where the movement comes from, for readers of the file.
    origin: String,
    frames: Frames,
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
        origin: "AI-generated, made with JAM-Flow".to_owned(),
        frames: &motion.frames,
    };
    write_atomically(path, |file| {
        serde_json::to_writer(&mut *file, &document)?;
        file.write_all(b"\n")
    })
    .map_err(|source| Error::File {
        action: "cannot write the motion file",
        source,
        path: path.to_owned(),
    })
}

/// Reads what [`write_json`] wrote.
///
/// # Errors
/// [`Error::File`] if the file cannot be opened; [`Error::InputUnusable`] if it is not a motion file of this version, is too
/// long, or holds numbers that no face can follow.
pub fn read_json(path: &Path) -> Result<Motion> {
    let cannot_read = |source| Error::File {
        action: "cannot read the motion file",
        source,
        path: path.to_owned(),
    };
    let unusable = |message: String| Error::InputUnusable(format!("{message}: {}", path.display()));
    let metadata = std::fs::metadata(path).map_err(cannot_read)?;
    if !metadata.is_file() {
        return Err(unusable("this is not a file: choose a motion file".into()));
    }
    if metadata.len() > MOST_BYTES {
        return Err(unusable(
            "this motion file is too large: cut it into parts".into(),
        ));
    }
    let file = File::open(path).map_err(cannot_read)?;
    let document: Document<Vec<MotionFrame>> =
        serde_json::from_reader(BufReader::new(file.take(MOST_BYTES))).map_err(|e| {
            unusable(format!(
                "this is not a motion file that JAM-Flow wrote ({e}): choose another"
            ))
        })?;
    if document.format != FORMAT || document.version != VERSION {
        return Err(unusable(format!(
            "this file is {:?} version {}, readable is {FORMAT:?} version {VERSION}: save it anew with this program",
            document.format, document.version
        )));
    }
    if document.frames_per_second != FRAMES_PER_SECOND {
        return Err(unusable(format!(
            "the file has {} frames a second: resample it to {FRAMES_PER_SECOND}",
            document.frames_per_second
        )));
    }
    if document.frames.len() > MOST_FRAMES {
        return Err(unusable(format!(
            "the file has {} frames, more than two hours: cut it into parts",
            document.frames.len()
        )));
    }
    if let Some(i) = document
        .frames
        .iter()
        .position(|frame| !is_plausible(frame))
    {
        return Err(unusable(format!(
            "frame {i} holds a number that no face can follow: correct or remove it"
        )));
    }
    Ok(Motion {
        frames: document.frames,
    })
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
