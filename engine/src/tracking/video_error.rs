//! What can be wrong with a video that a face is to be followed in. The engine takes frames; who reads them reports these.

/// A video cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum VideoError {
    /// A folder, a pipe or a device.
    #[error("this is not a file: choose a video")]
    NotAFile,
    /// No bytes.
    #[error("the video is empty: choose one that shows a face")]
    Empty,
    /// Frames larger than can be decoded.
    #[error("a video of {width_px} × {height_px} pixels is too large: make it smaller")]
    TooLarge {
        /// Width of its frames.
        width_px: usize,
        /// Height of its frames.
        height_px: usize,
    },
    /// The file contradicts itself, or its decoder gave up.
    #[error("the video is damaged: convert it to MP4 (H.264) again")]
    Damaged,
    /// A format that only ffmpeg decodes, and there is none.
    #[error("this video format needs ffmpeg: install ffmpeg, or convert the video to MP4 (H.264)")]
    NeedsFfmpeg,
    /// No decoder can read it, not even ffmpeg's.
    #[error("the video cannot be decoded: choose another, or convert it to MP4 (H.264)")]
    Undecodable,
    /// The decoder did not start.
    #[error("the H.264 decoder cannot start: install ffmpeg")]
    NoDecoder,
}
