//! Sizes of a Keye model, with the names of its `config.json`.

use candle_core::{Result, bail};
use serde::Deserialize;

/// Sizes beyond these are damage and not a model of this kind.
const MAX_SIZE: usize = 1 << 18;

/// Sizes of the vision tower.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct VisionConfig {
    /// Width of the tower.
    pub hidden_size: usize,
    /// Width inside its feed-forward layers.
    pub intermediate_size: usize,
    /// Its blocks.
    pub num_hidden_layers: usize,
    /// Attention heads.
    pub num_attention_heads: usize,
    /// Side of the pictures that the learned positions are for, pixels.
    pub image_size: usize,
    /// Side of a patch, pixels.
    pub patch_size: usize,
    /// Added to variances.
    #[serde(default = "vision_epsilon")]
    pub layer_norm_eps: f64,
    /// Patches on each side of what becomes one token.
    #[serde(default = "merge_side")]
    pub spatial_merge_size: usize,
}

/// Sizes of the language model.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct LanguageConfig {
    /// Tokens that it knows.
    pub vocab_size: usize,
    /// Its width.
    pub hidden_size: usize,
    /// Width inside its feed-forward layers.
    pub intermediate_size: usize,
    /// Its blocks.
    pub num_hidden_layers: usize,
    /// Heads of queries.
    pub num_attention_heads: usize,
    /// Heads of keys and values.
    pub num_key_value_heads: usize,
    /// Width of a head.
    pub head_dim: usize,
    /// Added to mean squares.
    pub rms_norm_eps: f64,
    /// Base of the rotary angles.
    pub rope_theta: f64,
    /// How positions turn.
    pub rope_scaling: RopeSections,
    /// Whether the embedding is the head, too.
    #[serde(default)]
    pub tie_word_embeddings: bool,
}

/// Which angles of a head turn with which axis.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct RopeSections {
    /// Angles for time, row and column; half a head's width in all.
    pub mrope_section: [usize; 3],
}

/// What distinguishes the versions of the projector.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProjectorKind {
    /// Keye-VL-8B-Preview: each patch is normalised before four become one.
    Preview,
    /// Keye-VL-1.5-8B: what four patches became is normalised.
    V15,
}

fn vision_epsilon() -> f64 {
    1e-6
}

fn merge_side() -> usize {
    2
}

impl VisionConfig {
    /// Learned positions on each side.
    pub fn position_side(&self) -> usize {
        self.image_size / self.patch_size
    }

    /// Width of a head.
    pub fn head_width(&self) -> usize {
        self.hidden_size / self.num_attention_heads
    }

    /// Numbers of a patch: red, green, blue, each row by row.
    pub fn patch_numbers(&self) -> usize {
        3 * self.patch_size * self.patch_size
    }

    pub(crate) fn check(&self) -> Result<()> {
        let c = self;
        let sizes = [
            c.hidden_size,
            c.intermediate_size,
            c.num_hidden_layers,
            c.num_attention_heads,
            c.image_size,
            c.patch_size,
            c.spatial_merge_size,
        ];
        let is_sound = sizes.iter().all(|size| (1..=MAX_SIZE).contains(size))
            && c.hidden_size.is_multiple_of(c.num_attention_heads)
            && c.head_width().is_multiple_of(4)
            && c.position_side() > 0;
        if !is_sound {
            bail!("the configuration is not that of a Keye vision tower: {c:?}");
        }
        Ok(())
    }
}

impl LanguageConfig {
    pub(crate) fn check(&self) -> Result<()> {
        let c = self;
        let sizes = [
            c.vocab_size,
            c.hidden_size,
            c.intermediate_size,
            c.num_hidden_layers,
            c.num_attention_heads,
            c.num_key_value_heads,
            c.head_dim,
        ];
        let sections: usize = c.rope_scaling.mrope_section.iter().sum();
        let is_sound = sizes.iter().all(|size| (1..=MAX_SIZE).contains(size))
            && c.num_attention_heads.is_multiple_of(c.num_key_value_heads)
            && 2 * sections == c.head_dim;
        if !is_sound {
            bail!("the configuration is not that of a Keye language model: {c:?}");
        }
        Ok(())
    }
}
