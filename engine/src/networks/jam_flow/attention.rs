//! Selective joint attention (arXiv 2506.23552): each stream may pool the other's keys and values with its own.
//!
//! Pools are ordered self first, each stream has its own mask, and the two softmaxes are separate. The paper concatenates
//! queries too and cuts each result back to its own rows; only those rows are computed here, which is the same.

use candle_core::{Device, Result, Tensor};
use candle_nn::ops::softmax_last_dim;
use candle_nn::rotary_emb::rope_i;
use candle_nn::{Linear, Module, VarBuilder, linear};

use super::{Config, Visibility, angles};

/// Queries, keys and values of one stream, turned by position: (b, heads, n, dim_head) each.
#[derive(Debug, Clone)]
pub struct Projected {
    query: Tensor,
    key: Tensor,
    value: Tensor,
}

/// One stream's projections.
#[derive(Debug, Clone)]
pub struct Attention {
    to_q: Linear,
    to_k: Linear,
    to_v: Linear,
    to_out: Linear,
    heads: usize,
    /// How many of the heads are turned by position, from the first on.
    turned_heads: usize,
}

impl Attention {
    /// `vb` stands at `attn`; `dim` is the stream's width.
    pub fn new(dim: usize, config: &Config, vb: VarBuilder) -> Result<Self> {
        let inner = config.inner_dim();
        Ok(Self {
            to_q: linear(dim, inner, vb.pp("to_q"))?,
            to_k: linear(dim, inner, vb.pp("to_k"))?,
            to_v: linear(dim, inner, vb.pp("to_v"))?,
            to_out: linear(inner, dim, vb.pp("to_out").pp(0))?,
            heads: config.heads,
            turned_heads: config
                .pe_attn_head
                .unwrap_or(config.heads)
                .min(config.heads),
        })
    }

    /// (b, n, dim) → queries, keys and values.
    pub fn project(&self, x: &Tensor, rotary: &Rotary) -> Result<Projected> {
        let (b, n, _) = x.dims3()?;
        let heads = |layer: &Linear| {
            layer
                .forward(x)?
                .reshape((b, n, self.heads, ()))?
                .transpose(1, 2)?
                .contiguous()
        };
        Ok(Projected {
            query: self.turned(&heads(&self.to_q)?, rotary)?,
            key: self.turned(&heads(&self.to_k)?, rotary)?,
            value: heads(&self.to_v)?,
        })
    }

    fn turned(&self, x: &Tensor, rotary: &Rotary) -> Result<Tensor> {
        let turned = x.narrow(1, 0, self.turned_heads)?.contiguous()?;
        let turned = rope_i(&turned, &rotary.cos, &rotary.sin)?;
        if self.turned_heads == self.heads {
            return Ok(turned);
        }
        let plain = x.narrow(1, self.turned_heads, self.heads - self.turned_heads)?;
        Tensor::cat(&[turned, plain], 1)
    }

    /// Own queries over [own; other], or over own keys alone → (b, n, dim). `mask` is added to the scores: (n, keys).
    pub fn attend(
        &self,
        own: &Projected,
        other: Option<&Projected>,
        mask: Option<&Tensor>,
    ) -> Result<Tensor> {
        let (key, value) = match other {
            Some(other) => (
                Tensor::cat(&[&own.key, &other.key], 2)?,
                Tensor::cat(&[&own.value, &other.value], 2)?,
            ),
            None => (own.key.clone(), own.value.clone()),
        };
        let (b, _, n, width) = own.query.dims4()?;
        let scores = own.query.matmul(&key.t()?.contiguous()?)?;
        let mut scores = (scores / (width as f64).sqrt())?;
        if let Some(mask) = mask {
            scores = scores.broadcast_add(mask)?;
        }
        let attended = softmax_last_dim(&scores)?.matmul(&value)?;
        self.to_out
            .forward(&attended.transpose(1, 2)?.reshape((b, n, ()))?)
    }
}

/// Cosines and sines of one stream's positions: (n, dim_head / 2).
#[derive(Debug, Clone)]
pub struct Rotary {
    cos: Tensor,
    sin: Tensor,
}

impl Rotary {
    /// Positions 0, `spacing`, 2·`spacing`, … in audio tokens.
    pub fn new(count: usize, spacing: f64, dim_head: usize, device: &Device) -> Result<Self> {
        let angles = angles(count, spacing, dim_head);
        let angles = Tensor::from_vec(angles, (count, dim_head / 2), device)?;
        Ok(Self {
            cos: angles.cos()?,
            sin: angles.sin()?,
        })
    }
}

/// What is added to the scores: 0 for keys that are seen, −∞ for the others.
#[derive(Debug, Clone)]
pub struct Masks {
    /// Audio over [n audio; m motion]: (n, n + m).
    pub audio_joined: Tensor,
    /// Motion over its own keys: (m, m).
    pub motion_alone: Tensor,
    /// Motion over [m motion; n audio]: (m, m + n).
    pub motion_joined: Tensor,
}

impl Masks {
    /// Over the instants of one run.
    pub fn new(visibility: &Visibility, device: &Device) -> Result<Self> {
        let Visibility {
            token_secs,
            frame_secs,
            motion_window_secs,
            cross_window_secs,
        } = visibility;
        let mask = |queries: &[f32], keys: &[f32], window_secs: f32| {
            let values: Vec<f32> = queries
                .iter()
                .flat_map(|query| keys.iter().map(move |key| (query - key).abs()))
                .map(|apart| {
                    if apart <= window_secs {
                        0.0
                    } else {
                        f32::NEG_INFINITY
                    }
                })
                .collect();
            Tensor::from_vec(values, (queries.len(), keys.len()), device)
        };
        let motion_alone = mask(frame_secs, frame_secs, *motion_window_secs)?;
        Ok(Self {
            audio_joined: Tensor::cat(
                &[
                    mask(token_secs, token_secs, f32::INFINITY)?,
                    mask(token_secs, frame_secs, *cross_window_secs)?,
                ],
                1,
            )?,
            motion_joined: Tensor::cat(
                &[
                    &motion_alone,
                    &mask(frame_secs, token_secs, *cross_window_secs)?,
                ],
                1,
            )?,
            motion_alone,
        })
    }
}
