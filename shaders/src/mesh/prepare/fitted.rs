//! The portrait at the output's size, and what is measured in it there.

use glam::{Vec2, Vec3};
use motion::Similarity;

use super::inside;
use super::rings::HeadFrame;
use super::silhouette::Visible;
use crate::mesh::eye::EyeShape;
use crate::mesh::fold::FoldShape;
use crate::mesh::mouth::{self, Finish, Light, LipSkin, MouthShape};
use crate::scene::PortraitScene;
use crate::scene::image::Image;
use crate::scene::layers::Layers;
use crate::scene::picture::{Fit, resample};
use crate::smooth_step::smooth_step;

/// Turns of the head in the picture between which the mesh of its hidden side goes, radians.
const TURNED: [f32; 2] = [0.25, 0.6];
/// A triangle at the edge of the mesh of such a head that shows less than this part of its area is left out: its few pixels would
/// smear when the head moves.
const MIN_SHOWN: f32 = 0.22;

/// A scene's picture, matte and vertices in pixels of the output.
pub(super) struct Fitted<'a> {
    scene: &'a PortraitScene,
    fit: Fit,
    size_px: [u32; 2],
    picture: Vec<u8>,
    pub matte: Option<Vec<u8>>,
    pub face_px: Vec<Vec3>,
    pub similarity: Similarity,
    /// Points level from the face into the head, length 1.
    back: Vec3,
}

impl<'a> Fitted<'a> {
    pub fn new(scene: &'a PortraitScene, size_px: [u32; 2]) -> Self {
        let fit = Fit::cover(scene, size_px[0], size_px[1]);
        let picture_size = [scene.width_px, scene.height_px];
        let to_size =
            |bytes: &[u8], channels| resample(bytes, channels, picture_size, fit, size_px);
        let [x, _, z] = scene
            .picture_from_canonical
            .transform_vector([0.0, 0.0, 1.0]);
        Self {
            fit,
            size_px,
            picture: to_size(&scene.rgba, 4),
            matte: scene.matte.as_ref().map(|matte| to_size(matte, 1)),
            face_px: scene.vertices_px.iter().map(|&v| fit.point(v)).collect(),
            similarity: fit.similarity(&scene.picture_from_canonical),
            back: Vec3::new(x, 0.0, z).normalize_or(Vec3::Z),
            scene,
        }
    }

    /// Width and height of the output.
    pub fn size(&self) -> Vec2 {
        Vec2::from(self.size_px.map(|side| side as f32))
    }

    /// Some of the face's vertices.
    pub fn pick(&self, ring: &[u32]) -> Vec<Vec3> {
        ring.iter()
            .map(|&index| self.face_px[index as usize])
            .collect()
    }

    /// The same in the picture's plane.
    pub fn pick_flat(&self, ring: &[u32]) -> Vec<Vec2> {
        self.pick(ring).iter().map(|p| p.truncate()).collect()
    }

    /// Finds which part of the face's mesh the picture shows, and brings that part of a head that is turned onto the person.
    pub fn take_visible_face(&mut self) -> Visible {
        let rig = &self.scene.rig;
        let turned = smooth_step(TURNED[0], TURNED[1], self.back.x.abs().min(1.0).asin());
        let eyes_and_mouth = [
            &rig.left_eye,
            &rig.right_eye,
            &rig.lips_inner,
            &rig.lips_outer,
        ];
        let visible = Visible::new(
            &self.face_px,
            &rig.triangles,
            &rig.face_oval,
            &eyes_and_mouth.map(Vec::as_slice),
            MIN_SHOWN * turned,
        );
        if turned > 0.0
            && let Some(matte) = &self.matte
        {
            let [x, y, _] = self.similarity.transform_vector([1.0, 0.0, 0.0]);
            let inwards = Vec2::new(x, y).normalize_or(Vec2::X) * self.back.x.signum();
            inside::bring_inside(
                &mut self.face_px,
                &visible.inner(),
                inwards,
                self.similarity.scale_px,
                (matte, self.size_px[0]),
            );
        }
        visible
    }

