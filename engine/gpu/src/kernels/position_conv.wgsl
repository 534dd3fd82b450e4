// A grouped convolution over time that keeps the length, then Mish, then perhaps the input added.
//
// A workgroup makes 64 frames of one group of one item of the batch, a thread 4 frames of OUTPUTS channels. WIDTH (channels of a
// group), TAPS and OUTPUTS = ⌈WIDTH / 16⌉ are set by position_conv.rs.

struct Params {
    frames: u32,
    dim: u32,
    /// Whether the second input is added to the result.
    is_residual: u32,
    padding: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
/// [group][input channel][tap][output channel]
@group(0) @binding(2) var<storage, read> weight: array<f32>;
@group(0) @binding(3) var<storage, read> bias: array<f32>;
@group(0) @binding(4) var<storage, read> residual: array<f32>;
@group(0) @binding(5) var<storage, read_write> out: array<f32>;

const FRAMES: u32 = 64u;
const CHANNELS: u32 = 16u;
const SPAN: u32 = FRAMES + TAPS + 3u;

/// [channel][frame], from TAPS / 2 frames before the first on.
var<workgroup> tile: array<f32, CHANNELS * SPAN>;

fn mish(v: f32) -> f32 {
    // tanh(ln(1 + e)) = (e² + 2e) / (e² + 2e + 2); above 20 it is 1 in f32.
    let e = exp(min(v, 20.0));
    let w = e * (e + 2.0);
    return v * (w / (w + 2.0));
}

@compute @workgroup_size(256)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) index: u32) {
    let lane = index % 16u;
    let quad = index / 16u;
    let first_frame = group.x * FRAMES;
    let first_channel = group.y * WIDTH;
    let first_row = group.z * params.frames;
    var sums: array<vec4<f32>, OUTPUTS>;
    for (var begin = 0u; begin < WIDTH; begin += CHANNELS) {
        workgroupBarrier();
        for (var at = index; at < CHANNELS * SPAN; at += 256u) {
            let channel = begin + at % CHANNELS;
            // Wraps around before the first frame, which is beyond the last as well.
            let frame = first_frame + at / CHANNELS - TAPS / 2u;
            var value = 0.0;
            if channel < WIDTH && frame < params.frames {
                value = x[(first_row + frame) * params.dim + first_channel + channel];
            }
            tile[(at % CHANNELS) * SPAN + at / CHANNELS] = value;
        }
        workgroupBarrier();
        let count = min(CHANNELS, WIDTH - begin);
        for (var channel = 0u; channel < count; channel++) {
            let row = channel * SPAN + 4u * quad;
            let weights = ((group.y * WIDTH + begin + channel) * TAPS) * WIDTH + lane;
            var window = vec4<f32>(tile[row], tile[row + 1u], tile[row + 2u], tile[row + 3u]);
            for (var tap = 0u; tap < TAPS; tap++) {
                for (var output = 0u; output < OUTPUTS; output++) {
                    if lane + 16u * output < WIDTH {
                        sums[output] += window * weight[weights + tap * WIDTH + 16u * output];
                    }
                }
                window = vec4<f32>(window.yzw, tile[row + tap + 4u]);
            }
        }
    }
    for (var output = 0u; output < OUTPUTS; output++) {
        let channel = lane + 16u * output;
        for (var i = 0u; i < 4u; i++) {
            let frame = first_frame + 4u * quad + i;
            if channel < WIDTH && frame < params.frames {
                let at = (first_row + frame) * params.dim + first_channel + channel;
                var value = mish(sums[output][i] + bias[first_channel + channel]);
                if params.is_residual != 0u {
                    value += residual[at];
                }
                out[at] = value;
            }
        }
    }
}
