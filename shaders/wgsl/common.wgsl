// Joined in front of the other shaders.
//
// In a fragment shader nothing branches or loops on uniforms alone: lavapipe compiles such a shader anew whenever their values change
// and keeps every version (Mesa 22.3, `lvp_inline_uniforms.c`). What decides comes from the vertex shader, flat.

// Clip space of a place in a target of `size_px` pixels, x right, y down.
fn clip_from_pixels(place_px: vec2f, size_px: vec2f, depth: f32) -> vec4f {
    let unit = place_px / size_px;
    return vec4f(unit.x * 2.0 - 1.0, 1.0 - unit.y * 2.0, depth, 1.0);
}

// A layer over a plate, both with their colour times alpha; straight alpha comes out.
fn over(layer: vec4f, behind: vec4f) -> vec4f {
    let sum = layer + behind * (1.0 - layer.a);
    return vec4f(sum.rgb / max(sum.a, 1e-4), sum.a);
}
