//! What can be known of a film before it is made: which files it is made from, and whether all of them are of use.

use std::collections::HashSet;
use std::path::Path;

use engine::portrait::load_picture;
use engine::tracking::TrackingError;

use super::error::{Place, SceneError, missing};
use super::making::{Event, FilmTools};
use super::{Scene, SceneBackground, SceneFilm};
use crate::avatar::Avatar;
use crate::cancel::CancelToken;
use crate::media::read::{read_frames, recording};
use crate::script::{Script, ScriptVoice, check_text};
use crate::texts::text;
use crate::wording::one_line;

impl SceneFilm {
    /// The files that the film is made from.
    pub fn inputs(&self) -> Vec<&Path> {
        let mut inputs = Vec::new();
        for scene in &self.scenes {
            match &scene.script {
                Script::AudioFile(path) => inputs.push(path.as_path()),
                Script::Words {
                    voice: ScriptVoice::Reference(voice),
                    ..
                } => inputs.push(voice.recording.as_path()),
                _ => {}
            }
            inputs.extend(scene.portrait.as_deref());
            inputs.extend(background_file(scene));
        }
        inputs.extend(self.music.as_ref().map(|music| music.path.as_path()));
        inputs.extend(self.logo.as_ref().map(|logo| logo.path.as_path()));
        inputs
    }

    /// Whether every scene says something, and whether the files are there: what can be known at once and without the models.
    ///
    /// # Errors
    /// [`SceneError`] with place and field.
    pub fn check_fields(&self) -> Result<(), SceneError> {
        if self.scenes.is_empty() {
            return Err(SceneError::new(Place::Film, "scene", text!("scenes-none")));
        }
        let found = |place: Place, field: &str, path: Option<&Path>| match path.and_then(missing) {
            Some(reason) => Err(SceneError::new(place, field, reason)),
            None => Ok(()),
        };
        for (number, scene) in (1..).zip(&self.scenes) {
            let place = Place::Scene(number);
            let wrong = |field: &str| {
                let field = field.to_owned();
                move |error: anyhow::Error| SceneError::new(place, &field, one_line(&error))
            };
            match &scene.script {
                Script::Words { text, voice, .. } => {
                    check_text(text).map_err(wrong("text"))?;
                    match voice {
                        ScriptVoice::Reference(voice) => voice.check(),
                        ScriptVoice::Model(files) => files.voice.check(),
                        ScriptVoice::Default | ScriptVoice::Named(_) => Ok(()),
                    }
                    .map_err(wrong("voice"))?;
                }
                Script::AudioFile(path) => found(place, "audio", Some(path))?,
                script => script.check().map_err(wrong("text"))?,
            }
            found(place, "portrait", scene.portrait.as_deref())?;
            found(place, "background", background_file(scene))?;
        }
        let music = self.music.as_ref().map(|music| music.path.as_path());
        found(Place::Music, "file", music)?;
        let logo = self.logo.as_ref().map(|logo| logo.path.as_path());
        found(Place::Logo, "file", logo)
    }
}

fn background_file(scene: &Scene) -> Option<&Path> {
    match &scene.background {
        SceneBackground::Picture(path) | SceneBackground::Video(path) => Some(path),
        SceneBackground::Keep | SceneBackground::Colour(_) => None,
    }
}

/// Looks at everything that the scenes name, once each: what is wrong with the last one is said before the first is made.
pub(super) fn check(
    film: &SceneFilm,
    tools: &mut FilmTools<'_>,
    cancel: &CancelToken,
    report: &mut dyn FnMut(Event),
) -> anyhow::Result<()> {
    film.check_fields()?;
    let mut seen = HashSet::new();
    let mut portraits = HashSet::new();
    for (number, scene) in (1..).zip(&film.scenes) {
        cancel.check()?;
        let place = Place::Scene(number);
        let wrong =
            |field: &'static str| move |error: anyhow::Error| SceneError::of(place, field, error);
        match &scene.script {
            Script::Words {
                voice: ScriptVoice::Named(name),
                ..
            } => {
                let known = tools.speech.synthesizer().check_voice(name);
                known.map_err(|error| wrong("voice")(error.into()))?;
            }
            Script::AudioFile(path) if seen.insert(path) => {
                let sound = recording(path, &|| cancel.is_cancelled());
                sound.map_err(|error| wrong("audio")(error.into()))?;
            }
            _ => {}
        }
        match &scene.background {
            SceneBackground::Picture(path) if seen.insert(path) => {
                load_picture(path).map_err(|error| wrong("background")(error.into()))?;
            }
            SceneBackground::Video(path) if seen.insert(path) => {
                check_video(path, cancel).map_err(|error| wrong("background")(error.into()))?;
            }
            _ => {}
        }
        if portraits.insert((&scene.portrait, scene.face)) {
            let avatar = tools.portraits.get(scene.portrait.as_deref(), scene.face);
            let avatar = avatar.map_err(wrong("portrait"))?;
            for text in notes(&avatar, scene.face) {
                report(Event::Note {
                    scene: number,
                    text,
                });
            }
        }
    }
    Ok(())
}

/// Whether a video has a picture.
fn check_video(path: &Path, cancel: &CancelToken) -> engine::Result<()> {
    let mut has_picture = false;
    let read = read_frames(path, &|| cancel.is_cancelled(), &mut |_, _| {
        has_picture = true;
        Err(engine::Error::Cancelled)
    });
    match has_picture {
        true => Ok(()),
        false => read.and(Err(
            engine::Error::from(TrackingError::NoPictures).in_file(path)
        )),
    }
}

fn notes(avatar: &Avatar, face: Option<usize>) -> Vec<String> {
    let count = avatar.face_boxes().len();
    let several = (face.is_none() && count > 1).then(|| {
        text!(
            "scenes-several-faces",
            count = count,
            number = avatar.face_number()
        )
    });
    let notices = avatar.notices().iter().map(ToString::to_string);
    several.into_iter().chain(notices).collect()
}
