//! What is said, by whom and from what; and the limits of texts.

use std::ops::Range;
use std::path::{Path, PathBuf};

use engine::synthesizer::{DUB_REMARK, REFERENCE_REMARK};
use serde::{Deserialize, Serialize};

use crate::output_path::file_name;
use crate::reference_voice::OwnVoice;
use crate::text_file;
use crate::texts::text;
use crate::voice_model::ModelVoiceFiles;

/// What the window holds at the first start, so that one click speaks, and what a demo says.
pub const SAMPLE_SENTENCE: &str =
    "Hello! Give me a portrait and some words, and I will say them for you.";
/// Longest text, in characters: two hours of speech.
pub const MAX_CHARACTERS: usize = 100_000;
/// Slowest and fastest rate of speech that still sounds like speech.
pub const SPEED_RANGE: std::ops::RangeInclusive<f32> = 0.5..=2.0;

/// Characters of a title.
const TITLE_CHARACTERS: usize = 40;

/// What is said, by whom and from what. Together with a seed and the settings of the flow it makes the same speech again, as long
/// as the files that it names are there.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(from = "Stored", into = "Stored")]
pub enum Script {
    /// Words in a voice.
    Words {
        /// The words.
        text: String,
        /// Who says them.
        voice: ScriptVoice,
        /// Rate of speech, 1 is the voice's own.
        speed: f32,
    },
    /// A dialogue of several people of one picture, as [`crate::dialogue`] reads it.
    Dialogue {
        /// The script.
        text: String,
        /// Voice of the first speaker who is given none; none for the default one.
        first_voice: Option<String>,
        /// Rate of speech, 1 is the voices' own.
        speed: f32,
    },
    /// Other words in a take that is there.
    Dub {
        /// What is said in it.
        said: String,
        /// What it should say; where it is the same as `said`, the words are only found.
        text: String,
        /// Bytes of `text` whose words are generated again although they are the same.
        again: Option<Range<usize>>,
        /// Whose voice of the list it is; none for somebody else's.
        voice: Option<String>,
        /// Whether changed words take as long as the old ones.
        keeps_length: bool,
    },
    /// Speech in a sound file or a video.
    AudioFile(PathBuf),
    /// What a microphone hears, by the device's name; none for the system's default.
    Microphone(Option<String>),
}

/// Who says words.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum ScriptVoice {
    /// The default voice.
    #[default]
    Default,
    /// A voice of the list, or a mix of several.
    Named(String),
    /// Somebody of whom a recording is given.
    Reference(OwnVoice),
    /// A voice model of the user's.
    Model(Box<ModelVoiceFiles>),
}

impl ScriptVoice {
    /// The voice with this name; the default one for no name.
    pub fn named(name: Option<String>) -> Self {
        name.filter(|name| !name.is_empty())
            .map_or(Self::Default, Self::Named)
    }
}

impl Script {
    /// What is said, if that is known as one text of one speaker.
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::Words { text, .. } | Self::Dub { text, .. } => Some(text),
            Self::Dialogue { .. } | Self::AudioFile(_) | Self::Microphone(_) => None,
        }
    }

    /// The voice of the list that speaks; none if it is somebody else's.
    pub fn voice(&self) -> Option<&str> {
        match self {
            Self::Words {
                voice: ScriptVoice::Named(name),
                ..
            } => Some(name),
            Self::Dub { voice, .. } => voice.as_deref(),
            _ => None,
        }
    }

    /// What has to stand in the files that it goes into, beside that a machine made them.
    pub fn remark(&self) -> Option<&'static str> {
        match self {
            Self::Words {
                voice: ScriptVoice::Reference(_) | ScriptVoice::Model(_),
                ..
            } => Some(REFERENCE_REMARK),
            Self::Dub { .. } => Some(DUB_REMARK),
            _ => None,
        }
    }

    /// Its first words, or the name of its file.
    pub fn title(&self) -> String {
        let whole = match self {
            Self::Words { text, .. } | Self::Dub { text, .. } | Self::Dialogue { text, .. } => {
                text.split_whitespace().collect::<Vec<_>>().join(" ")
            }
            Self::AudioFile(path) => file_name(path),
            Self::Microphone(_) => text!("script-microphone").to_owned(),
        };
        if whole.chars().count() <= TITLE_CHARACTERS {
            return whole;
        }
        let cut: String = whole.chars().take(TITLE_CHARACTERS - 1).collect();
        format!("{}…", cut.trim_end())
    }

    /// Whether speech that was made piece by piece while it was heard can be made anew in whole sentences, as for a file.
    pub fn can_be_made_again(&self) -> bool {
        match self {
            Self::Words {
                voice: ScriptVoice::Reference(voice),
                ..
            } => voice.check().is_ok(),
            // It is made in whole chunks at once.
            Self::Words {
                voice: ScriptVoice::Model(_),
                ..
            } => false,
            Self::Words { .. } | Self::Dialogue { .. } => true,
            Self::Dub { .. } | Self::AudioFile(_) | Self::Microphone(_) => false,
        }
    }

    /// Refuses what nobody could speak, before the long work.
    ///
    /// # Errors
    /// A line for the user.
    pub fn check(&self) -> anyhow::Result<()> {
        match self {
            Self::Words { text, voice, .. } => {
                check_text(text)?;
                match voice {
                    ScriptVoice::Reference(voice) => voice.check(),
                    ScriptVoice::Model(files) => files.voice.check(),
                    ScriptVoice::Default | ScriptVoice::Named(_) => Ok(()),
                }
            }
            Self::Dialogue { text, .. } => check_text(text),
            Self::Dub { text, .. } => check_text(text),
            Self::AudioFile(_) | Self::Microphone(_) => Ok(()),
        }
    }
}

