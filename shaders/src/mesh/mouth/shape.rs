//! The inside of the mouth of this portrait: the rig's teeth, gums, tongue and cavity put behind its lips and painted for
//! its light.

use glam::{Vec2, Vec3};
use motion::Similarity;

use super::finish::Finish;
use super::light::{Light, srgb_from_linear};
use super::own_row::OwnRow;
use super::own_teeth::OwnTeeth;
use super::paint::{Rows, TONGUE, UPPER_GUM, UPPER_TEETH};
use crate::mesh::line::{farthest_distance, farthest_pair};
use crate::scene::PortraitScene;
use crate::scene::image::Image;
use crate::smooth_step::smooth_step;

/// Corners of the opening's outline handed to the shaders, and the room for them there.
pub(in crate::mesh) const OUTLINE_LEN: usize = 40;
/// Interior pixels for each output pixel along a side: four for one smooths the edges of the teeth.
pub(in crate::mesh) const INTERIOR_OVERSAMPLING: u32 = 2;

/// One vertex of the inside at rest.
#[derive(Clone, Copy, Debug)]
pub(crate) struct InteriorRest {
    pub position_px: Vec3,
    /// Part of the lower jaw's movement.
    pub jaw_weight: f32,
    /// Part of the tip's way where the tongue is raised.
    pub tip_weight: f32,
    /// Linear light that it gives back under the portrait's light.
    pub colour: Vec3,
    pub normal: Vec3,
    /// Strength of the wet highlight.
    pub gloss: f32,
}

/// What stays the same about the mouth.
#[derive(Clone, Debug)]
pub(crate) struct MouthShape {
    pub interior: Vec<InteriorRest>,
    pub triangles: Vec<[u32; 3]>,
    /// Colour of the dark behind everything, linear.
    pub background: Vec3,
    /// Colour of the lips where they turn inwards, as the picture has colours.
    pub rim: Vec3,
    /// Colour of the line between shut lips.
    pub seam: Vec3,
    /// Sharpness and grain of the picture.
    pub finish: Finish,
    /// Size of the part of the output that the inside is drawn for.
    pub region_px: [u32; 2],
    /// Middle of the line between the corners at rest.
    pub middle_px: Vec2,
    /// Corner to corner at rest.
    pub width_px: f32,
    /// Mean height of the opening at rest.
    pub rest_gap_px: f32,
    /// Depth of the lips and half the depth range that is drawn.
    pub depth_px: f32,
    pub depth_range_px: f32,
    /// Way of the tongue's tip where it is raised, from where it lies while the jaw is up.
    pub tongue_px: Vec3,
    /// The picture's own upper teeth, if it shows them.
    pub own_row: Option<OwnRow>,
}

/// How far the teeth at the corners follow lips that are curved otherwise than the canonical face's.
const FOLLOW_CORNERS: f32 = 0.8;
/// How far the teeth of a head that is turned by 90° would come forward to its lips, canonical units. Lips wrap around the teeth; seen
/// from the side they would stand apart from stiff ones, and the far corner of the mouth would be a dark hole.
const TEETH_TO_LIPS: f32 = 0.08;

/// Way of the raised tongue's tip against the upper jaw, canonical units, and how far back from the tip the tongue goes along.
const TONGUE_RAISED: Vec3 = Vec3::new(0.0, -0.035, -0.012);
const TONGUE_BENDS: f32 = 0.17;

/// How far the painted upper teeth are moved at most so that they end where the picture's own do, parts of the mouth's width.
const ROW_MOVES: f32 = 0.12;

/// Blur of the inside as it is drawn, standard deviation in output pixels.
const DRAWN_BLUR_PX: f32 = 0.35;
/// How bright the turn of the lips is against lit skin, luminance.
const RIM_LIGHT: f32 = 0.22;
/// How far it is seen beyond the opening, in widths of the mouth, and how much farther in the corners. The same in the shader.
const RIM: f32 = 0.035;
const RIM_AT_CORNER: f32 = 1.5;
/// How far the line between shut lips is seen on each beyond the blur of the picture, in widths of the mouth.
const SEAM: f32 = 0.006;

