//! The window: takes what the threads and the user did, then draws. Nothing here waits.

mod actions;
mod camera;
mod debugging;
mod driving;
mod events;
mod filming;
pub mod picture_rate;
mod rest;
mod session;
mod stage_window;
#[cfg(test)]
mod tests;
mod transport;
mod virtual_camera;
mod voice_models;
mod voices;
mod watching;

use std::collections::VecDeque;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use egui_wgpu::RenderState;

use debugging::{FrameCount, Pace};
use rest::RestStrides;

use crate::window::frame_times::{Activity, FrameTimes};
use crate::window::live_view::LiveView;
use crate::window::place::WindowPlace;
use crate::window::redraw::Redraw;
use crate::window::settings::{Settings, ThemeChoice};
use crate::window::stage_painter;
use crate::window::state::{
    Action, CameraState, DriverState, FilmState, GalleryPicture, Page, Readiness, RecordingState,
    Session, State, Status, Transport, VirtualCameraState, VoiceModelForm, VoiceSearch, WatchState,
    WordEdit,
};
use crate::window::texts::text;
use crate::window::threads::{Folders, Worker};
use crate::window::{theme, ui};
use engine::model_files;
use studio::fitting_voices::FittingVoices;
use studio::performance::FRAME_SECS;
use studio::project::document::{Document, History};
use studio::resources::Resources;
use studio::script::SAMPLE_SENTENCE;
use studio::sound::microphone::OpenMicrophone;
use studio::sound::output::OpenOutput;
use studio::sound::playback::Player;
use studio::wording::one_line;

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
    /// Opens the microphone.
    pub open_microphone: OpenMicrophone,
    /// Where recordings go; made when the first one begins.
    pub recordings: PathBuf,
    /// Where settings and unsaved work go.
    pub folders: Folders,
    /// Whether who draws clears the window with [`eframe::App::clear_color`]. Without a graphics card a ground that is painted on top of
    /// that costs a good part of the time of each frame.
    pub is_cleared: bool,
    /// What to open at once: portraits, recordings, texts or a project.
    pub files: Vec<PathBuf>,
}

/// The window: what is done behind it, and what draws it.
pub struct App {
    desk: Desk,
    render_state: RenderState,
    live: Option<LiveView>,
    frame_times: FrameTimes,
    frame_count: FrameCount,
    rest_strides: RestStrides,
    /// Whether a further window can be seen through: Mesa's software driver presents none that has alpha.
    can_be_clear: bool,
    is_cleared: bool,
    place: WindowPlace,
    /// How large the window with the stage alone was opened.
    stage_window_size: Option<egui::Vec2>,
    /// What the title says.
    title: String,
    /// Whether the portrait was drawn for this frame.
    is_new_picture: bool,
    /// Time that [`eframe::App::logic`] took of this frame.
    logic_time: Duration,
}

/// Everything that the window does, without what draws it.
struct Desk {
    state: State,
    player: Player,
    worker: Worker,
    recordings: PathBuf,
    /// Speeches so far: the seed of the next.
    speeches: u64,
    pace: Pace,
}

impl App {
    /// Starts the threads and shows the window at once; models and portrait arrive later.
    pub fn new(creation: &eframe::CreationContext<'_>, options: Options) -> anyhow::Result<Self> {
        let render_state = creation
            .wgpu_render_state
            .as_ref()
            .context(text!("error-no-graphics"))?;
        let mut app = Self::in_context(&creation.egui_ctx, render_state, options)?;
        app.desk.worker.set_parent(creation);
        Ok(app)
    }

    /// As [`Self::new`], whoever draws what the context shows.
    fn in_context(
        context: &egui::Context,
        render_state: &RenderState,
        options: Options,
    ) -> anyhow::Result<Self> {
        theme::apply(context);
        // The scale is ours, so that it is kept.
        context.options_mut(|options| options.zoom_with_keyboard = false);
        stage_painter::prepare(render_state);
        let gpu = shaders::Gpu::from_device(
            render_state.instance.clone(),
            render_state.adapter.clone(),
            render_state.device.clone(),
            render_state.queue.clone(),
        );
        let device_type = render_state.adapter.get_info().device_type;
        if options.is_cleared && device_type == wgpu::DeviceType::Cpu {
            context.add_plugin(Redraw::new(render_state));
        }
        let rest_strides = RestStrides::of(device_type);
        let short_side_px = match device_type {
            wgpu::DeviceType::Cpu => SOFTWARE_SHORT_SIDE_PX,
            _ => HARDWARE_SHORT_SIDE_PX,
        };
        let (settings, unreadable) = Settings::load(&options.folders.settings);
        let wake = {
            let context = context.clone();
            move || context.request_repaint()
        };
        let worker = Worker::start(
            options.resources.clone(),
            options.folders,
            gpu,
            &settings,
            short_side_px,
            options.open_microphone,
            wake.clone(),
        )?;
        let player = Player::new(options.open_output, wake)?;
        let mut desk = Desk::new(
            &options.resources,
            settings,
            player,
            worker,
            options.recordings,
        )?;
        if let Some(unreadable) = unreadable {
            desk.state.status = Status::problem(unreadable);
        }
        desk.state.adapter = render_state.adapter.get_info().name;
        desk.want_portrait();
        for file in options.files {
            desk.act(Action::Open(file));
        }
        let place = desk.state.settings.window;
        let app = Self {
            desk,
            render_state: render_state.clone(),
            live: None,
            frame_times: FrameTimes::start(),
            frame_count: FrameCount::default(),
            rest_strides,
            can_be_clear: device_type != wgpu::DeviceType::Cpu,
            is_cleared: options.is_cleared,
            place,
            stage_window_size: None,
            title: String::new(),
            is_new_picture: false,
            logic_time: Duration::ZERO,
        };
        app.apply_settings(context);
        Ok(app)
    }

