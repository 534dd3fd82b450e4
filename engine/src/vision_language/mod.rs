//! A vision-language model in this process: the folder of a published Keye-VL model, pictures and a question in, words out.
//!
//! The networks are [`crate::networks::keye`]. Nothing is downloaded: whoever wants to use it brings the folder. What it takes is
//! estimated before any weight is read, and refused where it does not fit. The published weights have never been run by this project,
//! only networks of their shape with random weights, and tiny ones beside the reference.

mod chat;
mod error;
mod memory;
mod model_folder;
mod picture;
mod sampling;

use std::path::Path;

use candle_core::quantized::GgmlDType;

use crate::error::{Error, Result};
use crate::networks::keye::{Keye, LanguageModel, Piece, ProjectorKind, VisionConfig};
use crate::random::Random;
use chat::Part;
use memory::PREFILL_TOKENS;
use model_folder::ModelFolder;
use picture::{Patches, PixelStatistics, patches};

pub use error::VisionLanguageError;
pub use memory::{MemoryEstimate, Packing, free_bytes};
pub use picture::ShownPicture;
pub use sampling::Sampling;

/// Tokens of an answer, at most: a few minutes of speech.
pub const MAX_ANSWER_TOKENS: usize = 2048;

/// A model that is ready to be asked.
pub struct VisionLanguageModel {
    keye: Keye,
    vision: VisionConfig,
    kind: ProjectorKind,
    tokenizer: tokenizers::Tokenizer,
    sampling: Sampling,
    stop_tokens: Vec<u32>,
    pixels: PixelStatistics,
    estimate: MemoryEstimate,
    packing: Packing,
}

/// What a model said.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct VisionLanguageAnswer {
    /// Its words.
    pub text: String,
    /// Whether it was ended at [`MAX_ANSWER_TOKENS`].
    pub is_shortened: bool,
}

impl VisionLanguageModel {
    /// Loads the model in a folder for conversations of so many tokens, pictures and answer together. The language half is a GGUF file if
    /// there is one; else it is kept as it is if `free_bytes` of memory allow that, and packed into 4 bits while it is read if not.
    ///
    /// # Errors
    /// [`Error::WeightsMissing`], [`Error::WeightsUnfit`], [`VisionLanguageError::NotAModel`], and before any weight is read
    /// [`VisionLanguageError::TooLarge`].
    pub fn load(folder: &Path, tokens: usize, free_bytes: Option<f64>) -> Result<Self> {
        let folder = ModelFolder::open(folder)?;
        let length =
            |path: &std::path::PathBuf| std::fs::metadata(path).map_or(0, |file| file.len());
        let gguf_bytes = folder.gguf.as_ref().map(length);
        let possible = match gguf_bytes {
            Some(bytes) => vec![Packing::Gguf(bytes)],
            None => vec![Packing::Plain, Packing::FourBits],
        };
        let estimate = |packing| {
            let (vision, language) = (&folder.vision, &folder.language);
            MemoryEstimate::new(vision, language, folder.kind, packing, tokens)
        };
        let free = free_bytes.unwrap_or(f64::INFINITY);
        let least = possible
            .last()
            .map_or(0.0, |packing| estimate(*packing).total_bytes());
        let packing = possible
            .into_iter()
            .find(|packing| estimate(*packing).total_bytes() <= free)
            .ok_or(VisionLanguageError::TooLarge {
                needed_gb: least / 1e9,
                free_gb: free / 1e9,
            })?;
        let estimate = estimate(packing);
        let vb = folder.tensors.into_builder();
        let c = &folder.language;
        let language = match (&folder.gguf, packing) {
            (Some(path), _) => LanguageModel::from_gguf(c, path),
            (None, Packing::FourBits) => LanguageModel::packed(c, &vb, GgmlDType::Q4K),
            (None, _) => LanguageModel::new(c, &vb),
        };
        let unfit = |error: candle_core::Error| VisionLanguageError::NotAModel {
            reason: error.to_string(),
        };
        let language = language.map_err(unfit)?;
        let keye = Keye::with_language_model(&folder.vision, c, folder.kind, &vb, language);
        let mut stop_tokens = folder.stop_tokens;
        let ends = [chat::TURN_END, chat::TEXT_END];
        stop_tokens.extend(
            ends.iter()
                .filter_map(|end| folder.tokenizer.token_to_id(end)),
        );
        Ok(Self {
            keye: keye.map_err(unfit)?,
            vision: folder.vision,
            kind: folder.kind,
            tokenizer: folder.tokenizer,
            sampling: folder.sampling,
            stop_tokens,
            pixels: folder.pixels,
            estimate,
            packing,
        })
    }

