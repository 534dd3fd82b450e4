//! Films, 25 or 50 frames a second, marked as synthetic: H.264 with AAC or Opus in MP4 by [`Mp4Writer`], a folder of pictures, an
//! animated GIF, or what an installed ffmpeg can write; [`VideoFile`] is any of them. Sound alone is a [`SoundFile`].
//!
//! While it is being written an MP4 is a fragmented MP4 under a temporary name, so that a crash leaves something that can be
//! played. [`Mp4Writer::finish`] copies it into a plain one with its index in front, so that it plays while it is being loaded.
//! Where the disk has no room for two, the index is appended, and a placeholder at the front becomes the header of one large `mdat`
//! that swallows the fragments. What a killed program left behind is finished the same way by [`recovery`].

mod chapter;
mod ffmpeg;
mod film_index;
mod flac;
mod frame_rate;
mod gif;
mod m4a;
mod part_folder;
mod picture;
mod picture_thread;
mod pictures;
mod planes;
pub mod recovery;
mod sound;
mod sound_beside;
mod sound_file;
mod sound_format;
mod sound_stream;
pub mod subtitles;
mod video_file;

use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use engine::atomic_file::AtomicFile;
use engine::audio::wav::marked;
use muxide::api::{AacProfile, AudioCodec};
use muxide::fragmented::{FragmentAudioConfig, FragmentConfig, FragmentedMuxer};

use film_index::{FileKind, FilmIndex, Sample};
use picture::{EncodedPicture, PictureEncoder};
use picture_thread::EncoderThread;
use sound::SoundEncoder;

use crate::provenance::{self, Container};
use crate::texts::text;

pub use chapter::Chapter;
pub use engine::audio::wav::WavWriter;
pub use ffmpeg::{FfmpegFormat, FfmpegWriter};
pub use frame_rate::FrameRate;
pub use gif::GifWriter;
pub use picture::SIZES_PX;
pub use pictures::PictureFolder;
pub use sound::SoundCodec;
pub use sound_file::SoundFile;
pub use sound_format::SoundFormat;
pub use sound_stream::SoundStream;
pub use video_file::{VideoFile, VideoFormat};

/// Ticks in a second of the video track, as is usual.
const VIDEO_TICKS_PER_SECOND: u32 = 90_000;
/// Ticks in a second of the audio track: the sample rate of AAC, and Opus has no other.
const AUDIO_TICKS_PER_SECOND: u32 = 48_000;
/// Length of a fragment: what a crash may lose, beside the pictures that are being encoded.
const FRAGMENT_SECS: u32 = 1;
/// Sound that waits for pictures is written out at this length all the same.
const FRAGMENT_PACKETS: usize = 250;
/// Ending of an MP4 that is being written again with its index in front.
const COPY_ENDING: &str = "copy";
/// What players show as the film's comment.
const SYNTHETIC_MARK: &str = "AI-generated video and speech, made with JAM-Flow";

/// Why a film cannot be written.
#[derive(Debug)]
#[non_exhaustive]
pub enum RecordingError {
    /// The disk is full.
    DiskFull {
        /// The film.
        path: PathBuf,
    },
    /// The file cannot be created or written.
    Unwritable {
        /// The system's reason.
        source: io::Error,
        /// The film.
        path: PathBuf,
    },
    /// The picture is too small or too large.
    Size {
        /// Width asked for.
        width_px: u32,
        /// Height asked for.
        height_px: u32,
    },
    /// There is nothing to write.
    Empty,
    /// There is no ffmpeg for a format that needs it.
    FfmpegMissing {
        /// The film.
        path: PathBuf,
    },
    /// There is no ffmpeg for a format of sound that needs it.
    FfmpegMissingForSound {
        /// The sound.
        path: PathBuf,
    },
    /// An animated GIF would be far too large.
    TooLongForGif {
        /// The file.
        path: PathBuf,
    },
    /// The installed ffmpeg could not do it.
    Ffmpeg {
        /// The last that it said.
        reason: String,
        /// The film.
        path: PathBuf,
    },
    /// A film that was cut off cannot be recovered while it is being written.
    InUse {
        /// The unfinished film.
        path: PathBuf,
    },
    /// There is nothing in the file that could be played.
    Unrecoverable {
        /// The unfinished film.
        path: PathBuf,
    },
    /// An encoder failed in a way that no picture or sound should cause.
    Encoder {
        /// Which part.
        what: &'static str,
        /// What it says.
        reason: String,
    },
}

