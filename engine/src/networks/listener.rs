//! The listener: says of given sound how lips move with it, whoever speaks.
//!
//! It is the first blocks of Whisper's encoder (openai/whisper commit c0d2f62, `whisper/model.py`, `AudioEncoder`), whose features hardly
//! depend on the speaker, and a linear map over half a second of them that was learned from people who were filmed
//! (`models/recipe/real_lips`). Sound is heard as it is, without filling it up to 30 s.
//!
//! Shape letters: `n` frames of 20 ms, `m` motion frames (25 a second).

use std::path::Path;

use candle_core::{Result, bail};
use candle_nn::VarBuilder;
use pulp::{Simd, WithSimd};
use rayon::prelude::*;
use serde::Deserialize;

use crate::audio::{WHISPER_MEL_BINS, WhisperMel};
use crate::error::ModelPart;
use crate::kernels::{
    Activation, BandedAttention, KeyRanges, Linear, Stream, layer_norm, rows_per_task, vectorized,
};
use crate::weights;

/// Frames of the network in a motion frame.
pub const FRAMES_PER_MOTION_FRAME: usize = 2;
/// Name in error messages.
const WHAT: ModelPart = ModelPart::Listener;
/// Added to variances.
const EPSILON: f32 = 1e-5;
/// Taps of the two convolutions.
const TAPS: usize = 3;
/// Sizes beyond these are damage and not a network of this kind.
const MAX_SIZE: usize = 8192;

/// Sizes, with the names of the recipe.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Numbers in a mel frame, 80.
    pub mel_bins: usize,
    /// Width of the encoder.
    pub width: usize,
    /// Attention heads.
    pub heads: usize,
    /// Blocks of the encoder.
    pub blocks: usize,
    /// Frames of 20 ms that it can hear at a time.
    pub positions: usize,
    /// Directions in which its features differ most.
    pub components: usize,
    /// Frames around an instant, against it, that the mouth is told from.
    pub lags: Vec<isize>,
    /// Numbers of the mouth.
    pub mouth_channels: usize,
    /// Numbers that it says of each motion frame: the mouth, then leading components.
    pub channels: usize,
}

impl Config {
    fn check(&self) -> Result<()> {
        let c = self;
        let sizes = [
            c.width,
            c.heads,
            c.positions,
            c.components,
            c.lags.len(),
            c.mouth_channels,
            c.channels,
        ];
        let is_sound = c.mel_bins == WHISPER_MEL_BINS
            && sizes.iter().all(|size| (1..=MAX_SIZE).contains(size))
            && c.blocks <= MAX_SIZE
            && c.width.is_multiple_of(c.heads)
            && (c.mouth_channels..=c.mouth_channels + c.components).contains(&c.channels);
        if !is_sound {
            bail!("the configuration is not that of a listener: {c:?}");
        }
        Ok(())
    }
}

/// The network.
#[derive(Debug)]
pub struct Listener {
    config: Config,
    mel: WhisperMel,
    convolutions: [Linear; 2],
    /// (positions, width).
    positions: Vec<f32>,
    blocks: Vec<Block>,
    components: Linear,
    mouth: Linear,
    /// What the leading components are divided by.
    component_scale: Vec<f32>,
}

impl Listener {
    /// Opens `listener.json` and `listener.safetensors` in the models folder.
    ///
    /// # Errors
    /// [`crate::Error::WeightsMissing`] or [`crate::Error::WeightsUnfit`] naming the file.
    pub fn load(models: &Path) -> crate::Result<Self> {
        let config: Config = weights::read_config(&models.join("listener.json"), WHAT)?;
        let checkpoint = models.join("listener.safetensors");
        Self::new(&config, &weights::open(&checkpoint, WHAT)?)
            .map_err(|source| weights::unfit(&checkpoint, source))
    }

