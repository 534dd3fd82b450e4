//! Which token comes next, by the scores of all.

use serde::Deserialize;

use crate::random::Random;

/// How much chance there is. The defaults are those that Keye-VL-1.5 is published with.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
#[serde(default)]
pub struct Sampling {
    /// 0 always takes the best; larger values flatten the scores.
    pub temperature: f32,
    /// Of the best tokens those are taken that have this share together.
    pub top_p: f32,
    /// At most so many of the best.
    pub top_k: usize,
}

impl Default for Sampling {
    fn default() -> Self {
        Self {
            temperature: 0.3,
            top_p: 0.8,
            top_k: 20,
        }
    }
}

impl Sampling {
    /// Chooses a token; none if no score is a number.
    pub fn pick(&self, scores: &[f32], random: &mut Random) -> Option<u32> {
        let mut best: Vec<(f32, u32)> = (0..)
            .zip(scores)
            .filter(|(_, score)| !score.is_nan())
            .map(|(token, &score)| (score, token))
            .collect();
        let greatest = |list: &[(f32, u32)]| {
            list.iter()
                .copied()
                .reduce(|a, b| if b.0 > a.0 { b } else { a })
        };
        if self.temperature <= 0.0 || self.top_k <= 1 {
            return greatest(&best).map(|(_, token)| token);
        }
        let descending = |a: &(f32, u32), b: &(f32, u32)| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1));
        if best.len() > self.top_k {
            best.select_nth_unstable_by(self.top_k - 1, descending);
            best.truncate(self.top_k);
        }
        best.sort_unstable_by(descending);
        let (highest, _) = *best.first()?;
        let mut weights: Vec<f64> = best
            .iter()
            .map(|(score, _)| f64::from((score - highest) / self.temperature).exp())
            .collect();
        let total: f64 = weights.iter().sum();
        let mut share = 0.0;
        let kept = weights.iter().position(|weight| {
            share += weight / total;
            share >= f64::from(self.top_p)
        });
        weights.truncate(kept.map_or(weights.len(), |last| last + 1));
        let mut left = random.unit() * weights.iter().sum::<f64>();
        let chosen = weights.iter().position(|weight| {
            left -= weight;
            left < 0.0
        });
        best.get(chosen.unwrap_or(0)).map(|&(_, token)| token)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn picked(sampling: Sampling, scores: &[f32]) -> Vec<u32> {
        let mut random = Random::new(7);
        (0..2000)
            .filter_map(|_| sampling.pick(scores, &mut random))
            .collect()
    }

    #[test]
    fn without_chance_the_best_is_taken() {
        let greedy = Sampling {
            temperature: 0.0,
            ..Sampling::default()
        };
        assert!(
            picked(greedy, &[0.0, f32::NAN, 3.0, 3.0])
                .iter()
                .all(|&token| token == 2)
        );
        assert_eq!(greedy.pick(&[f32::NAN], &mut Random::new(0)), None);
        assert_eq!(greedy.pick(&[], &mut Random::new(0)), None);
    }

    #[test]
    fn shares_follow_the_scores_and_the_tail_is_cut() {
        let sampling = Sampling {
            temperature: 1.0,
            top_p: 0.95,
            top_k: 3,
        };
        // Shares of the best three: 0.665, 0.245, 0.090; the third brings the sum beyond 0.95.
        let tokens = picked(sampling, &[1.0, 3.0, -1.0, 2.0]);
        let share = |token| tokens.iter().filter(|&&other| other == token).count() as f64 / 2000.0;
        assert!((share(1) - 0.665).abs() < 0.04 && (share(3) - 0.245).abs() < 0.04);
        assert!(share(0) > 0.05 && share(2) == 0.0);
        let narrow = Sampling {
            top_p: 0.5,
            ..sampling
        };
        assert!(
            picked(narrow, &[1.0, 3.0, -1.0, 2.0])
                .iter()
                .all(|&token| token == 1)
        );
    }

    #[test]
    fn the_same_seed_picks_the_same() {
        let scores: Vec<f32> = (0..100).map(|i| (i as f32 * 0.7).sin()).collect();
        let sampling = Sampling::default();
        assert_eq!(picked(sampling, &scores), picked(sampling, &scores));
    }
}
