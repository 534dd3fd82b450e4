//! The threads behind the window: commands in, events out; nothing slow ever runs on the thread that draws.
//!
//! | thread | owns | does |
//! | --- | --- | --- |
//! | `speech` | the models of speech | loads them, speaks, animates: [`SpeechService`] |
//! | `portrait` | the portrait models | reads dropped files, prepares portraits for drawing |
//! | `recorder` | one film | draws and writes a recording while the speech plays |
//! | `disk` | projects, film files, recovery, settings | saves and loads them, keeps unsaved work |
//! | `export` | one film | draws and writes takes and films of scenes, one after the other |
//! | `watch` | a clip | reads it, asks a model about it, speaks for a preview |
//! | `driver` | the last movement | follows films, fits movements to the portrait |
//! | `camera-tracking` | a camera, one thread more | follows who sits before it |
//! | `cameras` | – | looks for cameras |
//! | `virtual-camera-drawing` | a virtual camera, one thread more | draws the stage for it |
//! | `virtual-cameras` | – | looks for virtual cameras |
//! | `dialog` | a file dialog | waits for the user |
//! | `voice-check` | – | reads the files of a voice model |
//! | `outside` | – | starts another program with a file |
//!
//! Stopping bumps a generation number that every running job compares with its own; events carry theirs, so that the
//! window drops what comes late.

mod behind;
mod camera_thread;
mod clip_film;
mod dialog;
mod disk_thread;
mod driver_thread;
mod event;
mod exporter;
mod pasted_picture;
mod portrait_thread;
mod recorder;
mod scene_film;
mod virtual_camera_thread;
mod voice_check;
mod watch_thread;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use anyhow::Context as _;
use crossbeam_channel::{Receiver, Sender, bounded};
use engine::text::UserDictionary;

use crate::window::settings::Settings;
use crate::window::state::{Dialog, DriveRequest};
use crate::window::texts::text;
use studio::avatar::PortraitChoice;
use studio::camera::CameraSource;
use studio::cancel::CancelToken;
use studio::compute::{Adapter, Compute};
use studio::output_path::file_name;
use studio::project::Project;
use studio::pronunciations::dictionary;
use studio::resources::Resources;
use studio::scenes::EditedFilm;
use studio::sound::microphone::OpenMicrophone;
use studio::speech::{SpeechMaker, SpeechRequest, SpeechService};
use studio::tracking::SeenNow;
use studio::voice_model::ModelVoiceFiles;

pub use clip_film::ClipFilmRequest;
pub use event::{Event, PortraitReady};
pub use exporter::ExportRequest;
pub use recorder::RecordingRequest;
pub use scene_film::{FilmEvent, SceneFilmRequest};
pub use virtual_camera_thread::{StageFrame, VirtualCameraRequest};
pub use voice_check::VoiceModelEvent;
pub use watch_thread::{WatchEvent, WatchRequest};

/// Events that may wait for the window, and commands that may wait for a thread. A full queue makes a worker wait.
const QUEUE_LENGTH: usize = 64;

/// How long the window waits for its threads when it closes.
const MAX_FAREWELL: Duration = Duration::from_secs(2);

/// Sends events to the window and wakes it.
#[derive(Clone)]
struct Reporter {
    events: Sender<Event>,
    wake: Arc<dyn Fn() + Send + Sync>,
}

impl Reporter {
    /// False if the window is gone.
    fn send(&self, event: Event) -> bool {
        let sent = self.events.send(event).is_ok();
        (self.wake)();
        sent
    }
}

enum FileJob {
    /// Take in a file that the user gave.
    Open(u64, PathBuf),
    /// Make a file of a picture that the user pasted.
    Keep(u64, Arc<egui::ColorImage>),
    /// Prepare the picture that the document names, with or without what is behind the people.
    Show(PortraitChoice, bool),
    /// Make a small picture for the gallery.
    Thumbnail(PathBuf),
}

/// What speech is made with, to begin it anew.
struct Speaking {
    models: PathBuf,
    compute: Compute,
    open_microphone: OpenMicrophone,
}

