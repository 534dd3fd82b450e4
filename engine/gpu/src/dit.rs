//! One stream: its weights on the device, and its part of a step as kernels.

use engine::networks::jam_flow::{Config, DitShape, SINUSOID_DIM, sinusoid};

use crate::device::ComputeDevice;
use crate::error::Result;
use crate::kernels::{
    Activation, Asked, Attention, Epilogue, Kernels, PositionConv, Product, TAPS,
};
use crate::memory::GrowingBuffer;
use crate::recorder::Recorder;
use crate::weights::{ConvWeights, LinearWeights, Source};

/// Groups of the position convolutions.
const GROUPS: usize = 16;
/// Shift, scale and gate of a block, before the attention and before the feed-forward.
const BLOCK_PARTS: usize = 6;
const SHIFT: usize = 0;
const SCALE: usize = 1;
const GATE: usize = 2;
const FEED_FORWARD: usize = 3;

/// The weights of one stream.
pub struct Dit {
    pub shape: DitShape,
    pub config: Config,
    time: [LinearWeights; 2],
    noisy: LinearWeights,
    condition: LinearWeights,
    position: [ConvWeights; 2],
    position_conv: PositionConv,
    attention: Attention,
    blocks: Vec<Block>,
    norm_out: LinearWeights,
    proj_out: LinearWeights,
}

struct Block {
    attn_norm: LinearWeights,
    /// Queries, keys and values in one.
    to_qkv: LinearWeights,
    to_out: LinearWeights,
    feed_forward: [LinearWeights; 2],
}

/// Scales, shifts and gates of a whole schedule.
#[derive(Clone, Debug)]
pub struct Modulation {
    /// [time][block][part][dim], then scale and shift of the last norm.
    pub table: wgpu::Buffer,
    /// Numbers from one step to the next; 0 for a stream that stands still.
    pub stride: usize,
}

/// The buffers of one stream in one run.
pub struct StreamBuffers {
    /// Rows of one item.
    pub count: usize,
    /// Items of the batch.
    pub items: usize,
    /// x_t: (count, noisy_dim).
    pub state: wgpu::Buffer,
    /// As given: (items · count, condition_dim).
    pub condition_rows: wgpu::Buffer,
    /// Projected: (items · count, dim), as are the next four.
    pub condition: wgpu::Buffer,
    pub embedded: wgpu::Buffer,
    pub position: wgpu::Buffer,
    pub hidden: wgpu::Buffer,
    pub normed: wgpu::Buffer,
    /// (items · count, 3 · inner).
    pub projected: wgpu::Buffer,
    /// (items · count, inner).
    pub attended: wgpu::Buffer,
    /// (items · count, ff_mult · dim).
    pub wide: wgpu::Buffer,
    /// The network's output: (items · count, noisy_dim).
    pub raw: wgpu::Buffer,
    pub rotary: wgpu::Buffer,
    pub ranges_alone: wgpu::Buffer,
    pub ranges_joined: wgpu::Buffer,
    pub modulation: Modulation,
}

impl StreamBuffers {
    fn rows(&self) -> usize {
        self.items * self.count
    }
}

