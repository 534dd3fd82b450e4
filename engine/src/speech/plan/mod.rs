//! How speech will sound before a single mel frame is made: when each phone comes, and on which melody.

mod alignment;
mod prosody;

pub use alignment::Alignment;
pub use prosody::{ConditionRows, Conditions, Prediction};
