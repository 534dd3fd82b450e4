//! From patches to the language model's tokens: 2 × 2 patches become one.

use candle_core::{Result, Tensor, bail};
use candle_nn::{LayerNorm, Linear, Module as _, VarBuilder, layer_norm, linear};

use super::config::{ProjectorKind, VisionConfig};

/// Added to variances.
const EPSILON: f64 = 1e-5;

/// The projector.
#[derive(Debug)]
pub struct Projector {
    kind: ProjectorKind,
    merge_side: usize,
    norm: LayerNorm,
    layers: [Linear; 2],
}

impl Projector {
    /// `vb` stands at `mlp_AR`; `text_width` is the language model's.
    ///
    /// # Errors
    /// If a weight does not fit.
    pub fn new(
        kind: ProjectorKind,
        vision: &VisionConfig,
        text_width: usize,
        vb: &VarBuilder,
    ) -> Result<Self> {
        let merge_side = vision.spatial_merge_size;
        let merged = vision.hidden_size * merge_side * merge_side;
        let normed = match kind {
            ProjectorKind::Preview => vision.hidden_size,
            ProjectorKind::V15 => merged,
        };
        Ok(Self {
            kind,
            merge_side,
            norm: layer_norm(normed, EPSILON, vb.pp("pre_norm"))?,
            layers: [
                linear(merged, merged, vb.pp("linear_1"))?,
                linear(merged, text_width, vb.pp("linear_2"))?,
            ],
        })
    }

    /// Patches of a picture row by row, (rows · columns, d) → (rows / 2 · columns / 2, text width).
    ///
    /// # Errors
    /// If rows or columns cannot be merged, and those of the tensors.
    pub fn forward(&self, patches: &Tensor, rows: usize, columns: usize) -> Result<Tensor> {
        let side = self.merge_side;
        if !rows.is_multiple_of(side) || !columns.is_multiple_of(side) {
            bail!("{rows} × {columns} patches cannot be merged by {side}");
        }
        let normed = match self.kind {
            ProjectorKind::Preview => self.norm.forward(patches)?,
            ProjectorKind::V15 => patches.clone(),
        };
        let width = normed.dim(1)?;
        let merged = normed
            .reshape((rows / side, side, columns / side, side, width))?
            .transpose(1, 2)?
            .reshape((rows * columns / (side * side), side * side * width))?;
        let merged = match self.kind {
            ProjectorKind::Preview => merged,
            ProjectorKind::V15 => self.norm.forward(&merged)?,
        };
        // The form with the error function.
        let inner = self.layers[0].forward(&merged)?.gelu_erf()?;
        self.layers[1].forward(&inner)
    }
}
