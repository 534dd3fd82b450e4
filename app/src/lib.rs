//! The application: command line, window, playback and recording around `engine` and `shaders`.
//!
//! The window and the command line are two faces of one pipeline: the engine's chunks of sound and mouth motion, idle life
//! around the mouth, the renderer's texture. [`app::App`] shows that texture, [`film::Film`] writes it to a file.

pub mod align;
pub mod animate;
pub mod app;
pub mod audio_output;
pub mod avatar;
pub mod batch;
pub mod bench;
pub mod command_line;
pub mod company;
pub mod dialogue;
pub mod document;
pub mod drive;
pub mod dub;
pub mod face_arguments;
pub mod film;
pub mod footage;
pub mod frame_times;
pub mod inspect;
pub mod interrupt;
pub mod listener;
pub mod live;
pub mod look;
pub mod manifest;
pub mod manual;
pub mod microphone;
pub mod output_path;
pub mod playback;
pub mod portrait_arguments;
pub mod progress;
pub mod project;
pub mod recording;
pub mod recover;
pub mod resources;
pub mod settings;
pub mod sound_devices;
pub mod speak;
pub mod stage;
mod standard_output;
pub mod state;
pub mod subtitles;
pub mod take;
pub mod theme;
pub mod track;
pub mod ui;
pub mod window;
pub mod wording;
pub mod worker;

pub use wording::one_line;

use command_line::{Arguments, Command};
use resources::Resources;

/// Does what the command line asks for. Errors are for the user: show them with [`one_line`].
pub fn run(arguments: Arguments) -> anyhow::Result<()> {
    let resources = Resources::find(arguments.models);
    match arguments.command {
        None => window::open_or_write_demo(resources),
        Some(Command::Speak(speak)) => speak::run(&resources, &speak),
        Some(Command::Animate(animate)) => animate::run(&resources, &animate),
        Some(Command::Align(align)) => align::run(&resources, &align),
        Some(Command::Dub(dub)) => dub::run(&resources, &dub),
        Some(Command::Batch(batch)) => batch::run(&resources, &batch),
        Some(Command::Track(track)) => track::run(&resources, &track),
        Some(Command::Inspect(inspect)) => inspect::run(&resources, &inspect),
        Some(Command::Models(models)) => manifest::run(&resources, &models),
        Some(Command::Completions(completions)) => manual::completions(&completions),
        Some(Command::Manual(manual)) => manual::manual(&manual),
        Some(Command::Recover(recover)) => recover::run(&recover),
        Some(Command::Bench(bench)) => bench::run(&resources, &bench),
    }
}
