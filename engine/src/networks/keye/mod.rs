//! Keye-VL (arXiv 2507.01949, 2509.01563): a vision model that reads pictures between words and answers in words.
//!
//! A [`VisionTower`] sees patches of 14 × 14 pixels, a [`Projector`] makes one token of 2 × 2 of them, and a [`LanguageModel`] reads these
//! tokens in their places among those of the text. [`Keye`] is the three together. All is stated in plain tensor operations.
//!
//! The weights (8.7 billion numbers) are not part of the project. Tiny models with seeded weights are compared with the reference
//! implementations in `tests/tests/parity/keye.rs`.

mod config;
mod language_model;
mod matrix;
mod positions;
mod projector;
mod turn;
mod vision_tower;

use candle_core::{Result, Tensor};
use candle_nn::VarBuilder;

pub use config::{LanguageConfig, ProjectorKind, RopeSections, VisionConfig};
pub use language_model::{Cache, LanguageModel};
pub use positions::{Positions, Stretch};
pub use projector::Projector;
pub use vision_tower::VisionTower;

/// The whole model.
#[derive(Debug)]
pub struct Keye {
    tower: VisionTower,
    projector: Projector,
    language: LanguageModel,
    merge_side: usize,
}

/// A conversation so far.
#[derive(Clone, Debug)]
pub struct Reading {
    /// Scores of all tokens for the next one.
    pub scores: Vec<f32>,
    /// Position of the next token on every axis.
    next: u32,
    cache: Cache,
}

/// A piece of a prompt.
#[derive(Clone, Copy, Debug)]
pub enum Piece<'a> {
    /// Tokens of text.
    Tokens(&'a [u32]),
    /// A picture in patches, row by row: (rows · columns, numbers of a patch). Rows and columns are even.
    Picture {
        /// The patches.
        patches: &'a Tensor,
        /// Rows of patches.
        rows: usize,
        /// Columns of patches.
        columns: usize,
    },
}

impl Keye {
    /// `vb` stands at the root of the published checkpoint.
    ///
    /// # Errors
    /// If a configuration or a weight does not fit.
    pub fn new(
        vision: &VisionConfig,
        language: &LanguageConfig,
        kind: ProjectorKind,
        vb: &VarBuilder,
    ) -> Result<Self> {
        Self::with_language_model(
            vision,
            language,
            kind,
            vb,
            LanguageModel::new(language, vb)?,
        )
    }

    /// The same with a language model that was loaded from elsewhere, such as a GGUF file.
    ///
    /// # Errors
    /// If a configuration or a weight does not fit.
    pub fn with_language_model(
        vision: &VisionConfig,
        language: &LanguageConfig,
        kind: ProjectorKind,
        vb: &VarBuilder,
        model: LanguageModel,
    ) -> Result<Self> {
        Ok(Self {
            tower: VisionTower::new(vision, &vb.pp("visual.vision_model"))?,
            projector: Projector::new(kind, vision, language.hidden_size, &vb.pp("mlp_AR"))?,
            language: model,
            merge_side: vision.spatial_merge_size,
        })
    }

    /// The language model.
    pub fn language(&self) -> &LanguageModel {
        &self.language
    }

    /// A prompt as the language model takes it: (n, d), with its positions.
    ///
    /// # Errors
    /// For unknown tokens and pictures whose patches do not fit.
    pub fn prompt(&self, pieces: &[Piece<'_>]) -> Result<(Tensor, Positions)> {
        self.checked_prompt(pieces, &|| Ok(()))
    }

    /// The same, with a look before each piece whether to go on.
    fn checked_prompt(
        &self,
        pieces: &[Piece<'_>],
        check: &dyn Fn() -> Result<()>,
    ) -> Result<(Tensor, Positions)> {
        let mut positions = Positions::default();
        let mut embedded = Vec::with_capacity(pieces.len());
        for piece in pieces {
            check()?;
            match *piece {
                Piece::Tokens(tokens) => {
                    embedded.push(self.language.embed(tokens)?);
                    positions.add(Stretch::Text(tokens.len()));
                }
                Piece::Picture {
                    patches,
                    rows,
                    columns,
                } => {
                    let seen = self.tower.forward(patches, rows, columns)?;
                    embedded.push(self.projector.forward(&seen, rows, columns)?);
                    positions.add(Stretch::Picture {
                        rows: rows / self.merge_side,
                        columns: columns / self.merge_side,
                    });
                }
            }
        }
        Ok((Tensor::cat(&embedded, 0)?, positions))
    }

    /// Reads a prompt, `chunk` tokens at a time, so that attention over a long one does not need all of its square at once. `check` says
    /// before each piece and each chunk whether to go on.
    ///
    /// # Errors
    /// As [`Self::prompt`], and what `check` returns.
    pub fn read(
        &self,
        pieces: &[Piece<'_>],
        chunk: usize,
        check: &dyn Fn() -> Result<()>,
    ) -> Result<Reading> {
        let (embedded, positions) = self.checked_prompt(pieces, check)?;
        let mut cache = Cache::default();
        let mut scores = Vec::new();
        for begin in (0..positions.len()).step_by(chunk.max(1)) {
            check()?;
            let count = chunk.max(1).min(positions.len() - begin);
            let part = positions.part(begin..begin + count);
            scores =
                self.language
                    .forward(&embedded.narrow(0, begin, count)?, &part, &mut cache)?;
        }
        Ok(Reading {
            scores,
            next: positions.next,
            cache,
        })
    }

    /// Reads one more token.
    ///
    /// # Errors
    /// For a token that it does not know.
    pub fn go_on(&self, reading: &mut Reading, token: u32) -> Result<()> {
        let next = reading.next;
        let position = Positions {
            axes: [vec![next], vec![next], vec![next]],
            next: next + 1,
        };
        let embedded = self.language.embed(&[token])?;
        reading.scores = self
            .language
            .forward(&embedded, &position, &mut reading.cache)?;
        reading.next += 1;
        Ok(())
    }

    /// Answers a prompt token by token until `pick`, which chooses one by the scores of all, chooses none or `limit` are there.
    ///
    /// # Errors
    /// As [`Self::prompt`], and what `pick` returns.
    pub fn answer(
        &self,
        pieces: &[Piece<'_>],
        limit: usize,
        pick: &mut dyn FnMut(&[f32]) -> Result<Option<u32>>,
    ) -> Result<Vec<u32>> {
        let mut reading = self.read(pieces, usize::MAX, &|| Ok(()))?;
        let mut answer = Vec::new();
        while answer.len() < limit
            && let Some(token) = pick(&reading.scores)?
        {
            answer.push(token);
            if answer.len() < limit {
                self.go_on(&mut reading, token)?;
            }
        }
        Ok(answer)
    }
}
