//! Published F5-TTS checkpoints: their sizes are read from the shapes of their tensors.
//!
//! | | v1 Base | v0 Base | v1 Small | v0 Small |
//! |---|---|---|---|---|
//! | width, blocks, heads | 1024, 22, 16 | the same | 768, 18, 12 | the same |
//! | filler of the text | kept at zero | takes part | kept at zero | takes part |
//! | heads turned by position | all | the first | all | the first |
//!
//! The last two rows leave no trace in the tensors. They follow from the version, which the user names, or which the name of the
//! file tells.

use std::path::Path;

use serde::{Deserialize, Serialize};

use super::VoiceModelError;
use crate::Result;
use crate::audio::MEL_BIN_COUNT;
use crate::networks::jam_flow::{Checkpoint, Config};
use crate::weights::{OnRead, TensorFile};

/// Where the transformer may stand: averaged weights, plain ones, the transformer alone.
const ROOTS: [&str; 3] = ["ema_model.transformer.", "transformer.", ""];
/// Width of a head where no tensor says it; that of all published checkpoints.
const DIM_HEAD: usize = 64;
/// Under this name the recipe's converter writes the version into the file.
const VERSION_REMARK: &str = "f5_tts_version";

/// The two generations of F5-TTS, which share names and shapes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum CheckpointVersion {
    /// F5TTS_Base, F5TTS_Small.
    V0,
    /// F5TTS_v1_Base, F5TTS_v1_Small.
    V1,
}

impl CheckpointVersion {
    /// The version of this name, "v0" or "v1".
    pub fn named(name: &str) -> Option<Self> {
        match name {
            "v0" => Some(Self::V0),
            "v1" => Some(Self::V1),
            _ => None,
        }
    }

    /// What the names of the file and its folder tell, such as `F5TTS_v1_Base/model_1250000.safetensors`.
    fn of_path(path: &Path) -> Option<Self> {
        let names = path.iter().rev().take(2).map(|name| {
            let name = name.to_string_lossy().to_lowercase();
            name.replace(['-', '_', ' '], "")
        });
        for name in names {
            if name.contains("v1") || name.contains("model1250000") {
                return Some(Self::V1);
            }
            let is_v0 = ["f5ttsbase", "f5ttssmall", "v0", "model1200000"];
            if is_v0.iter().any(|known| name.contains(known)) {
                return Some(Self::V0);
            }
        }
        None
    }
}

/// An F5-TTS checkpoint with the sizes that its tensors have.
pub(super) struct F5Checkpoint {
    pub checkpoint: Checkpoint,
    pub version: CheckpointVersion,
    /// Nobody and nothing said which version it is.
    pub is_version_assumed: bool,
}

impl F5Checkpoint {
    /// Opens a checkpoint. `version` is what the user knows, `on_read` is told how much of it is read.
    pub fn open(
        path: &Path,
        version: Option<CheckpointVersion>,
        on_read: Option<OnRead>,
    ) -> Result<Self> {
        Self::read(path, version, on_read).map_err(|error| crate::Error::from(error).in_file(path))
    }

    fn read(
        path: &Path,
        version: Option<CheckpointVersion>,
        on_read: Option<OnRead>,
    ) -> std::result::Result<Self, VoiceModelError> {
        let file = TensorFile::open(path)?.watched(on_read);
        let is_for_bigvgan = path.iter().rev().take(2).any(|name| {
            let name = name.to_string_lossy().to_lowercase();
            name.contains("bigvgan")
        });
        if is_for_bigvgan {
            return Err(unsupported("it is made for BigVGAN"));
        }
        let known = version
            .or_else(|| CheckpointVersion::named(file.remark(VERSION_REMARK)?))
            .or_else(|| CheckpointVersion::of_path(path));
        let version = known.unwrap_or(CheckpointVersion::V1);
        let config = config(&file, version)?;
        Ok(Self {
            checkpoint: Checkpoint::new(config, file.into_builder()),
            version,
            is_version_assumed: known.is_none(),
        })
    }
}

fn unsupported(reason: impl Into<String>) -> VoiceModelError {
    VoiceModelError::Unsupported {
        reason: reason.into(),
    }
}

