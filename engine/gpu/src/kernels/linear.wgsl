// A linear layer with what follows it: out = epilogue(x·Wᵀ + bias).
//
// A workgroup makes 4·ROW_QUADS·THREAD_ROWS rows by 64 columns, a thread 4·ROW_QUADS by 4 of them in registers. HALF, ROW_QUADS,
// THREAD_ROWS and Quad, four weights in shared memory, are set by linear.rs.

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
    /// Numbers from one row of x to the next; below `inputs` rows overlap, as the windows of a convolution do.
    x_stride: u32,
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
const THREADS: u32 = 16u * THREAD_ROWS;
/// Row quads of the workgroup.
const QUADS: u32 = ROW_QUADS * THREAD_ROWS;

const SILU: u32 = 1u;
const GELU_TANH: u32 = 2u;
const GELU: u32 = 3u;

const ADD: u32 = 1u;
const GATE: u32 = 2u;
const ROTARY: u32 = 3u;

/// [input][row quad] and [input][column quad].
var<workgroup> x_tile: array<vec4<f32>, DEPTH * QUADS>;
var<workgroup> weight_tile: array<Quad, DEPTH * 16u>;

fn x_at(row: u32, k: u32) -> f32 {
    if row < params.rows && k < params.inputs {
        return x[(row % params.input_rows) * params.x_stride + k];
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

/// erf within 1.5e-7 (Abramowitz and Stegun 7.1.26).
fn error_function(v: vec4<f32>) -> vec4<f32> {
    let t = 1.0 / (1.0 + 0.3275911 * abs(v));
    let polynomial = ((((1.0614054 * t - 1.4531521) * t + 1.4214138) * t - 0.28449672) * t + 0.2548296) * t;
    return sign(v) * (1.0 - polynomial * exp(-v * v));
}

fn activated(v: vec4<f32>) -> vec4<f32> {
    if params.activation == SILU {
        return v / (1.0 + exp(-v));
    }
    if params.activation == GELU_TANH {
        let u = 0.7978846 * (v + 0.044715 * v * v * v);
        return v / (1.0 + exp(-2.0 * u));
    }
    if params.activation == GELU {
        return 0.5 * v * (1.0 + error_function(v * 0.70710678));
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

@compute @workgroup_size(THREADS)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) index: u32) {
    let column_quad = index % 16u;
    let thread_row = index / 16u;
    let first_row = group.y * 4u * QUADS;
    let first_quad = group.x * 16u;
    var sums: array<vec4<f32>, 4u * ROW_QUADS>;
    for (var begin = 0u; begin < params.inputs; begin += DEPTH) {
        // Neighbouring threads read neighbouring inputs of a row.
        let k = index % DEPTH;
        for (var i = 0u; i < ROW_QUADS; i++) {
            let quad = index / DEPTH + i * THREAD_ROWS;
            let row = first_row + 4u * quad;
            x_tile[k * QUADS + quad] = vec4<f32>(
                x_at(row, begin + k),
                x_at(row + 1u, begin + k),
                x_at(row + 2u, begin + k),
                x_at(row + 3u, begin + k),
            );
        }
        for (var at = index; at < DEPTH * 16u; at += THREADS) {
            weight_tile[at] = Quad(weight_at(begin + at / 16u, first_quad + at % 16u));
        }
        workgroupBarrier();
        for (var k = 0u; k < DEPTH; k++) {
            let w = vec4<f32>(weight_tile[k * 16u + column_quad]);
            for (var i = 0u; i < ROW_QUADS; i++) {
                let a = x_tile[k * QUADS + thread_row + i * THREAD_ROWS];
                sums[4u * i] += a.x * w;
                sums[4u * i + 1u] += a.y * w;
                sums[4u * i + 2u] += a.z * w;
                sums[4u * i + 3u] += a.w * w;
            }
        }
        workgroupBarrier();
    }
    let column = 4u * (first_quad + column_quad);
    for (var i = 0u; i < ROW_QUADS; i++) {
        let row = first_row + 4u * (thread_row + i * THREAD_ROWS);
        finish(sums[4u * i], row, column);
        finish(sums[4u * i + 1u], row + 1u, column);
        finish(sums[4u * i + 2u], row + 2u, column);
        finish(sums[4u * i + 3u], row + 3u, column);
    }
}
