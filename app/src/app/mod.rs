//! The window's state: takes what the threads and the user did, then draws. Nothing here waits.

mod actions;
mod events;
mod session;
pub mod shortcuts;
mod transport;

use std::collections::VecDeque;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use egui_wgpu::RenderState;

use crate::audio_output::OpenOutput;
use crate::document::{Document, History};
use crate::live::{FRAME_SECS, LiveView};
use crate::manifest::ModelFile;
use crate::playback::Player;
use crate::resources::Resources;
use crate::settings::{Settings, ThemeChoice};
use crate::take::Take;
use crate::worker::{Folders, Worker};
use crate::{manifest, one_line, theme, ui};

pub use actions::Action;
pub use session::Session;
pub use transport::{Line, Transport};

/// What the box holds at the first start, so that one click speaks.
pub const SAMPLE_SENTENCE: &str =
    "Hello! Give me a portrait and some words, and I will say them for you.";
/// The live view's shorter side without a graphics card; drawing must leave the processor to the voice.
const SOFTWARE_SHORT_SIDE_PX: u32 = 512;
/// The live view's shorter side with a graphics card.
const HARDWARE_SHORT_SIDE_PX: u32 = 1024;

/// What the window needs from outside; tests bring their own sound and folders.
pub struct Options {
    /// Models and assets.
    pub resources: Resources,
    /// Opens the sound output when something is to be heard.
    pub open_output: OpenOutput,
    /// Where recordings go; made when the first one begins.
    pub recordings: PathBuf,
    /// Where settings and unsaved work go.
    pub folders: Folders,
}

/// How far the synthesizer is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Readiness {
    /// Models are being read.
    Loading,
    /// Words can be spoken.
    Ready,
    /// Words cannot be spoken, and why.
    Failed(String),
}

/// The line at the bottom of the window.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Status {
    /// What to say; empty for nothing.
    pub line: String,
    /// Whether something is wrong.
    pub is_error: bool,
    /// What the user can do about it: the words on the button, and what it does.
    pub way_out: Option<(&'static str, Action)>,
}

/// A picture that came with the program, small.
pub struct GalleryPicture {
    /// The picture's file.
    pub path: PathBuf,
    /// What a screen reader calls it.
    pub name: String,
    /// The small picture, once it is read.
    pub thumbnail: Option<egui::TextureHandle>,
}

/// What the window is used for now.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Use {
    /// Words to avatar.
    #[default]
    Write,
    /// A recording to avatar.
    Voice,
    /// A take to files.
    Export,
}

/// A page over the window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Page {
    /// The first one ever seen.
    Welcome,
    /// Work that an earlier run left.
    Recovery,
    /// Projects: new, open, save, recent.
    Projects,
    /// Settings.
    Settings,
    /// Shortcuts.
    Help,
    /// What this is, its models and their licences.
    About,
}

/// Work that takes longer than a blink.
#[derive(Clone, Copy, Debug)]
pub struct Progress {
    /// Share that is done, 0 to 1.
    pub fraction: f32,
    /// When it began.
    pub began: Instant,
}

impl Progress {
    /// Begins now with nothing done.
    pub fn begin() -> Self {
        Self {
            fraction: 0.0,
            began: Instant::now(),
        }
    }

    /// Time left if it goes on as so far; none before that can be told.
    pub fn left_secs(&self) -> Option<f64> {
        let spent_secs = self.began.elapsed().as_secs_f64();
        let fraction = f64::from(self.fraction);
        (fraction > 0.02 && spent_secs > 0.5).then(|| spent_secs * (1.0 - fraction) / fraction)
    }
}

/// The running or last recording.
#[derive(Clone, Debug, Default)]
pub struct RecordingState {
    /// How much is written, while one runs.
    pub progress: Option<Progress>,
    /// The last complete one.
    pub last: Option<PathBuf>,
}

/// Which files an export writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExportKind {
    /// Picture and sound.
    Video,
    /// Sound alone.
    Sound,
    /// Words with their times, SubRip.
    Srt,
    /// Words with their times, WebVTT.
    Vtt,
    /// Movement.
    Motion,
}

