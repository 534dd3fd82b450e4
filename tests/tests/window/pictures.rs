//! Every page of the window as a picture, in both themes: compared with stored ones, and written at full size when asked for.
//!
//! `WINDOW_PICTURES=folder` writes all of them for eyes, with every portrait and real speech, and compares none. In what is compared
//! the portrait is covered, since it breathes and blinks, and so is what this machine calls its folders and its graphics adapter; the
//! take is one that no weights change.

use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use egui_kittest::kittest::Queryable as _;
use egui_kittest::{Harness, SnapshotOptions, SnapshotResults};
use jam_flow::window::app::{App, Options};
use jam_flow::window::settings::{Settings, ThemeChoice};
use jam_flow::window::state::{Action, FilmAction, Page, Readiness, VirtualCameraAction};
use jam_flow::window::threads::Folders;
use studio::camera::CameraDevice;
use studio::project::Recovery;
use studio::resources::Resources;
use studio::sound::output::{ManualClock, manual};
use studio::virtual_camera::VirtualCameraOutput;

use crate::harness::PATIENCE;
use crate::pinned;

/// Names a folder for pictures that are looked at.
pub const FOR_EYES: &str = "WINDOW_PICTURES";
/// Their size, such as 1024x640.
const SIZE_FOR_EYES: &str = "WINDOW_SIZE";
/// Pixels that may differ: letters are drawn the same everywhere, edges of curves nearly so.
const MAX_DIFFERENT_PX: usize = 400;

/// Whether pictures are written for eyes.
fn is_for_eyes() -> bool {
    std::env::var_os(FOR_EYES).is_some()
}

/// Size of the window in pixels: another one for eyes alone.
fn size_px() -> [f32; 2] {
    let chosen = std::env::var(SIZE_FOR_EYES).ok().filter(|_| is_for_eyes());
    let sides = chosen.as_deref().and_then(|sides| sides.split_once('x'));
    sides.map_or([1280.0, 720.0], |(width, height)| {
        [width, height].map(|side| side.parse().unwrap())
    })
}

/// Width of what is covered for a name that differs from machine to machine.
const NAME_WIDTH_PT: f32 = 600.0;

struct Stage {
    harness: Harness<'static, App>,
    theme: &'static str,
    scale: f32,
    clock: Arc<Mutex<Option<ManualClock>>>,
    results: SnapshotResults,
    folder: tempfile::TempDir,
}

