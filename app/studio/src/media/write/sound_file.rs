//! A sound in the format that its name asks for.

use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};

use engine::atomic_file::AtomicFile;
use engine::audio::WavWriter;
use engine::audio::wav::{SYNTHETIC_MARK, marked};

use super::ffmpeg;
use super::flac::FlacWriter;
use super::m4a::M4aWriter;
use super::part_folder::PartFolder;
use super::sound_beside::{self, SoundBeside};
use super::{Result, SoundFormat, SoundStream, seal_wav, sound_failed, unwritable};

/// A sound that is being written. Dropping it without [`SoundFile::finish`] leaves nothing.
pub enum SoundFile {
    /// See [`SoundFormat::Wav`].
    Wav(Box<WavWriter>, PathBuf),
    /// See [`SoundFormat::Flac`].
    Flac(Box<FlacWriter>),
    /// See [`SoundFormat::M4a`].
    M4a(Box<M4aWriter>),
    /// See [`SoundFormat::Mp3`].
    Mp3(Box<Mp3Writer>),
    /// What is written as it is streamed.
    Stream(Box<StreamWriter>),
}

impl SoundFile {
    /// Begins a sound, mono at 24 kHz, that says that a machine made it, and `remark` beside that.
    ///
    /// # Errors
    /// [`super::RecordingError::Unwritable`] if no file can be created there.
    pub fn create(path: &Path, format: SoundFormat, remark: Option<&str>) -> Result<Self> {
        let comment = marked(SYNTHETIC_MARK, remark);
        Ok(match format {
            SoundFormat::Wav => {
                let writer = WavWriter::create_with_remark(path, remark);
                let writer = writer.map_err(|error| sound_failed(path, error))?;
                Self::Wav(Box::new(writer), path.to_owned())
            }
            SoundFormat::Flac => Self::Flac(Box::new(FlacWriter::create(path, &comment)?)),
            SoundFormat::M4a => Self::M4a(Box::new(M4aWriter::create(path, &comment)?)),
            SoundFormat::Mp3 => Self::Mp3(Box::new(Mp3Writer::create(path, comment)?)),
            SoundFormat::Opus | SoundFormat::Aac | SoundFormat::Pcm => {
                Self::Stream(Box::new(StreamWriter::create(path, format, remark)?))
            }
        })
    }

    /// Adds sound.
    ///
    /// # Errors
    /// Those of the format.
    pub fn write(&mut self, samples: &[f32]) -> Result<()> {
        match self {
            Self::Wav(file, path) => file
                .write(samples)
                .map_err(|error| sound_failed(path, error)),
            Self::Flac(file) => file.write(samples),
            Self::M4a(file) => file.write(samples),
            Self::Mp3(file) => file.sound.write(&file.folder, &file.path, samples),
            Self::Stream(file) => file.write(samples),
        }
    }

    /// Completes the sound and gives it its name.
    ///
    /// # Errors
    /// Those of the format; nothing is left behind then.
    pub fn finish(self) -> Result<()> {
        match self {
            Self::Wav(file, path) => file
                .finish_with(seal_wav)
                .map_err(|error| sound_failed(&path, error)),
            Self::Flac(file) => file.finish(),
            Self::M4a(file) => file.finish(),
            Self::Mp3(file) => file.finish(),
            Self::Stream(file) => file.finish(),
        }
    }
}

/// A stream in a file, which needs no more than its bytes one after the other.
pub struct StreamWriter {
    path: PathBuf,
    guard: AtomicFile,
    file: BufWriter<File>,
    stream: SoundStream,
}

impl StreamWriter {
    fn create(path: &Path, format: SoundFormat, remark: Option<&str>) -> Result<Self> {
        let stream = SoundStream::start(format, remark)?;
        let (guard, file) = AtomicFile::create(path).map_err(|source| unwritable(path, source))?;
        Ok(Self {
            path: path.to_owned(),
            guard,
            file: BufWriter::new(file),
            stream,
        })
    }

