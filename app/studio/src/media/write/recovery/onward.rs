//! A reader that ends whoever goes round in circles.

use std::io::{self, Read, Seek, SeekFrom};

/// What may be read more than once.
const MAX_REPEATED_BYTES: u64 = 1 << 20;

/// Reads on, and back for [`MAX_REPEATED_BYTES`] in all: a box that says it has no bytes sends its reader back to its own start, for ever.
pub(super) struct Onward<R> {
    inner: R,
    at: u64,
    farthest: u64,
    repeated_bytes: u64,
}

impl<R: Read + Seek> Onward<R> {
    /// From the start of `inner`.
    pub fn new(mut inner: R) -> io::Result<Self> {
        inner.rewind()?;
        Ok(Self {
            inner,
            at: 0,
            farthest: 0,
            repeated_bytes: 0,
        })
    }
}

impl<R: Read> Read for Onward<R> {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(bytes)?;
        let read = count as u64;
        self.repeated_bytes += read.min(self.farthest.saturating_sub(self.at));
        self.at += read;
        self.farthest = self.farthest.max(self.at);
        if self.repeated_bytes > MAX_REPEATED_BYTES {
            return Err(io::ErrorKind::InvalidData.into());
        }
        Ok(count)
    }
}

impl<R: Seek> Seek for Onward<R> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.at = self.inner.seek(to)?;
        Ok(self.at)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;

    #[test]
    fn what_is_read_once_is_what_is_there() {
        let bytes: Vec<u8> = (0..=255).cycle().take(3 << 20).collect();
        let mut read = Vec::new();
        let mut onward = Onward::new(Cursor::new(&bytes)).unwrap();
        onward.read_to_end(&mut read).unwrap();
        assert_eq!(read, bytes);
        // Back for a little.
        onward.seek(SeekFrom::Start(1000)).unwrap();
        let mut again = [0; 1000];
        onward.read_exact(&mut again).unwrap();
        assert_eq!(again, bytes[1000..2000]);
    }

    #[test]
    fn a_box_without_bytes_ends_the_reading() {
        let mut film = Vec::new();
        film.extend(16_u32.to_be_bytes());
        film.extend(b"ftypisom\0\0\0\0");
        film.extend(64_u32.to_be_bytes());
        film.extend(b"moov");
        film.extend(0_u32.to_be_bytes());
        film.extend(b"free");
        film.resize(80, 0);
        let onward = Onward::new(Cursor::new(&film)).unwrap();
        assert!(re_mp4::Mp4::read(onward, film.len() as u64).is_err());
    }
}
