//! Motion out of a file: that of the face in a video, or what a motion file holds.

use std::path::Path;

use engine::error::SpeechError;
use engine::motion::{Motion, motion_file};
use engine::tracking::{FaceTrack, Neutral, Tracked, Tracker, TrackingReport};

use crate::media::read;

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
