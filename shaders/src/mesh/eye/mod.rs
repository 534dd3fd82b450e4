//! The eyes: their shape in the picture, what a motion does to them, and the pass that draws gaze and lids.

mod finish;
mod lid;
mod pass;
mod pose;
mod shape;
mod twin;

pub(super) use lid::LidSkin;
pub(super) use pass::EyePass;
pub(super) use pose::{EyeState, split_eyes};
pub(super) use shape::{CURVE_SAMPLES, EyeColumn, EyeShape};
pub(super) use twin::draw;