impl Speaking {
    /// Starts a service, which reports until `end`.
    fn start(
        &self,
        words: UserDictionary,
        reporter: &Reporter,
        end: CancelToken,
    ) -> anyhow::Result<SpeechService> {
        let reporter = reporter.clone();
        SpeechService::start(
            self.models.clone(),
            self.compute.clone(),
            Arc::clone(&self.open_microphone),
            Some(words).filter(|words| !words.is_empty()),
            move |event| !end.is_cancelled() && reporter.send(event::of_speech(event)),
        )
    }
}

/// The window's side of the threads.
pub struct Worker {
    /// None only while this value goes.
    speech: Option<SpeechService>,
    /// Begins speech anew; none where a test answers for the threads.
    speaking: Option<Speaking>,
    /// Makes the service that runs silent for good.
    speech_end: CancelToken,
    files: Sender<FileJob>,
    /// Files that were given; those up to the second number are no longer wanted.
    file_count: AtomicU64,
    unwanted_files: Arc<AtomicU64>,
    drives: Sender<driver_thread::Job>,
    /// Number of the newest drive that was asked for; 0 stops what runs.
    wanted_drive: Arc<AtomicU64>,
    drive_count: AtomicU64,
    /// Models for the camera's tracker; none where a test answers for the threads.
    tracking_models: Option<PathBuf>,
    /// The camera that is on.
    camera: Option<camera_thread::RunningCamera>,
    camera_count: u64,
    /// The virtual camera that is on.
    virtual_camera: Option<virtual_camera_thread::RunningVirtualCamera>,
    virtual_camera_count: u64,
    /// The thread of the one before, which may still have its way out.
    virtual_camera_before: Option<std::thread::JoinHandle<()>>,
    /// None only while this value goes.
    disk: Option<Sender<disk_thread::Job>>,
    disk_handle: Option<std::thread::JoinHandle<()>>,
    events: Receiver<Event>,
    reporter: Reporter,
    /// Ends the recordings that are being written.
    recording_stop: CancelToken,
    watches: Sender<watch_thread::Job>,
    watch_count: u64,
    /// Ends what is done about a clip.
    watch_stop: CancelToken,
    exports: Sender<exporter::Job>,
    export_count: u64,
    /// Ends the exports that run or wait.
    export_stops: BTreeMap<u64, CancelToken>,
    /// The last check of a voice model, and what ends it.
    voice_check: (u64, CancelToken),
    /// What every dialog begins as.
    dialog: rfd::FileDialog,
    /// Draws films; none where a test answers for the threads.
    gpu: Option<shaders::Gpu>,
}

/// Where the window keeps its own files.
#[derive(Clone, Debug)]
pub struct Folders {
    /// The settings file.
    pub settings: PathBuf,
    /// Folder for work that was not saved.
    pub recovery: PathBuf,
    /// Folder for pictures that were pasted.
    pub pasted: PathBuf,
}

