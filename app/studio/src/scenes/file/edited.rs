//! A film that is edited, with what its file says beside it.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use engine::atomic_file::write_atomically;
use serde::{Deserialize, Serialize};

use super::{SceneFile, SceneOutputs, writing};
use crate::framing::Aspect;
use crate::scenes::{Scene, SceneFilm};
use crate::texts::text;

/// A film that is edited. It can be unfinished; what is missing is said by [`SceneFilm::check_fields`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EditedFilm {
    /// The film.
    pub film: SceneFilm,
    /// The file that it was read from or saved in last.
    pub file: Option<PathBuf>,
    /// The file with the pronunciations that its own file names.
    pub dictionary: Option<PathBuf>,
    /// Where its own file says it goes.
    pub outputs: SceneOutputs,
}

impl EditedFilm {
    /// A film of one scene.
    pub fn new(scene: Scene) -> Self {
        let aspect = scene.framing.aspect;
        let mut film = Self {
            film: SceneFilm::new(vec![scene]),
            file: None,
            dictionary: None,
            outputs: SceneOutputs::default(),
        };
        film.set_aspect(match aspect {
            Aspect::Portrait => Aspect::Wide,
            aspect => aspect,
        });
        film
    }

    /// Reads a film's file.
    ///
    /// # Errors
    /// Those of [`SceneFile::read`].
    pub fn read(path: &Path) -> anyhow::Result<Self> {
        let file = SceneFile::read(path)?;
        Ok(Self {
            film: file.film,
            file: Some(path.to_owned()),
            dictionary: file.dictionary.map(|dictionary| dictionary.path),
            outputs: file.outputs,
        })
    }

    /// Writes a file of which [`Self::read`] makes the same film, whole or not at all.
    ///
    /// # Errors
    /// [`SceneError`](crate::scenes::SceneError) about what is missing or what a file cannot say, and what cannot be written.
    pub fn save(&self, path: &Path) -> anyhow::Result<()> {
        self.film.check_fields()?;
        let folder = path.parent().unwrap_or(Path::new(""));
        let text = writing::toml(self, folder)?;
        let written = write_atomically(path, |file| file.write_all(text.as_bytes()));
        written.with_context(|| text!("scenes-unsaved", path = path.display().to_string()))
    }

