//! A run of the flow on the device: everything is taken there once, every step is one recording submitted again, and both streams come
//! back in one copy.

use engine::backend::{FlowPlan, FlowRun, Start, StreamPlan, Streams};
use engine::networks::jam_flow::Prediction;

use crate::backend::{GpuBackend, Part};
use crate::dit::{Dit, StreamBuffers};
use crate::error::{Error, Result};
use crate::kernels::Step;
use crate::memory::GrowingBuffer;
use crate::recorder::{Recorder, Recording};
use crate::timeline::{Ranges, Visible, rotary_table};

/// All buffers of a run, kept for the next one.
#[derive(Default)]
pub struct Memory {
    audio: StreamMemory,
    motion: StreamMemory,
    prologue: GrowingBuffer,
    parameters: GrowingBuffer,
    step: GrowingBuffer,
    read_back: GrowingBuffer,
}

/// One stream's.
#[derive(Default)]
struct StreamMemory {
    state: GrowingBuffer,
    condition_rows: GrowingBuffer,
    condition: GrowingBuffer,
    embedded: GrowingBuffer,
    position: GrowingBuffer,
    hidden: GrowingBuffer,
    normed: GrowingBuffer,
    projected: GrowingBuffer,
    attended: GrowingBuffer,
    wide: GrowingBuffer,
    raw: GrowingBuffer,
    rotary: GrowingBuffer,
    ranges_alone: GrowingBuffer,
    ranges_joined: GrowingBuffer,
    factors: GrowingBuffer,
    known: GrowingBuffer,
}

/// A run under way.
pub struct GpuRun<'a> {
    backend: &'a GpuBackend,
    plan: &'a FlowPlan,
    /// There until the run ends.
    memory: Option<Memory>,
    audio: Stream,
    motion: Option<Stream>,
    recording: Recording,
    read_back: wgpu::Buffer,
}

/// One stream on its way.
struct Stream {
    buffers: StreamBuffers,
    noisy_dim: usize,
    is_made: bool,
    factors: wgpu::Buffer,
    known: Option<wgpu::Buffer>,
}

/// What a stream's buffers depend on beside its plan.
struct Setting<'a> {
    backend: &'a GpuBackend,
    dit: &'a Dit,
    part: Part,
    times: &'a [f64],
    items: usize,
    spacing: f64,
    alone: &'a Ranges,
    joined: &'a Ranges,
}

impl<'a> GpuRun<'a> {
    pub fn new(backend: &'a GpuBackend, plan: &'a FlowPlan) -> Result<Self> {
        backend.device().check()?;
        let config = &backend.config;
        let is_guided = |plan: &StreamPlan| is_made(plan) && plan.guidance.is_some();
        let items = match is_guided(&plan.audio) || plan.motion.as_ref().is_some_and(is_guided) {
            true => 2,
            false => 1,
        };
        let frames = plan.motion.as_ref().map_or(0, |motion| motion.count);
        let visible = Visible::new(config, plan.audio.count, frames);
        let mut memory = backend.memories.take();
        let audio = Setting {
            backend,
            dit: &backend.audio,
            part: Part::Audio,
            times: &plan.times,
            items,
            spacing: 1.0,
            alone: &visible.audio_alone,
            joined: &visible.audio_joined,
        }
        .stream(&plan.audio, &mut memory.audio)?;
        let motion = match (&backend.motion, &plan.motion) {
            (Some(dit), Some(own)) => Some(
                Setting {
                    backend,
                    dit,
                    part: Part::Motion,
                    times: &plan.times,
                    items,
                    spacing: config.tokens_per_motion_frame(),
                    alone: &visible.motion_alone,
                    joined: &visible.motion_joined,
                }
                .stream(own, &mut memory.motion)?,
            ),
            (None, Some(_)) => {
                return Err(Error::Plan("the model has no motion stream".to_owned()));
            }
            (_, None) => None,
        };
        let device = backend.device();
        let mut prologue = Recorder::default();
        let kernels = backend.device().kernels();
        let dits = [Some(&backend.audio), backend.motion.as_ref()];
        for (dit, stream) in dits.into_iter().zip([Some(&audio), motion.as_ref()]) {
            if let (Some(dit), Some(stream)) = (dit, stream) {
                dit.record_condition(&mut prologue, kernels, &stream.buffers);
            }
        }
        prologue
            .finish(device, &mut memory.prologue, &mut memory.step)?
            .submit(device, 0)?;
        let mut recorder = Recorder::default();
        record_step(backend, plan, &mut recorder, &audio, motion.as_ref());
        let recording = recorder.finish(device, &mut memory.parameters, &mut memory.step)?;
        let bytes = [Some(&audio), motion.as_ref()]
            .into_iter()
            .flatten()
            .map(|stream| 4 * stream.numbers() as u64)
            .sum();
        let usage = wgpu::BufferUsages::MAP_READ | wgpu::BufferUsages::COPY_DST;
        let read_back = memory
            .read_back
            .at_least(device, "read-back", bytes, usage)?;
        Ok(Self {
            backend,
            plan,
            memory: Some(memory),
            audio,
            motion,
            recording,
            read_back,
        })
    }