/// A script as project files hold it. What older files do not say has its default.
#[derive(Clone, Serialize, Deserialize)]
enum Stored {
    Words {
        text: String,
        /// A name of the list, or the name of a recording.
        voice: String,
        speed: f32,
        #[serde(default)]
        is_reference: bool,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reference: Option<OwnVoice>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        model: Option<Box<ModelVoiceFiles>>,
    },
    Dialogue {
        text: String,
        speed: f32,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        first_voice: Option<String>,
    },
    Recording(PathBuf),
    Microphone(Option<String>),
    Changed {
        text: String,
        voice: Option<String>,
        #[serde(default)]
        said: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        again: Option<Range<usize>>,
        #[serde(default)]
        keeps_length: bool,
    },
}

impl From<Stored> for Script {
    fn from(stored: Stored) -> Self {
        match stored {
            Stored::Words {
                text,
                voice,
                speed,
                is_reference,
                reference,
                model,
            } => Self::Words {
                text,
                voice: match (reference, model) {
                    (_, Some(model)) => ScriptVoice::Model(model),
                    (Some(reference), None) => ScriptVoice::Reference(reference),
                    // Older files know no more of a recording than its name.
                    (None, None) if is_reference => ScriptVoice::Reference(OwnVoice {
                        recording: voice.into(),
                        ..OwnVoice::default()
                    }),
                    (None, None) => ScriptVoice::named(Some(voice)),
                },
                speed,
            },
            Stored::Dialogue {
                text,
                speed,
                first_voice,
            } => Self::Dialogue {
                text,
                first_voice,
                speed,
            },
            Stored::Recording(path) => Self::AudioFile(path),
            Stored::Microphone(device) => Self::Microphone(device),
            Stored::Changed {
                text,
                voice,
                said,
                again,
                keeps_length,
            } => Self::Dub {
                said,
                text,
                again,
                voice,
                keeps_length,
            },
        }
    }
}

impl From<Script> for Stored {
    fn from(script: Script) -> Self {
        match script {
            Script::Words { text, voice, speed } => {
                let (voice, reference, model) = match voice {
                    ScriptVoice::Default => (String::new(), None, None),
                    ScriptVoice::Named(name) => (name, None, None),
                    ScriptVoice::Reference(voice) => {
                        (file_name(&voice.recording), Some(voice), None)
                    }
                    ScriptVoice::Model(files) => (files.name(), None, Some(files)),
                };
                Self::Words {
                    text,
                    voice,
                    speed,
                    is_reference: reference.is_some(),
                    reference,
                    model,
                }
            }
            Script::Dialogue {
                text,
                first_voice,
                speed,
            } => Self::Dialogue {
                text,
                speed,
                first_voice,
            },
            Script::AudioFile(path) => Self::Recording(path),
            Script::Microphone(device) => Self::Microphone(device),
            Script::Dub {
                said,
                text,
                again,
                voice,
                keeps_length,
            } => Self::Changed {
                text,
                voice,
                said,
                again,
                keeps_length,
            },
        }
    }
}

