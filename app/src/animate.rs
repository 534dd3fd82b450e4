//! `jam-flow animate`: a recording drives the portrait.

use std::path::{Path, PathBuf};

use engine::synthesizer::SAMPLES_PER_FRAME;
use engine::{SpeechChunk, Synthesizer};

use crate::command_line::AnimateArguments;
use crate::film::{Outputs, Summary};
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
    let summary = animate(
        &synthesizer,
        &stage,
        &samples,
        arguments.seed,
        &outputs,
        &interrupt,
        &progress,
    )?;
    progress.finish(&summary.to_string());
    if arguments.json {
        println!("{}", serde_json::to_string_pretty(&summary)?);
    }
    Ok(())
}

/// Lets the portrait on a prepared stage speak a recording, mono at 24 kHz, into files.
pub fn animate(
    synthesizer: &Synthesizer,
    stage: &Stage,
    samples: &[f32],
    seed: u64,
    outputs: &Outputs,
    interrupt: &Interrupt,
    progress: &Progress,
) -> anyhow::Result<Summary> {
    stage.film(
        outputs,
        seed,
        interrupt,
        progress,
        &mut |cancelled, on_chunk| {
            chunks_of_recording(synthesizer, samples, seed, cancelled, on_chunk)
        },
    )
}

/// Animates a recording and hands it on piece by piece, each with the sound that belongs to its frames, as a speech would
/// come. `samples` are mono at 24 kHz.
pub fn chunks_of_recording(
    synthesizer: &Synthesizer,
    samples: &[f32],
    seed: u64,
    cancelled: &dyn Fn() -> bool,
    on_chunk: &mut dyn FnMut(SpeechChunk) -> engine::Result<()>,
) -> engine::Result<()> {
    let mut rest = samples;
    synthesizer.animate(samples, seed, cancelled, &mut |mouth, fraction_done| {
        let is_last = fraction_done >= 1.0;
        let taken = if is_last {
            rest.len()
        } else {
            rest.len().min(mouth.len() * SAMPLES_PER_FRAME)
        };
        let (sound, later) = rest.split_at(taken);
        rest = later;
        on_chunk(SpeechChunk {
            samples: sound.to_vec(),
            mouth,
            words: Vec::new(),
            phones: Vec::new(),
            fraction_done,
        })
    })
}
