//! What the threads tell the window.

use std::path::PathBuf;
use std::sync::Arc;

use engine::SpeechChunk;
use engine::motion::Driver;

use super::{FilmEvent, VoiceModelEvent, WatchEvent};
use crate::window::state::{Dialog, DriveRequest, Stage, Thumbnail};
use studio::camera::CameraDevice;
use studio::project::Project;
use studio::pronunciations::Pronunciation;
use studio::scenes::SceneError;
use studio::speech::SpeechEvent;
use studio::virtual_camera::VirtualCameraOutput;
use studio::wording::one_line;

/// What happened, for the window.
#[derive(Debug)]
pub enum Event {
    /// The synthesizer is loaded and has these voices.
    Ready {
        /// Names of the voices.
        voices: Vec<String>,
        /// Who speaks when nobody is chosen.
        default_voice: String,
    },
    /// The synthesizer cannot be loaded; speaking will not work.
    Unready(String),
    /// Something goes on, but otherwise than before: one line.
    Notice(String),
    /// A portrait is ready to be drawn.
    Portrait(Box<PortraitReady>),
    /// A small picture for the gallery was read.
    Thumbnail {
        /// The picture it was made from.
        path: PathBuf,
        /// The middle of the picture, small.
        image: Thumbnail,
    },
    /// So much of a speech is done, of which there is no sound yet.
    SpeechProgress {
        /// Job that it belongs to.
        generation: u64,
        /// 0 to 1.
        share: f32,
    },
    /// A piece of speech is ready to be played.
    Chunk {
        /// Job that it belongs to.
        generation: u64,
        /// The piece, shared with the recorder.
        chunk: Arc<SpeechChunk>,
    },
    /// The last piece of a speech was sent.
    SpeechComplete {
        /// Job that it belongs to.
        generation: u64,
    },
    /// A speech failed.
    SpeechFailed {
        /// Job that it belongs to.
        generation: u64,
        /// Reason, one line.
        reason: String,
    },
    /// So much of a recording is written, 0 to 1.
    RecordingProgress {
        /// Job that it belongs to.
        generation: u64,
        /// 0 to 1.
        fraction: f32,
    },
    /// A recording is complete, under its final name.
    Recorded(PathBuf),
    /// A recording failed or was cancelled; no file was left.
    RecordingFailed {
        /// Reason, one line; none if the user cancelled it.
        reason: Option<String>,
    },
    /// So much of an export is written.
    ExportProgress {
        /// Of [`super::Worker::export`].
        number: u64,
        /// 0 to 1.
        fraction: f32,
    },
    /// An export is complete.
    Exported {
        /// Of [`super::Worker::export`].
        number: u64,
        /// What was written.
        files: Vec<PathBuf>,
        /// What is to be said about them.
        notices: Vec<String>,
    },
    /// An export failed; no reason if the user cancelled it. No file was left.
    ExportFailed {
        /// Of [`super::Worker::export`].
        number: u64,
        /// Reason, one line.
        reason: Option<String>,
        /// What is wrong with a film of several scenes, if that is the reason.
        wrong: Option<SceneError>,
    },
    /// Something happened about a clip: number of [`super::Worker::watch`], and what.
    Watch(u64, WatchEvent),
    /// The file of the film of several scenes was read or saved, or not.
    Film(FilmEvent),
    /// So much of a film is followed, 0 to 1.
    DriverProgress(f32),
    /// A film or movement is ready to drive.
    Driver {
        /// What was asked for.
        request: Box<DriveRequest>,
        /// What drives.
        driver: Arc<Driver>,
        /// What is to be said about the film: gaps, several faces.
        notice: Option<String>,
    },
    /// A film or movement cannot drive.
    DriverFailed {
        /// What was asked for.
        request: Box<DriveRequest>,
        /// Reason, one line.
        reason: String,
    },
    /// The cameras of this machine.
    Cameras(Vec<CameraDevice>),
    /// A camera has ended by itself.
    CameraFailed {
        /// Of [`super::Worker::start_camera`].
        number: u64,
        /// Reason, one line.
        reason: String,
    },
    /// The virtual cameras of this machine.
    VirtualCameras(Vec<VirtualCameraOutput>),
    /// A virtual camera shows the stage.
    VirtualCameraStarted {
        /// Of [`super::Worker::start_virtual_camera`].
        number: u64,
        /// Width and height of its pictures, pixels.
        size_px: (u32, u32),
    },
    /// A virtual camera has ended by itself.
    VirtualCameraFailed {
        /// Of [`super::Worker::start_virtual_camera`].
        number: u64,
        /// Reason, one line.
        reason: String,
    },
    /// A project was read from this folder.
    ProjectLoaded(PathBuf, Box<Project>),
    /// The project is saved in this folder, as it was when saving began.
    ProjectSaved(PathBuf, Box<Project>),
    /// An earlier program left this work; where it lies and what it is.
    WorkLeft(PathBuf, Box<Project>),
    /// How the check of a voice model goes.
    VoiceModel {
        /// Of [`super::Worker::check_voice_model`].
        number: u64,
        /// What happened.
        event: VoiceModelEvent,
    },
    /// The sound devices that can be chosen.
    Devices {
        /// For sound that comes out.
        outputs: Vec<String>,
        /// Microphones.
        inputs: Vec<String>,
    },
    /// The rows of a dictionary that was imported, or why it cannot be, one line.
    Dictionary(Result<Vec<Pronunciation>, String>),
    /// Something about files went wrong; one line.
    DiskProblem(String),
    /// The user chose a file or folder in a dialog.
    Chosen(Dialog, PathBuf),
    /// Words from a dropped text file.
    Words(String),
    /// A recording of speech was dropped.
    RecordingDropped(PathBuf),
    /// A picture that was pasted is this file now.
    PictureKept(PathBuf),
    /// A dropped or chosen file is read; what it is follows.
    FileRead(u64),
    /// A file cannot be used.
    FileRefused {
        /// The file.
        path: PathBuf,
        /// Reason, one line.
        reason: String,
    },
}

/// A portrait, prepared for the window.
pub struct PortraitReady {
    /// The portrait.
    pub stage: Stage,
    /// Whether the user gave this picture just now; else the document named it, perhaps some edits ago.
    pub is_new: bool,
    /// Draws it on the window's own device.
    pub renderer: shaders::GroupRenderer,
}

impl std::fmt::Debug for PortraitReady {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("PortraitReady")
            .field("choice", &self.stage.choice)
            .finish_non_exhaustive()
    }
}

/// What the speech service reports, in the window's words.
pub(super) fn of_speech(event: SpeechEvent) -> Event {
    match event {
        SpeechEvent::Ready {
            voices,
            default_voice,
        } => Event::Ready {
            voices,
            default_voice,
        },
        SpeechEvent::Unready(error) => Event::Unready(one_line(&error)),
        SpeechEvent::Progress { number, share } => Event::SpeechProgress {
            generation: number,
            share,
        },
        SpeechEvent::Chunk { number, chunk } => Event::Chunk {
            generation: number,
            chunk,
        },
        SpeechEvent::Complete { number } => Event::SpeechComplete { generation: number },
        SpeechEvent::Failed { number, error } => Event::SpeechFailed {
            generation: number,
            reason: one_line(&error),
        },
    }
}