impl MouthShape {
    /// `lips_px` is the inner edge of the lips from one corner around to the other and back, as in the picture and shut; `seam` is the
    /// colour of the line between shut ones; `picture` is at the output's size.
    pub fn new(
        scene: &PortraitScene,
        similarity: &Similarity,
        [lips_px, shut_lips_px]: [&[Vec3]; 2],
        light: &Light,
        seam: Vec3,
        finish: Finish,
        picture: &Image,
    ) -> Self {
        let rig = &scene.rig;
        let canonical_lips: Vec<Vec3> = rig
            .lips_inner
            .iter()
            .map(|&index| Vec3::from(rig.canonical_vertices[index as usize]))
            .collect();
        let width_px = farthest_distance(lips_px).max(4.0);
        let ring: Vec<Vec2> = lips_px.iter().map(|lip| lip.truncate()).collect();
        let own_teeth = OwnTeeth::find(ring, width_px, light.skin, picture);
        let teeth = own_teeth.as_ref().map_or(light.teeth, |own| own.typical);
        let light = &light.with_teeth(teeth);
        let canonical_width = farthest_distance(&canonical_lips).max(1e-3);
        let scale = similarity.scale_px;
        let rotate =
            |vector: Vec3| Vec3::from(similarity.rotation.map(|row| Vec3::from(row).dot(vector)));
        // Of a head that is turned the mouth looks narrower, which the turn of the teeth accounts for.
        let as_turned: Vec<Vec3> = canonical_lips.iter().map(|&lip| rotate(lip)).collect();
        let usual_width_px = farthest_distance(&as_turned).max(1e-3) * scale;
        let stretch = (width_px / usual_width_px).clamp(0.8, 1.2);
        // Teeth hang from the seam of the shut lips in the middle of the face, wherever the corners are.
        let meeting = |lips: &[Vec3]| {
            let half = lips.len() / 2;
            (lips[half / 2] + lips[lips.len() - half / 2]) / 2.0
        };
        let (corner, _) = farthest_pair(
            &canonical_lips
                .iter()
                .map(|lip| lip.truncate())
                .collect::<Vec<_>>(),
        );
        let mut canonical_ring = canonical_lips.clone();
        canonical_ring.rotate_left(corner);
        let canonical_centre = meeting(&canonical_ring);
        let centre_px = meeting(shut_lips_px);
        // Where the corners are higher or lower than usual, the rows of teeth follow the lips most of the way.
        let down = rotate(Vec3::Y);
        let corners = |ring: &[Vec3]| (ring[0] + ring[ring.len() / 2]) / 2.0;
        let lift_px = (corners(shut_lips_px) - centre_px).dot(down)
            - (corners(&canonical_ring) - canonical_centre).y * scale;
        let bend = |x: f32| {
            let across = (x / (0.5 * canonical_width)).clamp(-1.0, 1.0);
            down * (FOLLOW_CORNERS * lift_px * across * across)
        };
        let sideways = rotate(Vec3::Z).x.abs();
        let forwards = rotate(Vec3::NEG_Z) * (TEETH_TO_LIPS * sideways * scale);
        let interior = &rig.interior;
        let tongue = interior.positions.iter().zip(&interior.parts);
        let tongue = tongue.filter(|&(_, &part)| part == TONGUE);
        let tip_z = tongue
            .map(|(position, _)| position[2])
            .fold(f32::INFINITY, f32::min);
        let rows = Rows::new(&interior.positions, &interior.parts, canonical_width);
        let own_row = own_teeth.as_ref().and_then(|own| OwnRow::cut(own, picture));
        let placed = |position: [f32; 3]| {
            let relative = Vec3::from(position) - canonical_centre;
            centre_px
                + forwards
                + bend(relative.x)
                + rotate(relative * scale * Vec3::new(stretch, 1.0, 1.0))
        };
        // What is painted beside and above the picture's own teeth goes on from them.
        let row_moves = own_row.as_ref().map_or(Vec3::ZERO, |own| {
            let edge = interior
                .positions
                .iter()
                .zip(&interior.parts)
                .filter(|(position, part)| {
                    **part == UPPER_TEETH && position[0].abs() < 0.15 * canonical_width
                })
                .map(|(&position, _)| placed(position).dot(down))
                .fold(f32::NEG_INFINITY, f32::max);
            let most = ROW_MOVES * width_px;
            let lacking = own.edge_px.extend(centre_px.z).dot(down) - edge;
            down * lacking.clamp(-most, most)
        });
        let rest = interior
            .positions
            .iter()
            .zip(&interior.normals)
            .zip(&interior.parts)
            .map(|((&position, &normal), &part)| {
                let relative = Vec3::from(position) - canonical_centre;
                let normal = rotate(Vec3::from(normal)).normalize_or(Vec3::NEG_Z);
                let moves = match part {
                    UPPER_TEETH | UPPER_GUM => row_moves,
                    _ => Vec3::ZERO,
                };
                let position_px = placed(position) + moves;
                let (mut colour, mut gloss) = rows.paint(light, part, position, normal);
                if let (UPPER_TEETH, Some(own)) = (part, &own_teeth) {
                    let (seen, share) = own.at(position_px.truncate(), picture);
                    colour = colour.lerp(seen, share);
                    gloss *= 1.0 - share;
                }
                let jaw_weight = match part {
                    2 | 3 => 1.0,
                    4 => 0.9,
                    // The cavity's floor goes down with the jaw, its roof stays.
                    5 => ((relative.y / canonical_width + 0.15) / 0.4).clamp(0.0, 1.0),
                    _ => 0.0,
                };
                let tip_weight = match part {
                    TONGUE => 1.0 - smooth_step(0.0, TONGUE_BENDS, position[2] - tip_z),
                    _ => 0.0,
                };
                InteriorRest {
                    tip_weight,
                    position_px,
                    jaw_weight,
                    colour,
                    normal,
                    gloss,
                }
            })
            .collect();
        let region_px = [
            (width_px * 1.7).ceil() as u32,
            (width_px * 1.5).ceil() as u32,
        ];
        Self {
            interior: rest,
            triangles: interior.triangles.clone(),
            background: Rows::background(light),
            rim: srgb_from_linear(light.on(Vec3::new(1.5, 0.86, 0.78), RIM_LIGHT)),
            seam,
            finish,
            region_px,
            middle_px: ((lips_px[0] + lips_px[lips_px.len() / 2]) / 2.0).truncate(),
            width_px,
            rest_gap_px: gap_px(&lips_px.iter().map(|lip| lip.truncate()).collect::<Vec<_>>()),
            depth_px: centre_px.z,
            depth_range_px: width_px * 4.0,
            tongue_px: rotate(TONGUE_RAISED * scale),
            own_row,
        }
    }

