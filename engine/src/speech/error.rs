//! Why something cannot be spoken, animated or changed.

/// What is wrong with a request, with the numbers that say how.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum SpeechError {
    /// The speed lies outside what the model speaks at.
    #[error("the speed is {speed} and must lie in {min} to {max}")]
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
        "the reference lasts {secs:.1} s: give {min_secs} to {max_secs} s of one person's speech"
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
        "there is hardly any speech in the reference: give {min_secs} to {max_secs} s of one person's speech"
    )]
    ReferenceSilent {
        /// The shortest that a reference may be.
        min_secs: f64,
        /// The longest.
        max_secs: f64,
    },
    /// The words of the reference are not known.
    #[error("the reference has no words: write down what is said in it")]
    ReferenceWithoutWords,
    /// There is no sound at all.
    #[error("the recording is empty: give one with speech")]
    Empty,
    /// Some samples are not finite.
    #[error("the recording has samples that are not numbers: save it again")]
    NotFinite,
    /// The mouth to follow has no frames.
    #[error("the movement has no frames: give one that moves")]
    EmptyMotion,
    /// The text and the mouth to follow differ too much in length.
    #[error(
        "the text takes about {text_secs:.1} s and the movement lasts {motion_secs:.1} s: give the words that belong to it"
    )]
    PaceMismatch {
        /// The text, spoken at the voice's own pace.
        text_secs: f64,
        /// The mouth.
        motion_secs: f64,
    },
    /// A speech to change has no words.
    #[error("the speech has no words that could be changed: give the words that are said in it")]
    NoWords,
    /// Sound and mouth of a speech to change differ in length.
    #[error("sound and mouth of the speech are not equally long: make the speech anew")]
    LengthsDiffer {
        /// Motion frames.
        frames: usize,
        /// Motion frames that the sound would have.
        sound_frames: usize,
    },
    /// The words of a speech to change lie outside its sound.
    #[error("the words do not lie within the sound: align them anew")]
    WordsOutsideSound,
    /// A speech that was made from a text does not have its phones.
    #[error("the speech does not have the sounds of its text: make it anew")]
    PhonesDiffer,
    /// New words do not fit into a length that is to be kept.
    #[error("\"{words}\" does not fit into {secs:.1} s: say less, or let the length be free")]
    DoesNotFit {
        /// The new words.
        words: String,
        /// The room that there is.
        secs: f64,
    },
}
