//! Where a claim stands in a file: at its end, in MP4 a `uuid` box, in WAV a chunk, in PNG an `iTXt` before the last chunk. The bytes
//! before it are what it is about.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write as _};

use sha2::{Digest as _, Sha256};

use super::Signer;
use super::claim::{Statement, signed};

/// Longest claim that is read.
const MAX_CLAIM_BYTES: u64 = 64 << 10;
/// Chunks and boxes of a file that are looked at.
const MAX_PARTS: usize = 1_000_000;
/// Type of the box, a UUID of our own (version 4).
const BOX_UUID: [u8; 16] = [
    0x6a, 0x61, 0x6d, 0x66, 0x9d, 0x1e, 0x4c, 0x57, 0x8b, 0x30, 0x51, 0xf2, 0x0c, 0x77, 0xe4, 0x9a,
];
const WAV_CHUNK: &[u8; 4] = b"jamf";
/// Keyword of the text, uncompressed, in no language.
const PNG_TEXT: &[u8] = b"JAM-Flow claim\0\0\0\0\0";
const PNG_SIGNATURE: &[u8; 8] = b"\x89PNG\r\n\x1a\n";
/// The last chunk of a PNG, which is always the same.
const PNG_END: &[u8; 12] = b"\0\0\0\0IEND\xaeB`\x82";

/// Kinds of files that carry a claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Container {
    /// MP4 and M4A.
    Mp4,
    /// WAV.
    Wav,
    /// PNG.
    Png,
}

/// A claim as it was found.
pub(super) struct Found {
    /// Not yet checked.
    pub claim: Vec<u8>,
    /// SHA-256 of what it is about, hexadecimal.
    pub content_sha256: String,
    /// Whether the file ends with it as it was written.
    pub is_last: bool,
}

impl Container {
    /// The kind of a file by its first bytes.
    pub fn of(head: &[u8]) -> Option<Self> {
        if head.starts_with(PNG_SIGNATURE) {
            Some(Self::Png)
        } else if head.starts_with(b"RIFF") && head.get(8..12) == Some(b"WAVE") {
            Some(Self::Wav)
        } else if head.get(4..8) == Some(b"ftyp") {
            Some(Self::Mp4)
        } else {
            None
        }
    }

