//! The pass that draws teeth, gums, tongue and cavity into a texture of their own.

mod pass;
mod twin;

pub(in crate::mesh) use pass::InteriorPass;
pub(in crate::mesh) use twin::draw;
