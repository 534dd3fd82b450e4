//! What a page or a program may ask of the stage.

use engine::FlowSettings;
use engine::motion::LifeSettings;
use serde::Deserialize;
use studio::look::LIVELINESS_RANGE;
use studio::speech::SpeechRequest;

use crate::server::api_error::{ApiError, ApiResult};
use crate::server::face_fields::{gaze, mood};
use crate::server::speech::{MAX_CHARACTERS, VoiceField, words};
use crate::server::texts::text;
use crate::server::voices::Voices;

/// A command as JSON: `{"command": "say", "input": "Hello."}`.
#[derive(Debug, Deserialize)]
#[serde(tag = "command", rename_all = "snake_case")]
enum Asked {
    /// Say words, after those that are being said.
    Say {
        input: String,
        #[serde(default)]
        voice: Option<VoiceField>,
        #[serde(default)]
        speed: Option<f32>,
        #[serde(default)]
        seed: u64,
    },
    /// Fall silent, and forget what waits.
    Stop,
    /// Look like this from now on.
    Mood { mood: String },
    /// Look there from now on.
    Gaze { gaze: [f32; 2] },
    /// Move so much from now on.
    Liveliness { liveliness: f32 },
}

/// A command that can be followed.
#[derive(Clone, Debug)]
pub enum StageCommand {
    /// Say this after what is being said.
    Say(SpeechRequest),
    /// Fall silent.
    Stop,
    /// Behave differently.
    Life(LifeChange),
}

/// A change of how the face behaves.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum LifeChange {
    /// The lasting expression.
    Mood(engine::motion::Mood),
    /// The direction of the eyes.
    Gaze([f32; 2]),
    /// How much it moves by itself.
    Liveliness(f32),
}

impl LifeChange {
    /// Makes the change.
    pub fn apply(self, life: &mut LifeSettings) {
        match self {
            Self::Mood(mood) => life.mood = mood,
            Self::Gaze(gaze) => life.gaze = gaze,
            Self::Liveliness(amount) => life.amount = amount,
        }
    }
}

/// Reads a command.
///
/// # Errors
/// What is wrong with it.
pub(super) fn read(text: &str, voices: &Voices) -> ApiResult<StageCommand> {
    let asked = serde_json::from_str(text)
        .map_err(|error| ApiError::invalid(text!("command", error = error.to_string())))?;
    Ok(match asked {
        Asked::Say {
            input,
            voice,
            speed,
            seed,
        } => {
            let voice = voices.named(voice.as_ref().map(VoiceField::name))?;
            StageCommand::Say(SpeechRequest {
                script: words(&input, voice, speed, MAX_CHARACTERS)?,
                original: None,
                seed,
                flow: FlowSettings::default(),
            })
        }
        Asked::Stop => StageCommand::Stop,
        Asked::Mood { mood: name } => StageCommand::Life(LifeChange::Mood(mood(&name)?)),
        Asked::Gaze { gaze: direction } => StageCommand::Life(LifeChange::Gaze(gaze(direction)?)),
        Asked::Liveliness { liveliness } if LIVELINESS_RANGE.contains(&liveliness) => {
            StageCommand::Life(LifeChange::Liveliness(liveliness))
        }
        Asked::Liveliness { .. } => {
            return Err(ApiError::invalid(text!(
                "range",
                name = "liveliness",
                min = *LIVELINESS_RANGE.start(),
                max = *LIVELINESS_RANGE.end()
            ))
            .param("liveliness"));
        }
    })
}
