//! The system's file dialogs.

use std::path::PathBuf;

use crate::window::file_kind::FileKind;
use crate::window::state::{Dialog, FilmFile, VoiceModelFile};
use crate::window::texts::text;
use studio::media::formats::{Role, extensions};

/// Shows a dialog and waits for the user. `empty` is a dialog of the window's, `last` the folder of the last file of the kind.
pub(super) fn show(
    empty: rfd::FileDialog,
    asked: &Dialog,
    last: Option<PathBuf>,
) -> Option<PathBuf> {
    let dialog = match folder(asked.kind(), last) {
        Some(folder) => empty.set_directory(folder),
        None => empty,
    };
    match asked {
        Dialog::Portrait => dialog
            .set_title(text!("dialog-portrait"))
            .add_filter(text!("filter-pictures"), &extensions(&[Role::Portrait]))
            .pick_file(),
        Dialog::Recording => dialog
            .set_title(text!("dialog-clip"))
            .add_filter(text!("filter-audio"), &extensions(&[Role::Audio]))
            .pick_file(),
        Dialog::Driver => dialog
            .set_title(text!("dialog-driver"))
            .add_filter(
                text!("filter-driver"),
                &extensions(&[Role::Video, Role::Motion]),
            )
            .pick_file(),
        Dialog::Camera => dialog
            .set_title(text!("dialog-camera"))
            .add_filter(text!("filter-videos"), &extensions(&[Role::Video]))
            .pick_file(),
        Dialog::Voice => dialog
            .set_title(text!("dialog-voice"))
            .add_filter(text!("filter-audio"), &extensions(&[Role::Audio]))
            .pick_file(),
        Dialog::Text => dialog
            .set_title(text!("dialog-text"))
            .add_filter(text!("filter-text"), &extensions(&[Role::Text]))
            .pick_file(),
        Dialog::Dictionary => dialog
            .set_title(text!("dialog-dictionary"))
            .add_filter(text!("filter-text"), &extensions(&[Role::Text]))
            .pick_file(),
        Dialog::Clip => dialog
            .set_title(text!("dialog-watch-clip"))
            .add_filter(text!("filter-videos"), &extensions(&[Role::Video]))
            .pick_file(),
        Dialog::ModelFolder => dialog.set_title(text!("dialog-model-folder")).pick_folder(),
        Dialog::KeyFile => dialog.set_title(text!("dialog-key-file")).pick_file(),
        Dialog::VoiceModel(file) => {
            let (title, filter, endings) = match file {
                VoiceModelFile::Checkpoint => (
                    text!("dialog-checkpoint"),
                    text!("filter-weights"),
                    vec!["safetensors"],
                ),
                VoiceModelFile::Vocabulary => (
                    text!("dialog-vocabulary"),
                    text!("filter-text"),
                    vec!["txt"],
                ),
                VoiceModelFile::Vocoder => (
                    text!("dialog-vocoder"),
                    text!("filter-weights"),
                    vec!["safetensors"],
                ),
                VoiceModelFile::Recording => (
                    text!("dialog-voice"),
                    text!("filter-audio"),
                    extensions(&[Role::Audio]),
                ),
            };
            dialog
                .set_title(title)
                .add_filter(filter, &endings)
                .pick_file()
        }
        Dialog::OpenProject => dialog.set_title(text!("dialog-open-project")).pick_folder(),
        Dialog::SaveProject(name) => dialog
            .set_title(text!("dialog-save-project"))
            .set_file_name(name)
            .save_file(),
        Dialog::Film(FilmFile::Portrait | FilmFile::Logo) => dialog
            .set_title(match asked {
                Dialog::Film(FilmFile::Logo) => text!("dialog-film-logo"),
                _ => text!("dialog-portrait"),
            })
            .add_filter(text!("filter-pictures"), &extensions(&[Role::Portrait]))
            .pick_file(),
        Dialog::Film(FilmFile::Background) => dialog
            .set_title(text!("dialog-film-background"))
            .add_filter(
                text!("filter-background"),
                &extensions(&[Role::Portrait, Role::Video]),
            )
            .pick_file(),
        Dialog::Film(FilmFile::Music) => dialog
            .set_title(text!("dialog-film-music"))
            .add_filter(text!("filter-audio"), &extensions(&[Role::Audio]))
            .pick_file(),
        Dialog::Film(FilmFile::Open) => dialog
            .set_title(text!("dialog-film-open"))
            .add_filter(text!("filter-film"), &["toml"])
            .pick_file(),
        Dialog::Film(FilmFile::Save(name)) => dialog
            .set_title(text!("dialog-film-save"))
            .set_file_name(name)
            .add_filter(text!("filter-film"), &["toml"])
            .save_file(),
        Dialog::Export(name) | Dialog::ClipFilm(name) | Dialog::Film(FilmFile::Export(name)) => {
            let ending = studio::output_path::extension(std::path::Path::new(name));
            let dialog = dialog.set_title(text!("dialog-export")).set_file_name(name);
            match ending.as_str() {
                // A folder, which is made under this name.
                "" => dialog.save_file(),
                _ => dialog
                    .add_filter(ending.to_uppercase(), &[ending])
                    .save_file(),
            }
        }
    }
}

/// Where a dialog opens: the folder of the last file, else the system's own for the kind, else the home folder.
fn folder(kind: FileKind, last: Option<PathBuf>) -> Option<PathBuf> {
    let user = directories::UserDirs::new();
    let own = user.as_ref().and_then(|user| match kind {
        FileKind::Picture => user.picture_dir(),
        FileKind::Audio => user.audio_dir(),
        FileKind::Video | FileKind::Export => user.video_dir(),
        FileKind::Text | FileKind::Project => user.document_dir(),
        FileKind::Model => None,
    });
    let home = user.as_ref().map(directories::UserDirs::home_dir);
    let own = [own, home].into_iter().flatten().map(PathBuf::from);
    last.into_iter().chain(own).find(|folder| folder.is_dir())
}
