//! Which pixels a triangle covers, by the rule that GPUs follow: a pixel belongs to the triangle that holds its middle,
//! and a middle on an edge belongs to the triangle on one side only.

use glam::Vec2;

use crate::mesh::deform::WarpVertex;

/// Calls `visit` with x and y of each pixel that the moved triangle covers, and with how far from there the picture holds it.
pub(crate) fn warped(
    corners: [WarpVertex; 3],
    width: usize,
    height: usize,
    mut visit: impl FnMut(usize, usize, Vec2),
) {
    let positions = corners.map(|corner| Vec2::from(corner.position_px));
    triangle(positions, width, height, |x, y, weights| {
        let offset: Vec2 = corners
            .iter()
            .zip(weights)
            .map(|(corner, weight)| Vec2::from(corner.offset_px) * weight)
            .sum();
        visit(x, y, offset);
    });
}

/// Calls `visit` with the pixel's x and y and the weights of the three corners, for each covered pixel.
pub(crate) fn triangle(
    corners: [Vec2; 3],
    width: usize,
    height: usize,
    mut visit: impl FnMut(usize, usize, [f32; 3]),
) {
    // GPUs snap corners to 1/256 pixel.
    let snap = |corner: Vec2| {
        let fixed = (corner * 256.0).round();
        [fixed.x as i64, fixed.y as i64]
    };
    let mut order = [0, 1, 2];
    let mut points = corners.map(snap);
    let mut area = cross(points[0], points[1], points[2]);
    if area == 0 {
        return;
    }
    if area < 0 {
        points.swap(1, 2);
        order.swap(1, 2);
        area = -area;
    }
    let range = |axis: usize, limit: usize| {
        let low = points.iter().map(|point| point[axis]).min().unwrap_or(0);
        let high = points.iter().map(|point| point[axis]).max().unwrap_or(0);
        let first = (low - 128).div_euclid(256).clamp(0, limit as i64);
        let end = ((high - 128).div_euclid(256) + 1).clamp(0, limit as i64);
        first as usize..end as usize
    };
    for y in range(1, height) {
        for x in range(0, width) {
            let middle = [x as i64 * 256 + 128, y as i64 * 256 + 128];
            let mut weights = [0.0; 3];
            let covered = (0..3).all(|edge| {
                let (from, to) = (points[(edge + 1) % 3], points[(edge + 2) % 3]);
                let side = cross(from, to, middle);
                weights[order[edge]] = side as f32 / area as f32;
                side > 0 || (side == 0 && is_top_left(from, to))
            });
            if covered {
                visit(x, y, weights);
            }
        }
    }
}

fn cross(a: [i64; 2], b: [i64; 2], c: [i64; 2]) -> i64 {
    (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])
}

/// For corners in clockwise order on a picture with y down.
fn is_top_left(from: [i64; 2], to: [i64; 2]) -> bool {
    (from[1] == to[1] && to[0] > from[0]) || to[1] < from[1]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbours_cover_each_pixel_once() {
        let [a, b, c, d] = [
            Vec2::new(0.5, 0.5),
            Vec2::new(9.5, 1.5),
            Vec2::new(8.5, 8.5),
            Vec2::new(1.5, 7.5),
        ];
        let mut covered = [0; 100];
        for corners in [[a, b, c], [a, c, d]] {
            triangle(corners, 10, 10, |x, y, weights| {
                covered[y * 10 + x] += 1;
                assert!((weights.iter().sum::<f32>() - 1.0).abs() < 1e-5);
            });
        }
        assert!(covered.iter().all(|&count| count <= 1));
        assert!(covered.iter().sum::<i32>() > 45);
    }
}
