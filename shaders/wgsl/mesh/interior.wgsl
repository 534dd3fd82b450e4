// Draws teeth, gums, tongue and cavity into a texture of their own, twice as fine as the output.
// In: vertices in output pixels from the region's corner with depth 0–1; their paint in linear light.
// Out: sRGB-coded colour. Space: region pixels, x right, y down. Rust: src/mesh/mouth/interior/pass.rs, twin: twin.rs beside it.

struct Interior {
    region_px: vec2f,
}

@group(0) @binding(0) var<uniform> interior: Interior;

struct Vertex {
    @builtin(position) position: vec4f,
    @location(0) colour: vec3f,
    @location(1) normal: vec3f,
    @location(2) gloss: f32,
}

@vertex
fn vertex(
    @location(0) place: vec3f,
    @location(1) colour: vec3f,
    @location(2) normal: vec3f,
    @location(3) gloss: f32,
) -> Vertex {
    return Vertex(clip_from_pixels(place.xy, interior.region_px, place.z), colour, normal, gloss);
}

fn srgb_from_linear(linear: vec3f) -> vec3f {
    let low = linear * 12.92;
    let high = 1.055 * pow(max(linear, vec3f(1e-6)), vec3f(1.0 / 2.4)) - 0.055;
    return select(high, low, linear <= vec3f(0.0031308));
}

@fragment
fn fragment(in: Vertex) -> @location(0) vec4f {
    // Half-way between the view and a light above it.
    let half_way = vec3f(0.0, -0.316, -0.949);
    let shine = pow(max(dot(normalize(in.normal), half_way), 0.0), 40.0) * in.gloss;
    return vec4f(srgb_from_linear(clamp(in.colour + vec3f(shine), vec3f(0.0), vec3f(1.0))), 1.0);
}
