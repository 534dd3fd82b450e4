//! The project on the table: steps back and forth, saving, and what is kept against a kill.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::{Action, App, Page, Status, file_name};
use crate::document::{Document, History};
use crate::project::Project;
use crate::settings::Settings;
use crate::take::Take;
use crate::worker::Dialog;

/// Unsaved work is kept this long after the first edit that is not kept yet.
const KEEP_AFTER_SECS: f64 = 1.0;

/// What is saved, what is kept, and what is waited for.
#[derive(Debug)]
pub struct Session {
    /// Where the project was saved last.
    pub folder: Option<PathBuf>,
    /// Work that an earlier run left, until it is answered.
    pub left: Option<(PathBuf, Box<Project>)>,
    default_portrait: Option<PathBuf>,
    /// Document and takes as they were saved, or as they were when nothing was done yet.
    saved: (Document, Vec<u64>),
    /// As they were kept last.
    kept: (Document, Vec<u64>),
    unkept_since_secs: Option<f64>,
    settings_saved: Settings,
    /// The picture that the portrait thread was asked for.
    asked_portrait: Option<PathBuf>,
    /// What to do once the project is saved.
    after_save: Option<Action>,
}

impl Session {
    pub(super) fn new(
        document: Document,
        default_portrait: Option<PathBuf>,
        settings: Settings,
    ) -> Self {
        Self {
            folder: None,
            left: None,
            default_portrait,
            saved: (document.clone(), Vec::new()),
            kept: (document, Vec::new()),
            unkept_since_secs: None,
            settings_saved: settings,
            asked_portrait: None,
            after_save: None,
        }
    }
}

impl App {
    /// The project's name for people.
    pub fn project_name(&self) -> String {
        self.session
            .folder
            .as_deref()
            .map_or_else(|| "Untitled".to_owned(), file_name)
    }

    /// Whether something would be lost if the project were closed without saving.
    pub fn is_unsaved(&self) -> bool {
        self.state() != self.session.saved
    }

    /// Work that an earlier run left.
    pub fn left_work(&self) -> Option<&Project> {
        self.session
            .left
            .as_ref()
            .map(|(_, project)| project.as_ref())
    }

    fn state(&self) -> (Document, Vec<u64>) {
        let takes = self.takes().filter(|take| take.is_complete);
        (
            self.history.now.clone(),
            takes.map(|take| take.id).collect(),
        )
    }

    fn project(&self) -> Box<Project> {
        Box::new(Project {
            document: self.history.now.clone(),
            takes: self
                .takes()
                .filter(|take| take.is_complete)
                .map(Arc::clone)
                .collect(),
            folder: self.session.folder.clone(),
        })
    }

    /// After each drawing: makes steps of edits, keeps what is not kept.
    pub(super) fn settle(&mut self, context: &egui::Context) {
        let now_secs = context.input(|input| input.time);
        self.history.settle(now_secs);
        if self.settings != self.session.settings_saved {
            self.apply_settings(context);
            if self.worker.save_settings(self.settings.clone()).is_ok() {
                self.session.settings_saved = self.settings.clone();
            }
        }
        if self.state() == self.session.kept {
            self.session.unkept_since_secs = None;
            return;
        }
        let since_secs = *self.session.unkept_since_secs.get_or_insert(now_secs);
        if now_secs - since_secs >= KEEP_AFTER_SECS {
            self.keep_work_now();
            self.session.unkept_since_secs = None;
        }
    }

    /// Keeps unsaved work against a kill, or lets go of what was kept if all is saved. A busy disk is tried again later.
    pub(super) fn keep_work_now(&mut self) {
        let state = self.state();
        if state == self.session.kept {
            return;
        }
        let done = if state == self.session.saved {
            self.worker.forget_work()
        } else {
            self.worker.keep_work(self.project())
        };
        if done.is_ok() {
            self.session.kept = state;
        }
    }

    /// What the program filled in by itself is neither an edit nor unsaved work.
    pub(super) fn fill_in(&mut self, fill: impl Fn(&mut Document)) {
        fill(&mut self.history.now);
        fill(&mut self.session.saved.0);
        fill(&mut self.session.kept.0);
        self.history.absorb();
    }

    /// Asks for the portrait that the document names, unless it is there or has been asked for.
    pub(super) fn want_portrait(&mut self) {
        let Some(wanted) = self
            .history
            .now
            .portrait
            .clone()
            .or_else(|| self.session.default_portrait.clone())
        else {
            return;
        };
        let is_there = self.live.as_ref().is_some_and(|live| live.path == wanted);
        if is_there || self.session.asked_portrait.as_ref() == Some(&wanted) {
            return;
        }
        if self.worker.show_portrait(wanted.clone()).is_ok() {
            self.session.asked_portrait = Some(wanted);
        }
    }

