//! Folds of the skin: where a motion compresses, stretches or tilts it, and the pass that shades it there.

mod lip_light;
mod map;
mod pass;
mod shape;
mod skin_light;
mod twin;

pub(super) use map::FoldMap;
pub(super) use pass::FoldPass;
pub(super) use shape::{FoldShape, Shade};
pub(super) use twin::draw;
