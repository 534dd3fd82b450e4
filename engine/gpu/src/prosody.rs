//! The prosody predictor on a device. An utterance takes two runs, since the lengths of its phones decide how many tokens it has.

use engine::backend::ProsodyNetwork;
use engine::networks::jam_flow::{Checkpoint, PhoneFeatures, position_rows};

use crate::conv_next::{Block, Rows, RowsMemory};
use crate::device::ComputeDevice;
use crate::error::{Error, Result};
use crate::kernels::{Activation, Epilogue, Product};
use crate::memory::{GrowingBuffer, Pool};
use crate::recorder::Recorder;
use crate::weights::{LinearWeights, Source};

/// The predictor.
pub struct GpuProsody {
    device: ComputeDevice,
    /// Width of the rows, and inside of the blocks.
    widths: [usize; 2],
    /// One row a phone; looked up on the CPU, like the positions.
    text_embed: Vec<f32>,
    phone_blocks: Vec<Block>,
    voice: LinearWeights,
    duration: [LinearWeights; 2],
    progress: LinearWeights,
    token_blocks: Vec<Block>,
    contour: LinearWeights,
    /// A gate that lets everything through: (dim).
    ones: wgpu::Buffer,
    memories: Pool<Memory>,
}

/// All buffers of a run, kept for the next one.
#[derive(Debug, Default)]
struct Memory {
    /// Voice or progress.
    added: GrowingBuffer,
    rows: RowsMemory,
    made: GrowingBuffer,
    parameters: GrowingBuffer,
    step: GrowingBuffer,
    read_back: GrowingBuffer,
}

impl GpuProsody {
    /// Takes the weights to a device.
    ///
    /// # Errors
    /// [`Error::Weights`] names the first tensor that does not fit, [`Error::OutOfMemory`].
    pub fn new(device: ComputeDevice, checkpoint: &Checkpoint) -> std::result::Result<Self, Error> {
        let config = checkpoint.config();
        let dim = config.prosody_dim;
        let widths = [dim, dim * config.conv_mult];
        let source = Source::new(&device, checkpoint.prosody_weights());
        let blocks = |name: &str| {
            let block = |i| Block::responding(widths, &source.at(&format!("{name}.{i}")));
            (0..config.prosody_layers).map(block).collect::<Result<_>>()
        };
        let made = Self {
            widths,
            text_embed: source
                .at("text.text_embed")
                .values("weight", &[config.text_rows(), dim])?,
            phone_blocks: blocks("text.text_blocks")?,
            voice: source.at("voice").linear(config.voice_dim, dim)?,
            duration: [
                source.at("duration.0").linear(dim, dim)?,
                source.at("duration.2").linear(dim, 1)?,
            ],
            progress: source
                .at("progress")
                .linear(config.progress_channels(), dim)?,
            token_blocks: blocks("token_blocks")?,
            contour: source.at("contour").linear(dim, config.prosody_channels)?,
            ones: device.filled("ones", &vec![1f32; dim])?,
            memories: Pool::default(),
            device: device.clone(),
        };
        device.settle()?;
        Ok(made)
    }

