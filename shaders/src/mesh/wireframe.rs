//! The mesh of a frame as lines, to be looked at over the frame.

use std::collections::BTreeSet;

use super::deform::deform;
use super::prepare::PreparedScene;
use crate::scene::FaceMotion;

/// The moved mesh of one person.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Wireframe {
    /// Where the vertices are in the frame, pixels.
    pub vertices_px: Vec<[f32; 2]>,
    /// Pairs of vertices that a line joins, each once.
    pub edges: Vec<[u32; 2]>,
}

impl Wireframe {
    pub(super) fn new(scene: &PreparedScene, motion: &FaceMotion) -> Self {
        let vertices = deform(scene, motion).vertices;
        let triangles = &scene.draw_order.unsorted;
        let edges: BTreeSet<[u32; 2]> = triangles
            .iter()
            .flat_map(|&[a, b, c]| [[a, b], [b, c], [c, a]])
            .map(|[a, b]| [a.min(b), a.max(b)])
            .collect();
        Self {
            vertices_px: (vertices.iter()).map(|vertex| vertex.position_px).collect(),
            edges: edges.into_iter().collect(),
        }
    }
}
