//! From the landmarks of one picture to numbers that say how the head is held and what the face does.
//!
//! A rigid fit of the canonical face gives pose, size and place. Turned back by it, the landmarks differ from the canonical face
//! by who the person is and by what the face does; the keypoints that explain the difference follow by regularised least
//! squares over the rig's linear map. Who the person is stays in these numbers as a constant and is taken out with the neutral
//! face (see [`super::neutral`]).

use crate::motion::keypoint::CHIN;
use crate::motion::{BROW_KEYPOINTS, HeadPose, KEYPOINT_COUNT};
use crate::portrait::{FACE_VERTICES, FaceRig, IRIS_LANDMARKS, fit_similarity};

/// Numbers of one measurement.
pub(super) const CHANNELS: usize = GAZE + 2;
/// Pitch, yaw and roll, radians: 0 faces the camera.
pub(super) const POSE: usize = 0;
/// Natural logarithm of the size in pixels for each canonical unit.
pub(super) const LOG_SCALE: usize = 3;
/// Place of the neck's pivot, pixels.
pub(super) const PIVOT: usize = 4;
/// The keypoints' deltas against the canonical face, canonical units.
pub(super) const EXPRESSION: usize = 6;
/// Height of the opening of the picture-left and the picture-right eye, canonical units.
pub(super) const EYE_OPENING: usize = EXPRESSION + 3 * KEYPOINT_COUNT;
/// Distance of the lips' inner edges in the middle, canonical units.
pub(super) const LIP_GAP: usize = EYE_OPENING + 2;
/// Irises against the middle of the eye's corners, mean of both eyes, canonical units.
pub(super) const GAZE: usize = LIP_GAP + 1;

/// One picture's numbers.
pub(super) type Measurement = [f32; CHANNELS];

/// Pairs of upper and lower lid, picture-left then picture-right eye, as far as the iris reaches.
const LID_PAIRS: [[[usize; 2]; 3]; 2] = [
    [[160, 144], [159, 145], [158, 153]],
    [[387, 373], [386, 374], [385, 380]],
];
/// Corners of the eyes, picture-left then picture-right.
const EYE_CORNERS: [[usize; 2]; 2] = [[33, 133], [362, 263]];
/// Pairs of upper and lower inner lip around the middle.
const LIP_PAIRS: [[usize; 2]; 3] = [[82, 87], [13, 14], [312, 317]];
/// What a point counts in the fit: the lips and brows most, the outline, which slides along the cheek as the head turns, least.
const LIP_WEIGHT: f64 = 4.0;
const BROW_WEIGHT: f64 = 3.0;
const OUTLINE_WEIGHT: f64 = 0.2;
/// Points of the brows.
const BROWS: [u32; 20] = [
    70, 63, 105, 66, 107, 46, 53, 52, 65, 55, 300, 293, 334, 296, 336, 276, 283, 282, 295, 285,
];
/// Depth is guessed by the network, not seen.
const DEPTH_WEIGHT: f64 = 0.25;
/// How much a keypoint holds to where its own vertex went, which is what the rig's map was made from.
const KEYPOINT_WEIGHT: f64 = 1.5;
/// The same of the chin, which lies on the outline and goes down farther than the rig's map expects of lips that part so far: filmed
/// chins would otherwise come back with two thirds of their way.
const CHIN_WEIGHT: f64 = 20.0;
/// Pulls what nothing says anything about to 0.
const RIDGE: f64 = 0.05;
/// Keypoints of lids and irises, which are measured directly.
const EYE_KEYPOINTS: [usize; 4] = [11, 13, 15, 16];

/// Measures landmarks.
pub(super) struct Measurer {
    canonical: Vec<[f32; 3]>,
    rigid_points: Vec<usize>,
    rigid_canonical: Vec<[f32; 3]>,
    /// (63, 1404) row-major: displacement of the vertices to deltas.
    expression_from_displacement: Vec<f32>,
    /// What the lips' pairs part by together for each unit that the middle of the lower lip goes down.
    lip_gain: f32,
    /// What the head turns about, in the neck: as the renderer has it.
    pivot: [f32; 3],
}

