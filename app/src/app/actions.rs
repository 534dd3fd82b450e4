//! What the user asked for in a panel; done after drawing.

use std::ops::Range;
use std::path::PathBuf;
use std::sync::Arc;

use super::{App, ExportKind, Page, Progress, Status, Use, file_name};
use crate::film::Outputs;
use crate::output_path;
use crate::worker::{Dialog, ExportRequest};

/// One thing that the user can ask for.
#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    /// Speak the words, in place of whatever is spoken.
    Speak,
    /// Speak the words after what is spoken.
    Queue,
    /// Let go of a line that waits.
    Unqueue(usize),
    /// Close the page, or end speech, recording and sound.
    Escape,
    /// End speech, recording and sound.
    Stop,
    /// Hold the sound, or let it go on.
    PlayOrPause,
    /// Playhead to the start.
    ToStart,
    /// Move the playhead here.
    Scrub(f64),
    /// Let go of the playhead.
    EndScrub,
    /// Move the playhead by so many seconds.
    Nudge(f64),
    /// Repeat this span, or nothing.
    Loop(Option<Range<f64>>),
    /// Loop the whole take, or nothing.
    ToggleLoop,
    /// Put a take into the timeline.
    SelectTake(u64),
    /// Put a take away; undoing brings it back.
    PutAway(u64),
    /// Record the next speech, or do not.
    ToggleRecord,
    /// Show a file dialog.
    Ask(Dialog),
    /// Use this file: a portrait, a recording, a text or a project.
    Open(PathBuf),
    /// Go to another use of the window.
    Use(Use),
    /// Show a page, or none.
    Show(Option<Page>),
    /// Back one edit.
    Undo,
    /// Forth one edit.
    Redo,
    /// Begin a new project.
    NewProject,
    /// Open the project in this folder.
    OpenProject(PathBuf),
    /// Save the project where it is, or ask where.
    Save,
    /// Ask where to save the project.
    SaveAs,
    /// Save the project in this folder.
    SaveIn(PathBuf),
    /// Do it although unsaved changes are lost.
    Meant(Box<Self>),
    /// Bring back the work that an earlier run left.
    BringBack,
    /// Let go of the work that an earlier run left.
    LetGo,
    /// Ask where to write the take.
    Export,
    /// Write the take here.
    ExportTo(PathBuf),
    /// End the export.
    StopExport,
    /// Everything larger or smaller by so much; none for the system's own size.
    Scale(Option<f32>),
    /// Look for sound devices again.
    ListDevices,
}

impl App {
    /// Does it, or says why not in the status line.
    pub fn act(&mut self, action: Action) {
        if let Err(error) = self.try_act(action) {
            self.status = Status::error(&error);
        }
    }

    fn try_act(&mut self, action: Action) -> anyhow::Result<()> {
        match action {
            Action::Speak => {
                self.welcome_is_over();
                self.speak_now();
            }
            Action::Queue => self.add_to_queue(),
            Action::Unqueue(index) => {
                self.queue.remove(index);
            }
            Action::Escape if self.page.is_some() => self.close_page(),
            Action::Escape | Action::Stop => self.stop(),
            Action::PlayOrPause => self.play_or_pause(),
            Action::ToStart => {
                self.scrub(0.0);
                self.end_scrub();
            }
            Action::Scrub(secs) => self.scrub(secs),
            Action::EndScrub => self.end_scrub(),
            Action::Nudge(secs) => {
                self.scrub(self.transport.playhead_secs + secs);
                self.end_scrub();
            }
            Action::Loop(span) => self.set_loop(span),
            Action::ToggleLoop => {
                let whole = self.selected_take().map(|take| 0.0..take.duration_secs());
                let span = match self.transport.looped {
                    Some(_) => None,
                    None => whole,
                };
                self.set_loop(span);
            }
            Action::SelectTake(id) => {
                self.transport.upcoming.clear();
                self.select_take(id);
            }
            Action::PutAway(id) => self.put_away(id),
            Action::ToggleRecord => self.record = !self.record,
            Action::Ask(dialog) => self.worker.ask(dialog)?,
            Action::Open(path) => {
                self.welcome_is_over();
                self.status = Status::note(format!("Reading {}", file_name(&path)));
                self.worker.open_file(path)?;
            }
            Action::Use(use_now) => self.use_now = use_now,
            Action::Show(None) => self.close_page(),
            Action::Show(page) => {
                if page == Some(Page::Settings) {
                    self.worker.list_devices()?;
                }
                self.page = page;
            }
            Action::Undo => self.step_back(),
            Action::Redo => self.step_forth(),
            Action::NewProject => {
                if self.replace_project(Action::NewProject, false) {
                    self.new_project();
                }
            }
            Action::OpenProject(folder) => {
                if self.replace_project(Action::OpenProject(folder.clone()), false) {
                    self.worker.load_project(folder)?;
                }
            }
            Action::Save => self.save()?,
            Action::SaveAs => self.save_as()?,
            Action::SaveIn(folder) => self.save_in(folder)?,
            Action::Meant(action) => match *action {
                Action::NewProject => self.new_project(),
                Action::OpenProject(folder) => {
                    // The changes are not wanted, so nothing stands against the project once it is read.
                    self.new_project();
                    self.worker.load_project(folder)?;
                }
                other => self.try_act(other)?,
            },
            Action::BringBack => self.bring_back()?,
            Action::LetGo => self.let_go()?,
            Action::Export => self.ask_export()?,
            Action::ExportTo(path) => self.export_to(path)?,
            Action::StopExport => self.worker.stop_export(),
            Action::Scale(factor) => {
                let range = crate::settings::SCALE_RANGE;
                self.settings.scale = factor
                    .map_or(1.0, |factor| self.settings.scale + factor)
                    .clamp(*range.start(), *range.end());
            }
            Action::ListDevices => self.worker.list_devices()?,
        }
        Ok(())
    }

