//! The eyes in one frame.

use glam::{Vec2, Vec3};
use motion::{IRIS_KEYPOINTS, LID_TRAVEL, Similarity, UPPER_LID_KEYPOINTS};

use super::EyeShape;
use crate::scene::{EXPRESSION_LEN, FaceMotion};

/// Part of a lid's closing that still drags the mesh: the skin around the eye gives a little, the rest is lid skin.
const LID_DRAG: f32 = 0.12;

/// An eye in one frame.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct EyeState {
    /// 0 as in the picture, 1 shut.
    pub closure: f32,
    /// Shift of the iris.
    pub gaze_px: Vec2,
}

impl EyeState {
    /// Whether the eye is other than in the picture.
    pub fn is_active(&self) -> bool {
        self.closure > 0.0 || self.gaze_px != Vec2::ZERO
    }
}

/// Takes out of the expression what lids and irises draw themselves.
pub(in crate::mesh) fn split_eyes(
    motion: &FaceMotion,
    shapes: &[EyeShape; 2],
    similarity: &Similarity,
) -> ([f32; EXPRESSION_LEN], [EyeState; 2]) {
    let mut expression = motion.frame.expression;
    let eyes = std::array::from_fn(|side| {
        let lid = &mut expression[UPPER_LID_KEYPOINTS[side]];
        let shape = &shapes[side];
        let closing = lid[1].max(0.0) * similarity.scale_px;
        lid[1] -= lid[1].max(0.0) * (1.0 - LID_DRAG);
        let iris = expression[IRIS_KEYPOINTS[side]];
        let gaze = Vec3::from(similarity.transform_vector([iris[0], iris[1], 0.0]));
        let limit = 0.3 * shape.length_px;
        EyeState {
            closure: (closing / (LID_TRAVEL * shape.height_px)).clamp(0.0, 1.0),
            gaze_px: gaze.truncate().clamp_length_max(limit),
        }
    });
    let mut flat = [0.0; EXPRESSION_LEN];
    for (slot, value) in flat.iter_mut().zip(expression.iter().flatten()) {
        *slot = *value;
    }
    (flat, eyes)
}
