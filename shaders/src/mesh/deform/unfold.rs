//! Keeps the mesh from folding: a triangle that is about to turn over moves more as one.

use std::ops::{Range, RangeFrom};

use glam::Vec2;

/// Part of its area below which a triangle starts to hold together.
const MIN_AREA: f32 = 0.25;
const ROUNDS: usize = 6;

/// Evens out the shifts of the corners of each triangle that shrinks below [`MIN_AREA`], the more the smaller it gets, a few
/// times over. It is continuous in the shifts, so nothing jumps from frame to frame, and leaves a still mesh alone.
/// The triangles in `free` may fold, the vertices in `pinned` stay.
pub(crate) fn relax(
    rest_px: &[Vec2],
    triangles: &[[u32; 3]],
    free: &Range<usize>,
    pinned: &RangeFrom<usize>,
    shifts: &mut [Vec2],
) {
    let area = |[a, b, c]: [Vec2; 3]| (b - a).perp_dot(c - a);
    for _ in 0..ROUNDS {
        for (index, triangle) in triangles.iter().enumerate() {
            let corners = triangle.map(|corner| corner as usize);
            let at_rest = area(corners.map(|corner| rest_px[corner]));
            let now = area(corners.map(|corner| rest_px[corner] + shifts[corner]));
            // The same test without a division, which slivers would not survive.
            if now * at_rest >= MIN_AREA * at_rest * at_rest || free.contains(&index) {
                continue;
            }
            let left = now * at_rest / (at_rest * at_rest);
            let strength = 0.6 * ((MIN_AREA - left) / MIN_AREA).min(1.0);
            let mean = corners.iter().map(|&corner| shifts[corner]).sum::<Vec2>() / 3.0;
            for corner in corners {
                if !pinned.contains(&corner) {
                    shifts[corner] = shifts[corner].lerp(mean, strength);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fold_opens_and_stillness_stays() {
        let rest = [
            Vec2::ZERO,
            Vec2::new(10.0, 0.0),
            Vec2::new(0.0, 10.0),
            Vec2::new(10.0, 10.0),
        ];
        let triangles = [[0, 1, 2], [1, 3, 2]];
        let mut shifts = [Vec2::ZERO; 4];
        relax(&rest, &triangles, &(0..0), &(4..), &mut shifts);
        assert_eq!(shifts, [Vec2::ZERO; 4]);
        shifts[3] = Vec2::new(-8.0, -8.0);
        relax(&rest, &triangles, &(0..0), &(4..), &mut shifts);
        let corner = |index: usize| rest[index] + shifts[index];
        let area = (corner(3) - corner(1)).perp_dot(corner(2) - corner(1));
        assert!(area > 0.0, "{area}");
    }
}
