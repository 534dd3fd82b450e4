//! The thread that draws and writes a recording while the speech plays.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crossbeam_channel::{Receiver, bounded};
use engine::SpeechChunk;
use engine::motion::Driver;

use super::behind::{film_gpu, let_the_window_go_first};
use super::{Event, QUEUE_LENGTH, Reporter, spawn};
use studio::avatar::Avatar;
use studio::cancel::{CancelToken, is_cancelled};
use studio::film::{Film, Outputs};
use studio::look::Look;
use studio::media::write::SoundCodec;
use studio::performance::Performance;
use studio::shielded::shielded;
use studio::speech::{Tap, Tapped};
use studio::wording::one_line;

/// Where and as whom a speech is recorded.
#[derive(Clone, Debug)]
pub struct RecordingRequest {
    /// The file to write.
    pub output: PathBuf,
    /// Who moves.
    pub people: Vec<Arc<Avatar>>,
    /// Who of them speaks what is no dialogue.
    pub speaker: usize,
    /// Whether they speak in turns.
    pub is_dialogue: bool,
    /// Size, background and how the face behaves.
    pub look: Look,
    /// How the sound is coded.
    pub sound_codec: SoundCodec,
    /// What drives the face beside the voice.
    pub driver: Option<Arc<Driver>>,
    /// What the film has to say beside that a machine made it.
    pub remark: Option<&'static str>,
    /// Seed of the idle life.
    pub seed: u64,
}

enum Message {
    Chunk(Arc<SpeechChunk>),
    Complete,
}

/// Begins a recording and returns what hears its speech. Dropping that before the speech is complete discards the recording.
/// `cancel` ends a recording that has not all of its speech, `stop` any.
pub(super) fn start(
    request: RecordingRequest,
    gpu: shaders::Gpu,
    generation: u64,
    cancel: CancelToken,
    stop: CancelToken,
    reporter: Reporter,
) -> anyhow::Result<Tap> {
    let (messages, queue) = bounded(QUEUE_LENGTH);
    let is_complete = Arc::new(AtomicBool::new(false));
    let has_all = Arc::clone(&is_complete);
    spawn("recorder", move || {
        let output = request.output.clone();
        let_the_window_go_first();
        let gpu = film_gpu(&gpu);
        let recorded = shielded(|| {
            // Another speech ends this one, but a recording that has all of it is written to its end.
            let cancelled = || {
                stop.is_cancelled() || (cancel.is_cancelled() && !has_all.load(Ordering::SeqCst))
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
    // A recording that failed has said so itself; the speech goes on without it.
    Ok(Box::new(move |tapped: Tapped<'_>| {
        let _ = match tapped {
            Tapped::Chunk(chunk) => messages.send(Message::Chunk(Arc::clone(chunk))),
            Tapped::Complete => {
                is_complete.store(true, Ordering::SeqCst);
                messages.send(Message::Complete)
            }
            // The speech is told of by its own event; the recording ends with the channel.
            Tapped::Failed(_) => return,
        };
    }))
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
        sound_codec: request.sound_codec,
        remark: request.remark.map(str::to_owned),
        ..Outputs::default()
    };
    let mut performance = Performance::new(&request.people, request.speaker, request.seed);
    if request.is_dialogue {
        performance = performance.in_turns();
    }
    performance.set_driver(request.driver.clone());
    let mut film = Film::start(&outputs, performance, Some(gpu))?;
    let mut done = 0.0;
    // The channel closes without `Complete` if the speech was stopped or failed.
    while let Message::Chunk(chunk) = queue.recv().map_err(|_| engine::Error::Cancelled)? {
        film.add_with_progress(&chunk, done, cancelled, progress)?;
        done = chunk.fraction_done;
    }
    if cancelled() {
        return Err(engine::Error::Cancelled.into());
    }
    film.finish()?;
    Ok(())
}
