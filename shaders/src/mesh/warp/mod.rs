//! The pass that draws the portrait through its moved mesh.

mod pass;
mod twin;

pub(super) use pass::{WarpPass, index_buffer, warped_pipeline};
pub(super) use twin::draw;
