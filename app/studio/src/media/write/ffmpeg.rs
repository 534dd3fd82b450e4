//! Formats that an installed ffmpeg writes. It is found on the PATH, fed through a pipe and told in full what to do; nothing
//! is downloaded, and nothing is asked of it that the program itself can do.

use std::fs::File;
use std::io::{self, Read as _, Seek as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use engine::atomic_file::link_target;
use engine::audio::wav::marked;

use super::part_folder::PartFolder;
use super::sound_beside::{self, SoundBeside};
use super::{FrameRate, RecordingError, Result, SYNTHETIC_MARK, unwritable};
use crate::media::ffmpeg::{command, is_installed};

/// The film without its sound, in the folder that is being filled.
pub(super) const PICTURES_FILE: &str = "pictures";
/// What of its complaint goes into our line.
const MAX_REASON_CHARACTERS: usize = 200;

/// What ffmpeg is asked for. All of them keep alpha.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FfmpegFormat {
    /// `.mov`: ProRes 4444 with 16 bits of alpha, sound as PCM; for editing.
    ProRes,
    /// `.webm`: VP9 with alpha, Opus; for web pages.
    WebM,
    /// `.mkv`: FFV1 and FLAC, without any loss; for archives.
    Lossless,
}

impl FfmpegFormat {
    /// The container's name in ffmpeg.
    fn muxer(self) -> &'static str {
        match self {
            Self::ProRes => "mov",
            Self::WebM => "webm",
            Self::Lossless => "matroska",
        }
    }

    /// For the pictures alone, so that those that are there can be read whenever the file ends.
    fn unfinished_arguments(self) -> &'static [&'static str] {
        match self {
            Self::ProRes => &["-movflags", "frag_keyframe+empty_moov"],
            Self::WebM | Self::Lossless => &[],
        }
    }

    fn video_arguments(self) -> &'static [&'static str] {
        match self {
            Self::ProRes => &[
                "-vf",
                "scale=out_color_matrix=bt709:out_range=tv,format=yuva444p10le",
                "-c:v",
                "prores_ks",
                "-profile:v",
                "4444",
                "-alpha_bits",
                "16",
                "-vendor",
                "apl0",
            ],
            Self::WebM => &[
                "-vf",
                "scale=out_color_matrix=bt709:out_range=tv,format=yuva420p",
                "-c:v",
                "libvpx-vp9",
                "-crf",
                "24",
                "-b:v",
                "0",
                "-cpu-used",
                "4",
                "-row-mt",
                "1",
                "-auto-alt-ref",
                "0",
            ],
            Self::Lossless => &["-c:v", "ffv1", "-level", "3", "-g", "1", "-pix_fmt", "bgra"],
        }
    }

    /// How the samples of the video are to be understood; FFV1 keeps RGB.
    fn colour_arguments(self) -> &'static [&'static str] {
        match self {
            Self::Lossless => &[],
            Self::ProRes | Self::WebM => &[
                "-color_primaries",
                "bt709",
                "-color_trc",
                "bt709",
                "-colorspace",
                "bt709",
                "-color_range",
                "tv",
            ],
        }
    }

    fn sound_arguments(self) -> &'static [&'static str] {
        match self {
            Self::ProRes => &["-c:a", "pcm_s16le"],
            Self::WebM => &["-c:a", "libopus", "-b:a", "96k"],
            Self::Lossless => &["-c:a", "flac"],
        }
    }
}

/// A film that ffmpeg is writing. Dropping it without [`FfmpegWriter::finish`] ends ffmpeg and removes what it wrote.
pub struct FfmpegWriter {
    path: PathBuf,
    format: FfmpegFormat,
    running: Running,
    frames: u64,
    sound: SoundBeside,
    /// Dropped last: the files of the others lie in it.
    folder: PartFolder,
}

