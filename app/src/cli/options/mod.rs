//! Options that several commands have.

pub mod compute;
pub mod dictionary;
pub mod drive;
pub mod face;
pub mod framing;
pub mod look;
pub mod outputs;
pub mod portrait;
pub mod script;
pub mod search;
pub mod speed;
pub mod voice_model;
