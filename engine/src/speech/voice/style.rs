//! How somebody's speech differs from what the prosody predictor says of a voice.

/// Numbers of a token's melody: pitch, voicing, energy.
const CONTOUR: usize = 3;
/// How far the spread of pitch may lie from that of the voice that stands in.
const SPREADS: (f32, f32) = (0.6, 1.6);
/// Fewer tokens say nothing of a melody.
const MIN_TOKENS: usize = 8;

/// Pace and melody against the predicted ones.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SpeakingStyle {
    /// Length of their phones over the predicted one.
    pub pace: f64,
    pitch: Line,
    energy: Line,
}

/// y = slope · x + offset.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Line {
    slope: f32,
    offset: f32,
}

impl Default for SpeakingStyle {
    fn default() -> Self {
        let same = Line {
            slope: 1.0,
            offset: 0.0,
        };
        Self {
            pace: 1.0,
            pitch: same,
            energy: same,
        }
    }
}

impl SpeakingStyle {
    /// From the melody (n, 3) that was predicted for a stretch and the one that was heard in it.
    pub fn between(pace: f64, predicted: &[f32], heard: &[f32]) -> Self {
        let rows = || {
            predicted
                .chunks_exact(CONTOUR)
                .zip(heard.chunks_exact(CONTOUR))
        };
        let voiced = rows().filter(|(a, b)| a[1] * b[1] > 0.0);
        Self {
            pace,
            pitch: Line::through(voiced.map(|(a, b)| (a[0], b[0])).collect()),
            energy: Line::through(rows().map(|(a, b)| (a[2], b[2])).collect()),
        }
    }

    /// Moves a predicted melody (n, 3) to the speaker's mean and spread.
    pub fn apply(&self, contour: &mut [f32]) {
        if *self == Self::default() {
            return;
        }
        for row in contour.chunks_exact_mut(CONTOUR) {
            row[0] = row[1] * (self.pitch.slope * row[0] + self.pitch.offset);
            row[2] = self.energy.slope * row[2] + self.energy.offset;
        }
    }
}

impl Line {
    /// What brings the mean and the spread of the first numbers to those of the second.
    fn through(pairs: Vec<(f32, f32)>) -> Self {
        let count = pairs.len() as f32;
        if pairs.len() < MIN_TOKENS {
            return SpeakingStyle::default().pitch;
        }
        let mean = |of: fn(&(f32, f32)) -> f32| pairs.iter().map(of).sum::<f32>() / count;
        let (from, to) = (mean(|pair| pair.0), mean(|pair| pair.1));
        let spread = |centre: f32, of: fn(&(f32, f32)) -> f32| {
            let sum: f32 = pairs.iter().map(|pair| (of(pair) - centre).powi(2)).sum();
            (sum / count).sqrt()
        };
        let (wide, wanted) = (spread(from, |pair| pair.0), spread(to, |pair| pair.1));
        let slope = (wanted / wide.max(1e-3)).clamp(SPREADS.0, SPREADS.1);
        Self {
            slope,
            offset: to - slope * from,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_melody_moves_to_the_speakers_mean_and_spread() {
        let predicted: Vec<f32> = (0..60)
            .flat_map(|i| [(i % 10) as f32 * 0.1, f32::from(u8::from(i % 4 > 0)), -0.2])
            .collect();
        let heard: Vec<f32> = predicted
            .chunks_exact(3)
            .flat_map(|row| [row[1] * (1.5 * row[0] - 2.0), row[1], row[2] + 0.3])
            .collect();
        let style = SpeakingStyle::between(1.2, &predicted, &heard);
        let mut moved = predicted.clone();
        style.apply(&mut moved);
        for (a, b) in moved.iter().zip(&heard) {
            assert!((a - b).abs() < 1e-3, "{a} {b}");
        }
        // Nothing heard, nothing changed.
        let mut same = predicted.clone();
        SpeakingStyle::between(1.0, &predicted, &[0.0; 9]).apply(&mut same);
        assert_eq!(same, predicted);
    }
}
