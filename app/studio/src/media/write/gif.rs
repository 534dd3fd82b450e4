//! An animated GIF of a short film, without sound: for chats and pages that play nothing else.

use std::fs::File;
use std::io::{self, BufWriter};
use std::path::{Path, PathBuf};

use engine::atomic_file::AtomicFile;
use engine::audio::wav::marked;
use image::imageops::{FilterType, resize};

use super::{FrameRate, RecordingError, Result, SYNTHETIC_MARK, failed, unwritable};
use crate::texts::text;

/// Longest film: each second takes about a megabyte.
pub(super) const MAX_SECS: u32 = 60;
/// Longer side of the pictures, at most.
const MAX_SIDE_PX: u32 = 480;
/// A picture stays this long: 12.5 are kept of a second. Browsers slow down what is faster than 50.
const DELAY_HUNDREDTHS: u16 = 8;
/// How much the search for a palette may hurry, 1 to 30.
const PALETTE_SPEED: i32 = 10;
/// Longest part of a comment.
const COMMENT_BLOCK_BYTES: usize = 255;
const COMMENT_LABEL: u8 = 0xfe;

/// A GIF that is being written. Dropping it without [`GifWriter::finish`] leaves nothing.
pub struct GifWriter {
    path: PathBuf,
    guard: AtomicFile,
    encoder: gif::Encoder<BufWriter<File>>,
    source_size_px: (u32, u32),
    size_px: (u32, u32),
    frames: u32,
    rate: FrameRate,
    comment: String,
}

impl GifWriter {
    /// Begins a film of pictures of this size, which are made smaller.
    ///
    /// # Errors
    /// [`RecordingError::Unwritable`] if no file can be created there.
    pub fn create(path: &Path, (width_px, height_px): (u32, u32), rate: FrameRate) -> Result<Self> {
        let (guard, file) = AtomicFile::create(path).map_err(|source| unwritable(path, source))?;
        let scale = f64::from(MAX_SIDE_PX) / f64::from(width_px.max(height_px).max(1));
        let side = |side: u32| ((f64::from(side) * scale.min(1.0)).round() as u16).max(1);
        let (width, height) = (side(width_px), side(height_px));
        let mut encoder = gif::Encoder::new(BufWriter::new(file), width, height, &[])
            .map_err(|error| encoding_failed(path, error))?;
        encoder
            .set_repeat(gif::Repeat::Infinite)
            .map_err(|error| encoding_failed(path, error))?;
        Ok(Self {
            path: path.to_owned(),
            guard,
            encoder,
            source_size_px: (width_px, height_px),
            size_px: (width.into(), height.into()),
            frames: 0,
            rate,
            comment: SYNTHETIC_MARK.to_owned(),
        })
    }

    /// Has the film say this beside that a machine made it.
    pub fn remark(&mut self, remark: &str) {
        self.comment = marked(SYNTHETIC_MARK, Some(remark));
    }

    /// Adds the next picture: RGBA rows.
    ///
    /// # Errors
    /// [`RecordingError::TooLongForGif`], [`RecordingError::DiskFull`], [`RecordingError::Unwritable`].
    pub fn write_frame(&mut self, rgba: &[u8]) -> Result<()> {
        if self.frames == 0 {
            let blocks: Vec<&[u8]> = self
                .comment
                .as_bytes()
                .chunks(COMMENT_BLOCK_BYTES)
                .collect();
            self.encoder
                .write_raw_extension(gif::AnyExtension(COMMENT_LABEL), &blocks)
                .map_err(|error| encoding_failed(&self.path, error))?;
        }
        if self.frames >= MAX_SECS * self.rate.per_second() {
            return Err(RecordingError::TooLongForGif {
                path: self.path.clone(),
            });
        }
        self.frames += 1;
        let kept = self.rate.per_second() * u32::from(DELAY_HUNDREDTHS) / 100;
        if !(self.frames - 1).is_multiple_of(kept) {
            return Ok(());
        }
        let (width, height) = self.source_size_px;
        let picture = image::ImageBuffer::<image::Rgba<u8>, _>::from_raw(width, height, rgba)
            .ok_or_else(|| failed("GIF encoder", text!("gif-size")))?;
        let mut pixels = match self.size_px == self.source_size_px {
            true => rgba.to_vec(),
            false => resize(
                &picture,
                self.size_px.0,
                self.size_px.1,
                FilterType::Triangle,
            )
            .into_raw(),
        };
        let (width, height) = (self.size_px.0 as u16, self.size_px.1 as u16);
        let mut frame = gif::Frame::from_rgba_speed(width, height, &mut pixels, PALETTE_SPEED);
        frame.delay = DELAY_HUNDREDTHS;
        self.encoder
            .write_frame(&frame)
            .map_err(|error| encoding_failed(&self.path, error))
    }

    /// Completes the film and gives it its name, in place of what was there.
    ///
    /// # Errors
    /// As [`GifWriter::write_frame`], and [`RecordingError::Empty`] without a picture.
    pub fn finish(self) -> Result<()> {
        if self.frames == 0 {
            return Err(RecordingError::Empty);
        }
        let path = self.path;
        let writer = self.encoder.into_inner();
        let writer = writer.map_err(|error| encoding_failed(&path, error))?;
        writer
            .into_inner()
            .map_err(io::IntoInnerError::into_error)
            .and_then(|file| self.guard.commit(file))
            .map_err(|source| unwritable(&path, source))
    }
}

fn encoding_failed(path: &Path, error: gif::EncodingError) -> RecordingError {
    match error {
        gif::EncodingError::Io(source) => unwritable(path, source),
        other => failed("GIF encoder", other),
    }
}

#[cfg(test)]
mod tests {
    use image::AnimationDecoder as _;

    use super::*;

    #[test]
    fn a_short_film_is_read_back() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.gif");
        let mut writer = GifWriter::create(&path, (960, 480), FrameRate::Fps25).unwrap();
        for frame in 0..10_u8 {
            writer
                .write_frame(&[frame * 20, 40, 60, 255].repeat(960 * 480))
                .unwrap();
        }
        writer.finish().unwrap();
        let bytes = std::fs::read(&path).unwrap();
        assert!(bytes.windows(12).any(|part| part == b"AI-generated"));
        let decoder = image::codecs::gif::GifDecoder::new(io::Cursor::new(bytes)).unwrap();
        let frames: Vec<_> = decoder.into_frames().map(|frame| frame.unwrap()).collect();
        assert_eq!(frames.len(), 5);
        assert_eq!(frames[3].buffer().dimensions(), (480, 240));
        assert_eq!(frames[3].delay().numer_denom_ms(), (80, 1));
        let pixel = frames[3].buffer().get_pixel(100, 100);
        assert!(pixel[0].abs_diff(120) < 6, "{pixel:?}");
    }

    #[test]
    fn long_films_are_refused_and_leave_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.gif");
        let mut writer = GifWriter::create(&path, (16, 16), FrameRate::Fps25).unwrap();
        let picture = [90; 16 * 16 * 4];
        let refused = (0..)
            .find_map(|_| writer.write_frame(&picture).err())
            .unwrap();
        assert!(matches!(refused, RecordingError::TooLongForGif { .. }));
        assert_eq!(writer.frames, MAX_SECS * 25);
        drop(writer);
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
        assert!(matches!(
            GifWriter::create(&path, (16, 16), FrameRate::Fps25)
                .unwrap()
                .finish(),
            Err(RecordingError::Empty)
        ));
    }
}