    fn close_page(&mut self) {
        if self.page == Some(Page::Welcome) {
            self.welcome_is_over();
        }
        self.page = None;
    }

    fn welcome_is_over(&mut self) {
        self.settings.is_welcomed = true;
        if self.page == Some(Page::Welcome) {
            self.page = None;
        }
    }

    fn put_away(&mut self, id: u64) {
        if self
            .transport
            .making
            .is_some_and(|making| making.take == id)
        {
            self.stop();
        }
        if self.player.take() == Some(id) {
            self.player.stop();
        }
        self.history.now.put_away.insert(id);
        if self.transport.selected == Some(id) {
            let last = self.takes().next_back().map(|take| take.id);
            self.transport.selected = last;
            self.transport.playhead_secs = 0.0;
            self.transport.looped = None;
        }
        self.status =
            Status::note("The take is put away".to_owned()).with_way_out("Undo", Action::Undo);
    }

    fn ask_export(&mut self) -> anyhow::Result<()> {
        let take = self
            .selected_take()
            .ok_or_else(|| anyhow::anyhow!("there is no take to export yet: speak some words"))?;
        let stem = output_path::stem_from_words(&take.title());
        self.worker.ask(Dialog::Export(format!(
            "{stem}.{}",
            self.export_kind.ending()
        )))
    }

    fn export_to(&mut self, path: PathBuf) -> anyhow::Result<()> {
        let take = self
            .selected_take()
            .filter(|take| take.is_complete)
            .map(Arc::clone)
            .ok_or_else(|| anyhow::anyhow!("the take is still being made: wait for its end"))?;
        let avatar = self.live.as_ref().map(|live| Arc::clone(&live.avatar));
        let mut outputs = Outputs::default();
        match self.export_kind {
            ExportKind::Video => {
                anyhow::ensure!(
                    avatar.is_some(),
                    "there is no portrait to show yet: choose one first"
                );
                outputs.video = Some(path);
            }
            ExportKind::Sound => outputs.audio = Some(path),
            ExportKind::Srt | ExportKind::Vtt => outputs.subtitles = Some(path),
            ExportKind::Motion => outputs.motion = Some(path),
        }
        self.worker.export(ExportRequest {
            take,
            avatar,
            outputs,
        })?;
        self.exporting = Some(Progress::begin());
        self.status = Status::default();
        Ok(())
    }
}

impl ExportKind {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Video, Self::Sound, Self::Srt, Self::Vtt, Self::Motion];

    /// What its file is called for.
    pub fn ending(self) -> &'static str {
        match self {
            Self::Video => "mp4",
            Self::Sound => "wav",
            Self::Srt => "srt",
            Self::Vtt => "vtt",
            Self::Motion => "json",
        }
    }
}
