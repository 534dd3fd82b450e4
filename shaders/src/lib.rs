//! The portrait renderer: a picture with a face mesh and a frame of motion in, a texture out.
//!
//! - [`PortraitScene`] is the portrait, its mesh and the rig as plain numbers; [`FaceMotion`] is one frame of movement.
//! - [`Gpu`] is a device, the window's or one without a window.
//! - [`MeshRenderer`] draws frames of one size into one texture and can copy them out.
//! - [`GroupRenderer`] does so for several people of one picture.
//! - [`cpu::render`] draws the same without a GPU, slowly: it is the yardstick of the tests.
//!
//! Motion becomes positions once, in `deform`, for both; only drawing and shading exist twice. A portrait that does not
//! move gives its picture back bit for bit.

mod area;
pub mod cpu;
mod deform;
mod error;
mod eye;
mod gpu;
mod group_renderer;
mod inpaint;
mod interior;
mod layers;
mod mesh_renderer;
mod mouth;
mod people;
mod picture;
mod pipeline;
mod rest;
mod scene;
mod smooth_step;
mod warp;

pub use error::{ADAPTER_VARIABLE, Error, Result};
pub use gpu::Gpu;
pub use group_renderer::GroupRenderer;
pub use mesh_renderer::{FRAME_FORMAT, MeshRenderer};
pub use scene::{
    Background, FaceMotion, KEYPOINT_COUNT, MeshRig, MouthInterior, PortraitScene, Similarity,
};
