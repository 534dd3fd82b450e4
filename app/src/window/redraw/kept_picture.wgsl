// The kept picture of the window, on the window. Rust: kept_picture.rs.

@group(0) @binding(0) var picture: texture_2d<f32>;

// A triangle that covers everything.
@vertex
fn vertex(@builtin(vertex_index) index: u32) -> @builtin(position) vec4f {
    let place = vec2f(f32(index & 1u), f32(index >> 1u));
    return vec4f(4.0 * place - 1.0, 0.0, 1.0);
}

@fragment
fn fragment(@builtin(position) position: vec4f) -> @location(0) vec4f {
    return textureLoad(picture, vec2i(position.xy), 0);
}
