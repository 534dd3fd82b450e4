//! How clearly a mouth speaks: opens wider or less without ever parting lips that are shut.
//!
//! The Motion-DiT learned its amplitude from people who were filmed, so at strength 1 nothing changes. Other strengths change open mouths more
//! than nearly shut ones, so that p, b and m stay shut and silence stays still.

use super::MouthFrame;
use crate::ease::ease;

/// Lip openings between which the change sets in, canonical units (10 cm).
const SETS_IN: [f32; 2] = [0.008, 0.10];
/// Lip opening at which nothing is enlarged any more, canonical units: wider than people open their mouths in speech. Loud
/// vowels would else pass what is seen of real speakers (0.15 of the face's height at the 99th percentile).
const MAX_OPENING: f32 = 0.42;

/// Strength of articulation that a user can ask for.
pub const ARTICULATION_RANGE: std::ops::RangeInclusive<f32> = 0.0..=1.5;

/// The mouth at a strength of articulation: 0 mumbles through half-open lips, 1 is everyday speech, 1.5 speaks to the last row.
/// Numbers that are none count as 1.
pub fn articulated(mouth: &MouthFrame, strength: f32) -> MouthFrame {
    let strength = if strength.is_finite() {
        strength.clamp(*ARTICULATION_RANGE.start(), *ARTICULATION_RANGE.end())
    } else {
        1.0
    };
    let opening = mouth.lip_gap().max(0.0);
    let open = ease((opening - SETS_IN[0]) / (SETS_IN[1] - SETS_IN[0]));
    // From half of what was generated at 0 through the same at 1.
    let wanted = 0.5 + 0.5 * strength;
    let gain = 1.0 + (wanted - 1.0) * open;
    let enlarged = opening * gain;
    // Whoever already speaks with a wide mouth is not driven beyond what jaws do.
    let limited = if gain > 1.0 {
        opening + (enlarged - opening) * (1.0 - opening / MAX_OPENING).clamp(0.0, 1.0)
    } else {
        enlarged
    };
    let scale = if opening > 0.0 {
        limited / opening
    } else {
        1.0
    };
    mouth.map(|value| value * scale)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mouth(opening: f32) -> MouthFrame {
        MouthFrame {
            corner: [0.01, 0.0, 0.0],
            upper_lip: [0.0, -0.2 * opening, 0.0],
            lower_lip: [0.0, 0.8 * opening, 0.0],
            chin: [0.0, 0.7 * opening, 0.0],
        }
    }

    #[test]
    fn shut_lips_and_resting_ones_stay_as_they_are() {
        for gap in [-0.02, 0.0, 0.005] {
            for strength in [0.0, 1.0, 1.5] {
                assert_eq!(articulated(&mouth(gap), strength), mouth(gap));
            }
        }
    }

    #[test]
    fn wider_with_strength_and_never_out_of_order() {
        for strength in [0.0, 0.5, 1.0, 1.5] {
            let mut last = 0.0;
            for step in 1..200 {
                let now = articulated(&mouth(step as f32 * 0.001), strength).lip_gap();
                assert!(now >= last, "{strength}: {last} then {now}");
                last = now;
            }
        }
        let at = |strength: f32| articulated(&mouth(0.12), strength).lip_gap();
        assert!(at(0.0) < 0.065 && at(0.5) < at(1.0) && at(1.0) < at(1.5));
        assert_eq!(articulated(&mouth(0.12), 1.0), mouth(0.12));
    }

    #[test]
    fn a_strength_that_is_no_number_is_everyday_speech() {
        assert_eq!(
            articulated(&mouth(0.05), f32::NAN),
            articulated(&mouth(0.05), 1.0)
        );
    }
}
