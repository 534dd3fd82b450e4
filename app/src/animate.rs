//! `jam-flow animate`: a recording drives the portrait.

use std::path::{Path, PathBuf};

use engine::{Synthesizer, Task};

use crate::command_line::AnimateArguments;
use crate::film::Outputs;
use crate::interrupt::Interrupt;
use crate::progress::Progress;
use crate::resources::Resources;
use crate::stage::Stage;

/// Runs the command. Everything that can be checked is checked before the long work begins.
pub fn run(resources: &Resources, arguments: &AnimateArguments) -> anyhow::Result<()> {
    let outputs = Outputs {
        video: Some(arguments.output.clone()),
        look: arguments.look.look(),
        motion: arguments.motion_output.clone(),
        ..Outputs::default()
    };
    let inputs: Vec<&Path> = [Some(&arguments.audio), arguments.portrait.as_ref()]
        .into_iter()
        .flatten()
        .map(PathBuf::as_path)
        .collect();
    outputs.check(&inputs)?;

    let interrupt = Interrupt::listen()?;
    let progress = Progress::start("Getting ready");
    let samples = engine::audio::decode_file(&arguments.audio)?;
    interrupt.check()?;
    let mut stage = Stage::new(resources);
    stage.prepare(arguments.portrait.as_deref(), &outputs)?;
    let synthesizer = Synthesizer::load(&resources.models)?;
    interrupt.check()?;
    progress.stage("Animating");
    let task = Task::Animate {
        samples,
        seed: arguments.seed,
    };
    let summary = stage.perform(&synthesizer, &task, &outputs, &interrupt, &progress)?;
    progress.finish(&summary.to_string());
    if arguments.json {
        println!("{}", serde_json::to_string_pretty(&summary)?);
    }
    Ok(())
}
