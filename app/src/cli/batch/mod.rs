//! `jam-flow batch`: many films from one list, one after the other.
//!
//! An output that is there was made whole, since no half one ever gets its name: a batch that was stopped goes on where it
//! was by being started again. An item that fails does not stop the others.

mod csv;
mod items;

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use engine::FlowSettings;
use serde::Serialize;

pub use items::{Item, Listed, Listing, Refused, list};

use crate::cli::interrupt::Interrupt;
use crate::cli::options::compute::ComputeArguments;
use crate::cli::options::look::LookArguments;
use crate::cli::options::portrait::PortraitArguments;
use crate::cli::options::speed::speed;
use crate::cli::progress::Progress;
use crate::cli::stage::Stage;
use crate::cli::standard_output::answer;
use crate::cli::texts::text;
use clap::Args;
use studio::cancel::is_cancelled;
use studio::compute::Compute;
use studio::film::{Outputs, Summary};
use studio::media::write::{SoundFormat, recovery};
use studio::resources::Resources;
use studio::sound::microphone::no_microphone;
use studio::speech::{SpeechMaker, SpeechRequest};

/// Arguments of `jam-flow batch`.
#[derive(Debug, Args)]
pub struct BatchArguments {
    /// CSV whose first row names its columns: output, and text, text_file or audio; portrait, face, voice, seed, speed, size and
    /// background where they differ from the options. Or a folder of texts (.txt) and recordings
    #[arg(value_name = "CSV OR FOLDER")]
    pub input: PathBuf,
    /// Folder that the films go into; it is made if need be
    #[arg(long, value_name = "FOLDER")]
    pub output: PathBuf,
    /// For a folder: the format of the films, png for folders of pictures
    #[arg(long, default_value = "mp4", value_parser = ["mp4", "wav", "m4a", "flac", "mp3", "gif", "mov", "webm", "mkv", "png"])]
    pub format: String,
    /// Whose face
    #[command(flatten)]
    pub portrait: PortraitArguments,
    /// Name of the voice
    #[arg(long)]
    pub voice: Option<String>,
    /// The same seed gives the same speech and movement
    #[arg(long, default_value_t = 0)]
    pub seed: u64,
    /// Rate of speech, 1 = the voice's own
    #[arg(long, default_value_t = 1.0, value_parser = speed)]
    pub speed: f32,
    /// Size and background
    #[command(flatten)]
    pub look: LookArguments,
    /// Make the films that are there already once more
    #[arg(long)]
    pub overwrite: bool,
    /// Where speech is computed
    #[command(flatten)]
    pub compute: ComputeArguments,
    /// Print what became of each item as JSON
    #[arg(long)]
    pub json: bool,
}

impl BatchArguments {
    /// All the options at their defaults.
    pub fn new(input: PathBuf, output: PathBuf) -> Self {
        Self {
            input,
            output,
            format: "mp4".to_owned(),
            portrait: PortraitArguments::default(),
            voice: None,
            seed: 0,
            speed: 1.0,
            look: LookArguments::default(),
            overwrite: false,
            compute: ComputeArguments::default(),
            json: false,
        }
    }
}

/// What became of an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
enum State {
    Made,
    AlreadyThere,
    Failed,
}

#[derive(Serialize)]
struct Line {
    item: String,
    state: State,
    #[serde(skip_serializing_if = "Option::is_none")]
    output: Option<PathBuf>,
    #[serde(skip_serializing_if = "Option::is_none")]
    duration_secs: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
}

#[derive(Serialize)]
struct Report {
    made: usize,
    already_there: usize,
    failed: usize,
    /// Items that were not begun when the user stopped the batch.
    not_begun: usize,
    /// Files of the folder that are neither texts nor audio.
    skipped: Vec<String>,
    items: Vec<Line>,
}

