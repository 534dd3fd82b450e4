//! A window to test, and hands for it.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use egui::{Key, Modifiers, Role};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;
use jam_flow::window::app::{App, Options};
use jam_flow::window::settings::{Settings, ThemeChoice};
use jam_flow::window::state::Readiness;
use jam_flow::window::threads::Folders;
use studio::resources::Resources;
use studio::sound::microphone::OpenMicrophone;
use studio::sound::output::{ManualClock, OpenOutput, manual};

/// Long enough for a busy machine; nothing waits this long if all is well.
pub const PATIENCE: Duration = Duration::from_secs(240);
pub const FRAME_SECS: f64 = 0.04;

pub struct Window {
    pub harness: Harness<'static, App>,
    pub clock: Arc<Mutex<Option<ManualClock>>>,
    pub folder: PathBuf,
    _keep: Option<tempfile::TempDir>,
}

/// How a window is opened.
pub struct Setup {
    /// Settings, videos and unsaved work; a new one if there is none.
    pub folder: Option<PathBuf>,
    pub settings: Settings,
    pub size: [f32; 2],
    pub open_output: Option<OpenOutput>,
    pub open_microphone: Option<OpenMicrophone>,
    /// Whether only what changes is drawn again, at every step, as in a real window.
    pub is_cleared: bool,
}

impl Default for Setup {
    fn default() -> Self {
        Self {
            folder: None,
            settings: Settings {
                is_welcomed: true,
                theme: ThemeChoice::Dark,
                ..Settings::default()
            },
            size: [1280.0, 720.0],
            open_output: None,
            open_microphone: None,
            is_cleared: false,
        }
    }
}

impl Setup {
    pub fn open(self) -> Window {
        let keep = self.folder.is_none().then(|| tempfile::tempdir().unwrap());
        let folder = self
            .folder
            .unwrap_or_else(|| keep.as_ref().unwrap().path().to_path_buf());
        let folders = Folders {
            settings: folder.join("settings.json"),
            recovery: folder.join("recovery"),
            pasted: folder.join("pasted"),
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
            open_microphone: self
                .open_microphone
                .unwrap_or_else(|| Arc::new(|_| Err("no microphone here".to_owned()))),
            recordings: folder.join("films"),
            folders,
            files: Vec::new(),
            is_cleared: self.is_cleared,
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
            _keep: keep,
        };
        window.step_until("models and portrait are there", |app| {
            assert!(!app.state().status.is_error, "{}", app.state().status.line);
            app.state().readiness == Readiness::Ready && app.live().is_some()
        });
        window
    }
}

impl Window {
    pub fn open() -> Self {
        Setup::default().open()
    }

    pub fn app(&mut self) -> &mut App {
        self.harness.state_mut()
    }

    #[track_caller]
    pub fn step_until(&mut self, what: &str, mut holds: impl FnMut(&mut App) -> bool) {
        let began = Instant::now();
        while !holds(self.harness.state_mut()) {
            assert!(began.elapsed() < PATIENCE, "{what} took too long");
            std::thread::sleep(Duration::from_millis(5));
            self.harness.step();
        }
    }

    /// Lets the sound run, a frame at a time.
    #[track_caller]
    pub fn play_until(&mut self, what: &str, mut holds: impl FnMut(&mut App) -> bool) {
        let clock = Arc::clone(&self.clock);
        self.step_until(what, |app| {
            if let Some(clock) = &*clock.lock().unwrap() {
                clock.advance_secs(FRAME_SECS);
            }
            holds(app)
        });
    }

    pub fn type_words(&mut self, words: &str) {
        self.app().document().words.clear();
        self.words_box().focus();
        self.harness.step();
        self.words_box().type_text(words);
        self.harness.step();
        assert_eq!(self.app().document().words, words);
    }

    pub fn words_box(&self) -> egui_kittest::Node<'_> {
        self.harness
            .get_by_role_and_label(Role::MultilineTextInput, "Script")
    }

    /// Clicks, and draws until what the click asked for is seen.
    #[track_caller]
    pub fn press(&mut self, button: &str) {
        self.harness.get_by_label(button).click();
        self.harness.run_steps(3);
    }

    pub fn key(&mut self, modifiers: Modifiers, key: Key) {
        self.harness.key_press_modifiers(modifiers, key);
        self.harness.run_steps(2);
    }

    /// Speaks and waits for the take to be made; its sound stands still.
    pub fn make_take(&mut self, words: &str) -> u64 {
        self.type_words(words);
        self.press("Speak");
        self.step_until("the take", |app| {
            assert!(!app.state().status.is_error, "{}", app.state().status.line);
            app.state()
                .selected_take()
                .is_some_and(|take| take.is_complete)
        });
        self.app().state().selected_take().unwrap().id
    }

    pub fn films(&self) -> Vec<PathBuf> {
        std::fs::read_dir(self.folder.join("films"))
            .map(|entries| entries.map(|entry| entry.unwrap().path()).collect())
            .unwrap_or_default()
    }

    pub fn paste(&mut self, words: &str) {
        self.harness.event(egui::Event::Paste(words.to_owned()));
        self.harness.run_steps(2);
    }

    pub fn drop_file(&mut self, path: PathBuf) {
        self.harness
            .input_mut()
            .dropped_files
            .push(Arc::new(Dropped(path)));
        self.harness.step();
    }
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
