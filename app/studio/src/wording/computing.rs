//! What fails in the engine as a whole, on the GPU and in the renderer.

use engine::Error;
use engine::atomic_file::NotWritten;
use engine::error::{FileAction, ModelPart, VisionLanguageError};

use super::phrase::{Phrase, phrase, words};
use super::{media, speaking};

/// Everything that the engine fails with.
pub(super) fn engine(error: &Error) -> Phrase<'_> {
    match error {
        Error::WeightsMissing { what, path } => phrase!(
            "engine-weights-missing",
            what = model_part(*what).words(),
            path = path.display().to_string()
        ),
        Error::WeightsUnfit { reason, path } => phrase!(
            "engine-weights-unfit",
            reason = reason.as_str(),
            path = path.display().to_string()
        ),
        Error::Text(error) => speaking::text(error),
        Error::Speech(error) => speaking::speech(error),
        Error::Alignment(error) => speaking::alignment(error),
        Error::Audio(error) => media::audio(error),
        Error::Picture(error) => media::picture(error),
        Error::Face(error) => media::face(error),
        Error::Tracking(error) => media::tracking(error),
        Error::Video(error) => media::video(error),
        Error::VoiceModel(error) => speaking::voice_model(error),
        Error::VisionLanguage(error) => vision_language(error),
        Error::MotionFile(error) => media::motion_file(error),
        Error::InFile { error, path } => phrase!(
            "engine-in-file",
            error = engine(error).words(),
            path = path.display().to_string()
        ),
        Error::File {
            action,
            source,
            path,
        } => phrase!(
            "engine-file",
            action = file_action(*action).words(),
            source = words(source),
            path = path.display().to_string()
        ),
        Error::Cancelled => phrase!("engine-cancelled"),
        Error::Model { stage, source } => {
            phrase!("engine-model", stage = *stage, source = source.to_string())
        }
    }
}

/// Why a file was not written, where the system has no word for it.
pub(super) fn not_written(error: &NotWritten) -> Phrase<'_> {
    match error {
        NotWritten::DiskFull => phrase!("file-disk-full"),
        NotWritten::Folder => phrase!("file-is-folder"),
        NotWritten::NoName => phrase!("file-without-name"),
        NotWritten::LinkCircle => phrase!("file-link-circle"),
    }
}

/// A part of the models folder.
pub(super) fn model_part(part: ModelPart) -> Phrase<'static> {
    match part {
        ModelPart::Aligner => phrase!("part-aligner"),
        ModelPart::FaceDetector => phrase!("part-face-detector"),
        ModelPart::FaceLandmarks => phrase!("part-face-landmarks"),
        ModelPart::FaceRig => phrase!("part-face-rig"),
        ModelPart::JointModel => phrase!("part-joint-model"),
        ModelPart::JointModelConfiguration => phrase!("part-joint-model-configuration"),
        ModelPart::LetterToSound => phrase!("part-letter-to-sound"),
        ModelPart::Listener => phrase!("part-listener"),
        ModelPart::PersonMask => phrase!("part-person-mask"),
        ModelPart::Pronunciations => phrase!("part-pronunciations"),
        ModelPart::SpeechDetector => phrase!("part-speech-detector"),
        ModelPart::Tokenizer => phrase!("part-tokenizer"),
        ModelPart::VisionLanguage => phrase!("part-vision-language"),
        ModelPart::Vocoder => phrase!("part-vocoder"),
    }
}

/// What could not be done with a file.
pub(super) fn file_action(action: FileAction) -> Phrase<'static> {
    match action {
        FileAction::ReadDictionary => phrase!("file-read-dictionary"),
        FileAction::ReadFaceRig => phrase!("file-read-face-rig"),
        FileAction::ReadModelFile => phrase!("file-read-model-file"),
        FileAction::ReadModelList => phrase!("file-read-model-list"),
        FileAction::ReadMotionFile => phrase!("file-read-motion-file"),
        FileAction::ReadPicture => phrase!("file-read-picture"),
        FileAction::ReadRecording => phrase!("file-read-recording"),
        FileAction::ReadVideo => phrase!("file-read-video"),
        FileAction::ReadVocabulary => phrase!("file-read-vocabulary"),
        FileAction::ReadWeights => phrase!("file-read-weights"),
        FileAction::WriteMotionFile => phrase!("file-write-motion-file"),
        FileAction::WriteSound => phrase!("file-write-sound"),
    }
}

/// A model that watches clips.
pub(super) fn vision_language(error: &VisionLanguageError) -> Phrase<'_> {
    match error {
        VisionLanguageError::NotAModel { reason } => {
            phrase!("vision-language-not-a-model", reason = reason.as_str())
        }
        VisionLanguageError::TooLarge { needed_gb, free_gb } => phrase!(
            "vision-language-too-large",
            needed_gb = format!("{needed_gb:.1}"),
            free_gb = format!("{free_gb:.1}")
        ),
        VisionLanguageError::PictureSize {
            width_px,
            height_px,
            multiple_px,
        } => phrase!(
            "vision-language-picture-size",
            width_px = *width_px,
            height_px = *height_px,
            multiple_px = *multiple_px
        ),
        VisionLanguageError::Failed { reason } => {
            phrase!("vision-language-failed", reason = reason.as_str())
        }
    }
}

/// Networks on the GPU.
pub(super) fn gpu(error: &flow_gpu::Error) -> Phrase<'_> {
    match error {
        flow_gpu::Error::Device { adapter, reason } => phrase!(
            "gpu-device",
            adapter = adapter.as_str(),
            reason = reason.as_str()
        ),
        flow_gpu::Error::Unsupported(reason) => {
            phrase!("gpu-unsupported", reason = reason.as_str())
        }
        flow_gpu::Error::Weights(reason) => phrase!("gpu-weights", reason = words(reason.as_ref())),
        flow_gpu::Error::OutOfMemory(reason) => {
            phrase!("gpu-out-of-memory", reason = reason.as_str())
        }
        flow_gpu::Error::DeviceLost(reason) => phrase!("gpu-device-lost", reason = reason.as_str()),
        flow_gpu::Error::Driver(reason) => phrase!("gpu-driver", reason = reason.as_str()),
        flow_gpu::Error::Plan(reason) => phrase!("gpu-plan", reason = reason.as_str()),
        flow_gpu::Error::Input(reason) => phrase!("gpu-input", reason = reason.as_str()),
    }
}

/// The renderer.
pub(super) fn drawing(error: &shaders::Error) -> Phrase<'_> {
    match error {
        shaders::Error::NoAdapter { wanted } => phrase!(
            "drawing-no-adapter",
            wanted = wanted.as_str(),
            variable = shaders::ADAPTER_VARIABLE
        ),
        shaders::Error::Device { adapter, reason } => phrase!(
            "drawing-device",
            adapter = adapter.as_str(),
            reason = reason.as_str(),
            variable = shaders::ADAPTER_VARIABLE
        ),
        shaders::Error::Scene(reason) => phrase!("drawing-scene", reason = reason.as_str()),
        shaders::Error::Size {
            width_px,
            height_px,
            limit_px,
        } => phrase!(
            "drawing-size",
            width_px = *width_px,
            height_px = *height_px,
            limit_px = *limit_px
        ),
        shaders::Error::DeviceLost(reason) => phrase!(
            "drawing-device-lost",
            reason = reason.as_str(),
            variable = shaders::ADAPTER_VARIABLE
        ),
    }
}
