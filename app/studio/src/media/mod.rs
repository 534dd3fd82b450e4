//! Media files: which ones the program knows, reading videos, and writing videos, pictures and subtitles.

mod ffmpeg;
pub mod formats;
mod h264;
pub mod read;
pub(crate) mod to_yuv;
pub mod write;
pub(crate) mod yuv;
