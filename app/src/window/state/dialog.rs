//! What the user can be asked for with one of the system's file dialogs.

use super::{FilmFile, VoiceModelFile};
use crate::window::file_kind::FileKind;

/// What the user is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Dialog {
    /// A picture of a face.
    Portrait,
    /// A recording of speech.
    Recording,
    /// A film of a face, or a movement.
    Driver,
    /// A video that stands in for a camera.
    Camera,
    /// A recording of somebody's voice.
    Voice,
    /// A file of a voice model.
    VoiceModel(VoiceModelFile),
    /// A text.
    Text,
    /// A dictionary of pronunciations.
    Dictionary,
    /// A clip to watch.
    Clip,
    /// The folder of a vision model.
    ModelFolder,
    /// The file with a server's key.
    KeyFile,
    /// A name for the film of a clip that is told.
    ClipFilm(String),
    /// A file of the film of several scenes.
    Film(FilmFile),
    /// The folder of a project to open.
    OpenProject,
    /// A name for a project's folder.
    SaveProject(String),
    /// A name for an export, with its ending.
    Export(String),
}

impl Dialog {
    /// What kind of file it asks for.
    pub fn kind(&self) -> FileKind {
        match self {
            Self::Portrait => FileKind::Picture,
            Self::Recording | Self::Voice => FileKind::Audio,
            Self::Driver | Self::Camera | Self::Clip => FileKind::Video,
            Self::ModelFolder | Self::KeyFile => FileKind::Model,
            Self::VoiceModel(file) => file.kind(),
            Self::Film(file) => file.kind(),
            Self::Text | Self::Dictionary => FileKind::Text,
            Self::OpenProject | Self::SaveProject(_) => FileKind::Project,
            Self::Export(_) | Self::ClipFilm(_) => FileKind::Export,
        }
    }
}
