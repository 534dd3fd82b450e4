//! Which files the program reads: one table for the command line, the file dialogs and dropped files.
//!
//! A name only says what a file is meant as; whether it can be read is found out by its content.

use std::path::Path;

use crate::output_path::extension;

/// What a file can be used as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// A picture of faces.
    Portrait,
    /// Speech: a sound file, or the sound of a video.
    Audio,
    /// A video whose pictures are used: of a face that moves the portrait, of what is behind it, or a clip that is watched.
    Video,
    /// Motion that moves the portrait.
    Motion,
    /// Words.
    Text,
}

/// A file format.
#[derive(Clone, Copy, Debug)]
pub struct Format {
    /// What people call it.
    pub name: &'static str,
    /// How the names of its files end, in small letters; the usual one first.
    pub extensions: &'static [&'static str],
    /// What its files can be used as.
    pub roles: &'static [Role],
}

/// Every format that is read.
pub const FORMATS: [Format; 27] = [
    of("PNG", &["png"], &[Role::Portrait]),
    of("JPEG", &["jpg", "jpeg"], &[Role::Portrait]),
    of("WebP", &["webp"], &[Role::Portrait]),
    of("BMP", &["bmp"], &[Role::Portrait]),
    of("TIFF", &["tif", "tiff"], &[Role::Portrait]),
    of("AVIF", &["avif"], &[Role::Portrait]),
    of("WAV", &["wav"], &[Role::Audio]),
    of("MP3", &["mp3"], &[Role::Audio]),
    of("FLAC", &["flac"], &[Role::Audio]),
    of("Ogg", &["ogg", "oga"], &[Role::Audio]),
    of("Opus", &["opus"], &[Role::Audio]),
    of("AIFF", &["aiff", "aif"], &[Role::Audio]),
    of("CAF", &["caf"], &[Role::Audio]),
    of("M4A", &["m4a"], &[Role::Audio]),
    of("AAC", &["aac"], &[Role::Audio]),
    // Where ffmpeg is installed.
    of("WMA", &["wma"], &[Role::Audio]),
    of("AU", &["au"], &[Role::Audio]),
    of("GSM", &["gsm"], &[Role::Audio]),
    of("MP4", &["mp4", "m4v"], &[Role::Audio, Role::Video]),
    of("MOV", &["mov"], &[Role::Audio, Role::Video]),
    of("MKV", &["mkv"], &[Role::Audio, Role::Video]),
    of("WebM", &["webm"], &[Role::Audio, Role::Video]),
    of("AVI", &["avi"], &[Role::Video]),
    of("MPEG", &["mpg", "mpeg"], &[Role::Video]),
    of("GIF", &["gif"], &[Role::Portrait, Role::Video]),
    of("motion", &["json", "safetensors"], &[Role::Motion]),
    of("text", &["txt", "md", "text"], &[Role::Text]),
];

const fn of(
    name: &'static str,
    extensions: &'static [&'static str],
    roles: &'static [Role],
) -> Format {
    Format {
        name,
        extensions,
        roles,
    }
}

/// The formats that can be used as one of `roles`, in the order of the table.
pub fn formats(roles: &[Role]) -> impl Iterator<Item = &'static Format> {
    FORMATS
        .iter()
        .filter(move |format| format.roles.iter().any(|role| roles.contains(role)))
}

/// How the names of files end that can be used as one of `roles`.
pub fn extensions(roles: &[Role]) -> Vec<&'static str> {
    formats(roles)
        .flat_map(|format| format.extensions)
        .copied()
        .collect()
}

/// The names of the formats that can be used as `role`, for a message: "PNG, JPEG, WebP, BMP".
pub fn names(role: Role) -> String {
    let names: Vec<&str> = formats(&[role]).map(|format| format.name).collect();
    names.join(", ")
}

/// Whether a file's name says that it can be used as `role`.
pub fn is_a(path: &Path, role: Role) -> bool {
    extensions(&[role]).contains(&extension(path).as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_known_by_their_extension() {
        assert!(is_a(Path::new("a/Face.JPG"), Role::Portrait));
        assert!(is_a(Path::new("a.aif"), Role::Audio) && is_a(Path::new("a.MOV"), Role::Audio));
        assert!(!is_a(Path::new("a.gif"), Role::Audio));
        assert!(!is_a(Path::new("a/face.txt"), Role::Portrait));
        assert!(!is_a(Path::new("png"), Role::Portrait));
    }

    #[test]
    fn an_extension_belongs_to_one_format() {
        let mut all: Vec<&str> = FORMATS
            .iter()
            .flat_map(|format| format.extensions)
            .copied()
            .collect();
        assert!(
            all.iter()
                .all(|extension| **extension == extension.to_ascii_lowercase())
        );
        let count = all.len();
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), count);
    }

    #[test]
    fn motion_files_are_those_that_are_read() {
        assert_eq!(
            extensions(&[Role::Motion]),
            engine::motion::motion_file::EXTENSIONS
        );
    }
}
