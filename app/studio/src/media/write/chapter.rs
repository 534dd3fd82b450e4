//! Chapters in an MP4, as Nero wrote them first and ffmpeg, VLC and mpv read them: `udta/chpl`.

use super::film_index::make_box;

/// A number of one byte says how many there are.
const MAX_CHAPTERS: usize = 255;
/// A number of one byte says how long a title is.
const MAX_TITLE_BYTES: usize = 255;
/// Units of time in a second.
const UNITS_PER_SECOND: f64 = 1e7;

/// A part of a film with a title.
#[derive(Clone, Debug, PartialEq)]
pub struct Chapter {
    /// Where it begins.
    pub start_secs: f64,
    /// What it is called.
    pub title: String,
}

/// The box with the first 255 chapters; nothing without any.
pub(super) fn chapter_box(chapters: &[Chapter]) -> Vec<u8> {
    let count = chapters.len().min(MAX_CHAPTERS);
    if count == 0 {
        return Vec::new();
    }
    make_box(b"chpl", |out| {
        // Version 1, no flags; 32 bits that nobody reads.
        out.extend([1, 0, 0, 0, 0, 0, 0, 0]);
        out.push(count as u8);
        for chapter in &chapters[..count] {
            let units = (chapter.start_secs.max(0.0) * UNITS_PER_SECOND).round() as u64;
            let title = cut(&chapter.title);
            out.extend(units.to_be_bytes());
            out.push(title.len() as u8);
            out.extend(title.as_bytes());
        }
    })
}

/// As much of a title as there is room for, in whole letters.
fn cut(title: &str) -> &str {
    &title[..title.floor_char_boundary(MAX_TITLE_BYTES)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_and_times_stand_in_the_box() {
        let chapter = |start_secs: f64, title: &str| Chapter {
            start_secs,
            title: title.to_owned(),
        };
        let made = chapter_box(&[chapter(0.0, "a"), chapter(2.5, "zwölf")]);
        assert_eq!(made[4..8], *b"chpl");
        assert_eq!(made[16], 2);
        assert_eq!(made[17..27], [0, 0, 0, 0, 0, 0, 0, 0, 1, b'a']);
        assert_eq!(made[27..35], 25_000_000_u64.to_be_bytes());
        assert_eq!(made[36..], *"zwölf".as_bytes());
        assert_eq!(made.len(), made[3] as usize);
        assert!(chapter_box(&[]).is_empty());
        let many = vec![chapter(0.0, &"ö".repeat(200)); 300];
        assert_eq!(chapter_box(&many).len(), 17 + 255 * (9 + 254));
    }
}
