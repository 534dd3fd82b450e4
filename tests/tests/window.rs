//! The window, driven through its accessibility tree, with sound whose time the test winds by hand.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use egui::{Key, Modifiers, Role};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;
use jam_flow::app::{App, Options, Page, Readiness, Use};
use jam_flow::audio_output::{ManualClock, OpenOutput, manual};
use jam_flow::resources::Resources;
use jam_flow::settings::{Settings, ThemeChoice};
use jam_flow::worker::Folders;

/// Long enough for a busy machine; nothing waits this long if all is well.
const PATIENCE: Duration = Duration::from_secs(240);
const FRAME_SECS: f64 = 0.04;

struct Window {
    harness: Harness<'static, App>,
    clock: Arc<Mutex<Option<ManualClock>>>,
    folder: Arc<tempfile::TempDir>,
}

/// How a window is opened.
struct Setup {
    folder: Arc<tempfile::TempDir>,
    settings: Settings,
    size: [f32; 2],
    open_output: Option<OpenOutput>,
}

impl Default for Setup {
    fn default() -> Self {
        Self {
            folder: Arc::new(tempfile::tempdir().unwrap()),
            settings: Settings {
                is_welcomed: true,
                theme: ThemeChoice::Dark,
                ..Settings::default()
            },
            size: [1280.0, 720.0],
            open_output: None,
        }
    }
}

impl Setup {
    fn open(self) -> Window {
        let folder = self.folder;
        let folders = Folders {
            settings: folder.path().join("settings.json"),
            recovery: folder.path().join("recovery"),
        };
        self.settings.save(&folders.settings).unwrap();
        let clock: Arc<Mutex<Option<ManualClock>>> = Arc::default();
        let by_hand: OpenOutput = Box::new({
            let clock = Arc::clone(&clock);
            move |_| {
                let (output, key) = manual();
                *clock.lock().unwrap() = Some(key);
                (Box::new(output), None)
            }
        });
        let options = Options {
            resources: Resources::find(None),
            open_output: self.open_output.unwrap_or(by_hand),
            recordings: folder.path().join("films"),
            folders,
        };
        let harness = Harness::builder()
            .with_size(self.size)
            .with_step_dt(FRAME_SECS as f32)
            .wgpu()
            .build_eframe(|creation| App::new(creation, options).unwrap());
        let mut window = Window {
            harness,
            clock,
            folder,
        };
        window.step_until("models and portrait are there", |app| {
            assert!(!app.status().is_error, "{}", app.status().line);
            *app.readiness() == Readiness::Ready && app.live().is_some()
        });
        window
    }
}

impl Window {
    fn open() -> Self {
        Setup::default().open()
    }

    fn app(&mut self) -> &mut App {
        self.harness.state_mut()
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

    /// Lets the sound run, a frame at a time.
    #[track_caller]
    fn play_until(&mut self, what: &str, mut holds: impl FnMut(&mut App) -> bool) {
        let clock = Arc::clone(&self.clock);
        self.step_until(what, |app| {
            if let Some(clock) = &*clock.lock().unwrap() {
                clock.advance_secs(FRAME_SECS);
            }
            holds(app)
        });
    }

    fn type_words(&mut self, words: &str) {
        self.app().document().words.clear();
        self.words_box().focus();
        self.harness.step();
        self.words_box().type_text(words);
        self.harness.step();
        assert_eq!(self.app().document().words, words);
    }

    fn words_box(&self) -> egui_kittest::Node<'_> {
        self.harness
            .get_by_role_and_label(Role::MultilineTextInput, "Words")
    }

    /// Clicks, and draws until what the click asked for is seen.
    #[track_caller]
    fn press(&mut self, button: &str) {
        self.harness.get_by_label(button).click();
        self.harness.run_steps(3);
    }

    fn key(&mut self, modifiers: Modifiers, key: Key) {
        self.harness.key_press_modifiers(modifiers, key);
        self.harness.run_steps(2);
    }

    /// Speaks and waits for the take to be made; its sound stands still.
    fn make_take(&mut self, words: &str) -> u64 {
        self.type_words(words);
        self.press("Speak");
        self.step_until("the take", |app| {
            assert!(!app.status().is_error, "{}", app.status().line);
            app.selected_take().is_some_and(|take| take.is_complete)
        });
        self.app().selected_take().unwrap().id
    }

