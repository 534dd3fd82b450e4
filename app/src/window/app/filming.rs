//! The film of several scenes: put together, previewed, written, opened and saved.

use std::path::{Path, PathBuf};

use anyhow::Context as _;

use super::Desk;
use crate::window::state::{
    Action, Dialog, Export, FilmAction, FilmFile, FilmPart, FilmProblem, Previewed, Status, Use,
};
use crate::window::texts::text;
use crate::window::threads::{FilmEvent, SceneFilmRequest};
use studio::framing::{Aspect, Framing};
use studio::media::formats::{Role, is_a};
use studio::output_path::{file_name, file_stem, stem_from_words};
use studio::scenes::{
    EditedFilm, Logo, MAX_SCENES, Music, Place, Scene, SceneBackground, SceneError, SceneOutputs,
};
use studio::script::{Script, ScriptVoice};

impl Desk {
    /// Does it. What is wrong with the film is said beside the field that it is about.
    pub(super) fn film(&mut self, action: FilmAction) -> anyhow::Result<()> {
        match action {
            FilmAction::Select(number) => self.show_scene(number),
            FilmAction::Add => self.add_scene()?,
            FilmAction::AddScript => self.add_script()?,
            FilmAction::Duplicate => {
                if let Some(scene) = self.state.scene().cloned() {
                    self.insert_scene(scene)?;
                }
            }
            FilmAction::Remove => self.remove_scene(),
            FilmAction::Move { from, to } => self.move_scene(from, to),
            FilmAction::Portrait(path) => self.scene_portrait(path),
            FilmAction::Background(path) => {
                let background = match is_a(&path, Role::Video) {
                    true => SceneBackground::Video(path),
                    false => SceneBackground::Picture(path),
                };
                if let Some(edited) = &mut self.state.history.now.film {
                    for scene in &mut edited.film.scenes {
                        scene.background = background.clone();
                    }
                }
            }
            FilmAction::Music(path) => {
                if let Some(edited) = &mut self.state.history.now.film {
                    let film = &mut edited.film;
                    film.music = Some(match film.music.take() {
                        Some(music) => Music { path, ..music },
                        None => Music::new(path),
                    });
                }
            }
            FilmAction::Logo(path) => {
                if let Some(edited) = &mut self.state.history.now.film {
                    let film = &mut edited.film;
                    film.logo = Some(match film.logo.take() {
                        Some(logo) => Logo { path, ..logo },
                        None => Logo::new(path),
                    });
                }
            }
            FilmAction::Preview => self.preview_scene()?,
            FilmAction::AskExport => self.ask_film()?,
            FilmAction::Export(path) => self.export_film(path)?,
            FilmAction::Open(path) => self.worker.open_film(path)?,
            FilmAction::Save => self.save_film()?,
            FilmAction::SaveIn(path) => {
                let film = self.edited_film()?.clone();
                self.worker.save_film(path, film)?;
            }
        }
        Ok(())
    }

    /// Fills in a film of one scene, the one of the page Write, where there is none.
    pub(super) fn want_film(&mut self) {
        if self.state.use_now == Use::Film && self.state.edited_film().is_none() {
            self.fill_in_film();
        }
    }

    /// A film that nobody has changed is that of the page Write as it is now.
    pub(super) fn look_at_film(&mut self) {
        let film = self.state.edited_film();
        if film.is_none() || film == self.state.film.filled.as_ref() {
            self.fill_in_film();
        }
    }

    fn fill_in_film(&mut self) {
        let film = EditedFilm::new(self.written_scene(None));
        self.fill_in(|document| document.film = Some(film.clone()));
        self.state.film.filled = Some(film);
    }

    /// The page Write as a scene that looks like another one.
    fn written_scene(&self, like: Option<&Scene>) -> Scene {
        let line = self.line();
        let document = &self.state.history.now;
        let script = Script::Words {
            voice: line.script_voice(),
            text: line.text,
            speed: line.speed,
        };
        let usual = Scene::new(script, Aspect::Wide);
        let scene = Scene {
            portrait: document.portrait.clone(),
            face: document.face,
            life: document.life,
            ..usual
        };
        match like {
            None => scene,
            Some(like) => Scene {
                framing: Framing {
                    extent: like.framing.extent,
                    aspect: like.framing.aspect,
                    fill: like.framing.fill,
                    ..Framing::default()
                },
                captions: like.captions,
                background: like.background.clone(),
                blur: like.blur,
                pause_secs: like.pause_secs,
                transition: like.transition,
                ..scene
            },
        }
    }

