//! From where the picture is lit, as the skin of the face shows it.

use glam::{Mat4, Vec3, Vec4};

/// Part of the face's mean brightness that its brightness may change from one side of the head to the other: what changes more is a shadow's edge.
const MAX_SLOPE: f32 = 0.6;

/// The brightness of skin by the direction that it faces: `ambient + towards · normal`.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct SkinLight {
    ambient: f32,
    towards: Vec3,
}

impl SkinLight {
    /// The light that explains best how bright skin is at some places: (normal of length 1, brightness, weight).
    pub fn fit(places: impl Iterator<Item = (Vec3, f32, f32)>) -> Self {
        let mut square = Mat4::ZERO;
        let (mut side, mut bright, mut total) = (Vec4::ZERO, 0.0, 0.0);
        for (normal, brightness, weight) in places {
            let row = normal.extend(1.0);
            square += Mat4::from_cols(row * row.x, row * row.y, row * row.z, row) * weight;
            side += row * (brightness * weight);
            bright += brightness * weight;
            total += weight;
        }
        if total <= 0.0 {
            return Self::default();
        }
        // A face looks one way, so that a little has to hold what its normals cannot tell.
        square += Mat4::from_diagonal(Vec4::splat(0.02 * total));
        let found = square.inverse() * side;
        Self {
            ambient: found.w,
            towards: found
                .truncate()
                .clamp_length_max(MAX_SLOPE * bright / total),
        }
    }

    /// How much brighter skin becomes that turns from one direction to another, as a part of how bright it was.
    pub fn brighter(&self, from: Vec3, to: Vec3) -> f32 {
        let before = self.ambient + self.towards.dot(from);
        self.towards.dot(to - from) / before.max(0.1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_light_from_the_left_is_found() {
        let places = (0..100).map(|index| {
            let (x, y) = (
                (index % 10) as f32 / 10.0 - 0.45,
                (index / 10) as f32 / 10.0 - 0.45,
            );
            let normal = Vec3::new(x, y, -1.0).normalize_or(Vec3::NEG_Z);
            (normal, 0.5 - 0.2 * normal.x, 1.0)
        });
        let light = SkinLight::fit(places);
        let to_the_left = Vec3::new(-0.3, 0.0, -1.0).normalize_or(Vec3::NEG_Z);
        let brighter = light.brighter(Vec3::NEG_Z, to_the_left);
        assert!((0.05..0.2).contains(&brighter), "{brighter}");
        assert_eq!(light.brighter(Vec3::NEG_Z, Vec3::NEG_Z), 0.0);
    }
}
