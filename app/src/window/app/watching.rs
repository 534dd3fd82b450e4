//! Clips that are watched: opened, asked about, told, previewed and written.

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Context as _;

use super::Desk;
use super::transport::new_id;
use crate::window::state::{
    Action, Dialog, Export, Preview, Previewed, Progress, Status, Use, WatchStep, WatchWork,
    WatchedClip,
};
use crate::window::texts::text;
use crate::window::threads::{ClipFilmRequest, WatchEvent, WatchRequest};
use studio::output_path::file_stem;
use studio::script::check_text;
use studio::watch::endpoint::Answer;
use studio::watch::film::WatchFilm;
use studio::watch::narration::Narration;
use studio::watch::prompt::{Prompt, filled};
use studio::watch::telling::Telling;

/// Speech and movement of a told clip: the same words give the same film, as on the command line.
const SEED: u64 = 0;

impl Desk {
    /// Reads a clip and chooses its pictures.
    pub(super) fn watch_clip(&mut self, path: PathBuf) -> anyhow::Result<()> {
        self.state.use_now = Use::Watch;
        self.begin_watching(WatchRequest::Open(path.clone()), WatchStep::Reading(path))
    }

    /// Lets go of the clip. What was written about it stays.
    pub(super) fn leave_clip(&mut self) {
        self.stop_watching();
        self.end_preview();
        self.state.watch.clip = None;
        self.state.watch.remark = None;
    }

    /// Sends the pictures to the model that the user named.
    pub(super) fn ask_model(&mut self) -> anyhow::Result<()> {
        let clip = self.watched_clip()?;
        let choices = self.state.settings.watch.clone();
        let watch = &mut self.state.watch;
        let is_question = choices.prompt == Prompt::Ask;
        let question = watch.question.trim().to_owned();
        anyhow::ensure!(
            !is_question || !question.is_empty(),
            "{}",
            text!("error-watch-question")
        );
        check_length(&question)?;
        let question = is_question.then_some(question.as_str());
        let prompt = filled(
            choices.prompt.template(),
            clip.clip.duration_secs(),
            question,
        );
        watch.answer.clear();
        watch.remark = None;
        watch.is_model_open = Some(false);
        let request = WatchRequest::Ask {
            clip,
            prompt,
            choices: Box::new(choices),
            key: watch.typed_key(),
        };
        self.begin_watching(request, WatchStep::Asking(None))
    }

    /// Lets the words be heard and seen with the clip.
    pub(super) fn preview_clip(&mut self) -> anyhow::Result<()> {
        let telling = self.telling()?;
        let maker = self
            .worker
            .maker()
            .context(text!("error-models-for-clip"))?;
        self.stop();
        let request = WatchRequest::Speak {
            telling: Box::new(telling),
            take: new_id(&self.state.all_takes),
            maker,
        };
        self.begin_watching(request, WatchStep::Speaking)
    }

    /// Asks where to write the film.
    pub(super) fn ask_clip_film(&mut self) -> anyhow::Result<()> {
        let telling = self.telling()?;
        let stem = file_stem(&telling.clip.path);
        self.ask(Dialog::ClipFilm(text!("watch-film-name", clip = stem)))
    }

    /// Writes the film once the exports before it are written.
    pub(super) fn film_clip(&mut self, path: PathBuf) -> anyhow::Result<()> {
        let stage = self.state.stage.as_ref();
        let avatar = stage.map(|stage| Arc::clone(&stage.avatar));
        let avatar = avatar.context(text!("error-no-portrait"))?;
        let choices = &self.state.settings.watch;
        let film = WatchFilm {
            video: path.clone(),
            subtitles: choices.has_subtitles.then(|| path.with_extension("srt")),
            layout: choices.layout,
            captions: choices.captions,
            background: studio::look::Background::Keep,
            life: self.state.history.now.life,
            seed: SEED,
        };
        let request = ClipFilmRequest {
            telling: self.telling()?,
            film,
            avatar,
        };
        let number = self.worker.export_clip(request)?;
        self.state.exports.push(Export {
            number,
            path,
            again: Action::SpeakClip,
            progress: None,
        });
        self.state.status = Status::default();
        Ok(())
    }

