//! Positions and visibility of one length, as the kernels take them.

use engine::backend::cpu::joint_attention::Bands;
use engine::networks::jam_flow::{Config, angles};

/// Cosine and sine of every pair at positions 0, `spacing`, 2·`spacing`, …: [position][pair][cosine, sine].
pub fn rotary_table(count: usize, spacing: f64, dim_head: usize) -> Vec<[f32; 2]> {
    let angles = angles(count, spacing, dim_head);
    angles
        .into_iter()
        .map(|angle| [angle.cos(), angle.sin()])
        .collect()
}

/// Which keys each query sees: begin and end among its own, begin and end among the other stream's.
pub type Ranges = Vec<[u32; 4]>;

/// The ranges of both streams, alone and joined.
pub struct Visible {
    pub audio_alone: Ranges,
    pub audio_joined: Ranges,
    pub motion_alone: Ranges,
    pub motion_joined: Ranges,
}

impl Visible {
    /// For `tokens` audio tokens beside `frames` motion frames.
    pub fn new(config: &Config, tokens: usize, frames: usize) -> Self {
        let Bands {
            audio_alone,
            audio_joined,
            motion_alone,
            motion_joined,
        } = Bands::new(config, tokens, frames);
        // Bands count the other's keys from the end of the own ones on.
        macro_rules! ranges {
            ($bands:expr, $own:expr) => {
                $bands
                    .iter()
                    .map(|ranges| {
                        let [(begin, end), (other_begin, other_end)] = ranges.0;
                        let other = |key: usize| key.saturating_sub($own);
                        [begin, end, other(other_begin), other(other_end)].map(|key| key as u32)
                    })
                    .collect()
            };
        }
        let alone = |mut ranges: Ranges| {
            for range in &mut ranges {
                (range[2], range[3]) = (0, 0);
            }
            ranges
        };
        Self {
            audio_alone: alone(ranges!(audio_alone, tokens)),
            audio_joined: ranges!(audio_joined, tokens),
            motion_alone: alone(ranges!(motion_alone, frames)),
            motion_joined: ranges!(motion_joined, frames),
        }
    }
}
