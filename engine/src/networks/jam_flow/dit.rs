//! One stream: the diffusion transformer that the voice and the face each have (F5-TTS commit 2ae2c9b,
//! `model/backbones/dit.py` and `model/modules.py`).

use candle_core::{D, Result, Tensor};
use candle_nn::{Conv1d, Conv1dConfig, Linear, Module, VarBuilder, linear};

use super::attention::{Attention, Projected, Rotary};
use super::{Config, SINUSOID_DIM, sinusoid};

/// Added to the variance.
const EPSILON: f64 = 1e-6;
/// Taps and groups of the position convolutions.
const POSITION_KERNEL: usize = 31;
const POSITION_GROUPS: usize = 16;

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

impl DitShape {
    /// The Audio-DiT.
    pub fn audio(config: &Config) -> Self {
        Self {
            noisy_dim: config.token_dim(),
            condition_dim: config.audio_condition_dim(),
            dim: config.dim,
            depth: config.depth,
        }
    }

    /// The Motion-DiT.
    pub fn motion(config: &Config) -> Self {
        Self {
            noisy_dim: config.motion_channels,
            condition_dim: config.motion_condition_dim(),
            dim: config.motion_dim,
            depth: config.motion_depth,
        }
    }
}

/// Time, input, blocks and output of one stream.
#[doc(alias = "DiT")]
#[derive(Debug, Clone)]
pub struct Dit {
    time: [Linear; 2],
    input: Linear,
    position: [Conv1d; 2],
    blocks: Vec<Block>,
    norm_out: Linear,
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
        let time = vb.pp("time_embed").pp("time_mlp");
        let input = vb.pp("input_embed");
        let position = |index: usize| {
            let convolution = Conv1dConfig {
                padding: POSITION_KERNEL / 2,
                groups: POSITION_GROUPS,
                ..Conv1dConfig::default()
            };
            let vb = input.pp("conv_pos_embed").pp("conv1d").pp(index);
            candle_nn::conv1d(dim, dim, POSITION_KERNEL, convolution, vb)
        };
        let blocks = vb.pp("transformer_blocks");
        Ok(Self {
            time: [
                linear(SINUSOID_DIM, dim, time.pp(0))?,
                linear(dim, dim, time.pp(2))?,
            ],
            input: linear(noisy_dim + condition_dim, dim, input.pp("proj"))?,
            position: [position(0)?, position(2)?],
            blocks: (0..depth)
                .map(|i| Block::new(dim, config, blocks.pp(i)))
                .collect::<Result<_>>()?,
            norm_out: linear(dim, 2 * dim, vb.pp("norm_out").pp("linear"))?,
            proj_out: linear(dim, noisy_dim, vb.pp("proj_out"))?,
        })
    }

    /// The blocks in order.
    pub fn blocks(&self) -> &[Block] {
        &self.blocks
    }

    /// Times in [0, 1] → (times, dim).
    pub fn time(&self, times: &[f64]) -> Result<Tensor> {
        let device = self.proj_out.weight().device();
        let x = Tensor::from_vec(sinusoid(times), (times.len(), SINUSOID_DIM), device)?;
        self.time[1].forward(&self.time[0].forward(&x)?.silu()?)
    }

    /// Scales, shifts and gates of all blocks for each of the times: compute once, use at every step.
    pub fn modulations(&self, times: &[f64]) -> Result<Vec<Modulation>> {
        let time = self.time(times)?.silu()?;
        let of_time = |i: usize| {
            let time = time.narrow(0, i, 1)?; // (1, dim)
            Ok(Modulation {
                blocks: self
                    .blocks
                    .iter()
                    .map(|block| block.attn_norm.forward(&time)?.chunk(6, 1))
                    .collect::<Result<_>>()?,
                last: self.norm_out.forward(&time)?.chunk(2, 1)?,
            })
        };
        (0..times.len()).map(of_time).collect()
    }

    /// Noisy values (b, n, noisy_dim) beside their condition (b, n, condition_dim) → what enters the first block (b, n, dim).
    pub fn embed(&self, noisy: &Tensor, condition: &Tensor) -> Result<Tensor> {
        let x = self.input.forward(&Tensor::cat(&[noisy, condition], 2)?)?;
        let mut position = x.transpose(1, 2)?.contiguous()?;
        for convolution in &self.position {
            position = mish(&convolution.forward(&position)?)?;
        }
        x + position.transpose(1, 2)?
    }

    /// What leaves the last block → (b, n, noisy_dim).
    pub fn output(&self, x: &Tensor, modulation: &Modulation) -> Result<Tensor> {
        // Here the scale comes first, the other way round than in the blocks.
        let [scale, shift] = [&modulation.last[0], &modulation.last[1]];
        self.proj_out.forward(&modulated(x, scale, shift)?)
    }
}

