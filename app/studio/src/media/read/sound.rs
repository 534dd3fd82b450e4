//! The sound of a film: what the engine decodes, and the rest through ffmpeg.

use std::path::Path;

use engine::{Error, Result};
use symphonia::core::formats::{FormatReader, TrackType};

use super::{cannot_read, check_file, ffmpeg, h264};

/// A WAV that is shorter has no sound in it.
const EMPTY_WAV_BYTES: u64 = 128;

/// The first sound track of a film, mono at 24 kHz; `None` if it has none.
///
/// # Errors
/// [`Error::File`], [`Error::Video`] if the sound is broken or of a kind that needs an ffmpeg that is not there,
/// [`Error::Cancelled`].
pub fn sound_of(path: &Path, cancelled: &dyn Fn() -> bool) -> Result<Option<Vec<f32>>> {
    check_file(path)?;
    let film = h264::open(path)?;
    let is_silent = |film: &dyn FormatReader| {
        film.first_track(TrackType::Audio)
            .is_none_or(|track| track.duration.is_some_and(|length| length.get() == 0))
    };
    if film.is_some_and(|film| is_silent(film.as_ref())) {
        return Ok(None);
    }
    let error = match engine::audio::decode_file(path) {
        Ok(samples) => return Ok(Some(samples)),
        Err(error) => error,
    };
    if cancelled() {
        return Err(Error::Cancelled);
    }
    let folder = tempfile::tempdir().map_err(|source| cannot_read(path, source))?;
    let wav = folder.path().join("sound.wav");
    match ffmpeg::extract_sound(path, &wav, cancelled) {
        // Nothing but its head: the track is there and has nothing in it.
        Ok(true) if std::fs::metadata(&wav).is_ok_and(|file| file.len() < EMPTY_WAV_BYTES) => {
            Ok(None)
        }
        Ok(true) => engine::audio::decode_file(&wav)
            .map(Some)
            .map_err(|_| error),
        Ok(false) => Ok(None),
        Err(Error::Cancelled) => Err(Error::Cancelled),
        // What the engine says is closer to the file than that there is no ffmpeg.
        Err(_) => Err(error),
    }
}
