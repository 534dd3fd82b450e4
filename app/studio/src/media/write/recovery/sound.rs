//! WAV files that were cut off: the samples are there, and the lengths in front of them are those of a file without any.

use std::fs::File;
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};

use engine::audio::SAMPLE_RATE_HZ;

/// The remarks and the format stand in front; what is longer is none of ours.
const MAX_HEADER_BYTES: u64 = 64 << 10;
const SAMPLE_BYTES: u64 = 2;
const CHUNK_HEADER_BYTES: u64 = 8;

/// Writes the lengths into a WAV of ours and returns how long it is, seconds; `None`, with the file as it was, if there is no sample in
/// it or it is something else.
pub(super) fn finish(file: &mut File) -> io::Result<Option<f64>> {
    let length = file.metadata()?.len();
    let Some(data) = data_of(file)? else {
        return Ok(None);
    };
    let samples = length.saturating_sub(data) / SAMPLE_BYTES;
    let Ok(end) = u32::try_from(data + samples * SAMPLE_BYTES) else {
        return Ok(None);
    };
    if samples == 0 {
        return Ok(None);
    }
    file.set_len(end.into())?;
    file.seek(SeekFrom::Start(4))?;
    file.write_all(&(end - CHUNK_HEADER_BYTES as u32).to_le_bytes())?;
    file.seek(SeekFrom::Start(data - 4))?;
    file.write_all(&(end - data as u32).to_le_bytes())?;
    file.sync_all()?;
    Ok(Some(samples as f64 / f64::from(SAMPLE_RATE_HZ)))
}

/// What a WAV of ours says about itself.
pub(super) fn comment(file: &mut File) -> io::Result<Option<String>> {
    let header = header(file)?;
    let at = header.windows(4).position(|part| part == b"ICMT");
    Ok(at.and_then(|at| {
        let length = header.get(at + 4..)?.first_chunk::<4>()?;
        let text = header
            .get(at + 8..)?
            .get(..u32::from_le_bytes(*length) as usize)?;
        let text = String::from_utf8_lossy(text);
        Some(text.trim_end_matches('\0').to_owned())
    }))
}

/// Where the samples begin.
fn data_of(file: &mut File) -> io::Result<Option<u64>> {
    let header = header(file)?;
    if !header.starts_with(b"RIFF") || header.get(8..12) != Some(b"WAVE") {
        return Ok(None);
    }
    let mut at = 12;
    while let Some(chunk) = header.get(at..).and_then(|rest| rest.first_chunk::<8>()) {
        let (kind, bytes) = chunk.split_at(4);
        if kind == b"data" {
            return Ok(Some(at as u64 + CHUNK_HEADER_BYTES));
        }
        let bytes = u32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]) as usize;
        at += CHUNK_HEADER_BYTES as usize + bytes.next_multiple_of(2).min(header.len());
    }
    Ok(None)
}

fn header(file: &mut File) -> io::Result<Vec<u8>> {
    file.rewind()?;
    let mut header = Vec::new();
    (&*file).take(MAX_HEADER_BYTES).read_to_end(&mut header)?;
    Ok(header)
}
