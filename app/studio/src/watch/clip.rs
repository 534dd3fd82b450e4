//! A clip: its length and size, and the pictures of it that a model is shown.

use std::path::{Path, PathBuf};

use image::ExtendedColorType;
use image::codecs::jpeg::JpegEncoder;

use super::slow_fast::{
    FrameKind, KindChooser, NarrowPicture, Size, SlowFastSettings, compared_size, frame_sizes,
    resized, sampled_frames, timestamp_secs,
};
use crate::cancel::CancelToken;
use crate::media::read::read_frames;
use crate::texts::text;
use crate::wording::words;

/// Longest clip that is watched.
pub const MAX_CLIP_SECS: f64 = 600.0;
/// Quality of the pictures, of 100.
const JPEG_QUALITY: u8 = 90;
/// A rate this near to a usual one is that one: times in files are rounded.
const RATE_TOLERANCE: f64 = 2e-4;

/// Why a clip cannot be watched.
#[derive(Debug)]
#[non_exhaustive]
pub enum ClipError {
    /// Longer than [`MAX_CLIP_SECS`].
    TooLong {
        /// The file.
        path: PathBuf,
    },
    /// Nothing is seen in it.
    NoPictures {
        /// The file.
        path: PathBuf,
    },
    /// No model is shown such pictures.
    Narrow {
        /// What is wrong with them.
        kind: NarrowPicture,
        /// The file.
        path: PathBuf,
    },
    /// The file cannot be read, or [`engine::Error::Cancelled`].
    Unreadable(engine::Error),
}

impl std::fmt::Display for ClipError {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(&match self {
            Self::TooLong { path } => text!(
                "clip-too-long",
                max_secs = format!("{MAX_CLIP_SECS:.0}"),
                path = path.display().to_string()
            ),
            Self::NoPictures { path } => {
                text!("clip-no-pictures", path = path.display().to_string())
            }
            Self::Narrow { kind, path } => format!("{kind}: {}", path.display()),
            Self::Unreadable(error) => words(error),
        })
    }
}

impl std::error::Error for ClipError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Unreadable(error) => Some(error),
            _ => None,
        }
    }
}

/// The result of every fallible call of this module.
pub type Result<T> = std::result::Result<T, ClipError>;

/// A film that can be watched.
#[derive(Clone, Debug, PartialEq)]
pub struct Clip {
    /// The file.
    pub path: PathBuf,
    /// Pictures in it.
    pub frame_count: usize,
    /// Pictures a second, on average.
    pub fps: f64,
    /// Size of the first picture, upright.
    pub size: Size,
}

/// A picture that a model is shown.
#[derive(Clone, Debug, PartialEq)]
pub struct ShownFrame {
    /// When it is seen, from the start of the clip.
    pub time_secs: f32,
    /// Large or small.
    pub kind: FrameKind,
    /// Its size.
    pub size: Size,
    /// The picture as a JPEG file.
    pub jpeg: Vec<u8>,
}

impl ShownFrame {
    /// Tokens that Keye-VL has for it.
    pub fn tokens(&self) -> u32 {
        self.size.tokens()
    }
}

impl Clip {
    /// Reads a film once to learn its length. `on_fraction` takes the share that is done.
    ///
    /// # Errors
    /// [`ClipError`].
    pub fn open(
        path: &Path,
        cancel: &CancelToken,
        on_fraction: &mut dyn FnMut(f32),
    ) -> Result<Self> {
        let mut is_too_long = false;
        let mut frame_count = 0;
        let mut size = None;
        let (mut first_secs, mut last_secs) = (0.0, 0.0);
        let read = read_frames(path, &|| cancel.is_cancelled(), &mut |frame, fraction| {
            if frame_count == 0 {
                first_secs = frame.time_secs;
                size = Some(Size::new(frame.width as u32, frame.height as u32));
            }
            frame_count += 1;
            last_secs = frame.time_secs;
            if last_secs - first_secs > MAX_CLIP_SECS {
                is_too_long = true;
                return Err(engine::Error::Cancelled);
            }
            on_fraction(fraction);
            Ok(())
        });
        let path_buf = || path.to_owned();
        if is_too_long {
            return Err(ClipError::TooLong { path: path_buf() });
        }
        read.map_err(ClipError::Unreadable)?;
        let size = size.ok_or_else(|| ClipError::NoPictures { path: path_buf() })?;
        compared_size(size).map_err(|kind| ClipError::Narrow {
            kind,
            path: path_buf(),
        })?;
        Ok(Self {
            path: path.to_owned(),
            frame_count,
            fps: average_rate(frame_count, last_secs - first_secs),
            size,
        })
    }

    /// Its length, seconds.
    pub fn duration_secs(&self) -> f64 {
        self.frame_count as f64 / self.fps
    }

