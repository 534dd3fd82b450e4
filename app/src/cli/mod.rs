//! The command line: one file for each command with its arguments, and what they share.

pub mod align;
pub mod animate;
pub mod batch;
pub mod bench;
pub mod cameras;
pub mod command_line;
pub mod demo;
pub mod dub;
pub mod inspect;
pub mod interrupt;
pub mod manual;
pub mod models;
pub mod options;
pub mod progress;
pub mod read;
pub mod recover;
pub mod scenes;
pub mod serve;
pub mod speak;
pub mod stage;
mod standard_output;
pub mod texts;
pub mod track;
pub mod verify;
pub mod watch;

use std::path::PathBuf;

use bench::WindowPictureRate;
use clap::CommandFactory as _;
use command_line::{Arguments, Command};
use studio::camera::CameraSource;
use studio::resources::Resources;
use studio::wording::one_line;
use texts::text;

/// The line that ends a command which failed.
pub fn error_line(error: &anyhow::Error) -> String {
    text!("error", reason = one_line(error))
}

/// The line that ends a command which the user stopped.
pub fn cancelled_line() -> &'static str {
    text!("cancelled")
}

/// Checks that files which are named in place of a command can be opened in the window.
///
/// # Errors
/// A line for the user if one is not there, there is a command, too, or no display to open a window on.
pub fn check_files(files: &[PathBuf], has_command: bool, has_display: bool) -> anyhow::Result<()> {
    for file in files {
        let name = file.display().to_string();
        anyhow::ensure!(!has_command, "{}", text!("file-and-command", name = name));
        anyhow::ensure!(file.exists(), "{}", text!("no-such-file", name = name));
        anyhow::ensure!(has_display, "{}", text!("no-display", name = name));
    }
    Ok(())
}

/// What `--camera` names, for the window.
///
/// # Errors
/// A line for the user if there is no such camera or video, a command, too, or no display to open a window on.
pub fn check_camera(
    name: Option<&str>,
    has_command: bool,
    has_display: bool,
) -> anyhow::Result<Option<CameraSource>> {
    let Some(name) = name else {
        return Ok(None);
    };
    anyhow::ensure!(!has_command, "{}", text!("camera-and-command"));
    anyhow::ensure!(has_display, "{}", text!("no-display", name = name));
    Ok(Some(CameraSource::named(name)?))
}

/// Runs a command; the window is measured by who knows it.
pub fn run(
    resources: &Resources,
    command: Command,
    window_picture_rate: WindowPictureRate<'_>,
) -> anyhow::Result<()> {
    match command {
        Command::Speak(speak) => speak::run(resources, &speak),
        Command::Animate(animate) => animate::run(resources, &animate),
        Command::Read(read) => read::run(resources, &read),
        Command::Align(align) => align::run(resources, &align),
        Command::Dub(dub) => dub::run(resources, &dub),
        Command::Batch(batch) => batch::run(resources, &batch),
        Command::Scenes(scenes) => scenes::run(resources, &scenes),
        Command::Track(track) => track::run(resources, &track),
        Command::Watch(watch) => watch::run(resources, &watch),
        Command::Inspect(inspect) => inspect::run(resources, &inspect),
        Command::Cameras(cameras) => cameras::run(&cameras),
        Command::Models(models) => models::run(resources, &models),
        Command::Completions(completions) => {
            manual::completions(Arguments::command(), &completions)
        }
        Command::Manual(manual) => manual::manual(Arguments::command(), &manual),
        Command::Recover(recover) => recover::run(&recover),
        Command::Verify(verify) => verify::run(&verify),
        Command::Bench(bench) => bench::run(resources, &bench, window_picture_rate),
        Command::Serve(_) => {
            unreachable!("the server is no part of the command line: crate::run starts it")
        }
    }
}
