//! Geometry of rings and lines of points.

use glam::{Vec2, Vec3};

/// Positions in `points` of the two that are farthest from each other.
pub(crate) fn farthest_pair(points: &[Vec2]) -> (usize, usize) {
    let mut best = (0, 0, -1.0);
    for (first, one) in points.iter().enumerate() {
        for (second, other) in points.iter().enumerate().skip(first + 1) {
            let distance = one.distance_squared(*other);
            if distance > best.2 {
                best = (first, second, distance);
            }
        }
    }
    (best.0, best.1)
}

/// Distance in the picture between the two points that are farthest from each other.
pub(crate) fn farthest_distance(points: &[Vec3]) -> f32 {
    let flat: Vec<Vec2> = points.iter().map(|point| point.truncate()).collect();
    let (first, second) = farthest_pair(&flat);
    flat[first].distance(flat[second])
}

/// A Catmull-Rom curve through the points, each stretch cut into `pieces`.
pub(crate) fn smooth_line(points: &[Vec2], pieces: usize) -> Vec<Vec2> {
    let last = points.len() - 1;
    let mut line: Vec<Vec2> = (0..last)
        .flat_map(|start| {
            let [a, b, c, d] = [
                points[start.saturating_sub(1)],
                points[start],
                points[start + 1],
                points[(start + 2).min(last)],
            ];
            (0..pieces).map(move |piece| {
                let t = piece as f32 / pieces as f32;
                let (t2, t3) = (t * t, t * t * t);
                0.5 * (2.0 * b
                    + (c - a) * t
                    + (2.0 * a - 5.0 * b + 4.0 * c - d) * t2
                    + (3.0 * b - a - 3.0 * c + d) * t3)
            })
        })
        .collect();
    line.push(points[last]);
    line
}
