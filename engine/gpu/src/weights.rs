//! Weights as the kernels take them.

use std::sync::Arc;

use engine::weights::Weights;

use crate::device::ComputeDevice;
use crate::error::{Error, Result};
use crate::kernels::CONV_TAPS;

/// A place in a checkpoint from which tensors are loaded onto a device.
#[derive(Clone)]
pub struct Source<'a> {
    pub device: &'a ComputeDevice,
    weights: Weights,
}

impl<'a> Source<'a> {
    pub fn new(device: &'a ComputeDevice, weights: Weights) -> Self {
        Self { device, weights }
    }

    /// Further down.
    pub fn at(&self, name: &str) -> Self {
        Self::new(self.device, self.weights.pp(name))
    }

    /// A tensor's numbers in row-major order.
    pub fn values(&self, name: &str, shape: &[usize]) -> Result<Vec<f32>> {
        let tensor = self
            .weights
            .get(shape, name)
            .map_err(|error| Error::Weights(Arc::new(error)))?;
        let values = tensor.flatten_all().and_then(|flat| flat.to_vec1());
        values.map_err(|error| Error::Weights(Arc::new(error)))
    }

    /// A layer (inputs → outputs) with its bias.
    pub fn linear(&self, inputs: usize, outputs: usize) -> Result<LinearWeights> {
        let weight = self.values("weight", &[outputs, inputs])?;
        let bias = self.values("bias", &[outputs])?;
        LinearWeights::new(self.device, &weight, &bias, inputs)
    }

    /// Several layers of equal input side by side, as one.
    pub fn linears(&self, names: &[&str], inputs: usize, outputs: usize) -> Result<LinearWeights> {
        let (mut weight, mut bias) = (Vec::new(), Vec::new());
        for name in names {
            let layer = self.at(name);
            weight.extend(layer.values("weight", &[outputs, inputs])?);
            bias.extend(layer.values("bias", &[outputs])?);
        }
        LinearWeights::new(self.device, &weight, &bias, inputs)
    }

    /// A layer whose inputs are two matrices side by side, as a layer for each: the first has no bias.
    pub fn split_linear(
        &self,
        first: usize,
        second: usize,
        outputs: usize,
    ) -> Result<[LinearWeights; 2]> {
        let weight = self.values("weight", &[outputs, first + second])?;
        let bias = self.values("bias", &[outputs])?;
        let columns = |from: usize, count: usize| -> Vec<f32> {
            let rows = weight.chunks_exact(first + second);
            rows.flat_map(|row| &row[from..from + count])
                .copied()
                .collect()
        };
        Ok([
            LinearWeights::new(self.device, &columns(0, first), &vec![0.0; outputs], first)?,
            LinearWeights::new(self.device, &columns(first, second), &bias, second)?,
        ])
    }

    /// A convolution over time with all channels joined, as a layer on windows of rows: (taps · inputs) → outputs.
    pub fn windows(&self, inputs: usize, outputs: usize, taps: usize) -> Result<LinearWeights> {
        let weight = self.values("weight", &[outputs, inputs, taps])?;
        let bias = self.values("bias", &[outputs])?;
        // Tap-major, so that a window of rows is one long row.
        let mut rows = Vec::with_capacity(weight.len());
        for channels in weight.chunks_exact(inputs * taps) {
            let of_tap = |tap| channels.iter().skip(tap).step_by(taps);
            rows.extend((0..taps).flat_map(of_tap));
        }
        LinearWeights::new(self.device, &rows, &bias, taps * inputs)
    }

    /// A layer norm with its weights.
    pub fn norm(&self, dim: usize) -> Result<NormWeights> {
        let [scale, shift] = [self.values("weight", &[dim])?, self.values("bias", &[dim])?];
        NormWeights::new(self.device, &scale, &shift)
    }

    /// A depthwise convolution named `conv` and the norm named `norm` that follows it.
    pub fn conv_norm(&self, conv: &str, norm: &str, dim: usize) -> Result<ConvNormWeights> {
        let (conv, norm) = (self.at(conv), self.at(norm));
        ConvNormWeights::new(
            self.device,
            [
                &conv.values("weight", &[dim, 1, CONV_TAPS])?,
                &conv.values("bias", &[dim])?,
            ],
            [
                &norm.values("weight", &[dim])?,
                &norm.values("bias", &[dim])?,
            ],
        )
    }

    /// A grouped convolution of `dim` channels with `width` in a group.
    pub fn conv(&self, dim: usize, width: usize, taps: usize) -> Result<ConvWeights> {
        let weight = self.values("weight", &[dim, width, taps])?;
        let bias = self.values("bias", &[dim])?;
        ConvWeights::new(self.device, &weight, &bias, width)
    }
}

/// A linear layer's weights on the device.
#[derive(Debug)]
pub struct LinearWeights {
    /// [input][output], outputs filled up to whole quads; in half precision if that loses nothing.
    pub values: wgpu::Buffer,
    pub bias: wgpu::Buffer,
    pub inputs: usize,
    pub outputs: usize,
    pub is_half: bool,
}

