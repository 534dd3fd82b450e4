//! Motion of faces: out of a video, out of a motion file, or of who sits before a camera.

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use engine::error::SpeechError;
use engine::motion::{Motion, motion_file};
use engine::tracking::{
    FaceTrack, LiveTrack, Neutral, Sight, Tracked, Tracker, TrackingReport, VideoFrame,
};

use crate::camera::{Camera, CameraSource};
use crate::cancel::CancelToken;
use crate::media::read;

/// How long is waited for a picture of a camera before it is asked whether to end.
const NAP: Duration = Duration::from_millis(50);

/// The movement in a motion file, or that of the face in a video, with what is to be said about that. `cancelled` is asked at
/// each picture, `on_progress` is told the share that is done, 0 to 1.
///
/// # Errors
/// Those of [`motion_file::read`], [`Tracker::load`] and [`track_video`].
pub fn motion_of(
    models: &Path,
    path: &Path,
    neutral: Neutral,
    cancelled: &dyn Fn() -> bool,
    on_progress: &mut dyn FnMut(f32),
) -> engine::Result<(Motion, Option<TrackingReport>)> {
    if motion_file::is_motion(path) {
        let motion = motion_file::read(path)?;
        if motion.frames.is_empty() {
            return Err(engine::Error::from(SpeechError::EmptyMotion).in_file(path));
        }
        return Ok((motion, None));
    }
    let tracker = Tracker::load(models)?;
    let tracked = track_video(&tracker, path, neutral, cancelled, on_progress)?;
    Ok((tracked.motion, Some(tracked.report)))
}

/// Follows the face of a whole film. `cancelled` is asked at each picture, `on_progress` is told the share that is done, 0 to 1.
///
/// # Errors
/// Those of [`read::read_frames`], [`FaceTrack::push`] and [`FaceTrack::finish`]; the file is named in all that concern it.
pub fn track_video(
    tracker: &Tracker,
    path: &Path,
    neutral: Neutral,
    cancelled: &dyn Fn() -> bool,
    on_progress: &mut dyn FnMut(f32),
) -> engine::Result<Tracked> {
    let mut track = FaceTrack::new(tracker);
    read::read_frames(path, cancelled, &mut |frame, fraction| {
        track.push(frame)?;
        on_progress(fraction);
        Ok(())
    })
    .and_then(|()| track.finish(neutral))
    .map_err(|error| error.in_file(path))
}

/// What was seen of who sits before a camera.
#[derive(Clone, Copy, Debug)]
pub struct SeenNow {
    /// What was seen.
    pub sight: Sight,
    /// When the picture came from the camera.
    pub captured: Instant,
}

/// What can be asked of [`follow_camera`] while it runs.
#[derive(Debug, Default)]
pub struct LiveControls {
    /// Ends it, and switches the camera off.
    pub stop: CancelToken,
    wants_neutral: AtomicBool,
}

impl LiveControls {
    /// Takes the next second of the face for the neutral one.
    pub fn take_neutral(&self) {
        self.wants_neutral.store(true, Ordering::SeqCst);
    }
}

/// Follows who sits before a camera until it is told to stop. Of pictures that come faster than they can be looked at, the newest counts.
/// A mirrored one moves the portrait to the side that a mirror would show.
///
/// # Errors
/// [`crate::camera::CameraError`] of the camera, and those of [`Tracker::load`] and [`LiveTrack::push`].
pub fn follow_camera(
    models: &Path,
    source: CameraSource,
    is_mirrored: bool,
    controls: &LiveControls,
    on_sight: &mut dyn FnMut(SeenNow),
) -> anyhow::Result<()> {
    let began = Instant::now();
    // It comes on while the networks are read.
    let camera = Camera::open(source)?;
    let tracker = Tracker::load(models)?;
    let mut track = LiveTrack::new(&tracker);
    let (mut pictures, mut spent, mut waited) = (0_u32, Duration::ZERO, Duration::ZERO);
    while !controls.stop.is_cancelled() {
        if controls.wants_neutral.swap(false, Ordering::SeqCst) {
            track.take_neutral();
        }
        let Some(mut picture) = camera.next(NAP)? else {
            continue;
        };
        if is_mirrored {
            picture.mirror();
        }
        let captured = picture.captured;
        let looked = Instant::now();
        let sight = track.push(&VideoFrame {
            width: picture.width,
            height: picture.height,
            rgb: &picture.rgb,
            time_secs: captured.duration_since(began).as_secs_f64(),
        })?;
        if let Some(sight) = sight {
            (pictures, spent) = (pictures + 1, spent + looked.elapsed());
            waited += captured.elapsed();
            on_sight(SeenNow { sight, captured });
        }
    }
    let pictures = pictures.max(1);
    tracing::debug!(
        "tracked {pictures} pictures of the camera, each {:?} long and {:?} after it came",
        spent / pictures,
        waited / pictures,
    );
    Ok(())
}

#[cfg(test)]
mod tests;
