//! Which phone each audio token lies in, and where in it: the clock that text, voice and captions share.

use crate::networks::jam_flow::{Config, DURATION_FRAME_SECS};

/// No phone lasts longer, whatever the predictor says.
const MAX_PHONE_SECS: f64 = 2.0;
/// Length that progress is measured against.
const PHONE_SECS_REFERENCE: f64 = 0.08;

/// Phones laid out in time.
#[derive(Debug, Clone, PartialEq)]
pub struct Alignment {
    /// Where each phone ends, seconds.
    pub ends_secs: Vec<f64>,
    /// The phone of each token, by the token's centre.
    pub index: Vec<u32>,
    /// For each token the fraction of its phone that has passed, and the logarithm of the phone's length over 80 ms.
    pub progress: Vec<f32>,
}

impl Alignment {
    /// From the predictor's logarithms of lengths in frames of 25 ms at speed 1. `None` if there is not one token's worth.
    pub fn new(config: &Config, log_frames: &[f32], speed: f64) -> Option<Self> {
        let secs: Vec<f64> = log_frames
            .iter()
            .map(|&log| {
                let secs = f64::from(log).exp() * DURATION_FRAME_SECS / speed;
                // A NaN becomes 0 here, so that damaged weights cannot ask for endless sound.
                if secs > 0.0 {
                    secs.min(MAX_PHONE_SECS)
                } else {
                    0.0
                }
            })
            .collect();
        let ends_secs: Vec<f64> = secs
            .iter()
            .scan(0.0, |end, secs| {
                *end += secs;
                Some(*end)
            })
            .collect();
        let tokens = (ends_secs.last()? * config.tokens_per_second()) as usize;
        (tokens > 0).then(|| Self::laid_out(config, &secs, ends_secs, tokens))
    }

    /// From the instants at which phones end, the first of which begins at `begin_secs`, before 0 or at it, for so many tokens;
    /// the last phone lasts until their end. `None` if there is no phone or no token.
    pub fn of_ends(
        config: &Config,
        begin_secs: f64,
        ends_secs: &[f64],
        tokens: usize,
    ) -> Option<Self> {
        let mut ends_secs = ends_secs.to_vec();
        let last = ends_secs.last_mut()?;
        *last = last.max(tokens as f64 / config.tokens_per_second());
        let begins = std::iter::once(begin_secs).chain(ends_secs.iter().copied());
        let secs: Vec<f64> = begins
            .zip(&ends_secs)
            .map(|(begin, end)| end - begin)
            .collect();
        (tokens > 0).then(|| Self::laid_out(config, &secs, ends_secs, tokens))
    }

    /// These phones and then those of `next`.
    pub fn followed_by(&self, next: &Self) -> Self {
        let phones = self.ends_secs.len();
        let end_secs = self.ends_secs.last().copied().unwrap_or(0.0);
        let mut both = self.clone();
        both.ends_secs
            .extend(next.ends_secs.iter().map(|end| end_secs + end));
        both.index
            .extend(next.index.iter().map(|phone| phone + phones as u32));
        both.progress.extend_from_slice(&next.progress);
        both
    }

    /// Phones of these lengths, which end there.
    fn laid_out(config: &Config, secs: &[f64], ends_secs: Vec<f64>, tokens: usize) -> Self {
        let mut index = Vec::with_capacity(tokens);
        let mut progress = Vec::with_capacity(2 * tokens);
        for token in 0..tokens {
            let centre = (token as f64 + 0.5) / config.tokens_per_second();
            let phone = ends_secs
                .partition_point(|&end| end <= centre)
                .min(secs.len() - 1);
            let passed = centre - (ends_secs[phone] - secs[phone]);
            index.push(phone as u32);
            progress.push((passed / secs[phone].max(1e-6)).clamp(0.0, 1.0) as f32);
            progress.push((secs[phone].max(1e-3) / PHONE_SECS_REFERENCE).ln() as f32);
        }
        Self {
            ends_secs,
            index,
            progress,
        }
    }

    /// When phones `range` sound, seconds.
    pub fn span_secs(&self, range: std::ops::Range<usize>) -> (f64, f64) {
        let end_of = |count: usize| match count {
            0 => 0.0,
            _ => self.ends_secs[(count - 1).min(self.ends_secs.len() - 1)],
        };
        (end_of(range.start), end_of(range.end))
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    pub fn config() -> Config {
        Config {
            patch_size: 2,
            ..Config::f5_v1_base()
        }
    }

    #[test]
    fn tokens_lie_in_their_phones() {
        // 4, 2 and 8 frames of 25 ms.
        let logs = [4f32.ln(), 2f32.ln(), 8f32.ln()];
        let alignment = Alignment::new(&config(), &logs, 1.0).unwrap();
        assert_eq!(alignment.index.len(), (0.35 * 46.875) as usize);
        assert_eq!(alignment.index[..8], [0, 0, 0, 0, 0, 1, 1, 2]);
        assert!((f64::from(alignment.progress[0]) - 0.5 / 46.875 / 0.1).abs() < 1e-6);
        assert!((f64::from(alignment.progress[1]) - (0.1f64 / 0.08).ln()).abs() < 1e-6);
        let (start, end) = alignment.span_secs(1..2);
        assert!((start - 0.1).abs() < 1e-6 && (end - 0.15).abs() < 1e-6);
    }

    #[test]
    fn ends_that_are_known_lay_phones_out_alike() {
        let logs = [4f32.ln(), 2f32.ln(), 8f32.ln()];
        let alignment = Alignment::new(&config(), &logs, 1.0).unwrap();
        let tokens = alignment.index.len();
        let again = Alignment::of_ends(&config(), 0.0, &alignment.ends_secs, tokens).unwrap();
        assert_eq!(again.index, alignment.index);
        for (a, b) in again.progress.iter().zip(&alignment.progress) {
            assert!((a - b).abs() < 1e-5);
        }
        // The last phone fills what is left, the first may have begun before.
        let longer = Alignment::of_ends(&config(), -0.5, &[0.1, 0.2], 15).unwrap();
        assert_eq!(longer.ends_secs, [0.1, 0.32]);
        assert!(longer.progress[0] > 0.8);
        assert!(Alignment::of_ends(&config(), 0.0, &[], 15).is_none());
        let both = longer.followed_by(&alignment);
        assert_eq!(both.index.len(), 15 + tokens);
        assert_eq!(both.index[15], 2);
        assert!((both.span_secs(2..3).1 - 0.42).abs() < 1e-6);
    }

    #[test]
    fn speed_shortens() {
        let logs = [3.0f32; 10];
        let tokens = |speed| Alignment::new(&config(), &logs, speed).unwrap().index.len();
        assert_eq!(tokens(1.0) / 2, tokens(2.0));
    }

    #[test]
    fn nonsense_has_an_end() {
        assert!(Alignment::new(&config(), &[], 1.0).is_none());
        assert!(Alignment::new(&config(), &[f32::NAN, f32::NEG_INFINITY], 1.0).is_none());
        let endless = Alignment::new(&config(), &[f32::INFINITY], 1.0).unwrap();
        assert_eq!(endless.ends_secs, [MAX_PHONE_SECS]);
    }
}
