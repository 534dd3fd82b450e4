//! Transport, queue, numbers and cancelling, without a window, a graphics card or models: the test speaks and winds the clock.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use engine::SpeechChunk;
use engine::motion::MouthFrame;
use engine::synthesizer::SAMPLES_PER_FRAME;
use studio::resources::Resources;
use studio::script::Script;
use studio::sound::output::{ManualClock, OpenOutput, manual};
use studio::sound::playback::Player;
use studio::speech::Wanted;

use super::Desk;
use crate::window::settings::Settings;
use crate::window::state::{Action, Readiness};
use crate::window::threads::{Ends, Event, Worker};

struct Bench {
    desk: Desk,
    ends: Ends,
    clock: Arc<Mutex<Option<ManualClock>>>,
    now_secs: f64,
    _folder: tempfile::TempDir,
}

impl Bench {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let clock: Arc<Mutex<Option<ManualClock>>> = Arc::default();
        let shared = Arc::clone(&clock);
        let open: OpenOutput = Box::new(move |_| {
            let (output, key) = manual();
            *shared.lock().unwrap() = Some(key);
            (Box::new(output), None)
        });
        let (worker, ends) = Worker::detached();
        let resources = Resources {
            models: folder.path().to_path_buf(),
            assets: folder.path().to_path_buf(),
        };
        let player = Player::new(open, || ()).unwrap();
        let recordings = folder.path().join("films");
        let mut desk =
            Desk::new(&resources, Settings::default(), player, worker, recordings).unwrap();
        desk.state.status = Default::default();
        desk.state.readiness = Readiness::Ready;
        Self {
            desk,
            ends,
            clock,
            now_secs: 0.0,
            _folder: folder,
        }
    }

    fn words(&mut self, words: &str) {
        self.desk.state.history.now.words = words.to_owned();
    }

    /// Some passes of the window, in which so much is heard.
    fn pass(&mut self, secs: f64) {
        // An output opens on a thread of its own.
        let began = Instant::now();
        while self.desk.player.take().is_some() && self.desk.player.position_secs().is_none() {
            assert!(began.elapsed() < Duration::from_secs(10));
            std::thread::sleep(Duration::from_millis(1));
            self.step();
        }
        let passes = (secs / 0.04).round() as usize;
        for _ in 0..passes {
            if let Some(clock) = &*self.clock.lock().unwrap() {
                clock.advance_secs(0.04);
            }
            self.now_secs += 0.04;
            self.step();
        }
        self.step();
    }

    fn step(&mut self) {
        while let Some(event) = self.desk.worker.poll() {
            assert!(self.desk.take_event(event).is_none());
        }
        self.desk.run_transport(self.now_secs);
    }

    /// What is to be spoken now.
    fn wanted(&mut self) -> Wanted {
        self.step();
        self.ends.speech.next().expect("somebody asked for speech")
    }

    fn send(&self, event: Event) {
        self.ends.events.send(event).unwrap();
    }

    /// A piece of so many frames.
    fn speak(&mut self, number: u64, frames: usize) {
        let chunk = SpeechChunk::new(
            vec![0.1; frames * SAMPLES_PER_FRAME],
            vec![MouthFrame::default(); frames],
            0.5,
        );
        self.send(Event::Chunk {
            generation: number,
            chunk: Arc::new(chunk),
        });
        self.step();
    }

    fn complete(&mut self, number: u64) {
        self.send(Event::SpeechComplete { generation: number });
        self.step();
    }

    fn playing(&self) -> Option<u64> {
        self.desk
            .state
            .transport
            .playing
            .map(|playing| playing.take)
    }
}

fn text(wanted: &Wanted) -> &str {
    wanted.request.script.text().unwrap()
}

#[test]
fn words_become_a_take_that_is_played_to_its_end() {
    let mut bench = Bench::new();
    bench.words("Hello there.");
    bench.desk.act(Action::Speak);
    let wanted = bench.wanted();
    assert_eq!((text(&wanted), wanted.request.seed), ("Hello there.", 0));
    bench.speak(wanted.number, 25);
    bench.pass(0.4);
    let playhead_secs = bench.desk.state.transport.playhead_secs;
    assert!((playhead_secs - 0.4).abs() < 0.05, "{playhead_secs}");
    // It waits for what is not made yet, and goes on.
    bench.pass(1.0);
    assert!(bench.playing().is_some());
    bench.speak(wanted.number, 25);
    bench.complete(wanted.number);
    let take = bench.desk.state.selected_take().unwrap().clone();
    assert!(take.is_complete && take.mouth.len() == 50);
    bench.pass(2.0);
    assert!(!bench.desk.state.is_speaking());
    assert_eq!(
        bench.desk.state.transport.playhead_secs,
        take.duration_secs()
    );
    // The next speech has the next seed.
    bench.desk.act(Action::Speak);
    assert_eq!(bench.wanted().request.seed, 1);
}

#[test]
fn lines_wait_their_turn_and_the_next_is_made_while_one_is_heard() {
    let mut bench = Bench::new();
    for words in ["One.", "Two.", "Three."] {
        bench.words(words);
        bench.desk.act(Action::Queue);
    }
    let first = bench.wanted();
    assert_eq!(text(&first), "One.");
    assert!(bench.ends.speech.next().is_none());
    bench.speak(first.number, 50);
    bench.pass(0.2);
    let heard = bench.playing();
    assert!(!first.cancel.is_cancelled());
    bench.complete(first.number);
    let second = bench.wanted();
    assert_eq!(text(&second), "Two.");
    bench.speak(second.number, 25);
    assert!(!second.cancel.is_cancelled());
    bench.complete(second.number);
    // Made ahead by one, no more, and the first is still heard.
    assert!(bench.ends.speech.next().is_none());
    assert_eq!(bench.playing(), heard);
    bench.pass(2.4);
    assert_ne!(bench.playing(), heard);
    let third = bench.wanted();
    assert_eq!(text(&third), "Three.");
    assert!(!third.cancel.is_cancelled());
}

