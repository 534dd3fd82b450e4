//! The system's file dialogs.

use std::path::PathBuf;

use crate::window::state::Dialog;
use crate::window::texts::text;
use studio::media::formats::{Role, extensions};

/// Shows a dialog and waits for the user.
pub(super) fn show(asked: &Dialog) -> Option<PathBuf> {
    let dialog = rfd::FileDialog::new();
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
                &extensions(&[Role::DriverVideo, Role::Motion]),
            )
            .pick_file(),
        Dialog::Voice => dialog
            .set_title(text!("dialog-voice"))
            .add_filter(text!("filter-audio"), &extensions(&[Role::Audio]))
            .pick_file(),
        Dialog::Text => dialog
            .set_title(text!("dialog-text"))
            .add_filter(text!("filter-text"), &extensions(&[Role::Text]))
            .pick_file(),
        Dialog::OpenProject => dialog.set_title(text!("dialog-open-project")).pick_folder(),
        Dialog::SaveProject(name) => dialog
            .set_title(text!("dialog-save-project"))
            .set_file_name(name)
            .save_file(),
        Dialog::Export(name) => {
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
