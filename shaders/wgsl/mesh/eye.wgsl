// Draws one eye again, with its gaze and its lid: the same triangles as warp.wgsl, those around the eye only.
// In and out as in warp.wgsl; the eye's lines at rest, and the skin that was painted for its lid. Space: the eye's own is pixels of the picture along the line through
// its corners and down from it. Rust: src/mesh/eye/pass.rs, twin: twin.rs beside it.

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
    lid_from: vec2f,
    lid_to: vec2f,
    grain_from_px: vec2f,
    blur_px: f32,
    grain_limit: f32,
    // upper, lower, edge of the lid at rest; pixels below the line through the corners
    curves_px: array<vec4f, 33>,
}

// Strength of the lash line in a picture without blur. The same in Rust.
const LASH = 0.85;

@group(0) @binding(0) var<uniform> eye: Eye;
@group(0) @binding(1) var picture: texture_2d<f32>;
@group(0) @binding(2) var picture_sampler: sampler;
@group(0) @binding(3) var lid_skin: texture_2d<f32>;

struct Vertex {
    @builtin(position) position: vec4f,
    @location(0) @interpolate(linear) offset_px: vec2f,
    // Whether the eye looks elsewhere than in the picture.
    @location(1) @interpolate(flat) looks_away: u32,
}

@vertex
fn vertex(@location(0) position_px: vec2f, @location(1) offset_px: vec2f) -> Vertex {
    let looks_away = u32(any(eye.gaze_px != vec2f(0.0)));
    return Vertex(clip_from_pixels(position_px, eye.size_px, 0.0), offset_px, looks_away);
}

fn sample_picture(position_px: vec2f) -> vec4f {
    return textureSampleLevel(picture, picture_sampler, position_px / eye.size_px, 0.0);
}

// Where the eye's lines are at a part of its length: upper, lower, edge of the lid at rest.
fn curves_at(along: f32) -> vec4f {
    let first = u32(clamp(along * 32.0, 0.0, 31.0));
    let part = clamp(along * 32.0 - f32(first), 0.0, 1.0);
    return mix(eye.curves_px[first], eye.curves_px[first + 1u], part);
}

// 1 well inside the opening, 0 outside.
fn in_opening(position_px: vec2f) -> f32 {
    let relative = position_px - eye.origin_px;
    let height = dot(relative, vec2f(-eye.axis.y, eye.axis.x));
    let curves = curves_at(dot(relative, eye.axis) / eye.length_px);
    return smoothstep(0.0, 0.3 * eye.height_px + 0.5, min(height - curves.x, curves.y - height));
}

// From where the eye's content comes when the iris has moved; its surroundings give way.
fn shifted(position_px: vec2f, inside: f32) -> vec2f {
    let from_iris = distance(position_px, eye.iris_px + eye.gaze_px);
    let radius = eye.iris_radius_px;
    let bump = 1.0 - smoothstep(1.15 * radius, 2.6 * radius, from_iris);
    return position_px - eye.gaze_px * (bump * inside);
}

// The picture inside the opening when the eye looks elsewhere. An iris that leaves the corner of the eye brings to light what
// the corner hid: its other side and the white there look as those on the open side do.
fn looking(looks_away: u32, source_px: vec2f, curves: vec4f, height: f32) -> vec4f {
    if looks_away == 0u {
        return sample_picture(source_px);
    }
    let inside = smoothstep(-0.5, 1.0, height - curves.x) * smoothstep(-0.5, 1.0, curves.y - height);
    let plain_px = shifted(source_px, inside);
    let from_iris = dot(source_px - eye.iris_px - eye.gaze_px, eye.axis);
    let mirrored_px = shifted(source_px - eye.axis * (2.0 * from_iris), inside);
    let moved = smoothstep(0.0, 0.4 * eye.iris_radius_px, distance(plain_px, source_px));
    // Only on the side that the iris leaves: on the other one the lids hide no more than they did.
    let behind_px = -from_iris * dot(eye.gaze_px, eye.axis) / length(eye.gaze_px);
    let behind = smoothstep(0.0, 0.5 * eye.iris_radius_px, behind_px);
    let hidden = inside * moved * behind * (1.0 - in_opening(plain_px)) * in_opening(mirrored_px);
    return mix(sample_picture(plain_px), sample_picture(mirrored_px), hidden);
}

// The grain of plain skin, as differences from its neighbourhood.
fn grain(position_px: vec2f) -> vec3f {
    let around = sample_picture(position_px + vec2f(1.5, 0.0)) + sample_picture(position_px - vec2f(1.5, 0.0))
        + sample_picture(position_px + vec2f(0.0, 1.5)) + sample_picture(position_px - vec2f(0.0, 1.5));
    return clamp(sample_picture(position_px).rgb - around.rgb * 0.25, vec3f(-eye.grain_limit), vec3f(eye.grain_limit));
}

