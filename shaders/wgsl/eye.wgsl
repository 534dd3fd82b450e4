// Draws one eye again, with its gaze and its lid: the same triangles as warp.wgsl, those around the eye only.
// In and out as in warp.wgsl; the eye's lines at rest. Space: the eye's own is pixels of the picture along the line through
// its corners and down from it. Rust: src/eye.rs, twin: src/cpu/eye.rs.

struct Eye {
    size_px: vec2f,
    origin_px: vec2f,
    axis: vec2f,
    iris_px: vec2f,
    gaze_px: vec2f,
    length_px: f32,
    height_px: f32,
    lash: vec4f,
    iris_radius_px: f32,
    closure: f32,
    // upper, lower, edge of the lid at rest; pixels below the line through the corners
    curves_px: array<vec4f, 33>,
    skin: array<vec4f, 33>,
}

@group(0) @binding(0) var<uniform> eye: Eye;
@group(0) @binding(1) var picture: texture_2d<f32>;
@group(0) @binding(2) var picture_sampler: sampler;

struct Vertex {
    @builtin(position) position: vec4f,
    @location(0) @interpolate(linear) offset_px: vec2f,
}

@vertex
fn vertex(@location(0) position_px: vec2f, @location(1) offset_px: vec2f) -> Vertex {
    return Vertex(clip_from_pixels(position_px, eye.size_px, 0.0), offset_px);
}

fn sample_picture(position_px: vec2f) -> vec4f {
    return textureSampleLevel(picture, picture_sampler, position_px / eye.size_px, 0.0);
}

// Where the picture is read inside the opening when the eye looks elsewhere.
fn gaze_source(source_px: vec2f, curves: vec4f, height: f32) -> vec2f {
    let from_iris = distance(source_px, eye.iris_px + eye.gaze_px);
    let radius = eye.iris_radius_px;
    let bump = 1.0 - smoothstep(1.15 * radius, 2.6 * radius, from_iris);
    let inside = smoothstep(-0.5, 1.0, height - curves.x) * smoothstep(-0.5, 1.0, curves.y - height);
    return source_px - eye.gaze_px * (bump * inside);
}

// The grain of the skin under the eye, as differences from its neighbourhood.
fn grain(position_px: vec2f) -> vec3f {
    let around = sample_picture(position_px + vec2f(1.5, 0.0)) + sample_picture(position_px - vec2f(1.5, 0.0))
        + sample_picture(position_px + vec2f(0.0, 1.5)) + sample_picture(position_px - vec2f(0.0, 1.5));
    return clamp(sample_picture(position_px).rgb - around.rgb * 0.25, vec3f(-0.03), vec3f(0.03));
}

@fragment
fn fragment(in: Vertex) -> @location(0) vec4f {
    let source_px = in.position.xy + in.offset_px;
    let down = vec2f(-eye.axis.y, eye.axis.x);
    let relative = source_px - eye.origin_px;
    let height = dot(relative, down);
    let along = dot(relative, eye.axis) / eye.length_px;
    let first = u32(clamp(along * 32.0, 0.0, 31.0));
    let part = clamp(along * 32.0 - f32(first), 0.0, 1.0);
    let curves = mix(eye.curves_px[first], eye.curves_px[first + 1u], part);
    let eye_height = eye.height_px;
    let beyond = along <= 0.0 || along >= 1.0 || height < curves.z - eye_height || height > curves.y + eye_height;
    if beyond {
        discard;
    }
    var colour = sample_picture(gaze_source(source_px, curves, height));
    let shown = smoothstep(0.0, 0.2, eye.closure);
    let edge = mix(curves.z, curves.y + 0.03 * eye_height, eye.closure);
    let taper = smoothstep(0.0, 0.06, along) * (1.0 - smoothstep(0.94, 1.0, along));
    // The lid begins softly under the fold and ends at its moving edge; a shut one covers the line of the open eye's lashes.
    let begin = smoothstep(
        curves.z - (0.14 + 0.20 * eye.closure) * eye_height,
        curves.z + (0.24 - 0.24 * eye.closure) * eye_height,
        height,
    );
    let lid = clamp(0.5 + edge - height, 0.0, 1.0) * begin * shown * taper;
    if lid > 0.0 {
        let unrolled = clamp((height - curves.z) / max(edge - curves.z, 0.01), 0.0, 1.0);
        // Round over the eyeball: lit where it bulges, darker under the fold, towards the lashes and the corners.
        let round = 1.0 + 0.07 * sin(3.14159 * unrolled) - 0.07 * (1.0 - smoothstep(0.0, 0.6, unrolled))
            - 0.14 * pow(unrolled, 4.0) - 0.14 * pow(abs(2.0 * along - 1.0), 2.0);
        let smooth_skin = mix(eye.skin[first], eye.skin[first + 1u], part).rgb;
        let skin = smooth_skin * (vec3f(1.0) - (1.0 - round) * vec3f(0.8, 1.0, 1.1)) + grain(source_px + down * (1.4 * eye_height));
        colour = vec4f(mix(colour.rgb, skin, lid), colour.a);
    }
    // Lashes on the moving edge, and their soft shadow on the eye below it.
    let below = height - edge;
    let lash_px = max(0.07 * eye_height, 0.7);
    let stroke = 0.7 * exp(-pow(below / lash_px, 2.0));
    let shadow = 0.35 * exp(-max(below, 0.0) / (0.16 * eye_height)) * step(0.0, below) * (1.0 - 0.5 * eye.closure);
    let ends = smoothstep(0.0, 0.25, along) * (1.0 - smoothstep(0.75, 1.0, along));
    colour = vec4f(mix(colour.rgb, eye.lash.rgb, max(stroke, shadow) * shown * (0.3 + 0.7 * ends) * taper), colour.a);
    return colour;
}