    /// Adds a layer's result to the hidden rows; its input may be one row for all of them.
    fn record_added<'a>(
        &'a self,
        recorder: &mut Recorder<'a>,
        weights: &LinearWeights,
        [x, hidden]: [&wgpu::Buffer; 2],
        [input_rows, rows]: [usize; 2],
    ) {
        let product = Product {
            input_rows,
            epilogue: Epilogue::Gate {
                modulation: &self.ones,
                offset: 0,
                stride: 0,
            },
            ..Product::new(x, rows, hidden)
        };
        let linear = &self.device.kernels().linear;
        linear.record(recorder, weights, product);
    }

    /// Submits what was recorded, and brings these numbers back.
    fn finish(
        &self,
        recorder: Recorder,
        memory: &mut Memory,
        buffers: &[(&wgpu::Buffer, usize)],
    ) -> Result<Vec<f32>> {
        recorder
            .finish(&self.device, &mut memory.parameters, &mut memory.step)?
            .submit(&self.device, 0)?;
        self.device.copy_back(&mut memory.read_back, buffers)
    }

    fn phone_rows(
        &self,
        phones: &[u32],
        voice: &[f32],
        memory: &mut Memory,
    ) -> Result<(PhoneFeatures, Vec<f32>)> {
        let (device, kernels) = (&self.device, self.device.kernels());
        device.check()?;
        let ([dim, _], count) = (self.widths, phones.len());
        if voice.len() != self.voice.inputs {
            let (given, expected) = (voice.len(), self.voice.inputs);
            return Err(Error::Input(format!("a voice of {given}, not {expected}")));
        }
        let mut embedded = position_rows(count, dim);
        for (row, &phone) in embedded.chunks_exact_mut(dim).zip(phones) {
            let of_phone = self.text_embed.chunks_exact(dim).nth(phone as usize);
            let of_phone = of_phone.ok_or_else(|| Error::Input(format!("phone {phone}")))?;
            row.iter_mut()
                .zip(of_phone)
                .for_each(|(x, more)| *x += more);
        }
        if count == 0 {
            return Ok((
                PhoneFeatures {
                    rows: embedded,
                    dim,
                },
                Vec::new(),
            ));
        }
        let voice = memory.added.holding(device, "voice", voice)?;
        let rows = memory.rows.holding(device, &embedded, self.widths)?;
        let log_frames = memory.made.numbers(device, "log frames", count)?;
        let mut recorder = Recorder::default();
        for block in &self.phone_blocks {
            block.record(&mut recorder, kernels, &rows);
        }
        let Rows { hidden, normed, .. } = &rows;
        self.record_added(&mut recorder, &self.voice, [&voice, hidden], [1, count]);
        let [first, second] = &self.duration;
        let activated = Product {
            activation: Activation::Silu,
            ..Product::new(hidden, count, normed)
        };
        kernels.linear.record(&mut recorder, first, activated);
        let product = Product::new(normed, count, &log_frames);
        kernels.linear.record(&mut recorder, second, product);
        let parts = [(hidden, count * dim), (&log_frames, count)];
        let mut features = self.finish(recorder, memory, &parts)?;
        let log_frames = features.split_off(count * dim);
        let features = PhoneFeatures {
            rows: features,
            dim,
        };
        Ok((features, log_frames))
    }

    fn token_rows(
        &self,
        phones: &PhoneFeatures,
        alignment: &[u32],
        progress: &[f32],
        memory: &mut Memory,
    ) -> Result<Vec<f32>> {
        let (device, kernels) = (&self.device, self.device.kernels());
        device.check()?;
        let count = alignment.len();
        if count == 0 {
            return Ok(Vec::new());
        }
        if progress.len() != count * self.progress.inputs {
            let given = progress.len();
            return Err(Error::Input(format!(
                "progress of {given} for {count} tokens"
            )));
        }
        let progress = memory.added.holding(device, "progress", progress)?;
        let stretched = phones.stretched(alignment);
        let rows = memory.rows.holding(device, &stretched, self.widths)?;
        let numbers = count * self.contour.outputs;
        let contour = memory.made.numbers(device, "contour", numbers)?;
        let mut recorder = Recorder::default();
        let buffers = [&progress, &rows.hidden];
        self.record_added(&mut recorder, &self.progress, buffers, [count, count]);
        for block in &self.token_blocks {
            block.record(&mut recorder, kernels, &rows);
        }
        let product = Product::new(&rows.hidden, count, &contour);
        kernels.linear.record(&mut recorder, &self.contour, product);
        self.finish(recorder, memory, &[(&contour, numbers)])
    }
}

impl ProsodyNetwork for GpuProsody {
    fn phones(
        &self,
        phones: &[u32],
        voice: &[f32],
    ) -> engine::backend::Result<(PhoneFeatures, Vec<f32>)> {
        let mut memory = self.memories.take();
        let made = self.phone_rows(phones, voice, &mut memory);
        self.memories.give(memory);
        Ok(made?)
    }

    fn tokens(
        &self,
        phones: &PhoneFeatures,
        alignment: &[u32],
        progress: &[f32],
    ) -> engine::backend::Result<Vec<f32>> {
        let mut memory = self.memories.take();
        let made = self.token_rows(phones, alignment, progress, &mut memory);
        self.memories.give(memory);
        Ok(made?)
    }
}