/// Runs the command.
pub fn run(resources: &Resources, arguments: &BatchArguments) -> anyhow::Result<()> {
    let Listing { items, skipped } = list(arguments)?;
    std::fs::create_dir_all(&arguments.output).with_context(|| {
        text!(
            "batch-folder-unwritable",
            folder = arguments.output.display().to_string()
        )
    })?;
    let interrupt = Interrupt::listen()?;
    let progress = Progress::start(text!("stage-loading"));
    if !skipped.is_empty() {
        progress.note(&text!("batch-skipped", files = skipped.join(", ")));
    }
    let mut maker = Maker {
        resources,
        stage: Stage::new(resources),
        maker: None,
        compute: arguments.compute.compute(&progress),
        interrupt: &interrupt,
        progress: &progress,
    };
    let mut lines: Vec<Line> = Vec::new();
    for (index, listed) in items.iter().enumerate() {
        if interrupt.requested() {
            break;
        }
        let name = match listed {
            Ok(item) => &item.name,
            Err(refused) => &refused.name,
        };
        progress.stage(&text!(
            "stage-item",
            number = index + 1,
            count = items.len(),
            name = name.as_str(),
        ));
        match maker.line(listed, arguments.overwrite) {
            Some(line) => {
                progress.note(&line.words());
                lines.push(line);
            }
            // Cancelled in the middle of it.
            None => break,
        }
    }
    let count = |state| lines.iter().filter(|line| line.state == state).count();
    let report = Report {
        made: count(State::Made),
        already_there: count(State::AlreadyThere),
        failed: count(State::Failed),
        not_begun: items.len() - lines.len(),
        skipped,
        items: lines,
    };
    progress.finish(&text!(
        "batch-result",
        made = report.made,
        existing = report.already_there,
        failed = report.failed,
        left = report.not_begun,
    ));
    if arguments.json {
        answer(serde_json::to_string_pretty(&report)?)?;
    }
    interrupt.check()?;
    anyhow::ensure!(
        report.failed == 0,
        "{}",
        text!("batch-failed", failed = report.failed, count = items.len(),)
    );
    Ok(())
}

impl Line {
    fn words(&self) -> String {
        match (&self.error, &self.output) {
            (Some(error), _) => text!(
                "batch-item-failed",
                item = self.item.as_str(),
                reason = error.as_str(),
            ),
            (None, Some(output)) if self.state == State::AlreadyThere => text!(
                "batch-item-exists",
                item = self.item.as_str(),
                file = output.display().to_string(),
            ),
            (None, Some(output)) => text!(
                "batch-item",
                item = self.item.as_str(),
                file = output.display().to_string(),
            ),
            (None, None) => self.item.clone(),
        }
    }
}

/// Makes one item after the other with what is loaded once.
struct Maker<'a> {
    resources: &'a Resources,
    stage: Stage,
    maker: Option<SpeechMaker>,
    compute: Compute,
    interrupt: &'a Interrupt,
    progress: &'a Progress,
}

impl Maker<'_> {
    /// Makes an item and says what became of it; none if the user stopped it.
    fn line(&mut self, listed: &Listed, overwrite: bool) -> Option<Line> {
        let failed = |item: &str, output: Option<PathBuf>, error: String| Line {
            item: item.to_owned(),
            state: State::Failed,
            output,
            duration_secs: None,
            error: Some(error),
        };
        let item = match listed {
            Ok(item) => item,
            Err(refused) => return Some(failed(&refused.name, None, refused.reason.clone())),
        };
        let output = Some(item.output.clone());
        if !overwrite && is_there(&item.output) {
            return Some(Line {
                item: item.name.clone(),
                state: State::AlreadyThere,
                output,
                duration_secs: None,
                error: None,
            });
        }
        match self.make(item) {
            Ok(summary) => Some(Line {
                item: item.name.clone(),
                state: State::Made,
                output,
                duration_secs: Some(summary.duration_secs),
                error: None,
            }),
            Err(error) if is_cancelled(&error) => None,
            Err(error) => Some(failed(
                &item.name,
                output,
                studio::wording::one_line(&error),
            )),
        }
    }

    fn make(&mut self, item: &Item) -> anyhow::Result<Summary> {
        let mut outputs = Outputs {
            look: item.look,
            sound_codec: item.sound_codec,
            ..Outputs::default()
        };
        if SoundFormat::of(&item.output).is_some() {
            outputs.audio = Some(item.output.clone());
        } else {
            outputs.video = Some(item.output.clone());
        }
        let inputs: Vec<&Path> = (item.input.as_deref().into_iter())
            .chain(item.portrait.path())
            .collect();
        if let Some(folder) = item.output.parent() {
            std::fs::create_dir_all(folder).with_context(|| {
                text!(
                    "batch-folder-uncreatable",
                    folder = folder.display().to_string()
                )
            })?;
        }
        outputs.check(&inputs)?;
        // It is made anew: what a killed batch left of it is of no use any more.
        for abandoned in recovery::find_for(&item.output).unwrap_or_default() {
            let _ = std::fs::remove_file(abandoned.part);
        }
        item.script.check()?;
        self.stage.prepare(&item.portrait, &outputs)?;
        let maker = match &self.maker {
            Some(maker) => maker,
            None => self.maker.insert(SpeechMaker::load_on(
                &self.resources.models,
                &self.compute,
                no_microphone(),
                None,
            )?),
        };
        let request = SpeechRequest {
            script: item.script.clone(),
            original: None,
            seed: item.seed,
            flow: FlowSettings::for_files(),
        };
        self.stage
            .speak(maker, &request, &outputs, self.interrupt, self.progress)
    }
}

/// A file, or a folder with something in it.
fn is_there(output: &Path) -> bool {
    match std::fs::read_dir(output) {
        Ok(mut entries) => entries.next().is_some(),
        Err(_) => output.exists(),
    }
}
