//! Brings the lips together where a p, b or m is heard, and the lower lip to the teeth where it is an f or v.
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
/// Phones for which the lower lip lies against the upper teeth.
const LABIODENTALS: [&str; 2] = ["f", "v"];
/// Gap between the lips of f and v, canonical units: 2 mm. Speaker 1 of GRID has a median of 0.6 mm at the least in the letter v,
/// 1.2 mm in "four" and 3.0 mm in "five".
const LABIODENTAL_GAP: f32 = 0.02;
/// Probability of one from which lips begin to meet, and at which they have met.
const PROBABILITIES: (f32, f32) = (0.2, 0.5);
/// A patch counts for frames this near, seconds: half a frame.
const REACH_SECS: f64 = 0.02;
/// How far shut lips are in the frames beside a closure.
const BESIDE: f32 = 0.45;
/// How much of its drop the chin gives up in a closure.
const CHIN_SHARE: f32 = 0.3;

/// The classes of a phone classifier for which lips touch something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LipContacts {
    /// Each other.
    pub bilabials: Vec<usize>,
    /// The upper teeth.
    pub labiodentals: Vec<usize>,
}

impl LipContacts {
    /// Of the classes with these names.
    pub fn of(classes: &[String]) -> Self {
        let among = |phones: &[&str]| {
            (0..classes.len())
                .filter(|&class| phones.contains(&classes[class].as_str()))
                .collect()
        };
        Self {
            bilabials: among(&BILABIALS),
            labiodentals: among(&LABIODENTALS),
        }
    }
}

/// Narrows `mouth` where the phones of `contacts` are `heard` in the same stretch; the network tells `classes` apart.
pub fn close_lips(
    mouth: &mut [MouthFrame],
    heard: &PhonePosteriors,
    contacts: &LipContacts,
    classes: usize,
) {
    let teeth = shares(mouth.len(), heard, &contacts.labiodentals, classes);
    for (mouth, share) in mouth.iter_mut().zip(teeth) {
        // The upper lip stays up and shows the teeth that the lower one goes to.
        mouth.lower_lip[1] -= (mouth.lip_gap() - LABIODENTAL_GAP).max(0.0) * share;
        mouth.chin[1] *= 1.0 - CHIN_SHARE * share;
    }
    let shut = shares(mouth.len(), heard, &contacts.bilabials, classes);
    for (mouth, share) in mouth.iter_mut().zip(shut) {
        let gap = mouth.lip_gap().max(0.0) * share;
        narrow_gap(mouth, gap);
        mouth.chin[1] *= 1.0 - CHIN_SHARE * share;
    }
}

/// How near lips are to the contact that the phones `wanted` ask for, for each frame of the mouth: 0 to 1.
fn shares(frames: usize, heard: &PhonePosteriors, wanted: &[usize], classes: usize) -> Vec<f32> {
    let probabilities: Vec<f32> = heard
        .log_probabilities
        .chunks_exact(classes)
        .map(|patch| wanted.iter().map(|&class| patch[class].exp()).sum())
        .collect();
    let secs_per_patch = (2 * HOP_LENGTH) as f64 / f64::from(SAMPLE_RATE_HZ);
    let near: Vec<f32> = (0..frames)
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
    (0..frames)
        .map(|frame| {
            let before = frame.checked_sub(1).map_or(0.0, |before| near[before]);
            let after = near.get(frame + 1).copied().unwrap_or(0.0);
            near[frame].max(BESIDE * before.max(after))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gaps(heard: impl Fn(f64) -> f32) -> Vec<f32> {
        mouth("m", heard).iter().map(MouthFrame::lip_gap).collect()
    }

    /// An open mouth while `phone` is heard with a probability over time.
    fn mouth(phone: &str, heard: impl Fn(f64) -> f32) -> Vec<MouthFrame> {
        let secs_per_patch = (2 * HOP_LENGTH) as f64 / f64::from(SAMPLE_RATE_HZ);
        let told = PhonePosteriors {
            log_probabilities: (0..100)
                .flat_map(|patch| {
                    let probability = heard((f64::from(patch) + 0.5) * secs_per_patch);
                    [(1.0 - probability).ln(), probability.ln()]
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
        let contacts = LipContacts::of(&["", phone].map(str::to_owned));
        close_lips(&mut mouth, &told, &contacts, 2);
        mouth
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
    fn the_lower_lip_goes_to_the_teeth_and_the_upper_one_shows_them() {
        let mouth = mouth("v", |secs| match (0.96..1.04).contains(&secs) {
            true => 0.9,
            false => 0.01,
        });
        for frame in &mouth[24..=26] {
            assert!((frame.lip_gap() - LABIODENTAL_GAP).abs() < 1e-6);
            assert_eq!(frame.upper_lip[1], -0.02);
        }
        assert!((mouth[20].lip_gap() - 0.12).abs() < 1e-6);
    }

    #[test]
    fn other_phones_leave_the_mouth_alone() {
        assert!(gaps(|_| 0.06).iter().all(|gap| (gap - 0.12).abs() < 1e-6));
        let classes = ["", "a", "b", "bʰ", "m", "p"].map(str::to_owned);
        assert_eq!(LipContacts::of(&classes).bilabials, [2, 4, 5]);
    }
}
