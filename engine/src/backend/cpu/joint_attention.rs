//! Selective joint attention over bands of keys: a window of time is a range in each half of the pool [own; other], so that no
//! mask is ever built and nothing is computed for keys that nobody sees.

use candle_core::{Result, Tensor};
use candle_nn::VarBuilder;
use pulp::Simd;

use super::rotary::{RotaryTable, paired};
use crate::kernels::{BandedAttention, KeyRanges, Linear, Stream};
use crate::networks::jam_flow::{Config, Visibility};

/// Queries, keys and values of one stream, turned by position.
#[derive(Debug, Clone)]
pub struct Projected {
    /// (b · n, 3 · heads · dim_head).
    pub(super) rows: Vec<f32>,
    /// n.
    pub(super) count: usize,
}

impl Projected {
    fn stream(&self) -> Stream<'_> {
        Stream {
            rows: &self.rows,
            count: self.count,
        }
    }
}

/// One stream's projections.
#[derive(Debug, Clone)]
pub struct Attention {
    /// Queries, keys and values in one.
    to_qkv: Linear,
    to_out: Linear,
    heads: usize,
    dim_head: usize,
    turned_heads: usize,
}

impl Attention {
    /// `vb` stands at `attn`; `dim` is the stream's width.
    pub fn new(dim: usize, config: &Config, vb: VarBuilder) -> Result<Self> {
        let (heads, dim_head) = (config.heads, config.dim_head);
        let inner = config.inner_dim();
        let pairs = Tensor::new(paired(heads, dim_head), vb.device())?;
        let both = |name: &str, turned: bool| {
            let vb = vb.pp(name);
            let both = [vb.get((inner, dim), "weight")?, vb.get(inner, "bias")?];
            let [weight, bias] = &both;
            if turned {
                return Ok((
                    weight.index_select(&pairs, 0)?,
                    bias.index_select(&pairs, 0)?,
                ));
            }
            Result::Ok((weight.clone(), bias.clone()))
        };
        let (query, key, value) = (
            both("to_q", true)?,
            both("to_k", true)?,
            both("to_v", false)?,
        );
        Ok(Self {
            to_qkv: Linear::new(
                &Tensor::cat(&[query.0, key.0, value.0], 0)?,
                Some(&Tensor::cat(&[query.1, key.1, value.1], 0)?),
            )?,
            to_out: Linear::load(inner, dim, &vb.pp("to_out").pp(0))?,
            heads,
            dim_head,
            turned_heads: config.pe_attn_head.unwrap_or(heads).min(heads),
        })
    }

    /// Width of all heads together.
    pub(super) fn inner(&self) -> usize {
        self.heads * self.dim_head
    }

    /// Rows (rows, dim), of which the first is number `first` of the batch, → (rows, 3 · inner). Inside a vectorised work.
    #[inline(always)]
    pub(super) fn project<S: Simd>(
        &self,
        simd: S,
        x: &[f32],
        first: usize,
        count: usize,
        rotary: &RotaryTable,
        out: &mut [f32],
    ) {
        self.to_qkv.apply(simd, x, out);
        let inner = self.inner();
        for (i, row) in out.chunks_exact_mut(3 * inner).enumerate() {
            let position = (first + i) % count;
            let (query, rest) = row.split_at_mut(inner);
            rotary.turn(position, &mut query[..self.turned_heads * self.dim_head]);
            rotary.turn(position, &mut rest[..self.turned_heads * self.dim_head]);
        }
    }

    /// Own queries over [own; other] or over own keys alone → (b, heads, n, dim_head).
    ///
    /// `ranges` are over the pool that is meant: [`Bands`] has them for both cases.
    pub(super) fn attend(
        &self,
        own: &Projected,
        other: Option<&Projected>,
        ranges: &[KeyRanges],
    ) -> Vec<f32> {
        BandedAttention {
            own: own.stream(),
            other: other.map(Projected::stream),
            heads: self.heads,
            width: self.dim_head,
            ranges,
        }
        .forward()
    }

