//! The mouth in one frame.

use glam::{Affine2, Mat2, Vec2, Vec3};

use super::seam::Seam;
use super::shape::{MouthShape, gap_px};
use super::{OUTLINE_LEN, shut};
use crate::mesh::deform::{HeadMotion, WarpVertex};
use crate::mesh::line::smooth_line;
use crate::mesh::prepare::PreparedScene;
use crate::scene::EXPRESSION_LEN;
use crate::smooth_step::smooth_step;

/// How far the lower teeth stay behind a chin that goes down, canonical units: with a jaw that is nearly up, films show both rows, and with
/// one that is far down the lower row above its lip.
const TEETH_STAY: f32 = 0.03;
/// Widths of the mouth, parts of that at rest, between which the lips are rounded: they hide the lower row.
const ROUNDED: [f32; 2] = [0.72, 0.92];

/// The mouth in one frame.
#[derive(Clone, Debug, Default)]
pub(crate) struct MouthState {
    /// How much of the inside is shown, 0 (the picture's own mouth) to 1.
    pub reveal: f32,
    /// The line between shut lips.
    pub seam: Seam,
    /// Outline of the opening.
    pub outline_px: Vec<Vec2>,
    /// Middle of the line between its corners.
    pub middle_px: Vec2,
    /// From there to the corner on the picture's right.
    pub half_px: Vec2,
    /// First pixel of the part of the output that the inside is drawn for.
    pub region_origin_px: Vec2,
    /// x and y in output pixels from `region_origin_px`, depth 0 (near) to 1.
    pub interior: Vec<[f32; 3]>,
    /// From output pixels to those of the picture's own upper teeth.
    pub to_own_row: Affine2,
}

impl MouthState {
    /// Whether anything of it is drawn.
    pub fn shows(&self) -> bool {
        self.reveal > 0.0 || self.seam.strength > 0.0
    }

    /// First and last corner of the pixels that the opening and its rim cover: x, y, x, y.
    pub fn drawn_px(&self, rim_px: f32) -> [f32; 4] {
        let points = self.outline_px.iter().copied();
        let low = points.clone().fold(Vec2::INFINITY, Vec2::min) - rim_px;
        let high = points.fold(Vec2::NEG_INFINITY, Vec2::max) + rim_px;
        let region_px = low.floor().max(self.region_origin_px);
        [region_px.x, region_px.y, high.x.ceil(), high.y.ceil()]
    }

    /// What a way from the middle is multiplied with to say how far it goes towards the corners: -1 to 1.
    pub fn across(&self) -> Vec2 {
        self.half_px / self.half_px.length_squared().max(1e-6)
    }
}

/// How far the mouth is open beyond the picture's, as the part of the inside that shows.
pub(in crate::mesh) fn reveal(scene: &PreparedScene, shifts: &[Vec3], shut: f32) -> f32 {
    let lips: Vec<Vec2> = scene
        .lips
        .iter()
        .map(|&index| (scene.face_px[index as usize] + shifts[index as usize]).truncate())
        .collect();
    let width = scene.mouth.width_px;
    // A mouth that was shut first opens anew, and never shows the picture's own teeth.
    let (rest_gap_px, gap_px) = if scene.shut_mouth_px.is_empty() {
        (scene.mouth.rest_gap_px, gap_px(&lips))
    } else {
        let rest_gap_px = scene.mouth.rest_gap_px * (1.0 - shut);
        let gap_px = shut::gap_px(&lips, scene.frame.down);
        (rest_gap_px, gap_px)
    };
    let opened = gap_px - rest_gap_px;
    // A mouth that is open in the picture shows its own teeth for longer.
    let (from, to) = if rest_gap_px > 0.06 * width {
        (0.05, 0.20)
    } else {
        (0.006, 0.03)
    };
    smooth_step(from * width, to * width, opened)
}

