//! What of an H.264 stream (ITU-T H.264) has to be known beside what encoder and decoder say: colours, and pictures that repeat the
//! one before.

mod bits;
mod parameter_sets;
mod repeats;

#[cfg(test)]
pub(super) use parameter_sets::with_matrix;
pub(super) use parameter_sets::{Matrix, SequenceParameters};
pub(super) use repeats::Repeats;
