//! `jam-flow watch`: a clip is watched by a vision model, and the portrait tells what it saw.

mod teller;

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context as _;
use clap::{Args, ValueEnum};
use engine::atomic_file::write_atomically;
use serde::Serialize;
use studio::avatar::AvatarMaker;
use studio::captions::CaptionStyle;
use studio::film::Summary;
use studio::look::Background;
use studio::output_path;
use studio::resources::Resources;
use studio::script::{ScriptVoice, check_text};
use studio::sound::microphone::no_microphone;
use studio::speech::SpeechMaker;
use studio::watch::asking::{USUAL_FRAMES, USUAL_TOKENS};
use studio::watch::clip::Clip;
use studio::watch::endpoint::USUAL_SILENCE;
use studio::watch::film::{OnStage, WatchFilm};
use studio::watch::layout::Layout;
use studio::watch::narration::Narration;
use studio::watch::prompt::Prompt;
use studio::watch::slow_fast::FRAME_TOKENS;
use studio::watch::telling::{TellEvent, Telling};
use studio::wording::words;

use crate::cli::interrupt::Interrupt;
use crate::cli::options::compute::ComputeArguments;
use crate::cli::options::dictionary::DictionaryArguments;
use crate::cli::options::face::FaceArguments;
use crate::cli::options::look::{background, captions};
use crate::cli::options::portrait::PortraitArguments;
use crate::cli::options::speed::speed;
use crate::cli::progress::Progress;
use crate::cli::standard_output::answer;
use crate::cli::texts::text;
use teller::Teller;

/// Most pictures that may be asked for.
const MAX_FRAMES: usize = 256;
/// Most tokens of all pictures that may be asked for.
const MAX_TOKENS: u32 = 65_536;

/// Arguments of `jam-flow watch`.
#[derive(Debug, Args)]
#[command(group = clap::ArgGroup::new("teller").required(true).args(["endpoint", "model_folder", "answer"]))]
#[command(group = clap::ArgGroup::new("result").required(true).multiple(true).args(["output", "answer_output"]))]
pub struct WatchArguments {
    /// Clip to watch, at most 10 minutes (MP4, MOV or MKV; others where ffmpeg is installed)
    #[arg(value_name = "CLIP")]
    pub clip: PathBuf,
    /// Address of an OpenAI-style server of a vision model (vLLM, llama-server, Ollama, …), such as http://localhost:8000/v1:
    /// pictures of the clip and the prompt are sent there, and nothing is sent anywhere without it. A key is taken from
    /// JAM_FLOW_ENDPOINT_KEY or --key-file
    #[arg(
        long,
        value_name = "URL",
        requires = "model",
        help_heading = "Model",
        conflicts_with = "answer"
    )]
    pub endpoint: Option<String>,
    /// Name of the model, as the server knows it
    #[arg(
        long,
        value_name = "NAME",
        requires = "endpoint",
        help_heading = "Model"
    )]
    pub model: Option<String>,
    /// File with the server's key, which nobody else may read
    #[arg(
        long,
        value_name = "FILE",
        requires = "endpoint",
        help_heading = "Model"
    )]
    pub key_file: Option<PathBuf>,
    /// Folder of a Keye-VL model that runs in this process, in place of a server: the published files (8B: about 9 GB of memory and
    /// minutes on a CPU), with a GGUF of the language half if there is one. Nothing is sent or downloaded
    #[arg(long, value_name = "FOLDER", help_heading = "Model")]
    pub model_folder: Option<PathBuf>,
    /// What the model is asked
    #[arg(long, value_enum, default_value_t = PromptArgument::Describe, help_heading = "Model")]
    pub prompt: PromptArgument,
    /// The question of --prompt ask
    #[arg(
        long,
        required_if_eq("prompt", "ask"),
        allow_hyphen_values = true,
        help_heading = "Model"
    )]
    pub question: Option<String>,
    /// File with a prompt of your own, UTF-8; {duration_secs}, {words} and {question} in it are filled in
    #[arg(long, value_name = "FILE", help_heading = "Model")]
    pub prompt_file: Option<PathBuf>,
    /// Most pictures that the model is shown, 1 to 256
    #[arg(long, value_name = "COUNT", default_value_t = USUAL_FRAMES, value_parser = frames, help_heading = "Model")]
    pub max_frames: usize,
    /// Most tokens of all pictures, 48 to 65536, a token being 28 × 28 pixels: fewer make the pictures smaller
    #[arg(long, value_name = "COUNT", default_value_t = USUAL_TOKENS, value_parser = tokens, help_heading = "Model")]
    pub max_tokens: u32,
    /// How many seconds the server may be silent
    #[arg(long, value_name = "SECONDS", default_value_t = USUAL_SILENCE.as_secs(), value_parser = clap::value_parser!(u64).range(1..=3600), help_heading = "Model")]
    pub timeout: u64,
    /// File with the words, UTF-8, in place of a model: lines that begin with their time such as "[4.5] It stops.", subtitles, or
    /// plain text
    #[arg(long, value_name = "FILE")]
    pub answer: Option<PathBuf>,
    /// Video to write: .mp4; .mov (ProRes 4444), .webm or .mkv where ffmpeg is installed
    #[arg(long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// Write the words with their times (.txt), to be corrected and given with --answer
    #[arg(long, value_name = "FILE")]
    pub answer_output: Option<PathBuf>,
    /// Also write subtitles (.srt or .vtt)
    #[arg(long, value_name = "FILE", requires = "output")]
    pub subtitles: Option<PathBuf>,
    /// How clip and person share the picture
    #[arg(long, value_enum, default_value_t = LayoutArgument::Corner)]
    pub layout: LayoutArgument,
    /// Draw the words into the picture as they are spoken: plain, boxed, or highlight, which colours the spoken word
    #[arg(long, value_name = "STYLE", value_parser = captions)]
    pub captions: Option<CaptionStyle>,
    /// What is behind the person: keep, transparent (with --layout corner the person stands in the clip), or a colour such as #00ff00
    #[arg(long, value_name = "BACKGROUND", default_value = "keep", value_parser = background)]
    pub background: Background,
    /// Volume of the clip's own sound, 0 to 1; it is quieter still under the speech
    #[arg(long, value_name = "VOLUME", default_value_t = 1.0, value_parser = volume)]
    pub clip_volume: f32,
    /// Whose face
    #[command(flatten)]
    pub portrait: PortraitArguments,
    /// How the face behaves
    #[command(flatten)]
    pub face: FaceArguments,
    /// Name of the voice
    #[arg(long)]
    pub voice: Option<String>,
    /// How words are pronounced
    #[command(flatten)]
    pub pronunciations: DictionaryArguments,
    /// Rate of speech, 1 = the voice's own; lines that have to fit the clip are spoken faster than this
    #[arg(long, default_value_t = 1.0, value_parser = speed)]
    pub speed: f32,
    /// The same seed gives the same speech and movement
    #[arg(long, default_value_t = 0)]
    pub seed: u64,
    /// Where speech is computed
    #[command(flatten)]
    pub compute: ComputeArguments,
    /// Print the words with their times and what was written as JSON
    #[arg(long)]
    pub json: bool,
}

