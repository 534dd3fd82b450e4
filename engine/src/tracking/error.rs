//! Why a face cannot be followed through a video.

/// What is wrong with a video.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum TrackingError {
    /// Width, height and bytes of a picture do not belong together.
    #[error(
        "a picture of {width_px} × {height_px} pixels with {bytes} bytes cannot be tracked: convert the video to MP4 (H.264)"
    )]
    Picture {
        /// Pixels in a row.
        width_px: usize,
        /// Rows.
        height_px: usize,
        /// Bytes.
        bytes: usize,
    },
    /// Longer than is worked on.
    #[error("the video is longer than {:.0} hours: split it", max_secs / 3600.0)]
    TooLong {
        /// The longest.
        max_secs: f64,
    },
    /// Not one picture.
    #[error("the video has no frames: choose one that shows a face")]
    NoPictures,
    /// No face in any picture.
    #[error(
        "no face was found in the video: use one that shows a face from the front, well lit and not too small"
    )]
    NoFace,
    /// Faces, but none large enough.
    #[error(
        "the face in the video is too small, at least {min_px:.0} pixels are needed: crop closer or use a larger video"
    )]
    TooSmall {
        /// The smallest that can be followed.
        min_px: f32,
    },
}
