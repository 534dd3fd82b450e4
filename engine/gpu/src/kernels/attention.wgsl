// Attention over ranges of keys with an online softmax: own queries over the pool [own; other].
//
// A workgroup makes QUERIES rows of one head of one item of the batch and goes over the keys in tiles of KEYS; a row belongs to 8
// threads. WIDTH (numbers in a head, a multiple of 4, at most 64) is set by attention.rs.

struct Params {
    count: u32,
    other_count: u32,
    heads: u32,
    padding: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
/// Queries, keys and values side by side: (items · count, 3 · heads · WIDTH).
@group(0) @binding(1) var<storage, read> own: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read> other: array<vec4<f32>>;
/// For each query, which keys it sees: begin and end among its own, begin and end among the other's.
@group(0) @binding(3) var<storage, read> ranges: array<vec4<u32>>;
/// (items · count, heads · WIDTH)
@group(0) @binding(4) var<storage, read_write> out: array<vec4<f32>>;

const QUERIES: u32 = 16u;
const KEYS: u32 = 32u;
const LANES: u32 = 8u;
const THREADS: u32 = QUERIES * LANES;
const QUADS: u32 = WIDTH / 4u;
/// Quads of the result that a thread holds.
const HELD: u32 = (QUADS + LANES - 1u) / LANES;
const NOTHING: f32 = -3.0e38;

var<workgroup> queries: array<vec4<f32>, QUERIES * QUADS>;
/// Keys, then the values of the same tile.
var<workgroup> tile: array<vec4<f32>, KEYS * QUADS>;
var<workgroup> scores: array<f32, QUERIES * KEYS>;

/// Quad of row `row` of a stream: part 0 are queries, 1 keys, 2 values.
fn place(row: u32, part: u32, head: u32, quad: u32) -> u32 {
    return ((row * 3u + part) * params.heads + head) * QUADS + quad;
}

fn load_tile(is_other: bool, first_row: u32, begin: u32, count: u32, part: u32, head: u32, index: u32) {
    for (var at = index; at < KEYS * QUADS; at += THREADS) {
        let key = begin + at / QUADS;
        var value = vec4<f32>(0.0);
        if key < count {
            let source = place(first_row + key, part, head, at % QUADS);
            if is_other {
                value = other[source];
            } else {
                value = own[source];
            }
        }
        tile[at] = value;
    }
}

@compute @workgroup_size(THREADS)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) index: u32) {
    let row = index / LANES;
    let lane = index % LANES;
    let head = group.y;
    let item = group.z;
    let first_query = group.x * QUERIES;
    let query = first_query + row;
    let scale = inverseSqrt(f32(WIDTH));
    for (var at = index; at < QUERIES * QUADS; at += THREADS) {
        let asking = first_query + at / QUADS;
        var value = vec4<f32>(0.0);
        if asking < params.count {
            value = own[place(item * params.count + asking, 0u, head, at % QUADS)] * scale;
        }
        queries[at] = value;
    }
    var seen = vec4<u32>(0u);
    if query < params.count {
        seen = ranges[query];
    }
    // What any query of the workgroup sees.
    var begins = vec2<u32>(0xffffffffu);
    var ends = vec2<u32>(0u);
    for (var i = first_query; i < min(first_query + QUERIES, params.count); i++) {
        let range = ranges[i];
        if range.x < range.y {
            begins.x = min(begins.x, range.x);
            ends.x = max(ends.x, range.y);
        }
        if range.z < range.w {
            begins.y = min(begins.y, range.z);
            ends.y = max(ends.y, range.w);
        }
    }
    var highest = NOTHING;
    var sum = 0.0;
    var held: array<vec4<f32>, HELD>;
    for (var half = 0u; half < 2u; half++) {
        let is_other = half == 1u;
        let count = select(params.count, params.other_count, is_other);
        let first_seen = select(seen.x, seen.z, is_other);
        let end_seen = select(seen.y, seen.w, is_other);
        let end = select(ends.x, ends.y, is_other);
        for (var begin = select(begins.x, begins.y, is_other); begin < end; begin += KEYS) {
            workgroupBarrier();
            load_tile(is_other, item * count, begin, count, 1u, head, index);
            workgroupBarrier();
            var own_scores = vec4<f32>(0.0);
            for (var quad = 0u; quad < QUADS; quad++) {
                let q = queries[row * QUADS + quad];
                own_scores += vec4<f32>(
                    dot(q, tile[lane * QUADS + quad]),
                    dot(q, tile[(lane + LANES) * QUADS + quad]),
                    dot(q, tile[(lane + 2u * LANES) * QUADS + quad]),
                    dot(q, tile[(lane + 3u * LANES) * QUADS + quad]),
                );
            }
            for (var i = 0u; i < 4u; i++) {
                let key = begin + lane + i * LANES;
                if key < first_seen || key >= end_seen {
                    own_scores[i] = NOTHING;
                }
                scores[row * KEYS + lane + i * LANES] = own_scores[i];
            }
            workgroupBarrier();
            var new_highest = highest;
            for (var key = 0u; key < KEYS; key++) {
                new_highest = max(new_highest, scores[row * KEYS + key]);
            }
            load_tile(is_other, item * count, begin, count, 2u, head, index);
            workgroupBarrier();
            for (var i = 0u; i < 4u; i++) {
                var share = 0.0;
                if own_scores[i] > NOTHING {
                    share = exp(own_scores[i] - new_highest);
                }
                scores[row * KEYS + lane + i * LANES] = share;
            }
            workgroupBarrier();
            let kept = exp(highest - new_highest);
            highest = new_highest;
            sum *= kept;
            for (var i = 0u; i < HELD; i++) {
                held[i] *= kept;
            }
            for (var key = 0u; key < KEYS; key++) {
                let share = scores[row * KEYS + key];
                sum += share;
                for (var i = 0u; i < HELD; i++) {
                    if lane + i * LANES < QUADS {
                        held[i] += share * tile[key * QUADS + lane + i * LANES];
                    }
                }
            }
        }
    }
    if query < params.count {
        let factor = select(0.0, 1.0 / sum, sum > 0.0);
        for (var i = 0u; i < HELD; i++) {
            let quad = lane + i * LANES;
            if quad < QUADS {
                out[((item * params.count + query) * params.heads + head) * QUADS + quad] = held[i] * factor;
            }
        }
    }
}
