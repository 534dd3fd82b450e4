//! What the two streams are given beside their noisy values: rows of plain numbers, the same for every backend.

use super::Config;

/// What the Audio-DiT is given; `None` is zero, which is also how a condition is dropped for guidance.
#[derive(Debug, Clone, Copy, Default)]
pub struct AudioCondition<'a> {
    /// Known mel, normalised, zero where speech is to be generated: (n, token_dim).
    #[doc(alias = "cond")]
    pub mel: Option<&'a [f32]>,
    /// Text at the rate of audio tokens: (n, text_dim).
    pub text: Option<&'a [f32]>,
    /// Progress through the phone: (n, 2).
    pub progress: Option<&'a [f32]>,
    /// Normalised log pitch, voicing, energy: (n, prosody_channels).
    pub prosody: Option<&'a [f32]>,
    /// The voice: (voice_dim,), the same for every token.
    pub voice: Option<&'a [f32]>,
}

/// What the Motion-DiT is given; `None` is zero.
#[derive(Debug, Clone, Copy, Default)]
pub struct MotionCondition<'a> {
    /// Known mouth motion, normalised, zero where it is to be generated: (m, motion_channels).
    pub mouth: Option<&'a [f32]>,
    /// The other keypoints' deltas: (m, rest_channels).
    #[doc(alias = "e_rest")]
    pub rest: Option<&'a [f32]>,
    /// What the listener says of sound that is given: (m, heard_channels).
    pub heard: Option<&'a [f32]>,
}

impl AudioCondition<'_> {
    /// All parts side by side for `tokens` tokens: (n, [`Config::audio_condition_dim`]).
    ///
    /// # Panics
    /// If a part does not have as many numbers as the configuration and `tokens` ask for.
    pub fn rows(&self, config: &Config, tokens: usize) -> Vec<f32> {
        side_by_side(
            tokens,
            &[
                Part::rows(self.mel, config.token_dim()),
                Part::rows(self.text, config.text_dim),
                Part::rows(self.progress, config.progress_channels()),
                Part::rows(self.prosody, config.prosody_channels),
                Part::repeated(self.voice, config.voice_dim),
            ],
        )
    }
}

impl MotionCondition<'_> {
    /// All parts side by side for `frames` motion frames: (m, [`Config::motion_condition_dim`]).
    ///
    /// # Panics
    /// If a part does not have as many numbers as the configuration and `frames` ask for.
    pub fn rows(&self, config: &Config, frames: usize) -> Vec<f32> {
        side_by_side(
            frames,
            &[
                Part::rows(self.mouth, config.motion_channels),
                Part::rows(self.rest, config.rest_channels),
                Part::rows(self.heard, config.heard_channels),
            ],
        )
    }
}

/// Some columns of a condition.
struct Part<'a> {
    values: Option<&'a [f32]>,
    width: usize,
    is_repeated: bool,
}

impl<'a> Part<'a> {
    /// Different in every row.
    fn rows(values: Option<&'a [f32]>, width: usize) -> Self {
        Self {
            values,
            width,
            is_repeated: false,
        }
    }

    /// The same in every row.
    fn repeated(values: Option<&'a [f32]>, width: usize) -> Self {
        Self {
            values,
            width,
            is_repeated: true,
        }
    }
}

/// The parts as columns of `count` rows, zeros where there is nothing.
fn side_by_side(count: usize, parts: &[Part]) -> Vec<f32> {
    let width: usize = parts.iter().map(|part| part.width).sum();
    let mut rows = vec![0.0; count * width];
    let mut first = 0;
    for part in parts {
        if let Some(values) = part.values {
            let expected = part.width * if part.is_repeated { 1 } else { count };
            assert_eq!(values.len(), expected, "numbers of a condition");
            for (i, row) in rows.chunks_exact_mut(width.max(1)).enumerate() {
                let from = if part.is_repeated { 0 } else { i * part.width };
                row[first..first + part.width].copy_from_slice(&values[from..from + part.width]);
            }
        }
        first += part.width;
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_stand_side_by_side_and_zero_where_nothing_is_given() {
        let config = Config {
            mel_bins: 2,
            text_dim: 1,
            voice_dim: 2,
            ..Config::f5_v1_base()
        };
        let condition = AudioCondition {
            mel: Some(&[1.0, 2.0, 3.0, 4.0]),
            voice: Some(&[8.0, 9.0]),
            ..AudioCondition::default()
        };
        assert_eq!(
            condition.rows(&config, 2),
            [1.0, 2.0, 0.0, 8.0, 9.0, 3.0, 4.0, 0.0, 8.0, 9.0]
        );
        assert_eq!(
            condition.rows(&config, 2).len(),
            2 * config.audio_condition_dim()
        );
        let motion = MotionCondition::default().rows(&config, 3);
        assert_eq!(motion, vec![0.0; 3 * config.motion_condition_dim()]);
    }
}
