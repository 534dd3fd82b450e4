//! What the threads report.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::Desk;
use crate::window::state::{
    Action, CameraAction, Dialog, Export, FilmFile, Progress, Readiness, Reading, Status, Use,
};
use crate::window::texts::text;
use crate::window::threads::{Event, PortraitReady};
use studio::media::formats::{Role, is_a};
use studio::media::write::VideoFormat;
use studio::output_path::{extension, file_name};
use studio::reference_voice::OwnVoice;

impl Desk {
    /// Takes what happened into the state; a portrait that is ready is for who draws it.
    pub(super) fn take_event(&mut self, event: Event) -> Option<PortraitReady> {
        match event {
            Event::Ready {
                voices,
                default_voice,
            } => {
                self.state.readiness = Readiness::Ready;
                if self.state.history.now.voice.is_empty() {
                    self.fill_in(|document| {
                        if document.voice.is_empty() {
                            document.voice.clone_from(&default_voice);
                        }
                    });
                }
                self.state.voices = voices;
            }
            Event::Unready(reason) => {
                self.stop();
                self.state.status = Status::problem(reason.clone());
                self.state.readiness = Readiness::Failed(reason);
            }
            Event::Notice(line) => self.state.status = Status::problem(line),
            Event::Portrait(ready) => {
                if ready.is_new {
                    self.portrait_given(&ready.stage.choice.path);
                }
                if self.state.use_now == Use::Film {
                    self.keep_in_gallery(&ready.stage.choice.path);
                }
                let is_first = self.state.stage.is_none();
                self.state.stage = Some(ready.stage.clone());
                match ready.stage.avatar.notices().last() {
                    Some(notice) => self.state.status = Status::note(notice.to_string()),
                    // What went wrong at the start of the program is no matter of the portrait's.
                    None if is_first && self.state.status.is_error => {}
                    None => self.state.status = Status::default(),
                }
                return Some(*ready);
            }
            Event::Thumbnail { path, image } => {
                if let Some(picture) = self
                    .state
                    .gallery
                    .iter_mut()
                    .find(|entry| entry.path == path)
                {
                    picture.thumbnail = Some(Arc::new(image));
                }
            }
            Event::SpeechProgress { generation, share } => {
                let making = self.state.transport.making.as_mut();
                if let Some(making) = making.filter(|making| making.generation == generation) {
                    making.progress.fraction = share;
                    if let Some(progress) = &mut self.state.recording.progress {
                        progress.fraction = share;
                    }
                }
            }
            Event::Chunk { generation, chunk } => {
                if let Some(making) = &mut self.state.transport.making
                    && making.generation == generation
                    && let Some(take) = self
                        .state
                        .all_takes
                        .iter_mut()
                        .find(|take| take.id == making.take)
                {
                    making.progress.fraction = chunk.fraction_done;
                    let began = making.progress.began;
                    let is_first = take.samples().is_empty();
                    Arc::make_mut(take).add(&chunk);
                    let made_secs = take.duration_secs();
                    self.measure_pace(began, made_secs, is_first);
                }
            }
            Event::SpeechComplete { generation } => {
                if self.is_making(generation) {
                    self.end_making();
                }
            }
            Event::SpeechFailed { generation, reason } => {
                if self.is_making(generation) {
                    self.stop();
                    self.state.status = Status::problem(reason);
                }
            }
            Event::RecordingProgress {
                generation: _,
                fraction,
            } => {
                if let Some(progress) = &mut self.state.recording.progress {
                    progress.fraction = fraction;
                }
            }
            Event::Recorded(path) => {
                self.state.status =
                    finished(text!("status-saved-video", file = file_name(&path)), &path);
                self.state.recording.progress = None;
                self.state.recording.last = Some(path);
            }
            Event::RecordingFailed { reason } => {
                self.state.recording.progress = None;
                self.state.status = match reason {
                    Some(reason) => Status::problem(reason),
                    None => Status::note(text!("status-recording-stopped").to_owned()),
                };
            }
            Event::ExportProgress { number, fraction } => {
                let mut exports = self.state.exports.iter_mut();
                if let Some(export) = exports.find(|export| export.number == number) {
                    let progress = export.progress.get_or_insert_with(Progress::begin);
                    progress.fraction = fraction;
                }
            }
            Event::Film(event) => self.take_film_event(event),
            Event::Watch(number, event) => self.take_watch_event(number, event),
            Event::Exported {
                number,
                files,
                notices,
            } => {
                self.take_export(number);
                if let Some(file) = files.first() {
                    let names: Vec<_> = files.iter().map(|file| file_name(file)).collect();
                    let line = text!("status-exported", files = names.join(", "));
                    let line = std::iter::once(line).chain(notices).collect::<Vec<_>>();
                    self.state.status = finished(line.join(": "), file);
                }
            }
            Event::ExportFailed {
                number,
                wrong: Some(error),
                ..
            } => {
                self.take_export(number);
                self.film_refused(error);
            }
            Event::ExportFailed { number, reason, .. } => {
                let export = self.take_export(number);
                self.state.status = match (reason, export) {
                    (Some(reason), Some(export)) => Status::problem(reason)
                        .about(&export.path)
                        .with_button(text!("action-export-elsewhere"), export.again),
                    (Some(reason), None) => Status::problem(reason),
                    (None, _) => Status::note(text!("status-export-stopped").to_owned()),
                };
            }
            driver @ (Event::DriverProgress(_)
            | Event::Driver { .. }
            | Event::DriverFailed { .. }) => self.take_driver_event(driver),
            Event::Cameras(devices) => self.cameras_listed(devices),
            Event::CameraFailed { number, reason } => self.camera_failed(number, reason),
            Event::VirtualCameras(outputs) => self.virtual_cameras_listed(outputs),
            Event::VirtualCameraStarted { number, size_px } => {
                self.virtual_camera_started(number, size_px);
            }
            Event::VirtualCameraFailed { number, reason } => {
                self.virtual_camera_failed(number, reason);
            }
            Event::ProjectLoaded(folder, project) => {
                if self.replace_project(Action::OpenProject(folder.clone()), false) {
                    self.project_loaded(folder, *project);
                }
            }
            Event::ProjectSaved(folder, project) => self.project_saved(folder, &project),
            Event::WorkLeft(path, project) => self.work_left(path, project),
            Event::Devices { outputs, inputs } => {
                self.state.devices = outputs;
                self.state.microphones = inputs;
            }
            Event::VoiceModel { number, event } => self.take_voice_model(number, event),
            Event::Dictionary(Ok(rows)) => {
                self.state.dictionary_problem = None;
                for row in rows {
                    let kept = &mut self.state.settings.pronunciations;
                    kept.retain(|other| other.written != row.written && !other.is_empty());
                    kept.push(row);
                }
            }
            Event::Dictionary(Err(reason)) => self.state.dictionary_problem = Some(reason),
            Event::DiskProblem(reason) => self.state.status = Status::problem(reason),
            Event::Chosen(dialog, path) => self.chosen(dialog, path),
            Event::Words(words) => {
                self.state.history.begin_step();
                self.state.history.now.words = words;
                self.state.status = Status::default();
            }
            Event::RecordingDropped(path) => self.begin_recording(path),
            Event::PictureKept(path) => {
                let action = self.state.use_of(path);
                self.act(action);
            }
            Event::FileRead(number) => {
                let is_it = |reading: &Reading| reading.number == number;
                if self.state.reading.as_ref().is_some_and(is_it) {
                    self.state.reading = None;
                }
            }
            Event::FileRefused { path, reason } => {
                let (words, dialog) = if is_a(&path, Role::Audio) {
                    (text!("action-other-clip"), Dialog::Recording)
                } else if is_a(&path, Role::Text) {
                    (text!("action-other-text"), Dialog::Text)
                } else if self.state.use_now == Use::Film {
                    let portrait = Dialog::Film(FilmFile::Portrait);
                    (text!("action-other-picture"), portrait)
                } else {
                    (text!("action-other-picture"), Dialog::Portrait)
                };
                self.state.status = Status::problem(reason)
                    .about(&path)
                    .with_button(words, Action::Ask(dialog));
            }
        }
        None
    }

