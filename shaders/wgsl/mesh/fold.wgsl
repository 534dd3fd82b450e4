// Shades the skin where the face's motion compresses, stretches or tilts it: the picture's own folds grow deeper or flatter, and skin
// that turns in the picture's light grows brighter or darker.
// In: the vertices of warp.wgsl, and for each how much brighter it is and how much deeper its folds are; the folds of the picture, a half
// where there are none. Out: half of what the frame is multiplied with; blending doubles it. Space: output pixels.
// Rust: src/mesh/fold/pass.rs, twin: twin.rs beside it.

struct Fold {
    size_px: vec2f,
    map_from_px: vec2f,
    map_size_px: vec2f,
}

// The darkest and the brightest that skin becomes, halved. The same in Rust.
const MULTIPLIER = vec2f(0.42, 0.53);

@group(0) @binding(0) var<uniform> fold: Fold;
@group(0) @binding(1) var map: texture_2d<f32>;
@group(0) @binding(2) var map_sampler: sampler;

struct Vertex {
    @builtin(position) position: vec4f,
    @location(0) @interpolate(linear) offset_px: vec2f,
    @location(1) @interpolate(linear) shade: vec2f,
}

@vertex
fn vertex(@location(0) position_px: vec2f, @location(1) offset_px: vec2f, @location(2) shade: vec2f) -> Vertex {
    return Vertex(clip_from_pixels(position_px, fold.size_px, 0.0), offset_px, shade);
}

@fragment
fn fragment(in: Vertex) -> @location(0) vec4f {
    let place = (in.position.xy + in.offset_px - fold.map_from_px) / fold.map_size_px;
    let relief = textureSampleLevel(map, map_sampler, place, 0.0).r - 128.0 / 255.0;
    let multiplier = 0.5 + 0.5 * in.shade.x + in.shade.y * relief;
    return vec4f(vec3f(clamp(multiplier, MULTIPLIER.x, MULTIPLIER.y)), 1.0);
}
