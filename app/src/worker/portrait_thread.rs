//! The thread that takes in files: prepares portraits for drawing, reads texts, sorts out recordings.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context as _;
use crossbeam_channel::Receiver;

use super::{Event, FileJob, PortraitReady, Reporter, shielded};
use crate::avatar::{AvatarMaker, fitted_size, group_renderer};
use crate::output_path;
use crate::portrait_arguments::PortraitChoice;
use crate::resources::is_picture;
use crate::speak::read_text_file;
use crate::wording::one_line;

/// Endings of the files that are read as recordings of speech.
pub(super) const RECORDING_EXTENSIONS: [&str; 14] = [
    "wav", "mp3", "flac", "ogg", "oga", "opus", "aif", "aiff", "m4a", "aac", "mp4", "mov", "mkv",
    "webm",
];
/// Endings of films and movements.
pub(super) const DRIVER_EXTENSIONS: [&str; 9] = [
    "mp4",
    "m4v",
    "mov",
    "mkv",
    "webm",
    "avi",
    "gif",
    "json",
    "safetensors",
];
/// Endings of the files that are read as words.
pub(super) const TEXT_EXTENSIONS: [&str; 3] = ["txt", "md", "text"];
/// Side of a thumbnail, enough for a display of double density.
const THUMBNAIL_PX: u32 = 144;

pub(super) struct PortraitThread {
    pub models: PathBuf,
    pub gpu: shaders::Gpu,
    /// The live view's shorter side.
    pub live_short_side_px: u32,
    pub files: Receiver<FileJob>,
    pub reporter: Reporter,
}

impl PortraitThread {
    pub fn run(self) {
        // Loaded with the first picture; a failure is tried again with the next, in case the user has put the files there.
        let mut maker = None;
        while let Ok(job) = self.files.recv() {
            let event = match job {
                FileJob::Open(path) => shielded(|| self.take_in(&path, &mut maker))
                    .unwrap_or_else(|error| Event::FileRefused(one_line(&error))),
                FileJob::Show(choice) => {
                    shielded(|| self.prepare_portrait(choice, false, &mut maker))
                        .unwrap_or_else(|error| Event::FileRefused(one_line(&error)))
                }
                FileJob::Thumbnail(path) => match shielded(|| thumbnail(&path)) {
                    Ok(image) => Event::Thumbnail { path, image },
                    Err(error) => {
                        tracing::warn!(error = one_line(&error), "no thumbnail");
                        continue;
                    }
                },
            };
            if !self.reporter.send(event) {
                return;
            }
        }
    }

    fn take_in(&self, path: &Path, maker: &mut Option<AvatarMaker>) -> anyhow::Result<Event> {
        let extension = output_path::extension(path);
        if let Some(folder) = crate::project::folder_of_project(path) {
            let project = crate::project::Project::load(&folder)?;
            Ok(Event::ProjectLoaded(folder, Box::new(project)))
        } else if is_picture(path) {
            let largest = PortraitChoice {
                path: path.to_path_buf(),
                face: None,
                everybody: false,
            };
            self.prepare_portrait(largest, true, maker)
        } else if TEXT_EXTENSIONS.contains(&extension.as_str()) {
            Ok(Event::Words(read_text_file(path)?))
        } else if RECORDING_EXTENSIONS.contains(&extension.as_str()) {
            Ok(Event::RecordingDropped(path.to_path_buf()))
        } else {
            anyhow::bail!(
                "this kind of file is of no use here: give a picture (PNG, JPEG, WebP, BMP), a recording (WAV, MP3, FLAC, OGG, OPUS, M4A, MP4), a text (TXT, MD) or a project's folder: {}",
                path.display()
            )
        }
    }

    fn prepare_portrait(
        &self,
        choice: PortraitChoice,
        is_new: bool,
        maker: &mut Option<AvatarMaker>,
    ) -> anyhow::Result<Event> {
        let maker = match maker {
            Some(maker) => maker,
            None => maker.insert(AvatarMaker::load(&self.models)?),
        };
        let (avatar, everybody) = if choice.everybody {
            let everybody = Arc::new(maker.make_everybody(&choice.path)?);
            let chosen = everybody
                .chosen(choice.face)
                .context("nobody in the picture can be moved")?;
            (Arc::clone(chosen), Some(everybody))
        } else {
            (Arc::new(maker.make_of(&choice.path, choice.face)?), None)
        };
        let people = match &everybody {
            Some(everybody) => &everybody.avatars[..],
            None => std::slice::from_ref(&avatar),
        };
        let size_px = fitted_size(avatar.picture_size_px(), self.live_short_side_px);
        let renderer = group_renderer(people, &self.gpu, size_px, shaders::Background::Keep)?;
        Ok(Event::Portrait(Box::new(PortraitReady {
            choice,
            is_new,
            avatar,
            everybody,
            renderer,
        })))
    }
}

/// The upper middle square of a picture, where portraits have their face, small.
fn thumbnail(path: &Path) -> anyhow::Result<egui::ColorImage> {
    let picture = engine::portrait::load_picture(path)?;
    let side = picture.width.min(picture.height);
    let (left, top) = ((picture.width - side) / 2, (picture.height - side) / 4);
    let pixels = image::RgbaImage::from_raw(picture.width, picture.height, picture.rgba)
        .expect("a picture holds four bytes for each pixel");
    let square = image::imageops::crop_imm(&pixels, left, top, side, side);
    let small = image::imageops::thumbnail(&*square, THUMBNAIL_PX, THUMBNAIL_PX);
    let size = [THUMBNAIL_PX as usize; 2];
    Ok(egui::ColorImage::from_rgba_unmultiplied(
        size,
        small.as_raw(),
    ))
}
