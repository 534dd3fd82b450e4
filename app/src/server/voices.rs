//! Who can speak: our voices, and which of them answer to the names of OpenAI's.

use std::sync::Arc;

use engine::Synthesizer;
use hyper::Method;
use serde_json::json;
use studio::script::ScriptVoice;
use studio::wording::words;

use crate::server::api_error::{ApiError, ApiResult};
use crate::server::reply::{self, Route};
use crate::server::texts::text;

/// The one model, by the name that clients see.
pub const MODEL: &str = "jam-flow";

/// Programs that know OpenAI's voices alone are heard in the most similar of ours.
const OPENAI_VOICES: [(&str, &str); 13] = [
    ("alloy", "af_alloy"),
    ("ash", "am_michael"),
    ("ballad", "bm_george"),
    ("cedar", "am_adam"),
    ("coral", "af_sarah"),
    ("echo", "am_echo"),
    ("fable", "bm_fable"),
    ("marin", "af_heart"),
    ("nova", "af_nova"),
    ("onyx", "am_onyx"),
    ("sage", "af_kore"),
    ("shimmer", "af_bella"),
    ("verse", "am_liam"),
];

/// The voices of the synthesizer that speaks.
pub struct Voices(Synthesizer);

impl Voices {
    /// Those of a synthesizer.
    pub fn new(synthesizer: &Synthesizer) -> Self {
        Self(synthesizer.clone())
    }

    /// The voice with this name, which may be one of OpenAI's or a mix such as `0.6*af_heart+0.4*am_adam`; the default one without.
    ///
    /// # Errors
    /// If nobody has the name.
    pub fn named(&self, name: Option<&str>) -> ApiResult<ScriptVoice> {
        let Some(name) = name.filter(|name| !name.is_empty()) else {
            return Ok(ScriptVoice::Default);
        };
        let own = OPENAI_VOICES.iter().find(|(openai, _)| *openai == name);
        let name = own.map_or(name, |(_, own)| own);
        self.0
            .check_voice(name)
            .map_err(|error| ApiError::invalid(words(&error)).param("voice"))?;
        Ok(ScriptVoice::Named(name.to_owned()))
    }
}

/// The lists of voices and of models.
pub fn routes(voices: &Arc<Voices>) -> Vec<Route> {
    let list: Vec<_> = voices
        .0
        .voices()
        .iter()
        .map(|name| json!({"id": name, "name": name}))
        .collect();
    let listed = json!({"voices": list, "default": voices.0.default_voice()});
    let model = json!({"id": MODEL, "object": "model", "created": 0, "owned_by": MODEL});
    let models = json!({"object": "list", "data": [&model]});
    let one_model = Arc::new(model);
    vec![
        Route::new(
            Method::GET,
            "/v1/models/{id}",
            &one_model,
            |model, _, id| async move {
                match id == MODEL {
                    true => Ok(reply::json(&*model)),
                    false => Err(ApiError::not_found(text!("model-unknown", name = MODEL))),
                }
            },
        ),
        Route::fixed("/v1/audio/voices", move || reply::json(&listed)),
        Route::fixed("/v1/models", move || reply::json(&models)),
    ]
}
