//! Where samples, audio tokens and motion frames meet.

use crate::audio::{HOP_LENGTH, SAMPLE_RATE_HZ};
use crate::networks::jam_flow::Config;
use crate::speech::SAMPLES_PER_FRAME;

/// The shortest step that is a whole number of samples, audio tokens and motion frames.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Grid {
    /// Samples in a step.
    pub samples: usize,
    /// Audio tokens in a step.
    pub tokens: usize,
    /// Motion frames in a step.
    pub frames: usize,
}

impl Grid {
    /// The grid of a model's tokens.
    pub fn new(config: &Config) -> Self {
        let token_samples = HOP_LENGTH * config.patch_size;
        let samples = token_samples / greatest_common_divisor(token_samples, SAMPLES_PER_FRAME)
            * SAMPLES_PER_FRAME;
        Self {
            samples,
            tokens: samples / token_samples,
            frames: samples / SAMPLES_PER_FRAME,
        }
    }

    /// Samples in an audio token.
    pub fn token_samples(&self) -> usize {
        self.samples / self.tokens
    }

    /// Audio tokens in a second.
    pub fn tokens_per_second(&self) -> f64 {
        f64::from(SAMPLE_RATE_HZ) / self.token_samples() as f64
    }

    /// Seconds of so many steps.
    pub fn secs(&self, steps: usize) -> f64 {
        (steps * self.samples) as f64 / f64::from(SAMPLE_RATE_HZ)
    }

    /// The whole steps in so many seconds, at least one.
    pub fn steps(&self, secs: f64) -> usize {
        ((secs * f64::from(SAMPLE_RATE_HZ)) as usize / self.samples).max(1)
    }

    /// The last token at or before `token` where a step begins.
    pub fn step_before(&self, token: usize) -> usize {
        token / self.tokens * self.tokens
    }

    /// The motion frame at the beginning of the step that `token` lies in.
    pub fn frame_of(&self, token: usize) -> usize {
        token / self.tokens * self.frames
    }
}

fn greatest_common_divisor(a: usize, b: usize) -> usize {
    match b {
        0 => a,
        _ => greatest_common_divisor(b, a % b),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_whole_in_all_three() {
        let embedded = Grid::new(&Config {
            patch_size: 2,
            ..Config::f5_v1_base()
        });
        let expected = Grid {
            samples: 7680,
            tokens: 15,
            frames: 8,
        };
        assert_eq!(embedded, expected);
        assert_eq!((embedded.secs(1), embedded.steps(1.0)), (0.32, 3));
        assert_eq!(embedded.tokens_per_second(), 46.875);
        let published = Grid::new(&Config::jam_flow_published());
        assert_eq!((published.tokens, published.frames), (15, 4));
        for grid in [embedded, published] {
            assert_eq!(grid.frames * SAMPLES_PER_FRAME, grid.samples);
            assert_eq!(grid.tokens * grid.token_samples(), grid.samples);
        }
    }
}
