//! `jam-flow track`: follows the face in a video.

use std::path::{Path, PathBuf};

use engine::motion::motion_file;
use engine::tracking::{FaceTrack, Neutral, Tracked, Tracker, TrackingReport};

use crate::command_line::{NeutralArgument, TrackArguments};
use crate::footage;
use crate::interrupt::Interrupt;
use crate::output_path;
use crate::progress::Progress;
use crate::resources::Resources;
use crate::standard_output::answer;

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
    output_path::check(&arguments.output, "the movement", &motion_file::EXTENSIONS)?;
    output_path::check_distinct(&[&arguments.output], &[&arguments.video])?;
    let interrupt = Interrupt::listen()?;
    let progress = Progress::start("Getting ready");
    let tracker = Tracker::load(&resources.models)?;
    progress.stage("Following the face");
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
    progress.finish(&format!("{report}\nwrote {}", arguments.output.display()));
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

/// Follows the face of a whole film. `cancelled` is asked at each picture, `on_progress` is told the share that is done, 0 to 1.
///
/// # Errors
/// Those of [`footage::read_frames`], [`FaceTrack::push`] and [`FaceTrack::finish`]; the file is named in all that concern it.
pub fn track_video(
    tracker: &Tracker,
    path: &Path,
    neutral: Neutral,
    cancelled: &dyn Fn() -> bool,
    on_progress: &mut dyn FnMut(f32),
) -> engine::Result<Tracked> {
    let named = |error| match error {
        engine::Error::InputUnusable(message) if !message.contains(&*path.to_string_lossy()) => {
            engine::Error::InputUnusable(format!("{message}: {}", path.display()))
        }
        other => other,
    };
    let mut track = FaceTrack::new(tracker);
    footage::read_frames(path, cancelled, &mut |frame, fraction| {
        track.push(frame)?;
        on_progress(fraction);
        Ok(())
    })
    .and_then(|()| track.finish(neutral))
    .map_err(named)
}