impl Worker {
    /// Starts the threads; they begin to load at once. `gpu` is the window's device, `settings` say where and how speech is made, `wake` makes the window look at
    /// [`Self::poll`].
    pub fn start(
        resources: Resources,
        folders: Folders,
        gpu: shaders::Gpu,
        settings: &Settings,
        live_short_side_px: u32,
        open_microphone: OpenMicrophone,
        wake: impl Fn() + Send + Sync + 'static,
    ) -> anyhow::Result<Self> {
        let (files, file_queue) = bounded(QUEUE_LENGTH);
        let (drives, drive_queue) = bounded(QUEUE_LENGTH);
        let (disk, disk_queue) = bounded(QUEUE_LENGTH);
        let (event_sender, events) = bounded(QUEUE_LENGTH);
        let reporter = Reporter {
            events: event_sender,
            wake: Arc::new(wake),
        };
        let unwanted_files = Arc::new(AtomicU64::new(0));
        let portrait_thread = portrait_thread::PortraitThread {
            unwanted: Arc::clone(&unwanted_files),
            models: resources.models.clone(),
            pasted: folders.pasted.clone(),
            gpu: gpu.clone(),
            live_short_side_px,
            files: file_queue,
            reporter: reporter.clone(),
        };
        spawn("portrait", move || portrait_thread.run())?;
        let (exports, export_queue) = bounded(QUEUE_LENGTH);
        let export_thread = exporter::ExportThread {
            resources: resources.clone(),
            gpu: gpu.clone(),
            jobs: export_queue,
            reporter: reporter.clone(),
        };
        spawn("export", move || export_thread.run())?;
        let (watches, watch_queue) = bounded(QUEUE_LENGTH);
        let watch_thread = watch_thread::WatchThread {
            jobs: watch_queue,
            reporter: reporter.clone(),
        };
        spawn("watch", move || watch_thread.run())?;
        let wanted_drive = Arc::new(AtomicU64::new(0));
        let driver_thread = driver_thread::DriverThread {
            models: resources.models.clone(),
            jobs: drive_queue,
            wanted: Arc::clone(&wanted_drive),
            reporter: reporter.clone(),
        };
        spawn("driver", move || driver_thread.run())?;
        let compute = Compute {
            choice: settings.compute,
            adapter: Adapter::Of(gpu.clone()),
            measurements: Some(folders.settings.with_file_name("compute.json")),
            notify: {
                let reporter = reporter.clone();
                Arc::new(move |line| {
                    reporter.send(Event::Notice(line.to_owned()));
                })
            },
        };
        let tracking_models = Some(resources.models.clone());
        let speaking = Speaking {
            models: resources.models,
            compute,
            open_microphone,
        };
        let speech_end = CancelToken::new();
        let words = dictionary(&settings.pronunciations);
        let speech = speaking.start(words, &reporter, speech_end.clone())?;
        let disk_thread = disk_thread::DiskThread {
            folders,
            jobs: disk_queue,
            reporter: reporter.clone(),
        };
        let disk_handle = spawn("disk", move || disk_thread.run())?;
        Ok(Self {
            speech: Some(speech),
            speaking: Some(speaking),
            speech_end,
            files,
            file_count: AtomicU64::new(0),
            unwanted_files,
            drives,
            wanted_drive,
            drive_count: AtomicU64::new(0),
            tracking_models,
            camera: None,
            camera_count: 0,
            virtual_camera: None,
            virtual_camera_count: 0,
            virtual_camera_before: None,
            disk: Some(disk),
            disk_handle: Some(disk_handle),
            events,
            reporter,
            recording_stop: CancelToken::new(),
            watches,
            watch_count: 0,
            watch_stop: CancelToken::new(),
            exports,
            export_count: 0,
            export_stops: BTreeMap::new(),
            voice_check: (0, CancelToken::new()),
            dialog: rfd::FileDialog::new(),
            gpu: Some(gpu),
        })
    }

    fn gpu(&self) -> anyhow::Result<shaders::Gpu> {
        self.gpu.clone().context(text!("error-no-graphics"))
    }

    /// The next event, if one waits.
    pub fn poll(&self) -> Option<Event> {
        self.events.try_recv().ok()
    }

    /// Begins a speech in place of the one that runs. Returns its number, which its events carry.
    pub fn speak(
        &self,
        request: SpeechRequest,
        recording: Option<RecordingRequest>,
    ) -> anyhow::Result<u64> {
        let speech = self.speech.as_ref().context(text!("error-closing"))?;
        speech.speak(request, |generation, cancel| {
            let Some(recording) = recording else {
                return Ok(None);
            };
            let tap = recorder::start(
                recording,
                self.gpu()?,
                generation,
                cancel.clone(),
                self.recording_stop.clone(),
                self.reporter.clone(),
            )?;
            Ok(Some(tap))
        })
    }

    /// Says words as this dictionary does from the next speech on. The models are loaded anew, which [`Event::Ready`] tells.
    pub fn set_dictionary(&mut self, words: UserDictionary) -> anyhow::Result<()> {
        let Some(speaking) = &self.speaking else {
            return Ok(());
        };
        self.stop();
        let end = CancelToken::new();
        let speech = speaking.start(words, &self.reporter, end.clone())?;
        std::mem::replace(&mut self.speech_end, end).cancel();
        self.speech = Some(speech);
        Ok(())
    }