/// [`Prompt`] by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum PromptArgument {
    /// Tell what happens
    Describe,
    /// Tell it in time with the clip
    Narrate,
    /// Say what one thinks and feels about it
    React,
    /// Answer --question
    Ask,
}

/// [`Layout`] by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum LayoutArgument {
    /// The person in a corner of the clip
    Corner,
    /// Person and clip beside each other
    Side,
    /// The picture in two halves
    Split,
    /// The clip above the person
    Above,
}

/// What `--json` prints.
#[derive(Serialize)]
struct Report {
    /// What was written; none if only the words were.
    film: Option<Summary>,
    lines: Vec<ReportedLine>,
    /// How long the clip waits for lines that are longer than their time.
    waited_secs: f64,
}

/// A line as it is heard.
#[derive(Serialize)]
struct ReportedLine {
    /// When it was to begin, in the clip.
    clip_secs: f64,
    /// First and last second in the film; none if there is no film.
    film_secs: Option<[f64; 2]>,
    text: String,
}

/// Runs the command. Everything that can be checked is checked before the long work begins.
pub fn run(resources: &Resources, arguments: &WatchArguments) -> anyhow::Result<()> {
    let teller = Teller::of(arguments)?;
    arguments.check_outputs()?;
    let interrupt = Interrupt::listen()?;
    let progress = Progress::start(text!("stage-reading-clip"));
    let clip = Clip::open(&arguments.clip, interrupt.token(), &mut |fraction| {
        progress.set(fraction);
    })?;
    let told = teller.tell(&clip, arguments, &interrupt, &progress)?;
    let narration = Narration::parse(&told, clip.duration_secs())?;
    check_text(&narration.text())?;
    if let Some(path) = &arguments.answer_output {
        let text = narration.to_string();
        write_atomically(path, |file| file.write_all(text.as_bytes()))
            .with_context(|| text!("words-unwritable", file = path.display().to_string()))?;
    }
    let mut report = Report {
        film: None,
        lines: narration
            .lines
            .iter()
            .map(|line| ReportedLine {
                clip_secs: line.start_secs,
                film_secs: None,
                text: line.text.clone(),
            })
            .collect(),
        waited_secs: 0.0,
    };
    match &arguments.film() {
        Some(wanted) => {
            let telling = Telling {
                clip,
                narration,
                voice: ScriptVoice::named(arguments.voice.clone()),
                speed: arguments.speed,
                seed: arguments.seed,
                clip_volume: arguments.clip_volume,
            };
            film(
                resources,
                arguments,
                wanted,
                &telling,
                &mut report,
                &interrupt,
                &progress,
            )?;
            let line = report.film.as_ref().map(ToString::to_string);
            progress.finish(&line.unwrap_or_default());
        }
        None => progress.finish(narration.to_string().trim_end()),
    }
    if arguments.json {
        answer(serde_json::to_string_pretty(&report)?)?;
    }
    Ok(())
}

