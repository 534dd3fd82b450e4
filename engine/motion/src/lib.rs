//! The motion contract: what the half that moves a face and the half that draws it agree on. It knows neither of them.
//!
//! Axes follow LivePortrait (commit 1986663): x to the picture's right, y down, z into the picture. Lengths are in
//! **canonical units of 10 cm** on MediaPipe's canonical face, angles in radians, times in frames at [`FRAMES_PER_SECOND`].
//!
//! A [`MotionFrame`] is relative to the portrait as it was given: the default frame gives the picture back unchanged.
//!
//! **An expression here is not LivePortrait's δ.** The 21 keypoints have LivePortrait's numbers and meaning, but their
//! deltas are geometry: how far that point of the face moves, in canonical units, applied to the mesh by the linear map of
//! the [`FaceRig`]. LivePortrait's δ are offsets in a learned keypoint space that only its own warping network can read.
//! Going from one to the other needs a fitted map; copying numbers is wrong.
//!
//! ```
//! use motion::{MotionFrame, MouthFrame};
//!
//! let mut frame = MotionFrame::default();
//! frame.pose.yaw = 0.1; // the nose turns to the picture's right
//! frame.set_mouth(&MouthFrame { lower_lip: [0.0, 0.1, 0.0], chin: [0.0, 0.08, 0.0], ..MouthFrame::default() });
//! assert_eq!(frame.mouth().lip_gap(), 0.1); // 1 cm
//! ```

pub mod file;
mod frame;
mod head_pose;
pub mod keypoint;
mod mouth_frame;
mod rig;
mod similarity;

pub use frame::{FRAMES_PER_SECOND, Motion, MotionFrame, Zero};
pub use head_pose::HeadPose;
pub use keypoint::{
    BROW_KEYPOINTS, Expression, IRIS_KEYPOINTS, KEYPOINT_COUNT, LID_TRAVEL, MOUTH_KEYPOINTS,
    TYPICAL_EYE_OPENING, UPPER_LID_KEYPOINTS,
};
pub use mouth_frame::MouthFrame;
pub use rig::{FACE_TRIANGLES, FACE_VERTICES, FaceRig, MouthInterior};
pub use similarity::Similarity;
