//! The threads behind the window: commands in, events out; nothing slow ever runs on the thread that draws.
//!
//! | thread | owns | does |
//! | --- | --- | --- |
//! | `speech` | the models of speech | loads them, speaks, animates: [`SpeechService`] |
//! | `portrait` | the portrait models | reads dropped files, prepares portraits for drawing |
//! | `recorder` | one film | draws and writes a recording while the speech plays |
//! | `disk` | projects, recovery, settings | saves and loads them, keeps unsaved work |
//! | `export` | one film | draws and writes a take |
//! | `driver` | the last movement | follows films, fits movements to the portrait |
//! | `dialog` | a file dialog | waits for the user |
//!
//! Stopping bumps a generation number that every running job compares with its own; events carry theirs, so that the
//! window drops what comes late.

mod behind;
mod dialog;
mod disk_thread;
mod driver_thread;
mod exporter;
mod portrait_thread;
mod recorder;

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use anyhow::Context as _;
use crossbeam_channel::{Receiver, Sender, bounded};
use engine::SpeechChunk;
use engine::motion::Driver;

use crate::window::settings::Settings;
use crate::window::state::{Dialog, DriveRequest, Stage, Thumbnail};
use crate::window::texts::text;
use studio::avatar::Avatar;
use studio::avatar::PortraitChoice;
use studio::cancel::CancelToken;
use studio::compute::{Adapter, Choice, Compute};
use studio::look::Look;
use studio::project::Project;
use studio::resources::Resources;
use studio::sound::microphone::OpenMicrophone;
use studio::speech::{SpeechEvent, SpeechRequest, SpeechService};
use studio::wording::one_line;

pub use exporter::ExportRequest;

/// Events that may wait for the window, and commands that may wait for a thread. A full queue makes a worker wait.
const QUEUE_LENGTH: usize = 64;

/// How long the window waits for its threads when it closes.
const MAX_FAREWELL: Duration = Duration::from_secs(2);

/// Where and as whom a speech is recorded.
#[derive(Clone, Debug)]
pub struct RecordingRequest {
    /// The file to write.
    pub output: PathBuf,
    /// Who moves.
    pub people: Vec<Arc<Avatar>>,
    /// Who of them speaks what is no dialogue.
    pub speaker: usize,
    /// Whether they speak in turns.
    pub is_dialogue: bool,
    /// Size, background and how the face behaves.
    pub look: Look,
    /// What drives the face beside the voice.
    pub driver: Option<Arc<Driver>>,
    /// What the film has to say beside that a machine made it.
    pub remark: Option<&'static str>,
    /// Seed of the idle life.
    pub seed: u64,
}

/// What happened, for the window.
#[derive(Debug)]
pub enum Event {
    /// The synthesizer is loaded and has these voices.
    Ready {
        /// Names of the voices.
        voices: Vec<String>,
        /// Who speaks when nobody is chosen.
        default_voice: String,
    },
    /// The synthesizer cannot be loaded; speaking will not work.
    Unready(String),
    /// Something goes on, but otherwise than before: one line.
    Notice(String),
    /// A portrait is ready to be drawn.
    Portrait(Box<PortraitReady>),
    /// A small picture for the gallery was read.
    Thumbnail {
        /// The picture it was made from.
        path: PathBuf,
        /// The middle of the picture, small.
        image: Thumbnail,
    },
    /// A piece of speech is ready to be played.
    Chunk {
        /// Job that it belongs to.
        generation: u64,
        /// The piece, shared with the recorder.
        chunk: Arc<SpeechChunk>,
    },
    /// The last piece of a speech was sent.
    SpeechComplete {
        /// Job that it belongs to.
        generation: u64,
    },
    /// A speech failed.
    SpeechFailed {
        /// Job that it belongs to.
        generation: u64,
        /// Reason, one line.
        reason: String,
    },
    /// So much of a recording is written, 0 to 1.
    RecordingProgress {
        /// Job that it belongs to.
        generation: u64,
        /// 0 to 1.
        fraction: f32,
    },
    /// A recording is complete, under its final name.
    Recorded(PathBuf),
    /// A recording failed or was cancelled; no file was left.
    RecordingFailed {
        /// Reason, one line; none if the user cancelled it.
        reason: Option<String>,
    },
    /// So much of an export is written, 0 to 1.
    ExportProgress(f32),
    /// An export is complete: what was written.
    Exported(Vec<PathBuf>),
    /// An export failed; no reason if the user cancelled it. No file was left.
    ExportFailed {
        /// Reason, one line.
        reason: Option<String>,
    },
    /// So much of a film is followed, 0 to 1.
    DriverProgress(f32),
    /// A film or movement is ready to drive.
    Driver {
        /// What was asked for.
        request: Box<DriveRequest>,
        /// What drives.
        driver: Arc<Driver>,
        /// What is to be said about the film: gaps, several faces.
        notice: Option<String>,
    },
    /// A film or movement cannot drive.
    DriverFailed {
        /// What was asked for.
        request: Box<DriveRequest>,
        /// Reason, one line.
        reason: String,
    },
    /// A project was read from this folder.
    ProjectLoaded(PathBuf, Box<Project>),
    /// The project is saved in this folder, as it was when saving began.
    ProjectSaved(PathBuf, Box<Project>),
    /// An earlier program left this work; where it lies and what it is.
    WorkLeft(PathBuf, Box<Project>),
    /// The sound devices that can be chosen.
    Devices {
        /// For sound that comes out.
        outputs: Vec<String>,
        /// Microphones.
        inputs: Vec<String>,
    },
    /// Something about files went wrong; one line.
    DiskProblem(String),
    /// The user chose a file or folder in a dialog.
    Chosen(Dialog, PathBuf),
    /// Words from a dropped text file.
    Words(String),
    /// A recording of speech was dropped.
    RecordingDropped(PathBuf),
    /// A dropped or chosen file cannot be used; the reason in one line.
    FileRefused(String),
}