impl Measurer {
    pub fn new(rig: &FaceRig) -> Self {
        let rigid_points: Vec<usize> = rig.rigid_points.iter().map(|&v| v as usize).collect();
        Self {
            rigid_canonical: rigid_points
                .iter()
                .map(|&vertex| rig.canonical_vertices[vertex])
                .collect(),
            rigid_points,
            expression_from_displacement: expression_solver(rig),
            lip_gain: lip_gain(rig),
            pivot: neck_pivot(rig),
            canonical: rig.canonical_vertices.clone(),
        }
    }

    /// Measures 478 landmarks in pixels.
    pub fn measure(&self, points: &[[f32; 3]]) -> Measurement {
        let found: Vec<_> = self.rigid_points.iter().map(|&v| points[v]).collect();
        let placement = fit_similarity(&self.rigid_canonical, &found);
        let HeadPose { pitch, yaw, roll } = placement.pose();
        let unposed: Vec<[f32; 3]> = points.iter().map(|&p| placement.invert(p)).collect();

        let mut channels = [0.0; CHANNELS];
        channels[POSE..POSE + 3].copy_from_slice(&[pitch, yaw, roll]);
        channels[LOG_SCALE] = placement.scale_px.max(f32::MIN_POSITIVE).ln();
        channels[PIVOT..PIVOT + 2].copy_from_slice(&placement.transform_point(self.pivot)[..2]);

        let displacement: Vec<f32> = unposed
            .iter()
            .zip(&self.canonical)
            .flat_map(|(point, rest)| [0, 1, 2].map(|c| point[c] - rest[c]))
            .collect();
        let rows = self
            .expression_from_displacement
            .chunks_exact(3 * FACE_VERTICES);
        for (channel, row) in channels[EXPRESSION..].iter_mut().zip(rows) {
            *channel = row.iter().zip(&displacement).map(|(a, b)| a * b).sum();
        }
        let gaps = |pairs: &[[usize; 2]; 3]| -> f32 {
            pairs
                .iter()
                .map(|&[upper, lower]| unposed[lower][1] - unposed[upper][1])
                .sum()
        };
        for (eye, pairs) in LID_PAIRS.iter().enumerate() {
            channels[EYE_OPENING + eye] = gaps(pairs) / 3.0;
        }
        channels[LIP_GAP] = gaps(&LIP_PAIRS) / self.lip_gain;
        for (iris, [a, b]) in IRIS_LANDMARKS.iter().zip(EYE_CORNERS) {
            for c in 0..2 {
                channels[GAZE + c] +=
                    0.5 * (unposed[*iris][c] - 0.5 * (unposed[a][c] + unposed[b][c]));
            }
        }
        channels
    }
}

/// The lips part as a lens: beside the middle by a little less.
fn lip_gain(rig: &FaceRig) -> f32 {
    const LOWER_LIP: usize = 19;
    let mut expression = [[0.0; 3]; KEYPOINT_COUNT];
    expression[LOWER_LIP][1] = 1.0;
    let moved = rig.displacements(&expression);
    let gain: f32 = LIP_PAIRS
        .iter()
        .map(|&[upper, lower]| moved[lower][1] - moved[upper][1])
        .sum();
    gain.max(1.0)
}

/// The renderer turns the head about a point below the chin and behind the ears; measured there, a turn is no shift.
fn neck_pivot(rig: &FaceRig) -> [f32; 3] {
    const BELOW_CHIN: f32 = 0.15;
    const BEHIND_EARS: f32 = 0.16;
    let oval = || {
        rig.face_oval
            .iter()
            .map(|&vertex| rig.canonical_vertices[vertex as usize])
    };
    let top = oval().map(|p| p[1]).fold(f32::MAX, f32::min);
    let chin = oval().map(|p| p[1]).fold(f32::MIN, f32::max);
    let mut depths: Vec<f32> = oval().map(|p| p[2]).collect();
    depths.sort_by(f32::total_cmp);
    let ears = depths.get(depths.len() * 4 / 5).copied().unwrap_or(0.0);
    let height = chin - top;
    [0.0, chin + BELOW_CHIN * height, ears + BEHIND_EARS * height]
}

