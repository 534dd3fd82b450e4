//! The sound of a film whose pictures are written on their own: a WAV file in the folder that is being filled.

use std::path::Path;

use engine::audio::WavWriter;

use super::part_folder::PartFolder;
use super::{Result, seal_wav, sound_failed};

/// The file's name in the folder.
pub(super) const FILE: &str = "sound.wav";

/// A file that comes into being with the first sound. Errors name the film that it belongs to.
#[derive(Default)]
pub(super) struct SoundBeside {
    writer: Option<WavWriter>,
    /// What the file has to say beside that a machine made it.
    pub remark: Option<String>,
}

impl SoundBeside {
    /// Adds sound, mono at 24 kHz.
    pub fn write(&mut self, folder: &PartFolder, film: &Path, samples: &[f32]) -> Result<()> {
        let writer = match &mut self.writer {
            Some(writer) => writer,
            none => {
                let path = folder.file(FILE);
                let writer = WavWriter::create_with_remark(&path, self.remark.as_deref());
                none.insert(writer.map_err(|error| sound_failed(film, error))?)
            }
        };
        writer
            .write(samples)
            .map_err(|error| sound_failed(film, error))
    }

    /// Ends the file; false if there never was a sound.
    pub fn finish(self, film: &Path) -> Result<bool> {
        let Some(writer) = self.writer else {
            return Ok(false);
        };
        writer
            .finish_with(seal_wav)
            .map_err(|error| sound_failed(film, error))?;
        Ok(true)
    }
}