/// Reads a text that the user named, at most [`MAX_CHARACTERS`], in any encoding that [`text_file`] knows; standard input for "-".
pub fn read_text_file(path: &Path) -> anyhow::Result<String> {
    // A character takes four bytes at most.
    let text = text_file::read(path, text!("text-file"), 4 * MAX_CHARACTERS as u64)?;
    anyhow::ensure!(
        text.chars().count() <= MAX_CHARACTERS,
        text!(
            "text-too-long-in-file",
            max = MAX_CHARACTERS,
            path = path.display().to_string()
        )
    );
    Ok(text)
}

/// Refuses a text that is empty or too long.
pub fn check_text(text: &str) -> anyhow::Result<()> {
    anyhow::ensure!(
        text.chars().any(|character| !character.is_whitespace()),
        text!("script-blank")
    );
    let characters = text.chars().count();
    anyhow::ensure!(
        characters <= MAX_CHARACTERS,
        text!(
            "script-too-long",
            characters = characters,
            max = MAX_CHARACTERS
        )
    );
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str, voice: ScriptVoice) -> Script {
        Script::Words {
            text: text.to_owned(),
            voice,
            speed: 1.25,
        }
    }

    fn reference() -> OwnVoice {
        OwnVoice {
            recording: "/a/me.wav".into(),
            words: "Hello.".to_owned(),
            is_permitted: true,
        }
    }

    fn model() -> ModelVoiceFiles {
        let mut files = ModelVoiceFiles {
            voice: reference(),
            ..ModelVoiceFiles::default()
        };
        files.model.checkpoint = "/a/F5TTS_v1_Base.safetensors".into();
        files.model.version = Some(engine::voice_model::CheckpointVersion::V1);
        files
    }

    #[test]
    fn a_voice_model_needs_permission_and_is_not_made_twice() {
        let mut files = model();
        assert_eq!(files.name(), "me, F5TTS_v1_Base");
        let script = words("a", ScriptVoice::Model(Box::new(files.clone())));
        assert!(script.check().is_ok() && !script.can_be_made_again());
        assert_eq!(script.remark(), Some(REFERENCE_REMARK));
        files.voice.is_permitted = false;
        let script = words("a", ScriptVoice::Model(Box::new(files)));
        assert!(script.check().is_err() && script.voice().is_none());
    }

    #[test]
    fn every_script_comes_back_from_a_file() {
        for script in [
            words("a", ScriptVoice::Default),
            words("a", ScriptVoice::Named("af_heart".to_owned())),
            words("a", ScriptVoice::Reference(reference())),
            words("a", ScriptVoice::Model(Box::new(model()))),
            Script::Dialogue {
                text: "1: a".to_owned(),
                first_voice: Some("af_heart".to_owned()),
                speed: 0.5,
            },
            Script::Dub {
                said: "a".to_owned(),
                text: "b".to_owned(),
                again: Some(0..1),
                voice: None,
                keeps_length: true,
            },
            Script::AudioFile("/a/b.wav".into()),
            Script::Microphone(None),
            Script::Microphone(Some("USB".to_owned())),
        ] {
            let stored = serde_json::to_string(&script).unwrap();
            let read: Script = serde_json::from_str(&stored).unwrap();
            assert_eq!(read, script, "{stored}");
        }
    }

    #[test]
    fn scripts_of_older_projects_are_understood() {
        let read = |stored: &str| serde_json::from_str::<Script>(stored).unwrap();
        let named = read(r#"{"Words": {"text": "a", "voice": "af_heart", "speed": 1.0}}"#);
        assert_eq!(named.voice(), Some("af_heart"));
        assert!(named.can_be_made_again());
        let reference = read(
            r#"{"Words": {"text": "a", "voice": "me.wav", "speed": 1.0, "is_reference": true}}"#,
        );
        assert_eq!(reference.remark(), Some(REFERENCE_REMARK));
        // Nobody knows any more what was said in the recording.
        assert!(reference.voice().is_none() && !reference.can_be_made_again());
        assert_eq!(read(r#"{"Recording": "me.wav"}"#).title(), "me.wav");
        let changed = read(r#"{"Changed": {"text": "a", "voice": null}}"#);
        assert_eq!(changed.remark(), Some(DUB_REMARK));
        let dialogue = read(r#"{"Dialogue": {"text": "1: a", "speed": 1.0}}"#);
        assert!(dialogue.can_be_made_again());
    }

    #[test]
    fn titles_are_short() {
        let title = |text: &str| words(text, ScriptVoice::Default).title();
        assert_eq!(title(" Hello\n there. "), "Hello there.");
        let long = title(&"word ".repeat(50));
        assert!(
            long.chars().count() <= TITLE_CHARACTERS && long.ends_with('…'),
            "{long}"
        );
    }
}
