//! One `[[scene]]`, and what a `[film]` can say for all of them.

use std::path::PathBuf;

use engine::motion::{
    ARTICULATION_RANGE, HEAD_POSE_LIMIT, HeadPose, LifeSettings, MOUTH_SHAPE_RANGE, Mood,
};

use super::fields::Fields;
use crate::captions::CaptionStyle;
use crate::framing::{Aspect, Extent, Fill, Framing, SHIFT_RANGE, ZOOM_RANGE};
use crate::look::{LIVELINESS_RANGE, colour};
use crate::media::formats::{Role, extensions, is_a};
use crate::reference_voice::OwnVoice;
use crate::scenes::{
    MAX_PAUSE_SECS, MAX_TRANSITION_SECS, Scene, SceneBackground, SceneError, Transition,
    USUAL_TRANSITION_SECS,
};
use crate::script::{SPEED_RANGE, Script, ScriptVoice, read_text_file};
use crate::texts::text;
use crate::wording::one_line;

/// Fields that only a scene has.
const SCENE_FIELDS: [&str; 6] = [
    "title",
    "text",
    "text_file",
    "audio",
    "transcript",
    "transcript_file",
];
/// Fields that a scene has, or the film for all scenes that say nothing.
pub(super) const SHARED_FIELDS: [&str; 25] = [
    "voice",
    "reference",
    "reference_text",
    "i_have_permission",
    "speed",
    "seed",
    "portrait",
    "face",
    "mood",
    "liveliness",
    "articulation",
    "mouth_spread",
    "mouth_rounding",
    "gaze",
    "head",
    "framing",
    "zoom",
    "shift",
    "beyond",
    "captions",
    "background",
    "blur",
    "pause_secs",
    "transition",
    "transition_secs",
];
pub(super) const MOODS: [(&str, Mood); 4] = [
    ("neutral", Mood::Neutral),
    ("happy", Mood::Happy),
    ("concerned", Mood::Concerned),
    ("surprised", Mood::Surprised),
];
pub(super) const EXTENTS: [(&str, Extent); 3] = [
    ("head", Extent::Head),
    ("shoulders", Extent::Shoulders),
    ("full", Extent::Full),
];
/// Shortest transition: one frame of motion.
const MIN_TRANSITION_SECS: f32 = 0.04;

type Result<T> = std::result::Result<T, SceneError>;

/// Reads a scene of a film of this shape.
pub(super) fn scene(fields: &Fields<'_>, aspect: Aspect) -> Result<Scene> {
    fields.check_known(&[&SCENE_FIELDS, &SHARED_FIELDS])?;
    let script = script(fields)?;
    let transcript = words(fields, "transcript", "transcript_file")?;
    if transcript.is_some() && !matches!(script, Script::AudioFile(_)) {
        let reason = text!("scenes-transcript");
        return Err(fields.wrong("transcript", reason));
    }
    let captions = captions(fields)?;
    if captions.is_some() && transcript.is_none() && matches!(script, Script::AudioFile(_)) {
        let reason = text!("scenes-captions");
        return Err(fields.wrong("audio", reason));
    }
    let usual = Scene::new(script, aspect);
    Ok(Scene {
        title: fields.text_of_its_own("title")?,
        transcript,
        seed: fields.whole("seed", 0..=u64::MAX)?.unwrap_or_default(),
        portrait: fields.file("portrait")?,
        face: face(fields)?,
        life: life(fields)?,
        framing: framing(fields, aspect)?,
        captions,
        background: background(fields)?,
        blur: fields.number("blur", 0.0..=1.0)?.unwrap_or_default(),
        pause_secs: fields
            .number("pause_secs", 0.0..=MAX_PAUSE_SECS)?
            .unwrap_or(usual.pause_secs),
        transition: transition(fields)?,
        ..usual
    })
}

