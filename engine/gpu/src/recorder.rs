//! A list of kernels with their buffers and numbers, recorded once and submitted step by step.

use crate::device::ComputeDevice;
use crate::error::Result;
use crate::kernels::Kernel;
use crate::memory::GrowingBuffer;

/// Distance of two parameter blocks in their buffer: what every adapter allows.
const ALIGNMENT: usize = 256;
/// Multiply-adds that are handed to the queue at once: some milliseconds of an ordinary adapter, so that neither the driver's
/// watchdog nor anybody else's frame waits for long.
const BATCH_MACS: u64 = 20_000_000_000;

/// Kernels in the order in which they are to run.
#[derive(Default)]
pub struct Recorder<'a> {
    parameters: Vec<u8>,
    planned: Vec<Planned<'a>>,
}

struct Planned<'a> {
    kernel: &'a Kernel,
    parameters: std::ops::Range<u64>,
    buffers: Vec<wgpu::Buffer>,
    groups: [u32; 3],
    macs: u64,
}

impl<'a> Recorder<'a> {
    /// Adds a kernel. `buffers` are its storage buffers in the order of its bindings, `macs` the multiply-adds that it takes.
    pub fn dispatch<P: bytemuck::Pod>(
        &mut self,
        kernel: &'a Kernel,
        parameters: &P,
        buffers: &[&wgpu::Buffer],
        groups: [usize; 3],
        macs: usize,
    ) {
        if groups.contains(&0) {
            return;
        }
        let start = self.parameters.len();
        let bytes = bytemuck::bytes_of(parameters);
        self.parameters.extend_from_slice(bytes);
        let end = start + bytes.len();
        self.parameters.resize(end.next_multiple_of(ALIGNMENT), 0);
        self.planned.push(Planned {
            kernel,
            parameters: start as u64..end as u64,
            buffers: buffers.iter().map(|&buffer| buffer.clone()).collect(),
            groups: groups.map(|count| count as u32),
            macs: macs as u64,
        });
    }

    /// Makes the list ready to be submitted. Both buffers are kept by the caller for its next recording.
    pub fn finish(
        self,
        device: &ComputeDevice,
        parameters: &mut GrowingBuffer,
        step: &mut GrowingBuffer,
    ) -> Result<Recording> {
        let usage = wgpu::BufferUsages::UNIFORM | wgpu::BufferUsages::COPY_DST;
        let bytes = self.parameters.len() as u64;
        let parameters = parameters.at_least(device, "parameters", bytes, usage)?;
        let step = step.at_least(device, "step", 16, usage)?;
        device.queue.write_buffer(&parameters, 0, &self.parameters);
        let mut batches: Vec<Vec<Dispatch>> = Vec::new();
        let mut macs = u64::MAX;
        for planned in self.planned {
            if macs > BATCH_MACS {
                batches.push(Vec::new());
                macs = 0;
            }
            macs = macs.saturating_add(planned.macs);
            if let Some(batch) = batches.last_mut() {
                batch.push(planned.bound(device, &parameters, &step));
            }
        }
        device.check()?;
        Ok(Recording { batches, step })
    }
}

impl Planned<'_> {
    fn bound(
        self,
        device: &ComputeDevice,
        parameters: &wgpu::Buffer,
        step: &wgpu::Buffer,
    ) -> Dispatch {
        let part = |buffer, range: std::ops::Range<u64>| {
            wgpu::BindingResource::Buffer(wgpu::BufferBinding {
                buffer,
                offset: range.start,
                size: wgpu::BufferSize::new(range.end - range.start),
            })
        };
        let mut resources = vec![part(parameters, self.parameters.clone())];
        if self.kernel.takes_step {
            resources.push(part(step, 0..16));
        }
        let storage = self.buffers.iter().map(wgpu::Buffer::as_entire_binding);
        resources.extend(storage);
        let entries: Vec<_> = (0..)
            .zip(resources)
            .map(|(binding, resource)| wgpu::BindGroupEntry { binding, resource })
            .collect();
        Dispatch {
            label: self.kernel.label,
            macs: self.macs,
            pipeline: self.kernel.pipeline.clone(),
            bind_group: device.device.create_bind_group(&wgpu::BindGroupDescriptor {
                label: Some(self.kernel.label),
                layout: &self.kernel.pipeline.get_bind_group_layout(0),
                entries: &entries,
            }),
            groups: self.groups,
        }
    }
}

/// A kernel with everything that it runs on.
pub struct Dispatch {
    pub label: &'static str,
    pub macs: u64,
    pipeline: wgpu::ComputePipeline,
    bind_group: wgpu::BindGroup,
    groups: [u32; 3],
}

impl Dispatch {
    pub fn record(&self, pass: &mut wgpu::ComputePass) {
        pass.set_pipeline(&self.pipeline);
        pass.set_bind_group(0, &self.bind_group, &[]);
        let [x, y, z] = self.groups;
        pass.dispatch_workgroups(x, y, z);
    }
}

/// Kernels that can be run for any step of a schedule.
pub struct Recording {
    batches: Vec<Vec<Dispatch>>,
    step: wgpu::Buffer,
}

impl Recording {
    /// Runs all of them for this step, after everything that was submitted before.
    pub fn submit(&self, device: &ComputeDevice, step: usize) -> Result<()> {
        device.check()?;
        let step = [step as u32, 0, 0, 0];
        device
            .queue
            .write_buffer(&self.step, 0, bytemuck::cast_slice(&step));
        for batch in &self.batches {
            if !device.run_profiled(batch)? {
                let mut encoder = device.device.create_command_encoder(&Default::default());
                {
                    let mut pass = encoder.begin_compute_pass(&Default::default());
                    batch.iter().for_each(|dispatch| dispatch.record(&mut pass));
                }
                device.queue.submit([encoder.finish()]);
            }
            device.count_submission(batch.len());
        }
        device.check()
    }
}
