//! `jam-flow track`: follows the face in a video.

use std::path::PathBuf;

use engine::motion::motion_file;
use engine::tracking::{Neutral, Tracked, Tracker, TrackingReport};

use crate::cli::interrupt::Interrupt;
use crate::cli::progress::Progress;
use crate::cli::standard_output::answer;
use crate::cli::texts::text;
use clap::Args;
use studio::output_path;
use studio::resources::Resources;
use studio::tracking::track_video;

/// Arguments of `jam-flow track`.
#[derive(Debug, Args)]
pub struct TrackArguments {
    /// Video of a face: MP4 or MOV with H.264; anything else where ffmpeg is installed
    #[arg(value_name = "VIDEO")]
    pub video: PathBuf,
    /// File to write: .json or .safetensors
    #[arg(long, value_name = "FILE")]
    pub output: PathBuf,
    /// What the motion is measured against: what the face mostly is in the clip, or its first frame
    #[arg(long, value_enum, default_value_t = NeutralArgument::Clip)]
    pub neutral: NeutralArgument,
    /// Print what was followed as JSON
    #[arg(long)]
    pub json: bool,
}

/// [`engine::tracking::Neutral`] by its name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum NeutralArgument {
    /// Eyes as they mostly are, the mouth when it is shut
    #[default]
    Clip,
    /// The first frame, which should show a calm face
    First,
}

/// What was written, and from what.
#[derive(Debug, serde::Serialize)]
struct Summary {
    file: PathBuf,
    duration_secs: f64,
    #[serde(flatten)]
    report: TrackingReport,
}

/// Runs the command.
pub fn run(resources: &Resources, arguments: &TrackArguments) -> anyhow::Result<()> {
    output_path::check(
        &arguments.output,
        text!("output-motion"),
        &motion_file::EXTENSIONS,
    )?;
    output_path::check_distinct(&[&arguments.output], &[&arguments.video])?;
    let interrupt = Interrupt::listen()?;
    let progress = Progress::start(text!("stage-loading"));
    let tracker = Tracker::load(&resources.models)?;
    progress.stage(text!("stage-tracking"));
    let neutral = match arguments.neutral {
        NeutralArgument::Clip => Neutral::Clip,
        NeutralArgument::First => Neutral::FirstFrame,
    };
    let Tracked { motion, report } = track_video(
        &tracker,
        &arguments.video,
        neutral,
        &|| interrupt.requested(),
        &mut |fraction| progress.set(fraction),
    )?;
    motion_file::write(&motion, &arguments.output)?;
    progress.finish(&text!(
        "tracked",
        report = report.to_string(),
        file = arguments.output.display().to_string(),
    ));
    if arguments.json {
        let summary = Summary {
            file: arguments.output.clone(),
            duration_secs: motion.duration_secs(),
            report,
        };
        answer(serde_json::to_string_pretty(&summary)?)?;
    }
    Ok(())
}
