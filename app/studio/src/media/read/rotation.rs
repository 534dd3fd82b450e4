//! Telephones film sideways and say so in the track's header (ISO/IEC 14496-12, `tkhd`).

use std::fs::File;
use std::io::{Read as _, Seek as _, SeekFrom};
use std::path::Path;

/// Longest `moov` that is looked through.
const MAX_MOOV_BYTES: u64 = 64 << 20;
/// 1 in the matrix's numbers of 16.16 bits.
const ONE: i32 = 1 << 16;

/// Quarter turns, clockwise, that make the pictures upright.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Turn {
    #[default]
    None,
    Right,
    Half,
    Left,
}

impl Turn {
    /// The turn of a matrix a b c d.
    fn of_matrix(matrix: [i32; 4]) -> Self {
        match matrix.map(i32::signum) {
            [0, 1, -1, 0] => Self::Right,
            [-1, 0, 0, -1] => Self::Half,
            [0, -1, 1, 0] => Self::Left,
            _ => Self::None,
        }
    }

    /// Width, height and pixels (RGB) after the turn; `turned` is where they are put.
    pub fn applied<'a>(
        self,
        width: usize,
        height: usize,
        rgb: &'a [u8],
        turned: &'a mut Vec<u8>,
    ) -> (usize, usize, &'a [u8]) {
        if self == Self::None {
            return (width, height, rgb);
        }
        let (new_width, new_height) = match self {
            Self::None | Self::Half => (width, height),
            Self::Right | Self::Left => (height, width),
        };
        turned.clear();
        turned.reserve(rgb.len());
        for y in 0..new_height {
            for x in 0..new_width {
                let (from_x, from_y) = match self {
                    Self::None => (x, y),
                    Self::Right => (y, height - 1 - x),
                    Self::Half => (width - 1 - x, height - 1 - y),
                    Self::Left => (width - 1 - y, x),
                };
                let at = (from_y * width + from_x) * 3;
                turned.extend_from_slice(&rgb[at..at + 3]);
            }
        }
        (new_width, new_height, turned)
    }
}

/// The turn that the film's first picture track asks for; none if that cannot be told.
pub(super) fn turn_of(path: &Path) -> Turn {
    let moov = File::open(path).ok().and_then(|file| read_moov(file).ok());
    moov.flatten()
        .and_then(|moov| {
            boxes(&moov)
                .filter(|(kind, _)| kind == b"trak")
                .find_map(|(_, track)| turn_of_track(track))
        })
        .unwrap_or_default()
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

/// `None` for a track of something else.
fn turn_of_track(track: &[u8]) -> Option<Turn> {
    let find = |bytes, wanted: &[u8; 4]| {
        boxes(bytes)
            .find(|(kind, _)| kind == wanted)
            .map(|(_, content)| content)
    };
    let handler = find(find(track, b"mdia")?, b"hdlr")?;
    if handler.get(8..12)? != b"vide" {
        return None;
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pictures_are_turned_upright() {
        // A row of red, green; filmed so that a turn to the right puts red on top.
        let picture = [255, 0, 0, 0, 255, 0];
        let mut turned = Vec::new();
        let (width, height, rgb) = Turn::Right.applied(2, 1, &picture, &mut turned);
        assert_eq!((width, height, rgb), (1, 2, picture.as_slice()));
        let mut turned = Vec::new();
        let (width, height, rgb) = Turn::Left.applied(2, 1, &picture, &mut turned);
        assert_eq!(
            (width, height, rgb),
            (1, 2, [0, 255, 0, 255, 0, 0].as_slice())
        );
        let mut turned = Vec::new();
        let (_, _, rgb) = Turn::Half.applied(2, 1, &picture, &mut turned);
        assert_eq!(rgb, [0, 255, 0, 255, 0, 0]);
    }

    #[test]
    fn what_is_no_film_is_not_turned() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.mp4");
        for bytes in [
            b"".as_slice(),
            b"\0\0\0\0moov",
            b"\0\0\0\x01moov\xff\xff\xff\xff\xff\xff\xff\xff\0\0",
            b"\0\0\0\x10moov\0\0\0\x20trak\0\0",
        ] {
            std::fs::write(&path, bytes).unwrap();
            assert_eq!(turn_of(&path), Turn::None);
        }
    }
}
