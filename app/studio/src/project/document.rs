//! What the user edits, and every step back and forth through it.

use std::collections::BTreeSet;
use std::path::PathBuf;

use engine::motion::{Driving, LifeSettings};
use serde::{Deserialize, Serialize};

use crate::reference_voice::OwnVoice;
use crate::scenes::EditedFilm;
use crate::script::Script;
use crate::voice_model::ModelVoiceFiles;

/// Steps that are kept.
const MAX_STEPS: usize = 500;
/// Typing that goes on without a longer pause is one step.
const TYPING_PAUSE_SECS: f64 = 1.0;

/// Everything that an edit can change. Takes themselves are no part of it, only which of them are put away.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Document {
    /// Words to speak.
    pub words: String,
    /// Name of the voice; empty until the voices are known.
    pub voice: String,
    /// Somebody who speaks in place of that voice.
    pub own_voice: Option<OwnVoice>,
    /// A voice model of the user's that speaks in place of both.
    pub model_voice: Option<ModelVoiceFiles>,
    /// Rate of speech, 1 is the voice's own.
    pub speed: f32,
    /// How the face behaves.
    pub life: LifeSettings,
    /// What the face follows beside the voice, if anything.
    pub driver: Option<ChosenDriver>,
    /// The picture; none for the default one.
    pub portrait: Option<PathBuf>,
    /// Which of its faces moves, counted from the left from 1 on; none for the largest.
    pub face: Option<usize>,
    /// A film of several scenes; none before somebody looked at one.
    pub film: Option<EditedFilm>,
    /// Takes that were put away.
    pub put_away: BTreeSet<u64>,
}

/// A video or a motion that the face follows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ChosenDriver {
    /// A video of a face, or a motion file.
    pub source: PathBuf,
    /// Which parts of the face follow it, and how.
    pub driving: Driving,
}

/// The document and its past and future.
#[derive(Clone, Debug)]
pub struct History {
    /// The document as it is; change it freely, then call [`Self::settle`].
    pub now: Document,
    settled: Document,
    past: Vec<Document>,
    future: Vec<Document>,
    /// When the last edit was, if it was one of a kind that goes on.
    typing_since_secs: Option<f64>,
}

impl History {
    /// Begins with a document and no past.
    pub fn new(document: Document) -> Self {
        Self {
            settled: document.clone(),
            now: document,
            past: Vec::new(),
            future: Vec::new(),
            typing_since_secs: None,
        }
    }

    /// Makes a step of what was changed since the last call. Returns whether there was anything. `now_secs` is any steady clock.
    pub fn settle(&mut self, now_secs: f64) -> bool {
        if self.now == self.settled {
            return false;
        }
        // Typing and dragging change one thing little by little.
        let goes_on = Document {
            words: self.now.words.clone(),
            speed: self.now.speed,
            life: self.now.life,
            own_voice: self.typed_voice(),
            driver: self.dragged_driver(),
            film: self.typed_film(),
            ..self.settled.clone()
        } == self.now;
        let continues = goes_on
            && self
                .typing_since_secs
                .is_some_and(|last| now_secs - last < TYPING_PAUSE_SECS);
        let before = std::mem::replace(&mut self.settled, self.now.clone());
        if !continues {
            self.push(before);
        }
        self.future.clear();
        self.typing_since_secs = goes_on.then_some(now_secs);
        true
    }

    /// The voice as it was, with the words that are typed for it now.
    fn typed_voice(&self) -> Option<OwnVoice> {
        let words = self.now.own_voice.as_ref().map(|voice| &voice.words);
        self.settled.own_voice.clone().map(|voice| OwnVoice {
            words: words.unwrap_or(&voice.words).clone(),
            ..voice
        })
    }

    /// The driver as it was, with the strength that is set for it now.
    fn dragged_driver(&self) -> Option<ChosenDriver> {
        let mut driver = self.settled.driver.clone()?;
        if let Some(now) = &self.now.driver {
            driver.driving.strength = now.driving.strength;
        }
        Some(driver)
    }

    /// The film as it was, with the words that are typed in it now and the numbers that are set.
    fn typed_film(&self) -> Option<EditedFilm> {
        let mut edited = self.settled.film.clone()?;
        let Some(now) = &self.now.film else {
            return Some(edited);
        };
        let (film, now) = (&mut edited.film, &now.film);
        if film.scenes.len() == now.scenes.len() {
            for (scene, now) in film.scenes.iter_mut().zip(&now.scenes) {
                match (&mut scene.script, &now.script) {
                    (Script::Words { text, .. }, Script::Words { text: typed, .. }) => {
                        text.clone_from(typed);
                    }
                    _ => scene.transcript.clone_from(&now.transcript),
                }
                scene.title.clone_from(&now.title);
                scene.pause_secs = now.pause_secs;
                scene.blur = now.blur;
            }
        }
        if let (Some(music), Some(now)) = (&mut film.music, &now.music) {
            music.volume = now.volume;
            music.ducking = now.ducking;
        }
        Some(edited)
    }

    /// What is changed from now on is a step of its own, even right after typing.
    pub fn begin_step(&mut self) {
        self.typing_since_secs = None;
    }

