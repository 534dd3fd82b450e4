// Global response norm in place: x times 1 + gamma · (a channel's length over the mean length), plus beta.
//
// A workgroup of THREADS makes one row; `Place` and `total` stand in front.

struct Params {
    rows: u32,
    dim: u32,
    padding_a: u32,
    padding_b: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
/// What response_lengths.wgsl makes: (dim).
@group(0) @binding(1) var<storage, read> lengths: array<f32>;
/// Gamma and beta: (2, dim).
@group(0) @binding(2) var<storage, read> weight: array<f32>;
/// (rows, dim)
@group(0) @binding(3) var<storage, read_write> x: array<f32>;

const EPSILON: f32 = 1e-6;

@compute @workgroup_size(THREADS)
fn main(place: Place) {
    let index = place.index;
    var sum = 0.0;
    for (var i = index; i < params.dim; i += THREADS) {
        sum += lengths[i];
    }
    let mean = total(place, sum) / f32(params.dim) + EPSILON;
    let first = place.group.x * params.dim;
    for (var i = index; i < params.dim; i += THREADS) {
        x[first + i] = x[first + i] * (lengths[i] / mean * weight[i] + 1.0) + weight[params.dim + i];
    }
}
