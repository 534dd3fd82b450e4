//! Text files as people have them: UTF-8, UTF-16 as Windows programs save it, or the Western code page of older programs.

use std::io::Read as _;
use std::path::Path;

use anyhow::Context as _;
use encoding_rs::{Encoding, UTF_16BE, UTF_16LE, WINDOWS_1252};

use crate::texts::text;

/// The path that stands for standard input.
pub const STANDARD_INPUT: &str = "-";

/// Bytes at the start of a file by which UTF-16 without a byte order mark is recognised.
const PROBE_BYTES: usize = 4096;

/// Reads a text file of at most `max_bytes`, or standard input for the path "-". `what` names it in messages: "the text".
///
/// # Errors
/// A line for the user if it cannot be read, is longer, or is no text.
pub fn read(path: &Path, what: &str, max_bytes: u64) -> anyhow::Result<String> {
    let unreadable = || {
        text!(
            "text-file-unreadable",
            what = what,
            path = path.display().to_string()
        )
    };
    let mut bytes = Vec::new();
    if path == Path::new(STANDARD_INPUT) {
        let limited = std::io::stdin().lock().take(max_bytes + 1);
        { limited }
            .read_to_end(&mut bytes)
            .with_context(unreadable)?;
    } else {
        // The size may be unknown (a pipe), so the limit holds while reading, too.
        let file = std::fs::File::open(path).with_context(unreadable)?;
        file.take(max_bytes + 1)
            .read_to_end(&mut bytes)
            .with_context(unreadable)?;
    }
    anyhow::ensure!(
        bytes.len() as u64 <= max_bytes,
        text!(
            "text-file-too-large",
            what = what,
            max_kb = max_bytes / 1000,
            path = path.display().to_string()
        )
    );
    decode(&bytes).with_context(|| {
        text!(
            "text-file-not-text",
            what = what,
            path = path.display().to_string()
        )
    })
}

/// The text of a file's bytes without its byte order mark; `None` if they are no text.
///
/// A byte order mark decides. Without one, UTF-16 shows in its zero bytes; what is not UTF-8 then is taken for Windows-1252,
/// which nearly all old English texts are in.
pub fn decode(bytes: &[u8]) -> Option<String> {
    if let Some((encoding, mark_bytes)) = Encoding::for_bom(bytes) {
        return decode_as(encoding, &bytes[mark_bytes..]);
    }
    if let Some(encoding) = unmarked_utf_16(bytes) {
        return decode_as(encoding, bytes);
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => Some(text.to_owned()).filter(|text| is_text(text)),
        Err(_) => decode_as(WINDOWS_1252, bytes),
    }
}

fn decode_as(encoding: &'static Encoding, bytes: &[u8]) -> Option<String> {
    let text = encoding.decode_without_bom_handling_and_without_replacement(bytes)?;
    Some(text.into_owned()).filter(|text| is_text(text))
}

/// UTF-16 of a mostly Latin text has a zero in every other byte, and hardly one in the others.
fn unmarked_utf_16(bytes: &[u8]) -> Option<&'static Encoding> {
    if bytes.len() < 2 || !bytes.len().is_multiple_of(2) {
        return None;
    }
    let probe = &bytes[..bytes.len().min(PROBE_BYTES)];
    let pairs = probe.len() / 2;
    let zeros = |first: usize| {
        let every_other = probe.iter().skip(first).step_by(2);
        every_other.filter(|&&byte| byte == 0).count()
    };
    let (high_first, low_first) = (zeros(0), zeros(1));
    if 2 * low_first > pairs && high_first == 0 {
        Some(UTF_16LE)
    } else if 2 * high_first > pairs && low_first == 0 {
        Some(UTF_16BE)
    } else {
        None
    }
}

/// Whether there are no control characters in it that only other files have. Old editors end a text with Ctrl-Z.
fn is_text(text: &str) -> bool {
    text.trim_end_matches(['\u{1a}', '\0'])
        .chars()
        .all(|c| !c.is_control() || matches!(c, '\t' | '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{85}'))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "It’s “naïve” at the café – £5.\r\nSecond line.\n";

    fn utf_16(text: &str, to_bytes: fn(u16) -> [u8; 2], mark: bool) -> Vec<u8> {
        let mark = mark.then_some(0xfeff);
        mark.into_iter()
            .chain(text.encode_utf16())
            .flat_map(to_bytes)
            .collect()
    }

    #[test]
    fn every_common_encoding_gives_the_same_text() {
        let (windows, _, lossy) = WINDOWS_1252.encode(TEXT);
        assert!(!lossy);
        let marked = ["\u{feff}", TEXT].concat();
        for (name, bytes) in [
            ("UTF-8", TEXT.as_bytes().to_vec()),
            ("UTF-8 with a mark", marked.into_bytes()),
            ("UTF-16 LE", utf_16(TEXT, u16::to_le_bytes, true)),
            ("UTF-16 BE", utf_16(TEXT, u16::to_be_bytes, true)),
            ("UTF-16 LE, unmarked", utf_16(TEXT, u16::to_le_bytes, false)),
            ("UTF-16 BE, unmarked", utf_16(TEXT, u16::to_be_bytes, false)),
            ("Windows-1252", windows.into_owned()),
        ] {
            assert_eq!(decode(&bytes).as_deref(), Some(TEXT), "{name}");
        }
        assert_eq!(decode(b"").as_deref(), Some(""));
        assert_eq!(decode("日本語".as_bytes()).as_deref(), Some("日本語"));
    }

    #[test]
    fn what_is_no_text_is_refused() {
        let jpeg = include_bytes!("../../../assets/portraits/nora.jpg");
        assert_eq!(decode(jpeg), None);
        assert_eq!(decode(b"RIFF\x24\0\0\0WAVEfmt \x10\0\0\0"), None);
        // Half a pair of surrogates.
        assert_eq!(decode(b"\xff\xfe\x00\xd8a\0"), None);
    }

    #[test]
    fn the_limit_holds() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.txt");
        std::fs::write(&path, "Hello there.").unwrap();
        assert_eq!(read(&path, "the text", 12).unwrap(), "Hello there.");
        let refused = read(&path, "the text", 11).unwrap_err().to_string();
        assert!(refused.contains("a.txt"), "{refused}");
    }
}
