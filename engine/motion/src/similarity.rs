//! Where the canonical face stands in a picture.

use crate::HeadPose;

/// Scale, turn and shift: `point_px = scale_px · rotation · point + translation_px`, with z on the scale of x.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Similarity {
    /// Pixels in one canonical unit (10 cm).
    pub scale_px: f32,
    /// Rows of the rotation matrix.
    pub rotation: [[f32; 3]; 3],
    /// Where the canonical origin lies in the picture.
    pub translation_px: [f32; 3],
}

impl Similarity {
    /// The point of the picture for a canonical point.
    pub fn transform_point(&self, point: [f32; 3]) -> [f32; 3] {
        let turned = self.rotate(point);
        std::array::from_fn(|c| self.scale_px * turned[c] + self.translation_px[c])
    }

    /// Turns a canonical direction into the picture, without scale or shift.
    pub fn rotate(&self, direction: [f32; 3]) -> [f32; 3] {
        self.rotation
            .map(|row| row.iter().zip(direction).map(|(a, b)| a * b).sum())
    }

    /// Turns and scales a canonical direction into the picture, pixels.
    pub fn transform_vector(&self, direction: [f32; 3]) -> [f32; 3] {
        self.rotate(direction).map(|value| self.scale_px * value)
    }

    /// The canonical point for a point of the picture.
    pub fn invert(&self, point_px: [f32; 3]) -> [f32; 3] {
        let relative: [f32; 3] =
            std::array::from_fn(|c| (point_px[c] - self.translation_px[c]) / self.scale_px);
        std::array::from_fn(|c| {
            (0..3)
                .map(|row| self.rotation[row][c] * relative[row])
                .sum()
        })
    }

    /// The head pose of the rotation.
    pub fn pose(&self) -> HeadPose {
        HeadPose::of_rotation(&self.rotation)
    }
}