    /// Bytes behind a claim.
    fn end(self) -> &'static [u8] {
        match self {
            Self::Mp4 | Self::Wav => &[],
            Self::Png => PNG_END,
        }
    }

    /// Adds a signed claim to a file that has none.
    pub(super) fn attach(self, file: &mut File, comment: &str, signer: &Signer) -> io::Result<()> {
        // Claims of the same comment are equally long.
        let bytes = self
            .part(&signed(&Statement::new(comment, &hex(&[0; 32])), signer))
            .len();
        let mut at = file.seek(SeekFrom::End(-(self.end().len() as i64)))?;
        if self == Self::Wav {
            at += at % 2;
            let Ok(riff_bytes) = u32::try_from(at + bytes as u64 - 8) else {
                return Ok(());
            };
            file.set_len(at)?;
            file.seek(SeekFrom::Start(4))?;
            file.write_all(&riff_bytes.to_le_bytes())?;
        }
        let statement = Statement::new(comment, &content_sha256(file, at)?);
        let part = self.part(&signed(&statement, signer));
        debug_assert_eq!(part.len(), bytes);
        file.seek(SeekFrom::Start(at))?;
        file.write_all(&part)?;
        file.write_all(self.end())
    }

    /// A claim with what makes it a part of the file.
    fn part(self, claim: &[u8]) -> Vec<u8> {
        let mut part = Vec::new();
        match self {
            Self::Mp4 => {
                part.extend((8 + BOX_UUID.len() as u32 + claim.len() as u32).to_be_bytes());
                part.extend(b"uuid");
                part.extend(BOX_UUID);
                part.extend(claim);
            }
            Self::Wav => {
                part.extend(WAV_CHUNK);
                part.extend((claim.len() as u32).to_le_bytes());
                part.extend(claim);
                part.resize(part.len().next_multiple_of(2), 0);
            }
            Self::Png => {
                let text = [PNG_TEXT, claim].concat();
                part.extend((text.len() as u32).to_be_bytes());
                part.extend(b"iTXt");
                part.extend(&text);
                let sum = crc32(&part[4..]);
                part.extend(sum.to_be_bytes());
            }
        }
        part
    }

    /// The claim of a file, `None` if it has none.
    pub(super) fn find(self, file: &mut File) -> io::Result<Option<Found>> {
        let length = file.metadata()?.len();
        let mut at = match self {
            Self::Mp4 => 0,
            Self::Wav => 12,
            Self::Png => PNG_SIGNATURE.len() as u64,
        };
        for _ in 0..MAX_PARTS {
            let Some(part) = self.part_at(file, at, length)? else {
                break;
            };
            if part.is_claim && part.contents_bytes <= MAX_CLAIM_BYTES {
                let mut claim = vec![0; part.contents_bytes as usize];
                file.seek(SeekFrom::Start(part.contents))?;
                file.read_exact(&mut claim)?;
                let expected = [&self.part(&claim), self.end()].concat();
                let mut rest = Vec::new();
                file.seek(SeekFrom::Start(at))?;
                (&*file)
                    .take(expected.len() as u64 + 1)
                    .read_to_end(&mut rest)?;
                return Ok(Some(Found {
                    claim,
                    content_sha256: content_sha256(file, at)?,
                    is_last: rest == expected,
                }));
            }
            at = part.end;
        }
        Ok(None)
    }

    fn part_at(self, file: &mut File, at: u64, length: u64) -> io::Result<Option<Part>> {
        let mut head = Vec::new();
        file.seek(SeekFrom::Start(at.min(length)))?;
        (&*file).take(64).read_to_end(&mut head)?;
        let Some((first, second)) = head
            .split_first_chunk::<4>()
            .and_then(|(first, rest)| Some((*first, *rest.first_chunk::<4>()?)))
        else {
            return Ok(None);
        };
        let (header, contents_bytes, end) = match self {
            Self::Mp4 => {
                let (header, bytes) = match u32::from_be_bytes(first) {
                    0 => (8, length - at),
                    1 => {
                        let long = head.get(8..).and_then(|rest| rest.first_chunk());
                        (16, long.copied().map_or(0, u64::from_be_bytes))
                    }
                    bytes => (8, bytes.into()),
                };
                if bytes < header {
                    return Ok(None);
                }
                (header, bytes - header, at.checked_add(bytes))
            }
            Self::Wav => {
                let bytes = u64::from(u32::from_le_bytes(second));
                (8, bytes, at.checked_add(8 + bytes + bytes % 2))
            }
            Self::Png => {
                let bytes = u64::from(u32::from_be_bytes(first));
                (8, bytes, at.checked_add(12 + bytes))
            }
        };
        let Some(end) = end.filter(|&end| end <= length) else {
            return Ok(None);
        };
        let contents = head.get(header as usize..).unwrap_or_default();
        let (is_claim, front) = match self {
            Self::Mp4 => (
                &second == b"uuid" && contents.starts_with(&BOX_UUID),
                BOX_UUID.len(),
            ),
            Self::Wav => (&first == WAV_CHUNK, 0),
            Self::Png => (
                &second == b"iTXt" && contents.starts_with(PNG_TEXT),
                PNG_TEXT.len(),
            ),
        };
        Ok(Some(Part {
            is_claim,
            contents: at + header + front as u64,
            contents_bytes: contents_bytes.saturating_sub(front as u64),
            end,
        }))
    }
}

/// A box or chunk.
struct Part {
    is_claim: bool,
    /// Where its contents begin; those of a claim without what makes it one.
    contents: u64,
    contents_bytes: u64,
    end: u64,
}

/// SHA-256 of the first bytes of a file, hexadecimal.
fn content_sha256(file: &mut File, bytes: u64) -> io::Result<String> {
    file.rewind()?;
    let mut content = (&*file).take(bytes);
    let mut sum = Sha256::new();
    let mut buffer = vec![0; 1 << 20];
    loop {
        match content.read(&mut buffer)? {
            0 => break,
            count => sum.update(&buffer[..count]),
        }
    }
    Ok(hex(&sum.finalize()))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The checksum of PNG (ISO/IEC 15948, annex D).
fn crc32(bytes: &[u8]) -> u32 {
    let sum = bytes.iter().fold(u32::MAX, |sum, &byte| {
        (0..8).fold(sum ^ u32::from(byte), |sum, _| {
            (sum >> 1) ^ if sum & 1 == 1 { 0xedb8_8320 } else { 0 }
        })
    });
    !sum
}
