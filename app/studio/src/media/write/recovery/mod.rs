//! What a killed program left behind: outputs that still have their temporary names. Videos, sounds and folders of images are finished
//! as far as they were written; what holds nothing of use is removed.

mod film;
mod folder;
mod onward;
mod sound;

use std::fs::{File, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use engine::atomic_file::link_target;

use super::part_folder::{self, PARTS_ENDING};
use super::{COPY_ENDING, RecordingError, Result, VideoFormat, unwritable};
use crate::output_path;
use crate::provenance::{self, Container};

/// Names that are longer may stand cut in a temporary name.
const LONG_NAME_BYTES: usize = 220;
const PART_ENDING: &str = "part";
/// Outputs of which a part is of no use.
const REMOVED_EXTENSIONS: [&str; 14] = [
    "opus",
    "aac",
    "pcm",
    "flac",
    "m4a",
    "mp3",
    "gif",
    "srt",
    "vtt",
    "json",
    "csv",
    "glb",
    "png",
    "safetensors",
];

/// An output under its temporary name that nobody is writing any more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Abandoned {
    /// The file or folder as it lies there.
    pub part: PathBuf,
    /// The name that it was to get.
    pub name: PathBuf,
}

/// What became of it.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// A video or a sound that can be played again.
    Recovered {
        /// The file.
        path: PathBuf,
        /// Its length.
        duration_secs: f64,
    },
    /// A folder of images, or a video that ffmpeg wrote.
    RecoveredImages {
        /// The folder or file.
        path: PathBuf,
    },
    /// There was nothing of use in it.
    Removed {
        /// What was removed.
        part: PathBuf,
    },
}

/// The outputs that were cut off in a folder, in the order of their names. What is being written is not among them.
///
/// # Errors
/// If the folder cannot be read.
pub fn find(folder: &Path) -> io::Result<Vec<Abandoned>> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let part = entry?.path();
        if let Some(name) = name_of_part(&part)
            && is_abandoned(&part)
        {
            found.push(Abandoned { part, name });
        }
    }
    found.sort_by(|a, b| a.part.cmp(&b.part));
    Ok(found)
}

/// Removes the temporary files in a folder that nobody is writing any more and whose final name `is_ours`. What cannot be removed only
/// takes up room.
pub fn remove_parts(folder: &Path, is_ours: impl Fn(&str) -> bool) {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return;
    };
    for part in entries.filter_map(|entry| Some(entry.ok()?.path())) {
        if PartName::of(&part).is_some_and(|part| is_ours(part.name)) && is_abandoned(&part) {
            let _ = std::fs::remove_file(part);
        }
    }
}

/// The outputs that were cut off before they got this name, and what the same program wrote beside them.
///
/// # Errors
/// If the folder cannot be read.
pub fn find_for(film: &Path) -> io::Result<Vec<Abandoned>> {
    let film = link_target(film)?;
    let mut found = find(&output_path::folder_of(&film))?;
    let writers: Vec<u32> = found
        .iter()
        .filter(|abandoned| is_named(abandoned, &film))
        .filter_map(|abandoned| Some(PartName::of(&abandoned.part)?.process))
        .collect();
    found.retain(|abandoned| {
        PartName::of(&abandoned.part).is_some_and(|part| writers.contains(&part.process))
    });
    Ok(found)
}

/// Whether an output was to get this name, of which a temporary name may lack a part.
fn is_named(abandoned: &Abandoned, film: &Path) -> bool {
    let (name, film) = (abandoned.name.file_name(), film.file_name());
    let is_cut = || {
        let stem = abandoned.name.file_stem()?.as_encoded_bytes();
        let film = film?.as_encoded_bytes();
        Some(film.len() > LONG_NAME_BYTES && film.starts_with(stem))
    };
    name == film || is_cut() == Some(true)
}

