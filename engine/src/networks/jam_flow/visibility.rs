//! Who sees whom in the attention, by the instants of tokens and frames.
//!
//! Audio sees all audio. Motion sees motion, motion sees audio and audio sees motion within a window of time.

use super::Config;
use crate::motion::FRAMES_PER_SECOND;

/// Instants of one run and how far they see each other. In f32 throughout, as the trainer computes them: instants on the border
/// of a window fall to the same side.
#[derive(Debug, Clone)]
pub struct Visibility {
    /// The centre of each audio token, seconds.
    pub token_secs: Vec<f32>,
    /// Each motion frame, seconds: its index over the frame rate.
    pub frame_secs: Vec<f32>,
    /// How far motion sees motion.
    pub motion_window_secs: f32,
    /// How far motion sees audio and audio sees motion.
    pub cross_window_secs: f32,
}

impl Visibility {
    /// For `tokens` audio tokens beside `frames` motion frames.
    pub fn new(config: &Config, tokens: usize, frames: usize) -> Self {
        Self {
            token_secs: (0..tokens)
                .map(|i| (i as f32 + 0.5) / config.tokens_per_second() as f32)
                .collect(),
            frame_secs: (0..frames)
                .map(|i| i as f32 / FRAMES_PER_SECOND as f32)
                .collect(),
            motion_window_secs: (config.motion_window_secs + 1e-6) as f32,
            cross_window_secs: config.cross_window_secs as f32,
        }
    }
}
