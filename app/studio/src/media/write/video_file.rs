//! A film in the format that its name asks for.

use std::path::Path;

use super::ffmpeg::{self, FfmpegFormat, FfmpegWriter};
use super::gif::GifWriter;
use super::pictures::PictureFolder;
use super::{Chapter, FrameRate, Mp4Writer, Result, SoundCodec};
use crate::output_path;

/// How pictures and their sound are stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VideoFormat {
    /// `.mp4`: H.264 with AAC or Opus, written by the program itself.
    Mp4,
    /// `.gif`: a short animation without sound.
    Gif,
    /// A name without ending: a folder of PNG pictures and a WAV.
    Pictures,
    /// What an installed ffmpeg writes.
    Ffmpeg(FfmpegFormat),
}

impl VideoFormat {
    /// The endings that name a film; "" stands for a folder.
    pub const EXTENSIONS: [&str; 6] = ["mp4", "mov", "webm", "mkv", "gif", ""];

    /// The format that a name asks for.
    pub fn of(path: &Path) -> Option<Self> {
        Some(match output_path::extension(path).as_str() {
            "mp4" => Self::Mp4,
            "gif" => Self::Gif,
            "" => Self::Pictures,
            "mov" => Self::Ffmpeg(FfmpegFormat::ProRes),
            "webm" => Self::Ffmpeg(FfmpegFormat::WebM),
            "mkv" => Self::Ffmpeg(FfmpegFormat::Lossless),
            _ => return None,
        })
    }

    /// Whether the background can be transparent.
    pub fn has_alpha(self) -> bool {
        !matches!(self, Self::Mp4 | Self::Gif)
    }

    /// Says in one line if something is missing that the format needs, before the long work.
    ///
    /// # Errors
    /// [`super::RecordingError::FfmpegMissing`].
    pub fn check_available(self, path: &Path) -> Result<()> {
        match self {
            Self::Ffmpeg(_) => ffmpeg::check_installed(path),
            Self::Mp4 | Self::Gif | Self::Pictures => Ok(()),
        }
    }
}

/// A film that is being written. Dropping it without [`VideoFile::finish`] leaves nothing.
pub enum VideoFile {
    /// See [`VideoFormat::Mp4`]; boxed, since it is much larger than the others.
    Mp4(Box<Mp4Writer>),
    /// See [`VideoFormat::Gif`].
    Gif(Box<GifWriter>),
    /// See [`VideoFormat::Pictures`].
    Pictures(PictureFolder),
    /// See [`VideoFormat::Ffmpeg`].
    Ffmpeg(FfmpegWriter),
}

impl VideoFile {
    /// Begins a film of pictures of this size. `codec` is for the sound of an MP4.
    ///
    /// # Errors
    /// Those of [`Mp4Writer::create`], [`GifWriter::create`], [`PictureFolder::create`] and [`FfmpegWriter::create`].
    pub fn create(
        path: &Path,
        format: VideoFormat,
        (width_px, height_px): (u32, u32),
        rate: FrameRate,
        codec: SoundCodec,
    ) -> Result<Self> {
        Ok(match format {
            VideoFormat::Mp4 => Self::Mp4(Box::new(Mp4Writer::create_with(
                path,
                (width_px, height_px),
                rate,
                codec,
            )?)),
            VideoFormat::Gif => Self::Gif(Box::new(GifWriter::create(
                path,
                (width_px, height_px),
                rate,
            )?)),
            VideoFormat::Pictures => {
                Self::Pictures(PictureFolder::create(path, width_px, height_px)?)
            }
            VideoFormat::Ffmpeg(format) => Self::Ffmpeg(FfmpegWriter::create(
                path, format, width_px, height_px, rate,
            )?),
        })
    }

    /// Has the film say this beside that a machine made it; to be called before the first picture.
    pub fn remark(&mut self, remark: &str) {
        match self {
            Self::Mp4(file) => file.remark(remark),
            Self::Gif(file) => file.remark(remark),
            Self::Pictures(file) => file.remark(remark),
            Self::Ffmpeg(file) => file.remark(remark),
        }
    }

    /// Has players offer these parts of the film, where the format and its writer can.
    pub fn chapters(&mut self, chapters: &[Chapter]) {
        match self {
            Self::Mp4(file) => file.chapters(chapters),
            Self::Gif(_) | Self::Pictures(_) | Self::Ffmpeg(_) => {}
        }
    }

    /// Adds the next picture: RGBA rows of the film's size, straight alpha.
    ///
    /// # Errors
    /// Those of the format.
    pub fn write_frame(&mut self, rgba: &[u8]) -> Result<()> {
        match self {
            Self::Mp4(file) => file.write_frame(rgba),
            Self::Gif(file) => file.write_frame(rgba),
            Self::Pictures(file) => file.write_frame(rgba),
            Self::Ffmpeg(file) => file.write_frame(rgba),
        }
    }

    /// Adds sound, mono at 24 kHz. The first sample is heard with the first picture.
    ///
    /// # Errors
    /// Those of the format.
    pub fn write_sound(&mut self, samples: &[f32]) -> Result<()> {
        match self {
            Self::Mp4(file) => file.write_sound(samples),
            Self::Gif(_) => Ok(()),
            Self::Pictures(file) => file.write_sound(samples),
            Self::Ffmpeg(file) => file.write_sound(samples),
        }
    }

    /// Completes the film and gives it its name.
    ///
    /// # Errors
    /// Those of the format; nothing is left behind then.
    pub fn finish(self) -> Result<()> {
        match self {
            Self::Mp4(file) => file.finish(),
            Self::Gif(file) => file.finish(),
            Self::Pictures(file) => file.finish(),
            Self::Ffmpeg(file) => file.finish(),
        }
    }
}
