//! The window's state: takes what the worker and the user did, then draws. Nothing here waits.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use egui_wgpu::RenderState;

use crate::live::{FRAME_SECS, LiveView};
use crate::playback::{OpenOutput, Player};
use crate::resources::Resources;
use crate::worker::{Event, RecordingRequest, Script, Worker};
use crate::{one_line, output_path, theme, ui};

/// What the box holds at the first start, so that one click speaks.
pub const SAMPLE_SENTENCE: &str =
    "Hello! Give me a portrait and some words, and I will say them for you.";
/// The live view's shorter side without a graphics card; drawing must leave the processor to the voice.
const SOFTWARE_SHORT_SIDE_PX: u32 = 512;
/// The live view's shorter side with a graphics card.
const HARDWARE_SHORT_SIDE_PX: u32 = 1024;

/// What the window needs from outside; tests bring their own sound and folder.
pub struct Options {
    /// Models and assets.
    pub resources: Resources,
    /// Opens the sound output when the first words are ready.
    pub open_output: OpenOutput,
    /// Where recordings go; made when the first one begins.
    pub recordings: PathBuf,
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
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Status {
    /// What to say; empty for nothing.
    pub line: String,
    /// Whether something is wrong.
    pub is_error: bool,
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

/// What the user set.
#[derive(Clone, Debug)]
pub struct Controls {
    /// Words to speak.
    pub words: String,
    /// Name of the voice; empty until the voices are known.
    pub voice: String,
    /// Rate of speech.
    pub speed: f32,
    /// Whether the next speech is also recorded.
    pub record: bool,
}

/// The running or last recording.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RecordingState {
    /// How much is written, while one runs.
    pub fraction: Option<f32>,
    /// The last complete one.
    pub last: Option<PathBuf>,
}

/// What the user asked for in a panel; done after drawing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// Speak the words.
    Speak,
    /// End speech and recording.
    Stop,
    /// Show the file dialog for a portrait.
    ChoosePortrait,
    /// Use this file: a portrait, a recording or a text.
    Open(PathBuf),
}

/// The window.
pub struct App {
    render_state: RenderState,
    recordings: PathBuf,
    worker: Worker,
    pub(crate) player: Player,
    pub(crate) live: Option<LiveView>,
    pub(crate) controls: Controls,
    pub(crate) voices: Vec<String>,
    pub(crate) gallery: Vec<GalleryPicture>,
    pub(crate) readiness: Readiness,
    pub(crate) recording: RecordingState,
    pub(crate) status: Status,
    speeches: u64,
}

impl App {
    /// Starts the threads and shows the window at once; models and portrait arrive later.
    pub fn new(creation: &eframe::CreationContext<'_>, options: Options) -> anyhow::Result<Self> {
        let context = creation.egui_ctx.clone();
        theme::apply(&context);
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
        let mut status = Status::default();
        let worker = Worker::start(options.resources.clone(), gpu, short_side_px, {
            let context = context.clone();
            move || context.request_repaint()
        })?;
        let gallery = match options.resources.portraits() {
            Ok(paths) => paths.into_iter().map(GalleryPicture::new).collect(),
            Err(error) => {
                status = Status::error(&error);
                Vec::new()
            }
        };
        if let Ok(portrait) = options.resources.default_portrait() {
            worker.open_file(portrait)?;
        }
        for picture in &gallery {
            worker.request_thumbnail(picture.path.clone())?;
        }
        Ok(Self {
            render_state,
            recordings: options.recordings,
            worker,
            player: Player::new(options.open_output),
            live: None,
            controls: Controls {
                words: SAMPLE_SENTENCE.to_owned(),
                voice: String::new(),
                speed: 1.0,
                record: false,
            },
            voices: Vec::new(),
            gallery,
            readiness: Readiness::Loading,
            recording: RecordingState::default(),
            status,
            speeches: 0,
        })
    }

    /// The portrait on the stage, once it is ready.
    pub fn live(&mut self) -> Option<&mut LiveView> {
        self.live.as_mut()
    }

    /// What the user set.
    pub fn controls(&mut self) -> &mut Controls {
        &mut self.controls
    }

    /// How far the synthesizer is.
    pub fn readiness(&self) -> &Readiness {
        &self.readiness
    }

    /// The status line.
    pub fn status(&self) -> &Status {
        &self.status
    }

    /// Whether a speech is being made or played.
    pub fn is_speaking(&self) -> bool {
        self.player.is_active()
    }

    /// The running or last recording.
    pub fn recording(&self) -> &RecordingState {
        &self.recording
    }

    fn take_event(&mut self, context: &egui::Context, event: Event) {
        match event {
            Event::Ready { voices } => {
                self.readiness = Readiness::Ready;
                if let Some(first) = voices.first()
                    && self.controls.voice.is_empty()
                {
                    self.controls.voice.clone_from(first);
                }
                self.voices = voices;
            }
            Event::Unready(reason) => {
                self.player.stop();
                self.status = Status::problem(reason.clone());
                self.readiness = Readiness::Failed(reason);
            }
            Event::Portrait(ready) => {
                let previous = self.live.take();
                self.live = Some(LiveView::new(
                    &self.render_state,
                    *ready,
                    self.speeches,
                    previous,
                ));
                self.status = Status::default();
            }
            Event::Thumbnail { path, image } => {
                if let Some(picture) = self.gallery.iter_mut().find(|entry| entry.path == path) {
                    picture.thumbnail = Some(context.load_texture(
                        picture.name.clone(),
                        image,
                        egui::TextureOptions::LINEAR,
                    ));
                }
            }
            Event::Chunk { generation, chunk } => self.player.add(generation, &chunk),
            Event::SpeechComplete { generation } => self.player.complete(generation),
            Event::SpeechFailed { generation, reason } => {
                if self.player.is_current(generation) {
                    self.player.stop();
                    self.status = Status::problem(reason);
                }
            }
            Event::RecordingProgress {
                generation,
                fraction,
            } => {
                if self.player.is_current(generation) {
                    self.recording.fraction = Some(fraction);
                }
            }
            Event::Recorded(path) => {
                self.status = Status::note(format!("Recorded {}", path.display()));
                self.recording = RecordingState {
                    fraction: None,
                    last: Some(path),
                };
            }
            Event::RecordingFailed { reason } => {
                self.recording.fraction = None;
                self.status = match reason {
                    Some(reason) => Status::problem(reason),
                    None => Status::note("Stopped; no recording was kept".to_owned()),
                };
            }
            Event::Words(words) => {
                self.controls.words = words;
                self.status = Status::default();
            }
            Event::RecordingDropped(path) => self.begin(Script::Recording(path, self.speeches)),
            Event::FileRefused(reason) => self.status = Status::problem(reason),
        }
    }

