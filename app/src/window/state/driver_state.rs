//! Who drives the face on the stage.

use std::sync::Arc;

use engine::motion::Driver;

use super::Progress;
use crate::window::threads::DriveRequest;

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