    fn edited_film(&self) -> anyhow::Result<&EditedFilm> {
        self.state
            .edited_film()
            .context(text!("error-film-no-scene"))
    }

    fn show_scene(&mut self, number: usize) {
        if number == self.state.scene_number() {
            return;
        }
        if let Some(preview) = &self.state.transport.preview
            && matches!(preview.of, Previewed::Scene(_))
        {
            self.stop();
        }
        self.state.film.selected = number;
    }

    fn add_scene(&mut self) -> anyhow::Result<()> {
        let scene = match self.state.scene().cloned() {
            Some(scene) => scene,
            None => self.written_scene(None),
        };
        let (voice, speed) = match scene.script {
            Script::Words { voice, speed, .. } => (voice, speed),
            _ => (ScriptVoice::Default, 1.0),
        };
        let script = Script::Words {
            text: String::new(),
            voice,
            speed,
        };
        self.insert_scene(Scene {
            title: None,
            transcript: None,
            script,
            ..scene
        })?;
        self.state.film.wants_words = true;
        Ok(())
    }

    fn add_script(&mut self) -> anyhow::Result<()> {
        let is_dialogue = self.state.dialogue_in(&self.state.history.now.words);
        anyhow::ensure!(is_dialogue.is_none(), "{}", text!("error-film-dialogue"));
        let scene = self.written_scene(self.state.scene());
        self.insert_scene(scene)
    }

    /// Puts a scene behind the one that is shown, and shows it.
    fn insert_scene(&mut self, scene: Scene) -> anyhow::Result<()> {
        let number = self.state.scene_number();
        let Some(edited) = &mut self.state.history.now.film else {
            return Ok(());
        };
        let scenes = &mut edited.film.scenes;
        anyhow::ensure!(
            scenes.len() < MAX_SCENES,
            "{}",
            text!("error-film-full", count = MAX_SCENES)
        );
        let place = (number + 1).min(scenes.len());
        scenes.insert(place, scene);
        self.state.film.part = FilmPart::Scenes;
        self.show_scene(place);
        Ok(())
    }

    fn remove_scene(&mut self) {
        let number = self.state.scene_number();
        let Some(edited) = &mut self.state.history.now.film else {
            return;
        };
        if edited.film.scenes.len() > 1 {
            edited.film.scenes.remove(number);
            self.show_scene(number.saturating_sub(1));
        }
    }

    fn move_scene(&mut self, from: usize, to: usize) {
        let Some(edited) = &mut self.state.history.now.film else {
            return;
        };
        let scenes = &mut edited.film.scenes;
        if from != to && from < scenes.len() && to < scenes.len() {
            let scene = scenes.remove(from);
            scenes.insert(to, scene);
            self.show_scene(to);
        }
    }

    /// Lets a picture speak in the scene that is shown, in the voice that fits it unless the user has chosen one.
    fn scene_portrait(&mut self, path: PathBuf) {
        let usual = self.state.session.default_portrait.clone();
        let usual_voice = self.state.voices.first().cloned();
        let Some(scene) = self.state.scene() else {
            return;
        };
        let fits = |path: Option<&Path>| path.and_then(|path| self.state.fitting_voices.of(path));
        let before = fits(scene.portrait.as_deref().or(usual.as_deref()));
        let is_untouched = match &scene.script {
            Script::Words { voice, .. } => match voice {
                ScriptVoice::Default => true,
                ScriptVoice::Named(name) => {
                    Some(name.as_str()) == before || Some(name) == usual_voice.as_ref()
                }
                ScriptVoice::Reference(_) | ScriptVoice::Model(_) => false,
            },
            _ => false,
        };
        let fitting = fits(Some(&path)).filter(|_| is_untouched);
        let fitting = fitting.map(str::to_owned);
        let Some(scene) = self.state.scene_mut() else {
            return;
        };
        if let (Some(fitting), Script::Words { voice, .. }) = (fitting, &mut scene.script) {
            *voice = ScriptVoice::Named(fitting);
        }
        scene.face = None;
        scene.portrait = Some(path).filter(|path| Some(path) != usual.as_ref());
    }

    fn preview_scene(&mut self) -> anyhow::Result<()> {
        let number = self.state.scene_number();
        let scene = self.state.scene().cloned();
        let scene = scene.context(text!("error-film-no-scene"))?;
        if let Err(error) = scene.script.check() {
            let reason = studio::wording::one_line(&error);
            let place = Place::Scene(number + 1);
            self.film_refused(SceneError::new(place, "text", reason));
            return Ok(());
        }
        self.state.status = Status::default();
        self.preview_script(scene.script, scene.seed, Previewed::Scene(number))
    }

