//! The thread that draws and writes takes that are there already, one after the other.

use std::sync::Arc;

use anyhow::Context as _;
use crossbeam_channel::Receiver;
use engine::motion::Driver;

use super::behind::{film_gpu, let_the_window_go_first};
use super::clip_film::{self, ClipFilmRequest};
use super::scene_film::{self, SceneFilmRequest};
use super::{Event, Reporter};
use crate::window::texts::text;
use studio::avatar::Avatar;
use studio::cancel::{CancelToken, is_cancelled};
use studio::film::{Film, Outputs, Summary};
use studio::performance::Performance;
use studio::resources::Resources;
use studio::shielded::shielded;
use studio::speech::{SpeechMaker, SpeechRequest};
use studio::take::Take;
use studio::wording::one_line;

/// What to write.
#[derive(Clone, Debug)]
pub struct ExportRequest {
    /// What is said.
    pub take: Arc<Take>,
    /// Whether speech that was made piece by piece while it was heard is made anew, as for a file: whole sentences, the same that
    /// the command line makes of the same words, voice and seed.
    pub is_made_again: bool,
    /// Who moves; needed for a video.
    pub people: Vec<Arc<Avatar>>,
    /// Who of them speaks what is no dialogue.
    pub speaker: usize,
    /// What drives the face beside the voice.
    pub driver: Option<Arc<Driver>>,
    /// The files.
    pub outputs: Outputs,
}

/// What an export writes.
pub(super) enum Work {
    /// A take.
    Take(Box<ExportRequest>),
    /// The film of a clip that is told.
    Clip(Box<ClipFilmRequest>),
    /// The film of several scenes.
    Scenes(Box<SceneFilmRequest>),
}

pub(super) struct Job {
    pub number: u64,
    pub work: Work,
    pub maker: Option<Arc<SpeechMaker>>,
    pub stop: CancelToken,
}

pub(super) struct ExportThread {
    pub resources: Resources,
    pub gpu: shaders::Gpu,
    pub jobs: Receiver<Job>,
    pub reporter: Reporter,
}

impl ExportThread {
    pub fn run(self) {
        let_the_window_go_first();
        while let Ok(job) = self.jobs.recv() {
            let number = job.number;
            if !self.reporter.send(Event::ExportProgress {
                number,
                fraction: 0.0,
            }) {
                return;
            }
            let progress = |fraction| {
                self.reporter
                    .send(Event::ExportProgress { number, fraction });
            };
            let exported = shielded(|| {
                job.stop.check()?;
                let gpu = film_gpu(&self.gpu);
                let maker = job.maker.as_ref();
                match &job.work {
                    Work::Take(request) => export(request, maker, &gpu, &job.stop, &progress)
                        .map(|summary| (summary.files, Vec::new())),
                    Work::Clip(request) => {
                        clip_film::export(request, maker, &gpu, &job.stop, &progress)
                            .map(|(summary, notices)| (summary.files, notices))
                    }
                    Work::Scenes(request) => {
                        let resources = &self.resources;
                        scene_film::export(request, maker, resources, &gpu, &job.stop, &progress)
                    }
                }
            });
            let event = match exported {
                Ok((files, notices)) => Event::Exported {
                    number,
                    files,
                    notices,
                },
                Err(error) => Event::ExportFailed {
                    number,
                    reason: (!is_cancelled(&error)).then(|| one_line(&error)),
                    wrong: scene_film::wrong_field(&error),
                },
            };
            if !self.reporter.send(event) {
                return;
            }
        }
    }
}

fn export(
    request: &ExportRequest,
    maker: Option<&Arc<SpeechMaker>>,
    gpu: &shaders::Gpu,
    stop: &CancelToken,
    progress: &dyn Fn(f32),
) -> anyhow::Result<Summary> {
    let take = &request.take;
    request.outputs.check(&[])?;
    let mut performance = Performance::new(&request.people, request.speaker, take.seed);
    if !take.turns.is_empty() {
        performance = performance.in_turns();
    }
    performance.set_driver(request.driver.clone());
    let film = Film::start(&request.outputs, performance, Some(gpu))?;
    if request.is_made_again && take.script.can_be_made_again() {
        let maker = maker.context(text!("error-models-for-export"))?;
        let speech = SpeechRequest::for_file(take.script.clone(), take.seed);
        return film.write(
            stop,
            |on_piece| maker.make(&speech, &CancelToken::new(), stop, on_piece),
            progress,
        );
    }
    film.write(
        stop,
        |on_piece| Ok(take.pieces().try_for_each(on_piece)?),
        progress,
    )
}
