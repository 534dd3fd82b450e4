//! ConvNeXt blocks over time: those of the vocoder, scaled by gamma, and those of the prosody predictor, with a global response norm.

use crate::device::ComputeDevice;
use crate::error::Result;
use crate::kernels::{Activation, Epilogue, Kernels, Product};
use crate::memory::GrowingBuffer;
use crate::recorder::Recorder;
use crate::weights::{ConvNormWeights, LinearWeights, Source};

/// A block's weights on the device.
pub struct Block {
    conv_norm: ConvNormWeights,
    up: LinearWeights,
    /// Gamma and beta of the response norm, (2, inner), in the second version.
    response: Option<wgpu::Buffer>,
    down: LinearWeights,
    /// What the result is scaled by before it is added: (dim).
    gate: wgpu::Buffer,
}

/// The buffers of some rows on their way through blocks.
pub struct Rows {
    pub count: usize,
    /// (count, dim).
    pub hidden: wgpu::Buffer,
    /// (count, dim).
    pub normed: wgpu::Buffer,
    /// (count, inner).
    wide: wgpu::Buffer,
    /// (inner).
    lengths: wgpu::Buffer,
}

/// The same, kept from run to run.
#[derive(Debug, Default)]
pub struct RowsMemory {
    hidden: GrowingBuffer,
    normed: GrowingBuffer,
    wide: GrowingBuffer,
    lengths: GrowingBuffer,
}

impl RowsMemory {
    /// Room for `count` rows.
    pub fn rows(
        &mut self,
        device: &ComputeDevice,
        count: usize,
        [dim, inner]: [usize; 2],
    ) -> Result<Rows> {
        let hidden = self.hidden.numbers(device, "hidden", count * dim)?;
        self.around(device, hidden, count, [dim, inner])
    }

    /// Rows (count, dim) that are there already.
    pub fn holding(
        &mut self,
        device: &ComputeDevice,
        rows: &[f32],
        [dim, inner]: [usize; 2],
    ) -> Result<Rows> {
        let hidden = self.hidden.holding(device, "hidden", rows)?;
        self.around(device, hidden, rows.len() / dim, [dim, inner])
    }

    fn around(
        &mut self,
        device: &ComputeDevice,
        hidden: wgpu::Buffer,
        count: usize,
        [dim, inner]: [usize; 2],
    ) -> Result<Rows> {
        Ok(Rows {
            count,
            hidden,
            normed: self.normed.numbers(device, "normed", count * dim)?,
            wide: self.wide.numbers(device, "wide", count * inner)?,
            lengths: self.lengths.numbers(device, "lengths", inner)?,
        })
    }
}

impl Block {
    /// A block of Vocos; `source` stands at it.
    pub fn scaled([dim, inner]: [usize; 2], source: &Source) -> Result<Self> {
        Ok(Self {
            conv_norm: source.conv_norm("dwconv", "norm", dim)?,
            up: source.at("pwconv1").linear(dim, inner)?,
            response: None,
            down: source.at("pwconv2").linear(inner, dim)?,
            gate: source
                .device
                .filled("gamma", &source.values("gamma", &[dim])?)?,
        })
    }

    /// A block of ConvNeXt V2; `source` stands at it.
    pub fn responding([dim, inner]: [usize; 2], source: &Source) -> Result<Self> {
        let grn = source.at("grn");
        let weight = [
            grn.values("gamma", &[1, 1, inner])?,
            grn.values("beta", &[1, 1, inner])?,
        ];
        Ok(Self {
            conv_norm: source.conv_norm("dwconv", "norm", dim)?,
            up: source.at("pwconv1").linear(dim, inner)?,
            response: Some(source.device.filled("response", &weight.concat())?),
            down: source.at("pwconv2").linear(inner, dim)?,
            gate: source.device.filled("ones", &vec![1f32; dim])?,
        })
    }

    /// The block with its residual, in place of `rows.hidden`.
    pub fn record<'a>(&'a self, recorder: &mut Recorder<'a>, kernels: &'a Kernels, rows: &Rows) {
        let count = rows.count;
        let buffers = [&rows.hidden, &rows.normed];
        kernels
            .conv_norm
            .record(recorder, &self.conv_norm, buffers, count);
        let widened = Product {
            activation: Activation::Gelu,
            ..Product::new(&rows.normed, count, &rows.wide)
        };
        kernels.linear.record(recorder, &self.up, widened);
        if let Some(weight) = &self.response {
            let buffers = [&rows.wide, &rows.lengths, weight];
            let size = [count, self.up.outputs];
            kernels.response_norm.record(recorder, buffers, size);
        }
        let narrowed = Product {
            epilogue: Epilogue::Gate {
                modulation: &self.gate,
                offset: 0,
                stride: 0,
            },
            ..Product::new(&rows.wide, count, &rows.hidden)
        };
        kernels.linear.record(recorder, &self.down, narrowed);
    }
}
