// Draws the portrait through its moved mesh.
// In: vertices in output pixels, each with the way back to its place in the picture; at the output's size the picture, the person
// and the background behind the person, the latter two with colour times alpha.
// Out: the person moved over the background, straight alpha. Space: output pixels, x right, y down. Rust: src/mesh/warp/pass.rs, twin: twin.rs beside it.
// A pixel that has nowhere to go back to is copied, not filtered, so a still portrait is bit-exact.

struct Warp {
    size_px: vec2f,
    strays_px: f32,
}

@group(0) @binding(0) var<uniform> warp: Warp;
@group(0) @binding(1) var person: texture_2d<f32>;
@group(0) @binding(2) var person_sampler: sampler;
@group(0) @binding(3) var plate: texture_2d<f32>;
@group(0) @binding(4) var still: texture_2d<f32>;

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
    let place = vec2i(in.position.xy);
    let unmoved = textureLoad(still, place, 0);
    let layer = textureSampleLevel(person, person_sampler, (in.position.xy + in.offset_px) / warp.size_px, 0.0);
    let behind = textureLoad(plate, place, 0);
    // What person and background cannot explain of the picture stays while little moves, so that nothing jumps as movement begins.
    let unexplained = unmoved - over(textureLoad(person, place, 0), behind);
    let stays = 1.0 - smoothstep(0.0, warp.strays_px, length(in.offset_px));
    let moved = clamp(over(layer, behind) + unexplained * stays, vec4f(0.0), vec4f(1.0));
    // No early return: software adapters take both ways for all pixels, and would load the picture twice.
    return select(moved, unmoved, all(in.offset_px == vec2f(0.0)));
}
