//! A vocoder's network on a device: frames go there, what the sound is made with comes back in one copy.

use engine::backend::{VocoderNetwork, VocoderWeights};
use engine::networks::vocoder::TIME_TAPS;

use crate::conv_next::{Block, RowsMemory};
use crate::device::ComputeDevice;
use crate::error::{Error, Result};
use crate::kernels::Product;
use crate::memory::{GrowingBuffer, Pool};
use crate::recorder::Recorder;
use crate::weights::{LinearWeights, NormWeights, Source};

/// The network.
pub struct GpuVocoder {
    device: ComputeDevice,
    inputs: usize,
    /// Width of the rows, and inside of the blocks.
    widths: [usize; 2],
    embed: LinearWeights,
    norm: NormWeights,
    blocks: Vec<Block>,
    final_norm: NormWeights,
    head: LinearWeights,
    memories: Pool<Memory>,
}

/// All buffers of a run, kept for the next one.
#[derive(Debug, Default)]
struct Memory {
    frames: GrowingBuffer,
    rows: RowsMemory,
    made: GrowingBuffer,
    parameters: GrowingBuffer,
    step: GrowingBuffer,
    read_back: GrowingBuffer,
}

impl GpuVocoder {
    /// Takes the weights to a device.
    ///
    /// # Errors
    /// [`Error::Weights`] names the first tensor that does not fit, [`Error::OutOfMemory`].
    pub fn new(
        device: ComputeDevice,
        weights: &VocoderWeights,
    ) -> std::result::Result<Self, Error> {
        let (dim, widths) = (weights.dim, [weights.dim, weights.intermediate_dim]);
        let source = Source::new(&device, weights.backbone.clone());
        let block = |i| Block::scaled(widths, &source.at(&format!("convnext.{i}")));
        let made = Self {
            inputs: weights.inputs,
            widths,
            embed: source.at("embed").windows(weights.inputs, dim, TIME_TAPS)?,
            norm: source.at("norm").norm(dim)?,
            blocks: (0..weights.num_layers).map(block).collect::<Result<_>>()?,
            final_norm: source.at("final_layer_norm").norm(dim)?,
            head: Source::new(&device, weights.head.clone()).linear(dim, weights.outputs)?,
            memories: Pool::default(),
            device: device.clone(),
        };
        device.settle()?;
        Ok(made)
    }

    fn run(&self, frames: &[f32], memory: &mut Memory) -> Result<Vec<f32>> {
        let (device, kernels) = (&self.device, self.device.kernels());
        device.check()?;
        let count = frames.len() / self.inputs;
        if count * self.inputs != frames.len() {
            return Err(Error::Input(format!(
                "{} numbers are no whole frames of {}",
                frames.len(),
                self.inputs
            )));
        }
        if count == 0 {
            return Ok(Vec::new());
        }
        // Zeros beyond both ends, for the windows of the first convolution.
        let margin = TIME_TAPS / 2 * self.inputs;
        let mut padded = vec![0.0; frames.len() + 2 * margin];
        padded[margin..margin + frames.len()].copy_from_slice(frames);
        let frames = memory.frames.holding(device, "frames", &padded)?;
        let rows = memory.rows.rows(device, count, self.widths)?;
        let numbers = count * self.head.outputs;
        let made = memory.made.numbers(device, "made", numbers)?;

        let mut recorder = Recorder::default();
        let embedded = Product {
            x_stride: Some(self.inputs),
            ..Product::new(&frames, count, &rows.normed)
        };
        kernels.linear.record(&mut recorder, &self.embed, embedded);
        let norm = &kernels.conv_norm;
        let (hidden, normed) = (&rows.hidden, &rows.normed);
        norm.record_norm(&mut recorder, &self.norm, [normed, hidden], count);
        for block in &self.blocks {
            block.record(&mut recorder, kernels, &rows);
        }
        norm.record_norm(&mut recorder, &self.final_norm, [hidden, normed], count);
        let product = Product::new(normed, count, &made);
        kernels.linear.record(&mut recorder, &self.head, product);
        recorder
            .finish(device, &mut memory.parameters, &mut memory.step)?
            .submit(device, 0)?;
        device.copy_back(&mut memory.read_back, &[(&made, numbers)])
    }
}

impl VocoderNetwork for GpuVocoder {
    fn forward(&self, frames: &[f32]) -> engine::backend::Result<Vec<f32>> {
        let mut memory = self.memories.take();
        let made = self.run(frames, &mut memory);
        self.memories.give(memory);
        Ok(made?)
    }
}
