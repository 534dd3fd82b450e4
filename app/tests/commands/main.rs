//! The program as a user runs it. One binary for all of its commands: each would link the whole program once more.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod batch;
mod dialogue;
#[cfg(target_os = "linux")]
mod disk_full;
mod inspecting;
#[cfg(target_os = "linux")]
mod network;
mod pictures;
#[path = "../program/mod.rs"]
mod program;
mod reading;
mod recordings;
#[cfg(unix)]
mod robustness;
mod scenes;
mod wrong_input;
