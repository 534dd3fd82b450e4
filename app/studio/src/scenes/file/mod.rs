//! A film of several scenes as a TOML file: `[film]`, `[music]`, `[logo]` and one `[[scene]]` after the other.
//!
//! What a scene does not say the film says for all. Files are looked for beside the film's own. [`SceneFile`] reads one, [`EditedFilm`]
//! also writes it.

mod edited;
mod fields;
mod scene;
mod writing;

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use engine::text::UserDictionary;
use serde::{Deserialize, Serialize};
use toml::de::{DeTable, DeValue};

use super::{
    Corner, DUCK_DB_RANGE, Logo, MAX_FADE_SECS, MAX_SCENES, MUSIC_VOLUME_RANGE, Music, Place,
    SceneError, SceneFilm, USUAL_SHORT_SIDE_PX,
};
use crate::ducking::Ducking;
use crate::framing::Aspect;
use crate::look::SHORT_SIDES_PX;
use crate::media::write::{FrameRate, SoundCodec};
use crate::text_file;
use crate::texts::text;
use crate::wording::one_line;
pub use edited::EditedFilm;
use fields::{Fields, Source};
use scene::SHARED_FIELDS;

/// Longest file.
const MAX_BYTES: u64 = 16_000_000;
/// The tables of a file.
const TABLES: [&str; 4] = ["film", "music", "logo", "scene"];
/// Fields that only the film has.
const FILM_FIELDS: [&str; 9] = [
    "title",
    "dictionary",
    "output",
    "subtitles",
    "chapters",
    "size",
    "aspect",
    "fps",
    "audio_codec",
];
const MUSIC_FIELDS: [&str; 7] = [
    "file",
    "volume",
    "duck_db",
    "attack_secs",
    "release_secs",
    "fade_in_secs",
    "fade_out_secs",
];
const LOGO_FIELDS: [&str; 5] = ["file", "corner", "margin", "width", "opacity"];

type Result<T> = std::result::Result<T, SceneError>;

/// A film as its file has it.
#[derive(Clone, Debug)]
pub struct SceneFile {
    /// The film.
    pub film: SceneFilm,
    /// How words are pronounced in all scenes.
    pub dictionary: Option<SceneDictionary>,
    /// Where it goes.
    pub outputs: SceneOutputs,
    /// Lines of the fields.
    lines: HashMap<(Place, String), usize>,
}

/// Pronunciations and the file that they come from.
#[derive(Clone, Debug, PartialEq)]
pub struct SceneDictionary {
    /// The file.
    pub path: PathBuf,
    /// What it says.
    pub words: UserDictionary,
}

/// The files that a film goes into, as far as they are named.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SceneOutputs {
    /// Picture and sound.
    pub video: Option<PathBuf>,
    /// Words with their times, SRT or VTT.
    pub subtitles: Option<PathBuf>,
    /// Titles with their times, as video platforms read them out of a description.
    pub chapters: Option<PathBuf>,
    /// How the sound of an MP4 is coded.
    pub sound_codec: SoundCodec,
}

impl SceneFile {
    /// Reads a film and checks it as far as that is possible without the models: its fields, and that the files are there.
    ///
    /// # Errors
    /// [`SceneError`] with place, field and line.
    pub fn read(path: &Path) -> Result<Self> {
        let text =
            text_file::read(path, text!("scenes-film"), MAX_BYTES).map_err(|error| SceneError {
                place: None,
                field: None,
                line: None,
                reason: one_line(&error),
            })?;
        Self::parse(&text, path.parent().unwrap_or(Path::new("")))
    }

