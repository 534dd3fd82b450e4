//! What people call a file of sound that cannot be decoded here, by its first bytes.

use std::path::Path;

/// Bytes at the beginning by which formats are recognised.
pub(super) const HEAD_BYTES: usize = 64;

/// The usual name of the format; of formats without a mark by the file's ending. `None` if nobody knows.
pub(super) fn format_name(head: &[u8], path: &Path) -> Option<&'static str> {
    const ASF: [u8; 4] = [0x30, 0x26, 0xb2, 0x75];
    let wav_tag = || {
        let at = head.windows(4).position(|four| four == b"fmt ")? + 8;
        Some(u16::from_le_bytes([*head.get(at)?, *head.get(at + 1)?]))
    };
    if head.starts_with(&ASF) {
        return Some("Windows Media (WMA)");
    }
    if head.starts_with(b"RIFF") && head.get(8..12) == Some(b"WAVE") {
        return match wav_tag() {
            Some(0x31) => Some("WAV with GSM 6.10"),
            Some(0x55) => Some("WAV with MP3"),
            Some(0x160..=0x163) => Some("WAV with Windows Media"),
            Some(0x2000) => Some("WAV with Dolby Digital"),
            _ => None,
        };
    }
    for (mark, name) in [
        (b".snd".as_slice(), "AU"),
        (b"caff", "CAF"),
        (b"#!AMR", "AMR"),
        (b".RMF", "RealMedia"),
        (b".ra\xfd", "RealAudio"),
        (b"MThd", "MIDI"),
        (b"MAC ", "Monkey's Audio (APE)"),
        (b"wvpk", "WavPack"),
        (b"TTA1", "True Audio"),
        (b"MPCK", "Musepack"),
        (b"MP+", "Musepack"),
        (b"DSD ", "DSD"),
        (b"\x0b\x77", "Dolby Digital"),
        (b"8SVX", "8SVX"),
    ] {
        if head.starts_with(mark) {
            return Some(name);
        }
    }
    let extension = path.extension()?.to_str()?.to_ascii_lowercase();
    Some(match extension.as_str() {
        "gsm" => "GSM",
        "wma" => "Windows Media (WMA)",
        "au" | "snd" => "AU",
        "caf" => "CAF",
        "amr" => "AMR",
        "ac3" => "Dolby Digital",
        "ape" => "Monkey's Audio (APE)",
        "wv" => "WavPack",
        "mid" | "midi" => "MIDI",
        "spx" => "Speex",
        "vox" => "VOX",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_are_named_by_content_before_their_ending() {
        let name = |head: &[u8], path: &str| format_name(head, Path::new(path));
        assert_eq!(name(b".snd\0\0\0\x18", "a.gsm"), Some("AU"));
        assert_eq!(
            name(b"\x30\x26\xb2\x75\x8e\x66", "a.mp3"),
            Some("Windows Media (WMA)")
        );
        assert_eq!(
            name(b"RIFF\x24\0\0\0WAVEfmt \x14\0\0\0\x31\0\x01\0", "a.wav"),
            Some("WAV with GSM 6.10")
        );
        assert_eq!(name(b"\xd0\xd1", "a.GSM"), Some("GSM"));
        assert_eq!(name(b"RIFF\x24\0\0\0WAVEfmt ", "a.wav"), None);
        assert_eq!(name(b"", "a"), None);
    }
}