    fn act(&mut self, action: Action) {
        let done = match action {
            Action::Speak => {
                self.begin(Script::Text(engine::SpeakRequest {
                    text: self.controls.words.clone(),
                    voice: (!self.controls.voice.is_empty()).then(|| self.controls.voice.clone()),
                    seed: self.speeches,
                    speed: self.controls.speed,
                }));
                Ok(())
            }
            Action::Stop => {
                self.worker.stop();
                self.player.stop();
                Ok(())
            }
            Action::ChoosePortrait => self.worker.choose_portrait(),
            Action::Open(path) => {
                self.status = Status::note(format!("Reading {}", file_name(&path)));
                self.worker.open_file(path)
            }
        };
        if let Err(error) = done {
            self.status = Status::error(&error);
        }
    }

    /// Begins a speech in place of the one that runs.
    fn begin(&mut self, script: Script) {
        self.status = Status::default();
        match self.try_begin(script) {
            Ok(generation) => self.player.begin(generation),
            Err(error) => {
                self.player.stop();
                self.status = Status::error(&error);
            }
        }
    }

    fn try_begin(&mut self, script: Script) -> anyhow::Result<u64> {
        if let Readiness::Failed(reason) = &self.readiness {
            anyhow::bail!("{reason}");
        }
        let recording = match (&self.live, self.controls.record) {
            (_, false) => None,
            (None, true) => anyhow::bail!("there is no portrait to record yet: choose one first"),
            (Some(live), true) => Some(RecordingRequest {
                output: self.next_recording(&script)?,
                avatar: Arc::clone(&live.avatar),
                seed: self.speeches,
            }),
        };
        let is_recorded = recording.is_some();
        let generation = self.worker.speak(script, recording)?;
        self.recording.fraction = is_recorded.then_some(0.0);
        self.speeches += 1;
        Ok(generation)
    }

    /// A free name in the folder of the recordings, from what is said.
    fn next_recording(&self, script: &Script) -> anyhow::Result<PathBuf> {
        std::fs::create_dir_all(&self.recordings).with_context(|| {
            format!(
                "recordings cannot be written: {}",
                self.recordings.display()
            )
        })?;
        let stem = match script {
            Script::Text(request) => output_path::stem_from_words(&request.text),
            Script::Recording(path, _) => output_path::stem_from_words(&file_name(path)),
        };
        let output = output_path::free_name(&self.recordings, &stem, "mp4");
        output_path::check(&output, "the recording", &["mp4"])?;
        Ok(output)
    }

    fn shortcuts_and_drops(&mut self, context: &egui::Context) -> Vec<Action> {
        use egui::{Key, Modifiers};
        let mut actions = Vec::new();
        context.input_mut(|input| {
            if input.consume_key(Modifiers::COMMAND, Key::Enter) {
                actions.push(Action::Speak);
            }
            if input.consume_key(Modifiers::COMMAND, Key::R) {
                self.controls.record = !self.controls.record;
            }
            actions.extend(
                input
                    .raw
                    .dropped_files
                    .iter()
                    .map(|file| Action::Open(file.path().to_path_buf())),
            );
        });
        // A menu that is open takes Escape for itself.
        if !egui::Popup::is_any_open(context)
            && context.input_mut(|input| input.consume_key(Modifiers::NONE, Key::Escape))
        {
            actions.push(Action::Stop);
        }
        actions
    }
}

impl eframe::App for App {
    fn logic(&mut self, context: &egui::Context, _frame: &mut eframe::Frame) {
        while let Some(event) = self.worker.poll() {
            self.take_event(context, event);
        }
        if let Some(notice) = self.player.feed() {
            self.status = Status::note(notice);
        }
        let now_secs = context.input(|input| input.time);
        let speech_frame = self.player.frame();
        let mut wait_secs = FRAME_SECS;
        if let Some(live) = &mut self.live {
            live.advance(
                now_secs,
                speech_frame,
                self.player.mouth_frames(),
                self.player.accents(),
            );
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
        for action in actions {
            self.act(action);
        }
    }

    fn clear_color(&self, _visuals: &egui::Visuals) -> [f32; 4] {
        theme::STAGE.to_normalized_gamma_f32()
    }
}

impl Status {
    /// Something to know.
    pub fn note(line: String) -> Self {
        Self {
            line,
            is_error: false,
        }
    }

    /// Something that is wrong.
    pub fn problem(line: String) -> Self {
        Self {
            line,
            is_error: true,
        }
    }

    fn error(error: &anyhow::Error) -> Self {
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

fn file_stem(path: &std::path::Path) -> String {
    path.file_stem()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned()
}

fn file_name(path: &std::path::Path) -> String {
    path.file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned()
}
