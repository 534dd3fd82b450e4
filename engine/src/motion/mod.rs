//! Movement of a face: the contract between the half that makes it and the half that draws it.
//!
//! Axes follow LivePortrait (commit 1986663): x to the picture's right, y down, z into the picture. Lengths are in
//! **canonical units of 10 cm** on MediaPipe's canonical face, angles in radians.
//!
//! A [`MotionFrame`] is relative to the portrait as it was given: the default frame gives the picture back unchanged.

mod articulation;
pub mod idle;
mod life_settings;
pub mod motion_file;
pub mod prosody;

pub use articulation::{ARTICULATION_RANGE, articulated};
pub use life_settings::{GAZE_REACH, HEAD_POSE_LIMIT, LifeSettings, Mood};

use serde::{Deserialize, Serialize};

/// Frames of motion in a second.
pub const FRAMES_PER_SECOND: f64 = 25.0;
/// Keypoints of the motion representation, as in LivePortrait.
pub const KEYPOINT_COUNT: usize = 21;
/// The four keypoints that the Motion-DiT generates: left mouth corner (in the picture, right), upper lip, lower lip, chin.
pub const MOUTH_KEYPOINTS: [usize; 4] = [14, 17, 19, 20];
/// Upper eyelids, picture-left eye then picture-right eye: +y shuts the eye.
pub const UPPER_LID_KEYPOINTS: [usize; 2] = [11, 15];
/// Irises, picture-left eye then picture-right eye: x and y are the gaze.
pub const IRIS_KEYPOINTS: [usize; 2] = [13, 16];
/// Brows, picture-left then picture-right: −y raises them.
pub const BROW_KEYPOINTS: [usize; 2] = [1, 2];

/// Turn of the head against the portrait's own pose, radians. Positive pitch nods down, positive yaw turns the nose to the
/// picture's right, positive roll tilts the head clockwise in the picture.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct HeadPose {
    /// About the x axis.
    pub pitch: f32,
    /// About the y axis.
    pub yaw: f32,
    /// About the z axis.
    pub roll: f32,
}

/// One frame of motion.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct MotionFrame {
    /// Head pose against the portrait's own.
    pub pose: HeadPose,
    /// Size of the head against the portrait's own, 1 = unchanged.
    pub scale: f32,
    /// Shift of the head, canonical units.
    pub translation: [f32; 3],
    /// Expression deltas δ of the keypoints, canonical units.
    #[doc(alias = "exp")]
    pub expression: [[f32; 3]; KEYPOINT_COUNT],
}

impl Default for MotionFrame {
    fn default() -> Self {
        Self {
            pose: HeadPose::default(),
            scale: 1.0,
            translation: [0.0; 3],
            expression: [[0.0; 3]; KEYPOINT_COUNT],
        }
    }
}

/// Deltas of [`MOUTH_KEYPOINTS`] for one frame, canonical units: what the Motion-DiT generates.
pub type MouthFrame = [[f32; 3]; MOUTH_KEYPOINTS.len()];

impl MotionFrame {
    /// The four mouth keypoints of the frame.
    pub fn mouth(&self) -> MouthFrame {
        MOUTH_KEYPOINTS.map(|keypoint| self.expression[keypoint])
    }

    /// Puts the four mouth keypoints in place of what the frame had.
    pub fn set_mouth(&mut self, mouth: &MouthFrame) {
        for (&keypoint, delta) in MOUTH_KEYPOINTS.iter().zip(mouth) {
            self.expression[keypoint] = *delta;
        }
    }
}

/// Movement at [`FRAMES_PER_SECOND`]; frame i belongs to the instant i / 25 s.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Motion {
    /// The frames in order.
    pub frames: Vec<MotionFrame>,
}
