//! How far lips travel in a frame.
//!
//! Generated lips open and shut up to a third faster than people's beside a closure. A mouth that must be shut in a moment does not open
//! wide before: the opening is lowered to what can be reached at the speed of filmed lips, so that closures stay what they are.

use super::narrow_gap;
use crate::motion::MouthFrame;

/// Fastest change of the gap between the lips, canonical units a frame of 40 ms: 8 mm. Filmed lips stay below 7.4 mm in 99 of 100 frames.
const MAX_TRAVEL: f32 = 0.08;

/// Lowers openings that could not be reached from the frames before and after at the speed of real lips.
pub fn limit_travel(mouth: &mut [MouthFrame]) {
    let mut gaps: Vec<f32> = mouth.iter().map(MouthFrame::lip_gap).collect();
    let reachable = |from: f32| from.max(0.0) + MAX_TRAVEL;
    for frame in 1..gaps.len() {
        gaps[frame] = gaps[frame].min(reachable(gaps[frame - 1]));
    }
    for frame in (1..gaps.len()).rev() {
        gaps[frame - 1] = gaps[frame - 1].min(reachable(gaps[frame]));
    }
    for (mouth, gap) in mouth.iter_mut().zip(gaps) {
        let old = mouth.lip_gap();
        let lowered = old - gap;
        if lowered > 0.0 {
            narrow_gap(mouth, lowered);
            // The jaw comes up with the lower lip.
            mouth.chin[1] *= gap / old;
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn open(gap: f32) -> MouthFrame {
        MouthFrame {
            lower_lip: [0.0, 0.7 * gap, 0.0],
            upper_lip: [0.0, -0.3 * gap, 0.0],
            chin: [0.0, 0.5 * gap, 0.0],
            ..MouthFrame::default()
        }
    }

    proptest! {
        #[test]
        fn no_frame_is_farther_than_lips_travel_and_none_opens(gaps in prop::collection::vec(-0.05_f32..0.3, 0..60)) {
            let before: Vec<MouthFrame> = gaps.iter().map(|&gap| open(gap)).collect();
            let mut after = before.clone();
            limit_travel(&mut after);
            for (before, after) in before.iter().zip(&after) {
                prop_assert!(after.lip_gap() <= before.lip_gap() + 1e-6);
                // Shut lips stay as they are, to the bit.
                if before.lip_gap() <= MAX_TRAVEL {
                    prop_assert_eq!(before, after);
                }
            }
            for pair in after.windows(2) {
                let travel = pair[1].lip_gap().max(0.0) - pair[0].lip_gap().max(0.0);
                prop_assert!(travel.abs() <= MAX_TRAVEL + 1e-5, "{}", travel);
            }
        }
    }

    #[test]
    fn what_lips_can_do_is_left_alone() {
        let mut mouth: Vec<MouthFrame> = [0.0, 0.07, 0.14, 0.2, 0.13, 0.06, 0.0].map(open).to_vec();
        let before = mouth.clone();
        limit_travel(&mut mouth);
        assert_eq!(mouth, before);
    }
}
