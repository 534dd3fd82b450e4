//! Speech on a thread of its own: requests in, pieces out. A new request takes the place of the one before.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use anyhow::Context as _;
use crossbeam_channel::{Receiver, Sender, TrySendError, bounded};
use engine::SpeechChunk;
use engine::text::UserDictionary;

use super::{Made, SpeechMaker, SpeechRequest};
use crate::cancel::{CancelToken, is_cancelled};
use crate::compute::Compute;
use crate::shielded::shielded;
use crate::sound::microphone::OpenMicrophone;
use crate::texts::text;

/// Requests that may wait.
const QUEUE_LENGTH: usize = 64;

/// What the service reports. Speeches have the numbers that [`SpeechService::speak`] returned; a speech that was cancelled
/// reports no more.
#[derive(Debug)]
pub enum SpeechEvent {
    /// The models are loaded and have these voices.
    Ready {
        /// Names of the voices.
        voices: Vec<String>,
        /// Who speaks when nobody is chosen.
        default_voice: String,
    },
    /// The models cannot be loaded; speaking will not work.
    Unready(anyhow::Error),
    /// So much of a speech is done, of which there is no piece yet.
    Progress {
        /// The speech.
        number: u64,
        /// 0 to 1.
        share: f32,
    },
    /// The next piece of a speech.
    Chunk {
        /// The speech.
        number: u64,
        /// The piece.
        chunk: Arc<SpeechChunk>,
    },
    /// The last piece of a speech was sent.
    Complete {
        /// The speech.
        number: u64,
    },
    /// A speech failed.
    Failed {
        /// The speech.
        number: u64,
        /// Why.
        error: anyhow::Error,
    },
}