    fn ask_film(&mut self) -> anyhow::Result<()> {
        let film = self.edited_film()?;
        if let Err(error) = film.film.check_fields() {
            self.film_refused(error);
            return Ok(());
        }
        let stem = match (&film.file, film.film.scenes.first()) {
            (Some(file), _) => file_stem(file),
            (None, scene) => stem_from_words(&scene.map_or(String::new(), |it| it.script.title())),
        };
        self.ask(Dialog::Film(FilmFile::Export(format!("{stem}.mp4"))))
    }

    /// Writes the film once the exports before it are written.
    fn export_film(&mut self, path: PathBuf) -> anyhow::Result<()> {
        let edited = self.edited_film()?;
        let has_subtitles = edited.outputs.subtitles.is_some();
        let request = SceneFilmRequest {
            film: edited.film.clone(),
            outputs: SceneOutputs {
                video: Some(path.clone()),
                subtitles: has_subtitles.then(|| path.with_extension("srt")),
                chapters: None,
                sound_codec: edited.outputs.sound_codec,
            },
        };
        let number = self.worker.export_film(request)?;
        self.state.exports.push(Export {
            number,
            path,
            again: Action::Film(FilmAction::AskExport),
            progress: None,
        });
        self.state.film.problem = None;
        self.state.status = Status::default();
        Ok(())
    }

    fn save_film(&mut self) -> anyhow::Result<()> {
        let film = self.edited_film()?;
        match film.file.clone() {
            Some(path) => self.film(FilmAction::SaveIn(path)),
            None => self.ask(Dialog::Film(FilmFile::Save("film.toml".to_owned()))),
        }
    }

    /// The user chose a file for the film.
    pub(super) fn film_file_chosen(&mut self, file: &FilmFile, path: PathBuf) {
        let action = match file {
            FilmFile::Portrait => FilmAction::Portrait(path),
            FilmFile::Background => FilmAction::Background(path),
            FilmFile::Music => FilmAction::Music(path),
            FilmFile::Logo => FilmAction::Logo(path),
            FilmFile::Open => FilmAction::Open(path),
            FilmFile::Save(_) => FilmAction::SaveIn(path),
            FilmFile::Export(_) => FilmAction::Export(path),
        };
        self.act(Action::Film(action));
    }

    /// What came of reading or writing the film's file.
    pub(super) fn take_film_event(&mut self, event: FilmEvent) {
        match event {
            FilmEvent::Opened(path, film) => {
                let has_dictionary = film.dictionary.is_some();
                self.state.history.now.film = Some(*film);
                self.state.film = Default::default();
                self.state.use_now = Use::Film;
                let file = file_name(&path);
                self.state.status = match has_dictionary {
                    true => Status::news(text!("film-opened-dictionary", file = file)),
                    false => Status::note(text!("status-opened", project = file)),
                };
            }
            FilmEvent::Saved(path) => {
                let file = file_name(&path);
                self.fill_in(|document| {
                    if let Some(film) = &mut document.film {
                        film.file = Some(path.clone());
                    }
                });
                self.state.status = Status::note(text!("status-saved", project = file));
            }
            FilmEvent::Unfinished(error) => self.film_refused(error),
            FilmEvent::Failed(path, reason) => {
                let open = Action::Ask(Dialog::Film(FilmFile::Open));
                self.state.status = Status::problem(reason)
                    .about(&path)
                    .in_panel()
                    .with_button(text!("action-other-film"), open);
            }
        }
    }

    /// Shows what is wrong with the film, beside the field that it is about and above the buttons.
    pub(super) fn film_refused(&mut self, error: SceneError) {
        let Some(edited) = self.state.edited_film() else {
            return;
        };
        let film = edited.film.clone();
        let line = match error.place {
            Some(Place::Scene(number)) => {
                self.state.film.selected = number - 1;
                self.state.film.part = FilmPart::Scenes;
                text!(
                    "film-wrong-scene",
                    number = number,
                    reason = error.reason.as_str()
                )
            }
            Some(Place::Music) => text!("film-wrong-music", reason = error.reason.as_str()),
            Some(Place::Logo) => text!("film-wrong-logo", reason = error.reason.as_str()),
            Some(Place::Film) | None => error.reason.clone(),
        };
        // The background is the whole film's here.
        let is_whole = !matches!(error.place, Some(Place::Scene(_)))
            || error.field.as_deref() == Some("background");
        if is_whole {
            self.state.film.part = FilmPart::Whole;
        }
        self.state.status = Status::problem(line).in_panel();
        self.state.film.problem = Some(FilmProblem { error, film });
    }
}

#[cfg(test)]
mod tests;
