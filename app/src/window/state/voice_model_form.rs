//! A voice model that is being added: what was chosen for it, and how its check goes.

use std::path::{Path, PathBuf};

use super::Progress;
use crate::window::file_kind::FileKind;
use crate::window::texts::text;
use engine::voice_model::{CheckpointVersion, VoiceModelFiles};
use studio::reference_voice::OwnVoice;
use studio::voice_model::ModelVoiceFiles;

/// What can be done about voice models.
#[derive(Clone, Debug, PartialEq)]
pub enum VoiceModelAction {
    /// Look whether the chosen files make a voice, and add it.
    Check,
    /// Leave the check.
    StopChecking,
    /// Let this voice be heard.
    Preview(Box<ModelVoiceFiles>),
    /// Speak in this voice from now on.
    Choose(Box<ModelVoiceFiles>),
    /// Take this voice out of the list; its files stay.
    Remove(Box<ModelVoiceFiles>),
}

/// A file of a voice model.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VoiceModelFile {
    /// F5-TTS.
    Checkpoint,
    /// Its `vocab.txt`.
    Vocabulary,
    /// Vocos.
    Vocoder,
    /// The recording of a voice.
    Recording,
}

impl VoiceModelFile {
    /// All of them, as they are asked for.
    pub const ALL: [Self; 4] = [
        Self::Checkpoint,
        Self::Vocabulary,
        Self::Vocoder,
        Self::Recording,
    ];

    /// What kind of file it is.
    pub fn kind(self) -> FileKind {
        match self {
            Self::Checkpoint | Self::Vocabulary | Self::Vocoder => FileKind::Model,
            Self::Recording => FileKind::Audio,
        }
    }
}

/// What was chosen so far.
#[derive(Clone, Debug, Default)]
pub struct VoiceModelForm {
    /// Paths as they were typed or chosen, in the order of [`VoiceModelFile::ALL`].
    pub paths: [String; 4],
    /// Which F5-TTS it is, if the user knows better than the file's name.
    pub version: Option<CheckpointVersion>,
    /// What is said in the recording.
    pub words: String,
    /// Whether its speaker agreed.
    pub is_permitted: bool,
    /// Whether the user knows under which licence the checkpoint stands.
    pub is_licence_accepted: bool,
    /// The check that runs: its number and how far it is.
    pub check: Option<(u64, Progress)>,
    /// Why the files cannot be used.
    pub problem: Option<String>,
}

impl VoiceModelForm {
    /// Takes a file that the user chose in a dialog.
    pub fn choose(&mut self, file: VoiceModelFile, path: &Path) {
        self.paths[file as usize] = path.display().to_string();
        self.problem = None;
    }

    /// The voice that was described.
    ///
    /// # Errors
    /// What is still missing.
    pub fn files(&self) -> Result<ModelVoiceFiles, &'static str> {
        let path = |file: VoiceModelFile| {
            let typed = self.paths[file as usize].trim();
            let path = Path::new(typed);
            // A relative one would mean another file at the next start.
            (!typed.is_empty()).then(|| std::path::absolute(path).unwrap_or_else(|_| path.into()))
        };
        let needed = |file, missing| -> Result<PathBuf, &'static str> { path(file).ok_or(missing) };
        let model = VoiceModelFiles {
            checkpoint: needed(
                VoiceModelFile::Checkpoint,
                text!("voice-model-no-checkpoint"),
            )?,
            vocabulary: needed(
                VoiceModelFile::Vocabulary,
                text!("voice-model-no-vocabulary"),
            )?,
            vocoder: path(VoiceModelFile::Vocoder),
            version: self.version,
        };
        let recording = needed(VoiceModelFile::Recording, text!("voice-model-no-recording"))?;
        let words = self.words.trim();
        if words.is_empty() {
            return Err(text!("voice-model-no-words"));
        }
        if !self.is_permitted {
            return Err(text!("voice-model-no-permission"));
        }
        if !self.is_licence_accepted {
            return Err(text!("voice-model-no-licence"));
        }
        Ok(ModelVoiceFiles {
            model,
            voice: OwnVoice {
                recording,
                words: words.to_owned(),
                is_permitted: true,
            },
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_says_what_is_missing_until_nothing_is() {
        let mut form = VoiceModelForm::default();
        let mut said = Vec::new();
        let mut missing = |form: &VoiceModelForm| said.push(form.files().unwrap_err());
        missing(&form);
        form.choose(
            VoiceModelFile::Checkpoint,
            Path::new("/a/F5TTS_v1.safetensors"),
        );
        missing(&form);
        form.choose(VoiceModelFile::Vocabulary, Path::new("/a/vocab.txt"));
        missing(&form);
        form.paths[VoiceModelFile::Recording as usize] = " me.wav ".into();
        missing(&form);
        form.words = " Hello. ".into();
        missing(&form);
        form.is_permitted = true;
        missing(&form);
        form.is_licence_accepted = true;
        let files = form.files().unwrap();
        assert!(files.voice.recording.is_absolute() && files.voice.words == "Hello.");
        assert_eq!(
            (files.model.vocoder.clone(), files.name()),
            (None, "me, F5TTS_v1".into())
        );
        said.sort_unstable();
        said.dedup();
        assert_eq!(said.len(), 6);
    }
}
