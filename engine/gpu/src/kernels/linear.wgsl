// A linear layer with what follows it: out = epilogue(x·Wᵀ + bias).
//
// A workgroup makes 4·QUADS rows by 64 columns, a thread 4 by 4 of them in registers. HALF and QUADS are set by linear.rs.

struct Params {
    rows: u32,
    /// Rows of x; row r of the result is made from row r modulo this.
    input_rows: u32,
    inputs: u32,
    outputs: u32,
    /// Columns of the weight over 4, filled up with zeros.
    weight_quads: u32,
    /// Where row 0 of the result begins, and how far apart rows are.
    out_offset: u32,
    out_stride: u32,
    activation: u32,
    epilogue: u32,
    /// ADD: numbers in a row of extra. GATE: where the gate begins. ROTARY: rows of the table.
    extra_offset: u32,
    /// GATE: numbers from one step's modulation to the next one's.
    extra_stride: u32,
    /// ROTARY: columns of the queries, and how many of them are turned; keys follow alike.
    inner: u32,
    turned: u32,
    dim_head: u32,
    padding_a: u32,
    padding_b: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<uniform> step: vec4<u32>;
@group(0) @binding(2) var<storage, read> x: array<f32>;
/// [input][column quad]: four halves, or four floats in two elements.
@group(0) @binding(3) var<storage, read> weight: array<vec2<u32>>;
@group(0) @binding(4) var<storage, read> bias: array<f32>;
@group(0) @binding(5) var<storage, read> extra: array<f32>;
@group(0) @binding(6) var<storage, read_write> out: array<f32>;

const DEPTH: u32 = 16u;

const SILU: u32 = 1u;
const GELU_TANH: u32 = 2u;

const ADD: u32 = 1u;
const GATE: u32 = 2u;
const ROTARY: u32 = 3u;

/// [input][row quad] and [input][column quad].
var<workgroup> x_tile: array<vec4<f32>, DEPTH * QUADS>;
var<workgroup> weight_tile: array<vec4<f32>, DEPTH * 16u>;

fn x_at(row: u32, k: u32) -> f32 {
    if row < params.rows && k < params.inputs {
        return x[(row % params.input_rows) * params.inputs + k];
    }
    return 0.0;
}

fn weight_at(k: u32, quad: u32) -> vec4<f32> {
    if k >= params.inputs || quad >= params.weight_quads {
        return vec4<f32>(0.0);
    }
    let at = k * params.weight_quads + quad;
    if HALF {
        let packed = weight[at];
        return vec4<f32>(unpack2x16float(packed.x), unpack2x16float(packed.y));
    }
    return vec4<f32>(bitcast<vec2<f32>>(weight[2u * at]), bitcast<vec2<f32>>(weight[2u * at + 1u]));
}

fn activated(v: vec4<f32>) -> vec4<f32> {
    if params.activation == SILU {
        return v / (1.0 + exp(-v));
    }
    if params.activation == GELU_TANH {
        let u = 0.7978846 * (v + 0.044715 * v * v * v);
        return v / (1.0 + exp(-2.0 * u));
    }
    return v;
}

/// Turns two pairs of neighbours of one head by the angles of the row's position.
fn turned(v: vec4<f32>, row: u32, column: u32) -> vec4<f32> {
    let in_part = column % params.inner;
    if column >= 2u * params.inner || in_part >= params.turned {
        return v;
    }
    // [position][pair]: cosine and sine.
    let position = row % params.extra_offset;
    let at = position * params.dim_head + in_part % params.dim_head;
    let a = vec2<f32>(extra[at], extra[at + 1u]);
    let b = vec2<f32>(extra[at + 2u], extra[at + 3u]);
    return vec4<f32>(
        v.x * a.x - v.y * a.y, v.y * a.x + v.x * a.y,
        v.z * b.x - v.w * b.y, v.w * b.x + v.z * b.y,
    );
}

fn finish(sum: vec4<f32>, row: u32, column: u32) {
    if row >= params.rows || column >= params.outputs {
        return;
    }
    var v = sum;
    let count = min(params.outputs - column, 4u);
    for (var i = 0u; i < count; i++) {
        v[i] += bias[column + i];
    }
    v = activated(v);
    if params.epilogue == ROTARY {
        v = turned(v, row, column);
    }
    let at = params.out_offset + row * params.out_stride + column;
    for (var i = 0u; i < count; i++) {
        if params.epilogue == ADD {
            out[at + i] = v[i] + extra[row * params.extra_offset + column + i];
        } else if params.epilogue == GATE {
            let gate = extra[step.x * params.extra_stride + params.extra_offset + column + i];
            out[at + i] += v[i] * gate;
        } else {
            out[at + i] = v[i];
        }
    }
}

@compute @workgroup_size(16u * QUADS)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) index: u32) {
    let column_quad = index % 16u;
    let row_quad = index / 16u;
    let first_row = group.y * 4u * QUADS;
    let first_quad = group.x * 16u;
    var sum_0 = vec4<f32>(0.0);
    var sum_1 = vec4<f32>(0.0);
    var sum_2 = vec4<f32>(0.0);
    var sum_3 = vec4<f32>(0.0);
    for (var begin = 0u; begin < params.inputs; begin += DEPTH) {
        // Neighbouring threads read neighbouring inputs of a row.
        let k = index % DEPTH;
        let row = first_row + 4u * (index / DEPTH);
        x_tile[k * QUADS + index / DEPTH] = vec4<f32>(
            x_at(row, begin + k),
            x_at(row + 1u, begin + k),
            x_at(row + 2u, begin + k),
            x_at(row + 3u, begin + k),
        );
        for (var at = index; at < DEPTH * 16u; at += 16u * QUADS) {
            weight_tile[at] = weight_at(begin + at / 16u, first_quad + at % 16u);
        }
        workgroupBarrier();
        for (var k = 0u; k < DEPTH; k++) {
            let a = x_tile[k * QUADS + row_quad];
            let w = weight_tile[k * 16u + column_quad];
            sum_0 += a.x * w;
            sum_1 += a.y * w;
            sum_2 += a.z * w;
            sum_3 += a.w * w;
        }
        workgroupBarrier();
    }
    let row = first_row + 4u * row_quad;
    let column = 4u * (first_quad + column_quad);
    finish(sum_0, row, column);
    finish(sum_1, row + 1u, column);
    finish(sum_2, row + 2u, column);
    finish(sum_3, row + 3u, column);
}
