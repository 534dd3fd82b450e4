//! The mouth: its inside put behind the portrait's lips, what a motion does to it, and the pass that lays the inside over the
//! opening between the lips.

mod finish;
pub(super) mod interior;
mod light;
mod lips;
mod own_row;
mod own_teeth;
mod paint;
mod pass;
mod pose;
pub(super) mod seam;
mod shape;
mod shut;
mod twin;

pub(super) use finish::Finish;
pub(super) use light::Light;
pub(super) use lips::{LipSkin, gaps_px, keep_lips_apart, shut_again};
pub(super) use pass::MouthPass;
pub(super) use pose::{MouthState, place, reveal};
pub(super) use shape::{INTERIOR_OVERSAMPLING, MouthShape, OUTLINE_LEN};
pub(super) use shut::{leave_open, shifts as shutting_shifts};
pub(super) use twin::draw;
