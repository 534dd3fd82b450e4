//! Motion as JSON.

use std::io::{self, BufReader, Read, Write};

use serde::{Deserialize, Serialize};

use super::{FORMAT, MAX_BYTES, ReadError, UNITS, VERSION, check_frames, check_head, origin};
use crate::{FRAMES_PER_SECOND, Motion, MotionFrame, Zero};

/// What stands in the file, in this order.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Document<Frames> {
    format: String,
    version: u32,
    frames_per_second: f64,
    units: String,
    /// Files from before tracked motion lack it.
    #[serde(default)]
    zero: Zero,
    /// Where the motion comes from, for readers of the file.
    origin: String,
    frames: Frames,
}

pub(super) fn write(motion: &Motion, out: &mut impl Write) -> io::Result<()> {
    let document = Document {
        format: FORMAT.to_owned(),
        version: VERSION,
        frames_per_second: FRAMES_PER_SECOND,
        units: UNITS.to_owned(),
        zero: motion.zero,
        origin: origin(motion.zero).to_owned(),
        frames: &motion.frames,
    };
    serde_json::to_writer(&mut *out, &document)?;
    out.write_all(b"\n")
}

pub(super) fn read(input: impl Read) -> Result<Motion, ReadError> {
    let input = BufReader::new(input.take(MAX_BYTES));
    let document: Document<Vec<MotionFrame>> =
        serde_json::from_reader(input).map_err(|error| match error.is_io() {
            true => ReadError::Io(error.into()),
            false => ReadError::not_motion(error),
        })?;
    check_head(
        &document.format,
        document.version,
        document.frames_per_second,
        document.frames.len(),
    )?;
    check_frames(&document.frames)?;
    Ok(Motion {
        zero: document.zero,
        frames: document.frames,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::file::testing::some_motion;

    fn written(motion: &Motion) -> Vec<u8> {
        let mut bytes = Vec::new();
        write(motion, &mut bytes).unwrap();
        bytes
    }

    #[test]
    fn what_is_written_is_read_back_exactly() {
        for motion in [some_motion(60), Motion::default()] {
            assert_eq!(read(written(&motion).as_slice()).unwrap(), motion);
        }
    }

    #[test]
    fn broken_files_say_what_is_wrong() {
        let message = |text: &str| read(text.as_bytes()).unwrap_err().to_string();
        let good = String::from_utf8(written(&some_motion(60))).unwrap();
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
            assert!(good.contains(from), "{from}");
            let message = message(&good.replacen(from, to, 1));
            assert!(message.contains(word), "{message}");
        }
        for text in ["", "[]", "{}", &good[..good.len() / 2]] {
            let message = message(text);
            assert!(message.contains("not a motion file"), "{message}");
        }
    }
}
