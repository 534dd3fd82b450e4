//! The pass that puts a person at rest in front of people who move.

mod pass;
mod twin;

pub(super) use pass::{RestInputs, RestPass};
pub(super) use twin::put_before;
