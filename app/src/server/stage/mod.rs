//! The stage: a page that shows the live portrait with its sound, for OBS and other browsers, and takes commands.
//!
//! Picture and sound travel together: a message of the WebSocket is one frame, a PNG with alpha, and the 40 ms of sound that belong
//! to it. The page plays the sound and shows each frame when its sound is heard, so that they cannot drift apart.

mod command;
mod frame_message;
mod handlers;
mod page;
mod performer;
mod show;
mod viewer;

pub use handlers::routes;
pub use show::Show;
