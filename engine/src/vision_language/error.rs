//! Why a vision-language model cannot be used.

/// What is wrong, in words for the user.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum VisionLanguageError {
    /// The folder holds no such model, or not all of it.
    #[error(
        "this is no folder of a Keye-VL model, {reason}: give the whole published folder with config.json, tokenizer.json and the \
         safetensors files"
    )]
    NotAModel {
        /// What is missing or does not fit.
        reason: String,
    },
    /// It does not fit into the memory that is free.
    #[error(
        "the model needs {needed_gb:.1} GB of memory and {free_gb:.1} GB are free: show it fewer pictures, put a 4-bit GGUF of its \
         language half into the folder, or ask a served model"
    )]
    TooLarge {
        /// What it needs at least, 10⁹ bytes.
        needed_gb: f64,
        /// What is free, 10⁹ bytes.
        free_gb: f64,
    },
    /// A picture that cannot be cut into patches.
    #[error(
        "a picture of {width_px} × {height_px} pixels cannot be shown: give sides that are multiples of {multiple_px}"
    )]
    PictureSize {
        /// Its width.
        width_px: u32,
        /// Its height.
        height_px: u32,
        /// What both sides have to be multiples of.
        multiple_px: u32,
    },
    /// The networks failed in a way that no picture or prompt should cause.
    #[error("the model failed: {reason}: please report this")]
    Failed {
        /// What they say.
        reason: String,
    },
}
