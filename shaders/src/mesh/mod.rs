//! The mesh renderer: the picture is drawn through a mesh over the face that the motion moves; eyes and the inside of the mouth are
//! drawn over it.
//!
//! [`prepare`] does once what does not change from frame to frame, [`deform`] turns a motion into positions, and each pass has a
//! module: `pass` records the draw on the GPU, `twin` draws the same on the CPU, and what the two share stands beside them.

pub mod cpu;
mod deform;
mod eye;
mod fold;
mod group;
mod line;
mod mouth;
mod pipeline;
mod prepare;
mod renderer;
mod rest;
mod warp;
mod wireframe;

pub use group::GroupRenderer;
pub use pipeline::target;
pub use renderer::{FRAME_FORMAT, FrameReading, MeshRenderer};
pub use wireframe::Wireframe;
