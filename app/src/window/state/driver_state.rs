//! Who drives the face on the stage.

use std::path::PathBuf;
use std::sync::Arc;

use engine::motion::{DrivenPortrait, Driver, Driving};

use super::Progress;

/// Who drives whom, and how.
#[derive(Clone, Debug, PartialEq)]
pub struct DriveRequest {
    /// A film of a face, or a motion file.
    pub source: PathBuf,
    /// Which parts of the face, how strongly.
    pub driving: Driving,
    /// The portrait on the stage.
    pub portrait: DrivenPortrait,
}

/// What drives the face, and what was asked for.
#[derive(Default)]
pub struct DriverState {
    /// What drives it now.
    pub now: Option<Arc<Driver>>,
    /// What was asked for last; it comes, or has come, or has failed.
    pub asked: Option<DriveRequest>,
    /// How far the film is followed, while it is.
    pub progress: Option<Progress>,
}