    fn values(&self) -> Result<Streams> {
        let device = self.backend.device();
        let made: Vec<&Stream> = [Some(&self.audio), self.motion.as_ref()]
            .into_iter()
            .flatten()
            .filter(|stream| stream.is_made)
            .collect();
        let mut encoder = device.device.create_command_encoder(&Default::default());
        let mut bytes = 0;
        for stream in &made {
            let own = 4 * stream.numbers() as u64;
            let state = &stream.buffers.state;
            encoder.copy_buffer_to_buffer(state, 0, &self.read_back, bytes, own);
            bytes += own;
        }
        let mut values = Vec::new();
        if bytes > 0 {
            device.check()?;
            device.queue.submit([encoder.finish()]);
            values = device.read_back(&self.read_back, bytes)?;
        }
        let mut values = values.into_iter();
        let mut of = |stream: &Stream, plan: &StreamPlan| -> Vec<f32> {
            match &plan.start {
                Start::Known(rows) => rows.clone(),
                _ => values.by_ref().take(stream.numbers()).collect(),
            }
        };
        let audio = of(&self.audio, &self.plan.audio);
        let motion = match (&self.motion, &self.plan.motion) {
            (Some(stream), Some(plan)) => of(stream, plan),
            _ => Vec::new(),
        };
        Ok(Streams { audio, motion })
    }
}

impl FlowRun for GpuRun<'_> {
    fn step(&mut self, step: usize) -> engine::backend::Result<()> {
        Ok(self.recording.submit(self.backend.device(), step)?)
    }

    fn read(&self) -> engine::backend::Result<Streams> {
        Ok(self.values()?)
    }
}

impl Drop for GpuRun<'_> {
    fn drop(&mut self) {
        if let Some(memory) = self.memory.take() {
            self.backend.memories.give(memory);
        }
    }
}

impl Stream {
    /// Numbers in its state.
    fn numbers(&self) -> usize {
        self.buffers.count * self.noisy_dim
    }
}

fn is_made(plan: &StreamPlan) -> bool {
    !matches!(plan.start, Start::Known(_))
}

/// The kernels of one step, in order.
fn record_step<'a>(
    backend: &'a GpuBackend,
    plan: &FlowPlan,
    recorder: &mut Recorder<'a>,
    audio: &Stream,
    motion: Option<&Stream>,
) {
    let (kernels, exchange) = (backend.device().kernels(), plan.exchange);
    let a = &backend.audio;
    let pair = backend.motion.as_ref().zip(motion);
    // Sound that is given and that nobody listens to costs nothing.
    let is_audio_needed = audio.is_made || (pair.is_some() && exchange.motion_sees_audio);
    let audio_buffers = is_audio_needed.then_some(&audio.buffers);
    if let Some(x) = audio_buffers {
        a.record_embedding(recorder, kernels, x);
    }
    let mut joined = 0;
    if let Some((b, motion)) = pair {
        let y = &motion.buffers;
        b.record_embedding(recorder, kernels, y);
        joined = backend.config.joint_depth;
        for i in 0..joined {
            let is_last = i + 1 == joined;
            if let Some(x) = audio_buffers {
                a.record_projection(recorder, kernels, x, i);
            }
            b.record_projection(recorder, kernels, y, i);
            // What leaves the last joined block goes only into the stream's own output.
            if let Some(x) = audio_buffers
                && (audio.is_made || !is_last)
            {
                let seen = exchange.audio_sees_motion.then_some(y);
                a.record_block(recorder, kernels, x, seen, i);
            }
            if motion.is_made || !is_last {
                let seen = audio_buffers.filter(|_| exchange.motion_sees_audio);
                b.record_block(recorder, kernels, y, seen, i);
            }
        }
    }
    for (dit, stream) in [Some((a, audio)), pair].into_iter().flatten() {
        if !stream.is_made {
            continue;
        }
        let buffers = &stream.buffers;
        for i in joined..dit.depth() {
            dit.record_projection(recorder, kernels, buffers, i);
            dit.record_block(recorder, kernels, buffers, None, i);
        }
        dit.record_output(recorder, kernels, buffers);
        kernels.euler.record(
            recorder,
            [&stream.factors, &buffers.raw, &buffers.state],
            stream.known.as_ref(),
            [buffers.count, dit.shape.noisy_dim],
        );
    }
}

