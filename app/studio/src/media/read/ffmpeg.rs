//! Films that an installed ffmpeg decodes: as pictures with their size in front (PPM) through a pipe, one at a time.

use std::ffi::OsString;
use std::io::{self, BufRead, BufReader, Read as _};
use std::path::Path;
use std::process::{Child, ChildStdout, Stdio};

use engine::motion::FRAMES_PER_SECOND;
use engine::tracking::{VideoError, VideoFrame};
use engine::{Error, Result};
use tempfile::NamedTempFile;

use super::{MAX_PIXELS, OnFrame, cannot_read, unusable};
use crate::media::ffmpeg::command as ffmpeg_command;
use crate::texts::text;

/// What of its words is read, and what of its complaint goes into our line.
const MAX_WORDS_BYTES: u64 = 1 << 20;
const MAX_REASON_CHARACTERS: usize = 200;

/// Hands on the frames, 25 a second. `reason` says why the program cannot read the video itself, for the log.
pub(super) fn read(
    path: &Path,
    reason: &str,
    cancelled: &dyn Fn() -> bool,
    on_frame: &mut OnFrame<'_>,
) -> Result<()> {
    let mut running = Running::start(path, |command| {
        command
            .args(["-map", "0:v:0", "-an", "-sn", "-dn"])
            .args(["-r", &FRAMES_PER_SECOND.to_string()])
            .args([
                "-f",
                "image2pipe",
                "-c:v",
                "ppm",
                "-pix_fmt",
                "rgb24",
                "pipe:1",
            ]);
    })?;
    let mut pipe = BufReader::new(running.take_stdout(path)?);
    let mut rgb = Vec::new();
    let mut duration_secs = None;
    let mut count = 0_u64;
    loop {
        if cancelled() {
            return Err(Error::Cancelled);
        }
        let Some((width, height)) = read_header(&mut pipe).map_err(|error| {
            tracing::info!("ffmpeg gives no frames ({error}): {}", path.display());
            unusable(path, VideoError::Undecodable)
        })?
        else {
            break;
        };
        if width.saturating_mul(height) > MAX_PIXELS {
            return Err(unusable(
                path,
                VideoError::TooLarge {
                    width_px: width,
                    height_px: height,
                },
            ));
        }
        rgb.resize(width * height * 3, 0);
        if pipe.read_exact(&mut rgb).is_err() {
            break;
        }
        if count == 0 {
            duration_secs = running.duration_secs();
        }
        let time_secs = count as f64 / FRAMES_PER_SECOND;
        let fraction = duration_secs.map_or(0.0, |length: f64| time_secs / length.max(0.04));
        count += 1;
        let frame = VideoFrame {
            width,
            height,
            rgb: &rgb,
            time_secs,
        };
        on_frame(&frame, (fraction as f32).min(1.0))?;
    }
    // What came before a break is good, as with a player.
    if count == 0 {
        return Err(running.failed(path, reason));
    }
    Ok(())
}

/// Writes the first sound track as WAV with all its channels. `false` if there is none.
pub(super) fn extract_sound(path: &Path, wav: &Path, cancelled: &dyn Fn() -> bool) -> Result<bool> {
    let mut running = Running::start(path, |command| {
        command
            .args(["-map", "0:a:0", "-vn", "-ar"])
            .arg(engine::audio::SAMPLE_RATE_HZ.to_string())
            // A second more than is taken, so that a longer one is refused and not cut.
            .args(["-t", &(engine::audio::decode::MAX_SECS + 1).to_string()])
            .args(["-c:a", "pcm_s16le", "-f", "wav"])
            .arg(wav);
    })?;
    loop {
        if cancelled() {
            return Err(Error::Cancelled);
        }
        match running.child.try_wait() {
            Ok(Some(status)) if status.success() => return Ok(true),
            Ok(Some(_)) if running.words().contains("matches no streams") => return Ok(false),
            Ok(Some(_)) => return Err(running.failed(path, text!("sound-unreadable"))),
            Ok(None) => std::thread::sleep(std::time::Duration::from_millis(20)),
            Err(source) => return Err(cannot_read(path, source)),
        }
    }
}

/// A running ffmpeg and what it says. Dropping it ends it.
struct Running {
    child: Child,
    words: NamedTempFile,
}

