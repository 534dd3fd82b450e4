//! How long each kernel takes on the adapter, by timestamp queries. While it is measured every kernel has a pass of its own and every
//! batch is waited for, so nothing else is to be measured at the same time.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::device::ComputeDevice;
use crate::error::{Error, Result};
use crate::recorder::Dispatch;

/// Kernels whose times are taken at once: two queries each, of which a set has 4,096.
const MAX_KERNELS: usize = 2_048;

/// What all dispatches of one kernel took together.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct KernelTime {
    /// The kernel's name.
    pub kernel: &'static str,
    /// How often it ran.
    pub dispatches: u64,
    /// The time that it took on the adapter.
    pub time: Duration,
    /// Its multiply-adds.
    pub macs: u64,
}

/// Sums by kernel.
#[derive(Debug, Default)]
pub struct Profile {
    kernels: BTreeMap<&'static str, Sums>,
}

#[derive(Debug, Default)]
struct Sums {
    dispatches: u64,
    nanoseconds: f64,
    macs: u64,
}

impl Profile {
    /// The slowest first.
    pub fn times(&self) -> Vec<KernelTime> {
        let mut times: Vec<KernelTime> = self
            .kernels
            .iter()
            .map(|(kernel, sums)| KernelTime {
                kernel,
                dispatches: sums.dispatches,
                time: Duration::from_nanos(sums.nanoseconds.max(0.0) as u64),
                macs: sums.macs,
            })
            .collect();
        times.sort_by_key(|time| std::cmp::Reverse(time.time));
        times
    }

    /// Runs these kernels in order and waits for them.
    pub fn run(&mut self, device: &ComputeDevice, dispatches: &[Dispatch]) -> Result<()> {
        for part in dispatches.chunks(MAX_KERNELS) {
            let ticks = timed(device, part)?;
            let period = f64::from(device.queue.get_timestamp_period());
            for (dispatch, &[begin, end]) in part.iter().zip(ticks.as_chunks::<2>().0) {
                let sums = self.kernels.entry(dispatch.label).or_default();
                sums.dispatches += 1;
                // Some drivers count from the reset of a counter between two passes.
                sums.nanoseconds += end.saturating_sub(begin) as f64 * period;
                sums.macs += dispatch.macs;
            }
        }
        Ok(())
    }
}

/// Begin and end of each, in the queue's ticks.
fn timed(device: &ComputeDevice, dispatches: &[Dispatch]) -> Result<Vec<u64>> {
    let count = 2 * dispatches.len() as u32;
    let queries = device.device.create_query_set(&wgpu::QuerySetDescriptor {
        label: Some("kernel times"),
        ty: wgpu::QueryType::Timestamp,
        count,
    });
    let bytes = 8 * u64::from(count);
    let buffer = |usage| {
        device.device.create_buffer(&wgpu::BufferDescriptor {
            label: Some("kernel times"),
            size: bytes,
            usage,
            mapped_at_creation: false,
        })
    };
    let resolved = buffer(wgpu::BufferUsages::QUERY_RESOLVE | wgpu::BufferUsages::COPY_SRC);
    let mapped = buffer(wgpu::BufferUsages::MAP_READ | wgpu::BufferUsages::COPY_DST);
    let mut encoder = device.device.create_command_encoder(&Default::default());
    for (i, dispatch) in (0..).zip(dispatches) {
        let mut pass = encoder.begin_compute_pass(&wgpu::ComputePassDescriptor {
            label: Some(dispatch.label),
            timestamp_writes: Some(wgpu::ComputePassTimestampWrites {
                query_set: &queries,
                beginning_of_pass_write_index: Some(2 * i),
                end_of_pass_write_index: Some(2 * i + 1),
            }),
        });
        dispatch.record(&mut pass);
    }
    encoder.resolve_query_set(&queries, 0..count, &resolved, 0);
    encoder.copy_buffer_to_buffer(&resolved, 0, &mapped, 0, bytes);
    device.queue.submit([encoder.finish()]);
    let lost = |reason: String| Error::DeviceLost(reason);
    mapped.map_async(wgpu::MapMode::Read, .., |_| ());
    device
        .device
        .poll(wgpu::PollType::wait_indefinitely())
        .map_err(|error| lost(error.to_string()))?;
    device.check()?;
    let range = mapped
        .get_mapped_range(..)
        .map_err(|error| lost(error.to_string()))?;
    let ticks = range.as_chunks::<8>().0.iter();
    Ok(ticks.map(|bytes| u64::from_le_bytes(*bytes)).collect())
}
