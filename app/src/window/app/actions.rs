//! What the user asked for in a panel; done after drawing.

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Context as _;

use super::Desk;
use crate::window::state::{Action, Dialog, Export, FilmAction, Page, Place, Reading, Status, Use};
use crate::window::texts::text;
use crate::window::threads::ExportRequest;
use studio::avatar::index_of;
use studio::film::Outputs;
use studio::output_path;
use studio::script::{MAX_CHARACTERS, ScriptVoice};

impl Desk {
    /// Does it, or says why not in the status line.
    pub fn act(&mut self, action: Action) {
        if let Err(error) = self.try_act(action) {
            self.state.status = Status::error(&error);
        }
        self.show_player();
    }

    fn try_act(&mut self, action: Action) -> anyhow::Result<()> {
        match action {
            Action::Speak | Action::Queue if self.state.use_now == Use::Film => {
                self.in_panel(|desk| desk.film(FilmAction::Preview));
            }
            Action::Speak => {
                self.welcome_is_over();
                self.speak_now();
            }
            Action::Queue => self.add_to_queue(),
            Action::Preview(voice) => {
                let named = ScriptVoice::named(Some(voice.clone()));
                self.preview(voice, named)?;
            }
            Action::VoiceModel(action) => self.voice_model(action)?,
            Action::HearWord(row) => self.hear_word(row)?,
            Action::ChooseVoice(voice) => {
                let document = &mut self.state.history.now;
                document.voice = voice;
                document.own_voice = None;
                document.model_voice = None;
            }
            Action::ForgetPortrait(path) => {
                self.state.settings.own_portraits.retain(|own| *own != path);
                self.state
                    .gallery
                    .retain(|picture| !picture.is_own || picture.path != path);
            }
            Action::Regenerate => self.in_panel(Self::regenerate),
            Action::FindWords => self.find_words(),
            Action::EditTake => {
                if let Some(said) = self.state.selected_take().and_then(|take| take.text()) {
                    let said = said.to_owned();
                    self.state.history.begin_step();
                    self.state.history.now.words = said;
                }
            }
            Action::Unqueue(index) => {
                self.state.queue.remove(index);
            }
            Action::Escape if self.state.page.is_some() => self.close_page(),
            Action::Escape if self.state.watch.work.is_some() => self.stop_watching(),
            Action::Escape if self.state.reading.is_some() => self.act(Action::StopReading),
            Action::Escape if self.has_card() && !self.state.is_speaking() => {
                self.state.status = Status::default();
            }
            Action::Escape | Action::Stop => match self.state.transport.live {
                Some(live) if !live.is_ending => self.end_listening(),
                _ => {
                    self.worker.stop_recordings();
                    self.stop();
                }
            },
            Action::ToggleMicrophone => {
                self.welcome_is_over();
                self.state.use_now = Use::Record;
                match self.state.transport.live {
                    Some(live) if live.is_ending => {}
                    Some(_) => self.end_listening(),
                    None => self.listen(),
                }
            }
            Action::PlayOrPause => self.play_or_pause(),
            Action::ToStart => {
                self.scrub(0.0);
                self.end_scrub();
            }
            Action::Scrub(secs) => self.scrub(secs),
            Action::EndScrub => self.end_scrub(),
            Action::Hear(span) => self.hear(span),
            Action::Compare => self.compare(),
            Action::Nudge(secs) => {
                self.scrub(self.state.transport.playhead_secs + secs);
                self.end_scrub();
            }
            Action::Loop(span) => self.set_loop(span),
            Action::ToggleLoop => {
                let whole = self
                    .state
                    .selected_take()
                    .map(|take| 0.0..take.duration_secs());
                let span = match self.state.transport.looped {
                    Some(_) => None,
                    None => whole,
                };
                self.set_loop(span);
            }
            Action::SelectTake(id) => {
                self.state.transport.upcoming.clear();
                self.select_take(id);
            }
            Action::PutAway(id) => self.put_away(id),
            Action::PutAwaySelected => {
                if let Some(id) = self.state.selected_take().map(|take| take.id) {
                    self.put_away(id);
                }
            }
            Action::ToggleRecord => self.state.record = !self.state.record,
            Action::Ask(dialog) => self.ask(dialog)?,
            Action::Open(path) if output_path::extension(&path) == "toml" => {
                self.welcome_is_over();
                self.film(FilmAction::Open(path))?;
            }
            Action::Open(path) => {
                self.welcome_is_over();
                let number = self.worker.open_file(path.clone())?;
                self.state.reading = Some(Reading::begun(number, path));
            }
            Action::PasteImage(image) => {
                self.welcome_is_over();
                let number = self.worker.keep_picture(image)?;
                let named = PathBuf::from(text!("pasted-picture"));
                self.state.reading = Some(Reading::begun(number, named));
            }
            Action::PasteText(words) => self.paste_text(words),
            Action::Film(action) => {
                if let Err(error) = self.film(action) {
                    self.state.status = Status::error(&error).in_panel();
                }
            }
            Action::WatchClip(path) => {
                self.welcome_is_over();
                self.watch_clip(path)?;
            }
            Action::LeaveClip => self.leave_clip(),
            Action::AskModel => self.in_panel(Self::ask_model),
            Action::StopWatching => self.stop_watching(),
            Action::PreviewClip => self.in_panel(Self::preview_clip),
            Action::SpeakClip => self.in_panel(Self::ask_clip_film),
            Action::FilmClip(path) => self.film_clip(path)?,
            Action::StopReading => {
                self.worker.stop_reading();
                self.state.reading = None;
            }
            Action::ChooseFace(number) => self.state.history.now.face = Some(number),
            Action::Use(use_now) => {
                if use_now == Use::Film && self.state.use_now != Use::Film {
                    self.look_at_film();
                }
                self.state.use_now = use_now;
            }
            Action::Show(None) => self.close_page(),
            Action::Show(page) => {
                self.end_preview();
                self.stop_voice_check();
                self.pronounce_anew();
                match page {
                    Some(Page::Settings) => self.worker.list_devices()?,
                    Some(Page::VirtualCamera) => self.list_virtual_cameras()?,
                    _ => {}
                }
                self.state.page = page;
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
            Action::Export if self.state.use_now == Use::Film => {
                self.in_panel(|desk| desk.film(FilmAction::AskExport));
            }
            Action::Export => self.ask_export()?,
            Action::ExportTo(path) => self.export_to(path)?,
            Action::StopExport(number) => self.stop_export(number),
            Action::CloseNotice => self.state.status = Status::default(),
            Action::OpenOutside(path) => self.worker.open_outside(path)?,
            Action::ShowInFolder(path) => {
                self.worker.open_outside(output_path::folder_of(&path))?;
            }
            Action::Scale(factor) => {
                let range = crate::window::settings::SCALE_RANGE;
                self.state.settings.scale = factor
                    .map_or(1.0, |factor| self.state.settings.scale + factor)
                    .clamp(*range.start(), *range.end());
            }
            Action::ToggleStageWindow => {
                self.state.is_stage_window_open = !self.state.is_stage_window_open;
            }
            Action::ToggleDebug => self.toggle_debug(),
            Action::ListDevices => self.worker.list_devices()?,
            Action::Camera(action) => self.camera(action)?,
            Action::VirtualCamera(action) => self.virtual_camera(action)?,
            // Only the one who draws can close the window and has the clipboard.
            Action::Quit | Action::CopyPath(_) | Action::Paste | Action::ToggleFullScreen => {}
        }
        Ok(())
    }

    /// Does something about what was typed in the panel, or says there why not.
    fn in_panel(&mut self, act: fn(&mut Self) -> anyhow::Result<()>) {
        if let Err(error) = act(self) {
            self.state.status = Status::error(&error).in_panel();
        }
    }

    /// Words that were pasted beside every field become the script, where there is one.
    fn paste_text(&mut self, words: String) {
        self.state.status = if !words.chars().any(char::is_alphanumeric) {
            Status::note(text!("status-nothing-to-paste").to_owned())
        } else if matches!(self.state.use_now, Use::Watch | Use::Film) {
            Status::note(text!("status-paste-where").to_owned())
        } else if words.chars().count() > MAX_CHARACTERS {
            Status::problem(text!("status-paste-too-long", max = MAX_CHARACTERS)).in_panel()
        } else {
            self.state.history.begin_step();
            self.state.history.now.words = words;
            self.state.use_now = Use::Write;
            Status::note(text!("status-pasted").to_owned()).with_button(text!("undo"), Action::Undo)
        };
    }

    fn close_page(&mut self) {
        if self.state.transport.preview.is_some() {
            self.stop();
        }
        self.stop_voice_check();
        if self.state.page == Some(Page::Welcome) {
            self.welcome_is_over();
        }
        self.state.page = None;
        self.state.dictionary_problem = None;
        self.pronounce_anew();
    }

    fn welcome_is_over(&mut self) {
        self.state.settings.is_welcomed = true;
        if self.state.page == Some(Page::Welcome) {
            self.state.page = None;
        }
    }

    fn put_away(&mut self, id: u64) {
        if self
            .state
            .transport
            .making
            .is_some_and(|making| making.take == id)
        {
            self.stop();
        }
        if self.player.take() == Some(id) {
            self.player.stop();
        }
        self.state.history.now.put_away.insert(id);
        if self.state.transport.selected == Some(id) {
            let last = self.state.takes().next_back().map(|take| take.id);
            self.state.transport.selected = last;
            self.state.transport.playhead_secs = 0.0;
            self.state.transport.looped = None;
        }
        self.state.status = Status::note(text!("status-take-deleted").to_owned())
            .with_button(text!("undo"), Action::Undo);
    }

    fn ask_export(&mut self) -> anyhow::Result<()> {
        let take = self.state.selected_take().context(text!("error-no-take"))?;
        let stem = output_path::stem_from_words(&take.title());
        let name = match self.state.settings.export.kind.ending() {
            "" => stem,
            ending => format!("{stem}.{ending}"),
        };
        self.ask(Dialog::Export(name))
    }

    /// Shows a dialog in the folder of the last file of its kind.
    pub(super) fn ask(&self, dialog: Dialog) -> anyhow::Result<()> {
        let last = self.state.settings.last_folders.get(&dialog.kind());
        self.worker.ask(dialog, last.cloned())
    }

    /// Whether something is said on a card.
    fn has_card(&self) -> bool {
        self.state.status.place != Place::Line && !self.state.status.line.is_empty()
    }

    fn stop_export(&mut self, number: u64) {
        self.worker.stop_export(number);
        // One that waits is gone at once; one that runs says so when it has ended.
        self.state
            .exports
            .retain(|export| export.number != number || export.progress.is_some());
    }

    fn export_to(&mut self, path: PathBuf) -> anyhow::Result<()> {
        let take = self
            .state
            .selected_take()
            .filter(|take| take.is_complete)
            .map(Arc::clone)
            .context(text!("error-take-unfinished"))?;
        let chosen = self.state.settings.export;
        let kind = chosen.kind;
        let stage = self.state.stage.as_ref();
        let (people, speaker) = stage.map_or((Vec::new(), 0), |stage| {
            (stage.people().to_vec(), stage.speaker())
        });
        anyhow::ensure!(
            !kind.has_picture()
                || take
                    .turns
                    .iter()
                    .all(|turn| index_of(&people, turn.face).is_some()),
            "{}",
            text!("error-speakers-missing")
        );
        anyhow::ensure!(
            !kind.needs_portrait() || !people.is_empty(),
            "{}",
            text!("error-no-portrait")
        );
        let outputs = Outputs {
            remark: take.script.remark().map(str::to_owned),
            ..chosen.outputs(path.clone(), self.state.history.now.life)
        };
        let number = self.worker.export(ExportRequest {
            is_made_again: !chosen.is_live_version,
            take,
            people,
            speaker,
            driver: self.state.driver.now.clone(),
            outputs,
        })?;
        self.state.exports.push(Export {
            number,
            path,
            again: Action::Export,
            progress: None,
        });
        self.state.status = Status::default();
        Ok(())
    }
}