    fn write(&mut self, samples: &[f32]) -> Result<()> {
        let bytes = self.stream.encode(samples)?;
        self.file
            .write_all(&bytes)
            .map_err(|source| unwritable(&self.path, source))
    }

    fn finish(mut self) -> Result<()> {
        let last = self.stream.finish()?;
        self.file
            .write_all(&last)
            .and_then(|()| {
                self.file
                    .into_inner()
                    .map_err(std::io::IntoInnerError::into_error)
            })
            .and_then(|file| self.guard.commit(file))
            .map_err(|source| unwritable(&self.path, source))
    }
}

/// An MP3 that ffmpeg makes of a WAV at the end.
pub struct Mp3Writer {
    path: PathBuf,
    comment: String,
    sound: SoundBeside,
    /// Dropped last: the files of the others lie in it.
    folder: PartFolder,
}

impl Mp3Writer {
    fn create(path: &Path, comment: String) -> Result<Self> {
        let failed = |source| unwritable(path, source);
        let path = engine::atomic_file::link_target(path).map_err(failed)?;
        Ok(Self {
            folder: PartFolder::create(&path).map_err(failed)?,
            path,
            comment,
            sound: SoundBeside::default(),
        })
    }

    fn finish(mut self) -> Result<()> {
        // A sound of no length is a file, too.
        self.sound.write(&self.folder, &self.path, &[])?;
        std::mem::take(&mut self.sound).finish(&self.path)?;
        let whole = self.folder.file("whole.mp3");
        let wav = self.folder.file(sound_beside::FILE);
        ffmpeg::write_mp3(&wav, &whole, &self.comment, &self.path)?;
        std::fs::File::open(&whole)
            .and_then(|file| file.sync_all())
            .and_then(|()| std::fs::rename(&whole, &self.path))
            .map_err(|source| unwritable(&self.path, source))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Speech-like: a rising tone that comes and goes.
    fn sound() -> Vec<f32> {
        (0..48_000)
            .map(|i| {
                let t = i as f32 / 24_000.0;
                0.4 * (t * (900.0 + 300.0 * t)).sin() * (t * 6.0).sin().abs()
            })
            .collect()
    }

    #[test]
    fn every_format_is_heard_as_it_was_said() {
        let folder = tempfile::tempdir().unwrap();
        let said = sound();
        for extension in SoundFormat::extensions() {
            let path = folder.path().join(format!("a.{extension}"));
            let format = SoundFormat::of(&path).unwrap();
            if format.check_available(&path).is_err() {
                continue;
            }
            let mut file = SoundFile::create(&path, format, Some("a remark")).unwrap();
            for piece in said.chunks(7000) {
                file.write(piece).unwrap();
            }
            file.finish().unwrap();
            let heard = engine::audio::decode_file(&path).unwrap();
            // symphonia leaves in what an encoder puts before the sound: 1105 samples of MP3 at 24 kHz, 512 of AAC.
            let late = heard.len().saturating_sub(said.len()).min(2400);
            let error = (0..=late)
                .map(|late| {
                    let pairs = said.iter().zip(&heard[late..]);
                    pairs.map(|(a, b)| (a - b).powi(2)).sum::<f32>()
                })
                .fold(f32::INFINITY, f32::min);
            let power = said.iter().map(|x| x * x).sum::<f32>();
            assert!(error < 0.01 * power, "{extension}: {error} of {power}");
            let bytes = std::fs::read(&path).unwrap();
            assert!(
                bytes.windows(8).any(|part| part == b"a remark"),
                "{extension} is marked"
            );
        }
        let left = std::fs::read_dir(folder.path()).unwrap();
        assert!(left.count() <= SoundFormat::extensions().len());
    }

    #[test]
    fn a_sound_that_is_dropped_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        for extension in SoundFormat::extensions() {
            let path = folder.path().join(format!("a.{extension}"));
            let format = SoundFormat::of(&path).unwrap();
            let mut file = SoundFile::create(&path, format, None).unwrap();
            file.write(&sound()).unwrap();
        }
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    }
}