/// The matrix (63, 1404) that gives the deltas δ for a displacement r of the vertices: the least of
/// |W(D·δ − r)|² + k·|δ − r at the keypoints' vertices|² + ridge·|δ|².
fn expression_solver(rig: &FaceRig) -> Vec<f32> {
    const ROWS: usize = 3 * KEYPOINT_COUNT;
    const COLUMNS: usize = 3 * FACE_VERTICES;
    let mut weights = vec![[1.0, 1.0, DEPTH_WEIGHT]; FACE_VERTICES];
    let mut set = |ring: &[u32], weight: f64| {
        for &vertex in ring {
            weights[vertex as usize] = [weight, weight, weight * DEPTH_WEIGHT];
        }
    };
    set(&rig.face_oval, OUTLINE_WEIGHT);
    set(&BROWS, BROW_WEIGHT);
    set(&rig.lips_outer, LIP_WEIGHT);
    set(&rig.lips_inner, LIP_WEIGHT);
    // The chin is on the outline and is a keypoint all the same.
    set(&[152, 148, 377], 1.0);
    let weights = weights.as_flattened();
    let map: Vec<&[f32]> = rig.displacement_map.chunks_exact(COLUMNS).collect();
    let own_weight = |row: usize| match row / 3 {
        CHIN => CHIN_WEIGHT,
        _ => KEYPOINT_WEIGHT,
    };
    let own_column =
        |row: usize| rig.keypoint_vertices[row / 3].map(|vertex| 3 * vertex as usize + row % 3);
    let mut normal = vec![[0.0_f64; ROWS]; ROWS];
    for i in 0..ROWS {
        for j in 0..=i {
            let sum: f64 = map[i]
                .iter()
                .zip(map[j])
                .zip(weights)
                .map(|((&a, &b), w)| w * f64::from(a) * f64::from(b))
                .sum();
            normal[i][j] = sum;
            normal[j][i] = sum;
        }
        normal[i][i] += RIDGE;
        if own_column(i).is_some() {
            normal[i][i] += own_weight(i);
        }
    }
    let factor = cholesky(normal);
    let mut solver = vec![0.0_f32; ROWS * COLUMNS];
    for column in 0..COLUMNS {
        let mut right: [f64; ROWS] = std::array::from_fn(|row| {
            let own = if own_column(row) == Some(column) {
                own_weight(row)
            } else {
                0.0
            };
            weights[column] * f64::from(map[row][column]) + own
        });
        solve(&factor, &mut right);
        for (row, value) in right.into_iter().enumerate() {
            solver[row * COLUMNS + column] = value as f32;
        }
    }
    for keypoint in EYE_KEYPOINTS {
        solver[3 * keypoint * COLUMNS..3 * (keypoint + 1) * COLUMNS].fill(0.0);
    }
    debug_assert!(BROW_KEYPOINTS.iter().all(|k| !EYE_KEYPOINTS.contains(k)));
    solver
}

/// The lower triangle L of a symmetric positive matrix L·Lᵀ.
fn cholesky<const N: usize>(mut matrix: Vec<[f64; N]>) -> Vec<[f64; N]> {
    for i in 0..N {
        for j in 0..=i {
            let sum: f64 = (0..j).map(|k| matrix[i][k] * matrix[j][k]).sum();
            let rest = matrix[i][j] - sum;
            matrix[i][j] = if i == j {
                rest.max(f64::MIN_POSITIVE).sqrt()
            } else {
                rest / matrix[j][j]
            };
        }
    }
    matrix
}

/// Solves L·Lᵀ·x = `right` in place.
fn solve<const N: usize>(factor: &[[f64; N]], right: &mut [f64; N]) {
    for i in 0..N {
        let sum: f64 = (0..i).map(|k| factor[i][k] * right[k]).sum();
        right[i] = (right[i] - sum) / factor[i][i];
    }
    for i in (0..N).rev() {
        let sum: f64 = (i + 1..N).map(|k| factor[k][i] * right[k]).sum();
        right[i] = (right[i] - sum) / factor[i][i];
    }
}