    /// The pictures that a model is shown, in order. `on_fraction` takes the share that is done.
    ///
    /// # Errors
    /// [`ClipError`].
    pub fn shown_frames(
        &self,
        settings: &SlowFastSettings,
        cancel: &CancelToken,
        on_fraction: &mut dyn FnMut(f32),
    ) -> Result<Vec<ShownFrame>> {
        let narrow = |kind: NarrowPicture| ClipError::Narrow {
            kind,
            path: self.path.clone(),
        };
        let mut failure = None;
        let wanted = sampled_frames(self.frame_count, self.fps, settings);
        let mut chooser = KindChooser::new(settings);
        let mut kept: Vec<KeptFrame> = Vec::with_capacity(wanted.len());
        let mut number = 0;
        let read = read_frames(
            &self.path,
            &|| cancel.is_cancelled(),
            &mut |frame, fraction| {
                on_fraction(fraction);
                let is_wanted = wanted.get(kept.len()) == Some(&number);
                number += 1;
                if !is_wanted {
                    return Ok(());
                }
                let size = Size::new(frame.width as u32, frame.height as u32);
                match KeptFrame::new(number - 1, frame.rgb, size, &mut chooser, settings) {
                    Ok(frame) => {
                        kept.push(frame);
                        Ok(())
                    }
                    Err(kind) => {
                        failure = Some(narrow(kind));
                        Err(engine::Error::Cancelled)
                    }
                }
            },
        );
        if let Some(failure) = failure {
            return Err(failure);
        }
        read.map_err(ClipError::Unreadable)?;
        let slow_count = kept
            .iter()
            .filter(|frame| frame.kind == FrameKind::Slow)
            .count();
        let fast_count = kept.len() - slow_count;
        kept.into_iter()
            .map(|frame| {
                cancel.check().map_err(ClipError::Unreadable)?;
                let sizes =
                    frame_sizes(frame.size, slow_count, fast_count, settings).map_err(narrow)?;
                let size = match frame.kind {
                    FrameKind::Slow => sizes.slow,
                    FrameKind::Fast => sizes.fast,
                };
                Ok(ShownFrame {
                    time_secs: timestamp_secs(frame.number, self.fps),
                    kind: frame.kind,
                    size,
                    jpeg: jpeg(&resized(&frame.rgb, frame.kept_size, size), size),
                })
            })
            .collect()
    }
}

/// A chosen picture before it is known how much room the others take.
struct KeptFrame {
    number: usize,
    kind: FrameKind,
    /// In the clip.
    size: Size,
    /// Of the pixels that are kept.
    kept_size: Size,
    rgb: Vec<u8>,
}

impl KeptFrame {
    fn new(
        number: usize,
        rgb: &[u8],
        size: Size,
        chooser: &mut KindChooser,
        settings: &SlowFastSettings,
    ) -> std::result::Result<Self, NarrowPicture> {
        // At the size of a lone picture, the largest of all: a long clip would not fit into memory else.
        let kept_size = frame_sizes(size, 1, 0, settings)?.slow;
        Ok(Self {
            number,
            kind: chooser.next_kind(rgb, size)?,
            size,
            kept_size,
            rgb: resized(rgb, size, kept_size),
        })
    }
}

/// Pictures a second of so many pictures, of which the last comes `span_secs` after the first.
fn average_rate(frame_count: usize, span_secs: f64) -> f64 {
    if frame_count < 2 || span_secs <= 0.0 {
        return engine::motion::FRAMES_PER_SECOND;
    }
    let measured = (frame_count - 1) as f64 / span_secs;
    let whole = measured.round().max(1.0);
    let ntsc = (measured * 1.001).round().max(1.0) / 1.001;
    [whole, ntsc]
        .into_iter()
        .find(|usual| (measured / usual - 1.0).abs() < RATE_TOLERANCE)
        .unwrap_or(measured)
}

fn jpeg(rgb: &[u8], size: Size) -> Vec<u8> {
    let mut file = Vec::new();
    JpegEncoder::new_with_quality(&mut file, JPEG_QUALITY)
        .encode(rgb, size.width_px, size.height_px, ExtendedColorType::Rgb8)
        .expect("the picture has the size that is named, and memory takes every byte");
    file
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_are_those_that_films_have() {
        let rate = |fps: f64, frames: usize| average_rate(frames, (frames - 1) as f64 / fps);
        assert_eq!(rate(25.0004, 250), 25.0);
        assert_eq!(rate(29.97, 300), 30.0 / 1.001);
        assert_eq!(rate(23.976, 300), 24.0 / 1.001);
        assert!((rate(17.3, 300) - 17.3).abs() < 1e-9);
        assert_eq!(average_rate(1, 0.0), 25.0);
        assert_eq!(average_rate(9, 0.0), 25.0);
    }
}