    /// A take was made: a step, back from which it is put away.
    pub fn add_take(&mut self, id: u64) {
        // What was changed before it is a step of its own.
        if self.now != self.settled {
            let before = std::mem::replace(&mut self.settled, self.now.clone());
            self.push(before);
        }
        let mut before = self.settled.clone();
        for document in self.past.iter_mut().chain([&mut before]) {
            document.put_away.insert(id);
        }
        self.push(before);
        self.future.clear();
        self.typing_since_secs = None;
    }

    fn push(&mut self, before: Document) {
        self.past.push(before);
        if self.past.len() > MAX_STEPS {
            self.past.remove(0);
        }
    }

    /// Takes a change as given, without a step: what the program filled in by itself.
    pub fn absorb(&mut self) {
        self.settled = self.now.clone();
    }

    /// Goes back one step; false at the beginning.
    pub fn undo(&mut self) -> bool {
        self.step(|history| (&mut history.past, &mut history.future))
    }

    /// Goes forth one step; false at the end.
    pub fn redo(&mut self) -> bool {
        self.step(|history| (&mut history.future, &mut history.past))
    }

    /// Whether [`Self::undo`] would do something.
    pub fn can_undo(&self) -> bool {
        !self.past.is_empty()
    }

    /// Whether [`Self::redo`] would do something.
    pub fn can_redo(&self) -> bool {
        !self.future.is_empty()
    }

    fn step(
        &mut self,
        sides: impl FnOnce(&mut Self) -> (&mut Vec<Document>, &mut Vec<Document>),
    ) -> bool {
        let present = self.settled.clone();
        let (from, to) = sides(self);
        let Some(other) = from.pop() else {
            return false;
        };
        to.push(present);
        self.settled = other.clone();
        self.now = other;
        self.typing_since_secs = None;
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::framing::Aspect;
    use crate::scenes::Scene;

    #[test]
    fn every_edit_is_undone_and_done_again() {
        let mut history = History::new(Document::default());
        history.now.voice = "a".into();
        assert!(history.settle(0.0));
        history.now.put_away.insert(3);
        assert!(history.settle(0.1));
        history.now.portrait = Some("face.png".into());
        assert!(history.settle(0.2));
        history.now.face = Some(2);
        assert!(history.settle(0.25));
        assert!(!history.settle(0.3));
        let last = history.now.clone();
        assert!((0..4).all(|_| history.undo()) && !history.undo());
        assert_eq!(history.now, Document::default());
        assert!((0..4).all(|_| history.redo()) && !history.redo());
        assert_eq!(history.now, last);
    }

    #[test]
    fn making_a_take_is_a_step_back_from_which_it_is_put_away() {
        let mut history = History::new(Document::default());
        history.now.words = "hello".into();
        history.settle(0.0);
        history.add_take(7);
        assert!(!history.settle(0.1) && history.now.put_away.is_empty());
        assert!(history.undo());
        assert!(history.now.put_away.contains(&7) && history.now.words == "hello");
        // Further back it is not there either.
        assert!(history.undo());
        assert!(history.now.put_away.contains(&7));
        assert!(history.redo() && history.redo() && !history.redo());
        assert!(history.now.put_away.is_empty());
    }

    #[test]
    fn words_of_a_scene_are_one_step_and_another_scene_is_the_next() {
        let scene = || {
            let script = Script::Words {
                text: String::new(),
                voice: crate::script::ScriptVoice::Default,
                speed: 1.0,
            };
            Scene::new(script, Aspect::Tall)
        };
        let mut history = History::new(Document {
            film: Some(EditedFilm::new(scene())),
            ..Document::default()
        });
        let words = |history: &History| -> Vec<String> {
            let film = history.now.film.as_ref().unwrap();
            let texts = film.film.scenes.iter().map(|scene| scene.script.text());
            texts.map(|text| text.unwrap().to_owned()).collect()
        };
        for typed in ["H", "He", "Hey"] {
            let film = history.now.film.as_mut().unwrap();
            if let Script::Words { text, .. } = &mut film.film.scenes[0].script {
                *text = typed.to_owned();
            }
            assert!(history.settle(0.1));
        }
        history.now.film.as_mut().unwrap().film.scenes.push(scene());
        assert!(history.settle(0.2));
        assert!(history.undo());
        assert_eq!(words(&history), ["Hey"]);
        assert!(history.undo());
        assert_eq!(words(&history), [""]);
        assert!(!history.undo() && history.redo() && history.redo());
        assert_eq!(words(&history), ["Hey", ""]);
    }

    #[test]
    fn typing_is_one_step_until_a_pause() {
        let mut history = History::new(Document::default());
        for (i, length) in (1..=5).enumerate() {
            history.now.words = "hello"[..length].into();
            history.settle(i as f64 * 0.2);
        }
        history.now.words = "hello you".into();
        history.settle(5.0);
        assert!(history.undo());
        assert_eq!(history.now.words, "hello");
        assert!(history.undo());
        assert_eq!(history.now.words, "");
        assert!(history.can_redo() && !history.can_undo());
        // What is put in place of all words is a step, however soon.
        for words in ["b", "c"] {
            history.begin_step();
            history.now.words = words.into();
            history.settle(5.1);
        }
        assert!(history.undo() && history.now.words == "b" && history.undo());
        // A new edit ends the future.
        history.now.words = "x".into();
        history.settle(6.0);
        assert!(!history.can_redo());
    }
}
