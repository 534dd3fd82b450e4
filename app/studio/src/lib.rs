//! What every face of the program shares: what is said and by whom, what everybody in the picture does in a frame, takes,
//! projects, media in and out, and sound.
//!
//! A face (the command line, the window) asks for these things and shows them; nothing here knows `clap` or `egui`.

pub mod alignment;
pub mod avatar;
pub mod camera;
pub mod cancel;
pub mod captions;
pub mod compute;
pub mod curves;
pub mod dialogue;
pub mod ducking;
pub mod film;
pub mod fitting_voices;
pub mod framing;
pub mod look;
pub mod media;
pub mod newest;
pub mod output_path;
pub mod performance;
pub mod project;
pub mod pronunciations;
pub mod provenance;
pub mod reference_voice;
pub mod resources;
pub mod scenes;
pub mod script;
pub mod shielded;
pub mod sound;
pub mod speech;
pub mod take;
pub mod text_file;
pub mod texts;
pub mod tracking;
pub mod virtual_camera;
pub mod voice_model;
pub mod watch;
pub mod wording;
