//! Mel to sound. Which network it is, the `architecture` field of `models/vocoder.json` says.

pub mod harmonic;
mod layers;
mod pulse;
pub mod vocos;

use std::path::Path;

use serde::Deserialize;

pub use harmonic::HarmonicVocoder;
pub use pulse::pulse_train;
pub use vocos::Vocos;

use crate::audio::{HOP_LENGTH, MEL_BIN_COUNT};
use crate::random::Random;
use crate::weights::{open, read_config, unfit};
use crate::{Error, Result};

/// Name in error messages.
const WHAT: &str = "the vocoder";

/// Any of the vocoders that the product can load.
#[derive(Debug)]
pub enum Vocoder {
    /// The built-in one.
    Harmonic(Box<HarmonicVocoder>),
    /// A published Vocos that the user brought.
    Vocos(Box<Vocos>),
}

/// The one field that all configurations share.
#[derive(Deserialize)]
struct Kind {
    architecture: String,
}

impl Vocoder {
    /// Loads `vocoder.json` and `vocoder.safetensors` from a folder of models.
    ///
    /// # Errors
    /// [`Error::WeightsMissing`] and [`Error::WeightsUnfit`] with the file's path.
    pub fn load(models: &Path) -> Result<Self> {
        let config_path = models.join("vocoder.json");
        let weights_path = models.join("vocoder.safetensors");
        let kind: Kind = read_config(&config_path, WHAT)?;
        match kind.architecture.as_str() {
            "harmonic" => {
                let config = read_config(&config_path, WHAT)?;
                HarmonicVocoder::new(&config, &open(&weights_path, WHAT)?)
                    .map(|vocoder| Self::Harmonic(Box::new(vocoder)))
            }
            "vocos" => {
                let config = read_config(&config_path, WHAT)?;
                Vocos::new(&config, &open(&weights_path, WHAT)?)
                    .map(|vocoder| Self::Vocos(Box::new(vocoder)))
            }
            other => {
                return Err(unfit(
                    &config_path,
                    format!("the architecture is {other:?}, known are \"harmonic\" and \"vocos\""),
                ));
            }
        }
        .map_err(|e| unfit(&weights_path, e))
    }

    /// mel (n, 100) row-major, log magnitude as [`crate::audio::MelFrontEnd`] gives it → 256·(n − 1) samples.
    ///
    /// `f0_hz` (n), 0 where unvoiced, is the pitch to sing; without it the pitch is read from the mel. Vocos needs neither it
    /// nor `seed`, which makes the noise of breath and hiss.
    ///
    /// # Errors
    /// [`Error::InputUnusable`] if the lengths do not fit.
    pub fn synthesize(&self, mel: &[f32], f0_hz: Option<&[f32]>, seed: u64) -> Result<Vec<f32>> {
        let rows = mel.len() / MEL_BIN_COUNT;
        if !mel.len().is_multiple_of(MEL_BIN_COUNT) || f0_hz.is_some_and(|f0| f0.len() != rows) {
            return Err(Error::InputUnusable(format!(
                "{} mel values and {:?} pitch values are not whole frames of {MEL_BIN_COUNT} and 1",
                mel.len(),
                f0_hz.map(<[f32]>::len)
            )));
        }
        Ok(match self {
            Self::Harmonic(vocoder) => {
                let mut random = Random::new(seed);
                let noise: Vec<f32> = (0..HOP_LENGTH * rows.saturating_sub(1))
                    .map(|_| random.normal() as f32)
                    .collect();
                match f0_hz {
                    Some(f0_hz) => vocoder.forward(mel, f0_hz, &noise),
                    None => vocoder.forward(mel, &vocoder.pitch_hz(mel), &noise),
                }
            }
            Self::Vocos(vocoder) => vocoder.forward(mel),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A folder with this configuration, and with weights for one block of width 4 if they are asked for.
    fn folder(config: &str, with_weights: bool) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("vocoder.json"), config).unwrap();
        if with_weights {
            let zeros = |shape: &[usize]| {
                let device = candle_core::Device::Cpu;
                candle_core::Tensor::zeros(shape, candle_core::DType::F16, &device).unwrap()
            };
            let mut named = std::collections::HashMap::new();
            for (name, shape) in [
                ("backbone.embed.weight", &[4, 100, 7][..]),
                ("backbone.embed.bias", &[4]),
                ("backbone.norm.weight", &[4]),
                ("backbone.norm.bias", &[4]),
                ("backbone.final_layer_norm.weight", &[4]),
                ("backbone.final_layer_norm.bias", &[4]),
                ("head.out.weight", &[1026, 4]),
                ("head.out.bias", &[1026]),
            ] {
                named.insert(name.to_owned(), zeros(shape));
            }
            let path = folder.path().join("vocoder.safetensors");
            candle_core::safetensors::save(&named, path).unwrap();
        }
        folder
    }

    const TINY: &str = r#"{"architecture":"vocos","dim":4,"intermediate_dim":8,"num_layers":0}"#;

    #[test]
    fn a_mel_becomes_sound_of_its_length() {
        let vocoder = Vocoder::load(folder(TINY, true).path()).unwrap();
        let samples = vocoder.synthesize(&[0.0; 10 * 100], None, 1).unwrap();
        assert_eq!(samples.len(), 9 * 256);
        assert!(vocoder.synthesize(&[], None, 1).unwrap().is_empty());
        assert!(vocoder.synthesize(&[0.0; 150], None, 1).is_err());
        assert!(vocoder.synthesize(&[0.0; 200], Some(&[100.0]), 1).is_err());
    }

    #[test]
    fn missing_and_unfit_files_are_told_apart() {
        let nowhere = tempfile::tempdir().unwrap();
        let load = |folder: &Path| Vocoder::load(folder).unwrap_err();
        assert!(matches!(load(nowhere.path()), Error::WeightsMissing { .. }));
        assert!(matches!(
            load(folder(TINY, false).path()),
            Error::WeightsMissing { .. }
        ));
        let wider = TINY.replace("\"dim\":4", "\"dim\":5");
        assert!(matches!(
            load(folder(&wider, true).path()),
            Error::WeightsUnfit { .. }
        ));
        let other = load(folder(r#"{"architecture":"bigvgan"}"#, true).path()).to_string();
        assert!(
            other.contains("bigvgan") && other.contains("harmonic"),
            "{other}"
        );
    }
}