/// The sizes that the tensors have.
fn config(
    file: &TensorFile,
    version: CheckpointVersion,
) -> std::result::Result<Config, VoiceModelError> {
    let has = |name: &str| file.shape(name).is_some();
    let root = ROOTS
        .into_iter()
        .find(|root| has(&format!("{root}input_embed.proj.weight")))
        .unwrap_or(ROOTS[0]);
    for (name, reason) in [
        ("layers.0.0.gamma", "it is an E2-TTS"),
        ("layers.0.2.to_q.weight", "it is an E2-TTS"),
        (
            "transformer_blocks.0.attn_norm_x.linear.weight",
            "it is an MMDiT",
        ),
        (
            "transformer_blocks.0.attn.q_norm.weight",
            "it normalises queries and keys",
        ),
        (
            "long_skip_connection.weight",
            "it has a long skip connection",
        ),
    ] {
        if has(&format!("{root}{name}")) {
            return Err(unsupported(reason));
        }
    }
    let matrix = |name: &str| {
        let tensor = format!("{root}{name}");
        match file.shape(&tensor) {
            Some(&[rows, columns]) => Ok((rows, columns)),
            Some(shape) => Err(VoiceModelError::Shape {
                reason: format!("{tensor} has the shape {shape:?}"),
            }),
            None => Err(VoiceModelError::NotF5 { tensor }),
        }
    };
    let count = |name: &dyn Fn(usize) -> String| {
        (0..)
            .take_while(|&i| has(&format!("{root}{}", name(i))))
            .count()
    };
    let (mel_bins, dim) = matrix("proj_out.weight")?;
    if mel_bins != MEL_BIN_COUNT {
        return Err(unsupported(format!(
            "its mel has {mel_bins} bins, not {MEL_BIN_COUNT}"
        )));
    }
    let (text_rows, text_dim) = matrix("text_embed.text_embed.weight")?;
    let (inner, _) = matrix("transformer_blocks.0.attn.to_q.weight")?;
    let (ff_inner, _) = matrix("transformer_blocks.0.ff.ff.0.0.weight")?;
    let conv_layers = count(&|i| format!("text_embed.text_blocks.{i}.pwconv1.weight"));
    let conv_inner = match conv_layers {
        0 => text_dim,
        _ => matrix("text_embed.text_blocks.0.pwconv1.weight")?.0,
    };
    let dim_head = match file.shape(&format!("{root}rotary_embed.inv_freq")) {
        Some(&[pairs]) => 2 * pairs,
        _ => DIM_HEAD,
    };
    let whole = |a: usize, b: usize, what: &str| match b > 0 && a.is_multiple_of(b) && a >= b {
        true => Ok(a / b),
        false => Err(VoiceModelError::Shape {
            reason: format!("{what} is {a} over {b}"),
        }),
    };
    let config = Config {
        dim,
        depth: count(&|i| format!("transformer_blocks.{i}.attn.to_q.weight")),
        heads: whole(inner, dim_head, "the number of heads")?,
        dim_head,
        ff_mult: whole(ff_inner, dim, "the feed-forward's width")?,
        text_num_embeds: text_rows.saturating_sub(1),
        text_dim,
        conv_layers,
        conv_mult: whole(conv_inner, text_dim, "the text blocks' width")?,
        text_mask_padding: version == CheckpointVersion::V1,
        pe_attn_head: match version {
            CheckpointVersion::V0 => Some(1),
            CheckpointVersion::V1 => None,
        },
        ..Config::f5_v1_base()
    };
    config.check().map_err(unsupported)?;
    Ok(config)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn published_names_tell_the_version() {
        let version = |path: &str| CheckpointVersion::of_path(Path::new(path));
        let (v0, v1) = (Some(CheckpointVersion::V0), Some(CheckpointVersion::V1));
        assert_eq!(version("a/F5TTS_v1_Base/model_1250000.safetensors"), v1);
        assert_eq!(version("a/F5TTS_Base/model_1200000.safetensors"), v0);
        assert_eq!(version("F5TTS_Small.safetensors"), v0);
        assert_eq!(version("F5TTS_v1_Small/model.safetensors"), v1);
        assert_eq!(version("f5-tts-v1.safetensors"), v1);
        assert_eq!(version("v1/mine/model.safetensors"), None);
    }
}
