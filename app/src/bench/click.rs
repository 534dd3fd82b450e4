//! From a click on Speak to sound and motion, by the window's own threads, player and renderer.

use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use engine::SpeakRequest;
use engine::motion::FRAMES_PER_SECOND;

use crate::audio_output::{OpenOutput, PacedOutput};
use crate::avatar::{Avatar, face_motion};
use crate::interrupt::Interrupt;
use crate::playback::Player;
use crate::resources::Resources;
use crate::take::{Source, Take};
use crate::worker::{Event, Folders, Script, Worker};

/// Side of the frame that is drawn.
const SIDE_PX: u32 = 512;
/// Time between two looks at what the threads have done; the window is woken by them.
const PERIOD: Duration = Duration::from_millis(1);
/// Clicks that are measured; the median counts.
const CLICKS: usize = 5;

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
    resources: &Resources,
    avatar: &Avatar,
    gpu: &shaders::Gpu,
    request: &SpeakRequest,
    interrupt: &Interrupt,
) -> anyhow::Result<AfterClick> {
    let folder = tempfile::tempdir()?;
    let folders = Folders {
        settings: folder.path().join("settings.json"),
        recovery: folder.path().join("recovery"),
    };
    let no_microphone = Arc::new(|_: Option<&str>| Err("not measured".to_owned()));
    let worker = Worker::start(
        resources.clone(),
        folders,
        gpu.clone(),
        SIDE_PX,
        no_microphone,
        || (),
    )?;
    loop {
        match worker.poll() {
            Some(Event::Ready { .. }) => break,
            Some(Event::Unready(reason)) => anyhow::bail!(reason),
            _ => std::thread::sleep(PERIOD),
        }
        interrupt.check()?;
    }
    // Keeps time as a device does, on machines without sound, too.
    let open: OpenOutput = Box::new(|_| (Box::new(PacedOutput::new()), None));
    let mut player = Player::new(open, || ())?;
    let mut renderer = avatar.renderer(gpu, SIDE_PX, SIDE_PX)?;
    let mut life = avatar.life(0);
    let mut times = Vec::with_capacity(CLICKS + 1);
    for _ in 0..=CLICKS {
        let began = Instant::now();
        let script = Script::Text(request.clone(), None);
        let current = worker.speak(script, engine::FlowSettings::default(), None)?;
        let mut take = Take::new(1, Source::Recording(String::new()), 0);
        let mut piece = None;
        loop {
            interrupt.check()?;
            match worker.poll() {
                Some(Event::Chunk {
                    generation,
                    chunk,
                    accents,
                    speaking: _,
                }) if generation == current => {
                    let is_first = take.samples().is_empty();
                    take.add(&chunk, &accents);
                    if is_first {
                        piece = Some(began.elapsed());
                        player.play(&take, 0.0, None);
                    }
                }
                Some(Event::SpeechFailed { reason, .. }) => anyhow::bail!(reason),
                _ => {}
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
        worker.stop();
        player.stop();
    }
    let warm = times.get_mut(1..).context("nothing was measured")?;
    warm.sort_by_key(|click| click.sound_and_motion);
    warm.get(warm.len() / 2)
        .copied()
        .context("nothing was measured")
}
