// What a person who does not move would show in front of people who do: the picture under the passes that move the person.
// In: the frame of those behind, straight alpha; the person and the background behind, colour times alpha; the picture at rest.
// Out: one of two pictures, by `shows_backdrop`: the frame of those behind with its colour times alpha, or the person over it.
// Space: output pixels, x right, y down. Rust: src/mesh/rest/pass.rs, twin: twin.rs beside it.
// Where those behind are as in the picture, so is the outcome, to the bit.

struct Rest {
    size_px: vec2f,
    shows_backdrop: u32,
}

@group(0) @binding(0) var<uniform> rest: Rest;
@group(0) @binding(1) var backdrop: texture_2d<f32>;
@group(0) @binding(3) var person: texture_2d<f32>;
@group(0) @binding(4) var plate: texture_2d<f32>;
@group(0) @binding(5) var still: texture_2d<f32>;

struct Vertex {
    @builtin(position) position: vec4f,
    @location(0) @interpolate(flat) shows_backdrop: u32,
}

@vertex
fn vertex(@builtin(vertex_index) index: u32) -> Vertex {
    let corner = vec2f(f32(index & 1u), f32(index >> 1u));
    return Vertex(clip_from_pixels(corner * rest.size_px, rest.size_px, 0.0), rest.shows_backdrop);
}

@fragment
fn fragment(in: Vertex) -> @location(0) vec4f {
    let place = vec2i(in.position.xy);
    let shown = textureLoad(backdrop, place, 0);
    let behind = vec4f(shown.rgb * shown.a, shown.a);
    if in.shows_backdrop == 1u {
        return behind;
    }
    let before = textureLoad(plate, place, 0);
    let seen = textureLoad(still, place, 0);
    if all(behind == before) {
        return seen;
    }
    let layer = textureLoad(person, place, 0);
    return clamp(over(layer, behind) + seen - over(layer, before), vec4f(0.0), vec4f(1.0));
}