impl Running {
    fn start(path: &Path, arguments: impl FnOnce(&mut std::process::Command)) -> Result<Self> {
        let failed = |source| cannot_read(path, source);
        let words = NamedTempFile::new().map_err(failed)?;
        let mut command = ffmpeg_command();
        // A film may name other files or addresses: only this one is opened. `info` tells the length.
        command.args(["-loglevel", "info", "-nostats"]);
        command.args(["-protocol_whitelist", "file,pipe"]);
        let mut input = OsString::from("file:");
        input.push(path);
        command.arg("-i").arg(input);
        arguments(&mut command);
        command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(words.as_file().try_clone().map_err(failed)?);
        match command.spawn() {
            Ok(child) => Ok(Self { child, words }),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                Err(unusable(path, VideoError::NeedsFfmpeg))
            }
            Err(error) => {
                tracing::info!("ffmpeg cannot be started: {error}");
                Err(unusable(path, VideoError::NeedsFfmpeg))
            }
        }
    }

    fn take_stdout(&mut self, path: &Path) -> Result<ChildStdout> {
        self.child
            .stdout
            .take()
            .ok_or_else(|| cannot_read(path, io::ErrorKind::BrokenPipe.into()))
    }

    fn words(&self) -> String {
        let mut said = Vec::new();
        // A place of its own in the file: the child's is shared with ours.
        if let Ok(words) = self.words.reopen() {
            let _ = words.take(MAX_WORDS_BYTES).read_to_end(&mut said);
        }
        String::from_utf8_lossy(&said).into_owned()
    }

    /// Length of the film from a line such as "Duration: 00:01:02.50, start: …".
    fn duration_secs(&self) -> Option<f64> {
        duration_in(&self.words())
    }

    /// What it says is wrong, else `otherwise`.
    fn failed(&mut self, path: &Path, otherwise: &str) -> Error {
        let _ = self.child.kill();
        let _ = self.child.wait();
        let words = self.words();
        let complaint = words
            .lines()
            .rev()
            .map(str::trim)
            .find(|line| {
                ["nvalid", "rror", "not ", "no "]
                    .iter()
                    .any(|word| line.contains(word))
            })
            .unwrap_or(otherwise);
        let complaint: String = complaint.chars().take(MAX_REASON_CHARACTERS).collect();
        tracing::info!("ffmpeg says {complaint:?}: {}", path.display());
        unusable(path, VideoError::Undecodable)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Harmless where it has ended.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The first length that ffmpeg tells, seconds.
fn duration_in(words: &str) -> Option<f64> {
    let (_, rest) = words.split_once("Duration: ")?;
    let (clock, _) = rest.split_once(',')?;
    clock.split(':').try_fold(0.0, |secs, part| {
        Some(secs * 60.0 + part.trim().parse::<f64>().ok()?)
    })
}

/// Width and height from the head of a PPM picture, `None` at the end of the pipe.
fn read_header(pipe: &mut impl BufRead) -> io::Result<Option<(usize, usize)>> {
    if pipe.fill_buf()?.is_empty() {
        return Ok(None);
    }
    let bad = || {
        io::Error::new(
            io::ErrorKind::InvalidData,
            text!("video-pipe-without-picture"),
        )
    };
    let mut words = Vec::new();
    while words.len() < 4 {
        let mut line = Vec::new();
        pipe.take(64).read_until(b'\n', &mut line)?;
        if line.is_empty() {
            return Err(bad());
        }
        let line = String::from_utf8(line).map_err(|_| bad())?;
        words.extend(line.split_whitespace().map(str::to_owned));
    }
    match words.as_slice() {
        [kind, width, height, depth] if kind == "P6" && depth == "255" => Ok(Some((
            width.parse().map_err(|_| bad())?,
            height.parse().map_err(|_| bad())?,
        ))),
        _ => Err(bad()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn heads_of_pictures_are_read_and_rubbish_is_refused() {
        let mut pipe = b"P6\n640 360\n255\nxyz".as_slice();
        assert_eq!(read_header(&mut pipe).unwrap(), Some((640, 360)));
        assert_eq!(pipe, b"xyz");
        assert_eq!(read_header(&mut b"".as_slice()).unwrap(), None);
        for rubbish in ["P5\n1 1\n255\n", "P6\n-1 1\n255\n", "P6\n1", "RIFF"] {
            assert!(read_header(&mut rubbish.as_bytes()).is_err(), "{rubbish}");
        }
    }

    #[test]
    fn the_length_is_read_from_what_is_said() {
        assert_eq!(
            duration_in("x\n  Duration: 00:01:02.50, start: 0"),
            Some(62.5)
        );
        assert_eq!(duration_in("Duration: N/A, bitrate: N/A"), None);
        assert_eq!(duration_in(""), None);
    }
}
