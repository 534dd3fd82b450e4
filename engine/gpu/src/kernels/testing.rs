//! What the kernels' tests share: a device, numbers to try, and the way there and back.

use std::sync::OnceLock;

use crate::device::ComputeDevice;
use crate::memory::GrowingBuffer;
use crate::recorder::Recorder;

/// One device for all tests of this process.
pub fn device() -> &'static ComputeDevice {
    static DEVICE: OnceLock<ComputeDevice> = OnceLock::new();
    DEVICE.get_or_init(|| {
        let descriptor = wgpu::InstanceDescriptor::new_without_display_handle_from_env();
        let instance = wgpu::Instance::new(descriptor);
        let adapter = pollster::block_on(wgpu::util::initialize_adapter_from_env_or_default(
            &instance, None,
        ));
        ComputeDevice::open(&adapter.expect("an adapter, software or not")).expect("a device")
    })
}

/// `count` numbers in −1 to 1 that look random, different for each seed.
pub fn numbers(seed: u64, count: usize) -> Vec<f32> {
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 40) as f32 / (1u64 << 23) as f32 - 1.0
    };
    (0..count + 8).map(|_| next()).skip(8).collect()
}

/// A buffer with these numbers.
pub fn upload<T: bytemuck::NoUninit>(values: &[T]) -> wgpu::Buffer {
    let mut buffer = GrowingBuffer::default();
    buffer.holding(device(), "test", values).unwrap()
}

/// Runs what was recorded as step number `step`, and reads the first numbers of a buffer.
pub fn run(recorder: Recorder, step: usize, out: &wgpu::Buffer, count: usize) -> Vec<f32> {
    let device = device();
    let [mut parameters, mut number] = [GrowingBuffer::default(), GrowingBuffer::default()];
    let recording = recorder.finish(device, &mut parameters, &mut number);
    recording.unwrap().submit(device, step).unwrap();
    let bytes = 4 * count as u64;
    let usage = wgpu::BufferUsages::MAP_READ | wgpu::BufferUsages::COPY_DST;
    let read_back = device.buffer("test read-back", bytes, usage).unwrap();
    let mut encoder = device.device.create_command_encoder(&Default::default());
    encoder.copy_buffer_to_buffer(out, 0, &read_back, 0, bytes);
    device.queue.submit([encoder.finish()]);
    device.read_back(&read_back, bytes).unwrap()
}

/// Largest difference over the largest expected value, or over 1 if that is smaller.
pub fn farthest(actual: &[f32], expected: &[f32]) -> f32 {
    assert_eq!(actual.len(), expected.len());
    assert!(actual.iter().all(|value| value.is_finite()));
    let scale = expected
        .iter()
        .fold(1.0, |largest: f32, x| largest.max(x.abs()));
    let pairs = actual.iter().zip(expected);
    pairs.fold(0.0, |worst: f32, (a, b)| worst.max((a - b).abs())) / scale
}
