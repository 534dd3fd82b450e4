//! What a client may say of a video, as JSON or as a form with files.

use std::path::{Path, PathBuf};

use engine::motion::{ARTICULATION_RANGE, LifeSettings};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use studio::look::{Background, FilmSize, LIVELINESS_RANGE, Look, SHORT_SIDES_PX};
use studio::output_path::file_stem;
use studio::resources::Resources;
use studio::script::Script;

use super::job::VideoRequest;
use crate::server::api_error::{ApiError, ApiResult};
use crate::server::face_fields::{gaze, mood};
use crate::server::reply::Request;
use crate::server::request_body::{self, media_type};
use crate::server::speech::{VoiceField, words};
use crate::server::texts::text;
use crate::server::voices::Voices;

/// Longest text of a video: about twenty minutes.
const MAX_CHARACTERS: usize = 16_384;

/// The fields in either form. Those that we do not know are left alone.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Fields {
    /// The words.
    input: Option<String>,
    /// The same by the name that OpenAI's videos have for it.
    prompt: Option<String>,
    voice: Option<VoiceField>,
    speed: Option<f32>,
    seed: u64,
    /// The name of a portrait that came with the program.
    portrait: Option<String>,
    face: Option<usize>,
    size: Option<Value>,
    background: Option<String>,
    mood: Option<String>,
    gaze: Option<[f32; 2]>,
    liveliness: Option<f32>,
    articulation: Option<f32>,
}

/// Reads a request; its files go into the folder.
///
/// # Errors
/// What is wrong with it.
pub(super) async fn read(
    request: Request,
    folder: &Path,
    resources: &Resources,
    voices: &Voices,
) -> ApiResult<VideoRequest> {
    if media_type(&request) != "multipart/form-data" {
        let fields: Fields = request_body::json(request).await?;
        return checked(&fields, None, None, resources, voices);
    }
    let form = request_body::form(request, folder).await?;
    let fields = of_form(&form.fields)?;
    let file = |names: &[&str]| names.iter().find_map(|name| form.files.get(*name)).cloned();
    checked(
        &fields,
        file(&["recording", "file"]),
        file(&["portrait", "input_reference"]),
        resources,
        voices,
    )
}

/// The fields of a form, in which everything is text: a field is read as JSON where it is some, else as the text it is.
fn of_form<T: DeserializeOwned>(
    fields: &std::collections::HashMap<String, String>,
) -> ApiResult<T> {
    /// What is text even if it looks like a number.
    const TEXTS: [&str; 6] = ["input", "prompt", "voice", "portrait", "background", "mood"];
    let values = fields.iter().map(|(name, text)| {
        let value = match TEXTS.contains(&name.as_str()) {
            true => Value::from(text.as_str()),
            false => serde_json::from_str(text).unwrap_or_else(|_| Value::from(text.as_str())),
        };
        (name.clone(), value)
    });
    serde_json::from_value(Value::Object(values.collect::<Map<_, _>>()))
        .map_err(|error| ApiError::invalid(text!("body-form", error = error.to_string())))
}

fn checked(
    fields: &Fields,
    recording: Option<PathBuf>,
    own_portrait: Option<PathBuf>,
    resources: &Resources,
    voices: &Voices,
) -> ApiResult<VideoRequest> {
    let voice = voices.named(fields.voice.as_ref().map(VoiceField::name))?;
    let text = fields.input.as_ref().or(fields.prompt.as_ref());
    let script = match (text, recording) {
        (Some(text), None) => words(text, voice, fields.speed, MAX_CHARACTERS)?,
        (None, Some(recording)) => Script::AudioFile(recording),
        _ => {
            return Err(ApiError::invalid(text!("words-or-recording")).param("input"));
        }
    };
    if fields.face == Some(0) {
        return Err(ApiError::invalid(text!("face")).param("face"));
    }
    let is_own_portrait = own_portrait.is_some();
    let portrait = match (own_portrait, &fields.portrait) {
        (Some(own), _) => Some(own),
        (None, Some(name)) => Some(portrait_named(name, resources)?),
        (None, None) => None,
    };
    Ok(VideoRequest {
        script,
        portrait,
        face: fields.face,
        is_own_portrait,
        seed: fields.seed,
        look: Look {
            size: fields
                .size
                .as_ref()
                .map_or(Ok(FilmSize::Usual), film_size)?,
            background: background(fields.background.as_deref())?,
            life: life(fields)?,
            ..Look::default()
        },
    })
}