impl Fields<'_> {
    /// A text of the scene itself: the film's title is not the scenes'.
    fn text_of_its_own(&self, field: &str) -> Result<Option<String>> {
        match self.has_own(field) {
            true => self.text(field),
            false => Ok(None),
        }
    }
}

/// Words that stand in a field, or in a file that another one names.
fn words(fields: &Fields<'_>, field: &str, file_field: &str) -> Result<Option<String>> {
    if fields.has_own(field) && fields.has_own(file_field) {
        let reason = text!(
            "scenes-field-or-file",
            field = field,
            file_field = file_field
        );
        return Err(fields.wrong(file_field, reason));
    }
    let words = match (fields.text(field)?, fields.file(file_field)?) {
        (Some(words), _) => (field, words),
        (None, Some(path)) => {
            let words = read_text_file(&path);
            let words = words.map_err(|error| fields.wrong(file_field, one_line(&error)))?;
            (file_field, words)
        }
        (None, None) => return Ok(None),
    };
    let (field, words) = words;
    crate::script::check_text(&words).map_err(|error| fields.wrong(field, one_line(&error)))?;
    Ok(Some(words))
}

fn script(fields: &Fields<'_>) -> Result<Script> {
    let given = ["text", "text_file", "audio"].into_iter();
    let given: Vec<&str> = given.filter(|field| fields.has_own(field)).collect();
    if given.len() != 1 {
        let reason = text!("scenes-one-source", count = given.len());
        return Err(fields.wrong_whole(reason));
    }
    if let Some(path) = fields.file("audio")? {
        let spoken = ["voice", "reference", "speed"];
        if let Some(field) = spoken.into_iter().find(|field| fields.has_own(field)) {
            return Err(fields.wrong(field, text!("scenes-audio-voice")));
        }
        return Ok(Script::AudioFile(path));
    }
    Ok(Script::Words {
        text: words(fields, "text", "text_file")?.unwrap_or_default(),
        voice: voice(fields)?,
        speed: fields.number("speed", SPEED_RANGE)?.unwrap_or(1.0),
    })
}

/// Who speaks: what the scene says, else what the film says.
fn voice(fields: &Fields<'_>) -> Result<ScriptVoice> {
    let levels = std::iter::once(fields).chain(fields.otherwise);
    let mut said = levels.filter(|level| level.has_own("voice") || level.has_own("reference"));
    let Some(level) = said.next() else {
        return Ok(ScriptVoice::Default);
    };
    match [level.has_own("voice"), level.has_own("reference")] {
        [true, true] => Err(level.wrong("reference", text!("scenes-voice-or-reference"))),
        [true, false] => Ok(ScriptVoice::named(level.text("voice")?)),
        _ => {
            let is_permitted = fields.flag("i_have_permission")?.unwrap_or_default();
            if !is_permitted {
                let reason = text!("scenes-permission");
                return Err(level.wrong("reference", reason));
            }
            Ok(ScriptVoice::Reference(OwnVoice {
                recording: level.file("reference")?.unwrap_or_default(),
                words: (level.text("reference_text")?)
                    .filter(|words| !words.trim().is_empty())
                    .ok_or_else(|| {
                        let reason = text!("scenes-reference-text");
                        level.wrong("reference", reason)
                    })?,
                is_permitted,
            }))
        }
    }
}

/// The number of a face is that of a picture: the film's does not count in a scene's own.
fn face(fields: &Fields<'_>) -> Result<Option<usize>> {
    let counts = fields.has_own("face") || !fields.has_own("portrait");
    let number = fields.whole("face", 1..=1000)?.filter(|_| counts);
    Ok(number.and_then(|number| usize::try_from(number).ok()))
}

