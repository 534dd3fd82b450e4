//! The thread that takes in files: prepares portraits for drawing, reads texts, sorts out recordings.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use anyhow::Context as _;
use crossbeam_channel::Receiver;

use super::{Event, FileJob, PortraitReady, Reporter, pasted_picture};
use crate::window::state::{Stage, Thumbnail};
use crate::window::texts::text;
use studio::avatar::PortraitChoice;
use studio::avatar::{AvatarMaker, fitted_size, group_renderer};
use studio::media::formats::{Role, is_a, names};
use studio::output_path::extension;
use studio::script::read_text_file;
use studio::shielded::shielded;
use studio::wording::one_line;

/// Side of a thumbnail, enough for a display of double density.
const THUMBNAIL_PX: u32 = 144;

pub(super) struct PortraitThread {
    pub models: PathBuf,
    /// Where pictures go that were pasted.
    pub pasted: PathBuf,
    pub gpu: shaders::Gpu,
    /// The live view's shorter side.
    pub live_short_side_px: u32,
    pub files: Receiver<FileJob>,
    /// Files up to this number are no longer wanted.
    pub unwanted: Arc<AtomicU64>,
    pub reporter: Reporter,
}

impl PortraitThread {
    pub fn run(self) {
        // Loaded with the first picture; a failure is tried again with the next, in case the user has put the files there.
        let mut maker = None;
        while let Ok(job) = self.files.recv() {
            let event = match job {
                FileJob::Open(number, path) => {
                    let is_wanted = || self.unwanted.load(Ordering::SeqCst) < number;
                    if !is_wanted() {
                        continue;
                    }
                    let read = shielded(|| self.take_in(&path, &mut maker));
                    if !is_wanted() {
                        continue;
                    }
                    self.reporter.send(Event::FileRead(number));
                    read.unwrap_or_else(|error| refused(path, &error))
                }
                FileJob::Keep(number, picture) => {
                    let kept = shielded(|| pasted_picture::keep(&picture, &self.pasted));
                    self.reporter.send(Event::FileRead(number));
                    if self.unwanted.load(Ordering::SeqCst) >= number {
                        continue;
                    }
                    match kept {
                        Ok(path) => Event::PictureKept(path),
                        Err(error) => refused(PathBuf::new(), &error),
                    }
                }
                FileJob::Show(choice, is_cut_out) => {
                    let path = choice.path.clone();
                    shielded(|| self.prepare_portrait(choice, is_cut_out, false, &mut maker))
                        .unwrap_or_else(|error| refused(path, &error))
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
        if let Some(folder) = studio::project::folder_of_project(path) {
            let project = studio::project::Project::load(&folder)?;
            Ok(Event::ProjectLoaded(folder, Box::new(project)))
        } else if is_a(path, Role::Portrait) {
            let largest = PortraitChoice {
                path: path.to_path_buf(),
                face: None,
                everybody: false,
            };
            self.prepare_portrait(largest, false, true, maker)
        } else if is_a(path, Role::Text) {
            Ok(Event::Words(read_text_file(path)?))
        } else if is_a(path, Role::Audio) {
            Ok(Event::RecordingDropped(path.to_path_buf()))
        } else {
            Err(anyhow::Error::msg(unsupported(path)))
        }
    }

    fn prepare_portrait(
        &self,
        choice: PortraitChoice,
        is_cut_out: bool,
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
                .context(text!("error-nobody-moves"))?;
            (Arc::clone(chosen), Some(everybody))
        } else {
            (Arc::new(maker.make_of(&choice.path, choice.face)?), None)
        };
        let stage = Stage {
            choice,
            avatar,
            is_cut_out,
            everybody,
        };
        let size_px = fitted_size(stage.avatar.picture_size_px(), self.live_short_side_px);
        let renderer = group_renderer(
            stage.people(),
            &self.gpu,
            size_px,
            match is_cut_out {
                true => shaders::Background::Transparent,
                false => shaders::Background::Keep,
            },
        )?;
        Ok(Event::Portrait(Box::new(PortraitReady {
            stage,
            is_new,
            renderer,
        })))
    }
}

fn refused(path: PathBuf, error: &anyhow::Error) -> Event {
    let reason = one_line(error);
    Event::FileRefused { path, reason }
}

fn unsupported(path: &Path) -> String {
    let (pictures, audio) = (names(Role::Portrait), names(Role::Audio));
    match extension(path) {
        ending if ending.is_empty() => {
            text!(
                "error-file-type-unknown",
                pictures = pictures,
                audio = audio,
            )
        }
        ending => text!(
            "error-file-type",
            extension = ending,
            pictures = pictures,
            audio = audio,
        ),
    }
}

/// The upper middle square of a picture, where portraits have their face, small.
fn thumbnail(path: &Path) -> anyhow::Result<Thumbnail> {
    let picture = engine::portrait::load_picture(path)?;
    let side = picture.width.min(picture.height);
    let (left, top) = ((picture.width - side) / 2, (picture.height - side) / 4);
    let pixels = image::RgbaImage::from_raw(picture.width, picture.height, picture.rgba)
        .expect("a picture holds four bytes for each pixel");
    let square = image::imageops::crop_imm(&pixels, left, top, side, side);
    let small = image::imageops::thumbnail(&*square, THUMBNAIL_PX, THUMBNAIL_PX);
    Ok(Thumbnail {
        side_px: THUMBNAIL_PX as usize,
        rgba: small.into_raw(),
    })
}