    /// Reads a dictionary; the answer arrives as [`Event::Dictionary`].
    pub fn read_dictionary(&self, path: PathBuf) -> anyhow::Result<()> {
        self.send_to_disk(disk_thread::Job::Dictionary(path))
    }

    /// Ends the running speech, and its recording unless that has all of the speech.
    pub fn stop(&self) {
        if let Some(speech) = &self.speech {
            speech.stop();
        }
    }

    /// Ends the recordings that are being written, also those of speeches that are complete.
    pub fn stop_recordings(&mut self) {
        std::mem::take(&mut self.recording_stop).cancel();
    }

    /// Ends what the microphone hears; the last of it still comes.
    pub fn end_listening(&self) {
        if let Some(speech) = &self.speech {
            speech.end_listening();
        }
    }

    /// Takes in a file that the user dropped or chose: a picture, a recording or a text. Returns its number, which
    /// [`Event::FileRead`] carries.
    pub fn open_file(&self, path: PathBuf) -> anyhow::Result<u64> {
        let number = self.file_count.fetch_add(1, Ordering::SeqCst) + 1;
        self.files
            .try_send(FileJob::Open(number, path))
            .context(text!("error-busy-file"))?;
        Ok(number)
    }

    /// Makes a file of a picture that was pasted, which [`Event::PictureKept`] names. Returns its number.
    pub fn keep_picture(&self, picture: Arc<egui::ColorImage>) -> anyhow::Result<u64> {
        let number = self.file_count.fetch_add(1, Ordering::SeqCst) + 1;
        self.files
            .try_send(FileJob::Keep(number, picture))
            .context(text!("error-busy-file"))?;
        Ok(number)
    }

    /// Lets go of the files that are being read.
    pub fn stop_reading(&self) {
        let count = self.file_count.load(Ordering::SeqCst);
        self.unwanted_files.store(count, Ordering::SeqCst);
    }

    /// Puts the picture that the document names on the stage, without its background if it is cut out.
    pub fn show_portrait(&self, choice: PortraitChoice, is_cut_out: bool) -> anyhow::Result<()> {
        self.files
            .try_send(FileJob::Show(choice, is_cut_out))
            .context(text!("error-busy-file"))
    }

    /// Follows a film or reads a movement, in place of the one before; the answer arrives as [`Event::Driver`].
    pub fn drive(&self, request: DriveRequest) -> anyhow::Result<()> {
        let number = self.drive_count.fetch_add(1, Ordering::SeqCst) + 1;
        self.wanted_drive.store(number, Ordering::SeqCst);
        self.drives
            .try_send(driver_thread::Job { number, request })
            .context(text!("error-busy-video"))
    }

    /// Ends the following of a film.
    pub fn forget_driver(&self) {
        self.wanted_drive.store(0, Ordering::SeqCst);
    }

    /// Looks for cameras; the answer arrives as [`Event::Cameras`].
    pub fn list_cameras(&self) -> anyhow::Result<()> {
        camera_thread::list(self.reporter.clone())
    }

    /// Switches a camera on, in place of the one that is on. Returns its number, which [`Event::CameraFailed`] carries.
    pub fn start_camera(&mut self, source: CameraSource, is_mirrored: bool) -> anyhow::Result<u64> {
        self.stop_camera();
        self.camera_count += 1;
        let number = self.camera_count;
        if let Some(models) = self.tracking_models.clone() {
            let reporter = self.reporter.clone();
            let running = camera_thread::start(number, models, source, is_mirrored, reporter)?;
            self.camera = Some(running);
        }
        Ok(number)
    }

    /// Switches the camera off.
    pub fn stop_camera(&mut self) {
        if let Some(camera) = self.camera.take() {
            camera.controls.stop.cancel();
        }
    }

    /// Takes the next second of who sits before the camera for their neutral face.
    pub fn set_neutral(&self) {
        if let Some(camera) = &self.camera {
            camera.controls.take_neutral();
        }
    }

