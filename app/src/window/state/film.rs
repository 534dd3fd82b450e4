//! The film of several scenes: what can be done about it, what is shown of it, and what is wrong with it. The film itself is a part of the
//! document.

use std::path::PathBuf;
use std::sync::Arc;

use super::{State, Use};
use crate::window::file_kind::FileKind;
use engine::motion::{Driver, LifeSettings};
use studio::scenes::{EditedFilm, Place, Scene, SceneError, SceneFilm};

/// What can be done about the film. Scenes are counted from 0 on.
#[derive(Clone, Debug, PartialEq)]
pub enum FilmAction {
    /// Show this scene.
    Select(usize),
    /// Add a scene without words behind the one that is shown.
    Add,
    /// Add a scene with the words, the voice and the portrait of the page Write.
    AddScript,
    /// Add a copy of the scene that is shown.
    Duplicate,
    /// Take the scene that is shown out of the film.
    Remove,
    /// Put a scene into the place of another one.
    Move {
        /// Which.
        from: usize,
        /// Its place then.
        to: usize,
    },
    /// Let this picture speak in the scene that is shown.
    Portrait(PathBuf),
    /// Put this picture or video behind everybody.
    Background(PathBuf),
    /// Let this be heard under the speech.
    Music(PathBuf),
    /// Lay this picture over the film.
    Logo(PathBuf),
    /// Speak the scene that is shown.
    Preview,
    /// Ask where to write the film.
    AskExport,
    /// Write the film here.
    Export(PathBuf),
    /// Edit the film that this file describes.
    Open(PathBuf),
    /// Save the film's file where it is, or ask where.
    Save,
    /// Save the film's file here.
    SaveIn(PathBuf),
}

/// A file of the film's that is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FilmFile {
    /// A picture of who speaks in the scene that is shown.
    Portrait,
    /// A picture or a video behind everybody.
    Background,
    /// What is heard under the speech.
    Music,
    /// A picture over the film.
    Logo,
    /// A film's file.
    Open,
    /// A name for a film's file.
    Save(String),
    /// A name for the video.
    Export(String),
}

impl FilmFile {
    /// What kind of file it is.
    pub fn kind(&self) -> FileKind {
        match self {
            Self::Portrait | Self::Background | Self::Logo => FileKind::Picture,
            Self::Music => FileKind::Audio,
            Self::Open | Self::Save(_) => FileKind::Project,
            Self::Export(_) => FileKind::Export,
        }
    }
}

/// Which half of the page is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum FilmPart {
    /// The scenes one by one.
    #[default]
    Scenes,
    /// What all of them have alike.
    Whole,
}

/// Why the film cannot be made.
#[derive(Clone, Debug, PartialEq)]
pub struct FilmProblem {
    /// What is wrong, and where.
    pub error: SceneError,
    /// The film that it was found in: it is forgotten once that is changed.
    pub film: SceneFilm,
}

/// What is shown of the film.
#[derive(Clone, Debug, Default)]
pub struct FilmState {
    /// The scene that is shown, from 0 on; the last one if there are fewer.
    pub selected: usize,
    /// Which half of the page.
    pub part: FilmPart,
    /// What was found wrong last.
    pub problem: Option<FilmProblem>,
    /// Whether the words of the scene are to be typed next.
    pub wants_words: bool,
    /// The film as the program filled it in from the page Write; while it is that, it follows the page.
    pub filled: Option<EditedFilm>,
}

impl State {
    /// The film, once somebody looked at one.
    pub fn edited_film(&self) -> Option<&EditedFilm> {
        self.history.now.film.as_ref()
    }

    /// Number of the scene that is shown, from 0 on.
    pub fn scene_number(&self) -> usize {
        let count = self.edited_film().map_or(0, |film| film.film.scenes.len());
        self.film.selected.min(count.saturating_sub(1))
    }

    /// The scene that is shown.
    pub fn scene(&self) -> Option<&Scene> {
        self.edited_film()?.film.scenes.get(self.scene_number())
    }

    /// The same to be edited.
    pub fn scene_mut(&mut self) -> Option<&mut Scene> {
        let number = self.scene_number();
        self.history.now.film.as_mut()?.film.scenes.get_mut(number)
    }

    /// What is wrong with a field of the film as it is now.
    pub fn film_problem(&self, place: Place, field: &str) -> Option<&str> {
        let problem = self.film.problem.as_ref()?;
        let error = &problem.error;
        let is_here = error.place == Some(place) && error.field.as_deref() == Some(field);
        let is_as_found = self.edited_film()?.film == problem.film;
        (is_here && is_as_found).then_some(error.reason.as_str())
    }

    /// How the face on the stage behaves.
    pub fn shown_life(&self) -> LifeSettings {
        match (self.use_now, self.scene()) {
            (Use::Film, Some(scene)) => scene.life,
            _ => self.history.now.life,
        }
    }

    /// What drives the face on the stage beside the voice; nothing drives scenes.
    pub fn shown_driver(&self) -> Option<Arc<Driver>> {
        match self.use_now {
            Use::Film => None,
            _ => self.driver.now.clone(),
        }
    }
}