    /// Reads a film whose file lies in `folder`.
    ///
    /// # Errors
    /// As [`Self::read`].
    pub fn parse(text: &str, folder: &Path) -> Result<Self> {
        let source = Source::new(text, folder);
        let whole = |line: Option<usize>, reason: String| SceneError {
            place: None,
            field: None,
            line,
            reason,
        };
        let root = DeTable::parse(text).map_err(|error| {
            let line = error.span().map(|span| source.line(span.start));
            whole(line, text!("scenes-not-toml", reason = error.message()))
        })?;
        let root = root.get_ref();
        for key in root.keys() {
            if !TABLES.contains(&key.get_ref().as_ref()) {
                let reason = text!("scenes-unknown-table", name = key.get_ref().as_ref());
                return Err(whole(Some(source.line(key.span().start)), reason));
            }
        }
        let empty = DeTable::new();
        let table = |name: &str, place: Place| {
            let Some(value) = root.get(name) else {
                return Ok(None);
            };
            let line = source.line(value.span().start);
            match value.get_ref() {
                DeValue::Table(table) => Ok(Some((table, line, place))),
                _ => Err(whole(Some(line), text!("scenes-table", name = name))),
            }
        };
        let fields_of = |(table, line, place)| Fields {
            place,
            table,
            line,
            otherwise: None,
            source: &source,
        };
        let film = table("film", Place::Film)?.unwrap_or((&empty, 1, Place::Film));
        let film = fields_of(film);
        film.check_known(&[&FILM_FIELDS, &SHARED_FIELDS])?;
        let music = table("music", Place::Music)?.map(fields_of);
        let logo = table("logo", Place::Logo)?.map(fields_of);

        let mut scenes = Vec::new();
        match root.get("scene").map(|value| (value, value.get_ref())) {
            None => {}
            Some((value, DeValue::Array(array))) => {
                let line = source.line(value.span().start);
                if array.len() > MAX_SCENES {
                    let count = array.len();
                    let reason = text!("scenes-too-many", count = count, max = MAX_SCENES);
                    return Err(whole(Some(line), reason));
                }
                for (number, entry) in (1..).zip(array.iter()) {
                    let line = source.line(entry.span().start);
                    let DeValue::Table(table) = entry.get_ref() else {
                        return Err(whole(Some(line), text!("scenes-scene").to_owned()));
                    };
                    scenes.push(Fields {
                        otherwise: Some(&film),
                        ..fields_of((table, line, Place::Scene(number)))
                    });
                }
            }
            Some((value, _)) => {
                let line = source.line(value.span().start);
                return Err(whole(Some(line), text!("scenes-scene").to_owned()));
            }
        }
        if scenes.is_empty() {
            return Err(whole(None, text!("scenes-none-in-file").to_owned()));
        }
        let aspect = film.one_of("aspect", &aspects())?.unwrap_or(Aspect::Wide);
        let parsed = SceneFilm {
            title: film.text("title")?,
            aspect,
            short_side_px: side_px(&film)?,
            frame_rate: film.one_of_rates()?,
            music: music.as_ref().map(music_of).transpose()?,
            logo: logo.as_ref().map(logo_of).transpose()?,
            scenes: scenes
                .iter()
                .map(|fields| scene::scene(fields, aspect))
                .collect::<Result<_>>()?,
        };
        let outputs = SceneOutputs {
            video: film.path("output")?,
            subtitles: film.path("subtitles")?,
            chapters: film.path("chapters")?,
            sound_codec: film
                .one_of(
                    "audio_codec",
                    &[("aac", SoundCodec::Aac), ("opus", SoundCodec::Opus)],
                )?
                .unwrap_or_default(),
        };
        let dictionary = dictionary_of(&film)?;
        let tables = std::iter::once(&film)
            .chain(&scenes)
            .chain(&music)
            .chain(&logo);
        let lines = tables.flat_map(|fields| {
            fields.table.keys().map(|key| {
                let line = source.line(key.span().start);
                ((fields.place, key.get_ref().to_string()), line)
            })
        });
        Ok(Self {
            film: parsed,
            dictionary,
            outputs,
            lines: lines.collect(),
        })
    }