impl FfmpegWriter {
    /// Begins a film of pictures of this size.
    ///
    /// # Errors
    /// [`RecordingError::FfmpegMissing`], or [`RecordingError::Unwritable`] if nothing can be written there.
    pub fn create(
        path: &Path,
        format: FfmpegFormat,
        width_px: u32,
        height_px: u32,
        rate: FrameRate,
    ) -> Result<Self> {
        let failed = |source| unwritable(path, source);
        // A symbolic link stays, and what it points to is written.
        let target = link_target(path).map_err(failed)?;
        let path = target.as_path();
        let folder = PartFolder::create(path).map_err(failed)?;
        let mut command = command();
        command
            .args(["-f", "rawvideo", "-pix_fmt", "rgba"])
            .args(["-s", &format!("{width_px}x{height_px}")])
            .args(["-r", &rate.per_second().to_string(), "-i", "pipe:0"])
            .args(format.video_arguments())
            .args(format.colour_arguments())
            .args(format.unfinished_arguments())
            .args(["-f", format.muxer()])
            .arg(folder.file(PICTURES_FILE))
            .stdin(Stdio::piped());
        let words = folder.lock().map_err(failed)?;
        let running = Running::start(command, words, path)?;
        Ok(Self {
            path: path.to_owned(),
            format,
            running,
            frames: 0,
            sound: SoundBeside::default(),
            folder,
        })
    }

    /// Has the film say this beside that a machine made it.
    pub fn remark(&mut self, remark: &str) {
        self.sound.remark = Some(remark.to_owned());
    }

    /// Adds the next picture: RGBA rows, straight alpha.
    ///
    /// # Errors
    /// [`RecordingError::Ffmpeg`] with what ffmpeg says.
    pub fn write_frame(&mut self, rgba: &[u8]) -> Result<()> {
        self.frames += 1;
        let pipe = self.running.child.stdin.as_mut();
        let written = pipe.map_or_else(
            || Err(io::ErrorKind::BrokenPipe.into()),
            |pipe| pipe.write_all(rgba),
        );
        // It closes the pipe only when something went wrong; what, stands in its own words.
        written.map_err(|error| self.running.failed(&self.path, &error.to_string()))
    }

    /// Adds sound, mono at 24 kHz. The first sample is heard with the first picture.
    ///
    /// # Errors
    /// [`RecordingError::DiskFull`], [`RecordingError::Unwritable`].
    pub fn write_sound(&mut self, samples: &[f32]) -> Result<()> {
        self.sound.write(&self.folder, &self.path, samples)
    }

    /// Joins pictures and sound and gives the film its name, in place of what was there.
    ///
    /// # Errors
    /// [`RecordingError::Ffmpeg`], [`RecordingError::Empty`] without a picture. Nothing is left behind then.
    pub fn finish(mut self) -> Result<()> {
        if self.frames == 0 {
            return Err(RecordingError::Empty);
        }
        self.running.wait(&self.path)?;
        let remark = self.sound.remark.clone();
        let has_sound = self.sound.finish(&self.path)?;
        let folder = self.folder.path();
        join(
            folder,
            self.format,
            has_sound,
            remark.as_deref(),
            &self.path,
        )
    }
}

/// Joins the pictures and the sound in a folder to the film `path`, in place of what was there.
///
/// # Errors
/// [`RecordingError::Ffmpeg`] with what ffmpeg says, [`RecordingError::DiskFull`], [`RecordingError::Unwritable`].
pub(super) fn join(
    folder: &Path,
    format: FfmpegFormat,
    has_sound: bool,
    remark: Option<&str>,
    path: &Path,
) -> Result<()> {
    let failed = |source| unwritable(path, source);
    let mut command = command();
    command.arg("-i").arg(folder.join(PICTURES_FILE));
    if has_sound {
        command.arg("-i").arg(folder.join(sound_beside::FILE));
    }
    command.args(["-map", "0:v"]);
    if has_sound {
        command.args(["-map", "1:a"]).args(format.sound_arguments());
    }
    let whole = folder.join("whole");
    let comment = marked(SYNTHETIC_MARK, remark);
    command
        .args(["-c:v", "copy"])
        .args(["-metadata", &format!("comment={comment}")])
        .args(["-f", format.muxer(), "-y"])
        .arg(&whole)
        .stdin(Stdio::null());
    Running::start(command, words().map_err(failed)?, path)?.wait(path)?;
    File::open(&whole)
        .and_then(|file| file.sync_all())
        .and_then(|()| std::fs::rename(&whole, path))
        .map_err(failed)
}

