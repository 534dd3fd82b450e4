//! A voice model of the user's, as the command line says it.

use std::path::PathBuf;

use crate::cli::texts::text;
use clap::Args;
use engine::voice_model::{CheckpointVersion, VoiceModelFiles};

/// Options of a command that can speak with an F5-TTS checkpoint.
#[derive(Clone, Debug, Default, PartialEq, Eq, Args)]
pub struct VoiceModelArguments {
    /// F5-TTS checkpoint (.safetensors) that speaks in the voice of the reference, in place of the built-in model; the published
    /// ones are licensed for non-commercial use only (CC-BY-NC-4.0)
    #[arg(
        long,
        value_name = "FILE",
        requires_all = ["vocab", "reference"],
        conflicts_with_all = ["motion", "ssml", "dictionary", "search"]
    )]
    pub checkpoint: Option<PathBuf>,
    /// The vocab.txt that belongs to the checkpoint
    #[arg(long, value_name = "FILE", requires = "checkpoint")]
    pub vocab: Option<PathBuf>,
    /// Vocos (.safetensors) for the checkpoint, in place of the built-in vocoder
    #[arg(long, value_name = "FILE", requires = "checkpoint")]
    pub vocoder: Option<PathBuf>,
    /// Which F5-TTS the checkpoint is, v0 or v1; without it the name of the file decides
    #[arg(long, value_name = "VERSION", requires = "checkpoint", value_parser = version)]
    pub checkpoint_version: Option<CheckpointVersion>,
    /// Steps of the checkpoint's flow: 7 is fast, 32 is what F5-TTS takes by default
    #[arg(
        long,
        value_name = "NUMBER",
        requires = "checkpoint",
        value_parser = clap::value_parser!(u8).range(1..=64)
    )]
    pub steps: Option<u8>,
}

impl VoiceModelArguments {
    /// The files of the model, if one is named.
    pub fn files(&self) -> Option<VoiceModelFiles> {
        let (checkpoint, vocabulary) = self.checkpoint.clone().zip(self.vocab.clone())?;
        Some(VoiceModelFiles {
            checkpoint,
            vocabulary,
            vocoder: self.vocoder.clone(),
            version: self.checkpoint_version,
        })
    }
}

fn version(argument: &str) -> Result<CheckpointVersion, String> {
    CheckpointVersion::named(argument).ok_or_else(|| text!("checkpoint-version").to_owned())
}