    /// Rows `first..` of [`Self::attend`]'s result → (rows, dim). Inside a vectorised work.
    #[inline(always)]
    pub(super) fn output<S: Simd>(
        &self,
        simd: S,
        attended: &[f32],
        first: usize,
        count: usize,
        out: &mut [f32],
    ) {
        let rows = out.len() / self.to_out.outputs();
        let mut joined = Vec::with_capacity(rows * self.inner());
        for row in first..first + rows {
            let (item, place) = (row / count, row % count);
            for head in 0..self.heads {
                let at = ((item * self.heads + head) * count + place) * self.dim_head;
                joined.extend_from_slice(&attended[at..at + self.dim_head]);
            }
        }
        self.to_out.apply(simd, &joined, out);
    }
}

/// Which keys each query of each stream sees, alone and joined.
#[derive(Debug, Clone)]
pub struct Bands {
    /// Audio over its own n keys.
    pub audio_alone: Vec<KeyRanges>,
    /// Audio over [n audio; m motion].
    pub audio_joined: Vec<KeyRanges>,
    /// Motion over its own m keys.
    pub motion_alone: Vec<KeyRanges>,
    /// Motion over [m motion; n audio].
    pub motion_joined: Vec<KeyRanges>,
}

impl Bands {
    /// For `tokens` audio tokens beside `motion_frames` motion frames.
    pub fn new(config: &Config, tokens: usize, motion_frames: usize) -> Self {
        let Visibility {
            token_secs,
            frame_secs,
            motion_window_secs: own,
            cross_window_secs: cross,
        } = Visibility::new(config, tokens, motion_frames);
        let all_audio = (0, tokens);
        let motion_of = |&at: &f32| within(&frame_secs, at, own);
        let joined = |first: (usize, usize), count: usize, second: (usize, usize)| {
            KeyRanges([first, (count + second.0, count + second.1)])
        };
        let alone = |range: (usize, usize)| KeyRanges([range, (range.1, range.1)]);
        Self {
            audio_alone: vec![alone(all_audio); tokens],
            audio_joined: token_secs
                .iter()
                .map(|&at| joined(all_audio, tokens, within(&frame_secs, at, cross)))
                .collect(),
            motion_alone: frame_secs.iter().map(|at| alone(motion_of(at))).collect(),
            motion_joined: frame_secs
                .iter()
                .map(|at| {
                    joined(
                        motion_of(at),
                        motion_frames,
                        within(&token_secs, *at, cross),
                    )
                })
                .collect(),
        }
    }
}

/// The range of rising `instants` that lie within `reach` of `at`.
fn within(instants: &[f32], at: f32, reach: f32) -> (usize, usize) {
    let begin = instants.partition_point(|&instant| instant < at && at - instant > reach);
    let end = instants.partition_point(|&instant| instant <= at || instant - at <= reach);
    (begin, end.max(begin))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bands_are_what_the_windows_say() {
        let config = Config::jam_flow_published();
        let (tokens, frames) = (150, 40);
        let bands = Bands::new(&config, tokens, frames);
        assert_eq!(bands.audio_alone[7], KeyRanges([(0, 150), (150, 150)]));
        // 0.32 s is 8 motion frames each way.
        assert_eq!(bands.motion_alone[20].0[0], (12, 29));
        assert_eq!(bands.motion_alone[0].0[0], (0, 9));
        for (frame, KeyRanges([_, second])) in bands.motion_joined.iter().enumerate() {
            for token in 0..tokens {
                let apart = ((token as f64 + 0.5) / 93.75 - frame as f64 / 25.0).abs();
                let back = bands.audio_joined[token].0[1];
                let sees = (second.0..second.1).contains(&(frames + token));
                // The relation is mutual; instants on the border itself may fall to either side.
                assert_eq!((back.0..back.1).contains(&(tokens + frame)), sees);
                if (apart - 0.28).abs() > 1e-6 {
                    assert_eq!(sees, apart < 0.28, "{frame} {token}");
                }
            }
        }
    }

    #[test]
    fn empty_streams_have_empty_bands() {
        let bands = Bands::new(&Config::f5_v1_base(), 5, 0);
        assert!(bands.motion_joined.is_empty());
        assert_eq!(bands.audio_joined[0], KeyRanges([(0, 5), (5, 5)]));
    }
}
