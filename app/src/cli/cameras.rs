//! `jam-flow cameras`: lists the cameras that can drive a portrait in the window, and the virtual ones that can show it.

use clap::Args;
use serde::Serialize;
use studio::camera::{CameraDevice, devices};
use studio::virtual_camera::{VirtualCameraOutput, load_command, outputs};

use crate::cli::standard_output::answer;
use crate::cli::texts::text;

/// Arguments of `jam-flow cameras`.
#[derive(Debug, Args)]
pub struct CamerasArguments {
    /// Print JSON in place of lines
    #[arg(long)]
    pub json: bool,
}

/// What a camera is for.
#[derive(Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum Kind {
    /// Its pictures drive the portrait.
    Camera,
    /// It shows the portrait.
    Virtual,
}

#[derive(Serialize)]
struct Listed {
    name: String,
    device: String,
    kind: Kind,
}

impl Listed {
    fn new(device: CameraDevice, kind: Kind) -> Self {
        Self {
            name: device.name,
            device: device.path.display().to_string(),
            kind,
        }
    }

    fn output(output: VirtualCameraOutput) -> Self {
        match output {
            VirtualCameraOutput::Loopback(device) => Self::new(device, Kind::Virtual),
            VirtualCameraOutput::PipeWire(_) => Self {
                name: output.name().to_owned(),
                device: "pipewire".to_owned(),
                kind: Kind::Virtual,
            },
        }
    }
}

/// Runs the command. No camera is switched on.
pub fn run(arguments: &CamerasArguments) -> anyhow::Result<()> {
    let cameras = devices().into_iter();
    let cameras = cameras.map(|device| Listed::new(device, Kind::Camera));
    let cameras: Vec<_> = cameras
        .chain(outputs().into_iter().map(Listed::output))
        .collect();
    if arguments.json {
        answer(serde_json::to_string_pretty(&cameras)?)?;
        return Ok(());
    }
    for Listed { name, device, kind } in &cameras {
        let name = match kind {
            Kind::Camera => name.clone(),
            Kind::Virtual => text!("cameras-virtual", name = name.as_str()),
        };
        answer(format_args!("{device}  {name}"))?;
    }
    let has = |kind| cameras.iter().any(|camera| camera.kind == kind);
    if !has(Kind::Camera) {
        eprintln!("{}", text!("cameras-none"));
    }
    if !has(Kind::Virtual) {
        eprintln!("{}", text!("cameras-no-virtual", command = load_command()));
    }
    Ok(())
}
