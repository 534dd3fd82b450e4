//! `jam-flow batch`: many films from one list, one after the other.
//!
//! An output that is there was made whole, since no half one ever gets its name: a batch that was stopped goes on where it
//! was by being started again. An item that fails does not stop the others. Several may work on one list, on one machine or many:
//! each on its shard, and never two on one output.

mod claim;
mod csv;
mod items;
mod shard;

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use engine::text::UserDictionary;
use serde::Serialize;

pub use items::{Item, Listed, Listing, Refused, list};
pub use shard::{Shard, shard};

use crate::cli::interrupt::Interrupt;
use crate::cli::options::compute::ComputeArguments;
use crate::cli::options::dictionary::DictionaryArguments;
use crate::cli::options::look::LookArguments;
use crate::cli::options::portrait::PortraitArguments;
use crate::cli::options::speed::speed;
use crate::cli::progress::Progress;
use crate::cli::stage::Stage;
use crate::cli::standard_output::answer;
use crate::cli::texts::text;
use claim::Claim;
use clap::Args;
use studio::cancel::is_cancelled;
use studio::compute::Compute;
use studio::film::{Outputs, Summary};
use studio::media::write::SoundFormat;
use studio::output_path;
use studio::resources::Resources;
use studio::sound::microphone::no_microphone;
use studio::speech::{SpeechMaker, SpeechRequest};

/// Arguments of `jam-flow batch`.
#[derive(Debug, Args)]
pub struct BatchArguments {
    /// CSV whose first row names its columns: output, and text, text_file or audio; portrait, face, voice, seed, speed, size, fps,
    /// framing, aspect, captions and background where they differ from the options. Or a folder of texts (.txt) and recordings
    #[arg(value_name = "CSV OR FOLDER")]
    pub input: PathBuf,
    /// Folder that the films go into; it is made if need be
    #[arg(long, value_name = "FOLDER")]
    pub output: PathBuf,
    /// For a folder: the format of the films, png for folders of pictures
    #[arg(long, default_value = "mp4", value_parser = ["mp4", "wav", "m4a", "flac", "opus", "mp3", "gif", "mov", "webm", "mkv", "png"])]
    pub format: String,
    /// Whose face
    #[command(flatten)]
    pub portrait: PortraitArguments,
    /// Name of the voice
    #[arg(long)]
    pub voice: Option<String>,
    /// How words are pronounced
    #[command(flatten)]
    pub pronunciations: DictionaryArguments,
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
    /// Make only a part of the list: 1/4 is the first of four. The parts can be made at the same time, on several machines
    #[arg(long, value_name = "I/N", default_value = "1/1", value_parser = shard)]
    pub shard: Shard,
    /// Where speech is computed
    #[command(flatten)]
    pub compute: ComputeArguments,
    /// Print progress as JSON lines: one at the start, one for each finished item, and one with the counts at the end
    #[arg(long)]
    pub json: bool,
}

