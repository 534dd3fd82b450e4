//! The thread that draws and writes a take that is there already.

use std::sync::Arc;

use anyhow::Context as _;
use engine::motion::Driver;
use engine::{FlowSettings, SpeechChunk};

use super::behind::{add_with_progress, film_gpu, let_the_window_go_first};
use super::{Event, Reporter, spawn};
use crate::window::texts::text;
use studio::avatar::Avatar;
use studio::cancel::{CancelToken, is_cancelled};
use studio::film::{Film, Outputs, Summary, each_piece};
use studio::performance::Performance;
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

pub(super) fn start(
    request: ExportRequest,
    maker: Option<Arc<SpeechMaker>>,
    gpu: shaders::Gpu,
    stop: CancelToken,
    reporter: Reporter,
) -> anyhow::Result<()> {
    spawn("export", move || {
        let_the_window_go_first();
        let gpu = film_gpu(&gpu);
        let progress = |fraction| {
            reporter.send(Event::ExportProgress(fraction));
        };
        let exported = shielded(|| export(&request, maker.as_deref(), &gpu, &stop, &progress));
        let event = match exported {
            Ok(summary) => Event::Exported(summary.files),
            Err(error) => Event::ExportFailed {
                reason: (!is_cancelled(&error)).then(|| one_line(&error)),
            },
        };
        reporter.send(event);
    })?;
    Ok(())
}

fn export(
    request: &ExportRequest,
    maker: Option<&SpeechMaker>,
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
    let mut film = Film::start(&request.outputs, performance, Some(gpu))?;
    let cancelled = || stop.is_cancelled();
    let mut done = 0.0;
    let mut add = |piece: &SpeechChunk| {
        let added = add_with_progress(&mut film, piece, done, &cancelled, progress);
        done = piece.fraction_done;
        added
    };
    if request.is_made_again && take.script.can_be_made_again() {
        let maker = maker.context(text!("error-models-for-export"))?;
        let speech = SpeechRequest {
            script: take.script.clone(),
            original: None,
            seed: take.seed,
            flow: FlowSettings::for_files(),
        };
        each_piece(
            |on_chunk| maker.make(&speech, &CancelToken::new(), stop, on_chunk),
            |piece| add(&piece),
        )?;
    } else {
        for piece in take.pieces() {
            add(&piece)?;
        }
    }
    stop.check()?;
    film.finish()
}
