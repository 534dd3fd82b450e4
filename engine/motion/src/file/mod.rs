//! Motion as a file that names its version, rate and units, so that it explains itself: JSON, or safetensors with the same in
//! its metadata and the numbers in tensors, which is a fifth of the size and read at once.

mod error;
mod json;
mod tensors;

use std::io::{self, Read, Write};
use std::path::Path;

use crate::{FRAMES_PER_SECOND, Motion, MotionFrame, Zero};

pub use error::{MotionFileError, ReadError};

/// Version that is written and the only one that is read.
pub const VERSION: u32 = 1;
/// Most frames that a file may hold: two hours.
pub const MAX_FRAMES: usize = 2 * 60 * 60 * FRAMES_PER_SECOND as usize;
/// Largest file that is read; a frame takes about 700 bytes.
pub const MAX_BYTES: u64 = 512 << 20;
/// Larger numbers are not motion of a face: ten metres.
const MAX_NUMBER: f32 = 100.0;
/// Larger angles are more than one and a half turns of the head.
const MAX_ANGLE: f32 = 10.0;
/// What a file says it is.
pub const FORMAT: &str = "jam-flow motion";
const UNITS: &str = "lengths in 10 cm, angles in radians, relative to the portrait; x right, y down, z into the picture";

/// The two forms of a motion file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// To read with the eyes.
    Json,
    /// Small, and read at once.
    Safetensors,
}

impl Form {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Json, Self::Safetensors];

    /// The ending of its files.
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Json => "json",
            Self::Safetensors => "safetensors",
        }
    }

    /// What a file's name says it is; `None` if it is no motion by its name.
    pub fn of_path(path: &Path) -> Option<Self> {
        let extension = path.extension()?;
        let own = |form: &Self| extension.eq_ignore_ascii_case(form.extension());
        Self::ALL.into_iter().find(own)
    }
}

/// Writes `motion` in a form.
///
/// # Errors
/// What `out` fails with.
pub fn write(motion: &Motion, form: Form, out: &mut impl Write) -> io::Result<()> {
    match form {
        Form::Json => json::write(motion, out),
        Form::Safetensors => tensors::write(motion, out),
    }
}

/// Reads what [`write()`] wrote; no more memory is taken than the file has bytes, and no more than [`MAX_BYTES`].
///
/// # Errors
/// [`ReadError::Unusable`] if it is not a motion file of this version, is too long, or holds numbers that no face can follow.
pub fn read(form: Form, input: impl Read) -> Result<Motion, ReadError> {
    match form {
        Form::Json => json::read(input),
        Form::Safetensors => tensors::read(input),
    }
}

/// Where motion comes from, as the file says it.
fn origin(zero: Zero) -> &'static str {
    match zero {
        Zero::Portrait => "AI-generated, made with JAM-Flow",
        Zero::FacingCamera => "tracked from a filmed face with JAM-Flow",
    }
}

/// What both forms say about themselves.
fn check_head(
    format: &str,
    version: u32,
    frames_per_second: f64,
    frames: usize,
) -> Result<(), MotionFileError> {
    if format != FORMAT || version != VERSION {
        return Err(MotionFileError::Version {
            format: format.to_owned(),
            version,
        });
    }
    if frames_per_second != FRAMES_PER_SECOND {
        return Err(MotionFileError::Rate { frames_per_second });
    }
    if frames > MAX_FRAMES {
        return Err(MotionFileError::TooLong { frames });
    }
    Ok(())
}

fn check_frames(frames: &[MotionFrame]) -> Result<(), MotionFileError> {
    match frames.iter().position(|frame| !is_plausible(frame)) {
        None => Ok(()),
        Some(frame) => Err(MotionFileError::Number { frame }),
    }
}

fn is_plausible(frame: &MotionFrame) -> bool {
    let pose = [frame.pose.pitch, frame.pose.yaw, frame.pose.roll];
    let tongue = (0.0..=1.0).contains(&frame.tongue);
    let turns = pose.iter().all(|x| x.abs() <= MAX_ANGLE);
    let lengths = frame
        .translation
        .iter()
        .chain(frame.expression.as_flattened())
        .all(|x| x.abs() <= MAX_NUMBER);
    // Comparisons with NaN are false, so NaN is refused as well.
    tongue && turns && lengths && frame.scale > 0.0 && frame.scale <= MAX_NUMBER
}

#[cfg(test)]
mod testing {
    use crate::{Motion, MotionFrame, Zero};

    /// Motion with everything in it.
    pub fn some_motion(frames: usize) -> Motion {
        let frame = |i: usize| {
            let part = i as f32 / 60.0;
            let mut frame = MotionFrame {
                tongue: part.fract(),
                ..MotionFrame::default()
            };
            frame.pose.pitch = 0.1 * part.sin();
            frame.pose.yaw = -0.2 * part;
            frame.translation = [0.01 * part, 0.0, -0.3];
            for (keypoint, delta) in frame.expression.iter_mut().enumerate() {
                *delta = [0.001 * keypoint as f32, part, -0.1 / (part + 1.0)];
            }
            frame
        };
        Motion {
            zero: Zero::FacingCamera,
            frames: (0..frames).map(frame).collect(),
        }
    }

    #[test]
    fn names_say_what_a_file_is() {
        use super::Form;
        let of = |name: &str| Form::of_path(std::path::Path::new(name));
        assert_eq!(of("a/b.JSON"), Some(Form::Json));
        assert_eq!(of("b.safetensors"), Some(Form::Safetensors));
        assert_eq!((of("b.txt"), of("json")), (None, None));
    }
}
