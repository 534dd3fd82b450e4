// Lays the inside of the mouth over the opening between the lips, as blurred and as grainy as the picture.
// In: the outline of the opening in output pixels; the inside drawn by interior.wgsl; the picture, and its own upper teeth cut out of it.
// Out: colour with coverage in alpha, to be blended. Space: output pixels. Rust: src/mesh/mouth/pass.rs, twin: twin.rs beside it.

struct Mouth {
    size_px: vec2f,
    region_origin_px: vec2f,
    region_px: vec2f,
    reveal: f32,
    width_px: f32,
    outline_len: u32,
    blur_px: f32,
    edge_px: f32,
    grain_limit: f32,
    middle_px: vec2f,
    across: vec2f,
    grain_from_px: vec2f,
    own_size: vec2f,
    to_own: vec4f,
    own_shift: vec2f,
    seam: f32,
    seam_px: f32,
    // first and last corner of what is drawn
    drawn_px: vec4f,
    rim: vec4f,
    // alpha: how much of a narrow opening it fills
    seam_colour: vec4f,
    // two points in each
    outline_px: array<vec4f, 20>,
}

// How far the turn of the lips is seen beyond the opening, in widths of the mouth, and how much farther in its corners. The same in
// Rust.
const RIM = 0.035;
const RIM_AT_CORNER = 1.5;

// Light in the corners, and what shade takes from red and blue against green: it is filled with light that flesh gave back. The same in
// Rust.
const CORNER_LIGHT = 0.45;
const SHADE_OF_FLESH = vec3f(0.8, 1.0, 1.08);

// Part of the corners that is the flesh of the lips, what reaches teeth right beside them, and how far from them teeth are in full light, in
// widths of the mouth. The same in Rust.
const CORNER_FLESH = 0.7;
const BESIDE_LIPS = 0.7;
const FULL_LIGHT = 0.1;

// Part of the light that comes through the narrowest opening, and how high one is that takes none, in widths of the mouth. The same in Rust.
const NARROW = 0.6;
const WIDE = 0.05;

@group(0) @binding(0) var<uniform> mouth: Mouth;
@group(0) @binding(1) var inside: texture_2d<f32>;
@group(0) @binding(2) var inside_sampler: sampler;
@group(0) @binding(3) var picture: texture_2d<f32>;
@group(0) @binding(4) var own_teeth: texture_2d<f32>;

struct Vertex {
    @builtin(position) position: vec4f,
    @location(0) @interpolate(flat) outline_len: u32,
}

@vertex
fn vertex(@builtin(vertex_index) index: u32) -> Vertex {
    let corner = vec2f(f32(index & 1u), f32(index >> 1u));
    return Vertex(clip_from_pixels(mix(mouth.drawn_px.xy, mouth.drawn_px.zw, corner), mouth.size_px, 0.0), mouth.outline_len);
}

fn outline(index: u32) -> vec2f {
    let pair = mouth.outline_px[index / 2u];
    return select(pair.xy, pair.zw, (index & 1u) == 1u);
}

// x: distance to the outline, negative inside; y: distance down from the line above, large where there is none; z: distance up from the
// line below, large where there is none.
fn distances(position_px: vec2f, outline_len: u32) -> vec3f {
    var nearest = 1e9;
    var from_above = 1e9;
    var from_below = 1e9;
    var is_inside = false;
    var previous = outline(outline_len - 1u);
    for (var index = 0u; index < outline_len; index++) {
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
            } else {
                from_below = min(from_below, crossing - position_px.y);
            }
        }
        previous = current;
    }
    return vec3f(select(sqrt(nearest), -sqrt(nearest), is_inside), from_above, from_below);
}

// The inside as blurred as the picture is: the binomial filter of 3 x 3 taps, as far apart as the blur asks for.
fn blurred(position_px: vec2f) -> vec3f {
    let unit = (position_px - mouth.region_origin_px) / mouth.region_px;
    let step = 1.41421 * mouth.blur_px / mouth.region_px;
    var sum = vec3f(0.0);
    for (var row = -1; row <= 1; row++) {
        for (var column = -1; column <= 1; column++) {
            let weight = f32((2 - abs(row)) * (2 - abs(column))) / 16.0;
            let place = unit + step * vec2f(f32(column), f32(row));
            sum += weight * textureSampleLevel(inside, inside_sampler, place, 0.0).rgb;
        }
    }
    return sum;
}

