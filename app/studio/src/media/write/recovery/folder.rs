//! Folders that were cut off: images with their sound, and what ffmpeg was given.

use std::fs::{File, OpenOptions};
use std::io::{self, Read as _, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};

use engine::audio::wav::SYNTHETIC_MARK as SOUND_MARK;

use super::super::part_folder::LOCK_FILE;
use super::super::pictures::frame_name;
use super::super::{RecordingError, VideoFormat, ffmpeg, sound_beside, unwritable};
use super::{Abandoned, Outcome, PartName, Result, free_name, sound};
use crate::output_path;

/// How a PNG ends: an empty chunk with its checksum.
const PNG_END: &[u8; 12] = b"\0\0\0\0IEND\xaeB`\x82";

/// Finishes what is in the folder, or removes it.
pub(super) fn recover(abandoned: &Abandoned) -> Result<Outcome> {
    let Abandoned { part, name } = abandoned;
    let failed = |source| unwritable(part, source);
    let sound = finish_sound(part).map_err(failed)?;
    let outcome = match VideoFormat::of(name) {
        Some(VideoFormat::Pictures) => recover_images(part, name).map_err(failed)?,
        Some(VideoFormat::Ffmpeg(format)) if has_pictures(part) => {
            ffmpeg::check_installed(name)?;
            let remark = sound.as_ref().and_then(|sound| sound.remark.as_deref());
            let path = free_name(name, &output_path::extension(name));
            // The pictures may end in the middle of one; ffmpeg knows how much of them is whole.
            match ffmpeg::join(part, format, sound.is_some(), remark, &path) {
                Ok(()) => Some(Outcome::RecoveredImages { path }),
                Err(error @ RecordingError::Ffmpeg { .. }) => {
                    tracing::info!(%error, "no picture can be recovered");
                    None
                }
                Err(error) => return Err(error),
            }
        }
        _ => None,
    };
    let outcome = match (outcome, sound) {
        (None, Some(sound)) => {
            let path = free_name(name, "wav");
            std::fs::rename(&sound.path, &path).map_err(failed)?;
            Outcome::Recovered {
                path,
                duration_secs: sound.duration_secs,
            }
        }
        (Some(outcome), _) => outcome,
        (None, None) => Outcome::Removed { part: part.clone() },
    };
    if part.exists() {
        std::fs::remove_dir_all(part).map_err(failed)?;
    }
    Ok(outcome)
}

struct Sound {
    path: PathBuf,
    duration_secs: f64,
    remark: Option<String>,
}

/// Ends the sound in the folder, which may have its name already.
fn finish_sound(part: &Path) -> io::Result<Option<Sound>> {
    let path = part.join(sound_beside::FILE);
    let unfinished = std::fs::read_dir(part)?
        .filter_map(|entry| Some(entry.ok()?.path()))
        .find(|path| PartName::of(path).is_some_and(|part| part.name == sound_beside::FILE));
    if let Some(unfinished) = unfinished {
        std::fs::rename(unfinished, &path)?;
    }
    if !path.exists() {
        return Ok(None);
    }
    let mut file = OpenOptions::new().read(true).write(true).open(&path)?;
    let Some(duration_secs) = sound::finish(&mut file)? else {
        std::fs::remove_file(&path)?;
        return Ok(None);
    };
    let remark = sound::comment(&mut file)?.and_then(|comment| {
        let remark = comment.strip_prefix(SOUND_MARK)?.strip_prefix(", ")?;
        Some(remark.to_owned())
    });
    Ok(Some(Sound {
        path,
        duration_secs,
        remark,
    }))
}

fn has_pictures(part: &Path) -> bool {
    std::fs::metadata(part.join(ffmpeg::PICTURES_FILE)).is_ok_and(|file| file.len() > 0)
}

/// Keeps the images up to the first that is not whole; `None` if there is none.
fn recover_images(part: &Path, name: &Path) -> io::Result<Option<Outcome>> {
    let whole = (1..)
        .take_while(|&number| is_whole(&part.join(frame_name(number))))
        .count();
    if whole == 0 {
        return Ok(None);
    }
    // The last ones alone can be broken, so this looks at a few.
    for number in whole as u32 + 1.. {
        match std::fs::remove_file(part.join(frame_name(number))) {
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::NotFound => break,
            Err(error) => return Err(error),
        }
    }
    match std::fs::remove_file(part.join(LOCK_FILE)) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let path = free_folder(name);
    if path.is_dir() {
        std::fs::remove_dir(&path)?;
    }
    std::fs::rename(part, &path)?;
    Ok(Some(Outcome::RecoveredImages { path }))
}

fn is_whole(png: &Path) -> bool {
    let ends_as_it_should = || {
        let mut file = File::open(png)?;
        file.seek(SeekFrom::End(-(PNG_END.len() as i64)))?;
        let mut end = [0; PNG_END.len()];
        file.read_exact(&mut end)?;
        io::Result::Ok(end == *PNG_END)
    };
    ends_as_it_should().unwrap_or(false)
}

/// The first of `name`, `name-2`, … that nothing, or an empty folder, has.
fn free_folder(name: &Path) -> PathBuf {
    let is_free = |path: &PathBuf| match std::fs::read_dir(path) {
        Ok(mut entries) => entries.next().is_none(),
        Err(_) => !path.exists(),
    };
    let stem = output_path::file_name(name);
    std::iter::once(name.to_owned())
        .chain((2..).map(|number: u32| name.with_file_name(format!("{stem}-{number}"))))
        .find(is_free)
        .expect("there are more numbers than folders")
}