    /// What the camera saw last, once.
    pub fn newest_sight(&self) -> Option<SeenNow> {
        self.camera.as_ref()?.seen.take()
    }

    /// Looks for virtual cameras; the answer arrives as [`Event::VirtualCameras`].
    pub fn list_virtual_cameras(&self) -> anyhow::Result<()> {
        virtual_camera_thread::list(self.reporter.clone())
    }

    /// Switches a virtual camera on, in place of the one that is on. Returns its number, which its events carry.
    pub fn start_virtual_camera(&mut self, request: VirtualCameraRequest) -> anyhow::Result<u64> {
        self.stop_virtual_camera();
        self.virtual_camera_count += 1;
        let number = self.virtual_camera_count;
        if let Some(gpu) = self.gpu.clone() {
            let before = self.virtual_camera_before.take();
            let reporter = self.reporter.clone();
            let running = virtual_camera_thread::start(number, request, gpu, before, reporter)?;
            self.virtual_camera = Some(running);
        }
        Ok(number)
    }

    /// Switches the virtual camera off.
    pub fn stop_virtual_camera(&mut self) {
        if let Some(camera) = self.virtual_camera.take() {
            self.virtual_camera_before = Some(camera.stop());
        }
    }

    /// Shows what is on the stage now, in place of a frame that was not drawn yet.
    pub fn show_to_virtual_camera(&self, frame: StageFrame) {
        if let Some(camera) = &self.virtual_camera {
            camera.frames.put(frame);
        }
    }

    /// Asks for a small version of a picture; a picture that cannot be read gives none.
    pub fn request_thumbnail(&self, path: PathBuf) -> anyhow::Result<()> {
        self.files
            .try_send(FileJob::Thumbnail(path))
            .context(text!("error-busy-picture"))
    }

    /// Lets dialogs belong to the window that is created.
    pub fn set_parent(&mut self, creation: &eframe::CreationContext<'_>) {
        self.dialog = std::mem::take(&mut self.dialog).set_parent(creation);
    }

    /// Shows one of the system's file dialogs, in the folder `last` if that is there; the answer arrives as [`Event::Chosen`].
    pub fn ask(&self, dialog: Dialog, last: Option<PathBuf>) -> anyhow::Result<()> {
        let reporter = self.reporter.clone();
        let empty = self.dialog.clone();
        spawn("dialog", move || {
            if let Some(path) = dialog::show(empty, &dialog, last) {
                reporter.send(Event::Chosen(dialog, path));
            }
        })?;
        Ok(())
    }

    /// Opens a file or a folder with the program that the system has for it.
    pub fn open_outside(&self, path: PathBuf) -> anyhow::Result<()> {
        let reporter = self.reporter.clone();
        spawn("outside", move || {
            if let Err(error) = open::that_detached(&path) {
                reporter.send(Event::Notice(text!(
                    "error-open-outside",
                    file = file_name(&path),
                    reason = error.to_string(),
                )));
            }
        })?;
        Ok(())
    }

    /// Saves a project in a folder.
    pub fn save_project(&self, folder: PathBuf, project: Box<Project>) -> anyhow::Result<()> {
        self.send_to_disk(disk_thread::Job::Save(folder, project))
    }

    /// Reads a project from its folder.
    pub fn load_project(&self, folder: PathBuf) -> anyhow::Result<()> {
        self.send_to_disk(disk_thread::Job::Load(folder))
    }

    /// Keeps unsaved work against a kill.
    pub fn keep_work(&self, project: Box<Project>) -> anyhow::Result<()> {
        self.send_to_disk(disk_thread::Job::Keep(project))
    }

    /// Lets go of the work that is kept: it is saved, or no longer wanted.
    pub fn forget_work(&self) -> anyhow::Result<()> {
        self.send_to_disk(disk_thread::Job::Forget)
    }

    /// Lets go of the work that an earlier program left.
    pub fn discard_left(&self, left: PathBuf) -> anyhow::Result<()> {
        self.send_to_disk(disk_thread::Job::Discard(left))
    }