impl BatchArguments {
    /// All the options at their defaults.
    pub fn new(input: PathBuf, output: PathBuf) -> Self {
        Self {
            pronunciations: DictionaryArguments::default(),
            input,
            output,
            format: "mp4".to_owned(),
            portrait: PortraitArguments::default(),
            voice: None,
            seed: 0,
            speed: 1.0,
            look: LookArguments::default(),
            overwrite: false,
            shard: Shard::ALL,
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
    /// Another batch is making it.
    MadeElsewhere,
    Failed,
}

/// A line of progress for programs.
#[derive(Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
enum Event<'a> {
    /// The list was read.
    Begin {
        /// Items of this shard.
        items: usize,
        /// Files of the folder that are neither texts nor audio.
        skipped: &'a [String],
    },
    /// An item is done.
    Item(&'a Line),
    /// The batch has ended, or was stopped.
    End(&'a Counts),
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

#[derive(Default, Serialize)]
struct Counts {
    made: usize,
    already_there: usize,
    made_elsewhere: usize,
    failed: usize,
    /// Items that were not begun when the user stopped the batch.
    not_begun: usize,
}

impl Counts {
    fn count(&mut self, state: State) {
        *match state {
            State::Made => &mut self.made,
            State::AlreadyThere => &mut self.already_there,
            State::MadeElsewhere => &mut self.made_elsewhere,
            State::Failed => &mut self.failed,
        } += 1;
    }
}

/// Runs the command.
pub fn run(resources: &Resources, arguments: &BatchArguments) -> anyhow::Result<()> {
    let Listing { items, skipped } = list(arguments)?;
    // The places in the whole list decide, so that every machine comes to the same parts.
    let items: Vec<Listed> = (0..)
        .zip(items)
        .filter(|(place, _)| arguments.shard.has(*place))
        .map(|(_, item)| item)
        .collect();
    std::fs::create_dir_all(&arguments.output).with_context(|| {
        text!(
            "batch-folder-unwritable",
            folder = arguments.output.display().to_string()
        )
    })?;
    let report = |event: &Event<'_>| -> anyhow::Result<()> {
        if arguments.json {
            answer(serde_json::to_string(event)?)?;
        }
        Ok(())
    };
    let interrupt = Interrupt::listen()?;
    let progress = Progress::start(text!("stage-loading"));
    report(&Event::Begin {
        items: items.len(),
        skipped: &skipped,
    })?;
    if !skipped.is_empty() {
        progress.note(&text!("batch-skipped", files = skipped.join(", ")));
    }
    let mut maker = Maker {
        resources,
        stage: Stage::new(resources),
        maker: None,
        compute: arguments.compute.compute(&progress),
        dictionary: arguments.pronunciations.load()?,
        interrupt: &interrupt,
        progress: &progress,
    };
    let mut counts = Counts::default();
    let mut done = 0;
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
                report(&Event::Item(&line))?;
                counts.count(line.state);
                done += 1;
            }
            // Cancelled in the middle of it.
            None => break,
        }
    }
    counts.not_begun = items.len() - done;
    progress.finish(&text!(
        "batch-result",
        made = counts.made,
        existing = counts.already_there,
        elsewhere = counts.made_elsewhere,
        failed = counts.failed,
        left = counts.not_begun,
    ));
    report(&Event::End(&counts))?;
    interrupt.check()?;
    anyhow::ensure!(
        counts.failed == 0,
        "{}",
        text!("batch-failed", failed = counts.failed, count = items.len(),)
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
            (None, Some(output)) if self.state == State::MadeElsewhere => text!(
                "batch-item-elsewhere",
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
    dictionary: Option<UserDictionary>,
    interrupt: &'a Interrupt,
    progress: &'a Progress,
}

impl Maker<'_> {
    /// Makes an item and says what became of it; none if the user stopped it.
    fn line(&mut self, listed: &Listed, overwrite: bool) -> Option<Line> {
        let line = |item: &str, state, output: Option<PathBuf>| Line {
            item: item.to_owned(),
            state,
            output,
            duration_secs: None,
            error: None,
        };
        let item = match listed {
            Ok(item) => item,
            Err(refused) => {
                return Some(Line {
                    error: Some(refused.reason.clone()),
                    ..line(&refused.name, State::Failed, None)
                });
            }
        };
        let with = |state| line(&item.name, state, Some(item.output.clone()));
        let is_done = || !overwrite && is_there(&item.output);
        if is_done() {
            Claim::tidy(&item.output);
            return Some(with(State::AlreadyThere));
        }
        let made = claim(&item.output).and_then(|claim| match claim {
            None => Ok(State::MadeElsewhere.into()),
            // Somebody may have made it between the two looks.
            Some(_) if is_done() => Ok(State::AlreadyThere.into()),
            Some(_claim) => self.make(item).map(Outcome::from),
        });
        match made {
            Ok(Outcome {
                state,
                duration_secs,
            }) => Some(Line {
                duration_secs,
                ..with(state)
            }),
            Err(error) if is_cancelled(&error) => None,
            Err(error) => Some(Line {
                error: Some(studio::wording::one_line(&error)),
                ..with(State::Failed)
            }),
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
        outputs.check(&inputs)?;
        // It is made anew: what a killed batch left of it is of no use any more.
        claim::remove_abandoned(&item.output);
        item.script.check()?;
        self.stage.prepare(&item.portrait, &outputs)?;
        let maker = match &self.maker {
            Some(maker) => maker,
            None => self.maker.insert(SpeechMaker::load_on(
                &self.resources.models,
                &self.compute,
                no_microphone(),
                self.dictionary.clone(),
            )?),
        };
        let request = SpeechRequest::for_file(item.script.clone(), item.seed);
        self.stage
            .speak(maker, &request, &outputs, self.interrupt, self.progress)
    }
}

/// What came of an item that did not fail.
struct Outcome {
    state: State,
    duration_secs: Option<f64>,
}

impl From<State> for Outcome {
    fn from(state: State) -> Self {
        Self {
            state,
            duration_secs: None,
        }
    }
}

impl From<Summary> for Outcome {
    fn from(summary: Summary) -> Self {
        Self {
            state: State::Made,
            duration_secs: Some(summary.duration_secs),
        }
    }
}

/// Makes the folder of an output and claims it; none if another batch is making it.
fn claim(output: &Path) -> anyhow::Result<Option<Claim>> {
    let folder = output_path::folder_of(output);
    let folder_text = || folder.display().to_string();
    std::fs::create_dir_all(&folder)
        .with_context(|| text!("batch-folder-uncreatable", folder = folder_text()))?;
    Claim::take(output).with_context(|| text!("batch-folder-unwritable", folder = folder_text()))
}

/// A file, or a folder with something in it.
fn is_there(output: &Path) -> bool {
    match std::fs::read_dir(output) {
        Ok(mut entries) => entries.next().is_some(),
        Err(_) => output.exists(),
    }
}