impl Stage {
    fn open(theme: ThemeChoice, scale: f32) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let folders = Folders {
            settings: folder.path().join("settings.json"),
            recovery: folder.path().join("recovery"),
            pasted: folder.path().join("pasted"),
        };
        let clock: Arc<Mutex<Option<ManualClock>>> = Arc::default();
        let settings = Settings {
            theme,
            ..Settings::default()
        };
        settings.save(&folders.settings).unwrap();
        // Work that an earlier run left.
        let recovery = Recovery::claim(&folders.recovery).unwrap();
        recovery.keep(&pinned::project()).unwrap();
        drop(recovery);
        let mut resources = Resources::find(None);
        if !is_for_eyes() {
            // One portrait alone, so that pictures stay the same when more come with the program.
            let portrait = resources.default_portrait().unwrap();
            resources.assets = folder.path().join("assets");
            let portraits = resources.assets.join("portraits");
            std::fs::create_dir_all(&portraits).unwrap();
            let copy = portraits.join(portrait.file_name().unwrap());
            std::fs::copy(portrait, copy).unwrap();
        }
        let options = Options {
            resources,
            open_output: Box::new({
                let clock = Arc::clone(&clock);
                move |_| {
                    let (output, key) = manual();
                    *clock.lock().unwrap() = Some(key);
                    (Box::new(output), None)
                }
            }),
            open_microphone: Arc::new(|_| Err("no microphone here".to_owned())),
            recordings: folder.path().join("films"),
            folders,
            files: Vec::new(),
            is_cleared: false,
        };
        let harness = Harness::builder()
            .with_size(size_px().map(|side| side / scale))
            .with_pixels_per_point(scale)
            .with_step_dt(0.04)
            .with_theme(match theme {
                ThemeChoice::Light => egui::Theme::Light,
                _ => egui::Theme::Dark,
            })
            .wgpu()
            .build_eframe(|creation| App::new(creation, options).unwrap());
        let mut stage = Self {
            harness,
            theme: match theme {
                ThemeChoice::Light => "light",
                _ => "dark",
            },
            scale,
            clock,
            results: SnapshotResults::new(),
            folder,
        };
        stage.step_until(|app| app.state().readiness == Readiness::Ready && app.live().is_some());
        stage.step_until(|app| app.state().page == Some(Page::Recovery));
        stage.wait_for_gallery();
        stage.harness.run_steps(20);
        stage
    }

    fn step_until(&mut self, mut holds: impl FnMut(&mut App) -> bool) {
        let began = Instant::now();
        while !holds(self.harness.state_mut()) {
            assert!(began.elapsed() < PATIENCE);
            std::thread::sleep(Duration::from_millis(5));
            self.harness.step();
        }
    }

    /// Waits for the small portraits of the gallery.
    fn wait_for_gallery(&mut self) {
        self.step_until(|app| {
            let mut gallery = app.state().gallery.iter();
            gallery.all(|picture| picture.thumbnail.is_some())
        });
    }

    /// Lets so much of the speech be heard, frame by frame.
    fn listen(&mut self, secs: f64) {
        self.step_until(|app| app.state().is_speaking());
        for _ in 0..(secs / 0.04) as usize {
            if let Some(clock) = &*self.clock.lock().unwrap() {
                clock.advance_secs(0.04);
            }
            self.harness.step();
        }
    }

    /// A take in the timeline with the playhead in it: spoken for eyes, else one that stays the same.
    fn put_take(&mut self) {
        if is_for_eyes() {
            self.press("Speak");
            self.step_until(|app| {
                app.state()
                    .selected_take()
                    .is_some_and(|take| take.is_complete)
            });
            self.listen(3.04);
            return;
        }
        let folder = self.folder.path().join("Harbour");
        pinned::project().save(&folder).unwrap();
        self.harness.state_mut().act(Action::OpenProject(folder));
        self.step_until(|app| app.state().selected_take().is_some());
        self.harness.state_mut().act(Action::Scrub(1.2));
        self.harness.state_mut().act(Action::EndScrub);
    }

    fn show(&mut self, page: Option<Page>) {
        self.harness.state_mut().act(Action::Show(page));
        self.harness.run_steps(8);
    }

    /// The page of the virtual camera, with one that no machine has.
    fn virtual_camera(&mut self) {
        self.show(Some(Page::VirtualCamera));
        self.step_until(|app| app.state().virtual_camera.outputs.is_some());
        let output = VirtualCameraOutput::Loopback(CameraDevice {
            name: "JAM-Flow".to_owned(),
            path: PathBuf::from("/dev/video10"),
        });
        let choose = Action::VirtualCamera(VirtualCameraAction::Choose(output));
        self.harness.state_mut().act(choose);
        self.harness.run_steps(8);
    }

    /// The stage where no page lies over it, and what every machine calls otherwise.
    fn covered(&self) -> Vec<egui::Rect> {
        let film = self.harness.query_by_label("The film");
        let portrait = film.unwrap_or_else(|| self.harness.get_by_label("The portrait"));
        let portrait = portrait.rect();
        let page = self.harness.state().state().page.and_then(|_| {
            let id = egui::Id::unique("page");
            self.harness.ctx.memory(|memory| memory.area_rect(id))
        });
        let mut covered = page.map_or(vec![portrait], |page| around(portrait, page));
        let folder = self.folder.path().display().to_string();
        for name in ["In use: ", folder.as_str()] {
            let nodes = self.harness.query_all_by_label_contains(name);
            // As much of the line for every name.
            covered.extend(nodes.map(|node| {
                let size = egui::vec2(NAME_WIDTH_PT, node.rect().height());
                egui::Rect::from_min_size(node.rect().min, size)
            }));
        }
        covered
    }

    /// A clip to watch with words about it and a server that is named.
    fn watch_clip(&mut self) {
        let clip = crate::watching::clip(self.folder.path());
        self.harness.state_mut().act(Action::WatchClip(clip));
        self.step_until(|app| app.state().watch.clip.is_some());
        self.press("Server");
        for (field, typed) in [
            ("Address", "https://models.example/v1"),
            ("Model name", "Keye-VL-1.5-8B"),
            (
                "What is said",
                "[0.5] A white square comes in.\n[2.5] It goes by.",
            ),
        ] {
            let node = self.harness.query_all_by_label(field).last().unwrap();
            node.focus();
            self.harness.step();
            self.harness.event(egui::Event::Text(typed.to_owned()));
            self.harness.run_steps(2);
        }
        for button in ["Done", "Narrate in time"] {
            self.harness.get_by_label(button).scroll_to_me();
            self.harness.run_steps(8);
            self.press(button);
        }
        self.harness.get_by_label("Remove the clip").scroll_to_me();
        self.harness.run_steps(8);
    }

    /// A film of two scenes with music.
    fn film(&mut self) {
        self.key(egui::Key::Num5);
        self.press("Add a scene");
        self.harness
            .event(egui::Event::Text("And they leave at dawn.".to_owned()));
        self.harness.run_steps(8);
        let music = PathBuf::from("Morning light.mp3");
        for action in [FilmAction::Music(music), FilmAction::Select(0)] {
            self.harness.state_mut().act(Action::Film(action));
        }
    }

    /// Changes the last word of the script; returns the script as it was.
    fn change_a_word(&mut self) -> String {
        let words = &mut self.harness.state_mut().document().words;
        let before = words.clone();
        let last = words.trim_end().rfind(' ').unwrap();
        words.replace_range(last.., " tonight.");
        self.harness.run_steps(8);
        before
    }

    /// Puts a picture with two people on the stage.
    fn show_two_people(&mut self) {
        let portrait = Resources::find(None).default_portrait().unwrap();
        let portrait = image::open(portrait).unwrap().to_rgb8();
        let mut two = image::RgbImage::new(2 * portrait.width(), portrait.height());
        for left in [0, portrait.width()] {
            image::imageops::replace(&mut two, &portrait, i64::from(left), 0);
        }
        let path = self.folder.path().join("two.png");
        two.save(&path).unwrap();
        self.harness.state_mut().act(Action::Open(path.clone()));
        self.step_until(|app| app.live().is_some_and(|live| live.choice.path == path));
        self.wait_for_gallery();
    }

    fn press(&mut self, button: &str) {
        self.harness.get_by_label(button).click();
        self.harness.run_steps(8);
    }

    fn key(&mut self, key: egui::Key) {
        self.harness
            .key_press_modifiers(egui::Modifiers::COMMAND, key);
        self.harness.run_steps(8);
    }

    /// Writes the picture for eyes, or compares it if it is of the usual size.
    fn picture(&mut self, name: &str) {
        self.harness.remove_cursor();
        self.harness.run_steps(10);
        if let Some(folder) = std::env::var_os(FOR_EYES) {
            let picture = self.harness.render().unwrap();
            let path =
                PathBuf::from(folder).join(format!("{name}-{}-{}.png", self.theme, self.scale));
            picture.save(path).unwrap();
            return;
        }
        let name = match self.scale {
            1.0 => format!("{name}-{}", self.theme),
            scale => format!("{name}-{}-{scale}", self.theme),
        };
        for rect in self.covered() {
            self.harness.mask(rect);
        }
        let options = SnapshotOptions::new()
            .threshold(1.0)
            .max_failed_pixels(MAX_DIFFERENT_PX);
        let compared = self.harness.try_snapshot_options(name, &options);
        self.results.add(compared);
    }
}