impl Setting<'_> {
    /// Takes a stream's plan to the device.
    fn stream(&self, plan: &StreamPlan, memory: &mut StreamMemory) -> Result<Stream> {
        let device = self.backend.device();
        let shape = self.dit.shape;
        let config = &self.dit.config;
        let (n, items) = (plan.count, self.items);
        let (dim, inner) = (shape.dim, config.inner_dim());
        let rows = items * n;
        let check = |name: &str, numbers: usize, width: usize| match numbers == n * width {
            true => Ok(()),
            false => Err(Error::Plan(format!(
                "{name} has {numbers} numbers for {n} rows of {width}"
            ))),
        };
        let (start, known) = match &plan.start {
            Start::Noise(noise) => (noise, None),
            Start::Known(rows) => (rows, None),
            Start::Partly {
                noise,
                rows,
                is_known,
            } => {
                check("what is known", rows.len(), shape.noisy_dim)?;
                check("the noise", noise.len(), shape.noisy_dim)?;
                check("the mask of what is known", is_known.len(), 1)?;
                let flags = is_known.iter().map(|&is| f32::from(u8::from(is)));
                let numbers = rows.iter().chain(noise).copied();
                let known: Vec<f32> = flags.chain(numbers).collect();
                (noise, Some(memory.known.holding(device, "known", &known)?))
            }
        };
        check("the start", start.len(), shape.noisy_dim)?;
        check("the condition", plan.condition.len(), shape.condition_dim)?;
        let mut conditions = plan.condition.clone();
        if items > 1 {
            let null = plan.guidance.as_ref().map(|it| &it.null_condition);
            let null = null.unwrap_or(&plan.condition);
            check("the null condition", null.len(), shape.condition_dim)?;
            conditions.extend(null);
        }
        let is_made = is_made(plan);
        let steps = self.times.len().saturating_sub(1);
        let times = if is_made {
            &self.times[..steps]
        } else {
            &[1.0]
        };
        let mut modulation = self.backend.modulation(self.part, self.dit, times)?;
        if !is_made {
            modulation.stride = 0;
        }
        let strength = plan.guidance.as_ref().map(|guidance| guidance.strength);
        let strength = strength.filter(|_| items > 1).unwrap_or(0.0);
        let factors: Vec<Step> = self
            .times
            .windows(2)
            .map(|pair| euler_factors(config.prediction, pair[0], pair[1], strength))
            .collect();
        let rotary = rotary_table(n, self.spacing, config.dim_head);
        let factors = memory.factors.holding(device, "factors", &factors)?;
        let numbers = |buffer: &mut GrowingBuffer, label, width: usize| {
            buffer.numbers(device, label, rows * width)
        };
        Ok(Stream {
            buffers: StreamBuffers {
                count: n,
                items,
                state: memory.state.holding(device, "state", start)?,
                condition_rows: memory.condition_rows.holding(
                    device,
                    "condition rows",
                    &conditions,
                )?,
                condition: numbers(&mut memory.condition, "condition", dim)?,
                embedded: numbers(&mut memory.embedded, "embedded", dim)?,
                position: numbers(&mut memory.position, "position", dim)?,
                hidden: numbers(&mut memory.hidden, "hidden", dim)?,
                normed: numbers(&mut memory.normed, "normed", dim)?,
                projected: numbers(&mut memory.projected, "projected", 3 * inner)?,
                attended: numbers(&mut memory.attended, "attended", inner)?,
                wide: numbers(&mut memory.wide, "wide", config.ff_mult * dim)?,
                raw: numbers(&mut memory.raw, "raw", shape.noisy_dim)?,
                rotary: memory.rotary.holding(device, "rotary", &rotary)?,
                ranges_alone: memory.ranges_alone.holding(device, "ranges", self.alone)?,
                ranges_joined: memory
                    .ranges_joined
                    .holding(device, "ranges", self.joined)?,
                modulation,
            },
            noisy_dim: shape.noisy_dim,
            is_made,
            factors,
            known,
        })
    }
}

/// What an Euler step from `t` to `next` multiplies with: see [`engine::backend::velocity`], of which this is the linear form.
fn euler_factors(prediction: Prediction, t: f64, next: f64, strength: f64) -> Step {
    let length = next - t;
    let (x, raw) = match prediction {
        Prediction::Velocity => (1.0, length),
        Prediction::Preconditioned => {
            let power = t * t + (1.0 - t) * (1.0 - t);
            (
                1.0 + length * (2.0 * t - 1.0) / power,
                length / power.sqrt(),
            )
        }
    };
    Step {
        x: x as f32,
        conditioned: (raw * (1.0 + strength)) as f32,
        null: (-raw * strength) as f32,
        next: next as f32,
    }
}
