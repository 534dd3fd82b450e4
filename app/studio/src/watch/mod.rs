//! Watching a clip and telling what was seen: the pictures that a vision model is shown, the model behind an endpoint, its answer
//! as narration, and the film in which a portrait speaks it beside the clip.

pub mod asking;
mod captioned;
pub mod clip;
pub mod endpoint;
pub mod film;
pub mod layout;
pub mod local_model;
pub mod narration;
mod picture;
pub mod prompt;
pub mod slow_fast;
pub mod sound_mix;
pub mod speaking;
pub mod telling;
mod timeline;

pub use timeline::Timeline;
