//! Movement of a face: the contract between the half that makes it and the half that draws it.
//!
//! Axes follow LivePortrait (commit 1986663): x to the picture's right, y down, z into the picture. Lengths are in
//! **canonical units of 10 cm** on MediaPipe's canonical face, angles in radians.
//!
//! A [`MotionFrame`] is relative to the portrait as it was given: the default frame gives the picture back unchanged.

mod articulation;
mod attention;
mod breath;
pub mod driving;
pub mod idle;
mod life_settings;
pub mod motion_file;
pub mod prosody;
mod smoothing;

pub use articulation::{ARTICULATION_RANGE, articulated};
pub use attention::{Attention, looking_towards};
pub use driving::{DriveMode, DrivenPortrait, Driver, Driving, Regions};
pub use life_settings::{GAZE_REACH, HEAD_POSE_LIMIT, LifeSettings, Mood};

pub(crate) use smoothing::smooth;

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

/// Way of a lid from open to shut, parts of the opening: the lids meet a little above the lower one's rest.
pub const LID_TRAVEL: f32 = 0.88;
/// Opening of the eyes of a typical portrait, canonical units.
pub const TYPICAL_EYE_OPENING: f32 = 0.119;

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

impl HeadPose {
    /// R = Rz(roll) · Ry(−yaw) · Rx(pitch), rows of the matrix: what the angles say in words.
    pub fn rotation(&self) -> [[f32; 3]; 3] {
        let (sp, cp) = self.pitch.sin_cos();
        let (sy, cy) = self.yaw.sin_cos();
        let (sr, cr) = self.roll.sin_cos();
        let inner = [
            [cy, -sy * sp, -sy * cp],
            [0.0, cp, -sp],
            [sy, cy * sp, cy * cp],
        ];
        product(&[[cr, -sr, 0.0], [sr, cr, 0.0], [0.0, 0.0, 1.0]], &inner)
    }

    /// The angles of a rotation, the other way round of [`Self::rotation`].
    pub fn of_rotation(rotation: &[[f32; 3]; 3]) -> Self {
        Self {
            pitch: rotation[2][1].atan2(rotation[2][2]),
            yaw: rotation[2][0].clamp(-1.0, 1.0).asin(),
            roll: rotation[1][0].atan2(rotation[0][0]),
        }
    }

    /// The turn that leads from `rest` to this pose.
    #[must_use]
    pub fn against(&self, rest: &Self) -> Self {
        Self::of_rotation(&product(&self.rotation(), &transposed(&rest.rotation())))
    }

    /// The same as a turn about the axes that the head has in `rest`.
    #[must_use]
    pub fn since(&self, rest: &Self) -> Self {
        Self::of_rotation(&product(&transposed(&rest.rotation()), &self.rotation()))
    }

    /// This turn of a head that faces the camera, made by one that is held in `rest`: about its own axes, so that a head in
    /// three-quarter view nods where it looks.
    #[must_use]
    pub fn about(&self, rest: &Self) -> Self {
        let rest = rest.rotation();
        let turned = product(&rest, &self.rotation());
        Self::of_rotation(&product(&turned, &transposed(&rest)))
    }
}

fn transposed(a: &[[f32; 3]; 3]) -> [[f32; 3]; 3] {
    std::array::from_fn(|row| std::array::from_fn(|column| a[column][row]))
}

fn product(a: &[[f32; 3]; 3], b: &[[f32; 3]; 3]) -> [[f32; 3]; 3] {
    std::array::from_fn(|row| {
        std::array::from_fn(|column| (0..3).map(|k| a[row][k] * b[k][column]).sum())
    })
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
    /// A face that looks into the camera, with eyes open by [`TYPICAL_EYE_OPENING`]: movement that was tracked.
    FacingCamera,
}

/// Movement at [`FRAMES_PER_SECOND`]; frame i belongs to the instant i / 25 s.
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
