//! The mouth: its inside put behind the portrait's lips, what a motion does to it, and the pass that lays the inside over the
//! opening between the lips.

pub(super) mod interior;
mod light;
mod pass;
mod pose;
mod shape;
mod shut;
mod twin;

pub(super) use pass::MouthPass;
pub(super) use pose::{MouthState, keep_lips_apart, place, reveal};
pub(super) use shape::{INTERIOR_OVERSAMPLING, MouthShape, OUTLINE_LEN};
pub(super) use shut::shifts as shutting_shifts;
pub(super) use twin::draw;
