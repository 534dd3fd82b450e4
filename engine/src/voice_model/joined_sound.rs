//! Chunks of speech, one cross-faded into the next (F5-TTS commit 2ae2c9b, `infer/utils_infer.py`).

use std::ops::Range;

use crate::audio::SAMPLE_RATE_HZ;

/// Longest cross-fade, samples: 0.15 s.
const CROSS_FADE_SAMPLES: usize = SAMPLE_RATE_HZ as usize * 15 / 100;

/// Speech that grows by chunks.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct JoinedSound {
    /// All of it, mono at [`SAMPLE_RATE_HZ`].
    pub samples: Vec<f32>,
}

impl JoinedSound {
    /// Fades the end out while the chunk is faded in, linearly. Returns where the chunk lies.
    pub fn append(&mut self, chunk: &[f32]) -> Range<usize> {
        let fade = CROSS_FADE_SAMPLES.min(self.samples.len()).min(chunk.len());
        let start = self.samples.len() - fade;
        let last = fade.saturating_sub(1).max(1) as f32;
        for (i, (sample, new)) in self.samples[start..].iter_mut().zip(chunk).enumerate() {
            let share = i as f32 / last;
            *sample = *sample * (1.0 - share) + new * share;
        }
        self.samples.extend_from_slice(&chunk[fade..]);
        start..start + chunk.len()
    }

    /// How many samples no later chunk changes.
    pub fn settled(&self) -> usize {
        self.samples.len().saturating_sub(CROSS_FADE_SAMPLES)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_sounds_join_without_a_dent() {
        let mut sound = JoinedSound::default();
        assert_eq!(sound.settled(), 0);
        assert_eq!(sound.append(&[0.5; 10_000]), 0..10_000);
        assert_eq!(sound.settled(), 6_400);
        assert_eq!(sound.append(&[0.5; 8_000]), 6_400..14_400);
        assert_eq!(sound.samples.len(), 14_400);
        assert!(sound.samples.iter().all(|x| (x - 0.5).abs() < 1e-6));
        assert_eq!(sound.append(&[1.0]), 14_399..14_400);
        assert_eq!(sound.append(&[]), 14_400..14_400);
    }

    #[test]
    fn the_fade_runs_from_one_sound_to_the_other() {
        let mut sound = JoinedSound::default();
        sound.append(&[1.0; 4_000]);
        sound.append(&[-1.0; 4_000]);
        assert_eq!((sound.samples[400], sound.samples[3_999]), (1.0, -1.0));
        assert!(sound.samples[400..4_000].is_sorted_by(|a, b| a >= b));
    }
}