    /// What the panels show.
    pub fn state(&self) -> &State {
        &self.desk.state
    }

    /// The portrait on the stage, once it is ready.
    pub fn live(&mut self) -> Option<&mut LiveView> {
        self.live.as_mut()
    }

    /// What the user edits.
    pub fn document(&mut self) -> &mut Document {
        &mut self.desk.state.history.now
    }

    /// What the user sets.
    pub fn settings(&mut self) -> &mut Settings {
        &mut self.desk.state.settings
    }

    /// Does something as if the user had asked for it.
    pub fn act(&mut self, action: Action) {
        self.desk.act(action);
    }

    /// How long the window's thread was busy with each frame.
    pub fn frame_times(&self) -> &FrameTimes {
        &self.frame_times
    }

    fn activity(&self) -> Activity {
        let state = self.state();
        Activity {
            is_loading: state.readiness == Readiness::Loading || self.live.is_none(),
            is_making: state.transport.making.is_some(),
            is_recording: state.recording.progress.is_some(),
            is_playing: state.transport.playing.is_some(),
            is_new_picture: self.is_new_picture,
        }
    }

    /// Keeps where the window is, and says in its title what is in it.
    fn follow_window(&mut self, context: &egui::Context) {
        let zoom = context.zoom_factor();
        self.place = context.input(|input| self.place.now(input.viewport(), zoom));
        let title = self.state().title();
        if title != self.title {
            context.send_viewport_cmd(egui::ViewportCommand::Title(title.clone()));
            self.title = title;
        }
    }

    fn apply_settings(&self, context: &egui::Context) {
        let settings = &self.desk.state.settings;
        context.set_theme(match settings.theme {
            ThemeChoice::System => egui::ThemePreference::System,
            ThemeChoice::Dark => egui::ThemePreference::Dark,
            ThemeChoice::Light => egui::ThemePreference::Light,
        });
        context.set_zoom_factor(settings.scale);
        let change_secs = theme::change_secs(settings.reduces_motion);
        context.all_styles_mut(|style| style.animation_time = change_secs);
    }
}

impl Desk {
    /// An empty project on the desk.
    fn new(
        resources: &Resources,
        settings: Settings,
        player: Player,
        worker: Worker,
        recordings: PathBuf,
    ) -> anyhow::Result<Self> {
        let (portraits, status) = match resources.portraits() {
            Ok(portraits) => (portraits, Status::default()),
            Err(error) => (Vec::new(), Status::error(&error)),
        };
        let fitting_voices = match portraits.first().and_then(|first| first.parent()) {
            Some(folder) => FittingVoices::read(folder)?,
            None => FittingVoices::default(),
        };
        let came = portraits.into_iter().map(|path| (path, false));
        let own = settings.own_portraits.iter().cloned();
        let own = own.filter(|path| path.is_file()).map(|path| (path, true));
        let gallery: Vec<GalleryPicture> = came
            .chain(own)
            .map(|(path, is_own)| GalleryPicture::new(path, is_own))
            .collect();
        for picture in &gallery {
            worker.request_thumbnail(picture.path.clone())?;
        }
        worker.list_devices()?;
        let document = Document {
            words: SAMPLE_SENTENCE.to_owned(),
            speed: 1.0,
            ..Document::default()
        };
        let default_portrait = resources.default_portrait().ok();
        let use_now = settings.tab;
        let state = State {
            model_files: model_files::read(&resources.models)
                .map_err(|error| one_line(&error.into())),
            stage: None,
            session: Session::new(document.clone(), default_portrait, settings.clone()),
            history: History::new(document),
            record: false,
            voices: Vec::new(),
            fitting_voices,
            voice_search: VoiceSearch::default(),
            voice_model_form: VoiceModelForm::default(),
            gallery,
            readiness: Readiness::Loading,
            recording: RecordingState::default(),
            exports: Vec::new(),
            reading: None,
            status,
            page: (!settings.is_welcomed).then_some(Page::Welcome),
            settings,
            devices: Vec::new(),
            microphones: Vec::new(),
            all_takes: Vec::new(),
            transport: Transport::default(),
            queue: VecDeque::new(),
            driver: DriverState::default(),
            camera: CameraState::default(),
            virtual_camera: VirtualCameraState::default(),
            word_edit: WordEdit::default(),
            dictionary_problem: None,
            watch: WatchState::default(),
            film: FilmState::default(),
            use_now,
            is_stage_window_open: false,
            adapter: String::new(),
            debug: None,
        };
        Ok(Self {
            state,
            player,
            worker,
            recordings,
            speeches: 0,
            pace: Pace::default(),
        })
    }
}

