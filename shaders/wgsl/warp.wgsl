// Draws the portrait through its moved mesh.
// In: vertices in output pixels, each with the way back to its place in the picture; the picture at the output's size.
// Out: the moved picture. Space: output pixels, x right, y down. Rust: src/warp.rs, twin: src/cpu/warp.rs.
// A pixel that has nowhere to go back to is copied, not filtered, so a still portrait is bit-exact.

struct Warp {
    size_px: vec2f,
}

@group(0) @binding(0) var<uniform> warp: Warp;
@group(0) @binding(1) var picture: texture_2d<f32>;
@group(0) @binding(2) var picture_sampler: sampler;

struct Vertex {
    @builtin(position) position: vec4f,
    @location(0) @interpolate(linear) offset_px: vec2f,
}

@vertex
fn vertex(@location(0) position_px: vec2f, @location(1) offset_px: vec2f) -> Vertex {
    return Vertex(clip_from_pixels(position_px, warp.size_px, 0.0), offset_px);
}

@fragment
fn fragment(in: Vertex) -> @location(0) vec4f {
    if all(in.offset_px == vec2f(0.0)) {
        return textureLoad(picture, vec2i(in.position.xy), 0);
    }
    return textureSampleLevel(picture, picture_sampler, (in.position.xy + in.offset_px) / warp.size_px, 0.0);
}
