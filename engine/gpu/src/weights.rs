//! Weights as the kernels take them.

use engine::networks::jam_flow::Checkpoint;

use crate::device::ComputeDevice;
use crate::error::{Error, Result};

/// One of the two streams of a checkpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    Audio,
    Motion,
}

/// A place in a checkpoint from which tensors are loaded onto a device.
#[derive(Clone)]
pub struct Source<'a> {
    pub device: &'a ComputeDevice,
    checkpoint: &'a Checkpoint,
    part: Part,
    prefix: String,
}

impl<'a> Source<'a> {
    pub fn new(device: &'a ComputeDevice, checkpoint: &'a Checkpoint, part: Part) -> Self {
        Self {
            device,
            checkpoint,
            part,
            prefix: String::new(),
        }
    }

    /// Further down.
    pub fn at(&self, name: &str) -> Self {
        Self {
            prefix: format!("{}{name}.", self.prefix),
            ..self.clone()
        }
    }

    /// A tensor's numbers in row-major order.
    fn values(&self, name: &str, shape: &[usize]) -> Result<Vec<f32>> {
        let root = match self.part {
            Part::Audio => self.checkpoint.audio(),
            Part::Motion => self.checkpoint.motion(),
        };
        let unfit = |error: &dyn std::fmt::Display| Error::Weights(error.to_string());
        let tensor = root
            .get(shape, &format!("{}{name}", self.prefix))
            .map_err(|error| unfit(&error))?;
        let flat = tensor.flatten_all().map_err(|error| unfit(&error))?;
        flat.to_vec1().map_err(|error| unfit(&error))
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
