//! Boxes of ISO media files (MP4, MOV, M4A; ISO/IEC 14496-12): what their tables claim, against the bytes that are there.
//!
//! Readers reserve memory and go round loops as often as a table's count says, so a few bytes can keep them busy for hours. The counts
//! are checked here before any reader sees the file.

use std::io::{self, Read, Seek, SeekFrom};

/// Boxes within boxes.
const MAX_DEPTH: usize = 16;
/// Largest index that is held in memory.
const MAX_INDEX_BYTES: u64 = 256 << 20;
/// Runs of one fragment; writers make one or a few for each track.
const MAX_RUNS: usize = 4096;
/// Samples of one run. Readers add up all before the one they look for.
const MAX_RUN_SAMPLES: u64 = 1 << 16;
/// Where all samples have one size, old QuickTime files count samples of sound that share a byte: 6 in one (MACE).
const MAX_SAMPLES_PER_BYTE: u64 = 8;

/// Kinds of boxes that hold boxes alone.
const CONTAINERS: [&[u8; 4]; 9] = [
    b"moov", b"trak", b"mdia", b"minf", b"stbl", b"edts", b"mvex", b"moof", b"traf",
];
/// Kinds that an ISO media file begins with.
const FIRST_KINDS: [&[u8; 4]; 9] = [
    b"ftyp", b"styp", b"moov", b"moof", b"mdat", b"free", b"skip", b"wide", b"pnot",
];

/// What the tables of a file claim.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Claims {
    /// Samples of all tracks.
    pub samples: u64,
    /// Whether a table claims more than the file can hold.
    pub is_overdrawn: bool,
}

/// One box: its kind and its contents.
pub struct IsoBox<'a> {
    /// Four letters.
    pub kind: [u8; 4],
    /// What stands behind its header.
    pub contents: &'a [u8],
}

/// The boxes in `bytes` one after the other, up to one that is longer than what is left.
pub fn boxes(mut bytes: &[u8]) -> impl Iterator<Item = IsoBox<'_>> {
    std::iter::from_fn(move || {
        let header = Header::read(bytes, bytes.len() as u64)?;
        let contents = bytes.get(header.bytes as usize..header.end as usize)?;
        bytes = &bytes[header.end as usize..];
        Some(IsoBox {
            kind: header.kind,
            contents,
        })
    })
}

struct Header {
    kind: [u8; 4],
    /// Of the header alone.
    bytes: u64,
    /// Of the box with its header.
    end: u64,
}

impl Header {
    /// `None` for what is no header, or of a box shorter than that. `left` is what the file has from here on.
    fn read(bytes: &[u8], left: u64) -> Option<Self> {
        let short = u32_at(bytes, 0)?;
        let kind = *bytes.get(4..)?.first_chunk::<4>()?;
        let (header, end) = match short {
            0 => (8, left),
            1 => (16, u64::from_be_bytes(*bytes.get(8..)?.first_chunk()?)),
            end => (8, end.into()),
        };
        (end >= header).then_some(Self {
            kind,
            bytes: header,
            end,
        })
    }
}

/// Reads the tables of a file of `length` bytes. A file of another kind claims nothing.
///
/// # Errors
/// What the system says.
pub fn claims(file: &mut (impl Read + Seek), length: u64) -> io::Result<Claims> {
    let mut claims = Claims::default();
    let mut at = 0;
    while at < length {
        file.seek(SeekFrom::Start(at))?;
        let mut head = [0; 16];
        let known = read_as_much(file, &mut head)?;
        let Some(header) = Header::read(&head[..known], length - at) else {
            break;
        };
        if at == 0 && !FIRST_KINDS.contains(&&header.kind) {
            break;
        }
        if matches!(&header.kind, b"moov" | b"moof") {
            let contents = header.end.min(length - at) - header.bytes.min(length - at);
            if contents > MAX_INDEX_BYTES {
                claims.is_overdrawn = true;
                break;
            }
            file.seek(SeekFrom::Start(at + header.bytes))?;
            let mut index = Vec::new();
            file.by_ref().take(contents).read_to_end(&mut index)?;
            let mut runs = 0;
            claims.add(&index, length, MAX_DEPTH, &mut runs);
            if claims.is_overdrawn {
                break;
            }
        }
        match at.checked_add(header.end) {
            Some(next) => at = next,
            None => break,
        }
    }
    Ok(claims)
}

impl Claims {
    fn add(&mut self, bytes: &[u8], file_bytes: u64, depth: usize, runs: &mut usize) {
        for IsoBox { kind, contents } in boxes(bytes) {
            if CONTAINERS.contains(&&kind) {
                match depth.checked_sub(1) {
                    Some(depth) => self.add(contents, file_bytes, depth, runs),
                    None => self.is_overdrawn = true,
                }
            } else if let Some(table) = Table::read(&kind, contents) {
                self.samples = self.samples.saturating_add(table.samples);
                let in_run = match &kind {
                    b"trun" => {
                        *runs += 1;
                        table.samples
                    }
                    _ => 0,
                };
                self.is_overdrawn |= table.bytes > contents.len() as u64
                    || table.sample_bytes > file_bytes.saturating_mul(MAX_SAMPLES_PER_BYTE)
                    // A sample of a fragment has a byte at least.
                    || in_run > file_bytes.min(MAX_RUN_SAMPLES)
                    || *runs > MAX_RUNS
                    || self.samples > file_bytes.saturating_mul(MAX_SAMPLES_PER_BYTE);
            }
            if self.is_overdrawn {
                return;
            }
        }
    }
}