#[test]
fn stopping_cancels_what_is_made_and_what_comes_late_is_dropped() {
    let mut bench = Bench::new();
    bench.words("A long story.");
    bench.desk.act(Action::Speak);
    bench.desk.act(Action::Queue);
    let wanted = bench.wanted();
    bench.speak(wanted.number, 25);
    bench.desk.act(Action::Stop);
    assert!(wanted.cancel.is_cancelled());
    assert!(!bench.desk.state.is_speaking() && bench.desk.state.queue.is_empty());
    let made = bench.desk.state.selected_take().unwrap().mouth.len();
    bench.speak(wanted.number, 25);
    bench.complete(wanted.number);
    // What was made stays and can be heard.
    let take = bench.desk.state.selected_take().unwrap();
    assert!(take.is_complete && take.mouth.len() == made);
    assert!(bench.ends.speech.next().is_none());

    // Another speech takes the place of one that has no sound yet, of which nothing stays.
    bench.desk.act(Action::Speak);
    let silent = bench.wanted();
    bench.words("Another.");
    bench.desk.act(Action::Speak);
    let another = bench.wanted();
    assert!(silent.cancel.is_cancelled() && !another.cancel.is_cancelled());
    bench.speak(silent.number, 25);
    assert_eq!(bench.desk.state.takes().count(), 2);
    assert!(
        bench
            .desk
            .state
            .selected_take()
            .unwrap()
            .samples()
            .is_empty()
    );
}

#[test]
fn a_speech_that_fails_says_why_and_clears_the_table() {
    let mut bench = Bench::new();
    bench.words("Hello.");
    bench.desk.act(Action::Speak);
    bench.desk.act(Action::Queue);
    let wanted = bench.wanted();
    bench.send(Event::SpeechFailed {
        generation: wanted.number,
        reason: "no such voice".to_owned(),
    });
    bench.step();
    let status = &bench.desk.state.status;
    assert!(status.is_error && status.line.contains("o such voice"));
    assert_eq!(bench.desk.state.takes().count(), 0);
    assert!(bench.desk.state.queue.is_empty() && !bench.desk.state.is_speaking());
    // An earlier speech's failure is no news.
    bench.desk.act(Action::Speak);
    let next = bench.wanted();
    bench.send(Event::SpeechFailed {
        generation: wanted.number,
        reason: "late".to_owned(),
    });
    bench.step();
    assert!(!bench.desk.state.status.is_error && !next.cancel.is_cancelled());
}

#[test]
fn the_microphone_ends_before_it_is_cancelled() {
    let mut bench = Bench::new();
    bench.desk.act(Action::ToggleMicrophone);
    let wanted = bench.wanted();
    assert_eq!(wanted.request.script, Script::Microphone(None));
    assert!(bench.desk.state.is_listening());
    bench.speak(wanted.number, 8);
    bench.desk.act(Action::Escape);
    assert!(wanted.listening_ends.is_cancelled() && !wanted.cancel.is_cancelled());
    bench.speak(wanted.number, 3);
    bench.complete(wanted.number);
    assert!(!bench.desk.state.is_listening());
    assert_eq!(bench.desk.state.selected_take().unwrap().mouth.len(), 11);
}

#[test]
fn the_playhead_is_scrubbed_and_a_span_repeats() {
    let mut bench = Bench::new();
    bench.words("Hello.");
    bench.desk.act(Action::Speak);
    let wanted = bench.wanted();
    bench.speak(wanted.number, 100);
    bench.complete(wanted.number);
    bench.pass(0.4);
    bench.desk.act(Action::Scrub(3.0));
    assert!(bench.playing().is_none());
    let (_, frame) = bench.desk.state.shown().unwrap();
    assert_eq!(frame, Some(75));
    bench.desk.act(Action::EndScrub);
    bench.pass(0.2);
    assert!((bench.desk.state.transport.playhead_secs - 3.2).abs() < 0.05);
    bench.desk.act(Action::Loop(Some(1.0..1.4)));
    for _ in 0..10 {
        bench.pass(0.24);
        let playhead_secs = bench.desk.state.transport.playhead_secs;
        assert!((0.9..1.45).contains(&playhead_secs), "{playhead_secs}");
    }
    // Put away, it is heard no more; undone, it is there again.
    let id = bench.desk.state.transport.selected.unwrap();
    bench.desk.act(Action::PutAway(id));
    bench.desk.state.history.settle(bench.now_secs);
    assert!(bench.playing().is_none() && bench.desk.state.takes().count() == 0);
    bench.desk.act(Action::Undo);
    assert_eq!(bench.desk.state.takes().count(), 1);
}

#[test]
fn words_that_nobody_can_say_are_refused_at_once() {
    let mut bench = Bench::new();
    bench.words("  ");
    bench.desk.act(Action::Speak);
    assert!(bench.desk.state.status.is_error);
    bench.words("1: Hello.");
    // Without a picture of several people it is plain words.
    bench.desk.act(Action::Speak);
    assert_eq!(text(&bench.wanted()), "1: Hello.");
}