impl App {
    /// Takes what the threads have made, and draws the portrait if a frame of it is due.
    fn advance(&mut self, context: &egui::Context) {
        let began = Instant::now();
        while let Some(event) = self.desk.worker.poll() {
            if let Some(ready) = self.desk.take_event(event) {
                let seed = self.desk.speeches;
                let previous = self.live.take();
                self.live = Some(LiveView::new(&self.render_state, ready, seed, previous));
                context.with_plugin(Redraw::everything_changed);
            }
        }
        let now_secs = context.input(|input| input.time);
        self.desk.run_transport(now_secs);
        self.desk.want_film();
        self.desk.want_portrait();
        self.desk.want_driver();
        let mut wait_secs = FRAME_SECS;
        let stride = self.rest_stride(context);
        if let Some(live) = &mut self.live {
            self.desk.drive_by_camera(live);
            let state = &self.desk.state;
            let (take, frame) = state.shown().unzip();
            let mut life = state.shown_life();
            if state.settings.reduces_motion {
                life.amount = 0.0;
            }
            live.performance().set_life(&life);
            live.performance().set_driver(state.shown_driver());
            let lives_all = self.desk.state.virtual_camera.is_on();
            live.set_strides(if lives_all { 1 } else { stride }, stride);
            self.is_new_picture = live.advance(now_secs, take, frame.flatten());
            if self.is_new_picture {
                let texture = live.image().id;
                context.with_plugin(|redraw: &mut Redraw| redraw.portrait_changed(texture));
                let camera = &mut self.desk.state.camera;
                if let Some(captured) = camera.captured.take() {
                    camera.delay = Some(captured.elapsed());
                }
            }
            self.desk.show_to_virtual_camera(live);
            wait_secs = match self.desk.player.until_next_frame_secs() {
                Some(secs) => secs,
                None => live.until_next_secs(now_secs),
            };
        }
        context.request_repaint_after(Duration::from_secs_f64(wait_secs));
        self.logic_time = began.elapsed();
    }

    /// Shows the panels and does what the user asks for in them. `busy` is how long the last frame kept the thread, if who paints has
    /// measured it.
    fn show(&mut self, ui: &mut egui::Ui, busy: Option<Duration>) {
        let began = Instant::now();
        self.measure();
        if !self.is_cleared {
            let ground = theme::palette(ui.visuals()).surface;
            ui.painter().rect_filled(ui.ctx().content_rect(), 0, ground);
        }
        let mut actions = Vec::new();
        let portrait = self.live.as_ref().map(LiveView::image);
        ui::show(&mut self.desk.state, portrait, ui, &mut actions);
        let context = ui.ctx().clone();
        self.show_stage_window(&context, &mut actions);
        for action in actions {
            match action {
                Action::Quit => context.send_viewport_cmd(egui::ViewportCommand::Close),
                Action::ToggleFullScreen => ui::stage_window::toggle_full_screen(&context),
                Action::Paste => context.send_viewport_cmd(egui::ViewportCommand::RequestPaste),
                Action::CopyPath(path) => context.copy_text(path.display().to_string()),
                other => self.act(other),
            }
        }
        if self.desk.state.settings != self.desk.state.session.settings_saved {
            self.apply_settings(&context);
        }
        self.follow_window(&context);
        self.desk.settle(context.input(|input| input.time));
        let busy = busy.unwrap_or_else(|| self.logic_time + began.elapsed());
        self.frame_times.add(busy, self.activity());
    }
}

impl eframe::App for App {
    fn logic(&mut self, context: &egui::Context, _frame: &mut eframe::Frame) {
        self.advance(context);
    }

    fn ui(&mut self, ui: &mut egui::Ui, frame: &mut eframe::Frame) {
        // Holds the painting of the last frame, too.
        let busy = frame.info().cpu_usage.map(Duration::from_secs_f32);
        self.show(ui, busy);
    }

    fn clear_color(&self, visuals: &egui::Visuals) -> [f32; 4] {
        theme::palette(visuals).surface.to_normalized_gamma_f32()
    }
}

impl Drop for App {
    fn drop(&mut self) {
        self.desk.keep_work_now();
        self.desk.state.settings.window = self.place;
        self.desk.save_settings();
    }
}