impl std::fmt::Display for RecordingError {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(&match self {
            Self::DiskFull { path } => {
                text!("recording-disk-full", path = path.display().to_string())
            }
            Self::Unwritable { source, path } => text!(
                "recording-unwritable",
                source = source.to_string(),
                path = path.display().to_string()
            ),
            Self::Size {
                width_px,
                height_px,
            } => text!(
                "recording-size",
                width_px = *width_px,
                height_px = *height_px,
                min_px = *SIZES_PX.start(),
                max_px = *SIZES_PX.end()
            ),
            Self::Empty => text!("recording-empty").to_owned(),
            Self::FfmpegMissing { path } => text!(
                "recording-ffmpeg-missing",
                path = path.display().to_string()
            ),
            Self::FfmpegMissingForSound { path } => text!(
                "recording-ffmpeg-missing-for-sound",
                path = path.display().to_string()
            ),
            Self::TooLongForGif { path } => text!(
                "recording-too-long-for-gif",
                max_secs = gif::MAX_SECS,
                path = path.display().to_string()
            ),
            Self::Ffmpeg { reason, path } => text!(
                "recording-ffmpeg",
                reason = reason.as_str(),
                path = path.display().to_string()
            ),
            Self::InUse { path } => text!("recording-in-use", path = path.display().to_string()),
            Self::Unrecoverable { path } => {
                text!("recording-unrecoverable", path = path.display().to_string())
            }
            Self::Encoder { what, reason } => {
                text!("recording-encoder", what = *what, reason = reason.as_str())
            }
        })
    }
}

impl std::error::Error for RecordingError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Unwritable { source, .. } => Some(source),
            _ => None,
        }
    }
}

/// The result of every fallible call of this module.
pub type Result<T> = std::result::Result<T, RecordingError>;

/// A film that is being written. Dropping it without [`Mp4Writer::finish`] removes the temporary file.
pub struct Mp4Writer {
    path: PathBuf,
    rate: FrameRate,
    guard: AtomicFile,
    file: File,
    /// Bytes written so far.
    length: u64,
    pictures: EncoderThread,
    sound: SoundEncoder,
    /// Made with the first picture, which brings the parameters of the stream.
    muxer: Option<FragmentedMuxer>,
    /// Packets that were ready before the first picture.
    early_packets: Vec<Vec<u8>>,
    index: FilmIndex,
    /// What the film says about itself.
    comment: String,
    /// Sizes of what waits in the muxer for the next fragment.
    pending_frames: Vec<(u32, bool)>,
    pending_packets: Vec<u32>,
}

impl Mp4Writer {
    /// Begins a film of pictures of this size with AAC, 25 a second. An odd last row or column is left out, since H.264 wants even sides.
    ///
    /// # Errors
    /// [`RecordingError::Size`] for sides outside [`SIZES_PX`], [`RecordingError::Unwritable`] if no file can be created there.
    pub fn create(path: &Path, width_px: u32, height_px: u32) -> Result<Self> {
        let size_px = (width_px, height_px);
        Self::create_with(path, size_px, FrameRate::Fps25, SoundCodec::default())
    }

    /// The same at another rate or with another coding of the sound.
    ///
    /// # Errors
    /// As [`Mp4Writer::create`].
    pub fn create_with(
        path: &Path,
        (width_px, height_px): (u32, u32),
        rate: FrameRate,
        codec: SoundCodec,
    ) -> Result<Self> {
        let pictures = EncoderThread::start(PictureEncoder::new(width_px, height_px, rate)?)?;
        let sound = SoundEncoder::new(codec)?;
        let (guard, file) = AtomicFile::create(path).map_err(|source| unwritable(path, source))?;
        Ok(Self {
            path: path.to_owned(),
            rate,
            guard,
            file,
            length: 0,
            index: FilmIndex {
                sound: sound.track(),
                rate,
                ..FilmIndex::default()
            },
            pictures,
            sound,
            muxer: None,
            early_packets: Vec::new(),
            comment: SYNTHETIC_MARK.to_owned(),
            pending_frames: Vec::new(),
            pending_packets: Vec::new(),
        })
    }

    /// Has the film say this beside that a machine made it.
    pub fn remark(&mut self, remark: &str) {
        self.comment = marked(SYNTHETIC_MARK, Some(remark));
    }