/// A portrait, prepared for the window.
pub struct PortraitReady {
    /// The portrait.
    pub stage: Stage,
    /// Whether the user gave this picture just now; else the document named it, perhaps some edits ago.
    pub is_new: bool,
    /// Draws it on the window's own device.
    pub renderer: shaders::GroupRenderer,
}

impl std::fmt::Debug for PortraitReady {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("PortraitReady")
            .field("choice", &self.stage.choice)
            .finish_non_exhaustive()
    }
}

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
    Open(PathBuf),
    /// Prepare the picture that the document names.
    Show(PortraitChoice),
    /// Make a small picture for the gallery.
    Thumbnail(PathBuf),
}

/// The window's side of the threads.
pub struct Worker {
    /// None only while this value goes.
    speech: Option<SpeechService>,
    files: Sender<FileJob>,
    drives: Sender<driver_thread::Job>,
    /// Number of the newest drive that was asked for; 0 stops what runs.
    wanted_drive: Arc<AtomicU64>,
    drive_count: AtomicU64,
    /// None only while this value goes.
    disk: Option<Sender<disk_thread::Job>>,
    disk_handle: Option<std::thread::JoinHandle<()>>,
    events: Receiver<Event>,
    reporter: Reporter,
    /// Ends the recordings that are being written.
    recording_stop: CancelToken,
    /// Ends the export that runs.
    export_stop: CancelToken,
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
}