    /// `vb` stands at the root of the checkpoint.
    ///
    /// # Errors
    /// If the configuration or a weight does not fit.
    pub fn new(config: &Config, vb: &VarBuilder) -> Result<Self> {
        config.check()?;
        let c = config;
        Ok(Self {
            mel: WhisperMel::new(),
            convolutions: [
                Linear::load(TAPS * c.mel_bins, c.width, &vb.pp("conv1"))?,
                Linear::load(TAPS * c.width, c.width, &vb.pp("conv2"))?,
            ],
            positions: vb
                .get((c.positions, c.width), "positions")?
                .flatten_all()?
                .to_vec1()?,
            blocks: (0..c.blocks)
                .map(|i| Block::new(c, &vb.pp(format!("blocks.{i}"))))
                .collect::<Result<_>>()?,
            components: Linear::load(c.width, c.components, &vb.pp("components"))?,
            mouth: Linear::load(
                c.lags.len() * c.components,
                c.mouth_channels,
                &vb.pp("mouth"),
            )?,
            component_scale: vb
                .get(c.channels - c.mouth_channels, "component_scale")?
                .to_vec1()?,
            config: config.clone(),
        })
    }

    /// Numbers of each motion frame.
    pub fn channels(&self) -> usize {
        self.config.channels
    }

    /// What it says of sound at 16 kHz: (m, channels) for `frames` motion frames, the first at `first_frame` frames of 20 ms.
    ///
    /// # Errors
    /// If the sound is longer than the network can hear at a time, and those of the kernels.
    pub fn forward(&self, samples: &[f32], first_frame: usize, frames: usize) -> Result<Vec<f32>> {
        let c = &self.config;
        let components = self.components.rows(&self.encode(samples)?, None); // (n, components)
        let Some(last) = (components.len() / c.components).checked_sub(1) else {
            return Ok(vec![0.0; frames * c.channels]);
        };
        let row = |at: isize| {
            let at = at.clamp(0, last as isize) as usize;
            &components[at * c.components..][..c.components]
        };
        let instants: Vec<isize> = (0..frames)
            .map(|frame| (first_frame + FRAMES_PER_MOTION_FRAME * frame) as isize)
            .collect();
        let around: Vec<f32> = instants
            .iter()
            .flat_map(|at| c.lags.iter().flat_map(move |lag| row(at + lag)))
            .copied()
            .collect();
        let mouth = self.mouth.rows(&around, None); // (m, mouth_channels)
        let mut said = Vec::with_capacity(frames * c.channels);
        for (&at, mouth) in instants.iter().zip(mouth.chunks_exact(c.mouth_channels)) {
            said.extend_from_slice(mouth);
            said.extend(
                row(at)
                    .iter()
                    .zip(&self.component_scale)
                    .map(|(value, scale)| value / scale),
            );
        }
        Ok(said)
    }

    /// Samples at 16 kHz → (n, width).
    fn encode(&self, samples: &[f32]) -> Result<Vec<f32>> {
        let c = &self.config;
        let mel = self.mel.log_mel(samples); // (2·n, 80)
        let count = mel.len() / c.mel_bins / 2;
        if count > c.positions {
            bail!(
                "{count} frames of 20 ms, the listener hears {} at a time",
                c.positions
            );
        }
        let mel = &mel[..2 * count * c.mel_bins];
        let x = self.convolutions[0].rows(&taps(mel, c.mel_bins, 1), Some(Activation::Gelu));
        let mut x = self.convolutions[1].rows(&taps(&x, c.width, 2), Some(Activation::Gelu));
        for (value, position) in x.iter_mut().zip(&self.positions) {
            *value += position;
        }
        for block in &self.blocks {
            block.apply(&mut x, count, c);
        }
        Ok(x)
    }
}

/// (frames, width) → (frames / stride, 3 · width): each row with the ones before and after it, zeros beyond the ends.
fn taps(x: &[f32], width: usize, stride: usize) -> Vec<f32> {
    let count = x.len() / width;
    let mut rows = vec![0.0; count / stride * TAPS * width];
    for (i, row) in rows.chunks_exact_mut(TAPS * width).enumerate() {
        for (tap, out) in row.chunks_exact_mut(width).enumerate() {
            let Some(at) = (i * stride + tap).checked_sub(1).filter(|&at| at < count) else {
                continue;
            };
            out.copy_from_slice(&x[at * width..][..width]);
        }
    }
    rows
}

/// Pre-norm transformer block.
#[derive(Debug)]
struct Block {
    attention_norm: Norm,
    to_qkv: Linear,
    to_out: Linear,
    feed_forward_norm: Norm,
    widen: Linear,
    narrow: Linear,
}

