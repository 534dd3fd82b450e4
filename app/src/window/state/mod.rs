//! What the window shows: plain state that panels draw and the window's code changes.

mod action;
mod camera;
mod debug_view;
mod dialog;
mod driver_state;
mod export;
mod film;
mod session;
pub mod shortcuts;
mod stage;
mod status;
mod transport;
mod virtual_camera;
mod voice_model_form;
mod voice_search;
mod watch;
mod word_edit;
mod word_marks;

use std::collections::VecDeque;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use crate::window::settings::Settings;
use crate::window::texts::text;
use engine::model_files::ModelFile;
use studio::avatar::COMPANY;
use studio::dialogue::{Dialogue, ScriptError, is_dialogue};
use studio::fitting_voices::FittingVoices;
use studio::look::Look;
use studio::media::formats::{Role, is_a};
use studio::output_path::{file_name, file_stem};
use studio::project::Project;
use studio::project::document::{Document, History};
use studio::take::Take;
use studio::wording::capitalised;

pub use crate::window::export_choices::{ExportGroup, ExportKind};
pub use crate::window::uses::Use;
pub use action::Action;
pub use camera::{CameraAction, CameraPhase, CameraState};
pub use debug_view::{DebugView, Measured};
pub use dialog::Dialog;
pub use driver_state::{DriveRequest, DriverState};
pub use export::Export;
pub use film::{FilmAction, FilmFile, FilmPart, FilmProblem, FilmState};
pub use session::Session;
pub use stage::Stage;
pub use status::{Place, Status};
pub use transport::{Line, LivePlayhead, Making, Playing, Preview, Previewed, Transport};
pub use virtual_camera::{VirtualCameraAction, VirtualCameraPhase, VirtualCameraState};
pub use voice_model_form::{VoiceModelAction, VoiceModelFile, VoiceModelForm};
pub use voice_search::{Accent, Sex, VoiceName, VoiceSearch};
pub use watch::{ClipPicture, WatchState, WatchStep, WatchWork, WatchedClip};
pub use word_edit::WordEdit;
pub use word_marks::{WordMarks, places, spoken_words, words_in};

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

/// A file of the user's that is being read.
#[derive(Clone, Debug)]
pub struct Reading {
    /// Of the worker.
    pub number: u64,
    /// The file.
    pub path: PathBuf,
    /// Since when.
    pub began: Instant,
}

impl Reading {
    /// Begins now.
    pub fn begun(number: u64, path: PathBuf) -> Self {
        Self {
            number,
            path,
            began: Instant::now(),
        }
    }
}

/// A portrait to choose, small.
pub struct GalleryPicture {
    /// The picture's file.
    pub path: PathBuf,
    /// What a screen reader calls it.
    pub name: String,
    /// Whether the user gave it.
    pub is_own: bool,
    /// The small picture, once it is read.
    pub thumbnail: Option<Arc<Thumbnail>>,
}

/// A small square picture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Thumbnail {
    /// Width and height.
    pub side_px: usize,
    /// Four bytes for each pixel, row by row.
    pub rgba: Vec<u8>,
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
    /// Voices: listen, search, choose.
    Voices,
    /// A voice model to add.
    VoiceModel,
    /// Words that are said as the user wants them.
    Pronunciations,
    /// Settings.
    Settings,
    /// The stage as a camera of the system.
    VirtualCamera,
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