    /// A voice was chosen for cloning; the panel asks for its transcript and for permission.
    fn voice_given(&mut self, recording: PathBuf) {
        let document = &mut self.state.history.now;
        document.model_voice = None;
        document.own_voice = Some(OwnVoice {
            recording,
            ..OwnVoice::default()
        });
    }

    fn is_making(&self, generation: u64) -> bool {
        self.state
            .transport
            .making
            .is_some_and(|making| making.generation == generation)
    }

    /// An export that has come to its end; returns it.
    fn take_export(&mut self, number: u64) -> Option<Export> {
        self.worker.stop_export(number);
        let exports = &mut self.state.exports;
        let index = exports.iter().position(|export| export.number == number)?;
        Some(exports.remove(index))
    }

    fn chosen(&mut self, dialog: Dialog, path: PathBuf) {
        if let Some(folder) = path.parent() {
            let folders = &mut self.state.settings.last_folders;
            folders.insert(dialog.kind(), folder.to_path_buf());
        }
        match dialog {
            Dialog::SaveProject(_) => self.act(Action::SaveIn(path)),
            Dialog::Export(ref name) => self.act(Action::ExportTo(with_ending_of(name, path))),
            Dialog::ClipFilm(ref name) => self.act(Action::FilmClip(with_ending_of(name, path))),
            Dialog::Film(ref file) => {
                let path = match file {
                    FilmFile::Save(name) | FilmFile::Export(name) => with_ending_of(name, path),
                    _ => path,
                };
                self.film_file_chosen(file, path);
            }
            Dialog::OpenProject => self.act(Action::OpenProject(path)),
            Dialog::Driver => self.driver_given(path),
            Dialog::Camera => self.act(Action::Camera(CameraAction::ChooseFile(path))),
            Dialog::Voice => self.voice_given(path),
            Dialog::Dictionary => {
                if let Err(error) = self.worker.read_dictionary(path) {
                    self.state.status = Status::error(&error);
                }
            }
            Dialog::Clip => self.act(Action::WatchClip(path)),
            Dialog::ModelFolder => self.state.settings.watch.model_folder = Some(path),
            Dialog::KeyFile => self.state.settings.watch.key_file = Some(path),
            Dialog::VoiceModel(file) => self.state.voice_model_form.choose(file, &path),
            Dialog::Portrait | Dialog::Recording | Dialog::Text => {
                self.act(Action::Open(path));
            }
        }
    }
}

/// Some dialogs leave the ending of what was named to the program.
fn with_ending_of(name: &str, path: PathBuf) -> PathBuf {
    let ending = extension(Path::new(name));
    if ending.is_empty() || extension(&path) == ending {
        return path;
    }
    path.with_file_name(format!("{}.{ending}", file_name(&path)))
}

/// A file is written: what can be done with it now.
fn finished(line: String, file: &Path) -> Status {
    let format = VideoFormat::of(file);
    let open = match format.is_some_and(|format| format != VideoFormat::Pictures) {
        true => text!("action-play"),
        false => text!("action-open"),
    };
    Status::news(line)
        .with_button(open, Action::OpenOutside(file.to_owned()))
        .with_button(
            text!("action-show-in-folder"),
            Action::ShowInFolder(file.to_owned()),
        )
        .with_button(text!("action-copy-path"), Action::CopyPath(file.to_owned()))
}
