//! What is in a published folder: configuration, tokenizer, weights.

use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde_json::Value;

use super::VisionLanguageError;
use super::picture::PixelStatistics;
use super::sampling::Sampling;
use crate::error::{ModelPart, Result};
use crate::networks::keye::{LanguageConfig, ProjectorKind, VisionConfig};
use crate::weights::{ShardedTensors, read_config, unfit};

/// What the weights are called where they are missing.
const WHAT: ModelPart = ModelPart::VisionLanguage;
/// The norm whose width tells which projector it is.
const PROJECTOR_NORM: &str = "mlp_AR.pre_norm.weight";

/// A folder whose small files have been read.
pub(super) struct ModelFolder {
    pub vision: VisionConfig,
    pub language: LanguageConfig,
    pub kind: ProjectorKind,
    pub tensors: ShardedTensors,
    /// The language half in 4 bits or so, in place of that in `tensors`.
    pub gguf: Option<PathBuf>,
    pub tokenizer: tokenizers::Tokenizer,
    pub sampling: Sampling,
    /// Tokens that end an answer, as the folder says.
    pub stop_tokens: Vec<u32>,
    pub pixels: PixelStatistics,
}

/// `generation_config.json`.
#[derive(Default, Deserialize)]
#[serde(default)]
struct GenerationConfig {
    eos_token_id: OneOrMany,
    #[serde(flatten)]
    sampling: Sampling,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum OneOrMany {
    One(u32),
    Many(Vec<u32>),
}

impl Default for OneOrMany {
    fn default() -> Self {
        Self::Many(Vec::new())
    }
}

/// The part of `preprocessor_config.json` that counts here.
#[derive(Deserialize)]
struct PreprocessorConfig {
    image_mean: [f32; 3],
    image_std: [f32; 3],
}

impl ModelFolder {
    /// Reads everything but the weights themselves.
    ///
    /// # Errors
    /// [`crate::Error::WeightsMissing`], [`crate::Error::WeightsUnfit`], [`VisionLanguageError::NotAModel`].
    pub fn open(folder: &Path) -> Result<Self> {
        let config_path = folder.join("config.json");
        let config: Value = read_config(&config_path, WHAT)?;
        let part = |name: &str| config.get(name).cloned();
        let vision = part("vision_config").ok_or_else(|| VisionLanguageError::NotAModel {
            reason: "its config.json has no vision_config".to_owned(),
        })?;
        let vision: VisionConfig =
            serde_json::from_value(vision).map_err(|error| unfit(&config_path, error))?;
        // Sizes of the language half stand at the top, or in a part of their own in newer files.
        let language = part("text_config").unwrap_or_else(|| config.clone());
        let language: LanguageConfig =
            serde_json::from_value(language).map_err(|error| unfit(&config_path, error))?;
        vision.check().map_err(|error| unfit(&config_path, error))?;
        language
            .check()
            .map_err(|error| unfit(&config_path, error))?;
        let tensors = ShardedTensors::open(folder, WHAT)?;
        let kind = projector_kind(&tensors, &vision)?;
        let tokenizer_path = folder.join("tokenizer.json");
        let tokenizer = tokenizers::Tokenizer::from_file(&tokenizer_path).map_err(|error| {
            VisionLanguageError::NotAModel {
                reason: format!("its tokenizer.json cannot be read ({error})"),
            }
        })?;
        let vocabulary = tokenizer.get_vocab_size(true);
        if vocabulary > language.vocab_size {
            return Err(VisionLanguageError::NotAModel {
                reason: format!(
                    "its tokenizer has {vocabulary} tokens and its weights {}",
                    language.vocab_size
                ),
            }
            .into());
        }
        let generation: GenerationConfig =
            optional(&folder.join("generation_config.json"))?.unwrap_or_default();
        let pixels = optional(&folder.join("preprocessor_config.json"))?.map_or_else(
            PixelStatistics::default,
            |config: PreprocessorConfig| PixelStatistics {
                mean: config.image_mean,
                deviation: config.image_std,
            },
        );
        Ok(Self {
            vision,
            language,
            kind,
            tensors,
            gguf: gguf_in(folder),
            tokenizer,
            sampling: generation.sampling,
            stop_tokens: match generation.eos_token_id {
                OneOrMany::One(token) => vec![token],
                OneOrMany::Many(tokens) => tokens,
            },
            pixels,
        })
    }
}

fn optional<T: serde::de::DeserializeOwned>(path: &Path) -> Result<Option<T>> {
    match path.exists() {
        true => read_config(path, WHAT).map(Some),
        false => Ok(None),
    }
}

/// The first GGUF file by name, if there is one.
fn gguf_in(folder: &Path) -> Option<PathBuf> {
    let entries = std::fs::read_dir(folder).ok()?;
    let paths = entries.flatten().map(|entry| entry.path());
    paths
        .filter(|path| path.extension().is_some_and(|ending| ending == "gguf"))
        .min()
}

fn projector_kind(tensors: &ShardedTensors, vision: &VisionConfig) -> Result<ProjectorKind> {
    let width = vision.hidden_size;
    let merged = width * vision.spatial_merge_size * vision.spatial_merge_size;
    match tensors.shape(PROJECTOR_NORM) {
        Some([length]) if *length == merged => Ok(ProjectorKind::V15),
        Some([length]) if *length == width => Ok(ProjectorKind::Preview),
        _ => Err(VisionLanguageError::NotAModel {
            reason: format!("its weights have no {PROJECTOR_NORM} of {width} or {merged} numbers"),
        }
        .into()),
    }
}
