//! `jam-flow scenes`: one film of several scenes, as a TOML file describes it.

use std::path::{Path, PathBuf};

use clap::Args;
use studio::resources::Resources;
use studio::scenes::making::{Event, FilmTools, make};
use studio::scenes::{Portraits, SceneFile, SceneOutputs};
use studio::sound::microphone::no_microphone;
use studio::speech::SpeechMaker;

use crate::cli::interrupt::Interrupt;
use crate::cli::options::compute::ComputeArguments;
use crate::cli::progress::Progress;
use crate::cli::standard_output::answer;
use crate::cli::texts::text;

/// Arguments of `jam-flow scenes`.
#[derive(Debug, Args)]
pub struct ScenesArguments {
    /// File that describes the film (.toml); docs/scenes.md has an example and lists every field
    #[arg(value_name = "FILM")]
    pub film: PathBuf,
    /// Video to write, in place of the one that the file names: .mp4; .mov, .webm or .mkv where ffmpeg is installed; .gif; a name
    /// without ending is a folder of PNG images
    #[arg(long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// Also write subtitles through all scenes (.srt or .vtt)
    #[arg(long, value_name = "FILE")]
    pub subtitles: Option<PathBuf>,
    /// Where the chapters go (.txt), in place of a file beside the video; written if a scene has a title
    #[arg(long, value_name = "FILE")]
    pub chapters: Option<PathBuf>,
    /// Where speech is computed
    #[command(flatten)]
    pub compute: ComputeArguments,
    /// Print what was written and when each scene begins as JSON
    #[arg(long)]
    pub json: bool,
}

/// Runs the command. Everything that can be checked is checked before the long work begins.
pub fn run(resources: &Resources, arguments: &ScenesArguments) -> anyhow::Result<()> {
    let file = SceneFile::read(&arguments.film)?;
    let named = file.outputs.clone();
    let outputs = SceneOutputs {
        video: arguments.output.clone().or(named.video),
        subtitles: arguments.subtitles.clone().or(named.subtitles),
        chapters: arguments.chapters.clone().or(named.chapters),
        sound_codec: named.sound_codec,
    };
    anyhow::ensure!(outputs.video.is_some(), "{}", text!("scenes-output"));
    let inputs: Vec<&Path> = std::iter::once(arguments.film.as_path())
        .chain(file.dictionary.as_ref().map(|it| it.path.as_path()))
        .collect();
    outputs.check(&file.film, &inputs)?;
    let interrupt = Interrupt::listen()?;
    let progress = Progress::start(text!("stage-loading"));
    let compute = arguments.compute.compute(&progress);
    let words = file.dictionary.as_ref().map(|it| it.words.clone());
    let speech = SpeechMaker::load_on(&resources.models, &compute, no_microphone(), words)?;
    let mut portraits = Portraits::load(&resources.models, resources.default_portrait()?)?;
    let gpu = shaders::Gpu::headless()?;
    let mut tools = FilmTools {
        speech: &speech,
        portraits: &mut portraits,
        gpu: &gpu,
    };
    let mut report = |event: Event| match event {
        Event::Scene { number, count } => {
            progress.stage(&text!("stage-scene", number = number, count = count));
        }
        Event::Fraction(fraction) => progress.set(fraction),
        Event::Note { scene, text } => {
            progress.note(&text!("scenes-note", scene = scene, note = text));
        }
    };
    let made = make(
        &file.film,
        &outputs,
        &mut tools,
        interrupt.token(),
        &mut report,
    );
    let summary = made.map_err(|error| file.located(error))?;
    let files: Vec<String> = (summary.files.iter())
        .map(|file| file.display().to_string())
        .collect();
    progress.finish(&text!(
        "scenes-result",
        files = files.join(", "),
        count = summary.scenes.len(),
        secs = format!("{:.1}", summary.duration_secs),
    ));
    if arguments.json {
        answer(serde_json::to_string_pretty(&summary)?)?;
    }
    Ok(())
}
