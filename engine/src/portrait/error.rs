//! Why a picture cannot be read, or a face in it not be moved.

use super::{MAX_BYTES, MAX_PIXELS, MIN_SIDE_PX};

/// What is wrong with a picture file.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PictureError {
    /// A folder.
    #[error("this is a folder: {FORMATS}")]
    Folder,
    /// More bytes than are read.
    #[error("the file is larger than {} MiB: save the picture smaller", MAX_BYTES >> 20)]
    FileTooLarge,
    /// No format that is known.
    #[error("this picture format is not supported: {FORMATS}")]
    UnknownFormat,
    /// HEIC: there is no decoder of a licence that the program can have.
    #[error(
        "HEIC pictures cannot be read: share or export the photo as JPEG (on an iPhone: Settings, Camera, Formats, Most Compatible)"
    )]
    Heic,
    /// More pixels than are worked on.
    #[error("the picture is {width_px} × {height_px} pixels, which is too large: at most {} million pixels", MAX_PIXELS / 1_000_000)]
    TooLarge {
        /// Pixels in a row.
        width_px: u32,
        /// Rows.
        height_px: u32,
    },
    /// More memory than decoding may take.
    #[error("the picture is too large: at most {} million pixels", MAX_PIXELS / 1_000_000)]
    TooLargeToDecode,
    /// Fewer pixels than show anything.
    #[error(
        "the picture is only {width_px} × {height_px} pixels: at least {MIN_SIDE_PX} on each side are needed"
    )]
    TooSmall {
        /// Pixels in a row.
        width_px: u32,
        /// Rows.
        height_px: u32,
    },
    /// Damaged, or without its end.
    #[error("the picture file is corrupt or incomplete: save it again")]
    Damaged,
}

/// How to do it right.
const FORMATS: &str = "give a PNG, JPEG, WebP, AVIF, TIFF, GIF or BMP picture";

/// What is wrong with a face.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum FaceError {
    /// None was found.
    #[error(
        "no face was found in the picture: use a photo or painting that shows one face from the front, well lit and not too small"
    )]
    NotFound,
    /// None is large enough.
    #[error(
        "the face is only {width_px:.0} pixels wide, at least {min_px:.0} are needed: crop closer or use a larger picture"
    )]
    TooSmall {
        /// The largest one.
        width_px: f32,
        /// The smallest that is worth moving.
        min_px: f32,
    },
    /// It looks too far to the side.
    #[error(
        "the face is turned {degrees:.0}° to the side, at most {max_degrees:.0}° work: use a picture that shows it from the front"
    )]
    TurnedAway {
        /// How far.
        degrees: f32,
        /// How far it may be.
        max_degrees: f32,
    },
    /// Some of it lies outside the picture.
    #[error("the face is cut off by the border of the picture: use one that shows all of it")]
    CutOff,
    /// No face has this number.
    #[error("there is no face {number}: the picture shows {}", shown(*count))]
    NoSuchNumber {
        /// What was asked for.
        number: usize,
        /// How many there are; they are counted from the left.
        count: usize,
    },
    /// Width, height and bytes of a picture do not belong together, or it is far too small.
    #[error("a portrait of {width_px} × {height_px} pixels with {bytes} bytes cannot be analysed")]
    Picture {
        /// Pixels in a row.
        width_px: u32,
        /// Rows.
        height_px: u32,
        /// Bytes.
        bytes: usize,
    },
}

fn shown(count: usize) -> String {
    match count {
        1 => "one face".to_owned(),
        _ => format!("{count} faces, counted from the left"),
    }
}
