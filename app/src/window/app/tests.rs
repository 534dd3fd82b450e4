//! Transport, queue, numbers and cancelling, without a window, a graphics card or models: the test speaks and winds the clock.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use engine::SpeechChunk;
use engine::motion::MouthFrame;
use engine::synthesizer::SAMPLES_PER_FRAME;
use studio::fitting_voices::FittingVoices;
use studio::output_path::file_name;
use studio::resources::Resources;
use studio::script::Script;
use studio::sound::output::{ManualClock, OpenOutput, manual};
use studio::sound::playback::Player;
use studio::speech::Wanted;

use super::Desk;
use crate::window::settings::Settings;
use crate::window::state::{Action, Dialog, ExportKind, Place, Readiness};
use crate::window::threads::{Ends, Event, Worker};

pub(super) struct Bench {
    pub(super) desk: Desk,
    ends: Ends,
    clock: Arc<Mutex<Option<ManualClock>>>,
    now_secs: f64,
    _folder: tempfile::TempDir,
}

impl Bench {
    pub(super) fn new() -> Self {
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

    pub(super) fn step(&mut self) {
        while let Some(event) = self.desk.worker.poll() {
            assert!(self.desk.take_event(event).is_none());
        }
        self.desk.run_transport(self.now_secs);
    }

    /// What is to be spoken now.
    pub(super) fn wanted(&mut self) -> Wanted {
        self.step();
        self.ends.speech.next().expect("somebody asked for speech")
    }

    pub(super) fn send(&self, event: Event) {
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

#[test]
fn exports_wait_in_line_and_end_with_what_can_be_done() {
    let mut bench = Bench::new();
    bench.words("Hello there.");
    bench.desk.act(Action::Speak);
    let wanted = bench.wanted();
    bench.speak(wanted.number, 25);
    bench.complete(wanted.number);
    bench.desk.state.settings.export.kind = ExportKind::Sound;
    let ask = Dialog::Export("a.wav".to_owned());
    for name in ["a", "b.wav", "c.wav"] {
        let path = PathBuf::from("/films").join(name);
        bench.send(Event::Chosen(ask.clone(), path));
        bench.step();
    }
    let folders = &bench.desk.state.settings.last_folders;
    assert_eq!(folders[&ask.kind()], Path::new("/films"));
    bench.send(Event::ExportProgress {
        number: 1,
        fraction: 0.5,
    });
    bench.step();
    // One that waits goes at once, one that runs says when it has ended.
    for number in [1, 2] {
        bench.desk.act(Action::StopExport(number));
    }
    let files = |bench: &Bench| -> Vec<_> {
        let exports = bench.desk.state.exports.iter();
        exports.map(|export| file_name(&export.path)).collect()
    };
    assert_eq!(files(&bench), ["a.wav", "c.wav"]);
    bench.send(Event::ExportFailed {
        number: 1,
        reason: None,
        wrong: None,
    });
    bench.send(Event::Exported {
        number: 3,
        files: vec!["/films/c.wav".into()],
        notices: Vec::new(),
    });
    bench.step();
    assert!(bench.desk.state.exports.is_empty());
    let status = &bench.desk.state.status;
    assert_eq!((status.place, status.is_error), (Place::Stage, false));
    assert_eq!(status.heading(), "Exported c.wav");
    let actions: Vec<_> = status.buttons.iter().map(|(_, action)| action).collect();
    let file = PathBuf::from("/films/c.wav");
    assert_eq!(
        actions,
        [
            &Action::OpenOutside(file.clone()),
            &Action::ShowInFolder(file.clone()),
            &Action::CopyPath(file)
        ]
    );
    bench.desk.act(Action::Stop);
    bench.desk.act(Action::Escape);
    assert_eq!(bench.desk.state.status.line, "");
}

#[test]
fn a_file_that_is_read_can_be_left_and_a_bad_one_is_named_without_its_path() {
    let mut bench = Bench::new();
    let path = PathBuf::from("/home/me/both of us.jpg");
    bench.desk.act(Action::Open(path.clone()));
    let number = bench.desk.state.reading.as_ref().unwrap().number;
    bench.send(Event::FileRead(number + 1));
    bench.step();
    assert!(bench.desk.state.reading.is_some());
    bench.desk.act(Action::Escape);
    assert!(bench.desk.state.reading.is_none());
    bench.desk.act(Action::Open(path.clone()));
    let number = bench.desk.state.reading.as_ref().unwrap().number;
    bench.send(Event::FileRead(number));
    bench.send(Event::FileRefused {
        reason: format!("no face was found: {}", path.display()),
        path,
    });
    bench.step();
    assert!(bench.desk.state.reading.is_none());
    let status = &bench.desk.state.status;
    assert_eq!(status.line, "No face was found: both of us.jpg");
    assert_eq!(status.buttons[0].1, Action::Ask(Dialog::Portrait));
}

#[test]
fn before_and_after_a_change_are_compared_and_making_a_take_is_undone() {
    let mut bench = Bench::new();
    bench.words("Hello there.");
    bench.desk.act(Action::Speak);
    let wanted = bench.wanted();
    bench.speak(wanted.number, 25);
    bench.complete(wanted.number);
    bench.pass(2.0);
    let before = bench.desk.state.selected_take().unwrap().clone();
    bench.desk.act(Action::Compare);
    assert!(bench.playing().is_none());
    bench.words("Hello you.");
    bench.desk.act(Action::Regenerate);
    let wanted = bench.wanted();
    bench.speak(wanted.number, 25);
    bench.complete(wanted.number);
    bench.pass(2.0);
    let after = bench.desk.state.selected_take().unwrap().id;
    assert_ne!(after, before.id);
    for expected in [before.id, after, before.id, after] {
        bench.desk.act(Action::Compare);
        assert_eq!(bench.playing(), Some(expected));
        bench.pass(2.0);
    }
    bench.desk.state.history.settle(bench.now_secs);
    bench.desk.act(Action::Undo);
    assert_eq!(bench.desk.state.selected_take().unwrap().id, before.id);
    bench.desk.act(Action::Redo);
    assert_eq!(bench.desk.state.takes().count(), 2);
}

#[test]
fn the_sample_of_a_voice_is_heard_and_is_no_take() {
    let mut bench = Bench::new();
    bench.desk.act(Action::Preview("bf_emma".to_owned()));
    let wanted = bench.wanted();
    assert_eq!(wanted.request.script.voice(), Some("bf_emma"));
    bench.speak(wanted.number, 25);
    bench.complete(wanted.number);
    bench.pass(0.4);
    let (_, frame) = bench.desk.state.shown().unwrap();
    assert!(
        frame.is_some_and(|frame| (8..12).contains(&frame)),
        "{frame:?}"
    );
    assert_eq!(bench.desk.state.takes().count(), 0);
    assert_eq!(bench.desk.state.transport.playhead_secs, 0.0);
    assert!(!bench.desk.state.is_unsaved());
    bench.pass(1.2);
    assert!(bench.desk.state.all_takes.is_empty() && bench.playing().is_none());
    assert_eq!(bench.desk.state.transport.preview, None);
    // Another speech ends one that is heard.
    bench.desk.act(Action::Preview("am_adam".to_owned()));
    let sample = bench.wanted();
    bench.speak(sample.number, 25);
    bench.desk.act(Action::Speak);
    assert!(sample.cancel.is_cancelled());
    assert_eq!(bench.desk.state.transport.preview, None);
}

#[test]
fn a_portrait_brings_its_voice_unless_the_user_chose_one() {
    let mut bench = Bench::new();
    let folder = tempfile::tempdir().unwrap();
    let voices = "ann = \"bf_emma\"\nbob = \"am_adam\"\n";
    std::fs::write(folder.path().join("voices.toml"), voices).unwrap();
    let state = &mut bench.desk.state;
    state.fitting_voices = FittingVoices::read(folder.path()).unwrap();
    state.voices = vec!["af_heart".to_owned()];
    state.history.now.voice = "af_heart".to_owned();
    let [ann, bob, own] = ["ann.jpg", "bob.jpg", "me.jpg"].map(|name| folder.path().join(name));
    for (portrait, voice) in [(&bob, "am_adam"), (&ann, "bf_emma"), (&own, "bf_emma")] {
        bench.desk.portrait_given(portrait);
        assert_eq!(bench.desk.state.history.now.voice, voice);
    }
    bench.desk.act(Action::ChooseVoice("bm_lewis".to_owned()));
    bench.desk.portrait_given(&bob);
    assert_eq!(bench.desk.state.history.now.voice, "bm_lewis");
    // What the user gave stays in the gallery until it is taken out.
    assert!(bench.desk.state.settings.own_portraits.contains(&own));
    bench.desk.act(Action::ForgetPortrait(own.clone()));
    assert!(
        !bench
            .desk
            .state
            .gallery
            .iter()
            .any(|picture| picture.path == own)
    );
    assert!(!bench.desk.state.settings.own_portraits.contains(&own));
}
