//! Layers of the vocoders on plain row-major (n, channels) buffers. Matrix products go through candle; what candle is slow at
//! on a CPU (depthwise convolution, GELU) is plain Rust that the compiler vectorises.

use candle_core::{Device, Result, Tensor};
use candle_nn::VarBuilder;

/// Width of every convolution over time in Vocos.
const TIME_TAPS: usize = 7;
/// Vocos (commit c859e3b) uses this epsilon in all its norms.
const NORM_EPSILON: f32 = 1e-6;

/// (n, inputs) → (n, outputs).
#[derive(Debug)]
pub struct Linear {
    /// (inputs, outputs) as a view of what the file holds.
    weight: Tensor,
    bias: Vec<f32>,
    inputs: usize,
}

impl Linear {
    /// `vb` stands at the layer's name.
    pub fn new(inputs: usize, outputs: usize, vb: &VarBuilder) -> Result<Self> {
        Ok(Self {
            weight: vb.get((outputs, inputs), "weight")?.t()?,
            bias: vb.get(outputs, "bias")?.to_vec1()?,
            inputs,
        })
    }

    /// (n, inputs) → (n, outputs).
    pub fn forward(&self, x: &[f32]) -> Result<Vec<f32>> {
        let rows = x.len() / self.inputs;
        let x = Tensor::from_slice(x, (rows, self.inputs), &Device::Cpu)?;
        let mut y: Vec<f32> = x.matmul(&self.weight)?.flatten_all()?.to_vec1()?;
        for row in y.chunks_exact_mut(self.bias.len()) {
            for (y, bias) in row.iter_mut().zip(&self.bias) {
                *y += bias;
            }
        }
        Ok(y)
    }
}

/// Convolution over time with all channels joined and the length kept: (n, inputs) → (n, outputs).
#[derive(Debug)]
pub struct Convolution {
    taps: Linear,
    inputs: usize,
    width: usize,
}

impl Convolution {
    /// `vb` stands at the layer's name; `width` is odd.
    pub fn new(inputs: usize, outputs: usize, width: usize, vb: &VarBuilder) -> Result<Self> {
        let weight = vb.get((outputs, inputs, width), "weight")?;
        // Tap-major, so that a window of rows is one long row.
        let weight = weight
            .permute((0, 2, 1))?
            .contiguous()?
            .reshape((outputs, width * inputs))?;
        Ok(Self {
            taps: Linear {
                weight: weight.t()?,
                bias: vb.get(outputs, "bias")?.to_vec1()?,
                inputs: width * inputs,
            },
            inputs,
            width,
        })
    }

    /// (n, inputs) → (n, outputs), zeros beyond both ends.
    pub fn forward(&self, x: &[f32]) -> Result<Vec<f32>> {
        let rows = x.len() / self.inputs;
        let margin = self.width / 2 * self.inputs;
        let mut padded = vec![0.0; x.len() + 2 * margin];
        padded[margin..margin + x.len()].copy_from_slice(x);
        let window = self.width * self.inputs;
        let mut windows = Vec::with_capacity(rows * window);
        for row in 0..rows {
            windows.extend_from_slice(&padded[row * self.inputs..row * self.inputs + window]);
        }
        self.taps.forward(&windows)
    }
}

/// Layer norm over the channels of each row.
#[derive(Debug)]
pub struct LayerNorm {
    weight: Vec<f32>,
    bias: Vec<f32>,
}

impl LayerNorm {
    /// `vb` stands at the layer's name.
    pub fn new(dim: usize, vb: &VarBuilder) -> Result<Self> {
        Ok(Self {
            weight: vb.get(dim, "weight")?.to_vec1()?,
            bias: vb.get(dim, "bias")?.to_vec1()?,
        })
    }