/// What one table claims.
#[derive(Default)]
struct Table {
    /// Bytes that its entries take.
    bytes: u64,
    samples: u64,
    /// Bytes of its samples where all have one size.
    sample_bytes: u64,
}

impl Table {
    fn read(kind: &[u8; 4], contents: &[u8]) -> Option<Self> {
        let entries = |at: usize, entry_bytes: u64| {
            let count = u64::from(u32_at(contents, at)?);
            Some(Self {
                bytes: at as u64 + 4 + count * entry_bytes,
                ..Self::default()
            })
        };
        match kind {
            b"stts" | b"ctts" | b"stsd" | b"dref" => entries(4, 8),
            b"stsc" => entries(4, 12),
            b"stss" | b"stco" => entries(4, 4),
            b"co64" => entries(4, 8),
            b"elst" => entries(4, if contents.first() == Some(&1) { 20 } else { 12 }),
            b"stsz" => {
                let (size, count) = (u32_at(contents, 4)?, u64::from(u32_at(contents, 8)?));
                Some(Self {
                    bytes: if size == 0 { 12 + 4 * count } else { 12 },
                    samples: count,
                    sample_bytes: count.saturating_mul(size.into()),
                })
            }
            b"trun" => {
                let flags = u32_at(contents, 0)? & 0xff_ffff;
                let count = u64::from(u32_at(contents, 4)?);
                let once = u64::from((flags & 0x5).count_ones());
                let each = u64::from((flags & 0xf00).count_ones());
                Some(Self {
                    bytes: 8 + 4 * once + 4 * each * count,
                    samples: count,
                    sample_bytes: 0,
                })
            }
            _ => None,
        }
    }
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_be_bytes(*bytes.get(at..)?.first_chunk()?))
}

fn read_as_much(file: &mut impl Read, buffer: &mut [u8]) -> io::Result<usize> {
    let mut known = 0;
    while known < buffer.len() {
        match file.read(&mut buffer[known..])? {
            0 => break,
            count => known += count,
        }
    }
    Ok(known)
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;

    fn boxed(kind: &[u8; 4], contents: &[u8]) -> Vec<u8> {
        let mut out = (contents.len() as u32 + 8).to_be_bytes().to_vec();
        out.extend(kind);
        out.extend(contents);
        out
    }

    fn words(words: &[u32]) -> Vec<u8> {
        words.iter().flat_map(|word| word.to_be_bytes()).collect()
    }

    fn claims_of(bytes: &[u8]) -> Claims {
        claims(&mut Cursor::new(bytes), bytes.len() as u64).unwrap()
    }

    /// A file whose fragment has this run, with room for a thousand samples.
    fn fragment(run: &[u32]) -> Vec<u8> {
        let traf = boxed(b"traf", &boxed(b"trun", &words(run)));
        [
            boxed(b"ftyp", b"isom"),
            boxed(b"moof", &traf),
            boxed(b"mdat", &[0; 1000]),
        ]
        .concat()
    }

    fn table(kind: &[u8; 4], contents: &[u32]) -> Vec<u8> {
        let stbl = boxed(b"stbl", &boxed(kind, &words(contents)));
        let trak = boxed(b"trak", &boxed(b"mdia", &boxed(b"minf", &stbl)));
        [boxed(b"ftyp", b"isom"), boxed(b"moov", &trak)].concat()
    }

    #[test]
    fn runs_that_no_file_can_hold_are_found() {
        for (run, fits) in [
            // Sizes of all samples: four bytes each.
            (vec![0x200, 2, 500, 500], true),
            (vec![0x200, 3, 500, 500], false),
            // None: they have the size of the track's header.
            (vec![0, 1000], true),
            (vec![0, 128 << 20], false),
            (vec![0, u32::MAX], false),
            (vec![0xf05, u32::MAX, 0, 0], false),
        ] {
            let found = claims_of(&fragment(&run));
            assert_eq!(found.is_overdrawn, !fits, "{run:x?}");
            assert_eq!(found.samples, u64::from(run[1]));
        }
    }

    #[test]
    fn tables_that_are_longer_than_their_box_are_found() {
        for kind in [
            b"stts", b"ctts", b"stsc", b"stss", b"stco", b"co64", b"elst",
        ] {
            assert!(claims_of(&table(kind, &[0, u32::MAX, 1])).is_overdrawn);
            assert!(!claims_of(&table(kind, &[0, 1, 1, 1, 1, 1, 1])).is_overdrawn);
        }
        assert!(claims_of(&table(b"stsz", &[0, 1, u32::MAX])).is_overdrawn);
        assert!(claims_of(&table(b"stsz", &[0, 0, 3, 9, 9])).is_overdrawn);
        assert!(!claims_of(&table(b"stsz", &[0, 0, 2, 9, 9])).is_overdrawn);
    }

    #[test]
    fn many_small_claims_add_up() {
        let run = boxed(b"trun", &words(&[0, 9000]));
        let bytes = [
            boxed(b"ftyp", b"isom"),
            boxed(b"moof", &boxed(b"traf", &run.repeat(600))),
        ]
        .concat();
        assert!(claims_of(&bytes).is_overdrawn);
    }

    #[test]
    fn deep_nests_and_other_files_are_no_trouble() {
        let nest = (0..60).fold(Vec::new(), |inner, _| boxed(b"moov", &inner));
        assert!(claims_of(&nest).is_overdrawn);
        for other in [
            &b""[..],
            b"RIFF\xff\xff\xff\xffWAVEfmt ",
            &[0; 3],
            &[0xff; 4000],
            &boxed(b"ftyp", b"isom")[..10],
        ] {
            assert_eq!(claims_of(other), Claims::default());
        }
    }
}
