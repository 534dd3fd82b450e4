// One Euler step of a stream, with guidance, and known rows on their straight way.

struct Params {
    /// Numbers of the stream.
    count: u32,
    /// Numbers in a row.
    width: u32,
    has_known: u32,
    rows: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<uniform> step: vec4<u32>;
/// For each step: factors of x, of the network's output and of the output that guidance moves away from; then the next time.
@group(0) @binding(2) var<storage, read> factors: array<vec4<f32>>;
/// The network's output, of both halves of the batch if there are two.
@group(0) @binding(3) var<storage, read> raw: array<f32>;
/// Where rows are known: 1 for each known row, then the rows, then their noise.
@group(0) @binding(4) var<storage, read> known: array<f32>;
@group(0) @binding(5) var<storage, read_write> x: array<f32>;

@compute @workgroup_size(256)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
    let i = id.x;
    if i >= params.count {
        return;
    }
    let now = factors[step.x];
    if params.has_known != 0u && known[i / params.width] > 0.5 {
        let target_value = known[params.rows + i];
        let noise = known[params.rows + params.count + i];
        x[i] = target_value * now.w + noise * (1.0 - now.w);
        return;
    }
    var value = x[i] * now.x + raw[i] * now.y;
    if now.z != 0.0 {
        value += raw[params.count + i] * now.z;
    }
    x[i] = value;
}
