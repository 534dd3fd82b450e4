//! The thread that draws and writes a recording while the speech plays.

use std::cell::Cell;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use crossbeam_channel::{Receiver, Sender, bounded};
use engine::SpeechChunk;

use super::behind::{film_gpu, let_the_window_go_first};
use super::{Event, QUEUE_LENGTH, RecordingRequest, Reporter, Speaking, shielded, spawn};
use studio::avatar::index_of;
use studio::cancel::is_cancelled;
use studio::film::{Film, Outputs};
use studio::wording::one_line;

/// Frames from one report of progress to the next.
const PROGRESS_FRAMES: usize = 5;

enum Message {
    Chunk(Arc<SpeechChunk>, Option<Speaking>),
    Complete,
}

/// The engine thread's side. Dropping it without [`Self::complete`] discards the recording.
pub(super) struct Recorder {
    messages: Sender<Message>,
    is_complete: Arc<AtomicBool>,
}

impl Recorder {
    pub fn start(
        request: RecordingRequest,
        gpu: shaders::Gpu,
        generation: u64,
        current: Arc<AtomicU64>,
        stops: Arc<AtomicU64>,
        reporter: Reporter,
    ) -> anyhow::Result<Self> {
        let (messages, queue) = bounded(QUEUE_LENGTH);
        let is_complete = Arc::new(AtomicBool::new(false));
        let has_all = Arc::clone(&is_complete);
        let stops_before = stops.load(Ordering::SeqCst);
        spawn("recorder", move || {
            let output = request.output.clone();
            let_the_window_go_first();
            let gpu = film_gpu(&gpu);
            let recorded = shielded(|| {
                // Another speech ends this one, but a recording that has all of it is written to its end.
                let cancelled = || {
                    stops.load(Ordering::SeqCst) != stops_before
                        || (current.load(Ordering::SeqCst) != generation
                            && !has_all.load(Ordering::SeqCst))
                };
                let progress = |fraction| {
                    reporter.send(Event::RecordingProgress {
                        generation,
                        fraction,
                    });
                };
                record(&request, &gpu, &queue, &cancelled, &progress)
            });
            reporter.send(match recorded {
                Ok(()) => Event::Recorded(output),
                Err(error) => Event::RecordingFailed {
                    reason: (!is_cancelled(&error)).then(|| one_line(&error)),
                },
            });
        })?;
        Ok(Self {
            messages,
            is_complete,
        })
    }

    /// Hands over the next piece. A recording that failed has said so itself; the speech goes on without it.
    pub fn add(&mut self, chunk: Arc<SpeechChunk>, speaking: Option<Speaking>) {
        let _ = self.messages.send(Message::Chunk(chunk, speaking));
    }

    pub fn complete(self) {
        self.is_complete.store(true, Ordering::SeqCst);
        let _ = self.messages.send(Message::Complete);
    }
}

fn record(
    request: &RecordingRequest,
    gpu: &shaders::Gpu,
    queue: &Receiver<Message>,
    cancelled: &dyn Fn() -> bool,
    progress: &dyn Fn(f32),
) -> anyhow::Result<()> {
    let outputs = Outputs {
        video: Some(request.output.clone()),
        look: request.look,
        remark: request.remark.map(str::to_owned),
        ..Outputs::default()
    };
    let mut film = Film::start_together(&outputs, &request.people, Some(gpu), request.seed)?;
    film.let_speak(request.speaker, None);
    if let Some(driver) = &request.driver {
        film.drive(Arc::clone(driver));
    }
    let mut done = 0.0;
    // The channel closes without `Complete` if the speech was stopped or failed.
    while let Message::Chunk(chunk, speaking) =
        queue.recv().map_err(|_| engine::Error::Cancelled)?
    {
        if let Some(speaking) = speaking
            && let Some(person) = index_of(&request.people, speaking.face)
        {
            film.let_speak(person, speaking.begins.as_deref());
        }
        // The film asks before each frame whether to go on, so this counts them.
        let frames = Cell::new(0_usize);
        let count = chunk.mouth.len().max(1);
        film.add(&chunk, &|| {
            if frames.get().is_multiple_of(PROGRESS_FRAMES) {
                let share = frames.get() as f32 / count as f32;
                progress(done + share * (chunk.fraction_done - done));
            }
            frames.set(frames.get() + 1);
            cancelled()
        })?;
        done = chunk.fraction_done;
        progress(done);
    }
    if cancelled() {
        return Err(engine::Error::Cancelled.into());
    }
    film.finish()?;
    Ok(())
}
