//! Films that were cut off: the program was killed while it wrote them, and they still have their temporary names.
//!
//! Such a film ends somewhere in a fragment, or somewhere in the index that was being written behind the last one. Recovering
//! cuts it behind its last whole fragment and finishes it in place, as [`super::Mp4Writer::finish`] would have done. Killed
//! in the middle of that, it can be done again.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::panic::{AssertUnwindSafe, catch_unwind};

use engine::iso_boxes;

use super::super::film_index::{FilmIndex, Sample};
use super::super::sound::{SoundCodec, SoundEncoder};
use super::super::{
    AUDIO_TICKS_PER_SECOND, FrameRate, RecordingError, Result, SYNTHETIC_MARK, front_name,
    unwritable, with_index_in_front,
};
use super::onward::Onward;
use super::{Abandoned, Outcome, free_name};
use crate::provenance::{self, Container};

/// Bytes of a box's length and kind, and of the 64-bit length where the first is 1.
const BOX_HEADER_BYTES: u64 = 8;
const LARGE_BOX_HEADER_BYTES: u64 = 16;
/// Bytes that a picture or a packet has at least, on the average of a film.
const MIN_SAMPLE_BYTES: u64 = 2;
/// Pictures and packets of a film of 24 hours, twice.
const MAX_SAMPLES: u64 = 20_000_000;
/// Longest that a film says about itself.
const MAX_COMMENT_BYTES: u64 = 1 << 16;

/// Finishes a film that was cut off and gives it its name, or the next free one; `None` if it ended before its first fragment did.
pub(super) fn recover(mut file: File, abandoned: &Abandoned) -> Result<Option<Outcome>> {
    let part = &abandoned.part;
    let failed = |source| unwritable(part, source);
    let unrecoverable = || RecordingError::Unrecoverable { path: part.clone() };
    let (whole_bytes, is_complete) = match survey(&mut file).map_err(failed)? {
        Survey::Complete => (u64::MAX, true),
        Survey::CutOff { whole_bytes } => (whole_bytes, false),
        Survey::Begun => return Ok(None),
        Survey::Foreign => return Err(unrecoverable()),
    };
    let (index, size_px) = index_of(&mut file, whole_bytes).ok_or_else(unrecoverable)?;
    if index.video.is_empty() {
        return Err(unrecoverable());
    }
    if !is_complete {
        let comment = comment_of(&mut file).map_err(failed)?;
        match with_index_in_front(&index, &mut file, part, size_px, &comment) {
            Ok(whole) => file = whole,
            Err(error) => {
                tracing::info!(%error, "the index goes behind the film");
                file.set_len(whole_bytes)
                    .and_then(|()| index.seal(&mut file, whole_bytes, size_px, &comment))
                    .map_err(failed)?;
            }
        }
        provenance::seal(&mut file, Container::Mp4, &comment).map_err(failed)?;
    }
    file.sync_all().map_err(failed)?;
    // What a program left that was killed while it finished the film.
    let _ = std::fs::remove_file(front_name(part));
    let path = free_name(&abandoned.name, "mp4");
    std::fs::rename(part, &path).map_err(failed)?;
    Ok(Some(Outcome::Recovered {
        path,
        duration_secs: index.video.len() as f64 / f64::from(index.rate.per_second()),
    }))
}

/// What the boxes of a file say about it.
enum Survey {
    /// All was written but the name.
    Complete,
    /// Fragments; this many bytes from the start are whole ones.
    CutOff { whole_bytes: u64 },
    /// Ours, ended before the first fragment did.
    Begun,
    /// Not written by us.
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
        Some(whole_bytes)
            if begins_as(&[b"ftyp", b"free", b"moov", b"moof", b"mdat"])
                || begins_as(&[b"ftyp", b"free", b"moov", b"skip", b"moof", b"mdat"]) =>
        {
            Survey::CutOff { whole_bytes }
        }
        None if is_begun(file)? => Survey::Begun,
        _ => Survey::Foreign,
    })
}

/// Whether a file is the beginning of a film of ours, or empty.
fn is_begun(file: &mut File) -> io::Result<bool> {
    let front = FilmIndex::front();
    let mut begun = Vec::new();
    file.rewind()?;
    (&*file).take(front.len() as u64).read_to_end(&mut begun)?;
    Ok(front.starts_with(&begun))
}

/// What a film that was cut off is to say about itself.
fn comment_of(file: &mut File) -> io::Result<String> {
    let mut head = Vec::new();
    file.rewind()?;
    (&*file).take(MAX_COMMENT_BYTES).read_to_end(&mut head)?;
    let said = iso_boxes::boxes(&head).find(|part| part.kind == *b"skip");
    let comment = said.map(|part| String::from_utf8_lossy(part.contents).into_owned());
    Ok(comment
        .filter(|comment| comment.starts_with(SYNTHETIC_MARK))
        .unwrap_or_else(|| SYNTHETIC_MARK.to_owned()))
}

/// Where the pictures and the packets are in the first `bytes` of a film, and its size in pixels; none if it has no
/// pictures of our kind.
fn index_of(file: &mut File, bytes: u64) -> Option<(FilmIndex, (u32, u32))> {
    let bytes = bytes.min(file.metadata().ok()?.len());
    let claims = iso_boxes::claims(file, bytes).ok()?;
    if claims.is_overdrawn || claims.samples > (bytes / MIN_SAMPLE_BYTES).min(MAX_SAMPLES) {
        tracing::info!("the film claims more pictures than it can hold");
        return None;
    }
    let mut reader = Onward::new(io::BufReader::new(&*file)).ok()?;
    let read = || re_mp4::Mp4::read(&mut reader, bytes);
    // It takes tables at their word, one by the other, and lengths of boxes, too.
    let film = catch_unwind(AssertUnwindSafe(read))
        .ok()?
        .inspect_err(|error| tracing::info!("not a film of ours: {error}"))
        .ok()?;
    let mut index = FilmIndex::default();
    let mut size_px = None;
    let mut codec = SoundCodec::default();
    for track in film.tracks().values() {
        let samples = track
            .samples
            .iter()
            .filter(|sample| sample.offset.saturating_add(sample.size) <= bytes)
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
