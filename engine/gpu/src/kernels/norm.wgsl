// Layer norm of rows, times 1 + scale, plus shift, both from the modulation of this step.
//
// A workgroup of THREADS makes one row; `Place` and `total` stand in front.

struct Params {
    dim: u32,
    /// Where scale and shift begin in a step's modulation.
    scale_offset: u32,
    shift_offset: u32,
    /// Numbers from one step's modulation to the next one's; 0 for a stream that stands still.
    step_stride: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<uniform> step: vec4<u32>;
@group(0) @binding(2) var<storage, read> x: array<f32>;
@group(0) @binding(3) var<storage, read> modulation: array<f32>;
@group(0) @binding(4) var<storage, read_write> out: array<f32>;

const EPSILON: f32 = 1e-6;

@compute @workgroup_size(THREADS)
fn main(place: Place) {
    let index = place.index;
    let row = place.group.x * params.dim;
    var sum = 0.0;
    for (var i = index; i < params.dim; i += THREADS) {
        sum += x[row + i];
    }
    let mean = total(place, sum) / f32(params.dim);
    var squares = 0.0;
    for (var i = index; i < params.dim; i += THREADS) {
        let centred = x[row + i] - mean;
        squares += centred * centred;
    }
    let factor = inverseSqrt(total(place, squares) / f32(params.dim) + EPSILON);
    let now = step.x * params.step_stride;
    for (var i = index; i < params.dim; i += THREADS) {
        let scale = modulation[now + params.scale_offset + i];
        let shift = modulation[now + params.shift_offset + i];
        out[row + i] = (x[row + i] - mean) * factor * (1.0 + scale) + shift;
    }
}
