//! One stream as tasks over some rows each, every task one vectorised work from norm to residual.

use candle_core::{Result, Tensor};
use candle_nn::VarBuilder;
use pulp::{Simd, WithSimd};
use rayon::prelude::*;

use super::ada_layer_norm::{AdaLayerNorm, Affine, BlockModulation, FinalAdaLayerNorm};
use super::input_embedding::InputEmbedding;
use super::joint_attention::{Attention, Projected};
use super::rotary::RotaryTable;
use super::time_embedding::TimeEmbedding;
use crate::kernels::{Activation, KeyRanges, Linear, rows_per_task, tensor, values, vectorized};
use crate::networks::jam_flow::{Config, DitShape};

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
                Linear::load(dim, inner, &ff.pp(0).pp(0))?,
                Linear::load(inner, dim, &ff.pp(2))?,
            ],
        })
    }

    /// One modulation a time: see `AdaLayerNorm::modulations`.
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
        let (_, count, dim) = x.dims3()?;
        values(x, |x| {
            let wide = 3 * self.attn.inner();
            let task = rows_per_task(x.len() / dim);
            let mut rows = vec![0.0; x.len() / dim * wide];
            rows.par_chunks_mut(task * wide)
                .zip(x.par_chunks(task * dim))
                .enumerate()
                .for_each(|(i, (out, x))| {
                    vectorized(BeforeAttention {
                        block: self,
                        modulation,
                        rotary,
                        x,
                        first: i * task,
                        count,
                        out,
                    });
                });
            Projected { rows, count }
        })
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
        let (_, count, dim) = x.dims3()?;
        let attended = self.attn.attend(own, other, ranges);
        let mut out = values(x, <[f32]>::to_vec)?;
        let task = rows_per_task(out.len() / dim);
        out.par_chunks_mut(task * dim)
            .enumerate()
            .for_each(|(i, x)| {
                vectorized(AfterAttention {
                    block: self,
                    modulation,
                    attended: &attended,
                    first: i * task,
                    count,
                    x,
                });
            });
        tensor(out, x.shape())
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

/// Norm, projections and rotation of some rows.
struct BeforeAttention<'a> {
    block: &'a DitBlock,
    modulation: &'a BlockModulation,
    rotary: &'a RotaryTable,
    x: &'a [f32],
    first: usize,
    count: usize,
    out: &'a mut [f32],
}

impl WithSimd for BeforeAttention<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let mut h = self.x.to_vec();
        self.modulation.attention.norm(&mut h);
        let attn = &self.block.attn;
        attn.project(simd, &h, self.first, self.count, self.rotary, self.out);
    }
}

/// The rest of a block for some rows, whose values it replaces.
struct AfterAttention<'a> {
    block: &'a DitBlock,
    modulation: &'a BlockModulation,
    attended: &'a [f32],
    first: usize,
    count: usize,
    x: &'a mut [f32],
}

impl WithSimd for AfterAttention<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let Self {
            block,
            modulation,
            x,
            ..
        } = self;
        let [up, down] = &block.feed_forward;
        let mut h = vec![0.0; x.len()];
        block
            .attn
            .output(simd, self.attended, self.first, self.count, &mut h);
        add_gated(x, &h, &modulation.attention_gate);
        h.copy_from_slice(x);
        modulation.feed_forward.norm(&mut h);
        let mut wide = vec![0.0; x.len() / up.inputs() * up.outputs()];
        up.apply(simd, &h, &mut wide);
        Activation::GeluTanh.apply(&mut wide);
        down.apply(simd, &wide, &mut h);
        add_gated(x, &h, &modulation.feed_forward_gate);
    }
}

/// x + h·gate, row by row.
#[inline(always)]
fn add_gated(x: &mut [f32], h: &[f32], gate: &[f32]) {
    let rows = x
        .chunks_exact_mut(gate.len())
        .zip(h.chunks_exact(gate.len()));
    for (x, h) in rows {
        for ((x, h), gate) in x.iter_mut().zip(h).zip(gate) {
            *x += h * gate;
        }
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
            proj_out: Linear::load(dim, noisy_dim, &vb.pp("proj_out"))?,
        })
    }

    /// The blocks in order.
    pub fn blocks(&self) -> &[DitBlock] {
        &self.transformer_blocks
    }

    /// Modulation for each of the times in [0, 1]: compute once, use at every step.
    pub fn modulations(&self, times: &[f64]) -> Result<Vec<DitModulation>> {
        let time = Activation::Silu.forward(&self.time_embed.forward(times)?)?;
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
        let mut h = values(x, <[f32]>::to_vec)?;
        vectorized(LastNorm(&modulation.last, &mut h));
        self.proj_out.forward(&tensor(h, x.shape())?)
    }
}

struct LastNorm<'a>(&'a Affine, &'a mut [f32]);

impl WithSimd for LastNorm<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        self.0.norm(self.1);
    }
}

impl DitModulation {
    /// The modulation of block `index`.
    pub fn block(&self, index: usize) -> &BlockModulation {
        &self.blocks[index]
    }
}
