//! One stream: the diffusion transformer that the voice and the face each have (F5-TTS commit 2ae2c9b, `model/backbones/dit.py`).

use candle_core::{Result, Tensor};
use candle_nn::{Linear, Module, VarBuilder, linear};

use super::ada_layer_norm::{AdaLayerNorm, Affine, BlockModulation, FinalAdaLayerNorm};
use super::config::Config;
use super::input_embedding::InputEmbedding;
use super::joint_attention::{Attention, Projected};
use super::rotary::RotaryTable;
use super::time_embedding::TimeEmbedding;
use crate::kernels::{KeyRanges, gelu_tanh, silu};

/// What tells the two streams apart.
#[derive(Debug, Clone, Copy)]
pub struct DitShape {
    /// Width of the noisy values, which is also that of the output.
    pub noisy_dim: usize,
    /// Width of the condition.
    pub condition_dim: usize,
    /// Width of the stream.
    pub dim: usize,
    /// Number of blocks.
    pub depth: usize,
}

/// Modulation of all blocks and of the last norm for one time.
#[derive(Debug, Clone)]
pub struct DitModulation {
    blocks: Vec<BlockModulation>,
    last: Affine,
}

/// A transformer block in two halves, so that a joint attention may stand between streams.
#[derive(Debug, Clone)]
pub struct DitBlock {
    attn_norm: AdaLayerNorm,
    attn: Attention,
    feed_forward: [Linear; 2],
}

impl DitBlock {
    /// `vb` stands at the block.
    pub fn new(dim: usize, config: &Config, vb: VarBuilder) -> Result<Self> {
        let inner = dim * config.ff_mult;
        let ff = vb.pp("ff").pp("ff");
        Ok(Self {
            attn_norm: AdaLayerNorm::new(dim, vb.pp("attn_norm"))?,
            attn: Attention::new(dim, config, vb.pp("attn"))?,
            feed_forward: [
                linear(dim, inner, ff.pp(0).pp(0))?,
                linear(inner, dim, ff.pp(2))?,
            ],
        })
    }

    /// One modulation a time: see [`AdaLayerNorm::modulations`].
    pub fn modulations(&self, time: &Tensor) -> Result<Vec<BlockModulation>> {
        self.attn_norm.modulations(time)
    }

    /// Norm and projections of (b, n, dim).
    pub fn before_attention(
        &self,
        x: &Tensor,
        modulation: &BlockModulation,
        rotary: &RotaryTable,
    ) -> Result<Projected> {
        self.attn.project(&modulation.attention.norm(x)?, rotary)
    }

    /// Attention, feed-forward and both residuals: (b, n, dim) → (b, n, dim).
    pub fn after_projection(
        &self,
        x: &Tensor,
        modulation: &BlockModulation,
        own: &Projected,
        other: Option<&Projected>,
        ranges: &[KeyRanges],
    ) -> Result<Tensor> {
        let attended = self.attn.attend(own, other, ranges)?;
        let x = (x + attended.broadcast_mul(&modulation.attention_gate)?)?;
        let h = modulation.feed_forward.norm(&x)?;
        let h = gelu_tanh(self.feed_forward[0].forward(&h)?)?;
        let h = self.feed_forward[1].forward(&h)?;
        x + h.broadcast_mul(&modulation.feed_forward_gate)?
    }

    /// The whole block with the stream on its own.
    pub fn forward(
        &self,
        x: &Tensor,
        modulation: &BlockModulation,
        rotary: &RotaryTable,
        ranges: &[KeyRanges],
    ) -> Result<Tensor> {
        let own = self.before_attention(x, modulation, rotary)?;
        self.after_projection(x, modulation, &own, None, ranges)
    }
}

/// Time, input, blocks and output of one stream.
#[doc(alias = "DiT")]
#[derive(Debug, Clone)]
pub struct Dit {
    time_embed: TimeEmbedding,
    input_embed: InputEmbedding,
    transformer_blocks: Vec<DitBlock>,
    norm_out: FinalAdaLayerNorm,
    proj_out: Linear,
    noisy_dim: usize,
}

impl Dit {
    /// `vb` stands at the stream.
    pub fn new(shape: DitShape, config: &Config, vb: VarBuilder) -> Result<Self> {
        let DitShape {
            noisy_dim,
            condition_dim,
            dim,
            depth,
        } = shape;
        let blocks = vb.pp("transformer_blocks");
        Ok(Self {
            time_embed: TimeEmbedding::new(dim, vb.pp("time_embed"))?,
            input_embed: InputEmbedding::new(noisy_dim, condition_dim, dim, vb.pp("input_embed"))?,
            transformer_blocks: (0..depth)
                .map(|i| DitBlock::new(dim, config, blocks.pp(i)))
                .collect::<Result<_>>()?,
            norm_out: FinalAdaLayerNorm::new(dim, vb.pp("norm_out"))?,
            proj_out: linear(dim, noisy_dim, vb.pp("proj_out"))?,
            noisy_dim,
        })
    }

    /// Width of the noisy values and of the output.
    pub fn noisy_dim(&self) -> usize {
        self.noisy_dim
    }

    /// The blocks in order.
    pub fn blocks(&self) -> &[DitBlock] {
        &self.transformer_blocks
    }

    /// Modulation for each of the times in [0, 1]: compute once, use at every step.
    pub fn modulations(&self, times: &[f64]) -> Result<Vec<DitModulation>> {
        let time = silu(self.time_embed.forward(times)?)?;
        let mut blocks: Vec<Vec<BlockModulation>> = times.iter().map(|_| Vec::new()).collect();
        for block in &self.transformer_blocks {
            for (of_time, modulation) in blocks.iter_mut().zip(block.modulations(&time)?) {
                of_time.push(modulation);
            }
        }
        let last = self.norm_out.modulations(&time)?;
        Ok(blocks
            .into_iter()
            .zip(last)
            .map(|(blocks, last)| DitModulation { blocks, last })
            .collect())
    }

    /// (b, n, condition_dim) → (b, n, dim): compute once, use at every step.
    pub fn condition(&self, condition: &Tensor) -> Result<Tensor> {
        self.input_embed.condition(condition)
    }

    /// Noisy values and [`Self::condition`]'s result → what enters the first block.
    pub fn embed(&self, noisy: &Tensor, condition: &Tensor) -> Result<Tensor> {
        self.input_embed.forward(noisy, condition)
    }

    /// What leaves the last block → (b, n, noisy_dim).
    pub fn output(&self, x: &Tensor, modulation: &DitModulation) -> Result<Tensor> {
        self.proj_out.forward(&modulation.last.norm(x)?)
    }
}

impl DitModulation {
    /// The modulation of block `index`.
    pub fn block(&self, index: usize) -> &BlockModulation {
        &self.blocks[index]
    }
}
