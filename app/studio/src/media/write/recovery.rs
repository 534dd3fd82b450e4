//! Films that were cut off: the program was killed while it wrote them, and they still have their temporary names.
//!
//! Such a film ends somewhere in a fragment, or somewhere in the index that was being written behind the last one. Recovering
//! cuts it behind its last whole fragment and finishes it in place, as [`super::Mp4Writer::finish`] would have done. Killed
//! in the middle of that, it can be done again.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use engine::atomic_file::link_target;

use super::film_index::{FilmIndex, Sample};
use super::sound::{SoundCodec, SoundEncoder};
use super::{
    AUDIO_TICKS_PER_SECOND, FrameRate, RecordingError, Result, SYNTHETIC_MARK, front_name,
    unwritable, with_index_in_front,
};
use crate::output_path;

/// Names that are longer may stand cut in a temporary name.
const LONG_NAME_BYTES: usize = 220;
/// Bytes of a box's length and kind, and of the 64-bit length where the first is 1.
const BOX_HEADER_BYTES: u64 = 8;
const LARGE_BOX_HEADER_BYTES: u64 = 16;

/// A film under its temporary name that nobody is writing any more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Abandoned {
    /// The file as it lies there.
    pub part: PathBuf,
    /// The name that it was to get.
    pub name: PathBuf,
}

/// A film that can be played again.
#[derive(Clone, Debug, PartialEq)]
pub struct Recovered {
    /// The film.
    pub path: PathBuf,
    /// Its length.
    pub duration_secs: f64,
}

/// The films that were cut off in a folder, in the order of their names. Films that are being written are not among them.
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

/// The films that were cut off before they got this name.
///
/// # Errors
/// If the folder cannot be read.
pub fn find_for(film: &Path) -> io::Result<Vec<Abandoned>> {
    let film = link_target(film)?;
    let mut found = find(&output_path::folder_of(&film))?;
    found.retain(|abandoned| is_named(abandoned, &film));
    Ok(found)
}

/// Whether a film was to get this name, of which a temporary name may lack a part.
fn is_named(abandoned: &Abandoned, film: &Path) -> bool {
    let (name, film) = (abandoned.name.file_name(), film.file_name());
    let is_cut = || {
        let stem = abandoned.name.file_stem()?.as_encoded_bytes();
        let film = film?.as_encoded_bytes();
        Some(film.len() > LONG_NAME_BYTES && film.starts_with(stem))
    };
    name == film || is_cut() == Some(true)
}

