//! The thread that follows who sits before the camera, and the one that looks for cameras.

use std::path::PathBuf;
use std::sync::Arc;

use super::{Event, Reporter, spawn};
use studio::camera::{CameraSource, devices};
use studio::cancel::is_cancelled;
use studio::newest::Newest;
use studio::shielded::shielded;
use studio::tracking::{LiveControls, SeenNow, follow_camera};
use studio::wording::one_line;

/// A camera that is on.
pub(super) struct RunningCamera {
    pub controls: Arc<LiveControls>,
    /// The newest that was seen.
    pub seen: Arc<Newest<SeenNow>>,
}

/// Switches a camera on. It says [`Event::CameraFailed`] with this number if it fails.
pub(super) fn start(
    number: u64,
    models: PathBuf,
    source: CameraSource,
    is_mirrored: bool,
    reporter: Reporter,
) -> anyhow::Result<RunningCamera> {
    let controls = Arc::new(LiveControls::default());
    let seen = Arc::new(Newest::default());
    let running = RunningCamera {
        controls: Arc::clone(&controls),
        seen: Arc::clone(&seen),
    };
    spawn("camera-tracking", move || {
        // No wake-up: the next frame of the stage looks for it.
        let mut put = |sight| seen.put(sight);
        let ended = shielded(|| follow_camera(&models, source, is_mirrored, &controls, &mut put));
        if let Err(error) = ended
            && !is_cancelled(&error)
        {
            let reason = one_line(&error);
            reporter.send(Event::CameraFailed { number, reason });
        }
    })?;
    Ok(running)
}

/// Looks for cameras; the answer arrives as [`Event::Cameras`].
pub(super) fn list(reporter: Reporter) -> anyhow::Result<()> {
    spawn("cameras", move || {
        let found = shielded(|| Ok(devices())).unwrap_or_default();
        reporter.send(Event::Cameras(found));
    })?;
    Ok(())
}
