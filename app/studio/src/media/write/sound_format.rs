//! The formats of sound alone: one table for files, for streams and for the interfaces that name them.

use std::path::Path;

use super::{Result, ffmpeg};
use crate::media;
use crate::output_path;

/// How a sound is stored or sent. All are mono.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SoundFormat {
    /// 16 bits at 24 kHz.
    Wav,
    /// The same samples, little-endian, without a header.
    Pcm,
    /// The same samples in half the bytes.
    Flac,
    /// Opus at 96 kbit/s in Ogg.
    Opus,
    /// AAC-LC at 128 kbit/s in an MP4 with its index in front.
    M4a,
    /// The same packets behind ADTS headers.
    Aac,
    /// MP3 by an installed ffmpeg, since encoders of MP3 have licences that the program cannot have.
    Mp3,
}

use SoundFormat::{Aac, Flac, M4a, Mp3, Opus, Pcm, Wav};

/// What there is to know of a format.
struct Row {
    format: SoundFormat,
    /// Its name in interfaces, and the ending of its files.
    name: &'static str,
    media_type: &'static str,
    /// Whether it is written to files: those have a place for the mark that a machine made them.
    is_file: bool,
    /// Whether its first byte can be sent before the whole sound is known.
    is_stream: bool,
    needs_ffmpeg: bool,
}

#[rustfmt::skip]
const TABLE: [Row; 7] = [
    Row { format: Wav, name: "wav", media_type: "audio/wav", is_file: true, is_stream: true, needs_ffmpeg: false },
    Row { format: Pcm, name: "pcm", media_type: "audio/pcm", is_file: false, is_stream: true, needs_ffmpeg: false },
    Row { format: Flac, name: "flac", media_type: "audio/flac", is_file: true, is_stream: true, needs_ffmpeg: false },
    Row { format: Opus, name: "opus", media_type: "audio/ogg", is_file: true, is_stream: true, needs_ffmpeg: false },
    Row { format: M4a, name: "m4a", media_type: "audio/mp4", is_file: true, is_stream: false, needs_ffmpeg: false },
    Row { format: Aac, name: "aac", media_type: "audio/aac", is_file: false, is_stream: true, needs_ffmpeg: false },
    Row { format: Mp3, name: "mp3", media_type: "audio/mpeg", is_file: true, is_stream: true, needs_ffmpeg: true },
];

impl SoundFormat {
    fn row(self) -> &'static Row {
        &TABLE[self as usize]
    }

    /// Its name in interfaces, and the ending of its files.
    pub fn name(self) -> &'static str {
        self.row().name
    }

    /// Its media type.
    pub fn media_type(self) -> &'static str {
        self.row().media_type
    }

    /// The endings that name a sound file.
    pub fn extensions() -> Vec<&'static str> {
        let files = TABLE.iter().filter(|row| row.is_file);
        files.map(|row| row.name).collect()
    }

    /// The format that a file's name asks for.
    pub fn of(path: &Path) -> Option<Self> {
        let extension = output_path::extension(path);
        let mut files = TABLE.iter().filter(|row| row.is_file);
        files
            .find(|row| row.name == extension)
            .map(|row| row.format)
    }

    /// Every format that can be streamed.
    pub fn streams() -> impl Iterator<Item = Self> {
        let streams = TABLE.iter().filter(|row| row.is_stream);
        streams.map(|row| row.format)
    }

    /// The formats that this machine can stream: some need ffmpeg.
    pub fn available_streams() -> Vec<Self> {
        let has_ffmpeg = media::ffmpeg::is_installed();
        Self::streams()
            .filter(|format| has_ffmpeg || !format.row().needs_ffmpeg)
            .collect()
    }

    /// Says in one line if something is missing that a file of the format needs, before the long work.
    ///
    /// # Errors
    /// [`super::RecordingError::FfmpegMissingForSound`].
    pub fn check_available(self, path: &Path) -> Result<()> {
        match self.row().needs_ffmpeg {
            true => ffmpeg::check_installed_for_sound(path),
            false => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_format_has_its_row() {
        for (place, row) in TABLE.iter().enumerate() {
            assert_eq!(row.format as usize, place);
            assert!(row.is_file || row.is_stream, "{}", row.name);
        }
    }

    #[test]
    fn files_and_streams_have_their_formats() {
        assert_eq!(
            SoundFormat::extensions(),
            ["wav", "flac", "opus", "m4a", "mp3"]
        );
        for extension in SoundFormat::extensions() {
            let path = Path::new("a").with_extension(extension.to_uppercase());
            assert_eq!(SoundFormat::of(&path).unwrap().name(), extension);
        }
        for other in ["a.aac", "a.pcm", "a.mid", "wav"] {
            assert_eq!(SoundFormat::of(Path::new(other)), None, "{other}");
        }
        let streams: Vec<_> = SoundFormat::streams().map(SoundFormat::name).collect();
        assert_eq!(streams, ["wav", "pcm", "flac", "opus", "aac", "mp3"]);
    }
}