    /// (n, dim) in place.
    pub fn apply(&self, x: &mut [f32]) {
        let dim = self.weight.len();
        for row in x.chunks_exact_mut(dim) {
            let mean = row.iter().sum::<f32>() / dim as f32;
            let variance = row.iter().map(|x| (x - mean) * (x - mean)).sum::<f32>() / dim as f32;
            let scale = 1.0 / (variance + NORM_EPSILON).sqrt();
            for ((x, weight), bias) in row.iter_mut().zip(&self.weight).zip(&self.bias) {
                *x = (*x - mean) * scale * weight + bias;
            }
        }
    }
}

/// Depthwise convolution over [`TIME_TAPS`] rows.
#[derive(Debug)]
struct DepthwiseConvolution {
    /// (taps, dim)
    weight: Vec<f32>,
    bias: Vec<f32>,
}

impl DepthwiseConvolution {
    fn new(dim: usize, vb: &VarBuilder) -> Result<Self> {
        let weight = vb.get((dim, 1, TIME_TAPS), "weight")?;
        Ok(Self {
            weight: weight.squeeze(1)?.t()?.flatten_all()?.to_vec1()?,
            bias: vb.get(dim, "bias")?.to_vec1()?,
        })
    }

    /// (n, dim) → (n, dim), zeros beyond both ends.
    fn forward(&self, x: &[f32]) -> Vec<f32> {
        let dim = self.bias.len();
        let rows = x.len() / dim;
        let mut out = Vec::with_capacity(x.len());
        for row in 0..rows {
            out.extend_from_slice(&self.bias);
            let made = &mut out[row * dim..];
            for (tap, weight) in self.weight.chunks_exact(dim).enumerate() {
                let Some(from) = (row + tap).checked_sub(TIME_TAPS / 2) else {
                    continue;
                };
                if from < rows {
                    let source = &x[from * dim..(from + 1) * dim];
                    for ((made, source), weight) in made.iter_mut().zip(source).zip(weight) {
                        *made += source * weight;
                    }
                }
            }
        }
        out
    }
}

/// The ConvNeXt block of Vocos (commit c859e3b, `modules.py`), without adaptive norms.
#[derive(Debug)]
pub struct ConvNextBlock {
    dwconv: DepthwiseConvolution,
    norm: LayerNorm,
    pwconv1: Linear,
    pwconv2: Linear,
    gamma: Vec<f32>,
}

impl ConvNextBlock {
    /// `vb` stands at the block's name.
    pub fn new(dim: usize, intermediate_dim: usize, vb: &VarBuilder) -> Result<Self> {
        Ok(Self {
            dwconv: DepthwiseConvolution::new(dim, &vb.pp("dwconv"))?,
            norm: LayerNorm::new(dim, &vb.pp("norm"))?,
            pwconv1: Linear::new(dim, intermediate_dim, &vb.pp("pwconv1"))?,
            pwconv2: Linear::new(intermediate_dim, dim, &vb.pp("pwconv2"))?,
            gamma: vb.get(dim, "gamma")?.to_vec1()?,
        })
    }

    /// (n, dim) in place: adds the block's output.
    pub fn apply(&self, x: &mut [f32]) -> Result<()> {
        let mut h = self.dwconv.forward(x);
        self.norm.apply(&mut h);
        let mut h = self.pwconv1.forward(&h)?;
        gelu(&mut h);
        let h = self.pwconv2.forward(&h)?;
        for (x, h) in x
            .chunks_exact_mut(self.gamma.len())
            .zip(h.chunks_exact(self.gamma.len()))
        {
            for ((x, h), gamma) in x.iter_mut().zip(h).zip(&self.gamma) {
                *x += gamma * h;
            }
        }
        Ok(())
    }
}

/// What Vocos calls its backbone: convolution, norm, blocks, norm. (n, inputs) → (n, dim).
#[derive(Debug)]
pub struct Backbone {
    embed: Convolution,
    norm: LayerNorm,
    convnext: Vec<ConvNextBlock>,
    final_layer_norm: LayerNorm,
}