/// The window.
pub struct App {
    render_state: RenderState,
    pub(crate) recordings: PathBuf,
    worker: Worker,
    pub(crate) player: Player,
    pub(crate) live: Option<LiveView>,
    pub(crate) history: History,
    /// Whether the next speech is also recorded.
    pub(crate) record: bool,
    pub(crate) voices: Vec<String>,
    pub(crate) gallery: Vec<GalleryPicture>,
    pub(crate) readiness: Readiness,
    pub(crate) recording: RecordingState,
    pub(crate) exporting: Option<Progress>,
    pub(crate) export_kind: ExportKind,
    pub(crate) status: Status,
    pub(crate) settings: Settings,
    pub(crate) devices: Vec<String>,
    pub(crate) takes: Vec<Arc<Take>>,
    pub(crate) transport: Transport,
    pub(crate) queue: VecDeque<Line>,
    pub(crate) use_now: Use,
    pub(crate) page: Option<Page>,
    pub(crate) session: Session,
    /// What the models are, or why that is not known.
    pub(crate) model_files: Result<Vec<ModelFile>, String>,
    speeches: u64,
}

impl App {
    /// Starts the threads and shows the window at once; models and portrait arrive later.
    pub fn new(creation: &eframe::CreationContext<'_>, options: Options) -> anyhow::Result<Self> {
        let context = creation.egui_ctx.clone();
        theme::apply(&context);
        // The scale is ours, so that it is kept.
        context.options_mut(|options| options.zoom_with_keyboard = false);
        let render_state = creation
            .wgpu_render_state
            .clone()
            .context("the window needs a graphics driver: install mesa-vulkan-drivers")?;
        let gpu =
            shaders::Gpu::from_device(render_state.device.clone(), render_state.queue.clone());
        let short_side_px = match render_state.adapter.get_info().device_type {
            wgpu::DeviceType::Cpu => SOFTWARE_SHORT_SIDE_PX,
            _ => HARDWARE_SHORT_SIDE_PX,
        };
        let (settings, unreadable) = Settings::load(&options.folders.settings);
        let mut status = unreadable.map(Status::problem).unwrap_or_default();
        let wake = {
            let context = context.clone();
            move || context.request_repaint()
        };
        let worker = Worker::start(
            options.resources.clone(),
            options.folders,
            gpu,
            short_side_px,
            wake.clone(),
        )?;
        let gallery = match options.resources.portraits() {
            Ok(paths) => paths.into_iter().map(GalleryPicture::new).collect(),
            Err(error) => {
                status = Status::error(&error);
                Vec::new()
            }
        };
        let default_portrait = options.resources.default_portrait().ok();
        for picture in &gallery {
            worker.request_thumbnail(picture.path.clone())?;
        }
        worker.list_devices()?;
        let mut player = Player::new(options.open_output, wake)?;
        player.device.clone_from(&settings.output_device);
        let document = Document {
            words: SAMPLE_SENTENCE.to_owned(),
            speed: 1.0,
            ..Document::default()
        };
        let mut app = Self {
            render_state,
            model_files: manifest::read(&options.resources.models)
                .map_err(|error| one_line(&error)),
            recordings: options.recordings,
            worker,
            player,
            live: None,
            session: Session::new(document.clone(), default_portrait, settings.clone()),
            history: History::new(document),
            record: false,
            voices: Vec::new(),
            gallery,
            readiness: Readiness::Loading,
            recording: RecordingState::default(),
            exporting: None,
            export_kind: ExportKind::Video,
            status,
            page: (!settings.is_welcomed).then_some(Page::Welcome),
            settings,
            devices: Vec::new(),
            takes: Vec::new(),
            transport: Transport::default(),
            queue: VecDeque::new(),
            use_now: Use::default(),
            speeches: 0,
        };
        app.apply_settings(&context);
        app.want_portrait();
        Ok(app)
    }

    /// The portrait on the stage, once it is ready.
    pub fn live(&mut self) -> Option<&mut LiveView> {
        self.live.as_mut()
    }

    /// What the user edits.
    pub fn document(&mut self) -> &mut Document {
        &mut self.history.now
    }

    /// How far the synthesizer is.
    pub fn readiness(&self) -> &Readiness {
        &self.readiness
    }

    /// The status line.
    pub fn status(&self) -> &Status {
        &self.status
    }

    /// The page over the window.
    pub fn page(&self) -> Option<Page> {
        self.page
    }

    /// What the window is used for now.
    pub fn use_now(&self) -> Use {
        self.use_now
    }

    /// Whether a speech is being made or played.
    pub fn is_speaking(&self) -> bool {
        self.transport.making.is_some() || self.player.take().is_some()
    }

    /// The running or last recording.
    pub fn recording(&self) -> &RecordingState {
        &self.recording
    }

    /// Whether the next speech is also recorded.
    pub fn records(&self) -> bool {
        self.record
    }

    /// Whether an export runs.
    pub fn is_exporting(&self) -> bool {
        self.exporting.is_some()
    }

    /// How much of the export is written, 0 to 1.
    pub fn export_fraction(&self) -> f32 {
        self.exporting.map_or(0.0, |progress| progress.fraction)
    }

