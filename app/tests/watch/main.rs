//! Clips that are watched: the client of chat endpoints against a server that misbehaves, and the way from a clip to a film.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod clip;
mod endpoint;
mod film;
mod mock_server;
mod model_folder;
#[path = "../program/mod.rs"]
mod program;
#[path = "../tensors/mod.rs"]
mod tensors;