    /// What it takes, as it was estimated.
    pub fn estimate(&self) -> MemoryEstimate {
        self.estimate
    }

    /// How the language half is kept.
    pub fn packing(&self) -> Packing {
        self.packing
    }

    /// Answers a question about pictures. `on_words` takes the words as they come; the same seed gives the same answer.
    ///
    /// # Errors
    /// [`VisionLanguageError::PictureSize`], [`Error::Cancelled`], [`VisionLanguageError::Failed`].
    pub fn answer(
        &self,
        pictures: &[ShownPicture<'_>],
        question: &str,
        seed: u64,
        cancelled: &dyn Fn() -> bool,
        on_words: &mut dyn FnMut(&str),
    ) -> Result<VisionLanguageAnswer> {
        let has_token = |token: &str| self.tokenizer.token_to_id(token).is_some();
        let parts = chat::parts(pictures, question, self.kind, &has_token);
        let seen: Vec<Patches> = pictures
            .iter()
            .map(|picture| patches(picture, &self.vision, &self.pixels))
            .collect::<Result<_>>()?;
        let texts: Vec<Vec<u32>> = parts
            .iter()
            .filter_map(|part| match part {
                Part::Text(text) => Some(self.tokens(text)),
                Part::Picture(_) => None,
            })
            .collect::<Result<_>>()?;
        let mut texts = texts.iter();
        let pieces = parts.iter().filter_map(|part| match part {
            Part::Text(_) => texts.next().map(|tokens| Piece::Tokens(tokens)),
            Part::Picture(index) => seen.get(*index).map(|picture| Piece::Picture {
                patches: &picture.numbers,
                rows: picture.rows,
                columns: picture.columns,
            }),
        });
        let pieces: Vec<Piece<'_>> = pieces.collect();
        let check = || match cancelled() {
            true => Err(candle_core::Error::Msg(CANCELLED.to_owned())),
            false => Ok(()),
        };
        let told = |error: candle_core::Error| match cancelled() {
            true => Error::Cancelled,
            false => failed(error),
        };
        let mut reading = self
            .keye
            .read(&pieces, PREFILL_TOKENS, &check)
            .map_err(told)?;
        let mut random = Random::new(seed);
        let mut decoder = self.tokenizer.decode_stream(true);
        let mut answer = VisionLanguageAnswer::default();
        for count in 1.. {
            let token = self.sampling.pick(&reading.scores, &mut random);
            let Some(token) = token.filter(|token| !self.stop_tokens.contains(token)) else {
                break;
            };
            if let Some(words) = decoder.step(token).map_err(failed)? {
                on_words(&words);
                answer.text += &words;
            }
            if count == MAX_ANSWER_TOKENS {
                answer.is_shortened = true;
                break;
            }
            check()
                .and_then(|()| self.keye.go_on(&mut reading, token))
                .map_err(told)?;
        }
        Ok(answer)
    }

    fn tokens(&self, text: &str) -> Result<Vec<u32>> {
        let encoded = self.tokenizer.encode(text, false).map_err(failed)?;
        Ok(encoded.get_ids().to_vec())
    }
}

/// Never shown: [`Error::Cancelled`] is told in its place.
const CANCELLED: &str = "cancelled";

/// What no input should cause.
fn failed(error: impl std::fmt::Display) -> Error {
    let reason = error.to_string();
    VisionLanguageError::Failed { reason }.into()
}