/// The opening between the moved lips and the inside behind it, or the line between shut ones; `tongue` is how far its tip is raised,
/// 0 to 1.
pub(in crate::mesh) fn place(
    scene: &PreparedScene,
    vertices: &[WarpVertex],
    (expression, tongue): (&[f32; EXPRESSION_LEN], f32),
    head: &HeadMotion,
    (reveal, seam): (f32, Seam),
) -> MouthState {
    if reveal == 0.0 && seam.strength == 0.0 {
        return MouthState::default();
    }
    let lips: Vec<Vec2> = scene
        .lips
        .iter()
        .map(|&index| Vec2::from(vertices[index as usize].position_px))
        .collect();
    let half = lips.len() / 2;
    let pieces = if lips.len() * 2 <= OUTLINE_LEN { 2 } else { 1 };
    let mut outline_px = smooth_line(&lips[..=half], pieces);
    outline_px.pop();
    let back: Vec<Vec2> = lips[half..].iter().chain(&lips[..1]).copied().collect();
    outline_px.extend(smooth_line(&back, pieces));
    outline_px.pop();

    let corners = [lips[0], lips[half]];
    let middle_px = (corners[0] + corners[1]) / 2.0;
    let half_px = (corners[1] - corners[0]) / 2.0;

    let (low, high) = outline_px.iter().fold(
        (Vec2::INFINITY, Vec2::NEG_INFINITY),
        |(low, high), &point| (low.min(point), high.max(point)),
    );
    let region = Vec2::new(
        scene.mouth.region_px[0] as f32,
        scene.mouth.region_px[1] as f32,
    );
    let region_origin_px = ((low + high - region) / 2.0).floor();
    if reveal == 0.0 {
        return MouthState {
            seam,
            outline_px,
            middle_px,
            half_px,
            region_origin_px,
            ..MouthState::default()
        };
    }
    let mut jaw = [0.0_f32; 3];
    for (&delta, row) in expression.iter().zip(&scene.jaw_map) {
        for (sum, gain) in jaw.iter_mut().zip(row) {
            *sum += delta * gain;
        }
    }
    let spread = 2.0 * half_px.length() / scene.mouth.width_px;
    jaw[1] -= stay_behind(
        jaw[1],
        TEETH_STAY * smooth_step(ROUNDED[0], ROUNDED[1], spread),
    );
    let jaw_px = Vec3::from(scene.similarity.transform_vector(jaw));
    let interior = scene
        .mouth
        .interior
        .iter()
        .map(|vertex| {
            // The raised tip leaves the jaw for the upper teeth.
            let raised = tongue * vertex.tip_weight;
            let moved = vertex.position_px
                + jaw_px * (vertex.jaw_weight * (1.0 - raised))
                + scene.mouth.tongue_px * raised;
            let placed = moved + head.shift(moved);
            let depth =
                0.5 + (placed.z - scene.mouth.depth_px) / (2.0 * scene.mouth.depth_range_px);
            let position = placed.truncate() - region_origin_px;
            [position.x, position.y, depth.clamp(0.001, 0.999)]
        })
        .collect();
    MouthState {
        to_own_row: to_own_row(&scene.mouth, head),
        reveal,
        seam,
        outline_px,
        middle_px,
        half_px,
        region_origin_px,
        interior,
    }
}

/// What is lacking of a drop where the first of it goes nowhere and `most` is lost in the end.
fn stay_behind(drop: f32, most: f32) -> f32 {
    most * (1.0 - (-drop.max(0.0) / most.max(1e-6)).exp())
}

/// The way back of the head's motion at the teeth.
fn to_own_row(shape: &MouthShape, head: &HeadMotion) -> Affine2 {
    let Some(row) = &shape.own_row else {
        return Affine2::IDENTITY;
    };
    let moved = |place_px: Vec2| {
        let rest = place_px.extend(shape.depth_px);
        (rest + head.shift(rest)).truncate()
    };
    let middle = row.edge_px;
    let reach = shape.width_px / 2.0;
    let at = moved(middle);
    let axis = |direction: Vec2| (moved(middle + direction * reach) - at) / reach;
    let there = Mat2::from_cols(axis(Vec2::X), axis(Vec2::Y));
    let forth = Affine2::from_mat2_translation(there, at - there * middle);
    Affine2::from_translation(-row.origin_px) * forth.inverse()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lower_teeth_follow_a_dropping_jaw_later() {
        let follows = |drop: f32| drop - stay_behind(drop, TEETH_STAY);
        assert_eq!(follows(-0.01), -0.01);
        assert_eq!(follows(0.0), 0.0);
        assert!(follows(0.01) < 0.3 * 0.01);
        assert!((follows(0.3) - (0.3 - TEETH_STAY)).abs() < 1e-5);
        assert_eq!(stay_behind(0.05, 0.0), 0.0);
    }
}
