//! What the window is used for.

use serde::{Deserialize, Serialize};

/// What the window is used for now.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Use {
    /// Text to avatar, and other words in a take.
    #[default]
    #[serde(alias = "ChangeWords")]
    Write,
    /// Audio to avatar: the microphone or a clip.
    Record,
    /// A clip to a film in which the portrait tells it.
    Watch,
    /// Several scenes to one film.
    Film,
    /// A take to files.
    Export,
}
