//! Reading films of faces: H.264 in MP4 or MOV in this process, everything else through an installed ffmpeg.
//!
//! One picture at a time is in memory. Broken files end in one line that says what to do.

mod colours;
mod ffmpeg;
mod h264;
mod rotation;
mod sound;
#[cfg(test)]
mod tests;
mod video_track;

use std::path::Path;

use engine::tracking::{VideoError, VideoFrame};
use engine::{Error, Result};

pub use sound::{recording, sound_of};

/// Most pixels of a picture: 8K.
const MAX_PIXELS: usize = 8192 * 4608;

/// Takes the pictures with the share of the film that is read then, 0 to 1.
pub type OnFrame<'a> = dyn FnMut(&VideoFrame<'_>, f32) -> Result<()> + 'a;

/// Hands on the pictures of a film in order, upright as its metadata say, until `on_frame` fails.
///
/// # Errors
/// [`Error::File`] if the file cannot be read, [`Error::Video`] if it is no video, is broken, or needs an ffmpeg that is not
/// there, [`Error::Cancelled`], and what `on_frame` returns.
pub fn read_frames(
    path: &Path,
    cancelled: &dyn Fn() -> bool,
    on_frame: &mut OnFrame<'_>,
) -> Result<()> {
    check_file(path)?;
    match h264::read(path, cancelled, on_frame)? {
        h264::Attempt::Read => Ok(()),
        h264::Attempt::Unsupported(reason) => {
            tracing::info!("{reason}: {}", path.display());
            ffmpeg::read(path, &reason, cancelled, on_frame)
        }
    }
}

/// Says what is wrong with a path before anything is opened: pipes and devices would block.
fn check_file(path: &Path) -> Result<()> {
    let metadata = std::fs::metadata(path).map_err(|source| cannot_read(path, source))?;
    if !metadata.is_file() {
        return Err(unusable(path, VideoError::NotAFile));
    }
    if metadata.len() == 0 {
        return Err(unusable(path, VideoError::Empty));
    }
    Ok(())
}

fn cannot_read(path: &Path, source: std::io::Error) -> Error {
    Error::File {
        action: engine::error::FileAction::ReadVideo,
        source,
        path: path.to_owned(),
    }
}

fn unusable(path: &Path, kind: VideoError) -> Error {
    Error::from(kind).in_file(path)
}