// Single lashes below the edge, at a part of their length; where they are finer than pixels, their mean.
fn lash_points(along: f32, part: f32) -> f32 {
    let strand = 0.5 + 0.5 * cos(6.28318 * 24.0 * (along - (along - 0.5) * 0.14 * part));
    let single = smoothstep(1.5, 4.0, eye.length_px / 24.0);
    return mix(0.4, strand * strand, single) * clamp(1.0 - part, 0.0, 1.0) * step(0.0, part);
}

@fragment
fn fragment(in: Vertex) -> @location(0) vec4f {
    let source_px = in.position.xy + in.offset_px;
    let down = vec2f(-eye.axis.y, eye.axis.x);
    let relative = source_px - eye.origin_px;
    let height = dot(relative, down);
    let along = dot(relative, eye.axis) / eye.length_px;
    let curves = curves_at(along);
    let in_lid = (vec2f(along, height) - eye.lid_from) / (eye.lid_to - eye.lid_from);
    if any(in_lid <= vec2f(0.0)) || any(in_lid >= vec2f(1.0)) {
        discard;
    }
    let eye_height = eye.height_px;
    var colour = looking(in.looks_away, source_px, curves, height);
    let shown = smoothstep(0.0, 0.2, eye.closure);
    let edge = mix(curves.z, curves.y + 0.03 * eye_height + 0.4 * eye.blur_px, eye.closure);
    let taper = smoothstep(-0.04, 0.06, along) * (1.0 - smoothstep(0.94, 1.04, along));
    // The lid begins softly under the fold and ends at its moving edge; a shut one covers the line of the open eye's lashes.
    let begin = smoothstep(
        curves.z - (0.14 + 0.30 * eye.closure) * eye_height,
        curves.z + (0.24 - 0.36 * eye.closure) * eye_height,
        height,
    );
    let painted = textureSampleLevel(lid_skin, picture_sampler, in_lid, 0.0);
    // Lashes that stood up at rest have gone down with the edge; glasses stay in front of the lid.
    let gives_way = max(2.0 * painted.a - 1.0, 0.0) * smoothstep(0.0, 0.4, eye.closure)
        * smoothstep(-0.12, -0.04, along) * (1.0 - smoothstep(1.04, 1.12, along));
    let behind = min(2.0 * painted.a, 1.0);
    let lid = clamp(0.5 + (edge - height) / (2.0 * eye.blur_px), 0.0, 1.0) * max(begin * shown * taper, gives_way) * behind;
    if lid > 0.0 {
        let unrolled = clamp((height - curves.z) / max(edge - curves.z, 0.01), 0.0, 1.0);
        // Round over the eyeball: lit where it bulges, darker towards the lashes and the corners, and in the fold, which a shut lid smooths.
        let from_fold = (height - curves.z + 0.10 * eye_height) / ((0.09 + 0.20 * eye.closure) * eye_height);
        let round = 0.98 + 0.07 * sin(3.14159 * unrolled) - 0.20 * pow(unrolled, 5.0)
            - 0.12 * pow(min(abs(2.0 * along - 1.0), 1.0), 3.0) * begin
            - (0.10 - 0.07 * eye.closure) * exp(-from_fold * from_fold) * taper * shown;
        let skin = painted.rgb * (vec3f(1.0) - (1.0 - round) * vec3f(0.8, 1.0, 1.1)) + grain(source_px + eye.grain_from_px);
        colour = vec4f(mix(colour.rgb, skin, lid), colour.a);
    }
    // Lashes on the moving edge, as blurred as the picture, their points below it, and their soft shadow on the eye.
    let below = height - edge;
    let lash_px = max(0.08 * eye_height, 0.7);
    let stroke_px = sqrt(lash_px * lash_px + 2.0 * eye.blur_px * eye.blur_px);
    let stroke = LASH * lash_px / stroke_px * exp(-pow(below / stroke_px, 2.0));
    let shadow = 0.35 * exp(-max(below, 0.0) / (0.16 * eye_height)) * step(0.0, below) * (1.0 - 0.5 * eye.closure);
    let points = 0.5 * lash_points(along, below / (0.32 * eye_height * max(eye.closure, 0.01)));
    let ends = smoothstep(0.0, 0.25, along) * (1.0 - smoothstep(0.75, 1.0, along));
    let lash = max(max(stroke, points), shadow) * shown * (0.3 + 0.7 * ends) * taper * behind;
    colour = vec4f(mix(colour.rgb, eye.lash.rgb, lash), colour.a);
    return colour;
}
