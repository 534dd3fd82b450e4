// The length of each channel over time, for the global response norm: x (rows, dim) → (dim).
//
// A workgroup makes 64 channels; four threads share a channel's rows.

struct Params {
    rows: u32,
    dim: u32,
    padding_a: u32,
    padding_b: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read_write> lengths: array<f32>;

const CHANNELS: u32 = 64u;
const LANES: u32 = 4u;

var<workgroup> partial: array<f32, CHANNELS * LANES>;

@compute @workgroup_size(CHANNELS * LANES)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) index: u32) {
    let channel = group.x * CHANNELS + index % CHANNELS;
    var sum = 0.0;
    if channel < params.dim {
        for (var row = index / CHANNELS; row < params.rows; row += LANES) {
            let value = x[row * params.dim + channel];
            sum += value * value;
        }
    }
    partial[index] = sum;
    workgroupBarrier();
    if index < CHANNELS && channel < params.dim {
        lengths[channel] = sqrt(
            partial[index] + partial[index + CHANNELS] + partial[index + 2u * CHANNELS] + partial[index + 3u * CHANNELS]
        );
    }
}
