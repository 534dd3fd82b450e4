//! Sound as FLAC (RFC 9639): 16 bits, one channel, fixed predictors with Rice codes. Half the size of a WAV, and exactly as good.
//!
//! Written here and not by a crate: what speech in one channel needs is this page, while the encoders of the registry bring a dozen
//! crates for stereo and tuned predictors.

use std::fs::File;
use std::io::{self, BufWriter, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

use engine::atomic_file::AtomicFile;
use engine::audio::SAMPLE_RATE_HZ;
use engine::audio::wav::Quantizer;

use super::{Result, unwritable};

/// Samples in a frame, and the header's code for it.
const BLOCK_SAMPLES: usize = 4096;
const BLOCK_CODE: u8 = 0b1100;
/// The header's code for a count of samples that follows in 16 bits.
const OTHER_BLOCK_CODE: u8 = 0b0111;
/// The header's codes for 24 kHz, and for one channel of 16 bits.
const RATE_CODE: u8 = 0b0111;
const SAMPLE_CODE: u8 = 0b0000_1000;
const BITS: u32 = 16;
const MAX_ORDER: usize = 4;
/// Parts of a frame that have a Rice parameter each: 2 to the power of 0 to this.
const MAX_PARTITION_ORDER: u32 = 6;
/// The largest Rice parameter of four bits; 15 would mean "not coded".
const MAX_RICE: u32 = 14;
/// Where the STREAMINFO begins, behind the mark and the header of its block.
const STREAM_INFO_AT: u64 = 8;
const VENDOR: &[u8] = b"JAM-Flow";

/// A FLAC file that is written piece by piece. It appears whole with [`FlacWriter::finish`]; dropped before, it leaves nothing.
pub struct FlacWriter {
    path: PathBuf,
    guard: AtomicFile,
    file: BufWriter<File>,
    encoder: FlacEncoder,
}

impl FlacWriter {
    /// Begins a file of mono sound at 24 kHz that carries this comment.
    ///
    /// # Errors
    /// [`super::RecordingError::Unwritable`] if no file can be created there.
    pub fn create(path: &Path, comment: &str) -> Result<Self> {
        let failed = |source| unwritable(path, source);
        let (guard, file) = AtomicFile::create(path).map_err(failed)?;
        let mut file = BufWriter::new(file);
        file.write_all(&FlacEncoder::head(comment))
            .map_err(failed)?;
        Ok(Self {
            path: path.to_owned(),
            guard,
            file,
            encoder: FlacEncoder::default(),
        })
    }

    /// Adds sound; values beyond ±1 are clipped.
    ///
    /// # Errors
    /// [`super::RecordingError::DiskFull`], [`super::RecordingError::Unwritable`].
    pub fn write(&mut self, samples: &[f32]) -> Result<()> {
        let frames = self.encoder.encode(samples);
        self.file
            .write_all(&frames)
            .map_err(|source| unwritable(&self.path, source))
    }

    /// Completes the file and gives it its name, in place of what was there.
    ///
    /// # Errors
    /// As [`FlacWriter::write`].
    pub fn finish(mut self) -> Result<()> {
        let last = self.encoder.finish();
        // The number of samples is known at the end.
        let info = stream_info(self.encoder.samples);
        let complete = |mut file: BufWriter<File>| -> io::Result<File> {
            file.write_all(&last)?;
            file.seek(SeekFrom::Start(STREAM_INFO_AT))?;
            file.write_all(&info)?;
            file.into_inner().map_err(io::IntoInnerError::into_error)
        };
        complete(self.file)
            .and_then(|file| self.guard.commit(file))
            .map_err(|source| unwritable(&self.path, source))
    }
}

/// Samples to the frames of a FLAC, for a file or a stream.
#[derive(Default)]
pub(super) struct FlacEncoder {
    quantizer: Quantizer,
    waiting: Vec<i32>,
    samples: u64,
    frames: u64,
}

impl FlacEncoder {
    /// What goes ahead of the frames: the mark, STREAMINFO for an unknown number of samples, and the comment.
    pub fn head(comment: &str) -> Vec<u8> {
        head(0, comment)
    }

    /// Adds samples and returns the frames that are complete.
    pub fn encode(&mut self, samples: &[f32]) -> Vec<u8> {
        self.samples += samples.len() as u64;
        let quantizer = &mut self.quantizer;
        self.waiting.extend(
            samples
                .iter()
                .map(|&sample| i32::from(quantizer.quantize(sample))),
        );
        let whole = self.waiting.len() - self.waiting.len() % BLOCK_SAMPLES;
        let blocks: Vec<i32> = self.waiting.drain(..whole).collect();
        let frames = blocks
            .chunks_exact(BLOCK_SAMPLES)
            .map(|block| self.frame(block));
        frames.flatten().collect()
    }

    /// The last frame, if anything is left for it.
    pub fn finish(&mut self) -> Vec<u8> {
        let last = std::mem::take(&mut self.waiting);
        match last.is_empty() {
            true => Vec::new(),
            false => self.frame(&last),
        }
    }

    fn frame(&mut self, block: &[i32]) -> Vec<u8> {
        let frame = frame(block, self.frames);
        self.frames += 1;
        frame
    }
}

/// The mark, STREAMINFO and the comment.
fn head(samples: u64, comment: &str) -> Vec<u8> {
    let info = stream_info(samples);
    let mut out = b"fLaC".to_vec();
    out.push(0);
    out.extend(&(info.len() as u32).to_be_bytes()[1..]);
    out.extend(info);
    let comment = ["COMMENT=", comment].concat();
    let mut comments = Vec::new();
    comments.extend((VENDOR.len() as u32).to_le_bytes());
    comments.extend(VENDOR);
    comments.extend(1_u32.to_le_bytes());
    comments.extend((comment.len() as u32).to_le_bytes());
    comments.extend(comment.as_bytes());
    // The last block of metadata.
    out.push(0x80 | 4);
    out.extend(&(comments.len() as u32).to_be_bytes()[1..]);
    out.extend(comments);
    out
}

fn stream_info(samples: u64) -> Vec<u8> {
    let mut out = Vec::new();
    out.extend([(BLOCK_SAMPLES as u16).to_be_bytes(); 2].concat());
    // Sizes of frames are not told.
    out.extend([0; 6]);
    // 20 bits of rate, 3 of channels − 1, 5 of bits − 1, 36 of samples.
    let packed = u64::from(SAMPLE_RATE_HZ) << 44 | u64::from(BITS - 1) << 36 | samples;
    out.extend(packed.to_be_bytes());
    // No checksum of the samples.
    out.extend([0; 16]);
    out
}

fn frame(block: &[i32], number: u64) -> Vec<u8> {
    let mut bits = BitWriter::default();
    bits.push(0b1111_1111_1111_1000, 16);
    let is_whole = block.len() == BLOCK_SAMPLES;
    let size_code = if is_whole {
        BLOCK_CODE
    } else {
        OTHER_BLOCK_CODE
    };
    bits.push((size_code << 4 | RATE_CODE).into(), 8);
    bits.push(SAMPLE_CODE.into(), 8);
    for byte in coded_number(number) {
        bits.push(byte.into(), 8);
    }
    if !is_whole {
        bits.push(block.len() as u64 - 1, 16);
    }
    let check = crc(&bits.bytes, 0x07, 8);
    bits.push(check, 8);
    subframe(&mut bits, block);
    let mut frame = bits.finished();
    let check = crc(&frame, 0x8005, 16) as u16;
    frame.extend(check.to_be_bytes());
    frame
}

/// The one channel of a frame with the predictor that needs the fewest bits.
fn subframe(bits: &mut BitWriter, block: &[i32]) {
    if block.iter().all(|&sample| sample == block[0]) {
        bits.push(0, 8);
        bits.push(two_complement(block[0]), BITS);
        return;
    }
    let best = (0..=MAX_ORDER.min(block.len() - 1))
        .map(|order| {
            let residual = residual(block, order);
            let coding = RiceCoding::best(&residual, order);
            (
                coding.bits + order as u64 * u64::from(BITS),
                order,
                residual,
                coding,
            )
        })
        .min_by_key(|candidate| candidate.0);
    let Some((_, order, residual, coding)) =
        best.filter(|best| best.0 < block.len() as u64 * u64::from(BITS))
    else {
        // Noise: as it is.
        bits.push(0b0000_0010, 8);
        for &sample in block {
            bits.push(two_complement(sample), BITS);
        }
        return;
    };
    bits.push((0b001000 | order as u64) << 1, 8);
    for &sample in &block[..order] {
        bits.push(two_complement(sample), BITS);
    }
    coding.write(bits, &residual, order);
}

/// What a fixed predictor of this order leaves: differences of differences.
fn residual(block: &[i32], order: usize) -> Vec<i64> {
    let mut values: Vec<i64> = block.iter().map(|&sample| sample.into()).collect();
    for _ in 0..order {
        values = values.windows(2).map(|pair| pair[1] - pair[0]).collect();
    }
    values
}

/// How a residual is cut into parts of 2 to the power of `order`, with the Rice parameter of each.
struct RiceCoding {
    order: u32,
    parameters: Vec<u32>,
    bits: u64,
}

impl RiceCoding {
    fn best(residual: &[i64], predictor: usize) -> Self {
        let total = residual.len() + predictor;
        (0..=MAX_PARTITION_ORDER)
            .filter(|order| total.is_multiple_of(1 << order) && total >> order > predictor)
            .map(|order| {
                let mut bits = 0;
                let parts = parts(residual, predictor, order);
                let parameters = parts.map(|part| {
                    let (cost, parameter) = (0..=MAX_RICE)
                        .map(|parameter| (cost(part, parameter), parameter))
                        .min()
                        .unwrap_or_default();
                    bits += cost + 4;
                    parameter
                });
                Self {
                    parameters: parameters.collect(),
                    order,
                    bits,
                }
            })
            .min_by_key(|coding| coding.bits)
            .unwrap_or(Self {
                order: 0,
                parameters: vec![MAX_RICE],
                bits: u64::MAX / 2,
            })
    }

    fn write(&self, bits: &mut BitWriter, residual: &[i64], predictor: usize) {
        // Parameters of four bits.
        bits.push(0, 2);
        bits.push(self.order.into(), 4);
        for (part, &parameter) in parts(residual, predictor, self.order).zip(&self.parameters) {
            bits.push(parameter.into(), 4);
            for &value in part {
                let folded = folded(value);
                let high = folded >> parameter;
                for _ in 0..high {
                    bits.push(0, 1);
                }
                bits.push(1, 1);
                bits.push(folded & ((1 << parameter) - 1), parameter);
            }
        }
    }
}

/// The parts of a residual; the first lacks the samples that the predictor begins with.
fn parts(residual: &[i64], predictor: usize, order: u32) -> impl Iterator<Item = &[i64]> {
    let length = (residual.len() + predictor) >> order;
    let (first, rest) = residual.split_at(length - predictor);
    std::iter::once(first).chain(rest.chunks(length))
}

fn cost(part: &[i64], parameter: u32) -> u64 {
    part.iter()
        .map(|&value| (folded(value) >> parameter) + 1 + u64::from(parameter))
        .sum()
}

/// 0, −1, 1, −2, … as 0, 1, 2, 3, …
fn folded(value: i64) -> u64 {
    (value << 1 ^ value >> 63) as u64
}

fn two_complement(sample: i32) -> u64 {
    u64::from(sample as i16 as u16)
}

/// A number as UTF-8 would have it if it went on to 36 bits.
fn coded_number(number: u64) -> Vec<u8> {
    if number < 0x80 {
        return vec![number as u8];
    }
    let follow = (1..6)
        .find(|&count| number < 1 << (6 * count + 6 - count))
        .unwrap_or(6);
    let mark = (0xff00_u32 >> (follow + 1)) as u8;
    let mut out = vec![mark | (number >> (6 * follow)) as u8];
    out.extend(
        (0..follow)
            .rev()
            .map(|place| 0x80 | (number >> (6 * place) & 0x3f) as u8),
    );
    out
}

fn crc(bytes: &[u8], polynomial: u64, width: u32) -> u64 {
    let top = 1 << (width - 1);
    let mask = (1 << width) - 1;
    bytes.iter().fold(0, |sum, &byte| {
        (0..8).fold(sum ^ u64::from(byte) << (width - 8), |sum, _| {
            match sum & top {
                0 => sum << 1 & mask,
                _ => (sum << 1 ^ polynomial) & mask,
            }
        })
    })
}

/// Bits, the highest first.
#[derive(Default)]
struct BitWriter {
    bytes: Vec<u8>,
    pending: u64,
    count: u32,
}

impl BitWriter {
    /// Appends the lowest `count` bits, at most 32.
    fn push(&mut self, value: u64, count: u32) {
        self.pending = self.pending << count | value;
        self.count += count;
        while self.count >= 8 {
            self.count -= 8;
            self.bytes.push((self.pending >> self.count) as u8);
        }
        self.pending &= (1 << self.count) - 1;
    }

    fn finished(mut self) -> Vec<u8> {
        if self.count > 0 {
            self.push(0, 8 - self.count);
        }
        self.bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(samples: &[f32], piece: usize) -> (Vec<u8>, Vec<f32>) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.flac");
        let mut writer = FlacWriter::create(&path, "AI-generated speech").unwrap();
        for samples in samples.chunks(piece) {
            writer.write(samples).unwrap();
        }
        writer.finish().unwrap();
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
        (
            std::fs::read(&path).unwrap(),
            engine::audio::decode_file(&path).unwrap(),
        )
    }

    #[test]
    fn symphonia_gives_every_sample_back() {
        // Steps of 16 bits, which are not dithered: a voice-like sound, silence, noise, full scale.
        let step = |value: f32| (value * 32_767.0).round() / 32_768.0;
        let mut noise = 1_u32;
        let samples: Vec<f32> = (0..40_000)
            .map(|i| {
                let t = i as f32;
                noise = noise.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                step(match i / 8000 {
                    0 => 0.3 * (t * 0.03).sin() + 0.1 * (t * 0.31).sin(),
                    1 => 0.0,
                    2 => (noise >> 8) as f32 / (1 << 23) as f32 - 1.0,
                    3 if i % 50 < 25 => 1.0,
                    3 => -1.0,
                    _ => 0.01 * (t * 0.01).sin(),
                })
            })
            .collect();
        for piece in [40_000, 999] {
            let (bytes, back) = written(&samples, piece);
            assert_eq!(back, samples);
            assert!(bytes.windows(19).any(|w| w == b"AI-generated speech"));
        }
        // Lengths around one frame.
        for length in [1, 2, 5, 4095, 4096, 4097] {
            assert_eq!(written(&samples[..length], 4096).1, samples[..length]);
        }
    }

    #[test]
    fn speech_like_sound_gets_smaller_and_long_numbers_are_coded() {
        let samples: Vec<f32> = (0..48_000).map(|i| 0.2 * (i as f32 * 0.05).sin()).collect();
        let (bytes, _) = written(&samples, 5000);
        assert!(bytes.len() < 48_000, "{}", bytes.len());
        assert_eq!(coded_number(0x7f), [0x7f]);
        assert_eq!(coded_number(0x80), [0xc2, 0x80]);
        assert_eq!(coded_number(0x7ff), "\u{7ff}".as_bytes());
        assert_eq!(coded_number(0x800), "\u{800}".as_bytes());
        assert_eq!(coded_number(0x1_0000), "\u{10000}".as_bytes());
        assert_eq!(crc(b"123456789", 0x07, 8), 0xf4);
        assert_eq!(crc(b"123456789", 0x8005, 16), 0xfee8);
    }

    #[test]
    fn bad_samples_do_no_harm() {
        let (_, back) = written(&[f32::NAN, 9.0, -9.0, 0.5, f32::INFINITY], 5);
        assert_eq!(back[..4], [0.0, 32_767.0 / 32_768.0, -1.0, 0.5]);
    }
}
