//! Which phone sounds at each instant: ConvNeXtV2 blocks over the mel. Specification: `models/recipe/aligner/phone_classifier.py`.
//!
//! Shape letters: `n` patches of two mel frames (46.875 a second), `c` classes.

use std::path::Path;

use candle_core::{Result, bail};
use candle_nn::VarBuilder;
use pulp::{Simd, WithSimd};
use rayon::prelude::*;
use serde::Deserialize;

use crate::audio::MEL_BIN_COUNT;
use crate::error::ModelPart;
use crate::kernels::{Linear, layer_norm, rows_per_task, tensor, values, vectorized};
use crate::networks::conv_next_v2::ConvNeXtV2Block;
use crate::weights;

/// The configuration's name in the models folder.
pub const CONFIG_FILE: &str = "aligner.json";
/// Name in error messages.
const WHAT: ModelPart = ModelPart::Aligner;
/// Added to variances.
const EPSILON: f32 = 1e-6;
/// Sizes beyond these are damage and not a network of this kind.
const MAX_SIZE: usize = 4096;

/// Sizes, scales and the meaning of the outputs, with the names of the recipe.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Numbers in a mel frame, 100.
    pub mel_bins: usize,
    /// Mel frames in a patch, 2.
    pub patch_size: usize,
    /// Width of the network.
    pub dim: usize,
    /// How many blocks.
    pub conv_layers: usize,
    /// Their inner width over the outer.
    pub conv_mult: usize,
    /// Mean of the mel over the training speech.
    pub mel_mean: f32,
    /// Its standard deviation.
    pub mel_std: f32,
    /// Names of the classes, phones without stress and length; the first is silence, and empty.
    pub classes: Vec<String>,
    /// For each token of the tokenizer the number of its class.
    pub token_classes: Vec<usize>,
    /// Natural logarithm of each class's share of the training speech.
    pub log_priors: Vec<f32>,
}

impl Config {
    fn check(&self) -> Result<()> {
        let c = self;
        if c.mel_bins != MEL_BIN_COUNT || c.patch_size == 0 {
            bail!(
                "{} mel bins in patches of {}, the front end has {MEL_BIN_COUNT}",
                c.mel_bins,
                c.patch_size
            );
        }
        let classes = c.classes.len();
        if classes == 0 || c.log_priors.len() != classes {
            bail!("{} shares of {classes} classes", c.log_priors.len());
        }
        if let Some(class) = c.token_classes.iter().find(|&&class| class >= classes) {
            bail!("class {class} of {classes}");
        }
        let sizes = [c.dim, c.conv_mult, c.patch_size, classes, c.conv_layers];
        if sizes.iter().any(|&size| size > MAX_SIZE) || c.dim == 0 || c.conv_mult == 0 {
            bail!("sizes {sizes:?} are not those of a phone classifier");
        }
        let scales = [c.mel_mean, c.mel_std];
        if c.mel_std <= 0.0 || scales.iter().chain(&c.log_priors).any(|x| !x.is_finite()) {
            bail!("scales or shares that are no numbers");
        }
        Ok(())
    }
}

/// What the network hears in each patch.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct PhonePosteriors {
    /// (n, c) natural logarithms of the classes' probabilities.
    pub log_probabilities: Vec<f32>,
    /// (n) log odds that a phone or a silence begins in the patch.
    pub begin_logits: Vec<f32>,
}

/// The network.
#[derive(Clone, Debug)]
pub struct PhoneClassifier {
    config: Config,
    embed: Linear,
    blocks: Vec<ConvNeXtV2Block>,
    norm_weight: Vec<f32>,
    norm_bias: Vec<f32>,
    head: Linear,
}

impl PhoneClassifier {
    /// Opens [`CONFIG_FILE`] and `aligner.safetensors` in the models folder.
    ///
    /// # Errors
    /// [`crate::Error::WeightsMissing`] or [`crate::Error::WeightsUnfit`] naming the file.
    pub fn load(models: &Path) -> crate::Result<Self> {
        let config: Config = weights::read_config(&models.join(CONFIG_FILE), WHAT)?;
        let checkpoint = models.join("aligner.safetensors");
        Self::new(&config, &weights::open(&checkpoint, WHAT)?)
            .map_err(|source| weights::unfit(&checkpoint, source))
    }

