//! `jam-flow dub`: some words of a recording become other words, in sound and picture.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use engine::FlowSettings;
use engine::audio::SAMPLE_RATE_HZ;
use serde::Serialize;

use crate::cli::interrupt::Interrupt;
use crate::cli::options::compute::ComputeArguments;
use crate::cli::options::dictionary::DictionaryArguments;
use crate::cli::options::outputs::OutputArguments;
use crate::cli::options::portrait::PortraitArguments;
use crate::cli::options::script::given_text;
use crate::cli::options::search::SearchArguments;
use crate::cli::progress::Progress;
use crate::cli::stage::Stage;
use crate::cli::standard_output::answer;
use crate::cli::texts::text;
use clap::Args;
use studio::film::Summary;
use studio::resources::Resources;
use studio::script::Script;
use studio::sound::microphone::no_microphone;
use studio::speech::{SpeechMaker, SpeechRequest};
use studio::take::Take;

/// Arguments of `jam-flow dub`.
#[derive(Debug, Args)]
#[command(group = clap::ArgGroup::new("recording").required(true).args(["audio", "video"]))]
#[command(group = clap::ArgGroup::new("old").required(true).args(["text", "text_file"]))]
#[command(group = clap::ArgGroup::new("new").required(true).args(["new_text", "new_text_file"]))]
pub struct DubArguments {
    /// Recording of speech (WAV, MP3, FLAC, Ogg, Opus, AIFF, M4A)
    #[arg(long, value_name = "RECORDING")]
    pub audio: Option<PathBuf>,
    /// Video whose sound is taken (MP4, MKV or WebM)
    #[arg(long, value_name = "VIDEO")]
    pub video: Option<PathBuf>,
    /// The words that are spoken in it
    #[arg(long, allow_hyphen_values = true)]
    pub text: Option<String>,
    /// File with the words; - for standard input
    #[arg(long, value_name = "FILE")]
    pub text_file: Option<PathBuf>,
    /// All the words as they are to be: what differs is spoken anew
    #[arg(long, value_name = "WORDS", allow_hyphen_values = true)]
    pub new_text: Option<String>,
    /// File with the new words; - for standard input
    #[arg(long, value_name = "FILE")]
    pub new_text_file: Option<PathBuf>,
    /// What changes keeps its length, so that nothing behind it moves
    #[arg(long)]
    pub keep_length: bool,
    /// Name of the voice, if the recording was made by this program in one of its own
    #[arg(long)]
    pub voice: Option<String>,
    /// Whose face
    #[command(flatten)]
    pub portrait: PortraitArguments,
    /// How words are pronounced
    #[command(flatten)]
    pub pronunciations: DictionaryArguments,
    /// The same seed gives the same speech and movement
    #[arg(long, default_value_t = 0)]
    pub seed: u64,
    /// How much is tried
    #[command(flatten)]
    pub search: SearchArguments,
    /// What is written
    #[command(flatten)]
    pub outputs: OutputArguments,
    /// Where speech is computed
    #[command(flatten)]
    pub compute: ComputeArguments,
    /// Print what was written and which stretches changed as JSON
    #[arg(long)]
    pub json: bool,
}

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
    let mut outputs = arguments.outputs.outputs()?;
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
        &arguments.pronunciations.dictionary,
    ]
    .into_iter()
    .flatten()
    .map(PathBuf::as_path)
    .collect();
    outputs.check(&inputs)?;
    let old = given_text(&arguments.text, &arguments.text_file)?;
    let text = given_text(&arguments.new_text, &arguments.new_text_file)?;
    let dictionary = arguments.pronunciations.load()?;

    let interrupt = Interrupt::listen()?;
    let cancelled = || interrupt.requested();
    let progress = Progress::start(text!("stage-loading"));
    let mut stage = Stage::new(resources);
    stage.prepare(&arguments.portrait, &outputs)?;
    interrupt.check()?;
    let maker = SpeechMaker::load_on(
        &resources.models,
        &arguments.compute.compute(&progress),
        no_microphone(),
        dictionary,
    )?;
    interrupt.check()?;
    progress.stage(text!("stage-analysing"));
    let script = Script::Dub {
        said: old,
        text,
        again: None,
        voice: arguments.voice.clone(),
        keeps_length: arguments.keep_length,
    };
    outputs.remark = script.remark().map(str::to_owned);
    let request = SpeechRequest {
        script,
        original: Some(Arc::new(heard(&maker, recording, arguments, &interrupt)?)),
        seed: arguments.seed,
        flow: arguments.search.applied_to(FlowSettings::default()),
    };
    let edit = maker.edit(&request, interrupt.token())?;
    progress.stage(text!("stage-dubbing"));
    let dubbed = maker.synthesizer().dub(&edit, &cancelled)?;
    let secs = |sample: usize| sample as f64 / f64::from(SAMPLE_RATE_HZ);
    let changed = dubbed.changed.iter();
    let changed_secs = changed
        .map(|range| [secs(range.start), secs(range.end)])
        .collect();
    let mut chunk = Some(maker.synthesizer().chunk(dubbed.speech));
    let summary = stage.film(
        &outputs,
        arguments.seed,
        &interrupt,
        &progress,
        &mut |_, on_chunk| Ok(chunk.take().map_or(Ok(()), &mut *on_chunk)?),
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

/// The recording with its mouth.
fn heard(
    maker: &SpeechMaker,
    recording: &Path,
    arguments: &DubArguments,
    interrupt: &Interrupt,
) -> anyhow::Result<Take> {
    let request = SpeechRequest {
        script: Script::AudioFile(recording.to_owned()),
        original: None,
        seed: arguments.seed,
        flow: FlowSettings::default(),
    };
    maker.take(&request, interrupt.token())
}
