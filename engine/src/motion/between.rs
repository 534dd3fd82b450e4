//! Motion half-way between two frames, for films with twice as many pictures a second.
//!
//! The parts of a face move along the straight line from one frame to the next, so nothing goes beyond what the two frames
//! have: lips that are shut in both are shut in between. How far they have come half-way follows the frames around (Steffen's
//! monotone cubic, Astronomy and Astrophysics 239, 1990, along that line). Blinks and glances are faster than frames: their
//! share of the way comes from [`super::idle::IdleLife`], which knows it at any time.

use super::driving::{BROW_REGION, MOUTH_REGION};
use super::{HeadPose, IRIS_KEYPOINTS, MotionFrame};

/// Upper and lower lids.
const LID_REGION: [usize; 4] = [9, 10, 11, 15];
/// Ways shorter than this, squared, count as none.
const NO_WAY: f32 = 1e-12;

/// How much of the way between two frames blink and glance have covered half-way in time, 0 to 1; none where neither moves.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct EyesBetween {
    /// Of the lids.
    pub lids: Option<f32>,
    /// Of the irises.
    pub gaze: Option<f32>,
}

/// The motion half-way between the second and the third of four consecutive frames.
pub fn half_way(frames: [&MotionFrame; 4], eyes: EyesBetween) -> MotionFrame {
    let [_, from, to, _] = frames;
    let mix = |a: f32, b: f32, part: f32| a + (b - a) * part;
    let mut half = *from;

    let angles = frames.map(|frame| [frame.pose.pitch, frame.pose.yaw, frame.pose.roll]);
    let part = part_of_way(angles.each_ref().map(|angles| angles.as_slice()));
    let [pitch, yaw, roll] = [0, 1, 2].map(|axis| mix(angles[1][axis], angles[2][axis], part));
    half.pose = HeadPose { pitch, yaw, roll };

    let places = frames.map(|frame| {
        let [x, y, z] = frame.translation;
        [x, y, z, frame.scale]
    });
    let part = part_of_way(places.each_ref().map(|place| place.as_slice()));
    half.translation = [0, 1, 2].map(|axis| mix(places[1][axis], places[2][axis], part));
    half.scale = mix(from.scale, to.scale, part);
    half.tongue = mix(from.tongue, to.tongue, 0.5);

    let mut take = |region: &[usize], known: Option<f32>| {
        let values = frames.map(|frame| {
            let keypoints = region.iter().map(|&keypoint| frame.expression[keypoint]);
            keypoints.flatten().collect::<Vec<f32>>()
        });
        let part =
            known.unwrap_or_else(|| part_of_way(values.each_ref().map(|values| values.as_slice())));
        for &keypoint in region {
            half.expression[keypoint] = [0, 1, 2].map(|axis| {
                let [a, b] = [from, to].map(|frame| frame.expression[keypoint][axis]);
                mix(a, b, part)
            });
        }
    };
    take(&MOUTH_REGION, None);
    take(&BROW_REGION, None);
    take(&LID_REGION, eyes.lids);
    take(&IRIS_KEYPOINTS, eyes.gaze);
    half
}

/// How much of the way from the second to the third value is covered half-way in time, 0.25 to 0.75.
fn part_of_way(values: [&[f32]; 4]) -> f32 {
    let [before, from, to, after] = values;
    let along = |a: &[f32], b: &[f32]| -> f32 {
        let steps = a.iter().zip(b).map(|(a, b)| b - a);
        let way = from.iter().zip(to).map(|(a, b)| b - a);
        steps.zip(way).map(|(step, way)| step * way).sum()
    };
    let way = along(from, to);
    if way < NO_WAY {
        return 0.5;
    }
    // Steffen's slope where the step beside is `step` and the one in question is 1; none where it turns.
    let slope = |step: f32| {
        let step = step.max(0.0);
        2.0 * step.min(1.0).min((step + 1.0) / 4.0)
    };
    let [start, end] = [along(before, from), along(to, after)].map(|step| slope(step / way));
    0.5 + (start - end) / 8.0
}

/// Frames as they come, and one more behind each.
#[derive(Clone, Debug, Default)]
pub struct DoubledFrames {
    /// The last three at most.
    frames: Vec<MotionFrame>,
    /// Between the last two.
    eyes: EyesBetween,
}

impl DoubledFrames {
    /// Takes the next frame; `eyes` is between the one before and this one. Returns the frame before last and the motion
    /// behind it, once they are known.
    pub fn push(&mut self, frame: MotionFrame, eyes: EyesBetween) -> Option<[MotionFrame; 2]> {
        let pair = match self.frames.as_slice() {
            [from, to] => Some([*from, half_way([from, from, to, &frame], self.eyes)]),
            [before, from, to] => Some([*from, half_way([before, from, to, &frame], self.eyes)]),
            _ => None,
        };
        if self.frames.len() == 3 {
            self.frames.remove(0);
        }
        self.frames.push(frame);
        self.eyes = eyes;
        pair
    }

