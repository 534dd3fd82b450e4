//! What the renderer is given: a portrait with its face mesh, and one frame of motion. Plain numbers only.
//!
//! Two spaces: **picture** is in pixels of the portrait (whole numbers are
//! the middles of pixels), x right, y down, z into the picture; **canonical** is in units
//! of 10 cm on MediaPipe's canonical face with the same axes.

pub(crate) mod area;
pub(crate) mod image;
mod inpaint;
pub(crate) mod layers;
pub(crate) mod people;
pub(crate) mod picture;

use glam::Vec3;

use crate::error::{Error, Result};

/// Keypoints of the motion representation, as in LivePortrait (commit 1986663).
pub const KEYPOINT_COUNT: usize = 21;
/// Numbers in one frame's expression.
pub(crate) const EXPRESSION_LEN: usize = KEYPOINT_COUNT * 3;

/// `picture = scale_px · rotation · canonical + translation_px`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Similarity {
    /// Pixels in one canonical unit.
    pub scale_px: f32,
    /// Rows of the rotation.
    pub rotation: [[f32; 3]; 3],
    /// Where the canonical origin lies in the picture, pixels.
    pub translation_px: [f32; 3],
}

impl Similarity {
    /// Turns and scales a direction of canonical space into picture space, pixels.
    #[must_use]
    pub fn transform_vector(&self, vector: [f32; 3]) -> [f32; 3] {
        let vector = Vec3::from(vector);
        self.rotation
            .map(|row| self.scale_px * Vec3::from(row).dot(vector))
    }

    /// Moves a point of canonical space into picture space, pixels.
    #[must_use]
    pub fn transform_point(&self, point: [f32; 3]) -> [f32; 3] {
        (Vec3::from(self.transform_vector(point)) + Vec3::from(self.translation_px)).to_array()
    }
}

/// The inside of the mouth as a mesh in canonical units.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct MouthInterior {
    /// Vertex positions.
    pub positions: Vec<[f32; 3]>,
    /// Vertex normals of length 1, pointing out of the surface.
    pub normals: Vec<[f32; 3]>,
    /// Corners of each triangle.
    pub triangles: Vec<[u32; 3]>,
    /// What each vertex belongs to: 0 upper teeth, 1 upper gum, 2 lower teeth, 3 lower gum, 4 tongue, 5 cavity.
    pub parts: Vec<u8>,
}

/// What is the same for every face: the mesh's topology and how it follows the keypoints.
#[derive(Clone, Debug, PartialEq)]
pub struct MeshRig {
    /// The canonical face, one position for each vertex of the face mesh, canonical units.
    pub canonical_vertices: Vec<[f32; 3]>,
    /// Corners of each triangle of the face mesh, a disk that covers the mouth and the eyes.
    pub triangles: Vec<[u32; 3]>,
    /// Expression to displacement, `(63, 3·vertices)` row by row, canonical units to canonical units.
    pub displacement_map: Vec<f32>,
    /// Expression to the lower jaw's translation, `(63, 3)` row by row.
    pub jaw_map: Vec<f32>,
    /// The face's outline as a closed ring.
    pub face_oval: Vec<u32>,
    /// The inner edge of the lips as a closed ring.
    pub lips_inner: Vec<u32>,
    /// The outer edge of the lips as a closed ring.
    pub lips_outer: Vec<u32>,
    /// Closed ring around the opening of the eye on the picture's left.
    pub left_eye: Vec<u32>,
    /// Closed ring around the opening of the eye on the picture's right.
    pub right_eye: Vec<u32>,
    /// Teeth, gums, tongue and cavity.
    pub interior: MouthInterior,
}

/// What is shown behind the person.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Background {
    /// The picture's own background, which stays where it is while the person moves.
    #[default]
    Keep,
    /// One colour, sRGB.
    Colour([u8; 3]),
    /// Nothing: frames have the person's coverage in their alpha and the person's own colour beside it (straight alpha).
    Transparent,
}

/// A portrait that is ready to be animated.
#[derive(Clone, Debug, PartialEq)]
pub struct PortraitScene {
    /// Width of the picture.
    pub width_px: u32,
    /// Height of the picture.
    pub height_px: u32,
    /// The picture, RGBA, rows from the top.
    pub rgba: Vec<u8>,
    /// Person (255) against background (0) at the picture's size, if known: only the person moves.
    pub matte: Option<Vec<u8>>,
    /// What is shown behind the person; without a matte everything is the person.
    pub background: Background,
    /// The face mesh of this portrait, picture space.
    pub vertices_px: Vec<[f32; 3]>,
    /// Iris centres, picture-left then picture-right eye.
    pub irises_px: [[f32; 3]; 2],
    /// Iris radii in the same order.
    pub iris_radii_px: [f32; 2],
    /// Where the canonical face lies in the picture.
    pub picture_from_canonical: Similarity,
    /// The mesh's topology and movement.
    pub rig: MeshRig,
}

