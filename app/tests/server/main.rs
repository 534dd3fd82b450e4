//! The server as its clients meet it: over connections of their own, with good requests and with broken ones.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

#[cfg(target_os = "linux")]
mod chromium;
mod client;
mod crowd;
#[cfg(target_os = "linux")]
mod listening;
#[path = "../program/mod.rs"]
mod program;
mod refusals;
mod speech;
mod stage;
mod videos;