impl Worker {
    /// Starts the threads; they begin to load at once. `gpu` is the window's device, `compute` says where speech is made, `wake` makes the window look at
    /// [`Self::poll`].
    pub fn start(
        resources: Resources,
        folders: Folders,
        gpu: shaders::Gpu,
        compute: Choice,
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
        let portrait_thread = portrait_thread::PortraitThread {
            models: resources.models.clone(),
            gpu: gpu.clone(),
            live_short_side_px,
            files: file_queue,
            reporter: reporter.clone(),
        };
        spawn("portrait", move || portrait_thread.run())?;
        let wanted_drive = Arc::new(AtomicU64::new(0));
        let driver_thread = driver_thread::DriverThread {
            models: resources.models.clone(),
            jobs: drive_queue,
            wanted: Arc::clone(&wanted_drive),
            reporter: reporter.clone(),
        };
        spawn("driver", move || driver_thread.run())?;
        let compute = Compute {
            choice: compute,
            adapter: Adapter::Of(gpu.clone()),
            measurements: Some(folders.settings.with_file_name("compute.json")),
            notify: {
                let reporter = reporter.clone();
                Arc::new(move |line| {
                    reporter.send(Event::Notice(line.to_owned()));
                })
            },
        };
        let speech = SpeechService::start(resources.models, compute, open_microphone, {
            let reporter = reporter.clone();
            move |event| reporter.send(of_speech(event))
        })?;
        let disk_thread = disk_thread::DiskThread {
            folders,
            jobs: disk_queue,
            reporter: reporter.clone(),
        };
        let disk_handle = spawn("disk", move || disk_thread.run())?;
        Ok(Self {
            speech: Some(speech),
            files,
            drives,
            wanted_drive,
            drive_count: AtomicU64::new(0),
            disk: Some(disk),
            disk_handle: Some(disk_handle),
            events,
            reporter,
            recording_stop: CancelToken::new(),
            export_stop: CancelToken::new(),
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

    /// Takes in a file that the user dropped or chose: a picture, a recording or a text.
    pub fn open_file(&self, path: PathBuf) -> anyhow::Result<()> {
        self.files
            .try_send(FileJob::Open(path))
            .context(text!("error-busy-file"))
    }

    /// Puts the picture that the document names on the stage.
    pub fn show_portrait(&self, choice: PortraitChoice) -> anyhow::Result<()> {
        self.files
            .try_send(FileJob::Show(choice))
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

    /// Asks for a small version of a picture; a picture that cannot be read gives none.
    pub fn request_thumbnail(&self, path: PathBuf) -> anyhow::Result<()> {
        self.files
            .try_send(FileJob::Thumbnail(path))
            .context(text!("error-busy-picture"))
    }

    /// Shows one of the system's file dialogs; the answer arrives as [`Event::Chosen`].
    pub fn ask(&self, dialog: Dialog) -> anyhow::Result<()> {
        let reporter = self.reporter.clone();
        spawn("dialog", move || {
            if let Some(path) = dialog::show(&dialog) {
                reporter.send(Event::Chosen(dialog, path));
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

    /// Writes a take to files, one export at a time.
    pub fn export(&mut self, request: ExportRequest) -> anyhow::Result<()> {
        self.stop_export();
        self.export_stop = CancelToken::new();
        let maker = self.speech.as_ref().and_then(SpeechService::maker);
        exporter::start(
            request,
            maker,
            self.gpu()?,
            self.export_stop.clone(),
            self.reporter.clone(),
        )
    }

    /// Ends the export that runs.
    pub fn stop_export(&self) {
        self.export_stop.cancel();
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        // Running jobs end within one step; the threads end when their queues close.
        self.stop();
        self.stop_recordings();
        self.stop_export();
        self.forget_driver();
        drop(self.disk.take());
        drop(self.speech.take());
        self.files = bounded(0).0;
        self.drives = bounded(0).0;
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

/// What the speech service reports, in the window's words.
fn of_speech(event: SpeechEvent) -> Event {
    match event {
        SpeechEvent::Ready {
            voices,
            default_voice,
        } => Event::Ready {
            voices,
            default_voice,
        },
        SpeechEvent::Unready(error) => Event::Unready(one_line(&error)),
        SpeechEvent::Chunk { number, chunk } => Event::Chunk {
            generation: number,
            chunk,
        },
        SpeechEvent::Complete { number } => Event::SpeechComplete { generation: number },
        SpeechEvent::Failed { number, error } => Event::SpeechFailed {
            generation: number,
            reason: one_line(&error),
        },
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
}

#[cfg(test)]
impl Worker {
    /// A worker without threads, models and a graphics card.
    pub(super) fn detached() -> (Self, Ends) {
        let (speech, requests) = SpeechService::detached();
        let (files, file_queue) = bounded(QUEUE_LENGTH);
        let (drives, drive_queue) = bounded(QUEUE_LENGTH);
        let (disk, disk_queue) = bounded(QUEUE_LENGTH);
        let (event_sender, events) = bounded(QUEUE_LENGTH);
        let worker = Self {
            speech: Some(speech),
            files,
            drives,
            wanted_drive: Arc::default(),
            drive_count: AtomicU64::new(0),
            disk: Some(disk),
            disk_handle: None,
            events,
            reporter: Reporter {
                events: event_sender.clone(),
                wake: Arc::new(|| ()),
            },
            recording_stop: CancelToken::new(),
            export_stop: CancelToken::new(),
            gpu: None,
        };
        let ends = Ends {
            speech: requests,
            events: event_sender,
            _files: file_queue,
            _drives: drive_queue,
            _disk: disk_queue,
        };
        (worker, ends)
    }
}
