//! Why words cannot be laid along a recording.

/// What is wrong with words or recording.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum AlignmentError {
    /// The recording is longer than is worked on.
    #[error("the recording is longer than {:.0} hours: cut it", max_secs / 3600.0)]
    TooLong {
        /// The longest.
        max_secs: f64,
    },
    /// Some samples are not finite.
    #[error("the recording has samples that are not numbers: save it again")]
    NotFinite,
    /// There are more phones than fit into the recording.
    #[error(
        "the words do not fit the recording, which is too short for all of them: give the words that are spoken in it"
    )]
    TooShort,
    /// Something else is said, or nothing.
    #[error(
        "the words do not fit the recording, in which something else is said, or nothing: give the words that are spoken in it"
    )]
    OtherWords {
        /// How well words and recording fit, 0 to 1.
        fit: f32,
    },
}