impl PromptArgument {
    fn prompt(self) -> Prompt {
        match self {
            Self::Describe => Prompt::Describe,
            Self::Narrate => Prompt::Narrate,
            Self::React => Prompt::React,
            Self::Ask => Prompt::Ask,
        }
    }
}

impl LayoutArgument {
    fn layout(self) -> Layout {
        match self {
            Self::Corner => Layout::Corner,
            Self::Side => Layout::Side,
            Self::Split => Layout::Split,
            Self::Above => Layout::Above,
        }
    }
}

impl WatchArguments {
    /// The film that is wanted, if one is.
    fn film(&self) -> Option<WatchFilm> {
        Some(WatchFilm {
            video: self.output.clone()?,
            subtitles: self.subtitles.clone(),
            layout: self.layout.layout(),
            captions: self.captions,
            background: self.background,
            life: self.face.life(),
            seed: self.seed,
        })
    }

    fn check_outputs(&self) -> anyhow::Result<()> {
        let inputs: Vec<&Path> = [
            Some(&self.clip),
            self.answer.as_ref(),
            self.prompt_file.as_ref(),
            self.portrait.path.as_ref(),
            self.pronunciations.dictionary.as_ref(),
        ]
        .into_iter()
        .flatten()
        .map(PathBuf::as_path)
        .collect();
        if let Some(film) = self.film() {
            film.check(&inputs)?;
        }
        if let Some(path) = &self.answer_output {
            output_path::check(path, text!("output-words"), &["txt"])?;
            output_path::check_distinct(&[path], &inputs)?;
        }
        Ok(())
    }
}

/// Speaks the narration and writes the film.
fn film(
    resources: &Resources,
    arguments: &WatchArguments,
    wanted: &WatchFilm,
    telling: &Telling,
    report: &mut Report,
    interrupt: &Interrupt,
    progress: &Progress,
) -> anyhow::Result<()> {
    progress.stage(text!("stage-loading"));
    let portrait = arguments.portrait.choice(resources)?;
    let avatar = AvatarMaker::load(&resources.models)?.make_of(&portrait.path, portrait.face)?;
    let avatar = Arc::new(avatar);
    let gpu = shaders::Gpu::headless()?;
    interrupt.check()?;
    let maker = SpeechMaker::load_on(
        &resources.models,
        &arguments.compute.compute(progress),
        no_microphone(),
        arguments.pronunciations.load()?,
    )?;
    let said = telling.narration.text();
    for warning in maker.synthesizer().front_end().warnings(&said) {
        progress.note(&text!("warning", reason = warning.to_string()));
    }
    progress.stage(text!("stage-speaking"));
    let on_stage = OnStage {
        avatar: &avatar,
        gpu: &gpu,
    };
    let mut is_writing = false;
    let (told, summary) = telling.film(
        wanted,
        &maker,
        on_stage,
        interrupt.token(),
        &mut |event| match event {
            TellEvent::Speaking(fraction) => progress.set(fraction),
            TellEvent::Waits(secs) => {
                progress.note(&text!("watch-waits", secs = format!("{secs:.1}")));
            }
            TellEvent::Silent(error) => {
                progress.note(&text!("watch-silent", reason = words(&error)));
            }
            TellEvent::Writing(fraction) => {
                if !std::mem::replace(&mut is_writing, true) {
                    progress.stage(text!("stage-writing-video"));
                }
                progress.set(fraction);
            }
        },
    )?;
    for (reported, line) in report.lines.iter_mut().zip(&told.spoken.lines) {
        let span = line.words.first().zip(line.words.last());
        reported.film_secs = span.map(|(first, last)| [first.start_secs, last.end_secs]);
    }
    report.waited_secs = told.waited_secs();
    report.film = Some(summary);
    Ok(())
}

fn frames(argument: &str) -> Result<usize, String> {
    argument
        .parse()
        .ok()
        .filter(|count| (1..=MAX_FRAMES).contains(count))
        .ok_or_else(|| text!("number-range", min = 1, max = MAX_FRAMES))
}

fn tokens(argument: &str) -> Result<u32, String> {
    let fewest = *FRAME_TOKENS.start();
    argument
        .parse()
        .ok()
        .filter(|count| (fewest..=MAX_TOKENS).contains(count))
        .ok_or_else(|| text!("number-range", min = fewest, max = MAX_TOKENS))
}

fn volume(argument: &str) -> Result<f32, String> {
    argument
        .parse()
        .ok()
        .filter(|volume| (0.0..=1.0).contains(volume))
        .ok_or_else(|| text!("number-range", min = 0, max = 1))
}
