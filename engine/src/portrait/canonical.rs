//! Finds where the canonical face stands in the picture.

use crate::motion::Similarity;

/// The similarity that brings `from` closest to `to` in the sense of least squares: Horn, "Closed-form solution of absolute
/// orientation using unit quaternions" (1987), with Umeyama's scale (1991, equation 42).
pub fn fit_similarity(from: &[[f32; 3]], to: &[[f32; 3]]) -> Similarity {
    let count = from.len().max(1) as f64;
    let mean = |points: &[[f32; 3]]| -> [f64; 3] {
        std::array::from_fn(|c| points.iter().map(|p| f64::from(p[c])).sum::<f64>() / count)
    };
    let (from_mean, to_mean) = (mean(from), mean(to));
    let mut covariance = [[0.0_f64; 3]; 3];
    let mut spread = 0.0;
    for (a, b) in from.iter().zip(to) {
        for i in 0..3 {
            let a_i = f64::from(a[i]) - from_mean[i];
            spread += a_i * a_i;
            for j in 0..3 {
                covariance[i][j] += a_i * (f64::from(b[j]) - to_mean[j]);
            }
        }
    }
    let rotation = rotation_of(&covariance);
    let trace: f64 = (0..3)
        .flat_map(|i| (0..3).map(move |j| (i, j)))
        .map(|(i, j)| rotation[j][i] * covariance[i][j])
        .sum();
    let scale = trace / spread.max(f64::MIN_POSITIVE);
    let shift: [f64; 3] = std::array::from_fn(|c| {
        to_mean[c] - scale * (0..3).map(|j| rotation[c][j] * from_mean[j]).sum::<f64>()
    });
    Similarity {
        scale_px: scale as f32,
        rotation: rotation.map(|row| row.map(|value| value as f32)),
        translation_px: shift.map(|value| value as f32),
    }
}

/// The rotation that fits a covariance best: the eigenvector of Horn's 4 × 4 matrix for its largest eigenvalue.
fn rotation_of(s: &[[f64; 3]; 3]) -> [[f64; 3]; 3] {
    let mut matrix = [
        [
            s[0][0] + s[1][1] + s[2][2],
            s[1][2] - s[2][1],
            s[2][0] - s[0][2],
            s[0][1] - s[1][0],
        ],
        [
            s[1][2] - s[2][1],
            s[0][0] - s[1][1] - s[2][2],
            s[0][1] + s[1][0],
            s[2][0] + s[0][2],
        ],
        [
            s[2][0] - s[0][2],
            s[0][1] + s[1][0],
            s[1][1] - s[0][0] - s[2][2],
            s[1][2] + s[2][1],
        ],
        [
            s[0][1] - s[1][0],
            s[2][0] + s[0][2],
            s[1][2] + s[2][1],
            s[2][2] - s[0][0] - s[1][1],
        ],
    ];
    let mut vectors: [[f64; 4]; 4] =
        std::array::from_fn(|i| std::array::from_fn(|j| if i == j { 1.0 } else { 0.0 }));
    // Jacobi's method: 4 × 4 needs a handful of sweeps, a fixed number keeps it deterministic.
    for _ in 0..24 {
        for p in 0..3 {
            for q in p + 1..4 {
                if matrix[p][q] == 0.0 {
                    continue;
                }
                let angle = 0.5 * (2.0 * matrix[p][q]).atan2(matrix[q][q] - matrix[p][p]);
                let (sin, cos) = angle.sin_cos();
                for row in &mut matrix {
                    (row[p], row[q]) = (cos * row[p] - sin * row[q], sin * row[p] + cos * row[q]);
                }
                let (row_p, row_q) = (matrix[p], matrix[q]);
                matrix[p] = std::array::from_fn(|k| cos * row_p[k] - sin * row_q[k]);
                matrix[q] = std::array::from_fn(|k| sin * row_p[k] + cos * row_q[k]);
                for row in &mut vectors {
                    (row[p], row[q]) = (cos * row[p] - sin * row[q], sin * row[p] + cos * row[q]);
                }
            }
        }
    }
    let best = (0..4)
        .max_by(|&a, &b| matrix[a][a].total_cmp(&matrix[b][b]))
        .unwrap_or(0);
    let [w, x, y, z] = std::array::from_fn(|i| vectors[i][best]);
    [
        [
            w * w + x * x - y * y - z * z,
            2.0 * (x * y - w * z),
            2.0 * (x * z + w * y),
        ],
        [
            2.0 * (x * y + w * z),
            w * w - x * x + y * y - z * z,
            2.0 * (y * z - w * x),
        ],
        [
            2.0 * (x * z - w * y),
            2.0 * (y * z + w * x),
            w * w - x * x - y * y + z * z,
        ],
    ]
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::motion::HeadPose;

    #[test]
    fn the_nose_goes_where_the_pose_says() {
        let nose = [0.0, 0.0, -1.0];
        let turned = |pose: HeadPose| {
            Similarity {
                scale_px: 1.0,
                rotation: pose.rotation(),
                translation_px: [0.0; 3],
            }
            .transform_point(nose)
        };
        let pose = HeadPose::default();
        assert!(turned(HeadPose { pitch: 0.2, ..pose })[1] > 0.1);
        assert!(turned(HeadPose { yaw: 0.2, ..pose })[0] > 0.1);
    }

    proptest! {
        #[test]
        fn a_known_similarity_is_found_again(
            pitch in -1.0_f32..1.0, yaw in -1.0_f32..1.0, roll in -3.0_f32..3.0, scale_px in 10.0_f32..500.0,
        ) {
            let pose = HeadPose { pitch, yaw, roll };
            let known = Similarity { scale_px, rotation: pose.rotation(), translation_px: [300.0, 200.0, 5.0] };
            let from: Vec<[f32; 3]> = (0..16)
                .map(|i| [(i % 4) as f32 * 0.3 - 0.4, (i / 4) as f32 * 0.25, ((i * 7) % 5) as f32 * 0.1])
                .collect();
            let to: Vec<_> = from.iter().map(|&point| known.transform_point(point)).collect();
            let found = fit_similarity(&from, &to);
            prop_assert!((found.scale_px / scale_px - 1.0).abs() < 1e-4);
            for (&point, expected) in from.iter().zip(&to) {
                let got = found.transform_point(point);
                let back = found.invert(*expected);
                for c in 0..3 {
                    prop_assert!((got[c] - expected[c]).abs() < 1e-3 * scale_px);
                    prop_assert!((back[c] - point[c]).abs() < 1e-3);
                }
            }
            let read = found.pose();
            prop_assert!((read.pitch - pitch).abs() < 1e-3);
            prop_assert!((read.yaw - yaw).abs() < 1e-3);
            prop_assert!((read.roll - roll).abs() < 1e-3);
        }
    }
}