/// What somebody hears who listens to one speech beside the service's own events.
pub enum Tapped<'a> {
    /// The next piece.
    Chunk(&'a Arc<SpeechChunk>),
    /// There is no more. A speech that is cancelled ends without this.
    Complete,
    /// The speech failed.
    Failed(&'a anyhow::Error),
}

/// Listens to one speech; dropped with its end.
pub type Tap = Box<dyn FnMut(Tapped<'_>) + Send>;

/// Makes one speech at a time on a thread of its own.
pub struct SpeechService {
    jobs: Sender<Job>,
    current: Mutex<Current>,
    maker: Arc<OnceLock<Arc<SpeechMaker>>>,
}

/// The speech that is wanted now.
#[derive(Default)]
struct Current {
    number: u64,
    cancel: CancelToken,
    listening_ends: CancelToken,
}

struct Job {
    number: u64,
    request: SpeechRequest,
    tap: Option<Tap>,
    cancel: CancelToken,
    listening_ends: CancelToken,
}

impl SpeechService {
    /// Starts the thread, which loads the models at once, with the user's own pronunciations. `on_event` is called on that thread
    /// and says false when nobody listens any more.
    ///
    /// # Errors
    /// If the system has no thread to give.
    pub fn start(
        models: PathBuf,
        compute: Compute,
        open_microphone: OpenMicrophone,
        dictionary: Option<UserDictionary>,
        on_event: impl FnMut(SpeechEvent) -> bool + Send + 'static,
    ) -> anyhow::Result<Self> {
        let (service, queue) = Self::new();
        let shared = Arc::clone(&service.maker);
        std::thread::Builder::new()
            .name("speech".to_owned())
            .spawn(move || {
                let load = || SpeechMaker::load_on(&models, &compute, open_microphone, dictionary);
                run(load, &shared, &queue, on_event);
            })
            .context(text!("speech-thread"))?;
        Ok(service)
    }

    fn new() -> (Self, Receiver<Job>) {
        let (jobs, queue) = bounded(QUEUE_LENGTH);
        let service = Self {
            jobs,
            current: Mutex::default(),
            maker: Arc::default(),
        };
        (service, queue)
    }

    /// A service without a thread: the requests are for somebody else, such as a test.
    pub fn detached() -> (Self, Requests) {
        let (service, queue) = Self::new();
        (service, Requests(queue))
    }

    /// Begins a speech in place of the one that is made. Returns its number and what cancels it.
    ///
    /// # Errors
    /// If too many requests wait, or the models could not be loaded.
    pub fn speak(
        &self,
        request: SpeechRequest,
        tap: impl FnOnce(u64, &CancelToken) -> anyhow::Result<Option<Tap>>,
    ) -> anyhow::Result<u64> {
        let mut current = self.current.lock().unwrap_or_else(PoisonError::into_inner);
        current.cancel.cancel();
        *current = Current {
            number: current.number + 1,
            ..Current::default()
        };
        let job = Job {
            number: current.number,
            request,
            tap: tap(current.number, &current.cancel)?,
            cancel: current.cancel.clone(),
            listening_ends: current.listening_ends.clone(),
        };
        self.send(job)?;
        Ok(current.number)
    }

    /// Puts a speech behind those that wait; none is cancelled. What happens to it goes to the tap. Returns what cancels it.
    ///
    /// # Errors
    /// If too many requests wait, or the models could not be loaded.
    pub fn enqueue(
        &self,
        request: SpeechRequest,
        tap: impl FnOnce(&CancelToken) -> Tap,
    ) -> anyhow::Result<CancelToken> {
        let cancel = CancelToken::new();
        let number = {
            let mut current = self.current.lock().unwrap_or_else(PoisonError::into_inner);
            current.number += 1;
            current.number
        };
        self.send(Job {
            number,
            request,
            tap: Some(tap(&cancel)),
            cancel: cancel.clone(),
            listening_ends: CancelToken::new(),
        })?;
        Ok(cancel)
    }

    fn send(&self, job: Job) -> anyhow::Result<()> {
        self.jobs.try_send(job).map_err(|error| match error {
            TrySendError::Full(_) => anyhow::anyhow!(text!("speech-too-many")),
            TrySendError::Disconnected(_) => {
                anyhow::anyhow!(text!("speech-without-models"))
            }
        })
    }

    /// Ends the speech that is made.
    pub fn stop(&self) {
        let current = self.current.lock().unwrap_or_else(PoisonError::into_inner);
        current.cancel.cancel();
    }

    /// Ends what a microphone hears; the last of it still comes.
    pub fn end_listening(&self) {
        let current = self.current.lock().unwrap_or_else(PoisonError::into_inner);
        current.listening_ends.cancel();
    }

    /// What makes speech, once it is loaded: for work beside the speech that somebody waits for.
    pub fn maker(&self) -> Option<Arc<SpeechMaker>> {
        self.maker.get().cloned()
    }
}

/// The requests of [`SpeechService::detached`].
pub struct Requests(Receiver<Job>);

/// A request that somebody is to answer.
pub struct Wanted {
    /// Number of the speech.
    pub number: u64,
    /// What is wanted.
    pub request: SpeechRequest,
    /// Ends the speech.
    pub cancel: CancelToken,
    /// Ends what a microphone hears.
    pub listening_ends: CancelToken,
}

impl Requests {
    /// The next request, if one waits.
    pub fn next(&self) -> Option<Wanted> {
        let job = self.0.try_recv().ok()?;
        Some(Wanted {
            number: job.number,
            request: job.request,
            cancel: job.cancel,
            listening_ends: job.listening_ends,
        })
    }
}

fn run(
    load: impl FnOnce() -> anyhow::Result<SpeechMaker>,
    shared: &OnceLock<Arc<SpeechMaker>>,
    queue: &Receiver<Job>,
    mut on_event: impl FnMut(SpeechEvent) -> bool,
) {
    let maker = match shielded(load) {
        Ok(maker) => Arc::new(maker),
        Err(error) => {
            on_event(SpeechEvent::Unready(error));
            return;
        }
    };
    let _ = shared.set(Arc::clone(&maker));
    let synthesizer = maker.synthesizer();
    let ready = SpeechEvent::Ready {
        voices: synthesizer.voices().to_vec(),
        default_voice: synthesizer.default_voice().to_owned(),
    };
    if !on_event(ready) {
        return;
    }
    while let Ok(job) = queue.recv() {
        if !serve(job, &mut on_event, &mut |request, ends, cancel, on_made| {
            maker.make_telling(request, ends, cancel, on_made)
        }) {
            return;
        }
    }
}

/// Makes a speech of a request: [`SpeechMaker::make_telling`], but for tests.
type Make<'a> = dyn FnMut(
        &SpeechRequest,
        &CancelToken,
        &CancelToken,
        &mut dyn FnMut(Made) -> engine::Result<()>,
    ) -> anyhow::Result<()>
    + 'a;

/// Makes one speech. False if nobody listens any more.
fn serve(mut job: Job, on_event: &mut dyn FnMut(SpeechEvent) -> bool, make: &mut Make<'_>) -> bool {
    let number = job.number;
    let made = shielded(|| {
        job.cancel.check()?;
        let tap = &mut job.tap;
        let cancel = job.cancel.clone();
        make(
            &job.request,
            &job.listening_ends,
            &job.cancel,
            &mut |made| {
                // A piece that was made while somebody cancelled is not wanted.
                cancel.check()?;
                let event = match made {
                    Made::Share(share) => SpeechEvent::Progress { number, share },
                    Made::Chunk(chunk) => {
                        let chunk = Arc::new(chunk);
                        if let Some(tap) = tap {
                            tap(Tapped::Chunk(&chunk));
                        }
                        SpeechEvent::Chunk { number, chunk }
                    }
                };
                match on_event(event) {
                    true => Ok(()),
                    false => Err(engine::Error::Cancelled),
                }
            },
        )
    });
    match made {
        Ok(()) => {
            if let Some(tap) = &mut job.tap {
                tap(Tapped::Complete);
            }
            on_event(SpeechEvent::Complete { number })
        }
        Err(error) if is_cancelled(&error) => true,
        Err(error) => {
            if let Some(tap) = &mut job.tap {
                tap(Tapped::Failed(&error));
            }
            on_event(SpeechEvent::Failed { number, error })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::script::Script;

    fn request(seed: u64) -> SpeechRequest {
        SpeechRequest {
            script: Script::Microphone(None),
            original: None,
            seed,
            flow: engine::FlowSettings::default(),
        }
    }

    fn piece() -> Made {
        Made::Chunk(SpeechChunk::new(Vec::new(), Vec::new(), 0.0))
    }

    fn no_tap(_: u64, _: &CancelToken) -> anyhow::Result<Option<Tap>> {
        Ok(None)
    }

    #[test]
    fn a_new_speech_cancels_the_one_before_and_that_reports_no_more() {
        let (service, queue) = SpeechService::new();
        let first = service.speak(request(1), no_tap).unwrap();
        let running = queue.recv().unwrap();
        let second = service.speak(request(2), no_tap).unwrap();
        assert!(second > first);
        let mut events = Vec::new();
        let mut on_event = |event| {
            events.push(event);
            true
        };
        let mut make: Box<Make<'_>> = Box::new(|_, _, _, on_chunk| Ok(on_chunk(piece())?));
        assert!(serve(running, &mut on_event, &mut *make));
        assert!(serve(queue.recv().unwrap(), &mut on_event, &mut *make));
        drop(make);
        assert!(matches!(
            events[..],
            [
                SpeechEvent::Chunk { number: a, .. },
                SpeechEvent::Complete { number: b }
            ] if a == second && b == second
        ));
    }

    #[test]
    fn what_is_stopped_in_the_middle_sends_no_piece_after_that() {
        let (service, queue) = SpeechService::new();
        service.speak(request(1), no_tap).unwrap();
        let mut pieces = 0;
        let mut on_event = |_| {
            pieces += 1;
            true
        };
        let alive = serve(
            queue.recv().unwrap(),
            &mut on_event,
            &mut |_, _, cancel, on_chunk| {
                on_chunk(piece())?;
                service.stop();
                assert!(cancel.is_cancelled());
                on_chunk(piece())?;
                unreachable!("the piece was not wanted");
            },
        );
        assert!(alive);
        assert_eq!(pieces, 1);
    }

    #[test]
    fn shares_of_the_work_are_told_until_it_is_cancelled() {
        let (service, queue) = SpeechService::new();
        let number = service.speak(request(1), no_tap).unwrap();
        let mut shares = Vec::new();
        let mut on_event = |event| match event {
            SpeechEvent::Progress { number: of, share } if of == number => {
                shares.push(share);
                true
            }
            other => panic!("{other:?}"),
        };
        serve(
            queue.recv().unwrap(),
            &mut on_event,
            &mut |_, _, _, on_made| {
                on_made(Made::Share(0.25))?;
                service.stop();
                let refused = on_made(Made::Share(0.5));
                assert!(matches!(refused, Err(engine::Error::Cancelled)));
                Ok(refused?)
            },
        );
        assert_eq!(shares, [0.25]);
    }

    #[test]
    fn a_tap_hears_every_piece_and_a_panic_is_a_failure() {
        let (service, queue) = SpeechService::new();
        let (sender, heard) = bounded(10);
        let tap: Tap = Box::new(move |tapped| {
            let said = match tapped {
                Tapped::Chunk(_) => "piece",
                Tapped::Complete => "end",
                Tapped::Failed(_) => "failure",
            };
            sender.send(said).unwrap();
        });
        service.speak(request(1), |_, _| Ok(Some(tap))).unwrap();
        let mut quiet = |_| true;
        serve(
            queue.recv().unwrap(),
            &mut quiet,
            &mut |_, _, _, on_chunk| {
                on_chunk(piece())?;
                Ok(on_chunk(piece())?)
            },
        );
        assert_eq!(heard.iter().collect::<Vec<_>>(), ["piece", "piece", "end"]);

        service.speak(request(2), no_tap).unwrap();
        let mut failed = false;
        let mut on_event = |event| {
            failed |= matches!(event, SpeechEvent::Failed { .. });
            true
        };
        let hook = std::panic::take_hook();
        std::panic::set_hook(Box::new(|_| {}));
        serve(queue.recv().unwrap(), &mut on_event, &mut |_, _, _, _| {
            panic!("a decoder")
        });
        std::panic::set_hook(hook);
        assert!(failed);
    }

    #[test]
    fn an_enqueued_speech_leaves_the_others_alone_and_hears_of_its_failure() {
        let (service, queue) = SpeechService::new();
        let live = service.speak(request(1), no_tap).unwrap();
        let (sender, heard) = bounded(10);
        let tap: Tap = Box::new(move |tapped| {
            sender.send(matches!(tapped, Tapped::Failed(_))).unwrap();
        });
        let cancel = service.enqueue(request(2), |_| tap).unwrap();
        let first = queue.recv().unwrap();
        assert!(first.number == live && !first.cancel.is_cancelled());
        let second = queue.recv().unwrap();
        service.stop();
        assert!(first.cancel.is_cancelled() && !second.cancel.is_cancelled());
        serve(second, &mut |_| true, &mut |_, _, _, _| {
            anyhow::bail!("no voice")
        });
        assert_eq!(heard.iter().collect::<Vec<_>>(), [true]);
        assert!(!cancel.is_cancelled());
    }

    #[test]
    fn a_microphone_ends_and_its_last_piece_still_comes() {
        let (service, queue) = SpeechService::new();
        service.speak(request(1), no_tap).unwrap();
        service.end_listening();
        let mut events = 0;
        let mut on_event = |_| {
            events += 1;
            true
        };
        serve(
            queue.recv().unwrap(),
            &mut on_event,
            &mut |_, ends, cancel, on_chunk| {
                assert!(ends.is_cancelled() && !cancel.is_cancelled());
                Ok(on_chunk(piece())?)
            },
        );
        assert_eq!(events, 2);
        // The next one is not ended with it.
        service.speak(request(2), no_tap).unwrap();
        assert!(!queue.recv().unwrap().listening_ends.is_cancelled());
    }
}
