//! The portrait renderer: a picture with a face mesh and a frame of motion in, a texture out.
//!
//! - [`PortraitScene`] is the portrait, its mesh and the rig as plain numbers; [`FaceMotion`] is one frame of motion.
//! - [`Gpu`] is a device, the window's or one without a window.
//! - [`MeshRenderer`] draws frames of one size into one texture and can copy them out.
//! - [`GroupRenderer`] does so for several people of one picture.
//! - [`cpu::render`] draws the same without a GPU, slowly: it is the yardstick of the tests.
//!
//! `scene` takes the picture apart and knows no renderer; `mesh` is the renderer that moves the picture with a mesh, one module for
//! each pass. Motion becomes positions once, in `mesh::deform`, for GPU and CPU; only drawing and shading exist twice. A portrait
//! that does not move gives its picture back bit for bit.

mod error;
mod gpu;
mod mesh;
mod scene;
mod smooth_step;

pub use error::{ADAPTER_VARIABLE, Error, Result};
pub use gpu::Gpu;
pub use mesh::cpu;
pub use mesh::{FRAME_FORMAT, FrameReading, GroupRenderer, MeshRenderer, Wireframe, target};
pub use scene::{Background, FaceMotion, PortraitScene};
