//! Whether somebody speaks at an instant, so that music, noise and breath leave a mouth shut: dilated convolutions over the mel.
//! Specification: `models/recipe/speech_detector/model.py`.
//!
//! Shape letters: `n` patches of two mel frames (46.875 a second).

use std::path::Path;

use candle_core::{Device, Tensor};
use candle_nn::{Conv1d, Conv1dConfig, Module, VarBuilder};
use serde::Deserialize;

use crate::audio::MEL_BIN_COUNT;
use crate::error::ModelPart;
use crate::{Error, Result, weights};

/// Sizes beyond these are damage and not a network of this kind; the taps of the last layer lie 2^layers patches apart.
const MAX_DIM: usize = 1024;
const MAX_LAYERS: usize = 10;
/// Names the weights in messages.
const WHAT: ModelPart = ModelPart::SpeechDetector;

/// Sizes and scales, with the names of the recipe.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Numbers in a mel frame, 100.
    pub mel_bins: usize,
    /// Mel frames in a patch, 2.
    pub patch_size: usize,
    /// Width of the network.
    pub dim: usize,
    /// How many residual convolutions.
    pub layers: usize,
    /// Mean of the mel over the training speech.
    pub mel_mean: f64,
    /// Its standard deviation.
    pub mel_std: f64,
}

/// The network.
#[derive(Clone, Debug)]
pub struct SpeechDetector {
    config: Config,
    embed: Conv1d,
    layers: Vec<(Conv1d, Conv1d)>,
    head: Conv1d,
}

impl SpeechDetector {
    /// Opens `speech_detector.json` and `speech_detector.safetensors` in the models folder.
    ///
    /// # Errors
    /// [`Error::WeightsMissing`] and [`Error::WeightsUnfit`].
    pub fn load(models: &Path) -> Result<Self> {
        let path = models.join("speech_detector.json");
        let config: Config = weights::read_config(&path, WHAT)?;
        let checkpoint = models.join("speech_detector.safetensors");
        let vb = weights::open(&checkpoint, WHAT)?;
        Self::new(&config, &vb).map_err(|source| weights::unfit(&checkpoint, source))
    }

    /// `vb` stands at the root of the checkpoint.
    pub fn new(config: &Config, vb: &VarBuilder) -> candle_core::Result<Self> {
        let c = config;
        let is_sound = c.mel_bins == MEL_BIN_COUNT
            && (1..=8).contains(&c.patch_size)
            && (1..=MAX_DIM).contains(&c.dim)
            && c.layers <= MAX_LAYERS
            && c.mel_mean.is_finite()
            && c.mel_std > 0.0;
        if !is_sound {
            candle_core::bail!("the configuration is not that of a speech detector: {c:?}");
        }
        let convolution = |inputs, outputs, taps: usize, spacing, name: String| {
            let settings = Conv1dConfig {
                padding: taps / 2 * spacing,
                dilation: spacing,
                ..Conv1dConfig::default()
            };
            candle_nn::conv1d(inputs, outputs, taps, settings, vb.pp(name))
        };
        Ok(Self {
            embed: convolution(c.mel_bins * c.patch_size, c.dim, 1, 1, "embed".to_owned())?,
            layers: (0..c.layers)
                .map(|i| {
                    Ok((
                        convolution(c.dim, c.dim, 3, 1 << i, format!("convs.{i}"))?,
                        convolution(c.dim, c.dim, 1, 1, format!("mixes.{i}"))?,
                    ))
                })
                .collect::<candle_core::Result<_>>()?,
            head: convolution(c.dim, 1, 1, 1, "head".to_owned())?,
            config: config.clone(),
        })
    }

    /// mel (2·n, 100) as [`crate::audio::MelFrontEnd`] gives it → (n) log odds that somebody speaks; frames beyond whole patches
    /// are left out.
    ///
    /// # Errors
    /// [`Error::Model`], which means a fault of the program.
    pub fn log_odds(&self, mel: &[f32]) -> Result<Vec<f32>> {
        self.forward(mel)
            .map_err(|source| Error::model("speech detector", source))
    }

    fn forward(&self, mel: &[f32]) -> candle_core::Result<Vec<f32>> {
        let c = &self.config;
        let width = c.mel_bins * c.patch_size;
        let patches = mel.len() / width;
        if patches == 0 {
            return Ok(Vec::new());
        }
        let mel = Tensor::from_slice(&mel[..patches * width], (1, patches, width), &Device::Cpu)?;
        let mel = ((mel - c.mel_mean)? / c.mel_std)?;
        let mut x = self
            .embed
            .forward(&mel.transpose(1, 2)?.contiguous()?)?
            .gelu_erf()?;
        for (convolution, mix) in &self.layers {
            x = (&x + mix.forward(&convolution.forward(&x)?.gelu_erf()?)?)?;
        }
        self.head.forward(&x)?.flatten_all()?.to_vec1()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn damaged_configurations_are_refused() {
        let good = Config {
            mel_bins: 100,
            patch_size: 2,
            dim: 4,
            layers: 2,
            mel_mean: -1.6,
            mel_std: 2.6,
        };
        let vb = VarBuilder::zeros(candle_core::DType::F32, &Device::Cpu);
        let detector = SpeechDetector::new(&good, &vb).unwrap();
        assert_eq!(detector.log_odds(&[0.0; 700]).unwrap(), [0.0; 3]);
        assert!(detector.log_odds(&[0.0; 199]).unwrap().is_empty());
        let damaged: [fn(&mut Config); 6] = [
            |c| c.mel_bins = 80,
            |c| c.patch_size = 0,
            |c| c.dim = usize::MAX,
            |c| c.layers = 64,
            |c| c.mel_mean = f64::NAN,
            |c| c.mel_std = 0.0,
        ];
        for damage in damaged {
            let mut config = good.clone();
            damage(&mut config);
            assert!(SpeechDetector::new(&config, &vb).is_err(), "{config:?}");
        }
    }
}
