// Layer norm of rows with weights of its own, after a depthwise convolution over time that keeps the length.
//
// A workgroup of THREADS makes one row; `Place` and `total` stand in front. TAPS is set by conv_norm.rs: odd, or 0 for the norm alone.

struct Params {
    rows: u32,
    dim: u32,
    padding_a: u32,
    padding_b: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
/// (TAPS, dim), then the bias (dim).
@group(0) @binding(2) var<storage, read> conv: array<f32>;
/// Scale and shift: (2, dim).
@group(0) @binding(3) var<storage, read> norm: array<f32>;
@group(0) @binding(4) var<storage, read_write> out: array<f32>;

const EPSILON: f32 = 1e-6;

fn convolved(row: u32, channel: u32) -> f32 {
    if TAPS == 0u {
        return x[row * params.dim + channel];
    }
    var sum = conv[TAPS * params.dim + channel];
    for (var tap = 0u; tap < TAPS; tap++) {
        // Wraps around before the first row, which is beyond the last as well.
        let from_row = row + tap - TAPS / 2u;
        if from_row < params.rows {
            sum += x[from_row * params.dim + channel] * conv[tap * params.dim + channel];
        }
    }
    return sum;
}

@compute @workgroup_size(THREADS)
fn main(place: Place) {
    let index = place.index;
    let first = place.group.x * params.dim;
    var sum = 0.0;
    for (var i = index; i < params.dim; i += THREADS) {
        // Only this thread reads it again.
        let value = convolved(place.group.x, i);
        out[first + i] = value;
        sum += value;
    }
    let mean = total(place, sum) / f32(params.dim);
    var squares = 0.0;
    for (var i = index; i < params.dim; i += THREADS) {
        let centred = out[first + i] - mean;
        squares += centred * centred;
    }
    let factor = inverseSqrt(total(place, squares) / f32(params.dim) + EPSILON);
    for (var i = index; i < params.dim; i += THREADS) {
        out[first + i] = (out[first + i] - mean) * factor * norm[i] + norm[params.dim + i];
    }
}
