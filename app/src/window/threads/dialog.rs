//! The system's file dialogs.

use std::path::PathBuf;

use studio::media::formats::{Role, extensions};

/// What the user is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Dialog {
    /// A picture of a face.
    Portrait,
    /// A recording of speech.
    Recording,
    /// A film of a face, or a movement.
    Driver,
    /// A recording of somebody's voice.
    Voice,
    /// A text.
    Text,
    /// The folder of a project to open.
    OpenProject,
    /// A name for a project's folder.
    SaveProject(String),
    /// A name for an export, with its ending.
    Export(String),
}

impl Dialog {
    /// Shows it and waits for the user.
    pub(super) fn show(&self) -> Option<PathBuf> {
        let dialog = rfd::FileDialog::new();
        match self {
            Self::Portrait => dialog
                .set_title("Choose a portrait")
                .add_filter("Pictures", &extensions(&[Role::Portrait]))
                .pick_file(),
            Self::Recording => dialog
                .set_title("Choose a recording")
                .add_filter("Recordings", &extensions(&[Role::Audio]))
                .pick_file(),
            Self::Driver => dialog
                .set_title("Choose a film of one face, or a movement")
                .add_filter(
                    "Films and movements",
                    &extensions(&[Role::DriverVideo, Role::Motion]),
                )
                .pick_file(),
            Self::Voice => dialog
                .set_title("Choose a few seconds of one person's speech")
                .add_filter("Recordings", &extensions(&[Role::Audio]))
                .pick_file(),
            Self::Text => dialog
                .set_title("Choose a text")
                .add_filter("Texts", &extensions(&[Role::Text]))
                .pick_file(),
            Self::OpenProject => dialog.set_title("Open a project's folder").pick_folder(),
            Self::SaveProject(name) => dialog
                .set_title("Save the project in a new folder")
                .set_file_name(name)
                .save_file(),
            Self::Export(name) => {
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
}
