//! Why a motion file cannot be read.

use super::{FORMAT, MAX_BYTES, MAX_FRAMES, VERSION};
use crate::FRAMES_PER_SECOND;

/// What is wrong with a file.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum MotionFileError {
    /// A folder, a device or a pipe.
    #[error("this is not a file: choose a motion file")]
    NotAFile,
    /// More bytes than are read.
    #[error("this motion file is larger than {} MiB: cut it into parts", MAX_BYTES >> 20)]
    TooLarge,
    /// Something else, or damaged.
    #[error("this is not a motion file of JAM-Flow ({reason}): choose another")]
    NotMotion {
        /// What gave it away.
        reason: String,
    },
    /// Another format by its own account, or another version.
    #[error(
        "this file is {format:?} version {version}, readable is {FORMAT:?} version {VERSION}: save it again with this program"
    )]
    Version {
        /// What it says it is.
        format: String,
        /// And which version.
        version: u32,
    },
    /// Another frame rate.
    #[error("the file has {frames_per_second} frames a second: resample it to {FRAMES_PER_SECOND}")]
    Rate {
        /// The rate.
        frames_per_second: f64,
    },
    /// More frames than are read.
    #[error("the file has {frames} frames, more than two hours ({MAX_FRAMES}): cut it into parts")]
    TooLong {
        /// How many.
        frames: usize,
    },
    /// A number beyond what faces do, or none.
    #[error("frame {frame} holds a number that no face can follow: correct or remove it")]
    Number {
        /// The first such frame.
        frame: usize,
    },
}

/// Why a motion was not read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The bytes did not come.
    #[error(transparent)]
    Io(#[from] std::io::Error),
    /// They are not a motion.
    #[error(transparent)]
    Unusable(#[from] MotionFileError),
}

impl ReadError {
    /// Something else than a motion.
    pub(super) fn not_motion(reason: impl std::fmt::Display) -> Self {
        MotionFileError::NotMotion {
            reason: reason.to_string(),
        }
        .into()
    }
}
