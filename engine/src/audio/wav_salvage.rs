//! WAV files whose remarks are broken, as some editors leave them: the sound in them is whole and can be taken out alone.

use std::fs::File;
use std::io::{Cursor, Read, Result, Seek, SeekFrom};
use std::path::Path;

/// Longest format chunk that is believed.
const MAX_FORMAT_BYTES: u32 = 256;
/// Chunks are looked at no further than this; sound comes long before.
const MAX_CHUNKS: usize = 64;

/// The file without anything but its format and its sound, as a stream; `None` if it is no WAV or lacks one of them.
pub fn sound_alone(path: &Path) -> Result<Option<impl Read + Send + Sync + 'static>> {
    let mut file = File::open(path)?;
    let file_bytes = file.metadata()?.len();
    let mut head = [0; 12];
    if file.read_exact(&mut head).is_err() || &head[..4] != b"RIFF" || &head[8..] != b"WAVE" {
        return Ok(None);
    }
    let mut format = None;
    for _ in 0..MAX_CHUNKS {
        let mut chunk = [0; 8];
        if file.read_exact(&mut chunk).is_err() {
            return Ok(None);
        }
        let length = u32::from_le_bytes([chunk[4], chunk[5], chunk[6], chunk[7]]);
        match (&chunk[..4], &format) {
            (b"fmt ", _) if length <= MAX_FORMAT_BYTES => {
                let mut bytes = vec![0; length as usize];
                file.read_exact(&mut bytes)?;
                file.seek_relative(i64::from(length % 2))?;
                format = Some(bytes);
            }
            (b"data", Some(format)) => {
                // A writer that was cut off has announced more than there is.
                let here = file.stream_position()?;
                let length = u64::from(length).min(file_bytes - here);
                let header = wav_header(format, length as u32);
                return Ok(Some(Cursor::new(header).chain(file.take(length))));
            }
            _ => {
                file.seek(SeekFrom::Current(i64::from(length) + i64::from(length % 2)))?;
            }
        }
    }
    Ok(None)
}

fn wav_header(format: &[u8], data_bytes: u32) -> Vec<u8> {
    let mut header = b"RIFF".to_vec();
    let rest = data_bytes.saturating_add(20 + format.len() as u32);
    header.extend(rest.to_le_bytes());
    header.extend(b"WAVEfmt ");
    header.extend((format.len() as u32).to_le_bytes());
    header.extend(format);
    header.extend(b"data");
    header.extend(data_bytes.to_le_bytes());
    header
}