    /// `vb` stands at the root of the checkpoint.
    pub fn new(config: &Config, vb: &VarBuilder) -> Result<Self> {
        config.check()?;
        let c = config;
        let norm = |name: &str| vb.get(c.dim, &format!("norm.{name}"))?.to_vec1();
        Ok(Self {
            embed: Linear::load(c.mel_bins * c.patch_size, c.dim, &vb.pp("embed"))?,
            blocks: (0..c.conv_layers)
                .map(|i| ConvNeXtV2Block::new(c.dim, c.conv_mult, vb.pp(format!("blocks.{i}"))))
                .collect::<Result<_>>()?,
            norm_weight: norm("weight")?,
            norm_bias: norm("bias")?,
            head: Linear::load(c.dim, c.classes.len() + 1, &vb.pp("head"))?,
            config: config.clone(),
        })
    }

    /// Sizes and the meaning of the outputs.
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// mel (2·n, 100) as [`crate::audio::MelFrontEnd`] gives it → what is heard; frames beyond whole patches are left out.
    pub fn forward(&self, mel: &[f32]) -> Result<PhonePosteriors> {
        let c = &self.config;
        let patches = mel.len() / (c.mel_bins * c.patch_size);
        if patches == 0 {
            return Ok(PhonePosteriors::default());
        }
        let normalized: Vec<f32> = mel[..patches * c.patch_size * c.mel_bins]
            .iter()
            .map(|x| (x - c.mel_mean) / c.mel_std)
            .collect();
        let mut x = tensor(self.embed.rows(&normalized, None), (1, patches, c.dim))?;
        for block in &self.blocks {
            x = block.forward(&x)?;
        }
        let mut x = values(&x, <[f32]>::to_vec)?; // (n, dim)
        x.par_chunks_mut(rows_per_task(patches) * c.dim)
            .for_each(|rows| {
                vectorized(Norm {
                    network: self,
                    rows,
                });
            });
        let logits = self.head.rows(&x, None); // (n, c + 1)
        let mut heard = PhonePosteriors::default();
        for row in logits.chunks_exact(c.classes.len() + 1) {
            let (begin, classes) = row.split_last().expect("there is one output at least");
            let largest = classes.iter().copied().fold(f32::NEG_INFINITY, f32::max);
            let sum: f32 = classes.iter().map(|x| (x - largest).exp()).sum();
            let whole = largest + sum.ln();
            heard
                .log_probabilities
                .extend(classes.iter().map(|x| x - whole));
            heard.begin_logits.push(*begin);
        }
        Ok(heard)
    }
}

/// The last layer norm, for some rows.
struct Norm<'a> {
    network: &'a PhoneClassifier,
    rows: &'a mut [f32],
}

impl WithSimd for Norm<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        let network = self.network;
        layer_norm(self.rows, &network.norm_weight, &network.norm_bias, EPSILON);
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
            dim: 8,
            conv_layers: 1,
            conv_mult: 2,
            mel_mean: -1.6,
            mel_std: 2.6,
            classes: vec![String::new(), "a".to_owned()],
            token_classes: vec![0, 1, 1],
            log_priors: vec![-0.7, -0.7],
        };
        assert!(good.check().is_ok());
        let damaged: [fn(&mut Config); 8] = [
            |c| c.mel_bins = 80,
            |c| c.patch_size = 0,
            |c| c.dim = 0,
            |c| c.dim = usize::MAX,
            |c| c.token_classes[1] = 2,
            |c| c.log_priors[0] = f32::NAN,
            |c| c.mel_std = 0.0,
            |c| c.classes.clear(),
        ];
        for damage in damaged {
            let mut config = good.clone();
            damage(&mut config);
            assert!(config.check().is_err(), "{config:?}");
        }
    }
}
