//! A compute device on an adapter, what it failed with, and what it was asked to do.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use crate::error::{Error, Result};
use crate::kernels::{Extras, Kernels};
use crate::memory::GrowingBuffer;
use crate::profile::{KernelTime, Profile};
use crate::recorder::Dispatch;

/// Storage buffers that the largest kernel binds.
const STORAGE_BUFFERS: u32 = 5;
/// Threads in the largest workgroup.
const THREADS: u32 = 256;

/// What is used where an adapter has it.
const WANTED_FEATURES: wgpu::Features = wgpu::Features::TIMESTAMP_QUERY
    .union(wgpu::Features::SHADER_F16)
    .union(wgpu::Features::SUBGROUP);

/// A device of its own for compute. Clones share it.
#[derive(Clone, Debug)]
pub struct ComputeDevice {
    pub(crate) device: wgpu::Device,
    pub(crate) queue: wgpu::Queue,
    adapter_name: String,
    /// Whether kernels may unpack half precision.
    pub(crate) has_halves: bool,
    pub(crate) extras: Extras,
    /// The first failure that no call returned.
    failure: Arc<Mutex<Option<Error>>>,
    counters: Arc<Counters>,
    kernels: Arc<OnceLock<Kernels>>,
    /// Times of kernels, while they are taken.
    profile: Arc<Mutex<Option<Profile>>>,
}

#[derive(Debug, Default)]
struct Counters {
    dispatches: AtomicU64,
    submissions: AtomicU64,
    read_backs: AtomicU64,
    bytes_read_back: AtomicU64,
    buffers: AtomicU64,
    buffer_bytes: AtomicU64,
    replaced_bytes: AtomicU64,
}

/// What a device was asked to do since it was opened.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Usage {
    /// Kernels started.
    pub dispatches: u64,
    /// Batches of kernels handed to the queue.
    pub submissions: u64,
    /// Copies brought back to the CPU.
    pub read_backs: u64,
    /// Bytes in them.
    pub bytes_read_back: u64,
    /// Buffers made, weights included.
    pub buffers: u64,
    /// Bytes in them.
    pub buffer_bytes: u64,
    /// The same without buffers that larger ones replaced: what is kept while no network is dropped.
    pub kept_bytes: u64,
}

impl ComputeDevice {
    /// Opens a device on this adapter, beside any that it already has.
    ///
    /// # Errors
    /// [`Error::Unsupported`] if the adapter cannot compute, [`Error::Device`].
    pub fn open(adapter: &wgpu::Adapter) -> std::result::Result<Self, Error> {
        let (info, limits) = (adapter.get_info(), adapter.limits());
        let flags = adapter.get_downlevel_capabilities().flags;
        if !flags.contains(wgpu::DownlevelFlags::COMPUTE_SHADERS)
            || limits.max_storage_buffers_per_shader_stage < STORAGE_BUFFERS
            || limits.max_compute_invocations_per_workgroup < THREADS
        {
            return Err(Error::Unsupported(format!(
                "{} has no compute shaders of this size",
                info.name
            )));
        }
        let features = adapter.features() & WANTED_FEATURES;
        let descriptor = wgpu::DeviceDescriptor {
            label: Some("flow device"),
            required_features: features,
            required_limits: limits,
            ..Default::default()
        };
        let opened = pollster::block_on(adapter.request_device(&descriptor));
        let (device, queue) = opened.map_err(|source| Error::Device {
            adapter: info.name.clone(),
            reason: source.to_string(),
        })?;
        let failure = Arc::new(Mutex::new(None));
        let keep = |error: Error, failure: &Mutex<Option<Error>>| {
            tracing::debug!(%error, "compute device");
            let mut first = failure.lock().unwrap_or_else(PoisonError::into_inner);
            first.get_or_insert(error);
        };
        let kept = Arc::clone(&failure);
        device.on_uncaptured_error(Arc::new(move |error| {
            let error = match error {
                wgpu::Error::OutOfMemory { source } => Error::OutOfMemory(source.to_string()),
                other => Error::Driver(other.to_string()),
            };
            keep(error, &kept);
        }));
        let kept = Arc::clone(&failure);
        device.set_device_lost_callback(move |_, message| {
            // A lost device is the reason of whatever else went wrong, so it replaces it.
            let mut first = kept.lock().unwrap_or_else(PoisonError::into_inner);
            *first = Some(Error::DeviceLost(message));
        });
        Ok(Self {
            device,
            queue,
            adapter_name: info.name,
            has_halves: flags.contains(wgpu::DownlevelFlags::SHADER_F16_IN_F32),
            extras: Extras {
                has_f16: features.contains(wgpu::Features::SHADER_F16),
                has_subgroups: features.contains(wgpu::Features::SUBGROUP),
            },
            failure,
            counters: Arc::default(),
            kernels: Arc::default(),
            profile: Arc::default(),
        })
    }

