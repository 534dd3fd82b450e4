//! `jam-flow dub`: some words of a recording become other words, in sound and picture.

use std::path::{Path, PathBuf};

use engine::audio::SAMPLE_RATE_HZ;
use engine::motion::MouthFrame;
use engine::{Aligner, Edit, SpanLength, Speech, Synthesizer, Task};
use serde::Serialize;

use crate::command_line::DubArguments;
use crate::film::{Outputs, Summary};
use crate::interrupt::Interrupt;
use crate::progress::Progress;
use crate::resources::Resources;
use crate::speak::{check_text, read_text_file, with_main_output};
use crate::stage::Stage;
use crate::standard_output::answer;

/// What `--json` prints.
#[derive(Serialize)]
struct Report {
    #[serde(flatten)]
    summary: Summary,
    /// First and last second of every stretch that is new.
    changed_secs: Vec<[f64; 2]>,
}

/// Runs the command. Everything that can be checked is checked before the long work begins.
pub fn run(resources: &Resources, arguments: &DubArguments) -> anyhow::Result<()> {
    let others = Outputs {
        look: arguments.look.look(),
        audio: arguments.audio_output.clone(),
        motion: arguments.motion_output.clone(),
        subtitles: arguments.subtitles.clone(),
        ..Outputs::default()
    };
    let mut outputs = with_main_output(&arguments.output, others)?;
    let recording = arguments
        .audio
        .as_deref()
        .or(arguments.video.as_deref())
        .expect("the command line asks for one of the two");
    let inputs: Vec<&Path> = [
        &arguments.audio,
        &arguments.video,
        &arguments.text_file,
        &arguments.new_text_file,
        &arguments.portrait.path,
    ]
    .into_iter()
    .flatten()
    .map(PathBuf::as_path)
    .collect();
    outputs.check(&inputs)?;
    let old = words(&arguments.text, &arguments.text_file)?;
    let text = words(&arguments.new_text, &arguments.new_text_file)?;

    let interrupt = Interrupt::listen()?;
    let cancelled = || interrupt.requested();
    let progress = Progress::start("Getting ready");
    let samples = engine::audio::decode_file(recording)?;
    interrupt.check()?;
    let mut stage = Stage::new(resources);
    stage.prepare(&arguments.portrait, &outputs)?;
    interrupt.check()?;
    let synthesizer = Synthesizer::load(&resources.models)?;
    let aligner = Aligner::with_front_end(&resources.models, synthesizer.front_end())?;
    interrupt.check()?;
    progress.stage("Listening");
    let aligned = aligner.align(&samples, &old, &cancelled)?;
    let mut mouth: Vec<MouthFrame> = Vec::new();
    synthesizer.animate(&samples, arguments.seed, &cancelled, &mut |frames, done| {
        progress.set(done);
        mouth.extend(frames);
        Ok(())
    })?;
    progress.stage("Dubbing");
    let edit = Edit {
        speech: Speech {
            samples,
            mouth,
            aligned,
        },
        text,
        length: match arguments.keep_length {
            true => SpanLength::Kept,
            false => SpanLength::Free,
        },
        voice: arguments.voice.clone(),
        seed: arguments.seed,
    };
    let dubbed = synthesizer.dub(&edit, &cancelled)?;
    outputs.remark = Task::Dub(edit).remark().map(str::to_owned);
    let secs = |sample: usize| sample as f64 / f64::from(SAMPLE_RATE_HZ);
    let changed = dubbed.changed.iter();
    let changed_secs = changed
        .map(|range| [secs(range.start), secs(range.end)])
        .collect();
    let mut chunk = Some(synthesizer.chunk(dubbed.speech));
    let summary = stage.film(
        &outputs,
        arguments.seed,
        &interrupt,
        &progress,
        &mut |_, on_chunk| chunk.take().map_or(Ok(()), &mut *on_chunk),
    )?;
    progress.finish(&summary.to_string());
    if arguments.json {
        let report = Report {
            summary,
            changed_secs,
        };
        answer(serde_json::to_string_pretty(&report)?)?;
    }
    Ok(())
}

/// Words from the command line or from a file, checked.
fn words(given: &Option<String>, file: &Option<PathBuf>) -> anyhow::Result<String> {
    let words = match (given, file) {
        (Some(words), _) => words.clone(),
        (None, Some(file)) => read_text_file(file)?,
        (None, None) => unreachable!("the command line asks for one of the two"),
    };
    check_text(&words)?;
    Ok(words)
}