    /// What the user set.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// The takes that are not put away, the oldest first.
    pub fn takes(&self) -> impl DoubleEndedIterator<Item = &Arc<Take>> {
        let put_away = &self.history.now.put_away;
        self.takes
            .iter()
            .filter(|take| !put_away.contains(&take.id))
    }

    /// The take in the timeline.
    pub fn selected_take(&self) -> Option<&Arc<Take>> {
        let id = self.transport.selected?;
        self.takes().find(|take| take.id == id)
    }

    /// Where the take is that is heard or looked at.
    pub fn playhead_secs(&self) -> f64 {
        self.transport.playhead_secs
    }

    /// The span that is repeated.
    pub fn looped(&self) -> Option<std::ops::Range<f64>> {
        self.transport.looped.clone()
    }

    /// Lines that wait to be spoken.
    pub fn queue(&self) -> &VecDeque<Line> {
        &self.queue
    }

    pub(crate) fn apply_settings(&mut self, context: &egui::Context) {
        context.set_theme(match self.settings.theme {
            ThemeChoice::System => egui::ThemePreference::System,
            ThemeChoice::Dark => egui::ThemePreference::Dark,
            ThemeChoice::Light => egui::ThemePreference::Light,
        });
        context.set_zoom_factor(self.settings.scale);
        self.player.device.clone_from(&self.settings.output_device);
    }
}

impl eframe::App for App {
    fn logic(&mut self, context: &egui::Context, _frame: &mut eframe::Frame) {
        while let Some(event) = self.worker.poll() {
            self.take_event(context, event);
        }
        self.run_transport();
        self.want_portrait();
        let now_secs = context.input(|input| input.time);
        let mut wait_secs = FRAME_SECS;
        if let Some(live) = &mut self.live {
            let shown = self.player.take().or_else(|| {
                self.transport
                    .selected
                    .filter(|_| self.transport.is_scrubbing)
            });
            let take = shown.and_then(|id| self.takes.iter().find(|take| take.id == id));
            let is_heard = self.transport.is_scrubbing || self.player.position_secs().is_some();
            let frame = take
                .filter(|_| is_heard)
                .map(|take| take.frame_at(self.transport.playhead_secs));
            let (mouth, accents) = take.map_or((&[][..], &[][..]), |take| {
                (take.mouth.as_slice(), take.accents.as_slice())
            });
            live.advance(now_secs, frame, mouth, accents);
            wait_secs = match self.player.until_next_frame_secs() {
                Some(secs) => secs,
                None => live.until_next_secs(now_secs),
            };
        }
        context.request_repaint_after(Duration::from_secs_f64(wait_secs));
    }

    fn ui(&mut self, ui: &mut egui::Ui, _frame: &mut eframe::Frame) {
        let mut actions = self.shortcuts_and_drops(ui.ctx());
        ui::show(self, ui, &mut actions);
        let context = ui.ctx().clone();
        for action in actions {
            self.act(action);
        }
        self.settle(&context);
    }

    fn clear_color(&self, visuals: &egui::Visuals) -> [f32; 4] {
        theme::palette(visuals).stage.to_normalized_gamma_f32()
    }
}

impl Drop for App {
    fn drop(&mut self) {
        self.keep_work_now();
    }
}

impl Status {
    /// Something to know.
    pub fn note(line: String) -> Self {
        Self {
            line,
            is_error: false,
            way_out: None,
        }
    }

    /// Something that is wrong.
    pub fn problem(line: String) -> Self {
        Self {
            line,
            is_error: true,
            way_out: None,
        }
    }

    /// Adds what the user can do about it.
    #[must_use]
    pub fn with_way_out(mut self, words: &'static str, action: Action) -> Self {
        self.way_out = Some((words, action));
        self
    }

    pub(crate) fn error(error: &anyhow::Error) -> Self {
        Self::problem(one_line(error))
    }
}

impl GalleryPicture {
    fn new(path: PathBuf) -> Self {
        let name = person_name(&file_stem(&path));
        Self {
            path,
            name,
            thumbnail: None,
        }
    }
}

/// `grace_hopper` as one writes it: Grace Hopper.
fn person_name(stem: &str) -> String {
    stem.split(['_', '-'])
        .map(|word| {
            let mut letters = word.chars();
            letters.next().map_or_else(String::new, |first| {
                first.to_uppercase().chain(letters).collect()
            })
        })
        .collect::<Vec<String>>()
        .join(" ")
}

pub(crate) fn file_stem(path: &std::path::Path) -> String {
    path.file_stem()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned()
}

pub(crate) fn file_name(path: &std::path::Path) -> String {
    path.file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned()
}
