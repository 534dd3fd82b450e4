//! What can go wrong: kinds and numbers. Each has a plain sentence, but a face that knows better what its user can do phrases the
//! kind itself.

use std::path::{Path, PathBuf};

pub use crate::aligner::AlignmentError;
pub use crate::audio::AudioError;
pub use crate::motion::motion_file::MotionFileError;
pub use crate::portrait::{FaceError, PictureError};
pub use crate::speech::SpeechError;
pub use crate::text::{EntryError, TextError};
pub use crate::tracking::{TrackingError, VideoError};
pub use crate::vision_language::VisionLanguageError;
pub use crate::voice_model::VoiceModelError;

/// The result of every fallible call of this crate.
pub type Result<T> = std::result::Result<T, Error>;

/// Everything that the engine fails with; paths come last in the message.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A file of the product is not where it should be.
    #[error("{what} is missing: download the complete models folder: {path}")]
    WeightsMissing {
        /// What the file holds.
        what: ModelPart,
        /// Where it was looked for.
        path: PathBuf,
    },
    /// A file of weights is there but is not what the configuration describes.
    #[error("{reason}: download the file again: {path}")]
    WeightsUnfit {
        /// What does not fit, with both sides of the comparison.
        reason: String,
        /// The file.
        path: PathBuf,
    },
    /// A text, a mark in it, SSML or a dictionary cannot be used.
    #[error(transparent)]
    Text(#[from] TextError),
    /// What is to be spoken, animated or changed cannot be.
    #[error(transparent)]
    Speech(#[from] SpeechError),
    /// Words cannot be laid along a recording.
    #[error(transparent)]
    Alignment(#[from] AlignmentError),
    /// A sound cannot be read or written.
    #[error(transparent)]
    Audio(#[from] AudioError),
    /// A picture cannot be read.
    #[error(transparent)]
    Picture(#[from] PictureError),
    /// A face cannot be moved.
    #[error(transparent)]
    Face(#[from] FaceError),
    /// A face cannot be followed through a video.
    #[error(transparent)]
    Tracking(#[from] TrackingError),
    /// A video cannot be read.
    #[error(transparent)]
    Video(#[from] VideoError),
    /// A voice model that the user brought cannot be used.
    #[error(transparent)]
    VoiceModel(#[from] VoiceModelError),
    /// A vision-language model that the user brought cannot be used.
    #[error(transparent)]
    VisionLanguage(#[from] VisionLanguageError),
    /// A motion file cannot be read.
    #[error(transparent)]
    MotionFile(#[from] MotionFileError),
    /// One of the above, about this file.
    #[error("{error}: {path}")]
    InFile {
        /// What is wrong with it.
        error: Box<Self>,
        /// The file.
        path: PathBuf,
    },
    /// A file could not be read or written.
    #[error("{action}: {source}: {path}")]
    File {
        /// What was being done.
        action: FileAction,
        /// The system's reason.
        source: std::io::Error,
        /// The file.
        path: PathBuf,
    },
    /// The user asked to stop; nothing is wrong.
    #[error("cancelled")]
    Cancelled,
    /// A network failed in a way that no input should cause.
    #[error("the {stage} failed: {source}: please report this")]
    Model {
        /// Which stage of the pipeline.
        stage: &'static str,
        /// The failure below.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

/// A part of the models folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ModelPart {
    /// The classifier of phones.
    Aligner,
    /// What finds faces in a picture.
    FaceDetector,
    /// What finds the points of a face.
    FaceLandmarks,
    /// How keypoints move the points of a face.
    FaceRig,
    /// The Audio-DiT and the Motion-DiT.
    JointModel,
    /// Its sizes.
    JointModelConfiguration,
    /// What pronounces unknown words.
    LetterToSound,
    /// What hears given sound for the Motion-DiT.
    Listener,
    /// What tells a person from the background.
    PersonMask,
    /// How words are pronounced.
    Pronunciations,
    /// What hears whether somebody speaks.
    SpeechDetector,
    /// The tokens of the phones.
    Tokenizer,
    /// What watches clips; brought by the user.
    VisionLanguage,
    /// What makes samples of the mel.
    Vocoder,
}

impl ModelPart {
    /// Its name, for developers.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Aligner => "the aligner",
            Self::FaceDetector => "face detector",
            Self::FaceLandmarks => "face landmark network",
            Self::FaceRig => "the face rig",
            Self::JointModel => "the joint model of voice and face",
            Self::JointModelConfiguration => "the joint model's configuration",
            Self::LetterToSound => "the letter-to-sound model",
            Self::Listener => "the listener",
            Self::PersonMask => "person segmentation",
            Self::Pronunciations => "the pronouncing dictionary",
            Self::SpeechDetector => "the speech detector",
            Self::Tokenizer => "the tokenizer",
            Self::VisionLanguage => "the vision-language model",
            Self::Vocoder => "the vocoder",
        }
    }
}

impl std::fmt::Display for ModelPart {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(self.name())
    }
}

/// What was being done with a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileAction {
    /// Reading the user's dictionary.
    ReadDictionary,
    /// Reading the face rig.
    ReadFaceRig,
    /// Reading a file of the models folder.
    ReadModelFile,
    /// Reading the manifest of the models.
    ReadModelList,
    /// Reading a motion file.
    ReadMotionFile,
    /// Reading a picture.
    ReadPicture,
    /// Reading an audio file.
    ReadRecording,
    /// Reading a video.
    ReadVideo,
    /// Reading the vocabulary of a voice model.
    ReadVocabulary,
    /// Reading weights.
    ReadWeights,
    /// Writing a motion file.
    WriteMotionFile,
    /// Writing an audio file.
    WriteSound,
}

impl std::fmt::Display for FileAction {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(match self {
            Self::ReadDictionary => "cannot read the dictionary",
            Self::ReadFaceRig => "cannot read the face rig",
            Self::ReadModelFile => "cannot read a file of the models folder",
            Self::ReadModelList => "can't read the list of models",
            Self::ReadMotionFile => "cannot read the motion file",
            Self::ReadPicture => "cannot read the picture",
            Self::ReadRecording => "cannot read the recording",
            Self::ReadVideo => "cannot read the video",
            Self::ReadVocabulary => "cannot read the vocabulary",
            Self::ReadWeights => "cannot read the weights",
            Self::WriteMotionFile => "cannot write the motion file",
            Self::WriteSound => "cannot write the sound",
        })
    }
}

/// What a library says, without the backtrace that it may have below.
pub(crate) fn first_line(said: &str) -> String {
    said.lines().next().unwrap_or_default().to_owned()
}

impl Error {
    /// Wraps the failure of a network with the name of its stage.
    pub fn model(
        stage: &'static str,
        source: impl Into<Box<dyn std::error::Error + Send + Sync>>,
    ) -> Self {
        Self::Model {
            stage,
            source: first_line(&source.into().to_string()).into(),
        }
    }

    /// Says which file an error is about, unless it says so already or is about none.
    #[must_use]
    pub fn in_file(self, path: &Path) -> Self {
        match self {
            Self::WeightsMissing { .. }
            | Self::WeightsUnfit { .. }
            | Self::InFile { .. }
            | Self::File { .. }
            | Self::Cancelled
            | Self::Model { .. } => self,
            error => Self::InFile {
                error: Box::new(error),
                path: path.to_owned(),
            },
        }
    }

    /// The error without the file that it is about.
    pub fn kind(&self) -> &Self {
        match self {
            Self::InFile { error, .. } => error.kind(),
            error => error,
        }
    }
}