impl LinearWeights {
    /// Takes PyTorch's weight (outputs, inputs) and bias (outputs,).
    pub fn new(
        device: &ComputeDevice,
        weight: &[f32],
        bias: &[f32],
        inputs: usize,
    ) -> Result<Self> {
        let outputs = bias.len();
        let width = outputs.next_multiple_of(4);
        let mut columns = vec![0.0; inputs * width];
        for (output, row) in weight.chunks_exact(inputs).enumerate() {
            for (input, value) in row.iter().enumerate() {
                columns[input * width + output] = *value;
            }
        }
        let halves: Option<Vec<u16>> = match device.has_halves {
            true => columns.iter().map(|&value| exact_half(value)).collect(),
            false => None,
        };
        Ok(Self {
            values: match &halves {
                Some(halves) => device.filled("weight", halves)?,
                None => device.filled("weight", &columns)?,
            },
            bias: device.filled("bias", bias)?,
            inputs,
            outputs,
            is_half: halves.is_some(),
        })
    }

    /// Columns over 4.
    pub fn quads(&self) -> usize {
        self.outputs.div_ceil(4)
    }
}

/// A grouped convolution's weights on the device.
#[derive(Debug)]
pub struct ConvWeights {
    /// [group][input channel][tap][output channel].
    pub values: wgpu::Buffer,
    pub bias: wgpu::Buffer,
    pub dim: usize,
}

impl ConvWeights {
    /// Takes PyTorch's weight (dim, width, taps) and bias (dim,).
    pub fn new(device: &ComputeDevice, weight: &[f32], bias: &[f32], width: usize) -> Result<Self> {
        let dim = bias.len();
        let taps = weight.len() / (dim * width);
        let mut values = vec![0.0; weight.len()];
        for (at, value) in weight.iter().enumerate() {
            let (channel, input, tap) = (at / (width * taps), at / taps % width, at % taps);
            let (group, output) = (channel / width, channel % width);
            values[((group * width + input) * taps + tap) * width + output] = *value;
        }
        Ok(Self {
            values: device.filled("convolution", &values)?,
            bias: device.filled("bias", bias)?,
            dim,
        })
    }
}

/// A layer norm's weights on the device.
#[derive(Debug)]
pub struct NormWeights {
    /// Scale and shift: (2, dim).
    pub values: wgpu::Buffer,
    pub dim: usize,
}

impl NormWeights {
    /// Both (dim,).
    pub fn new(device: &ComputeDevice, scale: &[f32], shift: &[f32]) -> Result<Self> {
        Ok(Self {
            values: device.filled("norm", &[scale, shift].concat())?,
            dim: scale.len(),
        })
    }
}

/// The weights of a depthwise convolution and of the norm after it.
#[derive(Debug)]
pub struct ConvNormWeights {
    /// (CONV_TAPS, dim), then the bias (dim).
    pub conv: wgpu::Buffer,
    pub norm: NormWeights,
}

impl ConvNormWeights {
    /// Takes PyTorch's weight (dim, 1, CONV_TAPS) and bias (dim,), then scale and shift.
    pub fn new(
        device: &ComputeDevice,
        [weight, bias]: [&[f32]; 2],
        [scale, shift]: [&[f32]; 2],
    ) -> Result<Self> {
        let of_tap = |tap| weight.iter().skip(tap).step_by(CONV_TAPS);
        let taps = (0..CONV_TAPS).flat_map(of_tap);
        let conv: Vec<f32> = taps.chain(bias).copied().collect();
        Ok(Self {
            conv: device.filled("depthwise convolution", &conv)?,
            norm: NormWeights::new(device, scale, shift)?,
        })
    }
}

/// The same number in half precision, if there is one.
fn exact_half(value: f32) -> Option<u16> {
    let bits = value.to_bits();
    let sign = ((bits >> 16) & 0x8000) as u16;
    let exponent = ((bits >> 23) & 0xff) as i32 - 127;
    let mantissa = bits & 0x7f_ffff;
    if bits << 1 == 0 {
        return Some(sign);
    }
    match exponent {
        -14..=15 if mantissa & 0x1fff == 0 => {
            Some(sign | (((exponent + 15) as u16) << 10) | (mantissa >> 13) as u16)
        }
        // Below the smallest normal half the leading one is written out and shifted down.
        -24..=-15 => {
            let written = mantissa | 0x80_0000;
            let shift = (-1 - exponent) as u32;
            (written & ((1 << shift) - 1) == 0).then(|| sign | (written >> shift) as u16)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// IEEE 754 binary16 → binary32.
    fn widened(half: u16) -> f32 {
        let sign = if half & 0x8000 == 0 { 1.0 } else { -1.0 };
        let (exponent, mantissa) = (i32::from(half >> 10 & 0x1f), f32::from(half & 0x3ff));
        match exponent {
            0 => sign * mantissa * 2f32.powi(-24),
            _ => sign * (1.0 + mantissa / 1024.0) * 2f32.powi(exponent - 15),
        }
    }

    #[test]
    fn every_finite_half_comes_back() {
        for half in (0..=u16::MAX).filter(|half| half >> 10 & 0x1f != 0x1f) {
            assert_eq!(exact_half(widened(half)), Some(half), "{half:#06x}");
        }
    }

    #[test]
    fn what_half_precision_cannot_hold_is_refused() {
        for value in [
            f32::NAN,
            f32::INFINITY,
            65_536.0,
            -1e30,
            1e-8,
            0.1,
            1.0 + 2f32.powi(-11),
            2f32.powi(-25),
            3.0 * 2f32.powi(-25),
        ] {
            assert_eq!(exact_half(value), None, "{value}");
        }
    }
}