/// Everything that the panels show.
pub struct State {
    /// The portrait on the stage, once it is ready.
    pub stage: Option<Stage>,
    /// What the user edits.
    pub history: History,
    /// Whether the next speech is also recorded.
    pub record: bool,
    /// Names of the voices, the default first.
    pub voices: Vec<String>,
    /// Which of them fits which portrait.
    pub fitting_voices: FittingVoices,
    /// What is looked for among the voices.
    pub voice_search: VoiceSearch,
    /// A voice model that is being added.
    pub voice_model_form: VoiceModelForm,
    /// The portraits that came with the program and those that the user gave.
    pub gallery: Vec<GalleryPicture>,
    /// How far the synthesizer is.
    pub readiness: Readiness,
    /// The running or last recording.
    pub recording: RecordingState,
    /// Takes that are written to files or wait for it, in this order.
    pub exports: Vec<Export>,
    /// The file that is being read.
    pub reading: Option<Reading>,
    /// What happened last.
    pub status: Status,
    /// What the user set.
    pub settings: Settings,
    /// The sound devices that can be chosen.
    pub devices: Vec<String>,
    /// The microphones that can be chosen.
    pub microphones: Vec<String>,
    /// All takes, also those that were put away, the oldest first.
    pub all_takes: Vec<Arc<Take>>,
    /// Which take is in the timeline, and where.
    pub transport: Transport,
    /// Lines that wait to be spoken.
    pub queue: VecDeque<Line>,
    /// What drives the face.
    pub driver: DriverState,
    /// Who sits before the camera and drives the face.
    pub camera: CameraState,
    /// The camera of the system that shows the stage.
    pub virtual_camera: VirtualCameraState,
    /// The script against the words of the take in the timeline.
    pub word_edit: WordEdit,
    /// Why a dictionary could not be taken over.
    pub dictionary_problem: Option<String>,
    /// The clip that is watched.
    pub watch: WatchState,
    /// What is shown of the film of several scenes.
    pub film: FilmState,
    /// What the window is used for now.
    pub use_now: Use,
    /// Whether the stage has a window of its own, too.
    pub is_stage_window_open: bool,
    /// The page over the window.
    pub page: Option<Page>,
    /// The project on the table.
    pub session: Session,
    /// Name of the graphics adapter that draws.
    pub adapter: String,
    /// The debug view, while it is open.
    pub debug: Option<DebugView>,
    /// What the models are, or why that is not known.
    pub model_files: Result<Vec<ModelFile>, String>,
}

impl State {
    /// How a film of now looks, in a format that may have no alpha.
    pub fn film_look(&self, has_alpha: bool) -> Look {
        let life = self.history.now.life;
        self.settings.export.look(life, has_alpha)
    }

    /// The part of the picture on the stage that an export shows: left, top, width and height as shares of the picture, beyond which it
    /// may reach. None for all of it, and where nothing is exported.
    pub fn export_frame(&self) -> Option<[f32; 4]> {
        let stage = self.stage.as_ref()?;
        let (framing, size_px) = match self.use_now {
            Use::Film => (self.scene()?.framing, self.edited_film()?.film.size_px()),
            Use::Export if self.settings.export.kind.has_picture() => {
                let size_px = self.film_look(false).size_px(stage.people());
                (self.settings.export.framing, size_px)
            }
            _ => return None,
        };
        if framing.is_whole_picture() {
            return None;
        }
        let picture = stage.avatar.picture_size_px();
        let faces: Vec<[f32; 4]> = stage.people().iter().map(|one| one.face_px()).collect();
        let region = framing.region(picture, &faces, size_px);
        let [width, height] = [picture.0, picture.1].map(f64::from);
        Some(
            [
                region.x / width,
                region.y / height,
                region.width / width,
                region.height / height,
            ]
            .map(|share| share as f32),
        )
    }

    /// The dialogue that a text is, if it is one and the picture shows several people.
    pub fn dialogue_in(&self, text: &str) -> Option<Result<Dialogue, ScriptError>> {
        let faces = self.stage.as_ref()?.avatar.face_boxes().len();
        (faces > 1 && is_dialogue(text)).then(|| Dialogue::parse(text))
    }

    /// Whether everybody in this picture has to move: those who do not speak live, too, unless there are many and there is no dialogue that
    /// is written, waits, or is in the timeline.
    pub fn needs_everybody(&self, picture: &Path) -> bool {
        let Some(stage) = self
            .stage
            .as_ref()
            .filter(|stage| stage.choice.path == picture)
        else {
            return false;
        };
        let mut texts = std::iter::once(&self.history.now.words)
            .chain(self.queue.iter().map(|line| &line.text));
        let faces = stage.avatar.face_boxes().len();
        COMPANY.contains(&faces)
            || faces > 1
                && (texts.any(|text| is_dialogue(text))
                    || self
                        .selected_take()
                        .is_some_and(|take| !take.turns.is_empty()))
    }

    /// Whether those who speak the line that waits longest are on the stage.
    pub fn is_stage_ready_for_queue(&self) -> bool {
        self.is_everybody_on_stage()
            || self
                .queue
                .front()
                .is_none_or(|line| self.dialogue_in(&line.text).is_none())
    }

    /// Whether everybody in the picture moves.
    pub fn is_everybody_on_stage(&self) -> bool {
        let stage = self.stage.as_ref();
        stage.is_some_and(|stage| stage.everybody.is_some())
    }

    /// Whether the microphone is open.
    pub fn is_listening(&self) -> bool {
        self.transport.live.is_some()
    }