    /// Adds to what was found wrong later in which line it stands.
    pub fn located(&self, error: anyhow::Error) -> anyhow::Error {
        let mut error = match error.downcast::<SceneError>() {
            Ok(error) => error,
            Err(other) => return other,
        };
        if let (None, Some(place), Some(field)) = (error.line, error.place, &error.field) {
            let line = |place| self.lines.get(&(place, field.clone())).copied();
            error.line = line(place).or_else(|| line(Place::Film));
        }
        error.into()
    }
}

/// The shapes that a film of several portraits can have.
fn aspects() -> Vec<(&'static str, Aspect)> {
    let aspects = Aspect::ALL.into_iter();
    let aspects = aspects.filter(|aspect| *aspect != Aspect::Portrait);
    aspects.map(|aspect| (aspect.name(), aspect)).collect()
}

fn side_px(film: &Fields<'_>) -> Result<u32> {
    let range = u64::from(*SHORT_SIDES_PX.start())..=u64::from(*SHORT_SIDES_PX.end());
    let side_px = film.whole("size", range)?;
    Ok(side_px
        .and_then(|side_px| u32::try_from(side_px).ok())
        .unwrap_or(USUAL_SHORT_SIDE_PX))
}

impl Fields<'_> {
    fn one_of_rates(&self) -> Result<FrameRate> {
        let per_second = self.whole("fps", 25..=50)?;
        let Some(per_second) = per_second else {
            return Ok(FrameRate::default());
        };
        let per_second = u32::try_from(per_second).unwrap_or_default();
        FrameRate::of(per_second).ok_or_else(|| self.wrong("fps", text!("scenes-fps")))
    }
}

fn dictionary_of(fields: &Fields<'_>) -> Result<Option<SceneDictionary>> {
    let Some(path) = fields.file("dictionary")? else {
        return Ok(None);
    };
    match UserDictionary::load(&path) {
        Ok(words) => Ok(Some(SceneDictionary { path, words })),
        Err(error) => Err(fields.wrong("dictionary", one_line(&error.into()))),
    }
}

fn music_of(fields: &Fields<'_>) -> Result<Music> {
    fields.check_known(&[&MUSIC_FIELDS])?;
    let secs = |field: &str, usual: f32| -> Result<f32> {
        Ok(fields.number(field, 0.0..=MAX_FADE_SECS)?.unwrap_or(usual))
    };
    let path = fields.file("file")?;
    let path = path.ok_or_else(|| fields.wrong("file", text!("scenes-music-file")))?;
    let usual = Music::new(path);
    let ducking = usual.ducking;
    Ok(Music {
        volume: fields
            .number("volume", MUSIC_VOLUME_RANGE)?
            .unwrap_or(usual.volume),
        ducking: Ducking {
            reduction_db: fields
                .number("duck_db", DUCK_DB_RANGE)?
                .unwrap_or(ducking.reduction_db),
            attack_secs: secs("attack_secs", ducking.attack_secs)?,
            release_secs: secs("release_secs", ducking.release_secs)?,
            ..ducking
        },
        fade_in_secs: secs("fade_in_secs", usual.fade_in_secs)?,
        fade_out_secs: secs("fade_out_secs", usual.fade_out_secs)?,
        ..usual
    })
}

fn logo_of(fields: &Fields<'_>) -> Result<Logo> {
    fields.check_known(&[&LOGO_FIELDS])?;
    let corners = Corner::ALL.map(|corner| (corner.name(), corner));
    let path = fields.file("file")?;
    let path = path.ok_or_else(|| fields.wrong("file", text!("scenes-logo-file")))?;
    let usual = Logo::new(path);
    Ok(Logo {
        corner: fields.one_of("corner", &corners)?.unwrap_or_default(),
        margin: fields.number("margin", 0.0..=0.4)?.unwrap_or(usual.margin),
        width: fields.number("width", 0.01..=1.0)?.unwrap_or(usual.width),
        opacity: fields
            .number("opacity", 0.0..=1.0)?
            .unwrap_or(usual.opacity),
        ..usual
    })
}

#[cfg(test)]
mod tests;
