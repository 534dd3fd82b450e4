//! From motion to positions: the part of drawing that the GPU path and the CPU twin share.
//!
//! Each vertex carries the way **back** to its place in the picture. A vertex that does not move carries exactly zero,
//! interpolation of zeros is exactly zero, and such a pixel is copied: that is what makes a still portrait bit-exact.

mod chin;
mod head_motion;
mod travel;
mod unfold;

use glam::{Vec2, Vec3};
use motion::Similarity;

pub(super) use head_motion::HeadMotion;
pub(super) use travel::UNSEEN_PX;

use super::eye::{EyeState, split_eyes};
use super::fold::Shade;
use super::mouth::{self, MouthState};
use super::prepare::PreparedScene;
use crate::scene::{EXPRESSION_LEN, FaceMotion};

/// A vertex as the warp pass takes it.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, bytemuck::Pod, bytemuck::Zeroable)]
pub(crate) struct WarpVertex {
    /// Where it is now, output pixels.
    pub position_px: [f32; 2],
    /// From there to where it is in the picture.
    pub offset_px: [f32; 2],
}

/// One frame's positions.
#[derive(Clone, Debug, Default)]
pub(crate) struct Deformed {
    pub vertices: Vec<WarpVertex>,
    /// Of the face's vertices; none while the face is as in the picture.
    pub shades: Vec<Shade>,
    /// Triangles of the face in which they can be seen.
    pub shaded: Vec<[u32; 3]>,
    pub eyes: [EyeState; 2],
    pub mouth: MouthState,
}

/// Moves the mesh, the eyes and the mouth.
pub(super) fn deform(scene: &PreparedScene, motion: &FaceMotion) -> Deformed {
    let head = HeadMotion::new(&motion.frame, &scene.frame, scene.similarity.scale_px);
    let (expression, eyes) = split_eyes(motion, &scene.eyes, &scene.similarity);
    let told_shut = motion.mouth_shut.clamp(0.0, 1.0);
    let mut against_picture = expression;
    let shut = mouth::leave_open(&mut against_picture, scene.parted, told_shut);
    let mut shifts = expression_shifts(
        &against_picture,
        &scene.displacement_map,
        &scene.similarity,
        scene.face_px.len(),
    );
    for (shift, &closing) in shifts.iter_mut().zip(&scene.shut_mouth_px) {
        *shift += closing * shut;
    }
    let told = mouth::keep_lips_apart(scene, &mut shifts, shut);
    let down = scene.frame.down.extend(0.0);
    scene.lip_skin.keep_whole(down, &mut shifts, &told);
    chin::keep_round(scene, &mut shifts);
    let reveal = mouth::reveal(scene, &shifts, told_shut);
    let press = mouth::seam::press(scene, &told);
    let seam = mouth::seam::Seam::new(scene, &shifts, [press, reveal]);
    let shades = scene.folds.shades(&shifts);

    let face = scene.face_px.iter().zip(&shifts);
    let face = face.map(|(&rest, &shift)| shift + head.shift(rest + shift));
    let rings = scene.rings.iter().map(|ring| {
        let carried = shifts[scene.outline[ring.oval_position] as usize];
        let shift = carried * ring.expression_weight;
        shift + head.shift(ring.rest_px + shift) * ring.pose_weight
    });
    let mut moved: Vec<Vec2> = face.chain(rings).map(|shift| shift.truncate()).collect();
    let gaps_px = mouth::gaps_px(scene, &moved);
    unfold::relax(
        &scene.rest_px,
        &scene.draw_order.unsorted,
        &scene.draw_order.mouth,
        &scene.pinned,
        &mut moved,
    );
    mouth::shut_again(scene, &mut moved, &gaps_px, shut);
    let vertices: Vec<WarpVertex> = scene
        .rest_px
        .iter()
        .zip(&moved)
        .map(|(&rest, &shift)| WarpVertex {
            position_px: (rest + shift).to_array(),
            // Minus zero would do no harm; plus zero is easier to read in a debugger.
            offset_px: (Vec2::ZERO - shift).to_array(),
        })
        .collect();
    let tongue = motion.frame.tongue.clamp(0.0, 1.0);
    let mouth = mouth::place(
        scene,
        &vertices,
        (&expression, tongue),
        &head,
        (reveal, seam),
    );
    Deformed {
        vertices,
        shaded: scene.folds.shaded(&shades),
        shades,
        eyes,
        mouth,
    }
}

/// Displacement of each face vertex by the expression, pixels, before the head turns.
fn expression_shifts(
    expression: &[f32; EXPRESSION_LEN],
    displacement_map: &[f32],
    similarity: &Similarity,
    vertices: usize,
) -> Vec<Vec3> {
    let length = vertices * 3;
    let mut canonical = vec![0.0_f32; length];
    for (&delta, row) in expression.iter().zip(displacement_map.chunks_exact(length)) {
        if delta != 0.0 {
            for (sum, &gain) in canonical.iter_mut().zip(row) {
                *sum += delta * gain;
            }
        }
    }
    canonical
        .chunks_exact(3)
        .map(|v| Vec3::from(similarity.transform_vector([v[0], v[1], v[2]])))
        .collect()
}