    /// Gives the film another shape.
    pub fn set_aspect(&mut self, aspect: Aspect) {
        self.film.aspect = aspect;
        for scene in &mut self.film.scenes {
            scene.framing.aspect = aspect;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::captions::CaptionStyle;
    use crate::framing::{Extent, Fill};
    use crate::media::write::{FrameRate, SoundCodec};
    use crate::reference_voice::OwnVoice;
    use crate::scenes::{
        Corner, Logo, Music, SceneBackground, SceneError, Transition, USUAL_TRANSITION_SECS,
    };
    use crate::script::{Script, ScriptVoice};
    use engine::motion::{HeadPose, Mood};

    fn words(text: &str, voice: ScriptVoice) -> Script {
        Script::Words {
            text: text.to_owned(),
            voice,
            speed: 1.0,
        }
    }

    /// A film that says something in every field.
    fn film(folder: &Path) -> EditedFilm {
        let file = |name: &str| {
            let path = folder.join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(&path, "Moe = /mˈOi/\n").unwrap();
            path
        };
        let mut first = Scene::new(
            words(
                "He said \"C:\\new\".\nThen\t#he left. Ünï 🎬",
                ScriptVoice::Named("af_heart".to_owned()),
            ),
            Aspect::Tall,
        );
        first.title = Some("One".to_owned());
        first.seed = u64::MAX;
        first.portrait = Some(file("faces/Ä b.png"));
        first.face = Some(2);
        first.life.mood = Mood::Happy;
        first.life.amount = 0.1;
        first.life.gaze = [0.25, -1.0];
        first.life.head = HeadPose {
            pitch: 3.3_f32.to_radians(),
            yaw: 0.0,
            roll: -7.0_f32.to_radians(),
        };
        first.framing.extent = Extent::Shoulders;
        first.framing.zoom = 1.3;
        first.framing.shift = [0.1, -0.2];
        first.framing.fill = Fill::Colour([1, 2, 255]);
        first.captions = Some(CaptionStyle::Highlight);
        first.background = SceneBackground::Video(file("sea.mp4"));
        first.blur = 0.3;
        first.pause_secs = 1.7;
        first.transition = Transition::Black { secs: 0.7 };
        let mut second = first.clone();
        second.title = None;
        second.script = words(
            "Two.",
            ScriptVoice::Reference(OwnVoice {
                recording: file("me.wav"),
                words: "My own words.".to_owned(),
                is_permitted: true,
            }),
        );
        second.portrait = None;
        second.background = SceneBackground::Colour([0, 16, 255]);
        second.transition = Transition::Crossfade {
            secs: USUAL_TRANSITION_SECS,
        };
        let mut third = second.clone();
        third.script = Script::AudioFile(file("said.wav"));
        third.transcript = Some("What is heard.".to_owned());
        third.background = SceneBackground::Picture(file("wall.jpg"));
        third.transition = Transition::Cut;
        let mut edited = EditedFilm::new(first);
        edited.film.scenes.extend([second, third]);
        edited.film.title = Some("All".to_owned());
        edited.film.short_side_px = 1080;
        edited.film.frame_rate = FrameRate::Fps50;
        let mut music = Music::new(file("music.mp3"));
        music.volume = 0.35;
        music.ducking.reduction_db = 18.5;
        edited.film.music = Some(music);
        let mut logo = Logo::new(file("logo.png"));
        logo.corner = Corner::BottomLeft;
        logo.opacity = 0.8;
        edited.film.logo = Some(logo);
        edited.dictionary = Some(file("names.txt"));
        edited.outputs = SceneOutputs {
            video: Some(folder.join("out/film.mp4")),
            subtitles: Some(folder.join("film.srt")),
            chapters: None,
            sound_codec: SoundCodec::Opus,
        };
        edited
    }

    #[test]
    fn a_file_gives_back_the_film_that_was_saved_and_another_folder_its_own_files() {
        let folder = tempfile::tempdir().unwrap();
        let mut film = film(folder.path());
        for place in ["film.toml", "deep/film.toml"] {
            let path = folder.path().join(place);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            film.save(&path).unwrap();
            film.file = Some(path.clone());
            assert_eq!(EditedFilm::read(&path).unwrap(), film);
        }
        let text = std::fs::read_to_string(folder.path().join("film.toml")).unwrap();
        let tables: Vec<&str> = text.split("[[scene]]").collect();
        // Files below are named from there, and what is alike is said once.
        assert!(text.contains("portrait = \"faces/Ä b.png\"") && text.contains("\"music.mp3\""));
        assert!(tables[0].contains("captions = \"highlight\"") && tables.len() == 4);
        assert!(!tables[1].contains("captions") && tables[0].contains("head = [3.3, 0, -7]"));
    }

    #[test]
    fn what_is_as_usual_is_not_said() {
        let folder = tempfile::tempdir().unwrap();
        let scene = Scene::new(words("Hello.", ScriptVoice::Default), Aspect::Portrait);
        let film = EditedFilm::new(scene);
        let path = folder.path().join("film.toml");
        film.save(&path).unwrap();
        let text = std::fs::read_to_string(&path).unwrap();
        assert_eq!(text, "[[scene]]\ntext = \"Hello.\"\n");
        assert_eq!(EditedFilm::read(&path).unwrap().film, film.film);
    }

    #[test]
    fn what_is_missing_is_said_with_its_place_and_nothing_is_written() {
        let folder = tempfile::tempdir().unwrap();
        let whole = film(folder.path());
        let wrong = |change: fn(&mut EditedFilm)| {
            let mut film = whole.clone();
            change(&mut film);
            let error = film.save(&folder.path().join("new.toml")).unwrap_err();
            let error = error.downcast::<SceneError>().unwrap();
            (error.place.unwrap().to_string(), error.field.unwrap())
        };
        let said = |place: &str, field: &str| (place.to_owned(), field.to_owned());
        let no_scene = wrong(|film| film.film.scenes.clear());
        assert_eq!(no_scene, said("film", "scene"));
        let no_words = wrong(|film| film.film.scenes[1].script = Script::Microphone(None));
        assert_eq!(no_words, said("scene 2", "text"));
        let empty = wrong(|film| {
            film.film.scenes[0].script = words("  ", ScriptVoice::Default);
        });
        assert_eq!(empty, said("scene 1", "text"));
        let model = wrong(|film| {
            let files = crate::voice_model::ModelVoiceFiles {
                voice: OwnVoice {
                    recording: "me.wav".into(),
                    words: "My own words.".to_owned(),
                    is_permitted: true,
                },
                ..Default::default()
            };
            film.film.scenes[0].script = words("One.", ScriptVoice::Model(Box::new(files)));
        });
        assert_eq!(model, said("scene 1", "voice"));
        let music = wrong(|film| film.film.music = Some(Music::new("gone.mp3".into())));
        assert_eq!(music, said("music", "file"));
        let portrait = wrong(|film| film.film.scenes[2].portrait = Some("gone.png".into()));
        assert_eq!(portrait, said("scene 3", "portrait"));
        assert!(!folder.path().join("new.toml").exists());
    }
}
