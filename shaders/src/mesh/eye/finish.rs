//! How sharp and how grainy a lid has to be, so that it looks as if it had been photographed with the rest.

use glam::Vec2;

use super::EyeShape;
use crate::mesh::mouth::MouthShape;

/// What was measured of the picture for the mouth, for one eye.
#[derive(Clone, Copy, Debug)]
pub(super) struct EyeFinish {
    /// From the eye to the skin whose grain the lid takes over.
    pub grain_from_px: Vec2,
    /// Largest grain that is taken over, 0–1.
    pub grain_limit: f32,
    /// Half the width of the picture's sharpest edges.
    pub blur_px: f32,
}

impl EyeFinish {
    pub fn new(shape: &EyeShape, mouth: &MouthShape) -> Self {
        let middle_px = shape.origin_px + shape.axis * (0.5 * shape.length_px);
        Self {
            grain_from_px: mouth.grain_from(middle_px),
            grain_limit: mouth.finish.grain_limit,
            blur_px: mouth.edge_px(),
        }
    }
}
