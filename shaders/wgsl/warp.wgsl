// Draws the portrait through its moved mesh, with eyelids and gaze.
// In: vertices in output pixels, each with the way back to its place in the picture; the picture at the output's size.
// Out: the moved picture. Space: output pixels, x right, y down. Rust: src/warp.rs, twin: src/cpu/warp.rs.
// A pixel that has nowhere to go back to is copied, not filtered, so a still portrait is bit-exact.

struct Eye {
    origin_px: vec2f,
    axis: vec2f,
    iris_px: vec2f,
    gaze_px: vec2f,
    bounds_px: vec4f,
    lash: vec4f,
    length_px: f32,
    height_px: f32,
    iris_radius_px: f32,
    closure: f32,
    // upper, lower, fold, rest edge; pixels below the line through the corners
    curves_px: array<vec4f, 33>,
    skin: array<vec4f, 33>,
}

struct Warp {
    size_px: vec2f,
    eyes: array<Eye, 2>,
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
    let unit = position_px / warp.size_px;
    return Vertex(vec4f(unit.x * 2.0 - 1.0, 1.0 - unit.y * 2.0, 0.0, 1.0), offset_px);
}

fn sample_picture(position_px: vec2f) -> vec4f {
    return textureSampleLevel(picture, picture_sampler, position_px / warp.size_px, 0.0);
}

fn between_columns(position: f32) -> vec2u {
    let first = u32(clamp(position, 0.0, 31.0));
    return vec2u(first, first + 1u);
}

// Where the picture is read inside the opening when the eye looks elsewhere.
fn gaze_source(eye: u32, source_px: vec2f, curves: vec4f, height: f32) -> vec2f {
    let from_iris = distance(source_px, warp.eyes[eye].iris_px + warp.eyes[eye].gaze_px);
    let radius = warp.eyes[eye].iris_radius_px;
    let bump = 1.0 - smoothstep(1.15 * radius, 2.6 * radius, from_iris);
    let inside = smoothstep(-0.5, 1.0, height - curves.x) * smoothstep(-0.5, 1.0, curves.y - height);
    return source_px - warp.eyes[eye].gaze_px * (bump * inside);
}

fn draw_eye(eye: u32, source_px: vec2f) -> vec4f {
    let axis = warp.eyes[eye].axis;
    let down = vec2f(-axis.y, axis.x);
    let relative = source_px - warp.eyes[eye].origin_px;
    let along_px = dot(relative, axis);
    let height = dot(relative, down);
    let along = along_px / warp.eyes[eye].length_px;
    if along <= 0.0 || along >= 1.0 {
        return sample_picture(source_px);
    }
    let column = between_columns(along * 32.0);
    let part = along * 32.0 - f32(column.x);
    let curves = mix(warp.eyes[eye].curves_px[column.x], warp.eyes[eye].curves_px[column.y], part);
    var colour = sample_picture(gaze_source(eye, source_px, curves, height));
    let closure = warp.eyes[eye].closure;
    if closure > 0.0 {
        let eye_height = warp.eyes[eye].height_px;
        let shown = smoothstep(0.0, 0.2, closure);
        let edge = mix(curves.w, curves.y + 0.03 * eye_height, closure);
        let fold = curves.z;
        let taper = smoothstep(0.0, 0.08, along) * (1.0 - smoothstep(0.92, 1.0, along));
        let lid = clamp(0.5 + edge - height, 0.0, 1.0) * clamp(0.5 + height - fold, 0.0, 1.0) * taper;
        if lid > 0.0 {
            // The skin above the lashes unrolls over the eye.
            let unrolled = clamp((height - fold) / max(edge - fold, 0.01), 0.0, 1.0);
            let skin_height = fold + unrolled * (curves.w - fold);
            let stretched = sample_picture(warp.eyes[eye].origin_px + axis * along_px + down * skin_height);
            let smooth_skin = mix(warp.eyes[eye].skin[column.x], warp.eyes[eye].skin[column.y], part);
            let clean = smoothstep(0.0, 0.45, unrolled) * 0.8 * shown;
            // Round over the eyeball: lit where it bulges, darker towards the lashes and the corners.
            let round = 1.0 + shown * (0.05 * sin(3.14159 * unrolled) - 0.14 * pow(unrolled, 4.0)
                - 0.10 * pow(abs(2.0 * along - 1.0), 3.0));
            let skin = mix(stretched.rgb, smooth_skin.rgb, clean) * round;
            colour = vec4f(mix(colour.rgb, skin, lid), colour.a);
        }
        // Lashes on the moving edge, and their soft shadow on the eye below it.
        let below = height - edge;
        let lash_px = max(0.055 * eye_height, 0.6);
        let stroke = exp(-pow(below / lash_px, 2.0));
        let shadow = 0.35 * exp(-max(below, 0.0) / (0.16 * eye_height)) * step(0.0, below) * (1.0 - closure);
        let lash = max(stroke * 0.8, shadow) * shown * taper;
        colour = vec4f(mix(colour.rgb, warp.eyes[eye].lash.rgb, lash), colour.a);
    }
    return colour;
}

@fragment
fn fragment(in: Vertex) -> @location(0) vec4f {
    let source_px = in.position.xy + in.offset_px;
    for (var eye = 0u; eye < 2u; eye++) {
        let bounds = warp.eyes[eye].bounds_px;
        let active_eye = warp.eyes[eye].closure > 0.0 || any(warp.eyes[eye].gaze_px != vec2f(0.0));
        if active_eye && all(source_px > bounds.xy) && all(source_px < bounds.zw) {
            return draw_eye(eye, source_px);
        }
    }
    if all(in.offset_px == vec2f(0.0)) {
        return textureLoad(picture, vec2i(in.position.xy), 0);
    }
    return sample_picture(source_px);
}