/// What `.film.mp4.123-0.part` was to be called, if it is an output of ours.
pub fn name_of_part(part: &Path) -> Option<PathBuf> {
    let PartName { name, ending, .. } = PartName::of(part)?;
    let extension = output_path::extension(Path::new(name));
    let extension = extension.as_str();
    let is_ours = match ending {
        // The other half of a film that was being finished.
        COPY_ENDING => extension == "mp4",
        PARTS_ENDING => VideoFormat::of(Path::new(name)).is_some() || extension == "mp3",
        _ => matches!(extension, "mp4" | "wav") || REMOVED_EXTENSIONS.contains(&extension),
    };
    is_ours.then(|| part.with_file_name(name))
}

/// The parts of a temporary name, as [`engine::atomic_file::temporary_name`] makes it.
struct PartName<'a> {
    name: &'a str,
    process: u32,
    ending: &'static str,
}

impl<'a> PartName<'a> {
    fn of(part: &'a Path) -> Option<Self> {
        let inner = part.file_name()?.to_str()?.strip_prefix('.')?;
        let (inner, ending) = inner.rsplit_once('.')?;
        let ending = [PART_ENDING, PARTS_ENDING, COPY_ENDING]
            .into_iter()
            .find(|known| *known == ending)?;
        let (name, number) = inner.rsplit_once('.')?;
        let (process, count) = number.split_once('-')?;
        if name.is_empty() || !is_digits(process) || !is_digits(count) {
            return None;
        }
        Some(Self {
            name,
            process: process.parse().ok()?,
            ending,
        })
    }
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_abandoned(part: &Path) -> bool {
    if part.is_dir() {
        return !part_folder::is_in_use(part);
    }
    File::open(part).is_ok_and(|file| !matches!(file.try_lock(), Err(TryLockError::WouldBlock)))
}

/// Finishes an output that was cut off and gives it its name, or the next free one: `film.mp4`, `film-2.mp4`, …; removes it if there is
/// nothing in it.
///
/// # Errors
/// [`RecordingError::InUse`] while another program writes it, [`RecordingError::Unrecoverable`] if it is none of ours; it stays as it is
/// then. [`RecordingError::DiskFull`], [`RecordingError::Unwritable`], and [`RecordingError::FfmpegMissing`] for what ffmpeg has to
/// finish.
pub fn recover(abandoned: &Abandoned) -> Result<Outcome> {
    let part = &abandoned.part;
    let failed = |source| unwritable(part, source);
    let kind = PartName::of(part).map(|part| part.ending);
    if part.is_dir() {
        if part_folder::is_in_use(part) {
            return Err(RecordingError::InUse { path: part.clone() });
        }
        return folder::recover(abandoned);
    }
    // Gone with the film whose other half it was.
    if kind == Some(COPY_ENDING) && !part.exists() {
        return Ok(Outcome::Removed { part: part.clone() });
    }
    let mut file = OpenOptions::new()
        .read(true)
        .write(true)
        .open(part)
        .map_err(failed)?;
    if let Err(TryLockError::WouldBlock) = file.try_lock() {
        return Err(RecordingError::InUse { path: part.clone() });
    }
    let outcome = match (kind, output_path::extension(&abandoned.name).as_str()) {
        (Some(COPY_ENDING), _) => None,
        (_, "mp4") => film::recover(file, abandoned)?,
        (_, "wav") => {
            let secs = sound::finish(&mut file).map_err(failed)?;
            if secs.is_some() {
                let comment = sound::comment(&mut file).map_err(failed)?;
                provenance::seal(&mut file, Container::Wav, &comment.unwrap_or_default())
                    .map_err(failed)?;
            }
            let name = secs.map(|duration_secs| {
                let path = free_name(&abandoned.name, "wav");
                std::fs::rename(part, &path)?;
                Ok(Outcome::Recovered {
                    path,
                    duration_secs,
                })
            });
            name.transpose().map_err(failed)?
        }
        _ => None,
    };
    match outcome {
        Some(outcome) => Ok(outcome),
        None => {
            std::fs::remove_file(part).map_err(failed)?;
            Ok(Outcome::Removed { part: part.clone() })
        }
    }
}

/// The first free name like the one that an output was to get.
fn free_name(name: &Path, extension: &str) -> PathBuf {
    let stem = name.file_stem().unwrap_or_default().to_string_lossy();
    output_path::free_name(&output_path::folder_of(name), &stem, extension)
}

#[cfg(test)]
mod tests;
