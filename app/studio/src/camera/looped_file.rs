//! A video that stands in for a camera: it plays at its own pace, again and again.

use std::path::Path;
use std::time::{Duration, Instant};

use super::{CameraError, CameraPicture};
use crate::cancel::CancelToken;
use crate::media::read::read_frames;
use crate::wording::one_line;

/// How long is slept before it is asked whether to end.
const NAP: Duration = Duration::from_millis(20);
/// A round takes at least this long, however short the video is.
const MIN_ROUND: Duration = Duration::from_millis(40);

/// Hands its pictures on until `stop`.
pub(super) fn play(
    path: &Path,
    stop: &CancelToken,
    put: &mut dyn FnMut(CameraPicture),
) -> Result<(), CameraError> {
    let cancelled = || stop.is_cancelled();
    while !cancelled() {
        let began = Instant::now();
        let played = read_frames(path, &cancelled, &mut |frame, _| {
            sleep_until(began + Duration::from_secs_f64(frame.time_secs), stop)?;
            put(CameraPicture {
                width: frame.width,
                height: frame.height,
                rgb: frame.rgb.to_vec(),
                captured: Instant::now(),
            });
            Ok(())
        });
        match played.and_then(|()| sleep_until(began + MIN_ROUND, stop)) {
            Ok(()) => {}
            Err(engine::Error::Cancelled) => break,
            Err(error) => return Err(CameraError::File(one_line(&error.into()))),
        }
    }
    Ok(())
}

fn sleep_until(time: Instant, stop: &CancelToken) -> engine::Result<()> {
    loop {
        stop.check()?;
        let rest = time.saturating_duration_since(Instant::now());
        if rest.is_zero() {
            return Ok(());
        }
        std::thread::sleep(rest.min(NAP));
    }
}