/// The parts of `whole` outside of `hole`.
fn around(whole: egui::Rect, hole: egui::Rect) -> Vec<egui::Rect> {
    let hole = hole.intersect(whole);
    if !hole.is_positive() {
        return vec![whole];
    }
    let part = |x: std::ops::RangeInclusive<f32>, y: std::ops::RangeInclusive<f32>| {
        egui::Rect::from_x_y_ranges(x, y)
    };
    let parts = [
        part(whole.left()..=whole.right(), whole.top()..=hole.top()),
        part(whole.left()..=whole.right(), hole.bottom()..=whole.bottom()),
        part(whole.left()..=hole.left(), hole.top()..=hole.bottom()),
        part(hole.right()..=whole.right(), hole.top()..=hole.bottom()),
    ];
    parts.into_iter().filter(egui::Rect::is_positive).collect()
}

fn walk(theme: ThemeChoice, scale: f32) {
    let mut stage = Stage::open(theme, scale);
    stage.picture("recovery");
    stage.press("Discard");
    stage.show(Some(Page::Welcome));
    stage.picture("welcome");
    stage.press("Close");
    stage.picture("empty");
    stage.key(egui::Key::Num2);
    stage.picture("record");
    stage.key(egui::Key::Num1);
    stage.press("Shortcuts (F1)");
    stage.picture("help");
    stage.press("Close");
    stage.put_take();
    stage.picture("write");
    if is_for_eyes() {
        stage.press("Stop");
    }
    let words = stage.change_a_word();
    stage.picture("words");
    stage.harness.state_mut().document().words = words;
    stage.key(egui::Key::Num4);
    stage.picture("export");
    stage.key(egui::Key::Num1);
    stage.press("Settings");
    stage.picture("settings");
    stage.press("Close");
    stage.press("About and licences");
    stage.picture("about");
    stage.press("Close");
    stage.show(Some(Page::Projects));
    stage.picture("projects");
    stage.press("Close");
    stage.key(egui::Key::Num3);
    stage.picture("watch");
    stage.watch_clip();
    stage.picture("watch-clip");
    stage.press("Remove the clip");
    stage.film();
    stage.picture("film");
    stage.press("Whole film");
    stage.picture("film-whole");
    stage.key(egui::Key::Num1);
    stage.show(Some(Page::VoiceModel));
    stage.picture("voice-model");
    stage.press("Close");
    stage.virtual_camera();
    stage.picture("virtual-camera");
    stage.press("Close");
    stage.show_two_people();
    stage.picture("faces");
    stage.harness.state_mut().document().words =
        "1: Good morning!\n2 (am_michael): Good morning to you. Did you sleep well?".to_owned();
    stage.step_until(|app| app.live().is_some_and(|live| live.everybody.is_some()));
    stage.picture("dialogue");
}

#[test]
fn dark() {
    walk(ThemeChoice::Dark, 1.0);
}

#[test]
fn light() {
    walk(ThemeChoice::Light, 1.0);
}

#[test]
fn dark_and_large() {
    walk(ThemeChoice::Dark, 1.5);
}
