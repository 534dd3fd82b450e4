//! Why a sound cannot be read or written.

/// What is wrong with a sound or its file. What a decoder says about it is logged and not shown.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AudioError {
    /// A folder, a device or a pipe.
    #[error("this is not a file: choose an audio file")]
    NotAFile,
    /// A file without a byte.
    #[error("the audio file is empty: choose another")]
    Empty,
    /// No format that is known.
    #[error("{}: use {FORMATS}", not_read(*name))]
    UnknownFormat {
        /// Its usual name, where it is recognised.
        name: Option<&'static str>,
    },
    /// A file of a known format without a sound track, such as a silent film.
    #[error("the file has no audio track: choose another")]
    NoSoundTrack,
    /// A sound track of no length.
    #[error("the audio track is empty: choose another")]
    NoSamples,
    /// A sound track in a codec that cannot be read.
    #[error("{} is not supported: use {FORMATS}", name.as_deref().unwrap_or("this audio codec"))]
    UnknownCodec {
        /// Its usual name, where it has one.
        name: Option<String>,
    },
    /// A format that an ffmpeg reads, which is not there.
    #[error(
        "{name} can be read only where ffmpeg is installed: install it, or save the recording as WAV, MP3, FLAC or M4A"
    )]
    NeedsFfmpeg {
        /// The format's usual name.
        name: String,
    },
    /// Damage that the decoder cannot pass over.
    #[error("the audio file is corrupt: re-export it as WAV")]
    Broken,
    /// More channels than can be mixed, or none.
    #[error("{channels} channels cannot be mixed: save it as stereo or mono")]
    Channels {
        /// How many.
        channels: usize,
    },
    /// The sample rate is not the same throughout.
    #[error("the sample rate changes within the audio file: re-export it as WAV")]
    RateChanges,
    /// A sample rate that no resampler is made for.
    #[error(
        "the sample rate {rate_hz} Hz is outside {min_hz} to {max_hz} Hz: convert the audio to 48000 Hz first"
    )]
    Rate {
        /// The rate.
        rate_hz: u32,
        /// The lowest.
        min_hz: u32,
        /// The highest.
        max_hz: u32,
    },
    /// Longer than is worked on.
    #[error("the audio is longer than {} hours: split it", max_secs / 3600)]
    TooLong {
        /// The longest.
        max_secs: u32,
    },
    /// More than a WAV file holds.
    #[error("the audio is too long for a WAV file: save it in parts")]
    TooLongForWav,
}

/// The formats that can be read.
const FORMATS: &str = "WAV, MP3, FLAC, Ogg, Opus, AIFF, CAF, M4A or MP4";

fn not_read(name: Option<&str>) -> String {
    match name {
        Some(name) => format!("{name} can't be read"),
        None => "this audio format is not supported".to_owned(),
    }
}
