//! `jam-flow cameras`: lists the cameras that can drive a portrait in the window.

use clap::Args;
use serde::Serialize;
use studio::camera::devices;

use crate::cli::standard_output::answer;
use crate::cli::texts::text;

/// Arguments of `jam-flow cameras`.
#[derive(Debug, Args)]
pub struct CamerasArguments {
    /// Print JSON in place of lines
    #[arg(long)]
    pub json: bool,
}

#[derive(Serialize)]
struct Listed {
    name: String,
    device: String,
}

/// Runs the command. No camera is switched on.
pub fn run(arguments: &CamerasArguments) -> anyhow::Result<()> {
    let cameras: Vec<Listed> = devices()
        .into_iter()
        .map(|camera| Listed {
            name: camera.name,
            device: camera.path.display().to_string(),
        })
        .collect();
    if arguments.json {
        answer(serde_json::to_string_pretty(&cameras)?)?;
        return Ok(());
    }
    for camera in &cameras {
        answer(format_args!("{}  {}", camera.device, camera.name))?;
    }
    if cameras.is_empty() {
        eprintln!("{}", text!("cameras-none"));
    }
    Ok(())
}
