//! The window, driven through its accessibility tree, with sound whose time the test winds by hand.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use egui::Role;
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;
use jam_flow::app::{App, Options, Readiness};
use jam_flow::audio_output::{ManualClock, manual};
use jam_flow::resources::Resources;

/// Long enough for a busy machine; nothing waits this long if all is well.
const PATIENCE: Duration = Duration::from_secs(240);
const FRAME_SECS: f64 = 0.04;

struct Window {
    harness: Harness<'static, App>,
    clock: Arc<Mutex<Option<ManualClock>>>,
    recordings: tempfile::TempDir,
}

impl Window {
    fn open() -> Self {
        let clock: Arc<Mutex<Option<ManualClock>>> = Arc::default();
        let recordings = tempfile::tempdir().unwrap();
        let options = Options {
            resources: Resources::find(None),
            open_output: Box::new({
                let clock = Arc::clone(&clock);
                move || {
                    let (output, key) = manual();
                    *clock.lock().unwrap() = Some(key);
                    (Box::new(output), None)
                }
            }),
            recordings: recordings.path().join("films"),
        };
        let harness = Harness::builder()
            .with_size([1120.0, 760.0])
            .with_step_dt(FRAME_SECS as f32)
            .wgpu()
            .build_eframe(|creation| App::new(creation, options).unwrap());
        let mut window = Self {
            harness,
            clock,
            recordings,
        };
        window.step_until("models and portrait are there", |app| {
            assert!(!app.status().is_error, "{}", app.status().line);
            *app.readiness() == Readiness::Ready && app.live().is_some()
        });
        window
    }

    #[track_caller]
    fn step_until(&mut self, what: &str, mut holds: impl FnMut(&mut App) -> bool) {
        let began = Instant::now();
        while !holds(self.harness.state_mut()) {
            assert!(began.elapsed() < PATIENCE, "{what} took too long");
            std::thread::sleep(Duration::from_millis(5));
            self.harness.step();
        }
    }

    fn type_words(&mut self, words: &str) {
        self.harness.state_mut().controls().words.clear();
        self.words_box().focus();
        self.harness.step();
        self.words_box().type_text(words);
        self.harness.step();
        assert_eq!(self.harness.state_mut().controls().words, words);
    }

    fn words_box(&self) -> egui_kittest::Node<'_> {
        self.harness
            .get_by_role_and_label(Role::MultilineTextInput, "Words")
    }

    fn press(&mut self, button: &str) {
        self.harness.get_by_label(button).click();
        self.harness.step();
    }

    fn films(&self) -> Vec<PathBuf> {
        std::fs::read_dir(self.recordings.path().join("films"))
            .map(|entries| entries.map(|entry| entry.unwrap().path()).collect())
            .unwrap_or_default()
    }
}

#[test]
fn a_typed_sentence_is_spoken_seen_and_recorded() {
    let mut window = Window::open();
    window.type_words("Bob may open a big map.");
    window.press("Record to MP4");
    window.press("Speak");
    assert!(window.harness.state().is_speaking());
    let clock = Arc::clone(&window.clock);
    window.step_until("the first sound", |_| clock.lock().unwrap().is_some());

    let frames_before = window.harness.state_mut().live().unwrap().frames_drawn();
    let first = window
        .harness
        .state_mut()
        .live()
        .unwrap()
        .read_rgba()
        .unwrap();
    let mut heard_energy = 0.0;
    let mut largest_change = 0;
    window.step_until("the speech", |app| {
        let samples = clock
            .lock()
            .unwrap()
            .as_ref()
            .unwrap()
            .advance_secs(FRAME_SECS);
        heard_energy += samples.iter().map(|sample| sample * sample).sum::<f32>();
        let frame = app.live().unwrap().read_rgba().unwrap();
        let change = frame
            .iter()
            .zip(&first)
            .filter(|(a, b)| a.abs_diff(**b) > 24)
            .count();
        largest_change = largest_change.max(change);
        !app.is_speaking()
    });
    let frames_drawn = window.harness.state_mut().live().unwrap().frames_drawn() - frames_before;
    assert!(frames_drawn >= 25, "only {frames_drawn} frames");
    assert!(largest_change > 500, "only {largest_change} bytes changed");
    assert!(heard_energy > 1.0, "nothing was heard: {heard_energy}");

    window.step_until("the recording", |app| {
        assert!(!app.status().is_error, "{}", app.status().line);
        app.recording().last.is_some()
    });
    let film = window.harness.state().recording().last.clone().unwrap();
    assert_eq!(window.films(), [film.as_path()]);
    assert_film(&film, frames_drawn);
}

#[test]
fn stop_ends_speech_and_recording_and_a_bad_picture_is_refused_in_one_line() {
    let mut window = Window::open();
    window.type_words(&"This is a long story about a short walk. ".repeat(20));
    window.press("Record to MP4");
    window.press("Speak");
    let clock = Arc::clone(&window.clock);
    window.step_until("the first sound", |_| clock.lock().unwrap().is_some());
    window.press("Stop");
    assert!(!window.harness.state().is_speaking());
    let frames = window.harness.state_mut().live().unwrap().frames_drawn();
    window.step_until("idle life after stop", |app| {
        app.live().unwrap().frames_drawn() > frames + 5
    });
    window.step_until("the recording's end", |app| {
        app.recording().fraction.is_none()
    });
    assert!(window.films().is_empty(), "{:?}", window.films());

    let text = window.recordings.path().join("words.png");
    std::fs::write(&text, "not a picture").unwrap();
    window
        .harness
        .input_mut()
        .dropped_files
        .push(Arc::new(Dropped(text)));
    window.harness.step();
    window.step_until("the refusal", |app| app.status().is_error);
    let line = window.harness.state().status().line.clone();
    assert!(line.contains("words.png") && !line.contains('\n'), "{line}");
    // It is on the screen, too, and the portrait before it still stands.
    window.harness.step();
    assert!(window.harness.query_by_label(&line).is_some());
    assert!(window.harness.state_mut().live().is_some());
}

#[derive(Debug)]
struct Dropped(PathBuf);

impl egui::DroppedFile for Dropped {
    fn path(&self) -> &Path {
        &self.0
    }

    fn bytes(&self) -> Result<Vec<u8>, String> {
        std::fs::read(&self.0).map_err(|error| error.to_string())
    }
}

fn assert_film(path: &Path, frames_shown: u64) {
    let (film, _) = re_mp4::Mp4::read_file(path).unwrap();
    let kinds: Vec<_> = film.tracks().values().map(|track| track.kind).collect();
    assert_eq!(kinds.len(), 2, "{kinds:?}");
    let picture = film
        .tracks()
        .values()
        .find(|track| track.kind == Some(re_mp4::TrackKind::Video))
        .unwrap();
    assert!(picture.width >= 512 && picture.height >= 512);
    let recorded = picture.samples.len() as u64;
    assert!(
        recorded.abs_diff(frames_shown) <= frames_shown / 4 + 5,
        "{recorded} frames recorded, {frames_shown} shown"
    );
}
