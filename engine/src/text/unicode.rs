//! One form for letters that Unicode can write in several ways.

use std::ops::Range;

use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

use super::normalize::is_speakable;

/// The places of `text` (in bytes) that are to be written in another way, in order, each with how.
///
/// Letters with their accents behind them, as macOS writes file names, become one character (NFC). Letters of another style
/// (bold, in circles, full-width) become plain ones (NFKC) if they could not be read otherwise: signs such as "½" have readings
/// of their own.
pub(super) fn refolded(text: &str) -> Vec<(Range<usize>, String)> {
    let mut changes = Vec::new();
    if text.is_ascii() {
        return changes;
    }
    let mut chars = text.char_indices().peekable();
    while let Some((start, c)) = chars.next() {
        let mut end = start + c.len_utf8();
        while let Some((at, mark)) = chars.next_if(|&(_, next)| is_combining_mark(next)) {
            end = at + mark.len_utf8();
        }
        let written = &text[start..end];
        let has_marks = end > start + c.len_utf8();
        let mut meant: String = match has_marks {
            true => written.nfc().collect(),
            false => written.to_owned(),
        };
        if !meant.chars().all(is_speakable) {
            let plain: String = written.nfkc().collect();
            if plain.chars().all(is_speakable) && !plain.trim().is_empty() {
                meant = plain;
            }
        }
        if meant != written {
            changes.push((start..end, meant));
        }
    }
    changes
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(text: &str) -> String {
        let mut out = text.to_owned();
        for (place, meant) in refolded(text).into_iter().rev() {
            out.replace_range(place, &meant);
        }
        out
    }

    #[test]
    fn letters_get_their_common_form() {
        for (written, meant) in [
            ("cafe\u{301} Beyonce\u{301}", "café Beyoncé"),
            ("a\u{30a}ngstro\u{308}m", "ångström"),
            ("𝐰𝐨𝐫𝐥𝐝 𝓞𝓷 𝟙𝟚", "world On 12"),
            ("ⓕⓤⓛⓛ ℕ Ⅳ ㎏", "full N IV kg"),
            // These have readings of their own, or none at all.
            ("½ ² ℃ № … “x” 5′ 你好 😀", "½ ² ℃ № … “x” 5′ 你好 😀"),
        ] {
            assert_eq!(plain(written), meant);
        }
    }
}