/// A portrait that came with the program, by its name. Paths of the server are nobody's business.
fn portrait_named(name: &str, resources: &Resources) -> ApiResult<PathBuf> {
    let portraits = resources
        .portraits()
        .map_err(|error| ApiError::internal(&error))?;
    let names: Vec<String> = portraits.iter().map(|path| file_stem(path)).collect();
    let place = names.iter().position(|other| other == name);
    place.map(|place| portraits[place].clone()).ok_or_else(|| {
        ApiError::invalid(text!(
            "portrait",
            name = format!("{name:?}"),
            names = names.join(", ")
        ))
        .param("portrait")
    })
}

/// A shorter side in pixels, "picture", or width × height as OpenAI says it, of which the shorter side counts.
fn film_size(value: &Value) -> ApiResult<FilmSize> {
    let side = match value {
        Value::Number(number) => number.as_u64(),
        Value::String(text) if text == "picture" => return Ok(FilmSize::Picture),
        Value::String(text) => match text.split_once('x') {
            Some((width, height)) => width
                .parse::<u64>()
                .ok()
                .zip(height.parse::<u64>().ok())
                .map(|(width, height)| width.min(height)),
            None => text.parse().ok(),
        },
        _ => None,
    };
    side.and_then(|side| u32::try_from(side).ok())
        .filter(|side| SHORT_SIDES_PX.contains(side))
        .map(FilmSize::ShortSide)
        .ok_or_else(|| {
            ApiError::invalid(text!(
                "size",
                min = *SHORT_SIDES_PX.start(),
                max = *SHORT_SIDES_PX.end()
            ))
            .param("size")
        })
}

fn background(text: Option<&str>) -> ApiResult<Background> {
    let colour = |text: &str| {
        let digits = text.strip_prefix('#')?;
        let is_hex = digits.len() == 6 && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
        let code = u32::from_str_radix(digits, 16).ok().filter(|_| is_hex)?;
        let [_, red, green, blue] = code.to_be_bytes();
        Some(Background::Colour([red, green, blue]))
    };
    match text {
        None | Some("keep") => Ok(Background::Keep),
        Some(text) => {
            colour(text).ok_or_else(|| ApiError::invalid(text!("background")).param("background"))
        }
    }
}

fn life(fields: &Fields) -> ApiResult<LifeSettings> {
    let within = |value: Option<f32>, range: std::ops::RangeInclusive<f32>, param| match value {
        None => Ok(1.0),
        Some(value) if range.contains(&value) => Ok(value),
        Some(_) => Err(ApiError::invalid(text!(
            "range",
            name = param,
            min = *range.start(),
            max = *range.end()
        ))
        .param(param)),
    };
    Ok(LifeSettings {
        amount: within(fields.liveliness, LIVELINESS_RANGE, "liveliness")?,
        articulation: within(fields.articulation, ARTICULATION_RANGE, "articulation")?,
        mood: fields
            .mood
            .as_deref()
            .map_or(Ok(Default::default()), mood)?,
        gaze: fields.gaze.map_or(Ok(Default::default()), gaze)?,
        ..LifeSettings::default()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(text: &[(&str, &str)]) -> ApiResult<Fields> {
        let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        of_form(&text.iter().map(owned).collect())
    }

    #[test]
    fn fields_of_a_form_are_numbers_where_they_must_be() {
        let read = fields(&[("input", "12"), ("seed", "7"), ("gaze", "[0.5, -1]")]).unwrap();
        assert_eq!(read.input.as_deref(), Some("12"));
        assert_eq!((read.seed, read.gaze), (7, Some([0.5, -1.0])));
        assert!(fields(&[("seed", "many")]).is_err());
    }

    #[test]
    fn sizes_and_backgrounds_are_checked() {
        let side = |value: Value| film_size(&value).ok();
        assert_eq!(side("picture".into()), Some(FilmSize::Picture));
        for value in [
            Value::from(720),
            "720".into(),
            "720x1280".into(),
            "1280x720".into(),
        ] {
            assert_eq!(side(value), Some(FilmSize::ShortSide(720)));
        }
        for value in [
            Value::from(1),
            "big".into(),
            "1x1".into(),
            Value::Null,
            1e9.into(),
        ] {
            assert_eq!(side(value), None);
        }
        assert_eq!(
            background(Some("#00ff00")),
            Ok(Background::Colour([0, 255, 0]))
        );
        assert!(background(Some("transparent")).is_err());
    }
}
