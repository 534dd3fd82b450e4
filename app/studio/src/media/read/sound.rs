//! The sound of a film: what the engine decodes, and the rest through ffmpeg.

use std::path::Path;

use engine::audio::AudioError;
use engine::{Error, Result};
use symphonia::core::formats::{FormatReader, TrackType};

use super::{cannot_read, check_file, ffmpeg, h264};
use crate::texts::text;

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
    match through_ffmpeg(path, cancelled) {
        Err(Error::Cancelled) => Err(Error::Cancelled),
        // What the engine says is closer to the file than that there is no ffmpeg.
        Err(_) => Err(error),
        sound => sound,
    }
}

/// A recording of speech, mono at 24 kHz: what the engine decodes, and other formats through an installed ffmpeg.
///
/// # Errors
/// [`Error::File`], [`Error::Audio`] about this file, among them [`AudioError::NeedsFfmpeg`], [`Error::Cancelled`].
pub fn recording(path: &Path, cancelled: &dyn Fn() -> bool) -> Result<Vec<f32>> {
    let error = match engine::audio::decode_file(path) {
        Ok(samples) => return Ok(samples),
        Err(error) => error,
    };
    let name = match error.kind() {
        Error::Audio(AudioError::UnknownFormat { name }) => name.map(str::to_owned),
        Error::Audio(AudioError::UnknownCodec { name }) => Some(
            name.clone()
                .unwrap_or_else(|| text!("sound-kind").to_owned()),
        ),
        _ => return Err(error),
    };
    match through_ffmpeg(path, cancelled) {
        Ok(Some(samples)) => Ok(samples),
        Err(Error::Cancelled) => Err(Error::Cancelled),
        Ok(None) | Err(_) => Err(
            match name.filter(|_| !crate::media::ffmpeg::is_installed()) {
                Some(name) => Error::from(AudioError::NeedsFfmpeg { name }).in_file(path),
                None => error,
            },
        ),
    }
}

/// The first sound track as ffmpeg decodes it; `None` if there is none or nothing in it.
fn through_ffmpeg(path: &Path, cancelled: &dyn Fn() -> bool) -> Result<Option<Vec<f32>>> {
    let folder = tempfile::tempdir().map_err(|source| cannot_read(path, source))?;
    let wav = folder.path().join("sound.wav");
    let has_sound = ffmpeg::extract_sound(path, &wav, cancelled)?;
    // Nothing but its head: the track is there and has nothing in it.
    if !has_sound || std::fs::metadata(&wav).is_ok_and(|file| file.len() < EMPTY_WAV_BYTES) {
        return Ok(None);
    }
    engine::audio::decode_file(&wav).map(Some)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_that_need_ffmpeg_are_read_by_it_or_named() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("voice.au");
        // AU: a head of 24 bytes, 16-bit samples the big end first, 8 kHz, one channel.
        let tone = |i: u32| (8000.0 * (i as f32 * 0.3).sin()) as i16;
        let mut bytes = b".snd".to_vec();
        for field in [24, 16_000, 3, 8000, 1_u32] {
            bytes.extend(field.to_be_bytes());
        }
        bytes.extend((0..8000).flat_map(|i| tone(i).to_be_bytes()));
        std::fs::write(&path, bytes).unwrap();
        let read = recording(&path, &|| false);
        if crate::media::ffmpeg::is_installed() {
            let samples = read.unwrap();
            assert!(samples.len().abs_diff(24_000) < 100, "{}", samples.len());
            let power = samples.iter().map(|x| x * x).sum::<f32>() / samples.len() as f32;
            assert!((power.sqrt() - 0.1726).abs() < 0.01, "{power}");
        } else {
            let said = read.unwrap_err().to_string();
            assert!(said.contains("AU") && said.contains("ffmpeg"), "{said}");
        }
        // What is no sound at all stays what the engine says it is.
        std::fs::write(&path, "Dear reader, this is a text.").unwrap();
        assert!(recording(&path, &|| false).is_err());
    }
}
