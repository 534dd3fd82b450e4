// Joined in front of the other shaders.

// Clip space of a place in a target of `size_px` pixels, x right, y down.
fn clip_from_pixels(place_px: vec2f, size_px: vec2f, depth: f32) -> vec4f {
    let unit = place_px / size_px;
    return vec4f(unit.x * 2.0 - 1.0, 1.0 - unit.y * 2.0, depth, 1.0);
}