    /// A portrait that the user gave is ready: an edit, unless it is the one that the document names.
    pub(super) fn portrait_given(&mut self, path: &Path) {
        let is_named = match &self.history.now.portrait {
            Some(named) => named == path,
            None => self.session.default_portrait.as_deref() == Some(path),
        };
        if !is_named {
            self.history.now.portrait = Some(path.to_path_buf());
        }
        self.session.asked_portrait = Some(path.to_path_buf());
    }

    pub(super) fn step_back(&mut self) {
        if !self.history.undo() {
            self.status = Status::note("There is nothing to undo".to_owned());
        }
    }

    pub(super) fn step_forth(&mut self) {
        if !self.history.redo() {
            self.status = Status::note("There is nothing to do again".to_owned());
        }
    }

    /// Saves where the project is, or asks where.
    pub(super) fn save(&mut self) -> anyhow::Result<()> {
        match self.session.folder.clone() {
            Some(folder) => self.save_in(folder),
            None => self.save_as(),
        }
    }

    pub(super) fn save_as(&mut self) -> anyhow::Result<()> {
        let name = crate::output_path::stem_from_words(&self.history.now.words);
        self.worker.ask(Dialog::SaveProject(name))
    }

    pub(super) fn save_in(&mut self, folder: PathBuf) -> anyhow::Result<()> {
        self.status = Status::note(format!("Saving {}", file_name(&folder)));
        self.worker.save_project(folder, self.project())
    }

    /// Does something that would lose unsaved work only when the user means it.
    pub(super) fn replace_project(&mut self, action: Action, is_meant: bool) -> bool {
        if is_meant || !self.is_unsaved() {
            return true;
        }
        self.session.after_save = Some(action.clone());
        self.status = Status::problem(format!(
            "“{}” has changes that are not saved: save it first (Ctrl+S), or go on without them",
            self.project_name()
        ))
        .with_way_out("Go on without", Action::Meant(Box::new(action)));
        self.page = None;
        false
    }

    pub(super) fn new_project(&mut self) {
        let voice = self.history.now.voice.clone();
        let document = Document {
            voice,
            speed: 1.0,
            ..Document::default()
        };
        self.put_on_table(document, Vec::new(), None);
        self.page = None;
    }

    /// A project was read.
    pub(super) fn project_loaded(&mut self, folder: PathBuf, project: Project) {
        self.settings.remember(&folder);
        self.put_on_table(project.document, project.takes, Some(folder));
        self.page = None;
        self.status = Status::note(format!("Opened {}", self.project_name()));
    }

    pub(super) fn project_saved(&mut self, folder: PathBuf, project: &Project) {
        self.settings.remember(&folder);
        self.status = Status::note(format!("Saved {}", file_name(&folder)));
        self.session.folder = Some(folder);
        let takes = project.takes.iter().map(|take| take.id).collect();
        self.session.saved = (project.document.clone(), takes);
        // What was kept is either saved now or will be kept anew.
        let state = self.state();
        if state == self.session.saved && self.worker.forget_work().is_ok() {
            self.session.kept = state;
        }
        if let Some(action) = self.session.after_save.take() {
            self.status = self.status.clone().with_way_out("Go on", action);
        }
    }

    /// Brings back what an earlier run left; it is unsaved work of its project from then on.
    pub(super) fn bring_back(&mut self) -> anyhow::Result<()> {
        let Some((path, project)) = self.session.left.take() else {
            return Ok(());
        };
        let Project {
            document,
            takes,
            folder,
        } = *project;
        let clean = self.session.saved.clone();
        self.put_on_table(document, takes, folder);
        self.session.saved = clean.clone();
        self.session.kept = clean;
        self.keep_work_now();
        self.page = None;
        self.status = Status::note("Your work is back: save it to keep it".to_owned())
            .with_way_out("Save", Action::Save);
        self.worker.discard_left(path)
    }

    pub(super) fn let_go(&mut self) -> anyhow::Result<()> {
        self.page = None;
        match self.session.left.take() {
            Some((path, _)) => self.worker.discard_left(path),
            None => Ok(()),
        }
    }

    pub(super) fn work_left(&mut self, path: PathBuf, project: Box<Project>) {
        self.session.left = Some((path, project));
        self.page = Some(Page::Recovery);
    }

    fn put_on_table(&mut self, document: Document, takes: Vec<Arc<Take>>, folder: Option<PathBuf>) {
        self.stop();
        self.transport = super::Transport {
            selected: takes.last().map(|take| take.id),
            ..super::Transport::default()
        };
        self.takes = takes;
        self.history = History::new(document);
        self.session.folder = folder;
        self.session.saved = self.state();
        self.keep_work_now();
    }
}