/// What `.film.mp4.123-0.part` was to be called, if it is a film of ours.
pub fn name_of_part(part: &Path) -> Option<PathBuf> {
    let inner = part
        .file_name()?
        .to_str()?
        .strip_prefix('.')?
        .strip_suffix(".part")?;
    let (name, number) = inner.rsplit_once('.')?;
    let is_number = number
        .split_once('-')
        .is_some_and(|(process, count)| is_digits(process) && is_digits(count));
    (is_number && output_path::extension(Path::new(name)) == "mp4")
        .then(|| part.with_file_name(name))
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_abandoned(part: &Path) -> bool {
    File::open(part).is_ok_and(|file| !matches!(file.try_lock(), Err(TryLockError::WouldBlock)))
}

/// Finishes a film that was cut off and gives it its name, or the next free one: `film.mp4`, `film-2.mp4`, …
///
/// # Errors
/// [`RecordingError::InUse`] while another program writes it, [`RecordingError::Unrecoverable`] if it is no film of ours or
/// ends before its first fragment did; the file stays as it is then. [`RecordingError::DiskFull`],
/// [`RecordingError::Unwritable`].
pub fn recover(abandoned: &Abandoned) -> Result<Recovered> {
    let part = &abandoned.part;
    let failed = |source| unwritable(part, source);
    let mut file = OpenOptions::new()
        .read(true)
        .write(true)
        .open(part)
        .map_err(failed)?;
    if let Err(TryLockError::WouldBlock) = file.try_lock() {
        return Err(RecordingError::InUse { path: part.clone() });
    }
    let length = |index: &FilmIndex| (index.video.len(), index.rate);
    let length = match survey(&mut file).map_err(failed)? {
        Survey::Complete => index_of(&mut file, u64::MAX).map(|(index, _)| length(&index)),
        Survey::CutOff { whole_bytes } => match index_of(&mut file, whole_bytes) {
            Some((index, size_px)) => {
                match with_index_in_front(&index, &mut file, part, size_px, SYNTHETIC_MARK) {
                    Ok(whole) => file = whole,
                    Err(error) => {
                        tracing::info!(%error, "the index goes behind the film");
                        file.set_len(whole_bytes)
                            .and_then(|()| {
                                index.seal(&mut file, whole_bytes, size_px, SYNTHETIC_MARK)
                            })
                            .map_err(failed)?;
                    }
                }
                Some(length(&index))
            }
            None => None,
        },
        Survey::Foreign => None,
    };
    let Some((frames, rate)) = length.filter(|&(frames, _)| frames > 0) else {
        return Err(RecordingError::Unrecoverable { path: part.clone() });
    };
    file.sync_all().map_err(failed)?;
    // What a program left that was killed while it finished the film.
    let _ = std::fs::remove_file(front_name(part));
    let stem = abandoned.name.file_stem().unwrap_or_default();
    let path = output_path::free_name(
        &output_path::folder_of(&abandoned.name),
        &stem.to_string_lossy(),
        "mp4",
    );
    std::fs::rename(part, &path).map_err(failed)?;
    Ok(Recovered {
        path,
        duration_secs: frames as f64 / f64::from(rate.per_second()),
    })
}

/// What the boxes of a file say about it.
enum Survey {
    /// All was written but the name.
    Complete,
    /// Fragments; this many bytes from the start are whole ones.
    CutOff { whole_bytes: u64 },
    /// Not written by us, or ended before the first fragment did.
    Foreign,
}

/// Walks over the boxes at the top of the file; reads their headers alone.
fn survey(file: &mut File) -> io::Result<Survey> {
    let length = file.metadata()?.len();
    let mut at = 0;
    let mut kinds: Vec<[u8; 4]> = Vec::new();
    let mut whole_bytes = None;
    while at + BOX_HEADER_BYTES <= length {
        file.seek(SeekFrom::Start(at))?;
        let mut header = [0; LARGE_BOX_HEADER_BYTES as usize];
        let known = header.len().min((length - at) as usize);
        file.read_exact(&mut header[..known])?;
        let (short, rest) = header.split_at(4);
        let (kind, long) = rest.split_at(4);
        let bytes = match u32::from_be_bytes(short.try_into().expect("four bytes")) {
            1 => u64::from_be_bytes(long.try_into().expect("eight bytes")),
            bytes => bytes.into(),
        };
        let Some(end) = at.checked_add(bytes).filter(|&end| end <= length) else {
            break;
        };
        if bytes < BOX_HEADER_BYTES {
            break;
        }
        let kind: [u8; 4] = kind.try_into().expect("four bytes");
        if kind == *b"mdat" && kinds.last() == Some(b"moof") {
            whole_bytes = Some(end);
        }
        kinds.push(kind);
        at = end;
    }
    let begins_as = |expected: &[&[u8; 4]]| {
        kinds.len() >= expected.len() && kinds.iter().zip(expected).all(|(a, &b)| a == b)
    };
    Ok(match whole_bytes {
        _ if at == length
            && (begins_as(&[b"ftyp", b"mdat", b"moov"])
                || begins_as(&[b"ftyp", b"moov", b"mdat"])) =>
        {
            Survey::Complete
        }
        Some(whole_bytes) if begins_as(&[b"ftyp", b"free", b"moov", b"moof", b"mdat"]) => {
            Survey::CutOff { whole_bytes }
        }
        _ => Survey::Foreign,
    })
}

/// Where the pictures and the packets are in the first `bytes` of a film, and its size in pixels; none if it has no
/// pictures of our kind.
fn index_of(file: &mut File, bytes: u64) -> Option<(FilmIndex, (u32, u32))> {
    let bytes = bytes.min(file.metadata().ok()?.len());
    file.rewind().ok()?;
    let film = re_mp4::Mp4::read(&mut io::BufReader::new(&*file), bytes)
        .inspect_err(|error| tracing::info!("not a film of ours: {error}"))
        .ok()?;
    let mut index = FilmIndex::default();
    let mut size_px = None;
    let mut codec = SoundCodec::default();
    for track in film.tracks().values() {
        let samples = track
            .samples
            .iter()
            .filter(|sample| sample.offset + sample.size <= bytes)
            .map(|sample| Sample {
                offset: sample.offset,
                bytes: sample.size as u32,
                is_key: sample.is_sync,
            });
        match &track.trak(&film).mdia.minf.stbl.stsd.contents {
            re_mp4::StsdBoxContent::Avc1(entry) => {
                index.video = samples.collect();
                index.rate = rate_of(track);
                let parameters = &entry.avcc;
                index.sps = parameters.sequence_parameter_sets.first()?.bytes.clone();
                index.pps = parameters.picture_parameter_sets.first()?.bytes.clone();
                size_px = Some((entry.width.into(), entry.height.into()));
            }
            entry => {
                codec = match entry {
                    re_mp4::StsdBoxContent::Mp4a(_) => SoundCodec::Aac,
                    _ => SoundCodec::Opus,
                };
                index.audio = samples
                    .map(|sample| Sample {
                        is_key: true,
                        ..sample
                    })
                    .collect();
            }
        }
    }
    // Sound comes ahead of the pictures; what has none is left out.
    let frame_ticks = u64::from(AUDIO_TICKS_PER_SECOND / index.rate.per_second());
    index.sound = SoundEncoder::new(codec).ok()?.track();
    let packet_ticks = index.audio.len() as u64 * u64::from(index.sound.packet_ticks);
    index.sound_ticks = packet_ticks
        .saturating_sub(index.sound.skip_ticks.into())
        .min(index.video.len() as u64 * frame_ticks);
    Some((index, size_px?))
}

/// The rate that the first picture's duration says.
fn rate_of(track: &re_mp4::Track) -> FrameRate {
    let first = track.samples.first();
    let per_second = first.map_or(0, |picture| track.timescale / picture.duration.max(1));
    let rate = u32::try_from(per_second).ok().and_then(FrameRate::of);
    rate.unwrap_or_default()
}