    /// Has players offer these parts of the film, in the order of their times.
    pub fn chapters(&mut self, chapters: &[Chapter]) {
        self.index.chapters = chapters.to_vec();
    }

    /// Adds the next picture: RGBA rows of the size given to [`Mp4Writer::create`].
    ///
    /// # Errors
    /// [`RecordingError::DiskFull`], [`RecordingError::Unwritable`], [`RecordingError::Encoder`].
    ///
    /// # Panics
    /// When the picture has another size.
    pub fn write_frame(&mut self, rgba: &[u8]) -> Result<()> {
        match self.pictures.encode(rgba)? {
            Some(encoded) => self.add_picture(&encoded),
            None => Ok(()),
        }
    }

    /// Adds a picture that is encoded.
    fn add_picture(&mut self, encoded: &EncodedPicture) -> Result<()> {
        if self.muxer.is_none() {
            self.begin(encoded)?;
        }
        let frame = (self.index.video.len() + self.pending_frames.len()) as u64;
        let time = frame * u64::from(VIDEO_TICKS_PER_SECOND / self.rate.per_second());
        let muxer = self.muxer.as_mut().expect("begin makes it");
        muxer
            .write_video(time, time, &encoded.sample, encoded.is_key)
            .map_err(|e| failed("video writer", e))?;
        self.pending_frames
            .push((encoded.sample.len() as u32, encoded.is_key));
        tracing::trace!("picture {}", frame + 1);
        if self.pending_frames.len() >= (FRAGMENT_SECS * self.rate.per_second()) as usize {
            self.write_fragment()?;
        }
        Ok(())
    }

    /// Adds sound, mono at 24 kHz. The first sample is heard with the first picture.
    ///
    /// # Errors
    /// As [`Mp4Writer::write_frame`].
    pub fn write_sound(&mut self, samples: &[f32]) -> Result<()> {
        let packets = self.sound.encode(samples)?;
        self.add_packets(packets)
    }

    /// Completes the film and gives it its name, in place of what was there.
    ///
    /// # Errors
    /// As [`Mp4Writer::write_frame`], and [`RecordingError::Empty`] without a picture. Nothing is left behind then.
    pub fn finish(mut self) -> Result<()> {
        while let Some(encoded) = self.pictures.next()? {
            self.add_picture(&encoded)?;
        }
        let packets = self.sound.finish()?;
        self.add_packets(packets)?;
        if self.muxer.is_none() {
            return Err(RecordingError::Empty);
        }
        self.write_fragment()?;
        self.index.sound_ticks = self.sound.heard_ticks();
        let size_px = self.pictures.size_px();
        let part = self.guard.temporary_path();
        let file = with_index_in_front(&self.index, &mut self.file, part, size_px, &self.comment);
        let mut file = match file {
            Ok(file) => file,
            Err(error) => {
                tracing::info!(%error, "the index goes behind the film");
                self.index
                    .seal(&mut self.file, self.length, size_px, &self.comment)
                    .map_err(|source| unwritable(&self.path, source))?;
                self.file
            }
        };
        provenance::seal(&mut file, Container::Mp4, &self.comment)
            .and_then(|()| self.guard.commit(file))
            .map_err(|source| unwritable(&self.path, source))
    }

    /// Writes the front of the file, which needs the parameters of the first picture.
    fn begin(&mut self, first: &EncodedPicture) -> Result<()> {
        let (width_px, height_px) = self.pictures.size_px();
        let config = FragmentConfig {
            sps: first.sps.clone(),
            pps: first.pps.clone(),
            ..FragmentConfig::new(width_px, height_px, VIDEO_TICKS_PER_SECOND)
        };
        let audio = FragmentAudioConfig {
            codec: match self.index.sound.codec {
                SoundCodec::Aac => AudioCodec::Aac(AacProfile::Lc),
                SoundCodec::Opus => AudioCodec::Opus,
            },
            sample_rate: AUDIO_TICKS_PER_SECOND,
            channels: 1,
        };
        let mut muxer = FragmentedMuxer::new_with_audio(config, audio)
            .map_err(|e| failed("video writer", e))?;
        let fragments_head = muxer.init_segment();
        let front = FilmIndex::front();
        self.write(&front)?;
        // The muxer's own `ftyp` would be the second one; its length stands in its first four bytes.
        let ftyp_bytes = u32::from_be_bytes(
            fragments_head[..4]
                .try_into()
                .expect("a box begins with four bytes of length"),
        );
        self.write(&fragments_head[ftyp_bytes as usize..])?;
        // Whoever recovers the film reads here what it has to say.
        let comment = film_index::make_box(b"skip", |out| out.extend(self.comment.as_bytes()));
        self.write(&comment)?;
        self.index.sps.clone_from(&first.sps);
        self.index.pps.clone_from(&first.pps);
        self.muxer = Some(muxer);
        let early = std::mem::take(&mut self.early_packets);
        self.add_packets(early)
    }

