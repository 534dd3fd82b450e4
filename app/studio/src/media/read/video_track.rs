//! What the container of a film says of its pictures (ISO/IEC 14496-12): how they are turned (`tkhd`) and coloured (`colr`).

use std::fs::File;
use std::io::{Read as _, Seek as _, SeekFrom};
use std::path::Path;

use super::rotation::Turn;

/// Longest `moov` that is looked through.
const MAX_MOOV_BYTES: u64 = 64 << 20;
/// 1 in the matrix's numbers of 16.16 bits.
const ONE: i32 = 1 << 16;
/// Bytes of a sample entry before the boxes in it.
const SAMPLE_ENTRY_BYTES: usize = 78;

/// The film's first track of pictures.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct VideoTrack {
    /// The turn that it asks for.
    pub turn: Turn,
    /// The code of its matrix as in H.264, and whether its range is full.
    pub colours: Option<(u32, bool)>,
}

impl VideoTrack {
    /// Of a film; one that says nothing if it cannot be told.
    pub fn of(path: &Path) -> Self {
        let moov = File::open(path).ok().and_then(|file| read_moov(file).ok());
        moov.flatten()
            .and_then(|moov| {
                boxes(&moov)
                    .filter(|(kind, _)| kind == b"trak")
                    .find_map(|(_, track)| Self::of_box(track))
            })
            .unwrap_or_default()
    }

    /// `None` for a track of something else.
    fn of_box(track: &[u8]) -> Option<Self> {
        let media = find(track, b"mdia")?;
        let handler = find(media, b"hdlr")?;
        if handler.get(8..12)? != b"vide" {
            return None;
        }
        Some(Self {
            turn: turn(track).unwrap_or_default(),
            colours: colours(media),
        })
    }
}

fn turn(track: &[u8]) -> Option<Turn> {
    let header = find(track, b"tkhd")?;
    // Version 1 has its three times and the duration in eight bytes each.
    let matrix_at = if header.first()? == &1 { 52 } else { 40 };
    let number = |index: usize| -> Option<i32> {
        let bytes = header.get(matrix_at + 4 * index..matrix_at + 4 * index + 4)?;
        Some(i32::from_be_bytes(bytes.try_into().ok()?) / ONE)
    };
    Some(Turn::of_matrix([
        number(0)?,
        number(1)?,
        number(3)?,
        number(4)?,
    ]))
}

/// Matrix and range of the first sample entry.
fn colours(media: &[u8]) -> Option<(u32, bool)> {
    let descriptions = find(find(find(media, b"minf")?, b"stbl")?, b"stsd")?;
    let (_, entry) = boxes(descriptions.get(8..)?).next()?;
    let colours = find(entry.get(SAMPLE_ENTRY_BYTES..)?, b"colr")?;
    // `nclc` is QuickTime's, which has no range.
    let [b'n', b'c', b'l', kind, _, _, _, _, high, low, rest @ ..] = colours else {
        return None;
    };
    let is_full = *kind == b'x' && rest.first().is_some_and(|range| range & 0x80 != 0);
    Some((u32::from(u16::from_be_bytes([*high, *low])), is_full))
}

fn read_moov(mut file: File) -> std::io::Result<Option<Vec<u8>>> {
    let length = file.metadata()?.len();
    let mut at = 0_u64;
    while at + 16 <= length {
        file.seek(SeekFrom::Start(at))?;
        let mut header = [0; 16];
        file.read_exact(&mut header)?;
        let short = u32::from_be_bytes([header[0], header[1], header[2], header[3]]);
        let (front, bytes) = match short {
            1 => {
                let (_, long) = header.split_at(8);
                let long = long.try_into().map_or(0, u64::from_be_bytes);
                (16, long)
            }
            0 => (8, length - at),
            bytes => (8, bytes.into()),
        };
        if bytes < front {
            return Ok(None);
        }
        if header[4..8] == *b"moov" {
            if bytes > MAX_MOOV_BYTES {
                return Ok(None);
            }
            file.seek(SeekFrom::Start(at + front))?;
            let mut moov = Vec::new();
            file.take(bytes - front).read_to_end(&mut moov)?;
            return Ok(Some(moov));
        }
        let Some(next) = at.checked_add(bytes) else {
            return Ok(None);
        };
        at = next;
    }
    Ok(None)
}

/// The boxes in a box, as far as they are whole.
fn boxes(mut bytes: &[u8]) -> impl Iterator<Item = ([u8; 4], &[u8])> {
    std::iter::from_fn(move || {
        let (header, _) = bytes.split_first_chunk::<8>()?;
        let [a, b, c, d, kind @ ..] = *header;
        let length = u32::from_be_bytes([a, b, c, d]) as usize;
        let (whole, rest) = bytes.split_at_checked(length)?;
        bytes = rest;
        Some((kind, whole.get(8..)?))
    })
}

fn find<'a>(bytes: &'a [u8], wanted: &[u8; 4]) -> Option<&'a [u8]> {
    boxes(bytes)
        .find(|(kind, _)| kind == wanted)
        .map(|(_, content)| content)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn make_box(kind: &[u8; 4], content: &[u8]) -> Vec<u8> {
        let length = (8 + content.len()) as u32;
        [&length.to_be_bytes(), kind.as_slice(), content].concat()
    }

    #[test]
    fn the_container_says_how_pictures_are_coloured() {
        for (colr, expected) in [
            (b"nclx\0\x01\0\x01\0\x06\x80".as_slice(), Some((6, true))),
            (b"nclx\0\x01\0\x01\0\x01\x00", Some((1, false))),
            (b"nclc\0\x01\0\x01\0\x01", Some((1, false))),
            (b"prof\0\x01\0\x01\0\x01", None),
            (b"nclx\0\x01", None),
        ] {
            let entry = [vec![0; SAMPLE_ENTRY_BYTES], make_box(b"colr", colr)].concat();
            let stsd = [vec![0; 8], make_box(b"avc1", &entry)].concat();
            let stbl = make_box(b"stbl", &make_box(b"stsd", &stsd));
            let hdlr = make_box(b"hdlr", b"\0\0\0\0\0\0\0\0vide\0\0");
            let media = [hdlr, make_box(b"minf", &stbl)].concat();
            let track = VideoTrack::of_box(&make_box(b"mdia", &media)).unwrap();
            assert_eq!((track.turn, track.colours), (Turn::None, expected));
        }
    }

    #[test]
    fn what_is_no_film_says_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.mp4");
        for bytes in [
            b"".as_slice(),
            b"\0\0\0\0moov",
            b"\0\0\0\x01moov\xff\xff\xff\xff\xff\xff\xff\xff\0\0",
            b"\0\0\0\x10moov\0\0\0\x20trak\0\0",
        ] {
            std::fs::write(&path, bytes).unwrap();
            assert_eq!(VideoTrack::of(&path), VideoTrack::default());
        }
    }
}
