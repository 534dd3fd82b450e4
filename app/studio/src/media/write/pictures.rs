//! A folder of PNG pictures with alpha, numbered from 1, and the sound beside them: for programs that edit films.

use std::io::{self, BufWriter, Write as _};
use std::path::{Path, PathBuf};

use super::part_folder::PartFolder;
use super::sound_beside::SoundBeside;
use engine::audio::wav::marked;

use super::{RecordingError, Result, SYNTHETIC_MARK, unwritable};
use crate::provenance::{self, Container};
use crate::texts::text;

/// A folder that is being filled. Dropping it without [`PictureFolder::finish`] removes it.
pub struct PictureFolder {
    path: PathBuf,
    folder: PartFolder,
    size_px: (u32, u32),
    frames: u32,
    sound: SoundBeside,
}

impl PictureFolder {
    /// Begins a folder of pictures of this size.
    ///
    /// # Errors
    /// [`RecordingError::Unwritable`] if no folder can be made there, or one with something in it has the name.
    pub fn create(path: &Path, width_px: u32, height_px: u32) -> Result<Self> {
        check_free(path)?;
        Ok(Self {
            folder: PartFolder::create(path).map_err(|source| unwritable(path, source))?,
            path: path.to_owned(),
            size_px: (width_px, height_px),
            frames: 0,
            sound: SoundBeside::default(),
        })
    }

    /// Has every file say this beside that a machine made it; to be called before the first.
    pub fn remark(&mut self, remark: &str) {
        self.sound.remark = Some(remark.to_owned());
    }

    /// Adds the next picture: RGBA rows, straight alpha.
    ///
    /// # Errors
    /// [`RecordingError::DiskFull`], [`RecordingError::Unwritable`].
    pub fn write_frame(&mut self, rgba: &[u8]) -> Result<()> {
        self.frames += 1;
        let path = self.folder.file(&frame_name(self.frames));
        let comment = marked(SYNTHETIC_MARK, self.sound.remark.as_deref());
        write_png(&path, self.size_px, rgba, comment)
            .map_err(|source| unwritable(&self.path, source))
    }

    /// Adds sound, mono at 24 kHz. The first sample is heard with the first picture.
    ///
    /// # Errors
    /// As [`PictureFolder::write_frame`].
    pub fn write_sound(&mut self, samples: &[f32]) -> Result<()> {
        self.sound.write(&self.folder, &self.path, samples)
    }

    /// Gives the folder its name.
    ///
    /// # Errors
    /// As [`PictureFolder::write_frame`], and [`RecordingError::Empty`] without a picture. Nothing is left behind then.
    pub fn finish(self) -> Result<()> {
        if self.frames == 0 {
            return Err(RecordingError::Empty);
        }
        self.sound.finish(&self.path)?;
        self.folder
            .commit(&self.path)
            .map_err(|source| unwritable(&self.path, source))
    }
}

/// Name of a picture, from 1 on.
pub(super) fn frame_name(number: u32) -> String {
    format!("frame-{number:06}.png")
}

/// Refuses a folder with something in it.
fn check_free(path: &Path) -> Result<()> {
    let is_free = match std::fs::read_dir(path) {
        Ok(mut entries) => entries.next().is_none(),
        Err(_) => !path.exists(),
    };
    if is_free {
        return Ok(());
    }
    let source = io::Error::new(io::ErrorKind::AlreadyExists, text!("pictures-name-taken"));
    Err(unwritable(path, source))
}

fn write_png(
    path: &Path,
    (width_px, height_px): (u32, u32),
    rgba: &[u8],
    comment: String,
) -> io::Result<()> {
    let file = std::fs::OpenOptions::new()
        .read(true)
        .write(true)
        .create_new(true)
        .open(path)?;
    let mut file = BufWriter::new(file);
    let mut encoder = png::Encoder::new(&mut file, width_px, height_px);
    encoder.set_color(png::ColorType::Rgba);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.set_compression(png::Compression::Fast);
    encoder.set_source_srgb(png::SrgbRenderingIntent::Perceptual);
    encoder
        .add_text_chunk("Comment".to_owned(), comment.clone())
        .map_err(png_failed)?;
    let mut writer = encoder.write_header().map_err(png_failed)?;
    writer.write_image_data(rgba).map_err(png_failed)?;
    writer.finish().map_err(png_failed)?;
    file.flush()?;
    provenance::seal(file.get_mut(), Container::Png, &comment)
}

/// The system's own reason where there is one, so that a full disk stays a full disk.
fn png_failed(error: png::EncodingError) -> io::Error {
    match error {
        png::EncodingError::IoError(source) => source,
        other => io::Error::other(other),
    }
}
