//! Shuts the lips where a p, b or m is heard.
//!
//! The joint model follows the vowels of people that it has never heard, but of their closures, which are short and quiet, it misses
//! half. The aligner's network hears phones without being told a text, so it says where lips must meet.

use super::narrow_gap;
use crate::audio::{HOP_LENGTH, SAMPLE_RATE_HZ};
use crate::motion::MouthFrame;
use crate::networks::phone_classifier::PhonePosteriors;
use crate::speech::SAMPLES_PER_FRAME;

/// Phones that no open mouth makes.
const BILABIALS: [&str; 3] = ["p", "b", "m"];
/// Probability of one from which lips begin to meet, and at which they have met.
const PROBABILITIES: (f32, f32) = (0.2, 0.5);
/// A patch counts for frames this near, seconds: half a frame.
const REACH_SECS: f64 = 0.02;
/// How far shut lips are in the frames beside a closure.
const BESIDE: f32 = 0.45;
/// How much of its drop the chin gives up in a closure.
const CHIN_SHARE: f32 = 0.3;

/// The classes of the network that are bilabials.
pub fn bilabials(classes: &[String]) -> Vec<usize> {
    (0..classes.len())
        .filter(|&class| BILABIALS.contains(&classes[class].as_str()))
        .collect()
}

/// Shuts `mouth` where one of `bilabials` is `heard` in the same stretch; the network tells `classes` apart.
pub fn close_lips(
    mouth: &mut [MouthFrame],
    heard: &PhonePosteriors,
    bilabials: &[usize],
    classes: usize,
) {
    let probabilities: Vec<f32> = heard
        .log_probabilities
        .chunks_exact(classes)
        .map(|patch| bilabials.iter().map(|&class| patch[class].exp()).sum())
        .collect();
    let secs_per_patch = (2 * HOP_LENGTH) as f64 / f64::from(SAMPLE_RATE_HZ);
    let shut: Vec<f32> = (0..mouth.len())
        .map(|frame| {
            let secs = (frame * SAMPLES_PER_FRAME) as f64 / f64::from(SAMPLE_RATE_HZ);
            // A patch is told by its middle.
            let patch = |secs: f64| (secs / secs_per_patch).max(0.0) as usize;
            let first = patch(secs - REACH_SECS).min(probabilities.len());
            let end = (patch(secs + REACH_SECS) + 1).min(probabilities.len());
            let most = probabilities[first..end]
                .iter()
                .copied()
                .fold(0.0, f32::max);
            let (low, high) = PROBABILITIES;
            ((most - low) / (high - low)).clamp(0.0, 1.0)
        })
        .collect();
    for (frame, mouth) in mouth.iter_mut().enumerate() {
        let before = frame.checked_sub(1).map_or(0.0, |before| shut[before]);
        let after = shut.get(frame + 1).copied().unwrap_or(0.0);
        let share = shut[frame].max(BESIDE * before.max(after));
        let gap = mouth.lip_gap().max(0.0) * share;
        narrow_gap(mouth, gap);
        mouth.chin[1] *= 1.0 - CHIN_SHARE * share;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gaps(heard: impl Fn(f64) -> f32) -> Vec<f32> {
        let secs_per_patch = (2 * HOP_LENGTH) as f64 / f64::from(SAMPLE_RATE_HZ);
        let told = PhonePosteriors {
            log_probabilities: (0..100)
                .flat_map(|patch| {
                    let bilabial = heard((f64::from(patch) + 0.5) * secs_per_patch);
                    [(1.0 - bilabial).ln(), bilabial.ln()]
                })
                .collect(),
            begin_logits: vec![0.0; 100],
        };
        let open = MouthFrame {
            corner: [0.0; 3],
            upper_lip: [0.0, -0.02, 0.0],
            lower_lip: [0.0, 0.1, 0.0],
            chin: [0.0, 0.08, 0.0],
        };
        let mut mouth = vec![open; 50];
        close_lips(&mut mouth, &told, &[1], 2);
        mouth.iter().map(MouthFrame::lip_gap).collect()
    }

    #[test]
    fn lips_meet_where_a_closure_is_heard_and_nowhere_else() {
        // An m of 80 ms in the middle of a vowel.
        let gaps = gaps(|secs| match (0.96..1.04).contains(&secs) {
            true => 0.9,
            false => 0.01,
        });
        assert!(gaps[24..=26].iter().all(|gap| gap.abs() < 1e-6), "{gaps:?}");
        assert!(
            gaps[..22]
                .iter()
                .chain(&gaps[29..])
                .all(|gap| (gap - 0.12).abs() < 1e-6)
        );
        // They part and meet over more than one frame.
        assert!(gaps[23] < 0.12 && gaps[27] < 0.12);
    }

    #[test]
    fn other_phones_leave_the_mouth_alone() {
        assert!(gaps(|_| 0.06).iter().all(|gap| (gap - 0.12).abs() < 1e-6));
        let classes = ["", "a", "b", "bʰ", "m", "p"].map(str::to_owned);
        assert_eq!(bilabials(&classes), [2, 4, 5]);
    }
}