    fn add_packets(&mut self, packets: Vec<Vec<u8>>) -> Result<()> {
        let Some(muxer) = &mut self.muxer else {
            self.early_packets.extend(packets);
            return Ok(());
        };
        for packet in packets {
            let number = self.index.audio.len() + self.pending_packets.len();
            let time = number as u64 * u64::from(self.index.sound.packet_ticks);
            muxer
                .write_audio(time, time, &packet)
                .map_err(|e| failed("video writer", e))?;
            self.pending_packets.push(packet.len() as u32);
        }
        if self.pending_packets.len() >= FRAGMENT_PACKETS {
            self.write_fragment()?;
        }
        Ok(())
    }

    /// Writes what waits: `moof`, then `mdat` with the pictures followed by the packets.
    fn write_fragment(&mut self) -> Result<()> {
        let Some(fragment) = self.muxer.as_mut().and_then(FragmentedMuxer::flush_segment) else {
            return Ok(());
        };
        let data_bytes: u64 = self
            .pending_frames
            .iter()
            .map(|frame| u64::from(frame.0))
            .chain(self.pending_packets.iter().map(|&bytes| u64::from(bytes)))
            .sum();
        let mut offset = self.length + fragment.len() as u64 - data_bytes;
        for (bytes, is_key) in self.pending_frames.drain(..) {
            self.index.video.push(Sample {
                offset,
                bytes,
                is_key,
            });
            offset += u64::from(bytes);
        }
        for bytes in self.pending_packets.drain(..) {
            self.index.audio.push(Sample {
                offset,
                bytes,
                is_key: true,
            });
            offset += u64::from(bytes);
        }
        self.write(&fragment)
    }

    fn write(&mut self, bytes: &[u8]) -> Result<()> {
        self.file
            .write_all(bytes)
            .map_err(|source| unwritable(&self.path, source))?;
        self.length += bytes.len() as u64;
        Ok(())
    }
}

/// Puts in place of `part`, an unfinished film that is open as `source`, the same film with its index in front. If that fails, `part`
/// is as it was.
fn with_index_in_front(
    index: &FilmIndex,
    source: &mut File,
    part: &Path,
    size_px: (u32, u32),
    comment: &str,
) -> io::Result<File> {
    let whole = front_name(part);
    let mut write = || {
        let mut options = std::fs::OpenOptions::new();
        let mut file = options
            .read(true)
            .write(true)
            .create(true)
            .truncate(true)
            .open(&whole)?;
        let _ = file.try_lock();
        index.write_plain(source, &mut file, FileKind::Film, size_px, comment)?;
        file.sync_all()?;
        std::fs::rename(&whole, part)?;
        Ok(file)
    };
    write().inspect_err(|_| {
        let _ = std::fs::remove_file(&whole);
    })
}

/// Where the film with its index in front is written: the name of the unfinished one with another ending as long as that.
fn front_name(part: &Path) -> PathBuf {
    part.with_extension(COPY_ENDING)
}

fn unwritable(path: &Path, source: io::Error) -> RecordingError {
    let path = path.to_owned();
    match source.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
            RecordingError::DiskFull { path }
        }
        _ => RecordingError::Unwritable { source, path },
    }
}

/// Gives a whole WAV its signed claim.
fn seal_wav(file: &mut File, comment: &str) -> io::Result<()> {
    provenance::seal(file, Container::Wav, comment)
}

/// The sound beside a film could not be written.
fn sound_failed(film: &Path, error: engine::Error) -> RecordingError {
    let source = match error {
        engine::Error::File { source, .. } => source,
        other => io::Error::other(other),
    };
    unwritable(film, source)
}

fn failed(what: &'static str, reason: impl std::fmt::Display) -> RecordingError {
    RecordingError::Encoder {
        what,
        reason: reason.to_string(),
    }
}

#[cfg(test)]
mod tests;