impl Dit {
    /// `source` stands at the stream.
    pub fn load(config: &Config, shape: DitShape, source: &Source) -> Result<Self> {
        let DitShape {
            noisy_dim,
            condition_dim,
            dim,
            depth,
        } = shape;
        // A width without a kernel is refused before any weight is read.
        let attention = Attention::new(source.device, config.dim_head)?;
        let time = source.at("time_embed.time_mlp");
        let input = source.at("input_embed");
        let conv = input.at("conv_pos_embed.conv1d");
        let width = dim / GROUPS;
        let inner = config.inner_dim();
        let block = |index: usize| {
            let block = source.at(&format!("transformer_blocks.{index}"));
            let (attn, wide) = (block.at("attn"), dim * config.ff_mult);
            Ok(Block {
                attn_norm: block
                    .at("attn_norm.linear")
                    .linear(dim, BLOCK_PARTS * dim)?,
                to_qkv: attn.linears(&["to_q", "to_k", "to_v"], dim, inner)?,
                to_out: attn.at("to_out.0").linear(inner, dim)?,
                feed_forward: [
                    block.at("ff.ff.0.0").linear(dim, wide)?,
                    block.at("ff.ff.2").linear(wide, dim)?,
                ],
            })
        };
        let [noisy, condition] = input
            .at("proj")
            .split_linear(noisy_dim, condition_dim, dim)?;
        Ok(Self {
            shape,
            config: config.clone(),
            time: [
                time.at("0").linear(SINUSOID_DIM, dim)?,
                time.at("2").linear(dim, dim)?,
            ],
            noisy,
            condition,
            position: [
                conv.at("0").conv(dim, width, TAPS)?,
                conv.at("2").conv(dim, width, TAPS)?,
            ],
            position_conv: PositionConv::new(source.device, width),
            attention,
            blocks: (0..depth).map(block).collect::<Result<_>>()?,
            norm_out: source.at("norm_out.linear").linear(dim, 2 * dim)?,
            proj_out: source.at("proj_out").linear(dim, noisy_dim)?,
        })
    }

    /// Computes the modulation of all these times.
    pub fn modulation(&self, device: &ComputeDevice, times: &[f64]) -> Result<Modulation> {
        let (dim, rows) = (self.shape.dim, times.len());
        let stride = self.last_norm() + 2 * dim;
        let numbers = |count: usize| device.filled("modulation", &vec![0f32; count]);
        let sines = device.filled("times", &sinusoid(times))?;
        let [first, second, table] = [
            numbers(rows * dim)?,
            numbers(rows * dim)?,
            numbers(rows * stride)?,
        ];
        let mut recorder = Recorder::default();
        let linear = &device.kernels().linear;
        let then_silu = |x, out| Product {
            activation: Activation::Silu,
            ..Product::new(x, rows, out)
        };
        linear.record(&mut recorder, &self.time[0], then_silu(&sines, &first));
        linear.record(&mut recorder, &self.time[1], then_silu(&first, &second));
        let parts = self.blocks.iter().map(|block| &block.attn_norm);
        for (index, weights) in parts.chain([&self.norm_out]).enumerate() {
            let product = Product {
                out_offset: index * BLOCK_PARTS * dim,
                out_stride: Some(stride),
                ..Product::new(&second, rows, &table)
            };
            linear.record(&mut recorder, weights, product);
        }
        let recording = recorder.finish(
            device,
            &mut GrowingBuffer::default(),
            &mut GrowingBuffer::default(),
        )?;
        recording.submit(device, 0)?;
        Ok(Modulation { table, stride })
    }

    /// Where the last norm's part begins in a step's modulation.
    fn last_norm(&self) -> usize {
        self.blocks.len() * BLOCK_PARTS * self.shape.dim
    }

    fn part(&self, block: usize, part: usize) -> usize {
        (block * BLOCK_PARTS + part) * self.shape.dim
    }

