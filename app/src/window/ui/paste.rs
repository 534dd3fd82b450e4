//! What is pasted: a picture or files as if they were dropped, words into the script unless they are typed into a field.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use egui::Event;
use percent_encoding::percent_decode_str;

use crate::window::state::{Action, State};
use studio::media::formats::{Role, is_a};
use studio::output_path::extension;

/// What some file managers put before the files.
const MARKS: [&str; 3] = ["x-special/nautilus-clipboard", "copy", "cut"];

pub(super) fn read(state: &State, context: &egui::Context, actions: &mut Vec<Action>) {
    let is_typing = context.text_edit_focused() || state.page.is_some();
    context.input_mut(|input| {
        input.events.retain(|event| match event {
            Event::PasteImage(image) => {
                actions.push(Action::PasteImage(Arc::clone(image)));
                false
            }
            Event::Paste(text) => match copied_files(text) {
                Some(files) => {
                    actions.extend(files.into_iter().map(|file| state.use_of(file)));
                    false
                }
                None if is_typing => true,
                None => {
                    actions.push(Action::PasteText(text.clone()));
                    false
                }
            },
            _ => true,
        });
    });
}

/// The files that a text names, a line each: as addresses or whole paths, of kinds that are opened. None of any other text.
fn copied_files(text: &str) -> Option<Vec<PathBuf>> {
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let files: Option<Vec<PathBuf>> = lines
        .skip_while(|line| MARKS.contains(line))
        .map(file_of)
        .collect();
    files.filter(|files| !files.is_empty())
}

fn file_of(line: &str) -> Option<PathBuf> {
    let line = line.trim_matches('"');
    let path = match line.strip_prefix("file://") {
        Some(address) => {
            let path = address.strip_prefix("localhost").unwrap_or(address);
            // A drive has no root before it.
            let path = match path.as_bytes() {
                [b'/', drive, b':', ..] if drive.is_ascii_alphabetic() => &path[1..],
                _ => path,
            };
            PathBuf::from(percent_decode_str(path).decode_utf8().ok()?.into_owned())
        }
        None => PathBuf::from(line),
    };
    (path.is_absolute() && is_opened(&path)).then_some(path)
}

fn is_opened(path: &Path) -> bool {
    let roles = [Role::Portrait, Role::Audio, Role::Video, Role::Text];
    extension(path) == "toml" || roles.into_iter().any(|role| is_a(path, role))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn copied_files_are_told_from_words() {
        let files = |text: &str| copied_files(text).unwrap_or_default();
        for text in [
            "/home/me/my face.PNG",
            "file:///home/me/my%20face.PNG",
            "file://localhost/home/me/my%20face.PNG\r\n",
            "x-special/nautilus-clipboard\ncopy\nfile:///home/me/my%20face.PNG\n",
            "\"/home/me/my face.PNG\"",
        ] {
            let expected = [PathBuf::from("/home/me/my face.PNG")];
            assert_eq!(files(text), expected, "{text}");
        }
        assert_eq!(files("/a/b.wav\n/a/c.jpg").len(), 2);
        for text in [
            "",
            " \n",
            "copy",
            "Hello there.",
            "face.png",
            "/home/me/letter.odt",
            "https://example.com/face.png",
            "/a/face.png is my face",
            "/a/face.png\nand words",
            "file:///a/%FF.png",
        ] {
            assert_eq!(copied_files(text), None, "{text}");
        }
    }
}
