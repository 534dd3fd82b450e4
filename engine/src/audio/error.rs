//! Why a sound cannot be read or written.

/// What is wrong with a sound or its file. What a decoder says about it is logged and not shown.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AudioError {
    /// A folder, a device or a pipe.
    #[error("this is not a file: choose a recording")]
    NotAFile,
    /// A file without a byte.
    #[error("the recording is empty: choose one with sound in it")]
    Empty,
    /// No format that is known.
    #[error("this is not a recording that can be read: use {FORMATS}")]
    UnknownFormat,
    /// A file of a known format without a sound track, such as a silent film.
    #[error("there is no sound in this file: choose one with sound")]
    NoSoundTrack,
    /// A sound track of no length.
    #[error("the recording holds no sound: choose one with sound in it")]
    NoSamples,
    /// A sound track in a codec that cannot be read.
    #[error("{} cannot be read: use {FORMATS}", name.as_deref().unwrap_or("this kind of sound"))]
    UnknownCodec {
        /// Its usual name, where it has one.
        name: Option<String>,
    },
    /// Damage that the decoder cannot pass over.
    #[error("the recording is broken: export it again as WAV")]
    Broken,
    /// More channels than can be mixed, or none.
    #[error("{channels} channels cannot be mixed: save it as stereo or mono")]
    Channels {
        /// How many.
        channels: usize,
    },
    /// The sample rate is not the same throughout.
    #[error("the sample rate changes within the recording: export it again as WAV")]
    RateChanges,
    /// A sample rate that no resampler is made for.
    #[error(
        "the sample rate {rate_hz} Hz is outside {min_hz} to {max_hz} Hz: convert the sound to 48000 Hz first"
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
    #[error("the recording is longer than {} hours: cut it into shorter ones", max_secs / 3600)]
    TooLong {
        /// The longest.
        max_secs: u32,
    },
    /// More than a WAV file holds.
    #[error("the sound is too long for a WAV file: save it in parts")]
    TooLongForWav,
}

/// The formats that can be read.
const FORMATS: &str = "WAV, MP3, FLAC, Ogg, Opus, M4A or MP4";
