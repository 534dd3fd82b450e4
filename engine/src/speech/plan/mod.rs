//! How speech will sound before a single mel frame is made: when each phone comes, and on which melody.

mod alignment;
mod lead_in;
mod prosody;

pub use alignment::Alignment;
pub use lead_in::{LeadIn, LedIn};
pub use prosody::{ConditionRows, Conditions, Prediction};
