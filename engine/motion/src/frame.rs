//! Motion as a sequence of frames.

use serde::{Deserialize, Serialize};

use crate::{Expression, HeadPose, KEYPOINT_COUNT, MOUTH_KEYPOINTS, MouthFrame};

/// Frames of motion in a second.
pub const FRAMES_PER_SECOND: f64 = 25.0;

/// One frame of motion.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct MotionFrame {
    /// Head pose against the portrait's own.
    pub pose: HeadPose,
    /// Size of the head against the portrait's own, 1 = unchanged.
    pub scale: f32,
    /// Shift of the head, canonical units.
    pub translation: [f32; 3],
    /// How far each keypoint moves, canonical units: geometry, not LivePortrait's learned δ (see the crate's documentation).
    pub expression: Expression,
    /// How far the tongue's tip is raised behind the upper teeth, 0 (down) to 1. Only speech whose phones are known says.
    #[serde(default, skip_serializing_if = "is_down")]
    pub tongue: f32,
}

fn is_down(tongue: &f32) -> bool {
    *tongue == 0.0
}

impl Default for MotionFrame {
    fn default() -> Self {
        Self {
            pose: HeadPose::default(),
            scale: 1.0,
            translation: [0.0; 3],
            expression: [[0.0; 3]; KEYPOINT_COUNT],
            tongue: 0.0,
        }
    }
}

impl MotionFrame {
    /// The four mouth keypoints of the frame.
    pub fn mouth(&self) -> MouthFrame {
        MOUTH_KEYPOINTS
            .map(|keypoint| self.expression[keypoint])
            .into()
    }

    /// Puts the four mouth keypoints in place of what the frame had.
    pub fn set_mouth(&mut self, mouth: &MouthFrame) {
        for (keypoint, delta) in MOUTH_KEYPOINTS
            .into_iter()
            .zip(<[[f32; 3]; 4]>::from(*mouth))
        {
            self.expression[keypoint] = delta;
        }
    }

    /// The frame that lies `part` of the way to another one.
    #[must_use]
    pub fn mixed(&self, other: &Self, part: f32) -> Self {
        let mix = |a: f32, b: f32| a + (b - a) * part;
        let [a, b] = [&self.pose, &other.pose];
        Self {
            pose: HeadPose {
                pitch: mix(a.pitch, b.pitch),
                yaw: mix(a.yaw, b.yaw),
                roll: mix(a.roll, b.roll),
            },
            scale: mix(self.scale, other.scale),
            translation: std::array::from_fn(|c| mix(self.translation[c], other.translation[c])),
            expression: std::array::from_fn(|keypoint| {
                std::array::from_fn(|c| {
                    mix(self.expression[keypoint][c], other.expression[keypoint][c])
                })
            }),
            tongue: mix(self.tongue, other.tongue),
        }
    }
}

/// What the numbers of a motion are counted from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Zero {
    /// The portrait that it was made for, as it is in its picture.
    #[default]
    Portrait,
    /// A face that looks into the camera, with eyes open by [`crate::TYPICAL_EYE_OPENING`]: motion that was tracked.
    FacingCamera,
}

/// Motion at [`FRAMES_PER_SECOND`]; frame i belongs to the instant i / 25 s.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Motion {
    /// What the frames are counted from.
    #[serde(default)]
    pub zero: Zero,
    /// The frames in order.
    pub frames: Vec<MotionFrame>,
}

impl Motion {
    /// Its length, seconds.
    pub fn duration_secs(&self) -> f64 {
        self.frames.len() as f64 / FRAMES_PER_SECOND
    }
}
