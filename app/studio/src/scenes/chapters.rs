//! Chapters: where titled scenes begin.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;

use anyhow::Context as _;
use engine::atomic_file::write_atomically;

use crate::texts::text;

pub use crate::media::write::Chapter;

/// Chapters as video platforms read them out of a description: "0:00 Title", a line each. The first one begins at 0:00, as they ask.
pub fn listed(chapters: &[Chapter]) -> String {
    let is_long = chapters
        .last()
        .is_some_and(|last| last.start_secs >= 3600.0);
    let mut out = String::new();
    for (index, chapter) in chapters.iter().enumerate() {
        let secs = match index {
            0 => 0,
            _ => chapter.start_secs.max(0.0) as u64,
        };
        let (h, m, s) = (secs / 3600, secs / 60 % 60, secs % 60);
        // One line, whatever the title is.
        let title = chapter
            .title
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" ");
        let _ = match is_long {
            true => writeln!(out, "{h}:{m:02}:{s:02} {title}"),
            false => writeln!(out, "{m}:{s:02} {title}"),
        };
    }
    out
}

/// Writes [`listed`] chapters. The file appears whole or not at all.
///
/// # Errors
/// If the file cannot be written.
pub fn write(path: &Path, chapters: &[Chapter]) -> anyhow::Result<()> {
    let text = listed(chapters);
    write_atomically(path, |file| file.write_all(text.as_bytes()))
        .with_context(|| text!("chapters-unwritable", path = path.display().to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chapters(all: &[(f64, &str)]) -> String {
        let chapters: Vec<Chapter> = all
            .iter()
            .map(|&(start_secs, title)| Chapter {
                start_secs,
                title: title.to_owned(),
            })
            .collect();
        listed(&chapters)
    }

    #[test]
    fn times_are_as_short_as_they_can_be() {
        assert_eq!(
            chapters(&[(0.4, "Hello"), (59.9, "Two\n lines"), (61.0, "b")]),
            "0:00 Hello\n0:59 Two lines\n1:01 b\n"
        );
        assert_eq!(
            chapters(&[(0.0, "a"), (3725.0, "b")]),
            "0:00:00 a\n1:02:05 b\n"
        );
        assert_eq!(chapters(&[]), "");
    }
}