    /// Ends what is done about the clip.
    pub(super) fn stop_watching(&mut self) {
        self.worker.stop_watching();
        self.state.watch.work = None;
    }

    /// Takes what happened into the state, unless it belongs to work that was ended.
    pub(super) fn take_watch_event(&mut self, number: u64, event: WatchEvent) {
        let watch = &mut self.state.watch;
        let Some(work) = watch.work.as_mut().filter(|work| work.number == number) else {
            return;
        };
        match event {
            WatchEvent::Step(step) => {
                work.step = step;
                work.progress = Progress::begin();
                return;
            }
            WatchEvent::Progress(fraction) => {
                work.progress.fraction = fraction;
                return;
            }
            WatchEvent::Piece(piece) => {
                watch.answer.push_str(&piece);
                return;
            }
            WatchEvent::Again => {
                watch.answer.clear();
                return;
            }
            WatchEvent::Clip(clip) => {
                watch.clip = Some(clip);
                watch.remark = None;
                self.state.status = Status::default();
            }
            WatchEvent::Answered(answer) => self.answered(&answer),
            WatchEvent::Spoken(take, timeline, notices) => {
                let device = self.state.settings.output_device.clone();
                self.player.stop();
                self.player.play(&take, device, 0.0, None);
                self.state.transport.preview = Some(Preview {
                    of: Previewed::Clip(timeline),
                    take: take.id,
                    secs: 0.0,
                });
                self.state.all_takes.push(Arc::from(take));
                self.state.status = Status::note(notices.join(". "));
            }
            WatchEvent::Failed(reason) => {
                let path = match &work.step {
                    WatchStep::Reading(path) => Some(path.clone()),
                    _ => None,
                };
                self.state.status = match (reason, path) {
                    (None, _) => Status::default(),
                    (Some(reason), Some(path)) => Status::problem(reason)
                        .about(&path)
                        .in_panel()
                        .with_button(text!("action-other-video"), Action::Ask(Dialog::Clip)),
                    (Some(reason), None) => Status::problem(reason).in_panel(),
                };
            }
        }
        self.state.watch.work = None;
    }

    /// The answer as it can be corrected: what was said, without thoughts and markup, each line with its time.
    fn answered(&mut self, answer: &Answer) {
        let watch = &mut self.state.watch;
        watch.answer.clone_from(&answer.text);
        if let Some(Ok(narration)) = watch.narration() {
            watch.answer = written(&narration);
        }
        watch.remark = answer
            .is_shortened
            .then(|| text!("watch-shortened").to_owned());
        self.state.status = Status::default();
    }

    fn begin_watching(&mut self, request: WatchRequest, step: WatchStep) -> anyhow::Result<()> {
        let number = self.worker.watch(request)?;
        self.state.status = Status::default();
        self.state.watch.work = Some(WatchWork {
            number,
            step,
            progress: Progress::begin(),
        });
        Ok(())
    }

    fn watched_clip(&self) -> anyhow::Result<Arc<WatchedClip>> {
        let clip = self.state.watch.clip.clone();
        clip.context(text!("error-watch-no-clip"))
    }

    fn telling(&self) -> anyhow::Result<Telling> {
        let clip = self.watched_clip()?.clip.clone();
        let narration = self.state.watch.narration();
        let narration = narration.context(text!("error-watch-no-words"))??;
        check_text(&narration.text())?;
        let line = self.line();
        Ok(Telling {
            clip,
            narration,
            voice: line.script_voice(),
            speed: line.speed,
            seed: SEED,
            clip_volume: self.state.settings.watch.clip_volume,
        })
    }
}

/// Without times where there is nothing but one text from the start on.
fn written(narration: &Narration) -> String {
    match narration.lines.as_slice() {
        [line] if line.start_secs == 0.0 && line.end_secs.is_none() => line.text.clone(),
        _ => narration.to_string().trim_end().to_owned(),
    }
}

/// A question may be empty where none is asked.
fn check_length(question: &str) -> anyhow::Result<()> {
    match question.is_empty() {
        true => Ok(()),
        false => check_text(question),
    }
}
