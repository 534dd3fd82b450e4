//! A published Vocos as safetensors: its sizes are read from the shapes of its tensors.

use std::path::Path;

use super::VoiceModelError;
use crate::audio::MEL_BIN_COUNT;
use crate::networks::vocoder::{VocoderCheckpoint, vocos};
use crate::weights::TensorFile;
use crate::{Error, Result};

/// Opens `charactr/vocos-mel-24khz`, or one of other sizes.
///
/// # Errors
/// [`VoiceModelError`] with the file's path.
pub fn open_vocos(path: &Path) -> Result<VocoderCheckpoint> {
    read(path).map_err(|error| Error::from(error).in_file(path))
}

fn read(path: &Path) -> std::result::Result<VocoderCheckpoint, VoiceModelError> {
    let file = TensorFile::open(path)?;
    let shape = |tensor: &str| {
        file.shape(tensor).ok_or_else(|| VoiceModelError::NotVocos {
            tensor: tensor.to_owned(),
        })
    };
    let embed = shape("backbone.embed.weight")?;
    let &[dim, MEL_BIN_COUNT, _] = embed else {
        return Err(VoiceModelError::Shape {
            reason: format!(
                "backbone.embed.weight has the shape {embed:?}, not (width, {MEL_BIN_COUNT}, 7)"
            ),
        });
    };
    let wide = shape("backbone.convnext.0.pwconv1.weight")?;
    let config = vocos::Config {
        dim,
        intermediate_dim: wide.first().copied().unwrap_or(0),
        num_layers: (0..)
            .take_while(|i| {
                let name = format!("backbone.convnext.{i}.gamma");
                file.shape(&name).is_some()
            })
            .count(),
        ..vocos::Config::mel_24khz()
    };
    Ok(VocoderCheckpoint::vocos(config, file.into_builder(), path))
}