fn life(fields: &Fields<'_>) -> Result<LifeSettings> {
    let usual = LifeSettings::default();
    let limit_degrees = HEAD_POSE_LIMIT.to_degrees().floor();
    let head = fields.numbers::<3>("head", -limit_degrees..=limit_degrees)?;
    Ok(LifeSettings {
        amount: fields
            .number("liveliness", LIVELINESS_RANGE)?
            .unwrap_or(usual.amount),
        articulation: fields
            .number("articulation", ARTICULATION_RANGE)?
            .unwrap_or(usual.articulation),
        mouth_spread: fields
            .number("mouth_spread", MOUTH_SHAPE_RANGE)?
            .unwrap_or(usual.mouth_spread),
        mouth_rounding: fields
            .number("mouth_rounding", MOUTH_SHAPE_RANGE)?
            .unwrap_or(usual.mouth_rounding),
        gaze: fields.numbers("gaze", -1.0..=1.0)?.unwrap_or(usual.gaze),
        head: head.map_or(usual.head, |[pitch, yaw, roll]| HeadPose {
            pitch: pitch.to_radians(),
            yaw: yaw.to_radians(),
            roll: roll.to_radians(),
        }),
        mood: fields.one_of("mood", &MOODS)?.unwrap_or(usual.mood),
        ..usual
    })
}

fn framing(fields: &Fields<'_>, aspect: Aspect) -> Result<Framing> {
    let fill = match fields.text("beyond")?.as_deref() {
        None | Some("blur") => Fill::Blurred,
        Some(other) => match colour(other) {
            Some(colour) => Fill::Colour(colour),
            None => {
                let reason = text!("scenes-beyond");
                return Err(fields.wrong_where_said("beyond", reason));
            }
        },
    };
    Ok(Framing {
        extent: fields.one_of("framing", &EXTENTS)?.unwrap_or_default(),
        aspect,
        zoom: fields.number("zoom", ZOOM_RANGE)?.unwrap_or(1.0),
        shift: fields.numbers("shift", SHIFT_RANGE)?.unwrap_or_default(),
        fill,
    })
}

impl Fields<'_> {
    /// Something is wrong with a field of the scene, or with the film's where the scene has none.
    fn wrong_where_said(&self, field: &str, reason: &str) -> SceneError {
        match self.otherwise.filter(|_| !self.has_own(field)) {
            Some(otherwise) => otherwise.wrong(field, reason),
            None => self.wrong(field, reason),
        }
    }
}

fn captions(fields: &Fields<'_>) -> Result<Option<CaptionStyle>> {
    let styles = CaptionStyle::ALL.map(|style| (style.name(), Some(style)));
    let names: Vec<_> = std::iter::once(("none", None)).chain(styles).collect();
    Ok(fields.one_of("captions", &names)?.flatten())
}

fn background(fields: &Fields<'_>) -> Result<SceneBackground> {
    let Some(said) = fields.text("background")? else {
        return Ok(SceneBackground::Keep);
    };
    let said = said.trim();
    if said == "keep" {
        return Ok(SceneBackground::Keep);
    }
    if let Some(colour) = colour(said) {
        return Ok(SceneBackground::Colour(colour));
    }
    let path = PathBuf::from(said);
    let is_video = is_a(&path, Role::Video);
    if !is_video && !is_a(&path, Role::Portrait) {
        let reason = text!(
            "scenes-background",
            pictures = extensions(&[Role::Portrait]).join(", "),
            videos = extensions(&[Role::Video]).join(", ")
        );
        return Err(fields.wrong_where_said("background", &reason));
    }
    let path = fields.file("background")?.unwrap_or(path);
    Ok(match is_video {
        true => SceneBackground::Video(path),
        false => SceneBackground::Picture(path),
    })
}

fn transition(fields: &Fields<'_>) -> Result<Transition> {
    let secs = fields
        .number("transition_secs", MIN_TRANSITION_SECS..=MAX_TRANSITION_SECS)?
        .unwrap_or(USUAL_TRANSITION_SECS);
    let names = [
        ("cut", Transition::Cut),
        ("crossfade", Transition::Crossfade { secs }),
        ("black", Transition::Black { secs }),
    ];
    Ok(fields.one_of("transition", &names)?.unwrap_or_default())
}