impl Block {
    fn new(c: &Config, vb: &VarBuilder) -> Result<Self> {
        let linear = |inputs, outputs, name: &str| Linear::load(inputs, outputs, &vb.pp(name));
        Ok(Self {
            attention_norm: Norm::load(c.width, &vb.pp("attention_norm"))?,
            to_qkv: linear(c.width, 3 * c.width, "to_qkv")?,
            to_out: linear(c.width, c.width, "to_out")?,
            feed_forward_norm: Norm::load(c.width, &vb.pp("feed_forward_norm"))?,
            widen: linear(c.width, 4 * c.width, "widen")?,
            narrow: linear(4 * c.width, c.width, "narrow")?,
        })
    }

    /// (n, width) in place.
    fn apply(&self, x: &mut [f32], count: usize, c: &Config) {
        let width = c.width / c.heads;
        let qkv = self.to_qkv.rows(&self.attention_norm.rows(x), None);
        let ranges = vec![KeyRanges([(0, count), (0, 0)]); count];
        let heads = BandedAttention {
            own: Stream { rows: &qkv, count },
            other: None,
            heads: c.heads,
            width,
            ranges: &ranges,
        }
        .forward(); // (heads, n, width)
        let mut attended = vec![0.0; x.len()];
        for (i, row) in attended.chunks_exact_mut(c.width).enumerate() {
            for (head, out) in row.chunks_exact_mut(width).enumerate() {
                out.copy_from_slice(&heads[(head * count + i) * width..][..width]);
            }
        }
        add(x, &self.to_out.rows(&attended, None));
        let wide = self
            .widen
            .rows(&self.feed_forward_norm.rows(x), Some(Activation::Gelu));
        add(x, &self.narrow.rows(&wide, None));
    }
}

fn add(x: &mut [f32], more: &[f32]) {
    for (x, more) in x.iter_mut().zip(more) {
        *x += more;
    }
}

/// A layer norm.
#[derive(Debug)]
struct Norm {
    scale: Vec<f32>,
    shift: Vec<f32>,
}

impl Norm {
    fn load(width: usize, vb: &VarBuilder) -> Result<Self> {
        Ok(Self {
            scale: vb.get(width, "weight")?.to_vec1()?,
            shift: vb.get(width, "bias")?.to_vec1()?,
        })
    }

    /// (n, width), normalised rows.
    fn rows(&self, x: &[f32]) -> Vec<f32> {
        let width = self.scale.len();
        let mut out = x.to_vec();
        out.par_chunks_mut(rows_per_task(x.len() / width) * width)
            .for_each(|rows| vectorized(NormWork { norm: self, rows }));
        out
    }
}

struct NormWork<'a> {
    norm: &'a Norm,
    rows: &'a mut [f32],
}

impl WithSimd for NormWork<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        layer_norm(self.rows, &self.norm.scale, &self.norm.shift, EPSILON);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_stand_beside_their_neighbours() {
        let x = [1.0, 2.0, 3.0, 4.0];
        assert_eq!(
            taps(&x, 1, 1),
            [0.0, 1.0, 2.0, 1.0, 2.0, 3.0, 2.0, 3.0, 4.0, 3.0, 4.0, 0.0]
        );
        assert_eq!(taps(&x, 1, 2), [0.0, 1.0, 2.0, 2.0, 3.0, 4.0]);
    }

    #[test]
    fn damaged_configurations_are_refused() {
        let good = Config {
            mel_bins: 80,
            width: 16,
            heads: 2,
            blocks: 1,
            positions: 100,
            components: 6,
            lags: vec![-2, 0, 2],
            mouth_channels: 3,
            channels: 5,
        };
        assert!(good.check().is_ok());
        let damaged: [fn(&mut Config); 7] = [
            |c| c.mel_bins = 100,
            |c| c.heads = 3,
            |c| c.width = 0,
            |c| c.positions = usize::MAX,
            |c| c.lags.clear(),
            |c| c.channels = 2,
            |c| c.channels = 10,
        ];
        for damage in damaged {
            let mut config = good.clone();
            damage(&mut config);
            assert!(config.check().is_err(), "{config:?}");
        }
    }
}
