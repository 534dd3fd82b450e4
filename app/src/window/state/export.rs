//! Takes on their way to files.

use std::path::PathBuf;

use super::{Action, Progress};

/// A take that is written to a file, or waits for its turn.
#[derive(Clone, Debug)]
pub struct Export {
    /// Of the worker.
    pub number: u64,
    /// The file.
    pub path: PathBuf,
    /// What begins it anew if it fails.
    pub again: Action,
    /// How far it is; none while it waits.
    pub progress: Option<Progress>,
}
