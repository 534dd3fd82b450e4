//! Kinds of files, each of which has a folder of its own on most disks.

use serde::{Deserialize, Serialize};

/// Files that lie together on most disks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum FileKind {
    /// Pictures of faces.
    Picture,
    /// Recordings of speech.
    Audio,
    /// Videos of faces.
    Video,
    /// Texts.
    Text,
    /// Folders of projects.
    Project,
    /// Models of the user's, and keys of servers.
    Model,
    /// What is exported.
    Export,
}