    /// Writes the settings.
    pub fn save_settings(&self, settings: Settings) -> anyhow::Result<()> {
        self.send_to_disk(disk_thread::Job::Settings(Box::new(settings)))
    }

    /// Asks for the sound devices.
    pub fn list_devices(&self) -> anyhow::Result<()> {
        self.send_to_disk(disk_thread::Job::Devices)
    }

    fn send_to_disk(&self, job: disk_thread::Job) -> anyhow::Result<()> {
        self.disk
            .as_ref()
            .context(text!("error-closing"))?
            .try_send(job)
            .map_err(|_| anyhow::Error::msg(text!("error-busy-disk")))
    }

    /// Writes a take to files once those before it are written. Returns its number, which its events carry.
    pub fn export(&mut self, request: ExportRequest) -> anyhow::Result<u64> {
        self.send_export(exporter::Work::Take(Box::new(request)))
    }

    /// Writes the film of a clip that is told, as [`Self::export`] does.
    pub fn export_clip(&mut self, request: ClipFilmRequest) -> anyhow::Result<u64> {
        self.send_export(exporter::Work::Clip(Box::new(request)))
    }

    /// Writes the film of several scenes, as [`Self::export`] does.
    pub fn export_film(&mut self, request: SceneFilmRequest) -> anyhow::Result<u64> {
        self.send_export(exporter::Work::Scenes(Box::new(request)))
    }

    /// Reads a film's file; the answer arrives as [`Event::Film`].
    pub fn open_film(&self, path: PathBuf) -> anyhow::Result<()> {
        self.send_to_disk(disk_thread::Job::OpenFilm(path))
    }

    /// Saves a film's file; the answer arrives as [`Event::Film`].
    pub fn save_film(&self, path: PathBuf, film: EditedFilm) -> anyhow::Result<()> {
        self.send_to_disk(disk_thread::Job::SaveFilm(path, Box::new(film)))
    }

    /// What speaks, once it is loaded.
    pub fn maker(&self) -> Option<Arc<SpeechMaker>> {
        self.speech.as_ref().and_then(SpeechService::maker)
    }

    /// Does something about a clip, in place of what was done. Returns its number, which its events carry.
    pub fn watch(&mut self, request: WatchRequest) -> anyhow::Result<u64> {
        self.stop_watching();
        let number = self.watch_count + 1;
        let job = watch_thread::Job {
            number,
            request,
            stop: self.watch_stop.clone(),
        };
        let sent = self.watches.try_send(job);
        sent.map_err(|_| anyhow::Error::msg(text!("error-busy-video")))?;
        self.watch_count = number;
        Ok(number)
    }

    /// Ends what is done about a clip.
    pub fn stop_watching(&mut self) {
        std::mem::take(&mut self.watch_stop).cancel();
    }

    fn send_export(&mut self, work: exporter::Work) -> anyhow::Result<u64> {
        let number = self.export_count + 1;
        let stop = CancelToken::new();
        let job = exporter::Job {
            number,
            work,
            maker: self.maker(),
            stop: stop.clone(),
        };
        let sent = self.exports.try_send(job);
        sent.map_err(|_| anyhow::Error::msg(text!("error-busy-export")))?;
        self.export_count = number;
        self.export_stops.insert(number, stop);
        Ok(number)
    }

    /// Looks whether files make a voice, in place of the check before. Returns the number that its events carry.
    pub fn check_voice_model(&mut self, files: ModelVoiceFiles) -> anyhow::Result<u64> {
        self.stop_voice_check();
        let maker = self.speech.as_ref().and_then(SpeechService::maker);
        let maker = maker.context(text!("error-voices-loading"))?;
        let (number, cancel) = (self.voice_check.0 + 1, CancelToken::new());
        let reporter = self.reporter.clone();
        voice_check::start(number, files, maker, cancel.clone(), reporter)?;
        self.voice_check = (number, cancel);
        Ok(number)
    }

    /// Leaves the check of a voice model.
    pub fn stop_voice_check(&self) {
        self.voice_check.1.cancel();
    }