    /// Blur that the inside needs beyond what drawing it has, standard deviation in output pixels.
    pub fn blur_px(&self) -> f32 {
        (self.finish.blur_px.powi(2) - DRAWN_BLUR_PX.powi(2))
            .max(0.0)
            .sqrt()
    }

    /// Half the width over which the inside gives way to the lips, output pixels.
    pub fn edge_px(&self) -> f32 {
        self.finish.blur_px.max(0.5)
    }

    /// How far the turn of the lips is seen beyond the opening, output pixels; `to_corner` is 0 in the middle, 1 in a corner.
    pub fn rim_px(&self, to_corner: f32) -> f32 {
        RIM * self.width_px * (1.0 + RIM_AT_CORNER * to_corner) + self.edge_px()
    }

    /// How far the line between shut lips is seen on each, output pixels.
    pub fn seam_px(&self) -> f32 {
        SEAM * self.width_px + self.edge_px()
    }

    /// Part of its darkness that the picture's blur leaves of that line.
    pub fn seam_contrast(&self) -> f32 {
        let thickness_px = 2.0 * SEAM * self.width_px;
        thickness_px / (thickness_px + self.edge_px())
    }

    /// From a place in the mouth, whose middle is there now, to the skin in the picture whose grain it takes over.
    pub fn grain_from(&self, middle_px: Vec2) -> Vec2 {
        self.middle_px - middle_px + self.finish.grain_from_px
    }

    /// [`Self::background`] as the frames have it.
    pub fn background_srgb(&self) -> Vec3 {
        srgb_from_linear(self.background)
    }
}

/// Mean height of the opening between the lips: its area over its width. Negative where the lips overlap.
pub(super) fn gap_px(lips_px: &[Vec2]) -> f32 {
    let count = lips_px.len();
    let (first, second) = farthest_pair(lips_px);
    let width = lips_px[first].distance(lips_px[second]).max(1.0);
    let twice_area: f32 = (0..count)
        .map(|position| lips_px[position].perp_dot(lips_px[(position + 1) % count]))
        .sum();
    twice_area.abs() / 2.0 / width
}