    /// The frames that are left, the last of which is held.
    pub fn finish(self) -> Vec<[MotionFrame; 2]> {
        let pair = match self.frames.as_slice() {
            [from, to] => Some([*from, half_way([from, from, to, to], self.eyes)]),
            [before, from, to] => Some([*from, half_way([before, from, to, to], self.eyes)]),
            _ => None,
        };
        let last = self.frames.last().map(|&last| [last; 2]);
        pair.into_iter().chain(last).collect()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::idle::IdleLife;
    use super::*;
    use crate::motion::{Mood, MouthFrame};
    use crate::random::Random;

    fn numbers(frame: &MotionFrame) -> Vec<f32> {
        let HeadPose { pitch, yaw, roll } = frame.pose;
        let head = [pitch, yaw, roll, frame.scale];
        let head = head.into_iter().chain(frame.translation);
        head.chain(frame.expression.into_iter().flatten()).collect()
    }

    fn doubled(frames: &[(MotionFrame, EyesBetween)]) -> Vec<MotionFrame> {
        let mut stream = DoubledFrames::default();
        let mut all = Vec::new();
        for &(frame, eyes) in frames {
            all.extend(stream.push(frame, eyes).into_iter().flatten());
        }
        all.extend(stream.finish().into_iter().flatten());
        all
    }

    /// Frames of somebody who speaks, with what lies between them.
    fn speaking(seed: u64, count: usize) -> Vec<(MotionFrame, EyesBetween)> {
        let mut life = IdleLife::new(seed);
        life.start_with(&crate::motion::LifeSettings {
            mood: Mood::Happy,
            ..Default::default()
        });
        let mut random = Random::new(seed);
        let mut gap = 0.0_f32;
        let mut frame = || {
            gap = (gap + random.between(-0.1, 0.1) as f32).clamp(-0.03, 0.2);
            let mut mouth = MouthFrame::default();
            mouth.upper_lip[1] = random.between(-0.04, 0.02) as f32;
            mouth.lower_lip[1] = mouth.upper_lip[1] + gap.max(-0.01);
            mouth.chin[1] = 0.9 * gap.max(0.0);
            mouth.corner[0] = random.between(-0.05, 0.05) as f32;
            let frame = life.next_frame(Some(&mouth));
            (frame, life.eyes_between())
        };
        (0..count).map(|_| frame()).collect()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn every_second_frame_is_a_given_one_and_the_others_lie_between(
            seed in 0_u64..10_000,
            count in 1_usize..80,
        ) {
            let frames = speaking(seed, count);
            let doubled = doubled(&frames);
            prop_assert_eq!(doubled.len(), 2 * count);
            for (index, (frame, _)) in frames.iter().enumerate() {
                prop_assert_eq!(&doubled[2 * index], frame);
            }
            for three in doubled.windows(3).step_by(2) {
                let [from, half, to] = [0, 1, 2].map(|i| numbers(&three[i]));
                for ((from, half), to) in from.iter().zip(&half).zip(&to) {
                    let (low, high) = (from.min(*to) - 1e-6, from.max(*to) + 1e-6);
                    prop_assert!((low..=high).contains(half), "{} {} {}", from, half, to);
                }
                // A pose, and any other sum of the mouth's numbers, lies between as well: so does the gap.
                let [from, half, to] = [0, 1, 2].map(|i| three[i].mouth().lip_gap());
                prop_assert!(half <= from.max(to) + 1e-6 && half >= from.min(to) - 1e-6);
                if from <= 0.0 && to <= 0.0 {
                    prop_assert!(half <= 0.0, "lips that are shut part: {} {} {}", from, half, to);
                }
            }
        }
    }

    #[test]
    fn a_steady_movement_stays_steady_and_a_turning_point_is_not_passed() {
        let at = |pitch: f32| MotionFrame {
            pose: HeadPose {
                pitch,
                ..HeadPose::default()
            },
            ..MotionFrame::default()
        };
        let half = |values: [f32; 4]| {
            let frames = values.map(at);
            half_way(frames.each_ref(), EyesBetween::default())
                .pose
                .pitch
        };
        assert!((half([0.0, 0.1, 0.2, 0.3]) - 0.15).abs() < 1e-6);
        // It starts slowly from rest, and comes to rest slowly.
        assert!(half([0.0, 0.0, 0.1, 0.2]) < 0.05);
        assert!(half([0.0, 0.1, 0.2, 0.2]) > 0.15);
        // A peak between two equal frames is not invented.
        assert_eq!(half([0.0, 0.1, 0.1, 0.0]), 0.1);
    }

    #[test]
    fn a_blink_falls_at_its_own_pace_between_frames() {
        let mut quarter = None;
        let mut life = IdleLife::new(5);
        let mut last = 0.0;
        for _ in 0..2000 {
            let frame = life.next_frame(None);
            let lid = frame.expression[11][1];
            let eyes = life.eyes_between();
            // The lid has left its rest since the last frame: it takes two frames to fall.
            if last < 0.005 && (0.04..0.07).contains(&lid) {
                quarter = quarter.or(eyes.lids);
            }
            last = lid;
        }
        // A smooth step has 0.156 of its way behind it at a quarter of its time, and a half at half.
        let quarter = quarter.expect("somebody blinks in 80 s");
        assert!((quarter - 0.3125).abs() < 0.01, "{quarter}");
    }
}
