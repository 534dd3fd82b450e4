//! The debug view: what is measured while it is open.

use std::time::Instant;

use super::{App, Desk};
use crate::window::state::{DebugView, Measured};
use studio::performance::FRAME_SECS;

/// Frames of the window that the measurements are of.
const WINDOW_FRAMES: usize = 100;
/// How often frames of the portrait are counted.
const COUNTED_AFTER_SECS: f64 = 1.0;

/// Counts frames of the portrait.
#[derive(Clone, Copy, Debug)]
pub(super) struct FrameCount {
    since: Instant,
    frames: u64,
    frames_per_sec: Option<f64>,
}

impl Default for FrameCount {
    fn default() -> Self {
        Self {
            since: Instant::now(),
            frames: 0,
            frames_per_sec: None,
        }
    }
}

impl FrameCount {
    /// `frames` were drawn so far.
    fn update(&mut self, frames: u64) {
        let secs = self.since.elapsed().as_secs_f64();
        if secs >= COUNTED_AFTER_SECS {
            let drawn = frames.saturating_sub(self.frames);
            *self = Self {
                since: Instant::now(),
                frames,
                frames_per_sec: Some(drawn as f64 / secs),
            };
        }
    }
}

impl App {
    /// Brings the debug view up to date, if it is open.
    pub(super) fn measure(&mut self) {
        let Some(view) = &mut self.desk.state.debug else {
            return;
        };
        let busy = self.frame_times.recent(WINDOW_FRAMES);
        let ms = |time: std::time::Duration| time.as_secs_f64() * 1000.0;
        let mut measured = Measured {
            window_ms: ms(busy.median),
            window_slowest_ms: ms(busy.percentile_99),
            real_time_factor: self.desk.pace.real_time_factor,
            first_samples_ms: self.desk.pace.first_samples_ms,
            ..Measured::default()
        };
        view.mesh.clear();
        if let Some(live) = &self.live {
            self.frame_count.update(live.frames_drawn());
            measured.frames_per_sec = self.frame_count.frames_per_sec;
            measured.draw_ms = live.draw_time().map(ms);
            measured.frame_px = Some(live.size_px());
            let heard_secs = self.desk.player.position_secs();
            measured.drift_ms = heard_secs
                .zip(live.speech_frame())
                .map(|(heard_secs, frame)| (heard_secs - frame as f64 * FRAME_SECS) * 1000.0);
            measured.camera_ms = self.desk.state.camera.delay.map(ms);
            if view.shows_mesh {
                view.mesh = live.mesh();
            }
        }
        view.measured = measured;
    }
}

/// How fast the last speech was generated.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Pace {
    real_time_factor: Option<f64>,
    first_samples_ms: Option<f64>,
}

impl Desk {
    /// Opens the debug view, or closes it.
    pub(super) fn toggle_debug(&mut self) {
        self.state.debug = match self.state.debug {
            Some(_) => None,
            None => Some(DebugView::default()),
        };
    }

    /// A piece of the speech that began at `began` has arrived; `made_secs` of it are there now.
    pub(super) fn measure_pace(&mut self, began: Instant, made_secs: f64, is_first: bool) {
        let spent_secs = began.elapsed().as_secs_f64();
        if is_first {
            self.pace.first_samples_ms = Some(spent_secs * 1000.0);
        }
        if made_secs > 0.0 {
            self.pace.real_time_factor = Some(spent_secs / made_secs);
        }
    }
}
