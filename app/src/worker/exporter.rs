//! The thread that draws and writes a take that is there already.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use engine::SpeechChunk;
use engine::motion::Driver;
use engine::synthesizer::SAMPLES_PER_FRAME;

use super::behind::{film_gpu, let_the_window_go_first};
use super::{Event, Reporter, shielded, spawn};
use crate::avatar::Avatar;
use crate::film::{Film, Outputs};
use crate::interrupt::is_cancelled;
use crate::take::Take;
use crate::wording::one_line;

/// Frames that are drawn between two looks at the progress: one second.
const PIECE_FRAMES: usize = 25;

/// What to write.
#[derive(Clone, Debug)]
pub struct ExportRequest {
    /// What is said.
    pub take: Arc<Take>,
    /// Who says it; needed for a video.
    pub avatar: Option<Arc<Avatar>>,
    /// What drives the face beside the voice.
    pub driver: Option<Arc<Driver>>,
    /// The files.
    pub outputs: Outputs,
}

pub(super) fn start(
    request: ExportRequest,
    gpu: shaders::Gpu,
    stop: Arc<AtomicBool>,
    reporter: Reporter,
) -> anyhow::Result<()> {
    spawn("export", move || {
        let_the_window_go_first();
        let gpu = film_gpu(&gpu);
        let cancelled = || stop.load(Ordering::SeqCst);
        let progress = |fraction| {
            reporter.send(Event::ExportProgress(fraction));
        };
        let event = match shielded(|| export(&request, &gpu, &cancelled, &progress)) {
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
    gpu: &shaders::Gpu,
    cancelled: &dyn Fn() -> bool,
    progress: &dyn Fn(f32),
) -> anyhow::Result<crate::film::Summary> {
    let take = &request.take;
    request.outputs.check(&[])?;
    let avatar = request.avatar.as_ref().map(|avatar| (avatar.as_ref(), gpu));
    let mut film = Film::start(&request.outputs, avatar, take.seed)?;
    if let Some(driver) = &request.driver {
        film.drive(Arc::clone(driver));
    }
    let mut words = take.words.clone();
    let mut sample = 0;
    for (number, mouth) in take.mouth.chunks(PIECE_FRAMES).enumerate() {
        let is_last = (number + 1) * PIECE_FRAMES >= take.mouth.len();
        let count = if is_last {
            usize::MAX
        } else {
            mouth.len() * SAMPLES_PER_FRAME
        };
        let fraction_done =
            ((number * PIECE_FRAMES + mouth.len()) as f32 / take.mouth.len() as f32).min(1.0);
        let chunk = SpeechChunk {
            samples: take.sound(sample, count).collect(),
            mouth: mouth.to_vec(),
            // Words have their times with them, so they may come with the first piece.
            words: std::mem::take(&mut words),
            phones: Vec::new(),
            fraction_done,
        };
        sample += chunk.samples.len();
        let accents = take.accents.get(number * PIECE_FRAMES..).unwrap_or(&[]);
        film.add_with_accents(&chunk, accents, cancelled)?;
        progress(fraction_done);
    }
    if cancelled() {
        return Err(engine::Error::Cancelled.into());
    }
    film.finish()
}
