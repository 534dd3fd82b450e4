//! The vision tower: SigLIP's blocks for pictures of any size.
//!
//! Its reference is `PaddleOCRVisionModel` of transformers 5.24.0 (`models/paddleocr_vl`), which has the same tower. Learned positions
//! are stretched to the picture, and queries and keys turn with row and column.
//!
//! Shape letters: `p` patches, `d` width, `a` heads, `e` width of a head.

use candle_core::{Result, Tensor, bail};
use candle_nn::ops::softmax_last_dim;
use candle_nn::{LayerNorm, Linear, Module as _, VarBuilder, layer_norm, linear};

use super::config::VisionConfig;
use super::turn::Turn;

/// Base of the rotary angles.
const ROPE_BASE: f64 = 10_000.0;

/// The tower.
#[derive(Debug)]
pub struct VisionTower {
    config: VisionConfig,
    patches: Linear,
    /// (side, side · d).
    positions: Tensor,
    blocks: Vec<Block>,
    last_norm: LayerNorm,
}

impl VisionTower {
    /// `vb` stands at `visual.vision_model`.
    ///
    /// # Errors
    /// If the configuration or a weight does not fit.
    pub fn new(config: &VisionConfig, vb: &VarBuilder) -> Result<Self> {
        config.check()?;
        let c = config;
        let embeddings = vb.pp("embeddings");
        let kernel = embeddings
            .pp("patch_embedding")
            .get((c.hidden_size, 3, c.patch_size, c.patch_size), "weight")?;
        let bias = embeddings
            .pp("patch_embedding")
            .get(c.hidden_size, "bias")?;
        let side = c.position_side();
        let blocks = vb.pp("encoder.layers");
        Ok(Self {
            patches: Linear::new(
                kernel.reshape((c.hidden_size, c.patch_numbers()))?,
                Some(bias),
            ),
            positions: embeddings
                .pp("position_embedding")
                .get((side * side, c.hidden_size), "weight")?
                .reshape((side, side * c.hidden_size))?,
            blocks: (0..c.num_hidden_layers)
                .map(|index| Block::new(c, &blocks.pp(index)))
                .collect::<Result<_>>()?,
            last_norm: layer_norm(c.hidden_size, c.layer_norm_eps, vb.pp("post_layernorm"))?,
            config: config.clone(),
        })
    }

    /// Patches of a picture, (p, 3 · side²) row by row → (p, d).
    ///
    /// # Errors
    /// If there are not `rows · columns` patches, and those of the tensors.
    pub fn forward(&self, patches: &Tensor, rows: usize, columns: usize) -> Result<Tensor> {
        let (count, numbers) = patches.dims2()?;
        if count != rows * columns || numbers != self.config.patch_numbers() {
            bail!("{count} patches of {numbers} numbers for {rows} × {columns}");
        }
        let mut x = (self.patches.forward(patches)? + self.positions_for(rows, columns)?)?;
        let turn = turn(&self.config, rows, columns, patches)?;
        for block in &self.blocks {
            x = block.forward(&x, &turn)?;
        }
        self.last_norm.forward(&x)
    }

    /// The learned positions, stretched: (p, d).
    fn positions_for(&self, rows: usize, columns: usize) -> Result<Tensor> {
        let side = self.config.position_side();
        let width = self.config.hidden_size;
        let stretch = |count: usize| {
            let weights = Tensor::from_vec(
                stretching(side, count),
                (count, side),
                self.positions.device(),
            )?;
            weights.to_dtype(self.positions.dtype())
        };
        let tall = stretch(rows)?.matmul(&self.positions)?; // (rows, side · d)
        let tall = tall.reshape((rows, side, width))?;
        let across = stretch(columns)?
            .unsqueeze(0)?
            .broadcast_as((rows, columns, side))?
            .contiguous()?;
        across.matmul(&tall)?.reshape((rows * columns, width))
    }
}

/// Bilinear interpolation of `side` values to `count` without aligned corners, as a matrix (count, side).
fn stretching(side: usize, count: usize) -> Vec<f32> {
    let scale = side as f32 / count as f32;
    let mut weights = vec![0.0; count * side];
    for (index, row) in weights.chunks_exact_mut(side).enumerate() {
        let place = (scale * (index as f32 + 0.5) - 0.5).max(0.0);
        let first = (place as usize).min(side - 1);
        let part = place - first as f32;
        row[first] += 1.0 - part;
        row[(first + 1).min(side - 1)] += part;
    }
    weights
}

/// Half of the angles turn with the row, half with the column.
fn turn(config: &VisionConfig, rows: usize, columns: usize, like: &Tensor) -> Result<Turn> {
    let quarter = config.head_width() / 4;
    let half_width = 2 * quarter;
    let rates: Vec<f32> = (0..quarter)
        .map(|index| ROPE_BASE.powf(-2.0 * index as f64 / half_width as f64) as f32)
        .collect();
    let mut angles = Vec::with_capacity(rows * columns * 2 * half_width);
    for row in 0..rows {
        for column in 0..columns {
            for _ in 0..2 {
                angles.extend(rates.iter().map(|rate| row as f32 * rate));
                angles.extend(rates.iter().map(|rate| column as f32 * rate));
            }
        }
    }
    let shape = (rows * columns, config.head_width());
    Turn::of_angles(angles, shape, like)
}

#[derive(Debug)]
struct Block {
    heads: usize,
    norms: [LayerNorm; 2],
    /// Queries, keys, values, and what leads out.
    attention: [Linear; 4],
    feed_forward: [Linear; 2],
}

impl Block {
    fn new(c: &VisionConfig, vb: &VarBuilder) -> Result<Self> {
        let width = c.hidden_size;
        let attention = vb.pp("self_attn");
        let square = |name: &str| linear(width, width, attention.pp(name));
        Ok(Self {
            heads: c.num_attention_heads,
            norms: [
                layer_norm(width, c.layer_norm_eps, vb.pp("layer_norm1"))?,
                layer_norm(width, c.layer_norm_eps, vb.pp("layer_norm2"))?,
            ],
            attention: [
                square("q_proj")?,
                square("k_proj")?,
                square("v_proj")?,
                square("out_proj")?,
            ],
            feed_forward: [
                linear(width, c.intermediate_size, vb.pp("mlp.fc1"))?,
                linear(c.intermediate_size, width, vb.pp("mlp.fc2"))?,
            ],
        })
    }

    fn forward(&self, x: &Tensor, turn: &Turn) -> Result<Tensor> {
        let x = (x + self.attend(&self.norms[0].forward(x)?, turn)?)?;
        let inner = self.feed_forward[0].forward(&self.norms[1].forward(&x)?)?;
        // The tanh form.
        &x + self.feed_forward[1].forward(&inner.gelu()?)?
    }

    fn attend(&self, x: &Tensor, turn: &Turn) -> Result<Tensor> {
        let (count, width) = x.dims2()?;
        let head_width = width / self.heads;
        let [query, key, value, out] = &self.attention;
        let heads = |layer: &Linear| {
            let rows = layer.forward(x)?.reshape((count, self.heads, head_width))?;
            rows.transpose(0, 1)?.contiguous()
        };
        let query = (turn.apply(&heads(query)?)? * (head_width as f64).powf(-0.5))?;
        let key = turn.apply(&heads(key)?)?;
        let weights = softmax_last_dim(&query.matmul(&key.t()?)?)?; // (a, p, p)
        let seen = weights.matmul(&heads(value)?)?; // (a, p, e)
        out.forward(&seen.transpose(0, 1)?.reshape((count, width))?)
    }
}
