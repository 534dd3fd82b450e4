//! The thread that performs while somebody looks, and what goes out to everybody who does.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::{Duration, Instant};

use anyhow::Context as _;
use crossbeam_channel::{Receiver, Sender, TrySendError, bounded};
use engine::audio::wav::Quantizer;
use hyper::body::Bytes;
use serde_json::json;
use studio::avatar::face_motion;
use studio::cancel::CancelToken;
use studio::framing::FramedRenderer;
use studio::look::{Background, Look};
use studio::performance::{FRAME_SECS, Performance};
use studio::resources::Resources;
use studio::shielded::shielded;
use studio::speech::{SpeechService, Tap, Tapped};

use super::command::StageCommand;
use super::frame_message::{Frame, encode};
use super::performer::{Event, Line, Performer, Spoken};
use crate::server::api_error::{ApiError, ApiResult};
use crate::server::stage_portrait::{StagePortrait, Workshop};
use crate::server::texts::text;
use crate::server::voices::Voices;

/// Messages that wait for a slow viewer, who loses the next frames then: two seconds.
const MAX_MESSAGES: usize = 50;
/// Room beyond that for events, which nobody loses: a program may wait for the end of a speech.
const MAX_EVENTS: usize = 200;
/// Viewers at a time.
const MAX_VIEWERS: usize = 8;
/// Commands that wait for the next frame.
const MAX_COMMANDS: usize = 16;
/// Speeches that are made or wait.
const MAX_LINES: usize = 16;
/// Pieces of a speech that wait to be played: more than the longest text makes.
const MAX_PIECES: usize = 4096;
/// After a longer delay the stage goes on from where it is instead of hurrying.
const MAX_DELAY: Duration = Duration::from_millis(250);
/// Time between two looks at whether somebody looks.
const EMPTY_PERIOD: Duration = Duration::from_millis(20);

/// What a viewer gets.
#[derive(Clone, Debug)]
pub enum Message {
    /// A frame with its sound.
    Frame(Bytes),
    /// Something that happened, as JSON.
    Event(String),
}

/// The stage, for those who look at it and those who command it.
pub struct Show {
    viewers: Arc<Viewers>,
    commands: Sender<Order>,
    service: Arc<SpeechService>,
    pub(super) voices: Arc<Voices>,
}

/// What somebody who looks at the stage gets, as long as they look.
pub(super) struct Looking {
    pub messages: Receiver<Message>,
    _place: Arc<()>,
}

/// Somebody who looks at the stage.
struct Viewer {
    sender: Sender<Message>,
    /// Gone when they have left, which a full channel does not tell.
    place: Weak<()>,
}

impl Viewer {
    fn new() -> (Self, Looking) {
        let (sender, messages) = bounded(MAX_MESSAGES + MAX_EVENTS);
        let place = Arc::new(());
        let viewer = Self {
            sender,
            place: Arc::downgrade(&place),
        };
        let looking = Looking {
            messages,
            _place: place,
        };
        (viewer, looking)
    }
}

/// Those who look at the stage.
#[derive(Default)]
struct Viewers(Mutex<Vec<Viewer>>);

impl Viewers {
    fn all(&self) -> MutexGuard<'_, Vec<Viewer>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Sends a message to everybody, but no frame to those who are too slow, and forgets who has left.
    fn send(&self, message: &Message) {
        let is_frame = matches!(message, Message::Frame(_));
        self.all().retain(|viewer| {
            if !is_frame || viewer.sender.len() < MAX_MESSAGES {
                let _ = viewer.sender.try_send(message.clone());
            }
            viewer.place.strong_count() > 0
        });
    }

    /// Whether nobody looks, as far as the last message told.
    fn is_empty(&self) -> bool {
        self.all().is_empty()
    }
}

/// What the thread is told.
enum Order {
    Say(Line),
    Command(StageCommand),
}

impl Show {
    /// Starts the thread; it does nothing until somebody looks.
    ///
    /// # Errors
    /// If the system has no thread to give.
    pub fn start(
        resources: &Resources,
        service: Arc<SpeechService>,
        voices: Arc<Voices>,
        portrait: &StagePortrait,
        stop: CancelToken,
    ) -> anyhow::Result<Self> {
        let viewers = Arc::new(Viewers::default());
        let (commands, orders) = bounded(MAX_COMMANDS);
        let stage = Stage {
            viewers: Arc::clone(&viewers),
            orders,
            portrait: portrait.clone(),
            workshop: Workshop::new(resources),
            stop,
        };
        std::thread::Builder::new()
            .name("stage".to_owned())
            .spawn(move || stage.run())
            .context(text!("start-thread-stage"))?;
        Ok(Self {
            viewers,
            commands,
            service,
            voices,
        })
    }

    /// Looks at the stage; none if too many do already.
    pub(super) fn look(&self) -> Option<Looking> {
        let mut viewers = self.viewers.all();
        (viewers.len() < MAX_VIEWERS).then(|| {
            let (viewer, looking) = Viewer::new();
            viewers.push(viewer);
            looking
        })
    }