fn sample_picture(position_px: vec2f) -> vec3f {
    return textureSampleLevel(picture, inside_sampler, position_px / mouth.size_px, 0.0).rgb;
}

// The picture's grain on skin beside the mouth, as differences from its neighbourhood.
fn grain(position_px: vec2f) -> vec3f {
    let around = sample_picture(position_px + vec2f(1.5, 0.0)) + sample_picture(position_px - vec2f(1.5, 0.0))
        + sample_picture(position_px + vec2f(0.0, 1.5)) + sample_picture(position_px - vec2f(0.0, 1.5));
    return clamp(sample_picture(position_px) - around * 0.25, vec3f(-mouth.grain_limit), vec3f(mouth.grain_limit));
}

// The picture's own upper teeth, which stay with the skull.
fn own_row(position_px: vec2f) -> vec4f {
    let place = mat2x2f(mouth.to_own.xy, mouth.to_own.zw) * position_px + mouth.own_shift;
    let seen = textureSampleLevel(own_teeth, inside_sampler, place / max(mouth.own_size, vec2f(1.0)), 0.0);
    return select(vec4f(0.0), seen, all(place >= vec2f(0.0)) && all(place <= mouth.own_size));
}

fn shade(light: f32) -> vec3f {
    return max(vec3f(1.0) - (1.0 - light) * SHADE_OF_FLESH, vec3f(0.0));
}

@fragment
fn fragment(in: Vertex) -> @location(0) vec4f {
    let position_px = in.position.xy;
    let found = distances(position_px, in.outline_len);
    // Lips turn inwards at their edge, the upper one into its own shade.
    let along = abs(dot(position_px - mouth.middle_px, mouth.across));
    let to_corner = smoothstep(0.30, 1.0, along);
    let rim_px = (RIM * mouth.width_px) * (1.0 + RIM_AT_CORNER * to_corner) + mouth.edge_px;
    let turned = clamp(1.0 - found.x / rim_px, 0.0, 1.0);
    let is_upper = found.z < found.y;
    let strength = select(mix(0.18, 0.45, to_corner), 0.28, is_upper);
    let ends = 1.0 - smoothstep(0.96, 1.06, along);
    // Between shut lips a soft line, and its dark in a narrow opening.
    let opening = 1.0 - smoothstep(-mouth.edge_px, mouth.edge_px, found.x);
    let line = mouth.seam * (1.0 - smoothstep(0.0, mouth.seam_px, max(found.x, 0.0))) * ends;
    let seam = max(line, mouth.seam_colour.a * opening);
    let turn = turned * turned * strength * ends * mouth.reveal;
    let rim = max(turn, seam);
    let flesh = mix(mouth.rim.rgb, mouth.seam_colour.rgb, seam / max(turn + seam, 1e-6));
    let coverage = opening * mouth.reveal;
    let alpha = coverage + rim * (1.0 - coverage);
    if alpha <= 0.0 {
        discard;
    }
    if coverage <= 0.0 {
        return vec4f(flesh, alpha);
    }
    let narrow = mix(NARROW, 1.0, smoothstep(0.0, WIDE * mouth.width_px, found.y + found.z));
    // Lips keep light away: all around, further below the upper lip, and most in the corners.
    let around = smoothstep(-mouth.edge_px, 0.05 * mouth.width_px, -found.x);
    let below = smoothstep(0.0, 0.075 * mouth.width_px, found.y);
    let beside = smoothstep(-mouth.edge_px, FULL_LIGHT * mouth.width_px, -found.x);
    let light = mix(BESIDE_LIPS, 1.0, beside) * mix(0.72, 1.0, below) * mix(1.0, CORNER_LIGHT, to_corner) * narrow;
    let shaded = mix(blurred(position_px) * shade(light), mouth.rim.rgb, CORNER_FLESH * to_corner);
    let painted = shaded + grain(position_px + mouth.grain_from_px);
    let own = own_row(position_px);
    let colour = mix(painted, own.rgb * (mix(0.84, 1.0, around) * narrow), own.a);
    return vec4f(mix(flesh, clamp(colour, vec3f(0.0), vec3f(1.0)), coverage / alpha), alpha);
}
