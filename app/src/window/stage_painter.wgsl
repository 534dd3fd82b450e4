// The large surfaces of the window, each of which fills its viewport: plain ones, and the portrait. Rust: stage_painter.rs.

struct Surface {
    colour: vec4f,
    size_px: vec2f,
    corner_px: f32,
}

@group(0) @binding(0) var<uniform> surface: Surface;
@group(0) @binding(1) var picture: texture_2d<f32>;
@group(0) @binding(2) var picture_sampler: sampler;

struct Vertex {
    @builtin(position) position: vec4f,
    @location(0) place: vec2f,
}

@vertex
fn vertex(@builtin(vertex_index) index: u32) -> Vertex {
    let place = vec2f(f32(index & 1u), f32(index >> 1u));
    return Vertex(vec4f(2.0 * place.x - 1.0, 1.0 - 2.0 * place.y, 0.0, 1.0), place);
}

// A target that codes by itself takes linear colours.
fn linear(colour: vec4f) -> vec4f {
    let higher = pow((colour.rgb + 0.055) / 1.055, vec3f(2.4));
    return vec4f(select(higher, colour.rgb / 12.92, colour.rgb < vec3f(0.04045)), colour.a);
}

// 1 inside of the round corners.
fn coverage(place: vec2f) -> f32 {
    let half_px = 0.5 * surface.size_px;
    let beyond_px = max(abs(place * surface.size_px - half_px) - half_px + surface.corner_px, vec2f(0.0));
    return clamp(surface.corner_px - length(beyond_px) + 0.5, 0.0, 1.0);
}

fn portrait_at(place: vec2f) -> vec4f {
    let seen = textureSampleLevel(picture, picture_sampler, place, 0.0);
    let alpha = coverage(place) * seen.a;
    return vec4f(seen.rgb * alpha, alpha);
}

@fragment
fn plain(in: Vertex) -> @location(0) vec4f {
    return surface.colour * coverage(in.place);
}

@fragment
fn plain_linear(in: Vertex) -> @location(0) vec4f {
    return linear(surface.colour * coverage(in.place));
}

@fragment
fn portrait(in: Vertex) -> @location(0) vec4f {
    return portrait_at(in.place);
}

@fragment
fn portrait_linear(in: Vertex) -> @location(0) vec4f {
    return linear(portrait_at(in.place));
}
