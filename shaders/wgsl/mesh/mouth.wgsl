// Lays the inside of the mouth over the opening between the lips.
// In: the outline of the opening in output pixels; the inside drawn by interior.wgsl.
// Out: colour with coverage in alpha, to be blended. Space: output pixels. Rust: src/mesh/mouth/pass.rs, twin: twin.rs beside it.

struct Mouth {
    size_px: vec2f,
    region_origin_px: vec2f,
    region_px: vec2f,
    reveal: f32,
    width_px: f32,
    outline_len: u32,
    // two points in each
    outline_px: array<vec4f, 20>,
}

@group(0) @binding(0) var<uniform> mouth: Mouth;
@group(0) @binding(1) var inside: texture_2d<f32>;
@group(0) @binding(2) var inside_sampler: sampler;

struct Vertex {
    @builtin(position) position: vec4f,
}

@vertex
fn vertex(@builtin(vertex_index) index: u32) -> Vertex {
    let corner = vec2f(f32(index & 1u), f32(index >> 1u));
    return Vertex(clip_from_pixels(mouth.region_origin_px + corner * mouth.region_px, mouth.size_px, 0.0));
}

fn outline(index: u32) -> vec2f {
    let pair = mouth.outline_px[index / 2u];
    return select(pair.xy, pair.zw, (index & 1u) == 1u);
}

// x: distance to the outline, negative inside; y: distance down from the upper lip, large where there is none above.
fn distances(position_px: vec2f) -> vec2f {
    var nearest = 1e9;
    var from_above = 1e9;
    var is_inside = false;
    var previous = outline(mouth.outline_len - 1u);
    for (var index = 0u; index < mouth.outline_len; index++) {
        let current = outline(index);
        let edge = current - previous;
        let relative = position_px - previous;
        let part = clamp(dot(relative, edge) / max(dot(edge, edge), 1e-9), 0.0, 1.0);
        let gap = relative - edge * part;
        nearest = min(nearest, dot(gap, gap));
        if (previous.y > position_px.y) != (current.y > position_px.y) {
            let crossing = previous.x + edge.x * (position_px.y - previous.y) / edge.y;
            if position_px.x < crossing {
                is_inside = !is_inside;
            }
        }
        if (previous.x > position_px.x) != (current.x > position_px.x) {
            let crossing = previous.y + edge.y * (position_px.x - previous.x) / edge.x;
            if crossing <= position_px.y {
                from_above = min(from_above, position_px.y - crossing);
            }
        }
        previous = current;
    }
    return vec2f(select(sqrt(nearest), -sqrt(nearest), is_inside), from_above);
}

@fragment
fn fragment(in: Vertex) -> @location(0) vec4f {
    let position_px = in.position.xy;
    let found = distances(position_px);
    let coverage = clamp(0.5 - found.x, 0.0, 1.0) * mouth.reveal;
    if coverage <= 0.0 {
        discard;
    }
    let unit = (position_px - mouth.region_origin_px) / mouth.region_px;
    let colour = textureSampleLevel(inside, inside_sampler, unit, 0.0).rgb;
    // Lips keep light away: softly all around, and further below the upper lip.
    let around = smoothstep(0.0, 0.06 * mouth.width_px, -found.x);
    let below = smoothstep(0.0, 0.08 * mouth.width_px, found.y);
    let light = mix(0.80, 1.0, around) * mix(0.88, 1.0, below);
    return vec4f(colour * light, coverage);
}
