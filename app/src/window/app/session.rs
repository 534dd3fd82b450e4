//! The project on the table: steps back and forth, saving, and what is kept against a kill.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::Desk;
use crate::window::state::Dialog;
use crate::window::state::{Action, GalleryPicture, Page, Status, Transport, Use};
use crate::window::texts::text;
use studio::avatar::PortraitChoice;
use studio::output_path::file_name;
use studio::project::Project;
use studio::project::document::{Document, History};
use studio::take::Take;

/// Unsaved work is kept this long after the first edit that is not kept yet.
const KEEP_AFTER_SECS: f64 = 1.0;

impl Desk {
    fn project(&self) -> Box<Project> {
        Box::new(Project {
            document: self.state.history.now.clone(),
            takes: self
                .state
                .takes()
                .filter(|take| take.is_complete)
                .map(Arc::clone)
                .collect(),
            folder: self.state.session.folder.clone(),
        })
    }

    /// After each drawing: makes steps of edits, keeps what is not kept.
    pub(super) fn settle(&mut self, now_secs: f64) {
        self.state.history.settle(now_secs);
        self.state.settings.tab = self.state.use_now;
        self.save_settings();
        if self.state.savable() == self.state.session.kept {
            self.state.session.unkept_since_secs = None;
            return;
        }
        let since_secs = *self.state.session.unkept_since_secs.get_or_insert(now_secs);
        if now_secs - since_secs >= KEEP_AFTER_SECS {
            self.keep_work_now();
            self.state.session.unkept_since_secs = None;
        }
    }

    /// Writes the settings if they were changed. A busy disk is tried again later.
    pub(super) fn save_settings(&mut self) {
        let settings = &self.state.settings;
        if *settings != self.state.session.settings_saved
            && self.worker.save_settings(settings.clone()).is_ok()
        {
            self.state.session.settings_saved = settings.clone();
        }
    }

    /// Keeps unsaved work against a kill, or lets go of what was kept if all is saved. A busy disk is tried again later.
    pub(super) fn keep_work_now(&mut self) {
        let state = self.state.savable();
        if state == self.state.session.kept {
            return;
        }
        let done = if state == self.state.session.saved {
            self.worker.forget_work()
        } else {
            self.worker.keep_work(self.project())
        };
        if done.is_ok() {
            self.state.session.kept = state;
        }
    }

    /// What the program filled in by itself is neither an edit nor unsaved work.
    pub(super) fn fill_in(&mut self, fill: impl Fn(&mut Document)) {
        fill(&mut self.state.history.now);
        fill(&mut self.state.session.saved.0);
        fill(&mut self.state.session.kept.0);
        self.state.history.absorb();
    }

    /// Asks for the portrait that the document names, unless it is there or has been asked for.
    pub(super) fn want_portrait(&mut self) {
        let state = &self.state;
        let document = &state.history.now;
        let scene = state.scene().filter(|_| state.use_now == Use::Film);
        let (named, face) = match scene {
            Some(scene) => (scene.portrait.as_ref(), scene.face),
            None => (document.portrait.as_ref(), document.face),
        };
        let Some(path) = named.or(state.session.default_portrait.as_ref()) else {
            return;
        };
        let wanted = PortraitChoice {
            path: path.clone(),
            face,
            everybody: scene.is_none() && state.needs_everybody(path),
        };
        let is_cut_out = state.is_stage_window_open && state.settings.stage_window.is_transparent;
        let stage = state.stage.as_ref();
        let is_there =
            stage.is_some_and(|stage| stage.choice == wanted && stage.is_cut_out == is_cut_out);
        let asked = (wanted, is_cut_out);
        if is_there || self.state.session.asked_portrait.as_ref() == Some(&asked) {
            return;
        }
        let sent = self.worker.show_portrait(asked.0.clone(), is_cut_out);
        if sent.is_ok() {
            self.state.session.asked_portrait = Some(asked);
        }
    }

    /// A portrait that the user gave is ready with its largest face: an edit, unless it is the one that the document names.
    pub(super) fn portrait_given(&mut self, path: &Path) {
        let is_named = match &self.state.history.now.portrait {
            Some(named) => named == path,
            None => self.state.session.default_portrait.as_deref() == Some(path),
        };
        if !is_named {
            let before = self.state.history.now.portrait.clone();
            let before = before.or_else(|| self.state.session.default_portrait.clone());
            self.fit_voice(before.as_deref(), path);
            self.state.history.now.portrait = Some(path.to_path_buf());
        }
        self.keep_in_gallery(path);
        self.state.history.now.face = None;
        let choice = PortraitChoice {
            path: path.to_path_buf(),
            face: None,
            everybody: false,
        };
        self.state.session.asked_portrait = Some((choice, false));
    }

    /// Shows a picture that the user gave among the portraits from now on.
    pub(super) fn keep_in_gallery(&mut self, path: &Path) {
        let is_there = |picture: &GalleryPicture| picture.path == path;
        if self.state.gallery.iter().any(is_there) {
            return;
        }
        for gone in self.state.settings.keep_portrait(path) {
            self.state.gallery.retain(|picture| picture.path != gone);
        }
        let picture = GalleryPicture::new(path.to_path_buf(), true);
        // Without room for its small picture it is shown without.
        let _ = self.worker.request_thumbnail(picture.path.clone());
        self.state.gallery.push(picture);
    }

