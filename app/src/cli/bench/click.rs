//! From a click on Speak to sound and motion: a thread that speaks, as behind the window, the player and the renderer.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use anyhow::Context as _;
use crossbeam_channel::{Receiver, bounded};
use engine::motion::FRAMES_PER_SECOND;
use engine::{FlowSettings, SpeakRequest, SpeechChunk, Synthesizer};
use studio::avatar::{Avatar, face_motion};
use studio::script::Script;
use studio::sound::output::{OpenOutput, PacedOutput};
use studio::sound::playback::Player;
use studio::take::Take;

use crate::cli::interrupt::Interrupt;
use crate::cli::texts::text;

/// Side of the frame that is drawn.
const SIDE_PX: u32 = 512;
/// Time between two looks at what the thread has made; the window is woken by it.
const PERIOD: Duration = Duration::from_millis(1);
/// Clicks that are measured; the median counts.
const CLICKS: usize = 5;
/// Pieces of speech that may wait, as behind the window.
const QUEUE_LENGTH: usize = 64;

/// What happened how long after the click.
#[derive(Clone, Copy, Debug)]
pub(super) struct AfterClick {
    /// The first piece of sound and movement was made.
    pub piece: Duration,
    /// The first sample was being heard, and the frame that belongs to it was drawn.
    pub sound_and_motion: Duration,
}

/// Clicks several times; the first, which warms everything up, is not counted.
pub(super) fn sound_and_motion_after_click(
    synthesizer: Synthesizer,
    avatar: &Avatar,
    gpu: &shaders::Gpu,
    request: &SpeakRequest,
    interrupt: &Interrupt,
) -> anyhow::Result<AfterClick> {
    let synthesizer = Arc::new(synthesizer.with_settings(FlowSettings::default()));
    // Keeps time as a device does, on machines without sound, too.
    let open: OpenOutput = Box::new(|_| (Box::new(PacedOutput::new()), None));
    let mut player = Player::new(open, || ())?;
    let mut renderer = avatar.renderer(gpu, SIDE_PX, SIDE_PX)?;
    let mut life = avatar.life(0);
    let mut times = Vec::with_capacity(CLICKS + 1);
    for _ in 0..=CLICKS {
        let began = Instant::now();
        let speech = Speech::begin(Arc::clone(&synthesizer), request.clone())?;
        let mut take = Take::new(1, Script::Microphone(None), 0);
        let mut piece = None;
        loop {
            interrupt.check()?;
            if let Ok(spoken) = speech.pieces.try_recv() {
                let chunk = spoken?;
                let is_first = take.samples().is_empty();
                take.add(&chunk);
                if is_first {
                    piece = Some(began.elapsed());
                    player.play(&take, None, 0.0, None);
                }
            }
            player.feed(&take);
            // Half a frame is heard: what is drawn now is the face of this very sound.
            if let Some(secs) = player.position_secs()
                && secs > 0.5 / FRAMES_PER_SECOND
            {
                let mouth = take.mouth.get(take.frame_at(secs));
                renderer.render(&face_motion(&life.next_frame(mouth)));
                renderer.read_rgba()?;
                break;
            }
            std::thread::sleep(PERIOD);
        }
        times.push(AfterClick {
            piece: piece.unwrap_or_default(),
            sound_and_motion: began.elapsed(),
        });
        player.stop();
    }
    let warm = times.get_mut(1..).context(text!("benchmark-empty"))?;
    warm.sort_by_key(|click| click.sound_and_motion);
    warm.get(warm.len() / 2)
        .copied()
        .context(text!("benchmark-empty"))
}

type Piece = engine::Result<SpeechChunk>;

/// A speech on a thread of its own; dropping it ends it.
struct Speech {
    pieces: Receiver<Piece>,
    is_over: Arc<AtomicBool>,
    thread: Option<std::thread::JoinHandle<()>>,
}

impl Speech {
    fn begin(synthesizer: Arc<Synthesizer>, request: SpeakRequest) -> anyhow::Result<Self> {
        let (sender, pieces) = bounded(QUEUE_LENGTH);
        let is_over = Arc::new(AtomicBool::new(false));
        let ends = Arc::clone(&is_over);
        let speak = move || {
            let cancelled = || ends.load(Ordering::SeqCst);
            let made = synthesizer.speak(&request, &cancelled, &mut |chunk| {
                let sent = sender.send(Ok(chunk));
                sent.map_err(|_| engine::Error::Cancelled)
            });
            if let Err(error) = made {
                let _ = sender.send(Err(error));
            }
        };
        let thread = std::thread::Builder::new()
            .name("engine".to_owned())
            .spawn(speak)
            .context(text!("thread"))?;
        Ok(Self {
            pieces,
            is_over,
            thread: Some(thread),
        })
    }
}

impl Drop for Speech {
    fn drop(&mut self) {
        self.is_over.store(true, Ordering::SeqCst);
        // Nobody takes the pieces any more, so that a full queue holds nobody up.
        self.pieces = bounded(0).1;
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}