    /// The adapter's name.
    #[must_use]
    pub fn adapter_name(&self) -> &str {
        &self.adapter_name
    }

    /// What it was asked to do so far.
    #[must_use]
    pub fn usage(&self) -> Usage {
        let Counters {
            dispatches,
            submissions,
            read_backs,
            bytes_read_back,
            buffers,
            buffer_bytes,
            replaced_bytes,
        } = &*self.counters;
        let value = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        Usage {
            dispatches: value(dispatches),
            submissions: value(submissions),
            read_backs: value(read_backs),
            bytes_read_back: value(bytes_read_back),
            buffers: value(buffers),
            buffer_bytes: value(buffer_bytes),
            kept_bytes: value(buffer_bytes).saturating_sub(value(replaced_bytes)),
        }
    }

    /// Takes the time of every kernel from now on. Whether the adapter can.
    #[must_use]
    pub fn start_profile(&self) -> bool {
        let features = self.device.features();
        let has_timestamps = features.contains(wgpu::Features::TIMESTAMP_QUERY);
        if has_timestamps {
            *self.profile() = Some(Profile::default());
        }
        has_timestamps
    }

    /// Ends that, and says what each kernel took; the slowest first.
    pub fn take_profile(&self) -> Vec<KernelTime> {
        let profile = self.profile().take();
        profile.map(|profile| profile.times()).unwrap_or_default()
    }

    fn profile(&self) -> std::sync::MutexGuard<'_, Option<Profile>> {
        self.profile.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Runs a batch if times are being taken; whether they are.
    pub(crate) fn run_profiled(&self, batch: &[Dispatch]) -> Result<bool> {
        match &mut *self.profile() {
            Some(profile) => profile.run(self, batch).map(|()| true),
            None => Ok(false),
        }
    }

    /// Gives the device back at once. Everything that runs or is begun on it fails with [`Error::DeviceLost`].
    pub fn destroy(&self) {
        self.device.destroy();
        let mut first = self.failure.lock().unwrap_or_else(PoisonError::into_inner);
        first.get_or_insert(Error::DeviceLost("it was given back".to_owned()));
    }

    /// The kernels that all networks share, compiled when the first of them asks.
    pub(crate) fn kernels(&self) -> &Kernels {
        self.kernels.get_or_init(|| Kernels::new(self))
    }

    /// The first failure so far. A device that failed once is not used again.
    pub(crate) fn check(&self) -> Result<()> {
        let first = self.failure.lock().unwrap_or_else(PoisonError::into_inner);
        first.clone().map_or(Ok(()), Err)
    }

    /// A buffer of `bytes`, filled up to a multiple of 4 and at least 16.
    pub(crate) fn buffer(
        &self,
        label: &str,
        bytes: u64,
        usage: wgpu::BufferUsages,
    ) -> Result<wgpu::Buffer> {
        let size = bytes.next_multiple_of(4).max(16);
        let limits = self.device.limits();
        let limit = match usage.contains(wgpu::BufferUsages::STORAGE) {
            true => limits.max_storage_buffer_binding_size,
            false => limits.max_buffer_size,
        };
        if size > limit {
            return Err(Error::OutOfMemory(format!(
                "{label} needs {size} bytes in one piece, {} takes {limit}",
                self.adapter_name
            )));
        }
        let buffer = self.device.create_buffer(&wgpu::BufferDescriptor {
            label: Some(label),
            size,
            usage,
            mapped_at_creation: false,
        });
        self.check()?;
        self.counters.buffers.fetch_add(1, Ordering::Relaxed);
        let bytes = &self.counters.buffer_bytes;
        bytes.fetch_add(size, Ordering::Relaxed);
        Ok(buffer)
    }

