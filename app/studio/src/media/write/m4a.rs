//! Sound alone as M4A: AAC-LC with its index in front.

use std::fs::File;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use super::film_index::{FileKind, FilmIndex, Sample};
use super::sound::{SoundCodec, SoundEncoder};
use super::{Result, unwritable};
use crate::output_path::folder_of;
use crate::provenance::{self, Container};

use engine::atomic_file::AtomicFile;

/// An M4A file that is written piece by piece. It appears whole with [`M4aWriter::finish`]; dropped before, it leaves nothing.
pub struct M4aWriter {
    path: PathBuf,
    comment: String,
    sound: SoundEncoder,
    /// The packets, in a file without a name: the index in front of them is known at the end.
    packets: File,
    length: u64,
    index: FilmIndex,
}

impl M4aWriter {
    /// Begins a file of mono sound at 24 kHz that carries this comment.
    ///
    /// # Errors
    /// [`super::RecordingError::Unwritable`] if no file can be created there.
    pub fn create(path: &Path, comment: &str) -> Result<Self> {
        let sound = SoundEncoder::new(SoundCodec::Aac)?;
        Ok(Self {
            path: path.to_owned(),
            comment: comment.to_owned(),
            packets: tempfile::tempfile_in(folder_of(path))
                .map_err(|source| unwritable(path, source))?,
            length: 0,
            index: FilmIndex {
                sound: sound.track(),
                ..FilmIndex::default()
            },
            sound,
        })
    }

    /// Adds sound.
    ///
    /// # Errors
    /// [`super::RecordingError::DiskFull`], [`super::RecordingError::Unwritable`].
    pub fn write(&mut self, samples: &[f32]) -> Result<()> {
        let packets = self.sound.encode(samples)?;
        self.add(packets)
    }

    /// Completes the file and gives it its name, in place of what was there.
    ///
    /// # Errors
    /// As [`M4aWriter::write`].
    pub fn finish(mut self) -> Result<()> {
        let packets = self.sound.finish()?;
        self.add(packets)?;
        self.index.sound_ticks = self.sound.heard_ticks();
        let failed = |source| unwritable(&self.path, source);
        let (guard, mut file) = AtomicFile::create(&self.path).map_err(failed)?;
        self.index
            .write_plain(
                &mut self.packets,
                &mut file,
                FileKind::Sound,
                (0, 0),
                &self.comment,
            )
            .and_then(|()| provenance::seal(&mut file, Container::Mp4, &self.comment))
            .and_then(|()| guard.commit(file))
            .map_err(failed)
    }

    fn add(&mut self, packets: Vec<Vec<u8>>) -> Result<()> {
        for packet in packets {
            self.packets
                .write_all(&packet)
                .map_err(|source| unwritable(&self.path, source))?;
            self.index.audio.push(Sample {
                offset: self.length,
                bytes: packet.len() as u32,
                is_key: true,
            });
            self.length += packet.len() as u64;
        }
        Ok(())
    }
}