    /// The projection of the condition, the same for all steps.
    pub fn record_condition<'a>(
        &'a self,
        recorder: &mut Recorder<'a>,
        kernels: &'a Kernels,
        stream: &StreamBuffers,
    ) {
        let product = Product::new(&stream.condition_rows, stream.rows(), &stream.condition);
        kernels.linear.record(recorder, &self.condition, product);
    }

    /// Noisy values and condition → what enters the first block.
    pub fn record_embedding<'a>(
        &'a self,
        recorder: &mut Recorder<'a>,
        kernels: &'a Kernels,
        stream: &StreamBuffers,
    ) {
        let product = Product {
            input_rows: stream.count,
            epilogue: Epilogue::Add(&stream.condition),
            ..Product::new(&stream.state, stream.rows(), &stream.embedded)
        };
        kernels.linear.record(recorder, &self.noisy, product);
        let size = [stream.items, stream.count];
        let (embedded, position) = (&stream.embedded, &stream.position);
        let [first, second] = &self.position;
        let conv = &self.position_conv;
        conv.record(recorder, first, [embedded, position], None, size);
        conv.record(
            recorder,
            second,
            [position, &stream.hidden],
            Some(embedded),
            size,
        );
    }

    /// Norm and projections of a block.
    pub fn record_projection<'a>(
        &'a self,
        recorder: &mut Recorder<'a>,
        kernels: &'a Kernels,
        stream: &StreamBuffers,
        block: usize,
    ) {
        self.record_norm(recorder, kernels, stream, block, 0);
        let config = &self.config;
        let turned_heads = config.pe_attn_head.unwrap_or(config.heads);
        let product = Product {
            epilogue: Epilogue::Rotary {
                table: &stream.rotary,
                positions: stream.count,
                inner: config.inner_dim(),
                turned: turned_heads.min(config.heads) * config.dim_head,
                dim_head: config.dim_head,
            },
            ..Product::new(&stream.normed, stream.rows(), &stream.projected)
        };
        let weights = &self.blocks[block].to_qkv;
        kernels.linear.record(recorder, weights, product);
    }

    fn record_norm<'a>(
        &'a self,
        recorder: &mut Recorder<'a>,
        kernels: &'a Kernels,
        stream: &StreamBuffers,
        block: usize,
        half: usize,
    ) {
        kernels.norm.record(
            recorder,
            [&stream.hidden, &stream.modulation.table, &stream.normed],
            [stream.rows(), self.shape.dim],
            [SCALE, SHIFT].map(|part| self.part(block, half + part)),
            stream.modulation.stride,
        );
    }

    /// Attention, feed-forward and both residuals of a block. `other` is the stream whose keys are pooled with the own ones.
    pub fn record_block<'a>(
        &'a self,
        recorder: &mut Recorder<'a>,
        kernels: &'a Kernels,
        stream: &StreamBuffers,
        other: Option<&StreamBuffers>,
        block: usize,
    ) {
        self.attention.record(
            recorder,
            Asked {
                own: &stream.projected,
                count: stream.count,
                other: other.map(|other| (&other.projected, other.count)),
                ranges: match other {
                    Some(_) => &stream.ranges_joined,
                    None => &stream.ranges_alone,
                },
                out: &stream.attended,
                items: stream.items,
                heads: self.config.heads,
            },
        );
        let linear = &kernels.linear;
        let gated = |x, half: usize| Product {
            epilogue: Epilogue::Gate {
                modulation: &stream.modulation.table,
                offset: self.part(block, half + GATE),
                stride: stream.modulation.stride,
            },
            ..Product::new(x, stream.rows(), &stream.hidden)
        };
        let Block {
            to_out,
            feed_forward: [up, down],
            ..
        } = &self.blocks[block];
        linear.record(recorder, to_out, gated(&stream.attended, 0));
        self.record_norm(recorder, kernels, stream, block, FEED_FORWARD);
        let widened = Product {
            activation: Activation::GeluTanh,
            ..Product::new(&stream.normed, stream.rows(), &stream.wide)
        };
        linear.record(recorder, up, widened);
        linear.record(recorder, down, gated(&stream.wide, FEED_FORWARD));
    }

    /// What leaves the last block → the network's output.
    pub fn record_output<'a>(
        &'a self,
        recorder: &mut Recorder<'a>,
        kernels: &'a Kernels,
        stream: &StreamBuffers,
    ) {
        let (dim, last) = (self.shape.dim, self.last_norm());
        kernels.norm.record(
            recorder,
            [&stream.hidden, &stream.modulation.table, &stream.normed],
            [stream.rows(), dim],
            // Here the scale comes first, the other way round than in the blocks.
            [last, last + dim],
            stream.modulation.stride,
        );
        let product = Product::new(&stream.normed, stream.rows(), &stream.raw);
        kernels.linear.record(recorder, &self.proj_out, product);
    }

    /// Number of blocks.
    pub fn depth(&self) -> usize {
        self.blocks.len()
    }
}