    /// Follows a command with the next frame.
    ///
    /// # Errors
    /// If nobody looks, or too much waits.
    pub fn command(&self, command: StageCommand) -> ApiResult<()> {
        if self.viewers.is_empty() {
            return Err(ApiError::conflict(text!("no-viewer")));
        }
        let order = match command {
            StageCommand::Say(request) => {
                let (sender, pieces) = bounded(MAX_PIECES);
                let cancel = self
                    .service
                    .enqueue(request, |_| tap(sender))
                    .map_err(|_| ApiError::busy())?;
                Order::Say(Line::new(pieces, cancel))
            }
            other => Order::Command(other),
        };
        self.commands.try_send(order).map_err(|error| match error {
            TrySendError::Full(_) => ApiError::busy(),
            TrySendError::Disconnected(_) => ApiError::conflict(text!("stopping")),
        })
    }
}

/// Hands a speech on to the stage.
fn tap(pieces: Sender<Spoken>) -> Tap {
    Box::new(move |tapped| {
        // A stage that does not listen any more has cancelled the speech.
        let _ = pieces.try_send(match tapped {
            Tapped::Chunk(chunk) => Spoken::Chunk(Arc::clone(chunk)),
            Tapped::Complete => Spoken::Complete,
            Tapped::Failed(error) => {
                Spoken::Failed(ApiError::of_failure(error).message().to_owned())
            }
        });
    })
}

/// What the thread has.
struct Stage {
    viewers: Arc<Viewers>,
    orders: Receiver<Order>,
    portrait: StagePortrait,
    workshop: Workshop,
    stop: CancelToken,
}

impl Stage {
    fn run(mut self) {
        while !self.stop.is_cancelled() {
            if self.viewers.is_empty() {
                // What was asked for before nobody looked is forgotten.
                while self.orders.try_recv().is_ok() {}
                std::thread::sleep(EMPTY_PERIOD);
                continue;
            }
            if let Err(error) = shielded(|| self.perform()) {
                let told = ApiError::of_failure(&error);
                self.tell("failed", Some(told.message()));
                // They may try again by looking again.
                self.viewers.all().clear();
            }
        }
    }

    /// Performs until nobody looks any more.
    fn perform(&mut self) -> anyhow::Result<()> {
        let avatar = self.workshop.avatar(&self.portrait.choice, true)?;
        let people = [avatar];
        let look = Look::default();
        let size_px = look.size_px(&people);
        let mut renderer = FramedRenderer::new(
            &people,
            self.workshop.gpu()?,
            &look.framing,
            size_px,
            Background::Transparent,
        )?;
        let mut performer = Performer::new(Performance::new(&people, 0, 0));
        let mut quantizer = Quantizer::default();
        let mut number = 0_u32;
        let mut due = Instant::now();
        while !self.viewers.is_empty() && !self.stop.is_cancelled() {
            while let Ok(order) = self.orders.try_recv() {
                match order {
                    Order::Say(line) if performer.lines() < MAX_LINES => performer.say(line),
                    Order::Say(_) => {
                        self.tell("refused", Some(text!("speeches-waiting")));
                    }
                    Order::Command(StageCommand::Stop) => performer.stop(),
                    Order::Command(StageCommand::Life(change)) => performer.change(change),
                    Order::Command(StageCommand::Say(_)) => {}
                }
            }
            let moment = performer.next();
            for event in &moment.events {
                match event {
                    Event::Begins => self.tell("begins", None),
                    Event::Ended => self.tell("ended", None),
                    Event::Failed(reason) => self.tell("failed", Some(reason)),
                }
            }
            let rgba = renderer.picture(&[face_motion(&moment.motion)])?;
            let bytes = encode(
                &Frame {
                    number,
                    samples: &moment.samples,
                    rgba,
                    size_px,
                },
                &mut quantizer,
            )?;
            self.viewers.send(&Message::Frame(bytes.into()));
            number = number.wrapping_add(1);
            due += Duration::from_secs_f64(FRAME_SECS);
            let now = Instant::now();
            if now > due + MAX_DELAY {
                due = now;
            }
            std::thread::sleep(due.saturating_duration_since(now));
        }
        Ok(())
    }

    fn tell(&self, event: &str, message: Option<&str>) {
        let event = json!({"event": event, "message": message});
        self.viewers.send(&Message::Event(event.to_string()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slow_viewer_loses_frames_and_no_event() {
        let viewers = Viewers::default();
        let (viewer, looking) = Viewer::new();
        viewers.all().push(viewer);
        let messages = &looking.messages;
        for _ in 0..3 * MAX_MESSAGES {
            viewers.send(&Message::Frame(Bytes::from_static(b"frame")));
        }
        viewers.send(&Message::Event("ended".to_owned()));
        assert_eq!(messages.len(), MAX_MESSAGES + 1);
        assert!(matches!(
            messages.iter().nth(MAX_MESSAGES),
            Some(Message::Event(_))
        ));
        // Who leaves with all of it unread is forgotten with the next frame.
        let frame = Message::Frame(Bytes::from_static(b"frame"));
        for _ in 0..3 * MAX_MESSAGES {
            viewers.send(&frame);
        }
        drop(looking);
        viewers.send(&frame);
        assert!(viewers.is_empty());
    }
}
