//! The film of several scenes: written as one of the exports; its file read and saved.

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Context as _;

use crate::window::texts::text;
use studio::cancel::CancelToken;
use studio::resources::Resources;
use studio::scenes::making::{Event, FilmTools, make};
use studio::scenes::{EditedFilm, Portraits, SceneError, SceneFilm, SceneOutputs};
use studio::shielded::shielded;
use studio::speech::SpeechMaker;
use studio::wording::one_line;

/// A film that is to be written.
#[derive(Clone, Debug)]
pub struct SceneFilmRequest {
    /// The film.
    pub film: SceneFilm,
    /// The files.
    pub outputs: SceneOutputs,
}

/// What came of reading or saving a film's file.
#[derive(Debug)]
pub enum FilmEvent {
    /// A film was read from this file.
    Opened(PathBuf, Box<EditedFilm>),
    /// The film is saved in this file.
    Saved(PathBuf),
    /// The film cannot be saved as it is.
    Unfinished(SceneError),
    /// This file cannot be read or written, and why, one line.
    Failed(PathBuf, String),
}

/// Makes the film; returns its files and what is to be said about them.
pub(super) fn export(
    request: &SceneFilmRequest,
    maker: Option<&Arc<SpeechMaker>>,
    resources: &Resources,
    gpu: &shaders::Gpu,
    stop: &CancelToken,
    progress: &dyn Fn(f32),
) -> anyhow::Result<(Vec<PathBuf>, Vec<String>)> {
    let SceneFilmRequest { film, outputs } = request;
    outputs.check(film, &[])?;
    let speech = maker.context(text!("error-models-for-clip"))?;
    let mut portraits = Portraits::load(&resources.models, resources.default_portrait()?)?;
    let mut tools = FilmTools {
        speech,
        portraits: &mut portraits,
        gpu,
    };
    let mut notices = Vec::new();
    let made = make(film, outputs, &mut tools, stop, &mut |event| match event {
        Event::Scene { .. } => {}
        Event::Fraction(fraction) => progress(fraction),
        Event::Note { scene, text } => {
            let notice = text!("film-wrong-scene", number = scene, reason = text.as_str());
            notices.push(notice);
        }
    })?;
    Ok((made.files, notices))
}

/// Reads a film's file.
pub(super) fn open(path: PathBuf) -> FilmEvent {
    match shielded(|| EditedFilm::read(&path)) {
        Ok(film) => FilmEvent::Opened(path, Box::new(film)),
        Err(error) => {
            let reason = text!("error-film-open", reason = one_line(&error));
            FilmEvent::Failed(path, reason)
        }
    }
}

/// Saves a film's file.
pub(super) fn save(path: PathBuf, film: &EditedFilm) -> FilmEvent {
    match shielded(|| film.save(&path)) {
        Ok(()) => FilmEvent::Saved(path),
        Err(error) => refused(path, error),
    }
}

fn refused(path: PathBuf, error: anyhow::Error) -> FilmEvent {
    match error.downcast::<SceneError>() {
        Ok(error) => FilmEvent::Unfinished(error),
        Err(error) => FilmEvent::Failed(path, one_line(&error)),
    }
}

/// What is wrong with a scene, if that is why a film failed.
pub(super) fn wrong_field(error: &anyhow::Error) -> Option<SceneError> {
    error.downcast_ref::<SceneError>().cloned()
}