impl Backbone {
    /// `vb` stands at the prefix of `embed`.
    pub fn new(
        inputs: usize,
        dim: usize,
        intermediate_dim: usize,
        num_layers: usize,
        vb: &VarBuilder,
    ) -> Result<Self> {
        Ok(Self {
            embed: Convolution::new(inputs, dim, TIME_TAPS, &vb.pp("embed"))?,
            norm: LayerNorm::new(dim, &vb.pp("norm"))?,
            convnext: (0..num_layers)
                .map(|i| ConvNextBlock::new(dim, intermediate_dim, &vb.pp("convnext").pp(i)))
                .collect::<Result<_>>()?,
            final_layer_norm: LayerNorm::new(dim, &vb.pp("final_layer_norm"))?,
        })
    }

    /// (n, inputs) → (n, dim).
    pub fn forward(&self, x: &[f32]) -> Result<Vec<f32>> {
        let mut x = self.embed.forward(x)?;
        self.norm.apply(&mut x);
        for block in &self.convnext {
            block.apply(&mut x)?;
        }
        self.final_layer_norm.apply(&mut x);
        Ok(x)
    }
}

/// x·Φ(x), the exact GELU, in place.
pub fn gelu(x: &mut [f32]) {
    for x in x {
        *x = 0.5 * *x * (1.0 + error_function(*x * std::f32::consts::FRAC_1_SQRT_2));
    }
}

/// erf x within 1.5e-7 (Abramowitz and Stegun 7.1.26).
fn error_function(x: f32) -> f32 {
    let t = 1.0 / (1.0 + 0.327_591_1 * x.abs());
    let polynomial = ((((1.061_405_4 * t - 1.453_152_1) * t + 1.421_413_8) * t - 0.284_496_72) * t
        + 0.254_829_6)
        * t;
    (1.0 - polynomial * exponential(-x * x)).copysign(x)
}

/// eˣ within 3e-7 of itself, made only of what the compiler can do for many numbers at once.
pub(super) fn exponential(x: f32) -> f32 {
    /// Added to a number below 2²², it leaves no bits for a fraction: the sum is rounded, and its last bits are the integer.
    const ROUNDING: f32 = 12_582_912.0;
    const LN_2_HIGH: f32 = 0.693_359_4;
    const LN_2_LOW: f32 = -2.121_944_4e-4;
    let x = x.clamp(-87.0, 88.0);
    let shifted = x * std::f32::consts::LOG2_E + ROUNDING;
    let whole = shifted - ROUNDING;
    let rest = (x - whole * LN_2_HIGH) - whole * LN_2_LOW;
    // Taylor's series; |rest| ≤ ln 2 / 2.
    let mut sum = 1.0 / 720.0;
    for coefficient in [1.0 / 120.0, 1.0 / 24.0, 1.0 / 6.0, 0.5, 1.0, 1.0] {
        sum = sum * rest + coefficient;
    }
    let power_of_two = f32::from_bits(shifted.to_bits().wrapping_add(127) << 23);
    sum * power_of_two
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_exponential_is_right_everywhere() {
        for i in -8700..=8800 {
            let x = i as f32 * 0.01;
            let (made, expected) = (f64::from(exponential(x)), f64::from(x).exp());
            assert!(
                (made / expected - 1.0).abs() < 4e-7,
                "{x}: {made} {expected}"
            );
        }
        assert_eq!(exponential(0.0), 1.0);
        assert!(exponential(-1e9) < 1e-37 && exponential(1e9).is_finite());
    }

    #[test]
    fn the_error_function_is_right_at_known_points() {
        for (x, expected) in [
            (0.0, 0.0),
            (0.5, 0.520_499_9),
            (1.0, 0.842_700_8),
            (2.0, 0.995_322_3),
            (-1.0, -0.842_700_8),
            (9.0, 1.0),
        ] {
            assert!((error_function(x) - expected).abs() < 5e-7, "{x}");
        }
    }
}
