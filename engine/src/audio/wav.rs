//! WAV files: 24 kHz, 16 bit, mono, marked as made by a machine.

use std::fs::File;
use std::io::{BufWriter, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use super::{AudioError, SAMPLE_RATE_HZ};
use crate::atomic_file::{AtomicFile, write_atomically};
use crate::random::Random;
use crate::{Error, Result};

/// What every sound that this program writes says about itself.
pub const SYNTHETIC_MARK: &str = "AI-generated speech, made with JAM-Flow";

/// A mark and, if there is one, a remark, as one comment.
pub fn marked(mark: &str, remark: Option<&str>) -> String {
    remark.map_or_else(|| mark.to_owned(), |remark| format!("{mark}, {remark}"))
}

/// Bytes of one sample.
const SAMPLE_BYTES: u32 = 2;
/// Steps of a sample from 0 to 1: decoders divide by this.
const STEPS: f32 = 32_768.0;
/// The same sound makes the same file.
const DITHER_SEED: u64 = 1;

/// A WAV file that is written piece by piece. It appears whole with [`WavWriter::finish`]; dropped before, it leaves nothing.
#[derive(Debug)]
pub struct WavWriter {
    path: PathBuf,
    guard: AtomicFile,
    file: BufWriter<File>,
    samples: u64,
    comment: String,
    quantizer: Quantizer,
}

impl WavWriter {
    /// Begins a file of mono sound at [`SAMPLE_RATE_HZ`] that carries [`SYNTHETIC_MARK`] as its comment.
    ///
    /// # Errors
    /// [`Error::File`] if no file can be created there.
    pub fn create(path: &Path) -> Result<Self> {
        Self::create_with_remark(path, None)
    }

    /// The same with something to say beside the mark.
    ///
    /// # Errors
    /// As [`Self::create`].
    pub fn create_with_remark(path: &Path, remark: Option<&str>) -> Result<Self> {
        let (guard, file) = AtomicFile::create(path).map_err(|source| unwritable(path, source))?;
        let mut writer = Self {
            path: path.to_owned(),
            guard,
            file: BufWriter::new(file),
            samples: 0,
            comment: marked(SYNTHETIC_MARK, remark),
            quantizer: Quantizer::default(),
        };
        // The lengths are not known yet; the header is written again at the end.
        let header = header(0, &writer.comment, Encoding::Integer);
        writer.put(&header)?;
        Ok(writer)
    }

    /// Adds samples; values beyond ±1 are clipped.
    ///
    /// What lies between two steps of 16 bits is dithered; what lies on one, as all of a 16-bit recording does, stays as it is.
    ///
    /// # Errors
    /// [`Error::File`] if they cannot be written, [`Error::Audio`] above the 4 GiB of the format (24 hours).
    pub fn write(&mut self, samples: &[f32]) -> Result<()> {
        self.samples += samples.len() as u64;
        let most = u64::from(u32::MAX / SAMPLE_BYTES)
            - header(0, &self.comment, Encoding::Integer).len() as u64;
        if self.samples > most {
            return Err(AudioError::TooLongForWav.into());
        }
        for &sample in samples {
            let value = self.quantizer.quantize(sample);
            self.put(&value.to_le_bytes())?;
        }
        Ok(())
    }

    /// Completes the file and gives it its name, in place of what was there.
    ///
    /// # Errors
    /// [`Error::File`] if the system refuses.
    pub fn finish(self) -> Result<()> {
        self.finish_with(|_, _| Ok(()))
    }

    /// The same, with something done to the whole file before it gets its name; `seal` is told what the file says about itself.
    ///
    /// # Errors
    /// As [`Self::finish`], and what `seal` returns.
    pub fn finish_with(
        mut self,
        seal: impl FnOnce(&mut File, &str) -> std::io::Result<()>,
    ) -> Result<()> {
        let data_bytes = self.samples as u32 * SAMPLE_BYTES;
        let header = header(data_bytes, &self.comment, Encoding::Integer);
        let path = self.path;
        self.file
            .seek(SeekFrom::Start(0))
            .and_then(|_| self.file.write_all(&header))
            .and_then(|()| {
                self.file
                    .into_inner()
                    .map_err(std::io::IntoInnerError::into_error)
            })
            .and_then(|mut file| {
                seal(&mut file, &self.comment)?;
                self.guard.commit(file)
            })
            .map_err(|source| unwritable(&path, source))
    }

    fn put(&mut self, bytes: &[u8]) -> Result<()> {
        self.file
            .write_all(bytes)
            .map_err(|source| unwritable(&self.path, source))
    }
}

/// Rounds samples to 16 bits. The same samples give the same integers.
#[derive(Debug)]
pub struct Quantizer {
    dither: Random,
}

impl Default for Quantizer {
    fn default() -> Self {
        Self {
            dither: Random::new(DITHER_SEED),
        }
    }
}

impl Quantizer {
    /// The step for a sample. Two uniform deviates of one step make the error of rounding a steady noise, whatever the sound is:
    /// without them quiet ends of words crackle, and the deepest silences turn into exact zeros.
    pub fn quantize(&mut self, sample: f32) -> i16 {
        let exact = sample * STEPS;
        // The one value that has no place, +1, is clipped by the cast.
        if exact.fract() == 0.0 {
            return exact as i16;
        }
        let dither = self.dither.unit() - self.dither.unit();
        (exact + dither as f32).round() as i16
    }
}

/// The header of a WAV that is sent while it is made: its lengths are the largest possible ones, which players read as "until the
/// end". The samples follow as little-endian 16-bit integers, see [`Quantizer`].
pub fn stream_header(remark: Option<&str>) -> Vec<u8> {
    header(u32::MAX, &marked(SYNTHETIC_MARK, remark), Encoding::Integer)
}

/// Writes a whole sound with [`WavWriter`].
///
/// # Errors
/// Those of [`WavWriter`].
#[doc(alias = "save_wav")]
pub fn write_wav(path: &Path, samples: &[f32]) -> Result<()> {
    let mut writer = WavWriter::create(path)?;
    writer.write(samples)?;
    writer.finish()
}

/// Writes a whole sound as it is, with 32-bit floats in place of 16 bits: what is kept to be worked on loses nothing.
///
/// # Errors
/// [`Error::File`] if it cannot be written, [`Error::Audio`] above the 4 GiB of the format (12 hours).
pub fn write_float_wav(path: &Path, samples: &[f32]) -> Result<()> {
    let bytes = u32::try_from(size_of_val(samples))
        .ok()
        .filter(|bytes| bytes.checked_add(1024).is_some())
        .ok_or(AudioError::TooLongForWav)?;
    write_atomically(path, |file| {
        file.write_all(&header(bytes, SYNTHETIC_MARK, Encoding::Float))?;
        for sample in samples {
            file.write_all(&sample.to_le_bytes())?;
        }
        Ok(())
    })
    .map_err(|source| unwritable(path, source))
}

/// How samples stand in a file.
#[derive(Clone, Copy)]
enum Encoding {
    /// 16-bit integers.
    Integer,
    /// 32-bit floats.
    Float,
}

impl Encoding {
    /// The format's number for it.
    fn tag(self) -> u16 {
        match self {
            Self::Integer => 1,
            Self::Float => 3,
        }
    }

    fn sample_bytes(self) -> u32 {
        match self {
            Self::Integer => SAMPLE_BYTES,
            Self::Float => 4,
        }
    }
}

fn unwritable(path: &Path, source: std::io::Error) -> Error {
    Error::File {
        action: crate::error::FileAction::WriteSound,
        source,
        path: path.to_owned(),
    }
}

/// Everything before the samples.
fn header(data_bytes: u32, comment: &str, encoding: Encoding) -> Vec<u8> {
    let sample_bytes = encoding.sample_bytes();
    let mut comment = comment.as_bytes().to_vec();
    // Strings end in a zero and chunks have an even length.
    comment.resize((comment.len() + 1).next_multiple_of(2), 0);
    let list_bytes = 4 + 8 + comment.len() as u32;
    let riff_bytes = (4 + (8 + 16) + (8 + list_bytes) + 8_u32).saturating_add(data_bytes);
    let mut out = b"RIFF".to_vec();
    out.extend(riff_bytes.to_le_bytes());
    out.extend(b"WAVEfmt ");
    out.extend(16_u32.to_le_bytes());
    out.extend(encoding.tag().to_le_bytes());
    // One channel.
    out.extend(1_u16.to_le_bytes());
    out.extend(SAMPLE_RATE_HZ.to_le_bytes());
    out.extend((SAMPLE_RATE_HZ * sample_bytes).to_le_bytes());
    out.extend((sample_bytes as u16).to_le_bytes());
    out.extend((8 * sample_bytes as u16).to_le_bytes());
    out.extend(b"LIST");
    out.extend(list_bytes.to_le_bytes());
    out.extend(b"INFOICMT");
    out.extend((comment.len() as u32).to_le_bytes());
    out.extend(comment);
    out.extend(b"data");
    out.extend(data_bytes.to_le_bytes());
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_header_counts_what_is_there() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.wav");
        write_wav(&path, &[0.0, 2.0, -2.0]).unwrap();
        let bytes = std::fs::read(&path).unwrap();
        let riff = u32::from_le_bytes(bytes[4..8].try_into().unwrap());
        assert_eq!(riff as usize + 8, bytes.len());
        assert_eq!(last_samples(&bytes, 3), [0, 32_767, -32_768]);
        let text = String::from_utf8_lossy(&bytes);
        assert!(text.contains("AI-generated"));
    }

    #[test]
    fn a_streamed_file_has_the_samples_of_a_written_one() {
        let folder = tempfile::tempdir().unwrap();
        let samples: Vec<f32> = (0..5000).map(|i| (i as f32 * 0.37).sin() * 0.9).collect();
        let (streamed, whole) = (folder.path().join("s.wav"), folder.path().join("w.wav"));
        let mut bytes = stream_header(None);
        let mut quantizer = Quantizer::default();
        let quantized = samples.iter().map(|&sample| quantizer.quantize(sample));
        bytes.extend(quantized.flat_map(i16::to_le_bytes));
        std::fs::write(&streamed, bytes).unwrap();
        write_wav(&whole, &samples).unwrap();
        let decode = |path| crate::audio::decode_file(path).unwrap();
        assert_eq!(decode(&streamed), decode(&whole));
    }

    #[test]
    fn floats_come_back_to_the_bit() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.wav");
        let samples: Vec<f32> = (0..5000).map(|i| (i as f32 * 0.37).sin() * 0.9).collect();
        write_float_wav(&path, &samples).unwrap();
        assert_eq!(crate::audio::decode_file(&path).unwrap(), samples);
    }

    fn last_samples(bytes: &[u8], count: usize) -> Vec<i16> {
        bytes[bytes.len() - 2 * count..]
            .chunks_exact(2)
            .map(|b| i16::from_le_bytes(b.try_into().unwrap()))
            .collect()
    }

    /// What stands in a file that was written from `samples`.
    fn written(samples: &[f32]) -> Vec<i16> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.wav");
        write_wav(&path, samples).unwrap();
        last_samples(&std::fs::read(&path).unwrap(), samples.len())
    }

    #[test]
    fn samples_of_16_bits_come_back_as_they_are() {
        let steps: Vec<i16> = (i16::MIN..i16::MAX).step_by(7).collect();
        let samples: Vec<f32> = steps.iter().map(|&step| f32::from(step) / STEPS).collect();
        assert_eq!(written(&samples), steps);
    }

    #[test]
    fn what_is_quieter_than_a_step_is_kept_as_noise_around_it() {
        let found = written(&[0.3 / STEPS; 20_000]);
        let mean = |of: fn(f64) -> f64| {
            let sum: f64 = found.iter().map(|&step| of(f64::from(step))).sum();
            sum / found.len() as f64
        };
        assert!((mean(|x| x) - 0.3).abs() < 0.02, "{}", mean(|x| x));
        // Triangular dither: a variance of a quarter of a step, rounding included, whatever the sample is.
        let variance = mean(|x| x * x) - mean(|x| x).powi(2);
        assert!((variance - 0.25).abs() < 0.02, "{variance}");
        assert_eq!(found, written(&[0.3 / STEPS; 20_000]));
    }

    #[test]
    fn a_missing_folder_is_an_error_with_its_name() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("none/a.wav");
        assert!(
            write_wav(&path, &[0.0])
                .unwrap_err()
                .to_string()
                .contains("none")
        );
    }
}