/// Where a program says what is wrong: a file, not a pipe, so that nobody has to read along.
fn words() -> io::Result<File> {
    tempfile::tempfile()
}

/// Says in one line if ffmpeg is missing, before the long work.
///
/// # Errors
/// [`RecordingError::FfmpegMissing`].
pub(super) fn check_installed(path: &Path) -> Result<()> {
    match is_installed() {
        true => Ok(()),
        false => Err(RecordingError::FfmpegMissing {
            path: path.to_owned(),
        }),
    }
}

/// The same for sound alone.
///
/// # Errors
/// [`RecordingError::FfmpegMissingForSound`].
pub(super) fn check_installed_for_sound(path: &Path) -> Result<()> {
    match is_installed() {
        true => Ok(()),
        false => Err(RecordingError::FfmpegMissingForSound {
            path: path.to_owned(),
        }),
    }
}

/// Makes an MP3 of a WAV; `path` is the name that it is to get, for messages.
///
/// # Errors
/// [`RecordingError::Ffmpeg`] with what ffmpeg says.
pub(super) fn write_mp3(wav: &Path, mp3: &Path, comment: &str, path: &Path) -> Result<()> {
    let mut command = command();
    command
        .arg("-i")
        .arg(wav)
        .args(["-map_metadata", "-1", "-c:a", "libmp3lame", "-q:a", "2"])
        .args(["-metadata", &format!("comment={comment}"), "-f", "mp3"])
        .arg(mp3)
        .stdin(Stdio::null());
    let words = words().map_err(|source| unwritable(path, source))?;
    Running::start(command, words, path)?.wait(path)
}

/// A running ffmpeg and what it says.
struct Running {
    child: Child,
    words: File,
}

impl Running {
    fn start(mut command: Command, words: File, path: &Path) -> Result<Self> {
        let stderr = words
            .try_clone()
            .map_err(|source| unwritable(path, source))?;
        match command.stderr(stderr).spawn() {
            Ok(child) => Ok(Self { child, words }),
            Err(_) => Err(RecordingError::FfmpegMissing {
                path: path.to_owned(),
            }),
        }
    }

    /// Closes the pipe and waits for the end.
    fn wait(&mut self, path: &Path) -> Result<()> {
        drop(self.child.stdin.take());
        match self.child.wait() {
            Ok(status) if status.success() => Ok(()),
            Ok(status) => Err(self.failed(path, &status.to_string())),
            Err(error) => Err(self.failed(path, &error.to_string())),
        }
    }

    /// The last that it said, else `otherwise`.
    fn failed(&mut self, path: &Path, otherwise: &str) -> RecordingError {
        // It may still be about to say why.
        drop(self.child.stdin.take());
        let _ = self.child.wait();
        let mut said = String::new();
        let _ = self.words.rewind();
        let _ = self.words.read_to_string(&mut said);
        if said.contains("No space left on device") {
            return RecordingError::DiskFull {
                path: path.to_owned(),
            };
        }
        let reason = said
            .lines()
            .rev()
            .find(|line| !line.trim().is_empty())
            .unwrap_or(otherwise);
        RecordingError::Ffmpeg {
            reason: reason.trim().chars().take(MAX_REASON_CHARACTERS).collect(),
            path: path.to_owned(),
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Harmless where it has ended.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