    /// Where the head is and how it turns; `outline_px` is the visible face's.
    pub fn head_frame(&self, outline_px: &[Vec3]) -> HeadFrame {
        let rig = &self.scene.rig;
        let middle = |ring: &[u32]| {
            let points = self.pick_flat(ring);
            points.iter().sum::<Vec2>() / points.len() as f32
        };
        HeadFrame::new(
            outline_px,
            (middle(&rig.left_eye) + middle(&rig.right_eye)) / 2.0,
            middle(&rig.lips_inner),
            self.back,
        )
    }

    /// The picture taken apart.
    pub fn layers(&self, outline_px: &[Vec3], surroundings_px: f32) -> Layers {
        let outline_px: Vec<Vec2> = outline_px.iter().map(|point| point.truncate()).collect();
        Layers::new(
            &self.picture,
            self.matte.as_deref(),
            self.size_px.map(|side| side as usize),
            &outline_px,
            surroundings_px,
            self.scene.background,
        )
    }

    /// Both eyes, the one on the picture's left first; `head_down` is [`HeadFrame::down`].
    pub fn eyes(&self, head_down: Vec2) -> [EyeShape; 2] {
        let scene = self.scene;
        let picture = self.image();
        let rings = [&scene.rig.left_eye, &scene.rig.right_eye];
        [0, 1].map(|side| {
            EyeShape::new(
                &self.pick_flat(rings[side]),
                head_down,
                self.fit.point(scene.irises_px[side]).truncate(),
                scene.iris_radii_px[side] * self.fit.scale,
                &picture,
            )
        })
    }

    /// The inside of the mouth behind `lips`, which begin in a corner and are shut by `shut_mouth_px`.
    pub fn mouth(
        &self,
        lips: &[u32],
        shut_mouth_px: &[Vec3],
        eyes: &[EyeShape; 2],
        head_down: Vec2,
    ) -> MouthShape {
        let picture = self.image();
        let rig = &self.scene.rig;
        let edges =
            [&rig.lips_outer, &rig.left_eye, &rig.right_eye].map(|ring| self.pick_flat(ring));
        let lips_flat = self.pick_flat(lips);
        let middle_px = lips_flat.iter().sum::<Vec2>() / lips_flat.len() as f32;
        let width_px = lips_flat[0].distance(lips_flat[lips.len() / 2]);
        let head_right = Vec2::new(head_down.y, -head_down.x);
        let finish = Finish::measure(
            &picture,
            &edges,
            middle_px,
            width_px,
            [head_right, head_down],
        );
        let whites = eyes.each_ref().map(|eye| eye.white(&picture));
        let light = Light::read(&self.pick(&rig.lips_outer), whites, &picture);
        let seam = mouth::seam::colour(&lips_flat, &edges[0], &picture);
        let shut_lips: Vec<Vec3> = lips
            .iter()
            .map(|&index| {
                let closing = shut_mouth_px.get(index as usize);
                self.face_px[index as usize] + closing.copied().unwrap_or_default()
            })
            .collect();
        MouthShape::new(
            self.scene,
            &self.similarity,
            [&self.pick(lips), &shut_lips],
            &light,
            seam,
            finish,
            &picture,
        )
    }

    /// The skin that a motion strains.
    pub fn folds(&self, visible: &Visible, lip_skin: &LipSkin) -> FoldShape {
        let rig = &self.scene.rig;
        let edges = [
            visible.outline.as_slice(),
            &rig.left_eye,
            &rig.right_eye,
            &rig.lips_inner,
        ];
        FoldShape::new(
            &self.image(),
            &self.face_px,
            &visible.triangles,
            [&edges.concat(), &rig.lips_outer],
            lip_skin.lower_round(),
            self.similarity.scale_px,
        )
    }

    fn image(&self) -> Image<'_> {
        Image {
            bytes: &self.picture,
            width: self.size_px[0] as usize,
            height: self.size_px[1] as usize,
        }
    }
}