    /// Counts a buffer that gives way to a larger one.
    pub(crate) fn count_replaced(&self, bytes: u64) {
        let all = &self.counters.replaced_bytes;
        all.fetch_add(bytes, Ordering::Relaxed);
    }

    /// A storage buffer with these contents.
    pub(crate) fn filled<T: bytemuck::NoUninit>(
        &self,
        label: &str,
        values: &[T],
    ) -> Result<wgpu::Buffer> {
        let usage = wgpu::BufferUsages::STORAGE | wgpu::BufferUsages::COPY_DST;
        let bytes: &[u8] = bytemuck::cast_slice(values);
        let buffer = self.buffer(label, bytes.len() as u64, usage)?;
        self.queue.write_buffer(&buffer, 0, bytes);
        Ok(buffer)
    }

    /// Lets go of the copies of what was uploaded, which wait for the next submission.
    pub(crate) fn settle(&self) -> Result<()> {
        self.queue.submit([]);
        self.device
            .poll(wgpu::PollType::wait_indefinitely())
            .map_err(|error| Error::DeviceLost(error.to_string()))?;
        self.check()
    }

    pub(crate) fn count_submission(&self, dispatches: usize) {
        let counters = &self.counters;
        counters.submissions.fetch_add(1, Ordering::Relaxed);
        let all = &counters.dispatches;
        all.fetch_add(dispatches as u64, Ordering::Relaxed);
    }

    /// The first numbers of these buffers one after the other, in one copy. `kept` holds them on their way.
    pub(crate) fn copy_back(
        &self,
        kept: &mut GrowingBuffer,
        parts: &[(&wgpu::Buffer, usize)],
    ) -> Result<Vec<f32>> {
        let bytes = parts.iter().map(|(_, numbers)| 4 * *numbers as u64).sum();
        let usage = wgpu::BufferUsages::MAP_READ | wgpu::BufferUsages::COPY_DST;
        let read_back = kept.at_least(self, "read-back", bytes, usage)?;
        let mut encoder = self.device.create_command_encoder(&Default::default());
        let mut begin = 0;
        for (buffer, numbers) in parts {
            let own = 4 * *numbers as u64;
            encoder.copy_buffer_to_buffer(buffer, 0, &read_back, begin, own);
            begin += own;
        }
        self.check()?;
        self.queue.submit([encoder.finish()]);
        self.read_back(&read_back, bytes)
    }

    /// The first `bytes` of a mappable buffer, once everything that was submitted is done.
    pub(crate) fn read_back(&self, buffer: &wgpu::Buffer, bytes: u64) -> Result<Vec<f32>> {
        let (sender, receiver) = std::sync::mpsc::sync_channel(1);
        buffer.map_async(wgpu::MapMode::Read, ..bytes, move |result| {
            // Nobody listens any more only if the wait below failed, which is reported there.
            let _ = sender.send(result);
        });
        let lost = |reason: &dyn std::fmt::Display| match self.check() {
            Err(error) => error,
            Ok(()) => Error::DeviceLost(reason.to_string()),
        };
        self.device
            .poll(wgpu::PollType::wait_indefinitely())
            .map_err(|error| lost(&error))?;
        receiver
            .recv()
            .map_err(|error| lost(&error))?
            .map_err(|error| lost(&error))?;
        self.check()?;
        let values = {
            let mapped = buffer
                .get_mapped_range(..bytes)
                .map_err(|error| lost(&error))?;
            mapped
                .chunks_exact(4)
                .map(|bytes| f32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]))
                .collect()
        };
        buffer.unmap();
        self.counters.read_backs.fetch_add(1, Ordering::Relaxed);
        let all = &self.counters.bytes_read_back;
        all.fetch_add(bytes, Ordering::Relaxed);
        Ok(values)
    }
}
