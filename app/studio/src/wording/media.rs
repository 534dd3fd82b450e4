//! What is wrong with sounds, pictures, videos and motion files.

use engine::error::{
    AudioError, FaceError, MotionFileError, PictureError, TrackingError, VideoError,
};
use engine::motion::{FRAMES_PER_SECOND, file};
use engine::portrait::{MAX_BYTES, MAX_PIXELS, MIN_SIDE_PX};

use super::phrase::{Phrase, phrase};

/// A sound or its file.
pub(super) fn audio(error: &AudioError) -> Phrase<'_> {
    match error {
        AudioError::NotAFile => phrase!("audio-not-a-file"),
        AudioError::Empty => phrase!("audio-empty"),
        AudioError::UnknownFormat { name: Some(name) } => {
            phrase!("audio-unreadable-format", name = *name)
        }
        AudioError::UnknownFormat { name: None } => phrase!("audio-unknown-format"),
        AudioError::NoSoundTrack => phrase!("audio-no-sound-track"),
        AudioError::NoSamples => phrase!("audio-no-samples"),
        AudioError::UnknownCodec { name: Some(name) } => {
            phrase!("audio-unreadable-codec", name = name.as_str())
        }
        AudioError::UnknownCodec { name: None } => phrase!("audio-unknown-codec"),
        AudioError::NeedsFfmpeg { name } => phrase!("audio-needs-ffmpeg", name = name.as_str()),
        AudioError::Broken => phrase!("audio-broken"),
        AudioError::Channels { channels } => phrase!("audio-channels", channels = *channels),
        AudioError::RateChanges => phrase!("audio-rate-changes"),
        AudioError::Rate {
            rate_hz,
            min_hz,
            max_hz,
        } => phrase!(
            "audio-rate",
            rate_hz = *rate_hz,
            min_hz = *min_hz,
            max_hz = *max_hz
        ),
        AudioError::TooLong { max_secs } => phrase!("audio-too-long", hours = max_secs / 3600),
        AudioError::TooLongForWav => phrase!("audio-too-long-for-wav"),
    }
}

/// A picture file.
pub(super) fn picture(error: &PictureError) -> Phrase<'_> {
    match error {
        PictureError::Folder => phrase!("picture-folder"),
        PictureError::FileTooLarge => phrase!("picture-file-too-large", max_mib = MAX_BYTES >> 20),
        PictureError::UnknownFormat => phrase!("picture-unknown-format"),
        PictureError::Heic => phrase!("picture-heic"),
        PictureError::TooLarge {
            width_px,
            height_px,
        } => phrase!(
            "picture-too-large",
            width_px = *width_px,
            height_px = *height_px,
            max_million = MAX_PIXELS / 1_000_000
        ),
        PictureError::TooLargeToDecode => phrase!(
            "picture-too-large-to-decode",
            max_million = MAX_PIXELS / 1_000_000
        ),
        PictureError::TooSmall {
            width_px,
            height_px,
        } => phrase!(
            "picture-too-small",
            width_px = *width_px,
            height_px = *height_px,
            min_px = MIN_SIDE_PX
        ),
        PictureError::Damaged => phrase!("picture-damaged"),
    }
}

/// A face in a picture.
pub(super) fn face(error: &FaceError) -> Phrase<'_> {
    match error {
        FaceError::NotFound => phrase!("face-not-found"),
        FaceError::TooSmall { width_px, min_px } => phrase!(
            "face-too-small",
            width_px = format!("{width_px:.0}"),
            min_px = format!("{min_px:.0}")
        ),
        FaceError::TurnedAway {
            degrees,
            max_degrees,
        } => phrase!(
            "face-turned-away",
            degrees = format!("{degrees:.0}"),
            max_degrees = format!("{max_degrees:.0}")
        ),
        FaceError::CutOff => phrase!("face-cut-off"),
        FaceError::NoSuchNumber { number, count } => {
            phrase!("face-no-such-number", number = *number, count = *count)
        }
        FaceError::Picture {
            width_px,
            height_px,
            bytes,
        } => phrase!(
            "face-picture",
            width_px = *width_px,
            height_px = *height_px,
            bytes = *bytes
        ),
    }
}

/// A face in a video.
pub(super) fn tracking(error: &TrackingError) -> Phrase<'_> {
    match error {
        TrackingError::Picture {
            width_px,
            height_px,
            bytes,
        } => phrase!(
            "tracking-picture",
            width_px = *width_px,
            height_px = *height_px,
            bytes = *bytes
        ),
        TrackingError::TooLong { max_secs } => phrase!(
            "tracking-too-long",
            hours = format!("{:.0}", max_secs / 3600.0)
        ),
        TrackingError::NoPictures => phrase!("tracking-no-pictures"),
        TrackingError::NoFace => phrase!("tracking-no-face"),
        TrackingError::TooSmall { min_px } => {
            phrase!("tracking-too-small", min_px = format!("{min_px:.0}"))
        }
    }
}

/// A video file.
pub(super) fn video(error: &VideoError) -> Phrase<'_> {
    match error {
        VideoError::NotAFile => phrase!("video-not-a-file"),
        VideoError::Empty => phrase!("video-empty"),
        VideoError::TooLarge {
            width_px,
            height_px,
        } => phrase!(
            "video-too-large",
            width_px = *width_px,
            height_px = *height_px
        ),
        VideoError::Damaged => phrase!("video-damaged"),
        VideoError::NeedsFfmpeg => phrase!("video-needs-ffmpeg"),
        VideoError::Undecodable => phrase!("video-undecodable"),
        VideoError::NoDecoder => phrase!("video-no-decoder"),
    }
}

/// A motion file.
pub(super) fn motion_file(error: &MotionFileError) -> Phrase<'_> {
    match error {
        MotionFileError::NotAFile => phrase!("motion-file-not-a-file"),
        MotionFileError::TooLarge => {
            phrase!("motion-file-too-large", max_mib = file::MAX_BYTES >> 20)
        }
        MotionFileError::NotMotion { reason } => {
            phrase!("motion-file-not-motion", reason = reason.as_str())
        }
        MotionFileError::Version { format, version } => phrase!(
            "motion-file-version",
            format = format!("{format:?}"),
            version = *version,
            known_format = format!("{:?}", file::FORMAT),
            known_version = file::VERSION
        ),
        MotionFileError::Rate { frames_per_second } => phrase!(
            "motion-file-rate",
            frames_per_second = frames_per_second.to_string(),
            known = FRAMES_PER_SECOND.to_string()
        ),
        MotionFileError::TooLong { frames } => phrase!(
            "motion-file-too-long",
            frames = *frames,
            max = file::MAX_FRAMES
        ),
        MotionFileError::Number { frame } => phrase!("motion-file-number", frame = *frame),
    }
}