impl PortraitScene {
    /// Checks that every array has the length that the others ask for and that every index exists.
    ///
    /// # Errors
    /// [`Error::Scene`] with the first thing that does not fit.
    pub fn validate(&self) -> Result<()> {
        let pixels = self.width_px as usize * self.height_px as usize;
        let vertices = self.vertices_px.len();
        let rig = &self.rig;
        let interior = &rig.interior;
        ensure(pixels > 0 && self.rgba.len() == pixels * 4, || {
            format!("{} bytes of picture for {pixels} pixels", self.rgba.len())
        })?;
        ensure(
            self.matte
                .as_ref()
                .is_none_or(|matte| matte.len() == pixels),
            || format!("the matte does not have {pixels} pixels"),
        )?;
        ensure(rig.canonical_vertices.len() == vertices, || {
            format!(
                "{vertices} face vertices, but the rig has {}",
                rig.canonical_vertices.len()
            )
        })?;
        ensure(
            rig.displacement_map.len() == EXPRESSION_LEN * vertices * 3,
            || {
                format!(
                    "the displacement map has {} numbers",
                    rig.displacement_map.len()
                )
            },
        )?;
        ensure(rig.jaw_map.len() == EXPRESSION_LEN * 3, || {
            format!("the jaw map has {} numbers", rig.jaw_map.len())
        })?;
        for (name, ring) in [
            ("face oval", &rig.face_oval),
            ("inner lips", &rig.lips_inner),
            ("outer lips", &rig.lips_outer),
            ("left eye", &rig.left_eye),
            ("right eye", &rig.right_eye),
        ] {
            ensure(
                (6..=64).contains(&ring.len()) && ring.len() % 2 == 0,
                || format!("the ring \"{name}\" has {} vertices", ring.len()),
            )?;
            ensure(
                ring.iter().all(|&index| (index as usize) < vertices),
                || format!("the ring \"{name}\" leaves the mesh"),
            )?;
        }
        let in_mesh = |triangles: &[[u32; 3]], count: usize| {
            triangles
                .iter()
                .flatten()
                .all(|&index| (index as usize) < count)
        };
        ensure(in_mesh(&rig.triangles, vertices), || {
            "a face triangle leaves the mesh".to_owned()
        })?;
        ensure(
            interior.normals.len() == interior.positions.len()
                && interior.parts.len() == interior.positions.len()
                && in_mesh(&interior.triangles, interior.positions.len()),
            || "the mouth interior's arrays do not fit together".to_owned(),
        )?;
        let numbers = self
            .vertices_px
            .iter()
            .chain(&self.irises_px)
            .flatten()
            .chain(&self.iris_radii_px)
            .chain(&rig.displacement_map)
            .chain(&rig.jaw_map)
            .chain(self.picture_from_canonical.rotation.iter().flatten())
            .chain([&self.picture_from_canonical.scale_px]);
        ensure(numbers.into_iter().all(|number| number.is_finite()), || {
            "a coordinate is not a number".to_owned()
        })
    }
}

/// One frame of movement against the portrait as it was given; the default leaves the picture unchanged.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FaceMotion {
    /// Expression deltas of the keypoints, canonical units.
    pub expression: [[f32; 3]; KEYPOINT_COUNT],
    /// Nod, radians; positive is down.
    pub pitch: f32,
    /// Turn, radians; positive turns the nose to the picture's right.
    pub yaw: f32,
    /// Tilt, radians; positive is clockwise in the picture.
    pub roll: f32,
    /// Size of the head against the portrait's own.
    pub scale: f32,
    /// Shift of the head, canonical units.
    pub translation: [f32; 3],
    /// What the mouth's keypoints start from: 0 the mouth as it is in the picture, 1 the same mouth with its lips shut. Speech asks
    /// for 1; for a portrait whose mouth is shut it makes no difference.
    pub mouth_shut: f32,
}

impl Default for FaceMotion {
    fn default() -> Self {
        Self {
            expression: [[0.0; 3]; KEYPOINT_COUNT],
            pitch: 0.0,
            yaw: 0.0,
            roll: 0.0,
            scale: 1.0,
            translation: [0.0; 3],
            mouth_shut: 0.0,
        }
    }
}

fn ensure(holds: bool, message: impl FnOnce() -> String) -> Result<()> {
    if holds {
        Ok(())
    } else {
        Err(Error::Scene(message()))
    }
}