    /// The take whose face is to be seen now, and which of its frames; no frame while it waits for its first sound.
    pub fn shown(&self) -> Option<(&Take, Option<usize>)> {
        let transport = &self.transport;
        let scrubbed = transport.selected.filter(|_| transport.is_scrubbing);
        let live = transport.live.as_ref().zip(transport.making.as_ref());
        let id = live
            .map(|(_, making)| making.take)
            .or(transport.playing.map(|playing| playing.take))
            .or(scrubbed)?;
        let take = self.all_takes.iter().find(|take| take.id == id)?;
        let secs = match live {
            Some((live, _)) => live.secs(),
            None if transport.is_scrubbing => Some(transport.playhead_secs),
            None => transport
                .playing
                .filter(|playing| playing.is_heard)
                .map(|playing| match &transport.preview {
                    Some(preview) if preview.take == playing.take => preview.secs,
                    _ => transport.playhead_secs,
                }),
        };
        Some((take, secs.map(|secs| take.frame_at(secs))))
    }

    /// Whether a speech is being made or played.
    pub fn is_speaking(&self) -> bool {
        self.transport.making.is_some() || self.transport.playing.is_some()
    }

    /// The takes that are not put away, the oldest first.
    pub fn takes(&self) -> impl DoubleEndedIterator<Item = &Arc<Take>> {
        let put_away = &self.history.now.put_away;
        let preview = self.transport.preview.as_ref().map(|preview| preview.take);
        self.all_takes
            .iter()
            .filter(move |take| !put_away.contains(&take.id) && Some(take.id) != preview)
    }

    /// The voice that fits the portrait on the stage.
    pub fn fitting_voice(&self) -> Option<&str> {
        self.fitting_voices.of(&self.stage.as_ref()?.choice.path)
    }

    /// The take in the timeline.
    pub fn selected_take(&self) -> Option<&Arc<Take>> {
        let id = self.transport.selected?;
        self.takes().find(|take| take.id == id)
    }

    /// What is done with a file that was given: dropped or pasted.
    pub fn use_of(&self, path: PathBuf) -> Action {
        match self.use_now {
            Use::Watch if is_a(&path, Role::Video) => Action::WatchClip(path),
            Use::Film if is_a(&path, Role::Portrait) => Action::Film(FilmAction::Portrait(path)),
            Use::Film if is_a(&path, Role::Audio) => Action::Film(FilmAction::Music(path)),
            _ => Action::Open(path),
        }
    }

    /// Compares the script with the take in the timeline, if one of them is new.
    pub fn follow_words(&mut self) {
        let take = self.selected_take().cloned();
        let script = &self.history.now.words;
        self.word_edit.follow(take.as_deref(), script);
    }

    /// The sentence at the playhead, in bytes of what is said in the take in the timeline.
    pub fn sentence_at_playhead(&self) -> Option<Range<usize>> {
        let take = self.selected_take()?;
        self.word_edit
            .sentence_at(take, self.transport.playhead_secs)
    }

    /// Whether words of the take in the timeline can be generated again.
    pub fn can_regenerate(&self) -> bool {
        let is_complete = self.selected_take().is_some_and(|take| take.is_complete);
        is_complete && (self.word_edit.is_changed() || self.sentence_at_playhead().is_some())
    }

    /// The project's name for people.
    pub fn project_name(&self) -> String {
        self.session
            .folder
            .as_deref()
            .map_or_else(|| text!("project-untitled").to_owned(), file_name)
    }

    /// What the window's title says: the project, and whether it has to be saved.
    pub fn title(&self) -> String {
        let project = self.project_name();
        match self.is_unsaved() {
            true => text!("title-unsaved", project = project),
            false => text!("title", project = project),
        }
    }

    /// Whether something would be lost if the project were closed without saving.
    pub fn is_unsaved(&self) -> bool {
        self.savable() != self.session.saved
    }

    /// Work that an earlier run left.
    pub fn left_work(&self) -> Option<&Project> {
        self.session
            .left
            .as_ref()
            .map(|(_, project)| project.as_ref())
    }

    /// Document and takes as a project holds them.
    pub fn savable(&self) -> (Document, Vec<u64>) {
        let takes = self.takes().filter(|take| take.is_complete);
        (
            self.history.now.clone(),
            takes.map(|take| take.id).collect(),
        )
    }
}

impl GalleryPicture {
    /// A picture whose thumbnail is not read yet.
    pub fn new(path: PathBuf, is_own: bool) -> Self {
        let name = person_name(&file_stem(&path));
        Self {
            path,
            name,
            is_own,
            thumbnail: None,
        }
    }
}

/// `grace_hopper` as one writes it: Grace Hopper.
fn person_name(stem: &str) -> String {
    stem.split(['_', '-'])
        .map(capitalised)
        .collect::<Vec<String>>()
        .join(" ")
}
