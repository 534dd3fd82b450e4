//! The window, driven through its accessibility tree, with sound whose time the test winds by hand.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod debugging;
mod dialogue;
mod driving;
mod editing;
mod exporting;
mod harness;
mod listening;
mod pictures;
mod pinned;
mod projects;
mod reach;
mod speaking;
mod timeline;
