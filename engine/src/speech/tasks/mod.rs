//! The tasks: what is given and what is wanted differs, each comes down to [windows](super::window) of the flow.

pub mod animate;
mod captions;
pub mod dub;
pub mod follow;
pub mod live;
pub mod speak;
