//! Why words cannot be laid along a recording.

/// What is wrong with words or recording.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum AlignmentError {
    /// The recording is longer than is worked on.
    #[error("the audio is longer than {:.0} hours: split it", max_secs / 3600.0)]
    TooLong {
        /// The longest.
        max_secs: f64,
    },
    /// Some samples are not finite.
    #[error("the audio contains invalid samples: save it again")]
    NotFinite,
    /// There are more phones than fit into the recording.
    #[error(
        "the transcript does not match the audio, which is too short for it: give the words that are spoken"
    )]
    TooShort,
    /// Something else is said, or nothing.
    #[error("the transcript does not match the audio: give the words that are spoken")]
    OtherWords {
        /// How well words and recording fit, 0 to 1.
        fit: f32,
    },
}
