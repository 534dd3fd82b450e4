//! Buffers that are kept from run to run and only ever grow.

use std::sync::{Mutex, PoisonError};

use crate::device::ComputeDevice;
use crate::error::Result;

/// Smallest buffer that is made: small ones would grow again with the next longer run.
const MIN_BYTES: u64 = 64 << 10;
/// Sets of buffers that are kept for later runs: as many as run at a time.
const MAX_KEPT: usize = 2;

/// A buffer that holds the largest run so far.
#[derive(Debug, Default)]
pub struct GrowingBuffer {
    buffer: Option<wgpu::Buffer>,
}

impl GrowingBuffer {
    /// A buffer of at least `bytes`; what it held is gone if it had to grow.
    pub fn at_least(
        &mut self,
        device: &ComputeDevice,
        label: &'static str,
        bytes: u64,
        usage: wgpu::BufferUsages,
    ) -> Result<wgpu::Buffer> {
        if let Some(buffer) = &self.buffer
            && buffer.size() >= bytes
        {
            return Ok(buffer.clone());
        }
        // In powers of two, so that runs of slowly rising length do not allocate each time; not beyond what can be bound.
        let limits = device.device.limits();
        let limit = limits
            .max_storage_buffer_binding_size
            .min(limits.max_buffer_size);
        let roomy = bytes.max(MIN_BYTES).next_power_of_two();
        if let Some(small) = self.buffer.take() {
            device.count_replaced(small.size());
        }
        let size = if roomy <= limit { roomy } else { bytes };
        let buffer = device.buffer(label, size, usage)?;
        self.buffer = Some(buffer.clone());
        Ok(buffer)
    }

    /// A storage buffer for `count` numbers.
    pub fn numbers(
        &mut self,
        device: &ComputeDevice,
        label: &'static str,
        count: usize,
    ) -> Result<wgpu::Buffer> {
        let usage = wgpu::BufferUsages::STORAGE
            | wgpu::BufferUsages::COPY_DST
            | wgpu::BufferUsages::COPY_SRC;
        self.at_least(device, label, 4 * count as u64, usage)
    }

    /// A storage buffer that begins with these values.
    pub fn holding<T: bytemuck::NoUninit>(
        &mut self,
        device: &ComputeDevice,
        label: &'static str,
        values: &[T],
    ) -> Result<wgpu::Buffer> {
        let bytes: &[u8] = bytemuck::cast_slice(values);
        let buffer = self.numbers(device, label, bytes.len().div_ceil(4))?;
        device.queue.write_buffer(&buffer, 0, bytes);
        Ok(buffer)
    }
}

/// Sets of buffers that no run uses at the moment.
#[derive(Debug, Default)]
pub struct Pool<M> {
    idle: Mutex<Vec<M>>,
}

impl<M: Default> Pool<M> {
    /// Buffers for a run: those of an earlier one if there are any.
    pub fn take(&self) -> M {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        idle.pop().unwrap_or_default()
    }

    /// Keeps a run's buffers for a later one.
    pub fn give(&self, memory: M) {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        if idle.len() < MAX_KEPT {
            idle.push(memory);
        }
    }
}
