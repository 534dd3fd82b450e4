//! What the renderer is given: a portrait with its face mesh, and one frame of motion. Plain numbers only.
//!
//! Two spaces: **picture** is in pixels of the portrait (whole numbers are the middles of pixels), x right, y down, z into the
//! picture; **canonical** is that of the motion contract, the crate `motion`.

pub(crate) mod area;
pub(crate) mod image;
mod inpaint;
pub(crate) mod layers;
pub(crate) mod people;
pub(crate) mod picture;

use std::sync::Arc;

use motion::{FaceRig, KEYPOINT_COUNT, MotionFrame, Similarity};

use crate::error::{Error, Result};

/// Numbers in one frame's expression.
pub(crate) const EXPRESSION_LEN: usize = KEYPOINT_COUNT * 3;

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
    /// The mesh's topology and motion, shared by all portraits.
    pub rig: Arc<FaceRig>,
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
        ensure(rig.jaw_map.len() == EXPRESSION_LEN, || {
            format!("the jaw map has {} rows", rig.jaw_map.len())
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
            .chain(rig.jaw_map.as_flattened())
            .chain(self.picture_from_canonical.rotation.iter().flatten())
            .chain([&self.picture_from_canonical.scale_px]);
        ensure(numbers.into_iter().all(|number| number.is_finite()), || {
            "a coordinate is not a number".to_owned()
        })
    }
}

/// One frame of motion and the mouth that it starts from; the default leaves the picture unchanged.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct FaceMotion {
    /// The motion against the portrait as it was given.
    pub frame: MotionFrame,
    /// What the mouth's keypoints start from: 0 the mouth as it is in the picture, 1 the same mouth with its lips shut. Speech asks
    /// for 1; for a portrait whose mouth is shut it makes no difference.
    pub mouth_shut: f32,
}

fn ensure(holds: bool, message: impl FnOnce() -> String) -> Result<()> {
    if holds {
        Ok(())
    } else {
        Err(Error::Scene(message()))
    }
}
