//! What the fuzz targets share: files in memory, and checksums made right so that a parser looks behind them.

pub mod seeds;

use std::path::Path;

/// Writes the bytes into a file of this name and hands its path on. The folder is gone afterwards.
pub fn with_file(name: &str, bytes: &[u8], read: impl FnOnce(&Path)) {
    let memory = Path::new("/dev/shm");
    let folder = if memory.is_dir() {
        tempfile::tempdir_in(memory)
    } else {
        tempfile::tempdir()
    };
    let folder = folder.expect("a folder for temporary files");
    let path = folder.path().join(name);
    std::fs::write(&path, bytes).expect("room for a temporary file");
    read(&path);
}

/// Panics that the program itself catches are no findings if they come from decoders of others. Those of our own code, and those that
/// it does not catch, end the fuzzer.
pub fn expect_caught_panics() {
    let report = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        let is_foreign = panic.location().is_some_and(|place| {
            place.file().contains("/registry/src/") || place.file().starts_with("/rustc/")
        });
        if !is_foreign {
            report(panic);
        }
    }));
}

/// The same bytes with right checksums, if they are a PNG or an Ogg.
pub fn with_checksums(bytes: &[u8]) -> Vec<u8> {
    let mut fixed = bytes.to_vec();
    if bytes.starts_with(b"\x89PNG\r\n\x1a\n") {
        fix_png(&mut fixed);
    } else if bytes.starts_with(b"OggS") {
        fix_ogg(&mut fixed);
    }
    fixed
}

fn fix_png(bytes: &mut [u8]) {
    let mut at = 8;
    while let Some(length) = bytes.get(at..at + 4) {
        let length = u32::from_be_bytes([length[0], length[1], length[2], length[3]]) as usize;
        let Some(end) = at
            .checked_add(8 + length)
            .filter(|end| end + 4 <= bytes.len())
        else {
            return;
        };
        let sum = bytes[at + 4..end].iter().fold(u32::MAX, |sum, &byte| {
            (0..8).fold(sum ^ u32::from(byte), |sum, _| {
                (sum >> 1) ^ if sum & 1 == 1 { 0xedb8_8320 } else { 0 }
            })
        });
        bytes[end..end + 4].copy_from_slice(&(!sum).to_be_bytes());
        at = end + 4;
    }
}

fn fix_ogg(bytes: &mut [u8]) {
    let mut at = 0;
    while bytes.get(at..at + 4) == Some(b"OggS") {
        let Some(&segments) = bytes.get(at + 26) else {
            return;
        };
        let Some(table) = bytes.get(at + 27..at + 27 + usize::from(segments)) else {
            return;
        };
        let length: usize = table.iter().map(|&bytes| usize::from(bytes)).sum();
        let end = at + 27 + usize::from(segments) + length;
        let Some(page) = bytes.get_mut(at..end) else {
            return;
        };
        page[22..26].fill(0);
        let sum = page.iter().fold(0_u32, |sum, &byte| {
            (0..8).fold(sum ^ u32::from(byte) << 24, |sum, _| {
                (sum << 1) ^ if sum >> 31 == 1 { 0x04c1_1db7 } else { 0 }
            })
        });
        page[22..26].copy_from_slice(&sum.to_le_bytes());
        at = end;
    }
}
