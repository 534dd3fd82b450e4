//! What can go wrong, sorted by what the user can do about it.

use std::path::PathBuf;

/// The result of every fallible call of this crate.
pub type Result<T> = std::result::Result<T, Error>;

/// One variant for each thing the user can do; paths come last in the message.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A file of the product is not where it should be.
    #[error("{what} is missing: get the complete models folder, or point --models at it: {path}")]
    WeightsMissing {
        /// What the file holds, in the user's words.
        what: &'static str,
        /// Where it was looked for.
        path: PathBuf,
    },
    /// A file of weights is there but is not what the configuration describes.
    #[error("{reason}: replace the file by the one the manifest names: {path}")]
    WeightsUnfit {
        /// What does not fit, with both sides of the comparison.
        reason: String,
        /// The file.
        path: PathBuf,
    },
    /// The user's text, sound or picture cannot be used; the message says what to give instead.
    #[error("{0}")]
    InputUnusable(String),
    /// A file could not be read or written.
    #[error("{action}: {source}: {path}")]
    File {
        /// What was being done, such as "cannot read the recording".
        action: &'static str,
        /// The system's reason.
        source: std::io::Error,
        /// The file.
        path: PathBuf,
    },
    /// The user asked to stop; nothing is wrong.
    #[error("cancelled")]
    Cancelled,
    /// A network failed in a way that no input should cause.
    #[error("the {stage} failed: {source}: please report this")]
    Model {
        /// Which stage of the pipeline.
        stage: &'static str,
        /// The failure below.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

impl Error {
    /// Wraps the failure of a network with the name of its stage.
    pub fn model(
        stage: &'static str,
        source: impl Into<Box<dyn std::error::Error + Send + Sync>>,
    ) -> Self {
        Self::Model {
            stage,
            source: source.into(),
        }
    }
}