    fn films(&self) -> Vec<PathBuf> {
        std::fs::read_dir(self.folder.path().join("films"))
            .map(|entries| entries.map(|entry| entry.unwrap().path()).collect())
            .unwrap_or_default()
    }

    fn drop_file(&mut self, path: PathBuf) {
        self.harness
            .input_mut()
            .dropped_files
            .push(Arc::new(Dropped(path)));
        self.harness.step();
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
    window.step_until("the first sound", |app| {
        clock.lock().unwrap().is_some() && app.takes().any(|take| !take.samples().is_empty())
    });

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
    window.step_until("the first sound", |app| {
        clock.lock().unwrap().is_some() && app.takes().any(|take| !take.samples().is_empty())
    });
    window.press("Stop");
    assert!(!window.harness.state().is_speaking());
    // What was made stays and can be heard.
    assert!(window.app().selected_take().unwrap().is_complete);
    let frames = window.harness.state_mut().live().unwrap().frames_drawn();
    window.step_until("idle life after stop", |app| {
        app.live().unwrap().frames_drawn() > frames + 5
    });
    window.step_until("the recording's end", |app| {
        app.recording().progress.is_none()
    });
    assert!(window.films().is_empty(), "{:?}", window.films());

    let text = window.folder.path().join("words.png");
    std::fs::write(&text, "not a picture").unwrap();
    window.drop_file(text);
    window.step_until("the refusal", |app| app.status().is_error);
    let line = window.harness.state().status().line.clone();
    assert!(line.contains("words.png") && !line.contains('\n'), "{line}");
    // It is on the screen, too, and the portrait before it still stands.
    window.harness.step();
    assert!(window.harness.query_by_label(&line).is_some());
    assert!(
        window
            .harness
            .query_by_label("Choose another picture")
            .is_some()
    );
    assert!(window.app().live().is_some());
}

#[test]
fn a_take_is_played_again_scrubbed_and_repeated() {
    let mut window = Window::open();
    let id = window.make_take("Bob may open a big map.");
    let duration_secs = window.app().selected_take().unwrap().duration_secs();
    window.play_until("the end", |app| !app.is_speaking());
    assert!((window.app().playhead_secs() - duration_secs).abs() < 0.1);
    let take = window.app().selected_take().unwrap();
    assert!(take.words.len() >= 6 && take.phones.len() > 10 && take.mouth.len() > 20);

    // Space plays it again from the start, and pauses.

    window.press("Stop");
    let timeline = |window: &Window| {
        window
            .harness
            .get_by(|node| {
                node.label()
                    .is_some_and(|label| label.starts_with("Timeline of"))
            })
            .rect()
    };
    let rect = timeline(&window);
    let at = |share: f32| egui::pos2(rect.left() + share * rect.width(), rect.center().y);
    click_at(&mut window.harness, at(0.5));
    let playhead_secs = window.app().playhead_secs();
    assert!(
        (playhead_secs - duration_secs / 2.0).abs() < 0.05,
        "{playhead_secs}"
    );
    window.key(Modifiers::NONE, Key::Space);
    assert!(window.app().is_speaking());
    window.play_until("a little more", |app| {
        app.playhead_secs() > playhead_secs + 0.1
    });
    window.key(Modifiers::NONE, Key::Space);
    assert!(!window.app().is_speaking());
    let paused_secs = window.app().playhead_secs();
    window.harness.run_steps(5);
    assert_eq!(window.app().playhead_secs(), paused_secs);
    window.key(Modifiers::NONE, Key::ArrowLeft);
    assert!((window.app().playhead_secs() - (paused_secs - FRAME_SECS)).abs() < 1e-6);

    // While the playhead is dragged, the face follows it.
    window.harness.drag_at(at(0.1));
    window.harness.step();
    for share in [0.2, 0.4, 0.6, 0.8] {
        window.harness.hover_at(at(share));
        window.harness.run_steps(2);
        let secs = window.app().playhead_secs();
        assert!(
            (secs - f64::from(share) * duration_secs).abs() < 0.05,
            "{secs}"
        );
    }
    window.harness.drop_at(at(0.8));
    window.harness.run_steps(2);
    assert!(!window.app().is_speaking());

    // A drag along the times repeats that span.
    let on_times = |share: f32| egui::pos2(at(share).x, rect.top() + 6.0);
    window.harness.drag_at(on_times(0.2));
    window.harness.step();
    window.harness.hover_at(on_times(0.5));
    window.harness.run_steps(2);
    window.harness.drop_at(on_times(0.5));
    window.harness.run_steps(2);
    let span = window.app().looped().unwrap();
    assert!((span.start - 0.2 * duration_secs).abs() < 0.05, "{span:?}");
    assert!((span.end - 0.5 * duration_secs).abs() < 0.05, "{span:?}");
    window.key(Modifiers::NONE, Key::Space);
    assert!(window.app().is_speaking());
    let playhead_secs = window.app().playhead_secs();
    assert!(span.contains(&playhead_secs), "{playhead_secs} in {span:?}");
    let mut jumps = 0;
    let mut before_secs = 0.0;
    window.play_until("three rounds", |app| {
        let secs = app.playhead_secs();
        assert!(secs <= span.end + FRAME_SECS, "{secs}");
        jumps += usize::from(secs + 0.05 < before_secs);
        before_secs = secs;
        jumps >= 3
    });
    window.key(Modifiers::COMMAND, Key::L);
    assert_eq!(window.app().looped(), None);
    window.play_until("the end", |app| !app.is_speaking());

    // Put away, and back by undoing.
    window.press("Put this take away");
    assert!(window.app().selected_take().is_none());
    window.key(Modifiers::COMMAND, Key::Z);
    assert_eq!(window.app().takes().next().unwrap().id, id);
}

#[test]
fn every_shortcut_does_what_the_help_page_says() {
    let mut window = Window::open();
    let command = Modifiers::COMMAND;
    let shift_command = Modifiers::COMMAND.plus(Modifiers::SHIFT);
    window.key(Modifiers::NONE, Key::F1);
    assert_eq!(window.app().page(), Some(Page::Help));
    assert!(window.harness.query_by_label("Play or pause").is_some());
    window.key(Modifiers::NONE, Key::Escape);
    assert_eq!(window.app().page(), None);
    window.key(command, Key::Comma);
    assert_eq!(window.app().page(), Some(Page::Settings));
    window.key(Modifiers::NONE, Key::Escape);
    for (key, use_of) in [
        (Key::Num2, Use::Voice),
        (Key::Num3, Use::Export),
        (Key::Num1, Use::Write),
    ] {
        window.key(command, key);
        assert_eq!(window.app().use_now(), use_of);
    }
    window.key(command, Key::R);
    assert!(window.app().records());
    window.key(command, Key::R);
    assert!(!window.app().records());
    window.key(command, Key::Plus);
    assert_eq!(window.app().settings().scale, 1.25);
    window.key(command, Key::Num0);
    assert_eq!(window.app().settings().scale, 1.0);

    // In the box, Space is a space; Ctrl+Enter speaks, and with Shift adds to what is spoken.
    window.type_words("Hello");
    window.words_box().type_text(" there.");
    window.harness.step();
    window.key(command, Key::Enter);
    assert!(window.app().is_speaking());
    window.type_words("And more.");
    window.key(shift_command, Key::Enter);
    window.type_words("Last.");
    window.key(shift_command, Key::Enter);
    assert!(!window.app().queue().is_empty());
    window.play_until("all three", |app| {
        app.takes().count() == 3 && !app.is_speaking()
    });
    let titles: Vec<_> = window.app().takes().map(|take| take.title()).collect();
    assert_eq!(titles, ["Hello there.", "And more.", "Last."]);
    assert_eq!(window.app().selected_take().unwrap().title(), "Last.");

    // Speaking something else interrupts; Escape ends all.
    window.type_words(&"A long story. ".repeat(30));
    window.key(command, Key::Enter);
    window.type_words("Something else.");
    window.key(command, Key::Enter);
    window.step_until("the second", |app| {
        app.selected_take()
            .is_some_and(|take| take.title() == "Something else." && take.is_complete)
    });
    window.key(Modifiers::NONE, Key::Escape);
    assert!(!window.app().is_speaking());

    window.key(command, Key::Z);
    assert_ne!(window.app().document().words, "Something else.");
    window.key(shift_command, Key::Z);
    assert_eq!(window.app().document().words, "Something else.");
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

fn click_at(harness: &mut Harness<'static, App>, position: egui::Pos2) {
    harness.drag_at(position);
    harness.step();
    harness.drop_at(position);
    harness.run_steps(2);
}
