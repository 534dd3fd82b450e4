//! The keypoints by name. Left and right are the picture's, not the person's.

/// Keypoints of the motion representation, as in LivePortrait.
pub const KEYPOINT_COUNT: usize = 21;

/// How far each keypoint moves: x, y, z in canonical units.
#[doc(alias = "exp")]
pub type Expression = [[f32; 3]; KEYPOINT_COUNT];

/// Left brow: −y raises it.
pub const LEFT_BROW: usize = 1;
/// Right brow: −y raises it.
pub const RIGHT_BROW: usize = 2;
/// Upper lid of the left eye: +y shuts the eye.
pub const LEFT_UPPER_LID: usize = 11;
/// Left iris: x and y are the gaze.
pub const LEFT_IRIS: usize = 13;
/// The mouth corner on the right of the picture: +x widens the mouth, −y smiles. The rig mirrors it to the other side.
pub const MOUTH_CORNER: usize = 14;
/// Upper lid of the right eye: +y shuts the eye.
pub const RIGHT_UPPER_LID: usize = 15;
/// Right iris: x and y are the gaze.
pub const RIGHT_IRIS: usize = 16;
/// Middle of the upper lip.
pub const UPPER_LIP: usize = 17;
/// Middle of the lower lip.
pub const LOWER_LIP: usize = 19;
/// Chin: the jaw follows it.
pub const CHIN: usize = 20;

/// The four keypoints that the Motion-DiT generates, in the order of a [`crate::MouthFrame`].
pub const MOUTH_KEYPOINTS: [usize; 4] = [MOUTH_CORNER, UPPER_LIP, LOWER_LIP, CHIN];
/// Upper lids, left eye then right eye.
pub const UPPER_LID_KEYPOINTS: [usize; 2] = [LEFT_UPPER_LID, RIGHT_UPPER_LID];
/// Irises, left eye then right eye.
pub const IRIS_KEYPOINTS: [usize; 2] = [LEFT_IRIS, RIGHT_IRIS];
/// Brows, left then right.
pub const BROW_KEYPOINTS: [usize; 2] = [LEFT_BROW, RIGHT_BROW];

/// How far an upper lid travels from open to shut, as a fraction of the eye's opening: the lids meet a little above the lower
/// lid's rest.
pub const LID_TRAVEL: f32 = 0.88;
/// Opening of the eyes of a typical portrait, canonical units.
pub const TYPICAL_EYE_OPENING: f32 = 0.119;