    /// Ends an export that runs or waits.
    pub fn stop_export(&mut self, number: u64) {
        if let Some(stop) = self.export_stops.remove(&number) {
            stop.cancel();
        }
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        // Running jobs end within one step; the threads end when their queues close.
        self.stop();
        self.stop_recordings();
        self.stop_voice_check();
        for stop in self.export_stops.values() {
            stop.cancel();
        }
        self.stop_reading();
        self.forget_driver();
        self.stop_camera();
        self.stop_virtual_camera();
        self.stop_watching();
        drop(self.disk.take());
        drop(self.speech.take());
        self.files = bounded(0).0;
        self.drives = bounded(0).0;
        self.exports = bounded(0).0;
        self.watches = bounded(0).0;
        let began = Instant::now();
        loop {
            // Events are thrown away, so that nobody waits for the window.
            while self.events.try_recv().is_ok() {}
            // What is on its way to the disk must arrive. The others hold the graphics driver, which must not be taken down under
            // them; a file dialog or a model that loads may take too long, though.
            let is_saved = self
                .disk_handle
                .as_ref()
                .is_none_or(std::thread::JoinHandle::is_finished);
            let is_alone = Arc::strong_count(&self.reporter.wake) == 1;
            if is_saved && (is_alone || began.elapsed() > MAX_FAREWELL) {
                return;
            }
            std::thread::sleep(Duration::from_millis(1));
        }
    }
}

fn spawn(
    name: &str,
    run: impl FnOnce() + Send + 'static,
) -> anyhow::Result<std::thread::JoinHandle<()>> {
    std::thread::Builder::new()
        .name(name.to_owned())
        .spawn(run)
        .with_context(|| text!("error-thread", name = name))
}

/// What the threads would do, for a test that answers in their place.
#[cfg(test)]
pub(super) struct Ends {
    pub speech: studio::speech::Requests,
    pub events: Sender<Event>,
    _files: Receiver<FileJob>,
    _drives: Receiver<driver_thread::Job>,
    _disk: Receiver<disk_thread::Job>,
    _exports: Receiver<exporter::Job>,
    _watches: Receiver<watch_thread::Job>,
}

#[cfg(test)]
impl Worker {
    /// A worker without threads, models and a graphics card.
    pub(super) fn detached() -> (Self, Ends) {
        let (speech, requests) = SpeechService::detached();
        let (files, file_queue) = bounded(QUEUE_LENGTH);
        let (drives, drive_queue) = bounded(QUEUE_LENGTH);
        let (disk, disk_queue) = bounded(QUEUE_LENGTH);
        let (exports, export_queue) = bounded(QUEUE_LENGTH);
        let (watches, watch_queue) = bounded(QUEUE_LENGTH);
        let (event_sender, events) = bounded(QUEUE_LENGTH);
        let worker = Self {
            speech: Some(speech),
            speaking: None,
            speech_end: CancelToken::new(),
            files,
            file_count: AtomicU64::new(0),
            unwanted_files: Arc::default(),
            drives,
            wanted_drive: Arc::default(),
            drive_count: AtomicU64::new(0),
            tracking_models: None,
            camera: None,
            camera_count: 0,
            virtual_camera: None,
            virtual_camera_count: 0,
            virtual_camera_before: None,
            disk: Some(disk),
            disk_handle: None,
            events,
            reporter: Reporter {
                events: event_sender.clone(),
                wake: Arc::new(|| ()),
            },
            recording_stop: CancelToken::new(),
            watches,
            watch_count: 0,
            watch_stop: CancelToken::new(),
            exports,
            export_count: 0,
            export_stops: BTreeMap::new(),
            voice_check: (0, CancelToken::new()),
            dialog: rfd::FileDialog::new(),
            gpu: None,
        };
        let ends = Ends {
            speech: requests,
            events: event_sender,
            _files: file_queue,
            _drives: drive_queue,
            _disk: disk_queue,
            _exports: export_queue,
            _watches: watch_queue,
        };
        (worker, ends)
    }
}
