//! Why something cannot be spoken, animated or changed.

/// What is wrong with a request, with the numbers that say how.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum SpeechError {
    /// The speed lies outside what the model speaks at.
    #[error("the speed {speed} is outside {min} to {max}")]
    Speed {
        /// What was asked for.
        speed: f32,
        /// The slowest.
        min: f32,
        /// The fastest.
        max: f32,
    },
    /// No voice has this name.
    #[error("there is no voice \"{name}\": give one of {}, or a mix such as 0.6*a+0.4*b", known.join(", "))]
    UnknownVoice {
        /// What was asked for.
        name: String,
        /// The names that there are.
        known: Vec<String>,
    },
    /// A mix has a part whose weight is no number above 0.
    #[error("\"{weight}\" is not the weight of a voice: give one of {}, or a mix such as 0.6*a+0.4*b", known.join(", "))]
    VoiceWeight {
        /// What stands in its place.
        weight: String,
        /// The names that there are.
        known: Vec<String>,
    },
    /// The reference is too short or too long.
    #[error(
        "the voice sample is {secs:.1} s long: give {min_secs} to {max_secs} s of one person's speech"
    )]
    ReferenceLength {
        /// How long it is.
        secs: f64,
        /// The shortest.
        min_secs: f64,
        /// The longest.
        max_secs: f64,
    },
    /// Hardly anything in the reference is loud enough to be speech.
    #[error(
        "there is hardly any speech in the voice sample: give {min_secs} to {max_secs} s of one person's speech"
    )]
    ReferenceSilent {
        /// The shortest that a reference may be.
        min_secs: f64,
        /// The longest.
        max_secs: f64,
    },
    /// The words of the reference are not known.
    #[error("the voice sample has no transcript: type the words that are spoken")]
    ReferenceWithoutWords,
    /// There is no sound at all.
    #[error("the audio is empty: choose one with speech")]
    Empty,
    /// Some samples are not finite.
    #[error("the audio contains invalid samples: save it again")]
    NotFinite,
    /// The mouth to follow has no frames.
    #[error("the motion has no frames: choose another motion file")]
    EmptyMotion,
    /// The text and the mouth to follow differ too much in length.
    #[error(
        "the text takes about {text_secs:.1} s and the motion lasts {motion_secs:.1} s: give the words that belong to it"
    )]
    PaceMismatch {
        /// The text, spoken at the voice's own pace.
        text_secs: f64,
        /// The mouth.
        motion_secs: f64,
    },
    /// A speech to change has no words.
    #[error("the speech has no words to change: give its transcript")]
    NoWords,
    /// Sound and mouth of a speech to change differ in length.
    #[error("audio and motion differ in length: generate the speech again")]
    LengthsDiffer {
        /// Motion frames.
        frames: usize,
        /// Motion frames that the sound would have.
        sound_frames: usize,
    },
    /// The words of a speech to change lie outside its sound.
    #[error("the words lie outside the audio: align them again")]
    WordsOutsideSound,
    /// A speech that was made from a text does not have its phones.
    #[error("the speech does not match its text: generate it again")]
    PhonesDiffer,
    /// New words do not fit into a length that is to be kept.
    #[error("\"{words}\" does not fit into {secs:.1} s: shorten it, or do not keep the timing")]
    DoesNotFit {
        /// The new words.
        words: String,
        /// The room that there is.
        secs: f64,
    },
}
