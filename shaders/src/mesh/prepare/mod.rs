//! What does not change from frame to frame: the portrait at the output's size, taken apart, with rings of mesh around the face.

mod draw_order;
mod fitted;
mod inside;
mod rings;
mod silhouette;

use glam::{Vec2, Vec3};
use motion::{FaceRig, Similarity};

use draw_order::DrawOrder;
use fitted::Fitted;
pub(super) use rings::{HeadFrame, RingVertex};

use super::deform::Deformed;
use super::eye::EyeShape;
use super::fold::FoldShape;
use super::line::farthest_pair;
use super::mouth::{self, LipSkin, MouthShape, OUTLINE_LEN};
use crate::error::{Error, Result};
use crate::scene::PortraitScene;
use crate::scene::area::Area;
use crate::scene::image::Image;
use crate::scene::layers::Layers;

/// How high head and shoulders are against the face, where the picture is not less high.
const SURROUNDINGS: f32 = 2.5;
/// Stray hair stays while the head moves by less than this part of that.
const STRAYS_STAY: f32 = 0.012;

/// A portrait at the output's size with everything that does not change from frame to frame.
#[derive(Clone, Debug)]
pub(crate) struct PreparedScene {
    pub width_px: u32,
    pub height_px: u32,
    /// The picture at the output's size, as it is and taken apart.
    pub layers: Layers,
    /// Where frames can differ from the picture while nothing moves.
    moving: Area,
    /// What the warp pass cannot explain of the picture is gone where more than this moves.
    pub strays_px: f32,
    /// In which order the mesh is drawn.
    pub draw_order: DrawOrder,
    pub eyes: [EyeShape; 2],
    pub folds: FoldShape,
    pub mouth: MouthShape,
    pub face_px: Vec<Vec3>,
    pub rings: Vec<RingVertex>,
    /// All vertices, face then rings.
    pub rest_px: Vec<Vec2>,
    /// Vertices from here on lie on the border and stay there.
    pub pinned: std::ops::RangeFrom<usize>,
    pub frame: HeadFrame,
    pub similarity: Similarity,
    /// The visible face's outline as a closed ring.
    pub outline: Vec<u32>,
    /// Inner lips from one corner along the upper lip to the other, and back along the lower one.
    pub lips: Vec<u32>,
    pub displacement_map: Vec<f32>,
    pub jaw_map: Vec<[f32; 3]>,
    pub lip_skin: LipSkin,
    /// Shift of each face vertex that shuts the picture's mouth, pixels; empty if it is shut.
    pub shut_mouth_px: Vec<Vec3>,
    /// How far the lips are apart in the middle of the picture's mouth, canonical units; 0 if it is shut.
    pub parted: f32,
}

impl PreparedScene {
    /// Checks the scene, brings it to the output's size and builds what is around the face.
    pub fn new(scene: &PortraitScene, width_px: u32, height_px: u32) -> Result<Self> {
        scene.validate()?;
        let rig = &scene.rig;
        let mut fitted = Fitted::new(scene, [width_px, height_px]);
        let visible = fitted.take_visible_face();
        let outline_px = fitted.pick(&visible.outline);
        let frame = fitted.head_frame(&outline_px);
        let surroundings_px = (SURROUNDINGS * frame.height_px).min(height_px as f32);
        let layers = fitted.layers(&outline_px, surroundings_px);
        let matte = fitted.matte.as_deref();
        let rings = rings::build(&outline_px, &frame, fitted.size(), matte);
        let eyes = fitted.eyes(frame.down);
        let lips = lips_from_corner(&fitted, rig)?;
        let shut_mouth_px = mouth::shutting_shifts(
            &fitted.face_px,
            &lips,
            &rig.lips_outer,
            frame.down.extend(0.0),
        );
        let parted = if shut_mouth_px.is_empty() {
            0.0
        } else {
            let half = lips.len() / 2;
            let [upper, lower] = [lips[half / 2], lips[lips.len() - half / 2]]
                .map(|index| fitted.face_px[index as usize]);
            ((lower - upper).dot(frame.down.extend(0.0)) / fitted.similarity.scale_px).max(0.0)
        };
        let lip_skin = LipSkin::new(
            &fitted.face_px,
            &lips,
            &rig.lips_outer,
            frame.down.extend(0.0),
        );
        let mouth = fitted.mouth(&lips, &shut_mouth_px, &eyes, frame.down);
        let folds = fitted.folds(&visible, &lip_skin);
        let draw_order = DrawOrder::new(&visible, &fitted.face_px, &lips, &eyes);
        let ring_points = rings.iter().map(|ring| ring.rest_px);
        let rest_px: Vec<Vec2> = fitted
            .face_px
            .iter()
            .copied()
            .chain(ring_points)
            .map(|point| point.truncate())
            .collect();
        Ok(Self {
            pinned: rest_px.len() - visible.outline.len()..,
            rest_px,
            width_px,
            height_px,
            draw_order,
            eyes,
            folds,
            mouth,
            rings,
            frame,
            similarity: fitted.similarity,
            face_px: fitted.face_px,
            outline: visible.outline,
            lips,
            lip_skin,
            displacement_map: rig.displacement_map.clone(),
            jaw_map: rig.jaw_map.clone(),
            shut_mouth_px,
            parted,
            moving: layers.moving([width_px as usize, height_px as usize]),
            strays_px: STRAYS_STAY * surroundings_px,
            layers,
        })
    }

    /// One of the layers, to read from.
    pub fn image<'a>(&self, bytes: &'a [u8]) -> Image<'a> {
        Image {
            bytes,
            width: self.width_px as usize,
            height: self.height_px as usize,
        }
    }

    /// Vertices of the warp mesh.
    pub fn vertex_count(&self) -> usize {
        self.rest_px.len()
    }

    /// Outside this area a frame is the picture.
    pub fn changed(&self, frame: &Deformed) -> Area {
        let offsets = frame.vertices.iter();
        let farthest = offsets
            .map(|vertex| Vec2::from(vertex.offset_px).length())
            .fold(0.0, f32::max);
        let size = [self.width_px as usize, self.height_px as usize];
        // One more for what a sample takes from its neighbours.
        self.moving.wider(farthest.ceil() as usize + 2, size)
    }
}

/// The ring around the opening of the mouth, begun at the corner from which it goes along the upper lip.
fn lips_from_corner(fitted: &Fitted<'_>, rig: &FaceRig) -> Result<Vec<u32>> {
    let (corner, _) = farthest_pair(&fitted.pick_flat(&rig.lips_inner));
    let mut lips = rig.lips_inner.clone();
    lips.rotate_left(corner);
    // The canonical face says which lip is the upper one: landmarks of a shut mouth may lie on each other, or the wrong way round.
    let half = lips.len() / 2;
    let height = |lip: &[u32]| -> f32 {
        let vertices = lip.iter().map(|&index| index as usize);
        vertices.map(|index| rig.canonical_vertices[index][1]).sum()
    };
    if height(&lips[1..half]) > height(&lips[half + 1..]) {
        lips.rotate_left(half);
    }
    if lips.len() > OUTLINE_LEN {
        return Err(Error::Scene(format!(
            "the inner lips have {} vertices, at most {OUTLINE_LEN} are drawn",
            lips.len()
        )));
    }
    Ok(lips)
}
