//! How loud the speech of a recording is, and what brings it to the loudness that the networks know.

/// Loudness that recordings are brought to, root mean square over the parts that are not silent: the corpus's.
const TARGET_LEVEL: f32 = 0.08;
/// Blocks of 0.32 s quieter than this take no part in measuring loudness.
const SILENCE_LEVEL: f32 = 0.003;
/// Loudness is not raised further than this, so that noise stays noise.
const MAX_GAIN: f32 = 8.0;
/// A recording whose loudest block stays below this (−34 dBFS) is a quiet one: a microphone that was far away, or turned down.
const QUIET_LEVEL: f32 = 0.02;
/// In a quiet recording silence lies this far below the loudest block, but not below the least significant bits of 16.
const QUIET_SILENCE_SHARE: f32 = SILENCE_LEVEL / QUIET_LEVEL;
const FAINTEST_LEVEL: f32 = 0.000_1;
/// Quiet recordings are raised this far, 40 dB.
const MAX_QUIET_GAIN: f32 = 100.0;
/// Length of a block of which the loudness is measured: 0.32 s. It has nothing to do with the model's grid.
const BLOCK_SAMPLES: usize = 7680;

/// What brings a recording's speech to the loudness that the model knows.
pub fn gain(samples: &[f32]) -> f32 {
    Loudness::of(samples).gain(samples)
}

/// The same for a stretch of sound that is still coming in, which may be a pause.
pub fn live_gain(samples: &[f32]) -> f32 {
    Loudness::USUAL.gain(samples)
}

/// What brings a quiet recording to the loudness that the networks know; `None` for one that they hear well as it is.
pub fn quiet_gain(samples: &[f32]) -> Option<f32> {
    let loudness = Loudness::of(samples);
    let is_quiet = loudness.max_gain > MAX_GAIN;
    Some(loudness.gain(samples)).filter(|&gain| is_quiet && gain > 1.0)
}

/// How many samples lie in blocks that are not silent.
pub fn loud_samples(samples: &[f32]) -> usize {
    let loud = Loudness::of(samples);
    loud.loud_blocks(samples).map(|(_, length)| length).sum()
}

/// What counts as silence in a recording, and how far it may be raised.
struct Loudness {
    silence_level: f32,
    max_gain: f32,
}

impl Loudness {
    /// What most recordings have.
    const USUAL: Self = Self {
        silence_level: SILENCE_LEVEL,
        max_gain: MAX_GAIN,
    };

    fn of(samples: &[f32]) -> Self {
        let loudest = blocks(samples)
            .map(|(sum, length)| (sum / length as f64).sqrt() as f32)
            .fold(0.0, f32::max);
        if loudest >= QUIET_LEVEL {
            return Self::USUAL;
        }
        Self {
            silence_level: (loudest * QUIET_SILENCE_SHARE).max(FAINTEST_LEVEL),
            max_gain: MAX_QUIET_GAIN,
        }
    }

    /// What brings the parts that are not silent to the target.
    fn gain(&self, samples: &[f32]) -> f32 {
        let (mut power, mut count) = (0.0f64, 0usize);
        for (sum, length) in self.loud_blocks(samples) {
            power += sum;
            count += length;
        }
        if count == 0 {
            return 1.0;
        }
        (TARGET_LEVEL / (power / count as f64).sqrt() as f32).min(self.max_gain)
    }

    /// Sum of squares and length of each block that is not silent.
    fn loud_blocks(&self, samples: &[f32]) -> impl Iterator<Item = (f64, usize)> {
        let silence = f64::from(self.silence_level);
        blocks(samples).filter(move |&(sum, length)| (sum / length as f64).sqrt() > silence)
    }
}

/// Sum of squares and length of each block.
fn blocks(samples: &[f32]) -> impl Iterator<Item = (f64, usize)> {
    samples.chunks(BLOCK_SAMPLES).map(|block| {
        let sum = block.iter().map(|&sample| f64::from(sample * sample)).sum();
        (sum, block.len())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loudness_is_evened_but_noise_is_not_raised() {
        let tone = |level: f32| -> Vec<f32> {
            (0..48_000)
                .map(|i| level * (i as f32 * 0.05).sin() * 2f32.sqrt())
                .collect()
        };
        assert!((gain(&tone(0.02)) - 4.0).abs() < 0.1);
        assert!((gain(&tone(0.16)) - 0.5).abs() < 0.01);
        assert_eq!(gain(&tone(0.000_05)), 1.0);
        assert_eq!(gain(&[0.0; 100]), 1.0);
        // Quiet recordings come to the same level, with their own idea of silence.
        assert!((gain(&tone(0.002)) - 40.0).abs() < 1.0);
        let quiet = [tone(0.004), tone(0.000_3)].concat();
        assert!((gain(&quiet) - 20.0).abs() < 2.0, "{}", gain(&quiet));
        assert!(loud_samples(&quiet).abs_diff(48_000) <= BLOCK_SAMPLES);
        assert_eq!(gain(&tone(0.000_2)), MAX_QUIET_GAIN);
        assert_eq!(quiet_gain(&tone(0.1)), None);
        assert!(quiet_gain(&tone(0.01)).is_some_and(|gain| (gain - 8.0).abs() < 0.1));
        // Silence before the speech does not make it louder.
        let late = [vec![0.0; 96_000], tone(0.04)].concat();
        assert!((gain(&late) - 2.0).abs() < 0.1);
        assert!(loud_samples(&late).abs_diff(48_000) <= BLOCK_SAMPLES);
    }
}