/// Scales, shifts and gates of one time: (1, dim) each.
#[doc(alias = "AdaLayerNorm")]
#[derive(Debug, Clone)]
pub struct Modulation {
    /// Of each block: shift, scale and gate of the attention, then of the feed-forward.
    blocks: Vec<Vec<Tensor>>,
    /// Of the last norm: scale and shift.
    last: Vec<Tensor>,
}

impl Modulation {
    /// Those of block `index`.
    pub fn block(&self, index: usize) -> &[Tensor] {
        &self.blocks[index]
    }
}

/// A transformer block in two halves, so that a joint attention may stand between streams.
#[derive(Debug, Clone)]
pub struct Block {
    attn_norm: Linear,
    attn: Attention,
    feed_forward: [Linear; 2],
}

impl Block {
    fn new(dim: usize, config: &Config, vb: VarBuilder) -> Result<Self> {
        let inner = dim * config.ff_mult;
        let feed_forward = vb.pp("ff").pp("ff");
        Ok(Self {
            attn_norm: linear(dim, 6 * dim, vb.pp("attn_norm").pp("linear"))?,
            attn: Attention::new(dim, config, vb.pp("attn"))?,
            feed_forward: [
                linear(dim, inner, feed_forward.pp(0).pp(0))?,
                linear(inner, dim, feed_forward.pp(2))?,
            ],
        })
    }

    /// Norm and projections of (b, n, dim).
    pub fn project(&self, x: &Tensor, modulation: &[Tensor], rotary: &Rotary) -> Result<Projected> {
        let [shift, scale] = [&modulation[0], &modulation[1]];
        self.attn.project(&modulated(x, scale, shift)?, rotary)
    }

    /// Attention, feed-forward and both residuals: (b, n, dim) → (b, n, dim).
    pub fn finish(
        &self,
        x: &Tensor,
        modulation: &[Tensor],
        own: &Projected,
        other: Option<&Projected>,
        mask: Option<&Tensor>,
    ) -> Result<Tensor> {
        let [gate, ff_shift, ff_scale, ff_gate] = [
            &modulation[2],
            &modulation[3],
            &modulation[4],
            &modulation[5],
        ];
        let x = (x + self.attn.attend(own, other, mask)?.broadcast_mul(gate)?)?;
        let [up, down] = &self.feed_forward;
        let wide = up.forward(&modulated(&x, ff_scale, ff_shift)?)?.gelu()?;
        &x + down.forward(&wide)?.broadcast_mul(ff_gate)?
    }
}

/// norm(x)·(1 + scale) + shift, the norm without weights of its own.
fn modulated(x: &Tensor, scale: &Tensor, shift: &Tensor) -> Result<Tensor> {
    let centred = x.broadcast_sub(&x.mean_keepdim(D::Minus1)?)?;
    let variance = centred.sqr()?.mean_keepdim(D::Minus1)?;
    centred
        .broadcast_div(&(variance + EPSILON)?.sqrt()?)?
        .broadcast_mul(&(scale + 1.0)?)?
        .broadcast_add(shift)
}

/// x·tanh(ln(1 + eˣ)).
fn mish(x: &Tensor) -> Result<Tensor> {
    x * (x.exp()? + 1.0)?.log()?.tanh()?
}
