//! How a person's mouth speaks: how far it opens, spreads and rounds, without ever parting lips that are shut.
//!
//! The Motion-DiT learned its amplitudes from people who were filmed, so at 1 nothing changes. Another opening changes open mouths more
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
/// How far corners and lips may be asked to go sideways and forwards, against what was generated.
pub const MOUTH_SHAPE_RANGE: std::ops::RangeInclusive<f32> = 0.0..=2.0;

/// How somebody's mouth moves, against the people that the Motion-DiT learned from: each part is 1 for the same as they.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MouthStyle {
    /// How far it opens, in [`ARTICULATION_RANGE`]: 0 mumbles through half-open lips, 1.5 speaks to the last row.
    pub opening: f32,
    /// How far the corners are drawn apart, as in "ee", in [`MOUTH_SHAPE_RANGE`].
    pub spread: f32,
    /// How far the corners come together and the lips forward, as in "oo", in [`MOUTH_SHAPE_RANGE`].
    pub rounding: f32,
}

impl Default for MouthStyle {
    fn default() -> Self {
        Self {
            opening: 1.0,
            spread: 1.0,
            rounding: 1.0,
        }
    }
}

/// The mouth in a style. Numbers that are none count as 1.
pub fn articulated(mouth: &MouthFrame, style: &MouthStyle) -> MouthFrame {
    let strength = within(style.opening, &ARTICULATION_RANGE);
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
    shaped(mouth.map(|value| value * scale), style)
}

/// Corners apart or together, and lips forward, by the style; the gap between the lips stays.
fn shaped(mut mouth: MouthFrame, style: &MouthStyle) -> MouthFrame {
    let rounding = within(style.rounding, &MOUTH_SHAPE_RANGE);
    let is_rounded = mouth.corner[0] < 0.0;
    mouth.corner[0] *= if is_rounded {
        rounding
    } else {
        within(style.spread, &MOUTH_SHAPE_RANGE)
    };
    if is_rounded {
        mouth.upper_lip[2] *= rounding;
        mouth.lower_lip[2] *= rounding;
    }
    mouth
}

/// A part of a style within its range.
fn within(value: f32, range: &std::ops::RangeInclusive<f32>) -> f32 {
    if value.is_finite() {
        value.clamp(*range.start(), *range.end())
    } else {
        1.0
    }
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

    fn with_opening(opening: f32) -> MouthStyle {
        MouthStyle {
            opening,
            ..MouthStyle::default()
        }
    }

    #[test]
    fn shut_lips_and_resting_ones_stay_as_they_are() {
        for gap in [-0.02, 0.0, 0.005] {
            for strength in [0.0, 1.0, 1.5] {
                assert_eq!(
                    articulated(&mouth(gap), &with_opening(strength)),
                    mouth(gap)
                );
            }
        }
    }

    #[test]
    fn wider_with_strength_and_never_out_of_order() {
        for strength in [0.0, 0.5, 1.0, 1.5] {
            let mut last = 0.0;
            for step in 1..200 {
                let now =
                    articulated(&mouth(step as f32 * 0.001), &with_opening(strength)).lip_gap();
                assert!(now >= last, "{strength}: {last} then {now}");
                last = now;
            }
        }
        let at = |strength: f32| articulated(&mouth(0.12), &with_opening(strength)).lip_gap();
        assert!(at(0.0) < 0.065 && at(0.5) < at(1.0) && at(1.0) < at(1.5));
        assert_eq!(
            articulated(&mouth(0.12), &MouthStyle::default()),
            mouth(0.12)
        );
    }

    #[test]
    fn a_strength_that_is_no_number_is_everyday_speech() {
        assert_eq!(
            articulated(&mouth(0.05), &with_opening(f32::NAN)),
            articulated(&mouth(0.05), &MouthStyle::default())
        );
    }

    #[test]
    fn spread_and_rounding_move_the_corners_their_own_way_and_leave_the_gap() {
        let style = MouthStyle {
            spread: 1.5,
            rounding: 0.5,
            ..MouthStyle::default()
        };
        let wide = mouth(0.1);
        assert!((articulated(&wide, &style).corner[0] - 0.015).abs() < 1e-6);
        let round = MouthFrame {
            corner: [-0.02, 0.0, 0.0],
            upper_lip: [0.0, -0.02, 0.03],
            ..wide
        };
        let shaped = articulated(&round, &style);
        assert!((shaped.corner[0] + 0.01).abs() < 1e-6);
        assert!((shaped.upper_lip[2] - 0.015).abs() < 1e-6);
        assert_eq!(shaped.lip_gap(), round.lip_gap());
        // Beyond the range counts as its end.
        let beyond = MouthStyle {
            spread: 9.0,
            ..MouthStyle::default()
        };
        assert!((articulated(&wide, &beyond).corner[0] - 0.02).abs() < 1e-6);
    }
}
