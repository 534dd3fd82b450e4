//! In which order the mesh's triangles are drawn: later ones are in front.

use std::ops::Range;

use glam::{Vec2, Vec3};

use super::rings;
use super::silhouette::Visible;
use crate::mesh::eye::EyeShape;

/// The triangles of the mesh in the orders that they are used in.
#[derive(Clone, Debug)]
pub(crate) struct DrawOrder {
    /// Rings, then the mouth's own triangles, then the rest of the face, the farthest first.
    pub triangles: Vec<[u32; 3]>,
    /// The same triangles, those of the face in the rig's order: neighbours follow each other.
    pub unsorted: Vec<[u32; 3]>,
    /// Which of both lie between the inner lips.
    pub mouth: Range<usize>,
    /// Those of `triangles` that lids and gaze can touch, in the same order.
    pub eyes: [Vec<[u32; 3]>; 2],
}

impl DrawOrder {
    /// `lips` are the vertices around the opening of the mouth.
    pub(super) fn new(
        visible: &Visible,
        face_px: &[Vec3],
        lips: &[u32],
        eyes: &[EyeShape; 2],
    ) -> Self {
        let mut triangles = rings::triangles(&visible.outline, face_px.len() as u32);
        let (inside, mut outside): (Vec<[u32; 3]>, Vec<[u32; 3]>) = visible
            .triangles
            .iter()
            .partition(|triangle| triangle.iter().all(|corner| lips.contains(corner)));
        let mouth = triangles.len()..triangles.len() + inside.len();
        triangles.extend(inside);
        let unsorted = [triangles.clone(), outside.clone()].concat();
        // Where a turn brings one part of the face over another, the nearer one is seen.
        let depth_px = |triangle: &[u32; 3]| -> f32 {
            triangle.map(|index| face_px[index as usize].z).iter().sum()
        };
        outside.sort_by(|a, b| depth_px(b).total_cmp(&depth_px(a)));
        let eyes = eyes.each_ref().map(|eye| {
            let touches = |triangle: &&[u32; 3]| {
                let corners = triangle.map(|index| face_px[index as usize].truncate());
                let low = corners.iter().fold(Vec2::INFINITY, |low, &p| low.min(p));
                let high = corners
                    .iter()
                    .fold(Vec2::NEG_INFINITY, |high, &p| high.max(p));
                eye.bounds_px[0].cmplt(high).all() && low.cmplt(eye.bounds_px[1]).all()
            };
            outside.iter().filter(touches).copied().collect()
        });
        triangles.extend(outside);
        Self {
            triangles,
            unsorted,
            mouth,
            eyes,
        }
    }
}