    pub(super) fn step_back(&mut self) {
        if !self.state.history.undo() {
            self.state.status = Status::note(text!("status-nothing-to-undo").to_owned());
        }
        self.show_a_take();
    }

    pub(super) fn step_forth(&mut self) {
        if !self.state.history.redo() {
            self.state.status = Status::note(text!("status-nothing-to-redo").to_owned());
        }
        self.show_a_take();
    }

    /// Puts the last take into the timeline if the one that was there is put away.
    fn show_a_take(&mut self) {
        if self.state.selected_take().is_some() {
            return;
        }
        let gone = self.state.transport.selected;
        if gone.is_some() && self.player.take() == gone {
            self.player.stop();
        }
        let last = self.state.takes().next_back().map(|take| take.id);
        self.state.transport.selected = last;
        self.state.transport.playhead_secs = 0.0;
        self.state.transport.looped = None;
    }

    /// Saves where the project is, or asks where.
    pub(super) fn save(&mut self) -> anyhow::Result<()> {
        match self.state.session.folder.clone() {
            Some(folder) => self.save_in(folder),
            None => self.save_as(),
        }
    }

    pub(super) fn save_as(&mut self) -> anyhow::Result<()> {
        let name = studio::output_path::stem_from_words(&self.state.history.now.words);
        self.ask(Dialog::SaveProject(name))
    }

    pub(super) fn save_in(&mut self, folder: PathBuf) -> anyhow::Result<()> {
        self.state.status = Status::note(text!("status-saving", project = file_name(&folder)));
        self.worker.save_project(folder, self.project())
    }

    /// Does something that would lose unsaved work only when the user means it.
    pub(super) fn replace_project(&mut self, action: Action, is_meant: bool) -> bool {
        if is_meant || !self.state.is_unsaved() {
            return true;
        }
        self.state.session.after_save = Some(action.clone());
        self.state.status =
            Status::problem(text!("status-unsaved", project = self.state.project_name()))
                .with_button(
                    text!("action-continue-unsaved"),
                    Action::Meant(Box::new(action)),
                );
        self.state.page = None;
        false
    }

    pub(super) fn new_project(&mut self) {
        let voice = self.state.history.now.voice.clone();
        let document = Document {
            voice,
            speed: 1.0,
            ..Document::default()
        };
        self.put_on_table(document, Vec::new(), None);
        self.state.page = None;
    }

    /// A project was read.
    pub(super) fn project_loaded(&mut self, folder: PathBuf, project: Project) {
        self.state.settings.remember(&folder);
        self.put_on_table(project.document, project.takes, Some(folder));
        self.state.page = None;
        self.state.status =
            Status::note(text!("status-opened", project = self.state.project_name()));
    }

    pub(super) fn project_saved(&mut self, folder: PathBuf, project: &Project) {
        self.state.settings.remember(&folder);
        self.state.status = Status::note(text!("status-saved", project = file_name(&folder)));
        self.state.session.folder = Some(folder);
        let takes = project.takes.iter().map(|take| take.id).collect();
        self.state.session.saved = (project.document.clone(), takes);
        // What was kept is either saved now or will be kept anew.
        let state = self.state.savable();
        if state == self.state.session.saved && self.worker.forget_work().is_ok() {
            self.state.session.kept = state;
        }
        if let Some(action) = self.state.session.after_save.take() {
            self.state.status = self
                .state
                .status
                .clone()
                .with_button(text!("action-continue"), action);
        }
    }

    /// Brings back what an earlier run left; it is unsaved work of its project from then on.
    pub(super) fn bring_back(&mut self) -> anyhow::Result<()> {
        let Some((path, project)) = self.state.session.left.take() else {
            return Ok(());
        };
        let Project {
            document,
            takes,
            folder,
        } = *project;
        let clean = self.state.session.saved.clone();
        self.put_on_table(document, takes, folder);
        self.state.session.saved = clean.clone();
        self.state.session.kept = clean;
        self.keep_work_now();
        self.state.page = None;
        self.state.status = Status::note(text!("status-restored").to_owned())
            .with_button(text!("action-save"), Action::Save);
        self.worker.discard_left(path)
    }

    pub(super) fn let_go(&mut self) -> anyhow::Result<()> {
        self.state.page = None;
        match self.state.session.left.take() {
            Some((path, _)) => self.worker.discard_left(path),
            None => Ok(()),
        }
    }

    pub(super) fn work_left(&mut self, path: PathBuf, project: Box<Project>) {
        self.state.session.left = Some((path, project));
        self.state.page = Some(Page::Recovery);
    }

    fn put_on_table(&mut self, document: Document, takes: Vec<Arc<Take>>, folder: Option<PathBuf>) {
        self.stop();
        self.state.transport = Transport {
            selected: takes.last().map(|take| take.id),
            ..Transport::default()
        };
        self.state.all_takes = takes;
        self.state.history = History::new(document);
        self.state.session.folder = folder;
        self.state.session.saved = self.state.savable();
        self.keep_work_now();
    }
}
