//! What is the same for every face: the mesh's topology, how it follows the keypoints, and the inside of the mouth.

use crate::{Expression, KEYPOINT_COUNT};

/// Vertices of the face mesh, MediaPipe's canonical face.
pub const FACE_VERTICES: usize = 468;
/// Triangles of the face mesh; it is a disc, mouth and eyes are filled.
pub const FACE_TRIANGLES: usize = 898;

/// Teeth, gums, tongue and the dark behind them, on the canonical face at rest.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct MouthInterior {
    /// Canonical units.
    pub positions: Vec<[f32; 3]>,
    /// Unit length.
    pub normals: Vec<[f32; 3]>,
    /// Indices into `positions`.
    pub triangles: Vec<[u32; 3]>,
    /// Of each vertex: 0 upper teeth, 1 upper gum, 2 lower teeth, 3 lower gum, 4 tongue, 5 mouth cavity.
    pub parts: Vec<u8>,
}

/// Everything about faces that does not depend on the portrait.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FaceRig {
    /// The canonical face, canonical units.
    pub canonical_vertices: Vec<[f32; 3]>,
    /// Triangles of the face mesh.
    pub triangles: Vec<[u32; 3]>,
    /// The vertex of each keypoint; the irises have none.
    pub keypoint_vertices: [Option<u32>; KEYPOINT_COUNT],
    /// (63, 1404) row-major: δ (keypoint-major, xyz) to displacement (vertex-major, xyz), canonical units.
    pub displacement_map: Vec<f32>,
    /// (63, 3): δ to the translation of the lower jaw, canonical units.
    pub jaw_map: Vec<[f32; 3]>,
    /// The face's outline, a closed ring in order.
    pub face_oval: Vec<u32>,
    /// The lips' inner edges, a closed ring in order: upper lip from picture-left to picture-right, back along the lower.
    pub lips_inner: Vec<u32>,
    /// The lips' outer edges, a closed ring in order.
    pub lips_outer: Vec<u32>,
    /// The picture-left eye's contour, a closed ring in order: lower lid outwards-in, back along the upper lid.
    pub left_eye: Vec<u32>,
    /// The picture-right eye's contour, mirror of the left.
    pub right_eye: Vec<u32>,
    /// Points that expressions hardly move, for fitting the head.
    pub rigid_points: Vec<u32>,
    /// The inside of the mouth.
    pub interior: MouthInterior,
}

impl FaceRig {
    /// Displacement of every vertex for expression deltas, canonical units.
    pub fn displacements(&self, expression: &Expression) -> Vec<[f32; 3]> {
        let mut moved = vec![[0.0; 3]; self.canonical_vertices.len()];
        let deltas = expression.iter().flatten();
        for (&delta, row) in deltas.zip(
            self.displacement_map
                .chunks_exact((3 * self.canonical_vertices.len()).max(1)),
        ) {
            if delta != 0.0 {
                for (vertex, share) in moved.iter_mut().zip(row.chunks_exact(3)) {
                    for (sum, value) in vertex.iter_mut().zip(share) {
                        *sum += delta * value;
                    }
                }
            }
        }
        moved
    }

    /// Translation of the lower jaw (teeth, gum, tongue) for expression deltas, canonical units.
    pub fn jaw_translation(&self, expression: &Expression) -> [f32; 3] {
        let mut moved = [0.0; 3];
        for (&delta, share) in expression.iter().flatten().zip(&self.jaw_map) {
            for (sum, value) in moved.iter_mut().zip(share) {
                *sum += delta * value;
            }
        }
        moved
    }
}
