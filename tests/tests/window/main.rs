//! The window, driven through its accessibility tree, with sound whose time the test winds by hand.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

#[path = "../../../app/tests/watch/clip.rs"]
mod clip;
mod debugging;
mod dialogue;
mod driving;
mod editing;
mod exporting;
mod filming;
mod harness;
mod listening;
#[path = "../../../app/tests/watch/mock_server.rs"]
#[expect(dead_code, reason = "its own tests misbehave in more ways")]
mod mock_server;
mod pasting;
mod picture_rate;
mod pictures;
mod pinned;
mod projects;
mod pronouncing;
mod reach;
mod redraw;
mod speaking;
mod stage_window;
#[path = "../../../app/tests/tensors/mod.rs"]
mod tensors;
mod timeline;
#[cfg(unix)]
mod virtual_camera;
mod voice_models;
mod watching;
