//! The system's file dialogs.

use std::path::PathBuf;

use crate::window::state::Dialog;
use studio::media::formats::{Role, extensions};

/// Shows a dialog and waits for the user.
pub(super) fn show(asked: &Dialog) -> Option<PathBuf> {
    let dialog = rfd::FileDialog::new();
    match asked {
        Dialog::Portrait => dialog
            .set_title("Choose a portrait")
            .add_filter("Pictures", &extensions(&[Role::Portrait]))
            .pick_file(),
        Dialog::Recording => dialog
            .set_title("Choose a recording")
            .add_filter("Recordings", &extensions(&[Role::Audio]))
            .pick_file(),
        Dialog::Driver => dialog
            .set_title("Choose a film of one face, or a movement")
            .add_filter(
                "Films and movements",
                &extensions(&[Role::DriverVideo, Role::Motion]),
            )
            .pick_file(),
        Dialog::Voice => dialog
            .set_title("Choose a few seconds of one person's speech")
            .add_filter("Recordings", &extensions(&[Role::Audio]))
            .pick_file(),
        Dialog::Text => dialog
            .set_title("Choose a text")
            .add_filter("Texts", &extensions(&[Role::Text]))
            .pick_file(),
        Dialog::OpenProject => dialog.set_title("Open a project's folder").pick_folder(),
        Dialog::SaveProject(name) => dialog
            .set_title("Save the project in a new folder")
            .set_file_name(name)
            .save_file(),
        Dialog::Export(name) => {
            let ending = studio::output_path::extension(std::path::Path::new(name));
            let dialog = dialog.set_title("Export").set_file_name(name);
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
