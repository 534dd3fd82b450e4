//! Why a voice model or its reference cannot be used.

use crate::weights::TensorFileError;

/// What is wrong, in words for the user.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum VoiceModelError {
    /// There is no such file.
    #[error("there is no such file")]
    Missing,
    /// A pickled file, by whatever name.
    #[error(
        "this is a pickled PyTorch file, which may run code when opened: convert it with models/recipe/voice_model/convert.py"
    )]
    Pickled,
    /// No safetensors file, or not a whole one.
    #[error("{reason}: download or convert it again")]
    Unsound {
        /// What is wrong with it.
        reason: String,
    },
    /// A tensor of F5-TTS is missing.
    #[error("not an F5-TTS checkpoint, it has no tensor {tensor}")]
    NotF5 {
        /// The first one that was looked for in vain.
        tensor: String,
    },
    /// A relative of F5-TTS that is built in another way.
    #[error(
        "this checkpoint cannot be used, {reason}: give F5-TTS v1 Base, v0 Base or Small, made for Vocos"
    )]
    Unsupported {
        /// What is different about it.
        reason: String,
    },
    /// Some tensor does not have the shape that the others ask for.
    #[error("the tensors do not fit each other, {reason}: download or convert it again")]
    Shape {
        /// Which one, with both shapes.
        reason: String,
    },
    /// The vocabulary is no text in UTF-8, or far too large.
    #[error("this is no vocabulary: give the vocab.txt that belongs to the checkpoint")]
    NotVocabulary,
    /// The vocabulary belongs to another checkpoint.
    #[error(
        "the vocabulary has {entries} entries and the checkpoint {expected}: give the vocab.txt that belongs to it"
    )]
    OtherVocabulary {
        /// Different lines of the file.
        entries: usize,
        /// Rows of the checkpoint's table, without the filler.
        expected: usize,
    },
    /// A tensor of Vocos is missing.
    #[error(
        "not a Vocos checkpoint, it has no tensor {tensor}: give charactr/vocos-mel-24khz as safetensors"
    )]
    NotVocos {
        /// The first one that was looked for in vain.
        tensor: String,
    },
    /// The text has Chinese characters.
    #[error(
        "\"{character}\" would need pinyin, which is not built in: write the text without Chinese characters"
    )]
    Chinese {
        /// The first of them.
        character: char,
    },
    /// Hardly anything is left of the reference without its silence.
    #[error("the reference has {secs:.1} s of speech: give {min_secs} to {max_secs} s")]
    ReferenceTooShort {
        /// How much there is.
        secs: f64,
        /// The least.
        min_secs: f64,
        /// The most that is used.
        max_secs: f64,
    },
    /// Samples of the reference are not finite.
    #[error("the reference has samples that are not numbers: save it again")]
    ReferenceNotFinite,
    /// Nobody says so much, or so little, in this time.
    #[error(
        "the words of the reference do not fit its {secs:.1} s: write down exactly what is said in it"
    )]
    Pace {
        /// Length of the reference.
        secs: f64,
    },
    /// The network gives infinities.
    #[error("the checkpoint generates no sound: it is damaged, or made for something else")]
    NotFinite,
}

impl VoiceModelError {
    /// What a network says of tensors that do not fit.
    pub(super) fn shape(error: &candle_core::Error) -> Self {
        Self::Shape {
            reason: error.to_string(),
        }
    }
}

impl From<TensorFileError> for VoiceModelError {
    fn from(error: TensorFileError) -> Self {
        match error {
            TensorFileError::Missing => Self::Missing,
            TensorFileError::Pickled => Self::Pickled,
            TensorFileError::Unreadable(_) | TensorFileError::Unsound(_) => Self::Unsound {
                reason: error.to_string(),
            },
        }
    }
}
