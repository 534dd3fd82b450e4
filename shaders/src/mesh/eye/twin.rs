//! Twin of `wgsl/mesh/eye.wgsl`.

use std::f32::consts::{PI, TAU};

use glam::{Vec2, Vec3, Vec4};

use super::finish::EyeFinish;
use super::{EyeColumn, EyeShape, EyeState, LidSkin};
use crate::mesh::cpu::{raster, to_byte};
use crate::mesh::deform::Deformed;
use crate::mesh::prepare::PreparedScene;
use crate::scene::image::Image;
use crate::smooth_step::smooth_step;

/// Strength of the lash line in a picture without blur. The same in the shader.
const LASH: f32 = 0.85;

/// Draws the eyes that are not as in the picture over the warped portrait.
pub(crate) fn draw(scene: &PreparedScene, frame: &Deformed, rgba: &mut [u8]) {
    let (width, height) = (scene.width_px as usize, scene.height_px as usize);
    let image = scene.image(&scene.layers.still);
    for side in 0..2 {
        let (shape, state) = (&scene.eyes[side], &frame.eyes[side]);
        if !state.is_active() {
            continue;
        }
        let finish = EyeFinish::new(shape, &scene.mouth);
        for triangle in &scene.draw_order.eyes[side] {
            let corners = triangle.map(|index| frame.vertices[index as usize]);
            raster::warped(corners, width, height, |x, y, offset| {
                let middle = Vec2::new(x as f32 + 0.5, y as f32 + 0.5);
                if let Some(colour) = fragment(shape, state, &image, &finish, middle + offset) {
                    let bytes = colour.to_array().map(to_byte);
                    rgba[(y * width + x) * 4..][..4].copy_from_slice(&bytes);
                }
            });
        }
    }
}

fn fragment(
    shape: &EyeShape,
    state: &EyeState,
    image: &Image,
    finish: &EyeFinish,
    source: Vec2,
) -> Option<Vec4> {
    let blur_px = finish.blur_px;
    let down = shape.down();
    let relative = source - shape.origin_px;
    let height = relative.dot(down);
    let along = relative.dot(shape.axis) / shape.length_px;
    let EyeColumn {
        upper_px: upper,
        lower_px: lower,
        rest_edge_px: rest_edge,
    } = curves_at(shape, along);
    let eye_height = shape.height_px;
    let in_lid = (Vec2::new(along, height) - shape.lid.from) / (shape.lid.to - shape.lid.from);
    if in_lid.cmple(Vec2::ZERO).any() || in_lid.cmpge(Vec2::ONE).any() {
        return None;
    }
    let inside = smooth_step(-0.5, 1.0, height - upper) * smooth_step(-0.5, 1.0, lower - height);
    let seen = looking(shape, state, image, source, inside);
    let mut colour = seen.truncate();
    let shown = smooth_step(0.0, 0.2, state.closure);
    let shut_edge = lower + 0.03 * eye_height + 0.4 * blur_px;
    let edge = rest_edge + (shut_edge - rest_edge) * state.closure;
    let taper = smooth_step(-0.04, 0.06, along) * (1.0 - smooth_step(0.94, 1.04, along));
    let begin = smooth_step(
        rest_edge - (0.14 + 0.30 * state.closure) * eye_height,
        rest_edge + (0.24 - 0.36 * state.closure) * eye_height,
        height,
    );
    let [columns, rows] = LidSkin::SIZE.map(|side| side as f32);
    let painted = shape
        .lid
        .image()
        .sample_rgba(in_lid * Vec2::new(columns, rows));
    let gives_way = (2.0 * painted.w - 1.0).max(0.0)
        * smooth_step(0.0, 0.4, state.closure)
        * smooth_step(-0.12, -0.04, along)
        * (1.0 - smooth_step(1.04, 1.12, along));
    let behind = (2.0 * painted.w).min(1.0);
    let lid = (0.5 + (edge - height) / (2.0 * blur_px)).clamp(0.0, 1.0)
        * (begin * shown * taper).max(gives_way)
        * behind;
    if lid > 0.0 {
        let unrolled = ((height - rest_edge) / (edge - rest_edge).max(0.01)).clamp(0.0, 1.0);
        let fold_px = (0.09 + 0.20 * state.closure) * eye_height;
        let from_fold = (height - rest_edge + 0.10 * eye_height) / fold_px;
        let round = 0.98 + 0.07 * (PI * unrolled).sin()
            - 0.20 * unrolled.powi(5)
            - 0.12 * (2.0 * along - 1.0).abs().min(1.0).powi(3) * begin
            - (0.10 - 0.07 * state.closure) * (-from_fold * from_fold).exp() * taper * shown;
        let skin = painted.truncate() * (Vec3::ONE - Vec3::new(0.8, 1.0, 1.1) * (1.0 - round))
            + grain(image, source + finish.grain_from_px, finish.grain_limit);
        colour = colour.lerp(skin, lid);
    }
    let below = height - edge;
    let lash_px = (0.08 * eye_height).max(0.7);
    let stroke_px = (lash_px * lash_px + 2.0 * blur_px * blur_px).sqrt();
    let stroke = (LASH * lash_px / stroke_px) * (-(below / stroke_px).powi(2)).exp();
    let shadow = if below >= 0.0 {
        0.35 * (-below / (0.16 * eye_height)).exp() * (1.0 - 0.5 * state.closure)
    } else {
        0.0
    };
    let ends = smooth_step(0.0, 0.25, along) * (1.0 - smooth_step(0.75, 1.0, along));
    let reach = 0.32 * eye_height * state.closure.max(0.01);
    let points = 0.5 * lash_points(shape.length_px, along, below / reach);
    let lash = stroke.max(points).max(shadow) * shown * (0.3 + 0.7 * ends) * taper * behind;
    Some(colour.lerp(shape.lash, lash).extend(seen.w))
}

fn curves_at(shape: &EyeShape, along: f32) -> EyeColumn {
    let first = (along * 32.0).clamp(0.0, 31.0) as usize;
    let part = (along * 32.0 - first as f32).clamp(0.0, 1.0);
    let (from, to) = (&shape.columns[first], &shape.columns[first + 1]);
    let mix = |from: f32, to: f32| from + (to - from) * part;
    EyeColumn {
        upper_px: mix(from.upper_px, to.upper_px),
        lower_px: mix(from.lower_px, to.lower_px),
        rest_edge_px: mix(from.rest_edge_px, to.rest_edge_px),
    }
}

fn in_opening(shape: &EyeShape, position: Vec2) -> f32 {
    let relative = position - shape.origin_px;
    let height = relative.dot(shape.down());
    let curves = curves_at(shape, relative.dot(shape.axis) / shape.length_px);
    let depth = (height - curves.upper_px).min(curves.lower_px - height);
    smooth_step(0.0, 0.3 * shape.height_px + 0.5, depth)
}

fn shifted(shape: &EyeShape, state: &EyeState, position: Vec2, inside: f32) -> Vec2 {
    let from_iris = position.distance(shape.iris_px + state.gaze_px);
    let radius = shape.iris_radius_px;
    let bump = 1.0 - smooth_step(1.15 * radius, 2.6 * radius, from_iris);
    position - state.gaze_px * (bump * inside)
}

fn looking(shape: &EyeShape, state: &EyeState, image: &Image, source: Vec2, inside: f32) -> Vec4 {
    if state.gaze_px == Vec2::ZERO {
        return image.sample_rgba(source);
    }
    let plain = shifted(shape, state, source, inside);
    let from_iris = (source - shape.iris_px - state.gaze_px).dot(shape.axis);
    let mirrored = shifted(
        shape,
        state,
        source - shape.axis * (2.0 * from_iris),
        inside,
    );
    let moved = smooth_step(0.0, 0.4 * shape.iris_radius_px, plain.distance(source));
    let behind_px = -from_iris * state.gaze_px.dot(shape.axis) / state.gaze_px.length();
    let behind = smooth_step(0.0, 0.5 * shape.iris_radius_px, behind_px);
    let open = in_opening(shape, mirrored);
    let hidden = inside * moved * behind * (1.0 - in_opening(shape, plain)) * open;
    image
        .sample_rgba(plain)
        .lerp(image.sample_rgba(mirrored), hidden)
}

fn lash_points(length_px: f32, along: f32, part: f32) -> f32 {
    if part < 0.0 {
        return 0.0;
    }
    let strand = 0.5 + 0.5 * (TAU * 24.0 * (along - (along - 0.5) * 0.14 * part)).cos();
    let single = smooth_step(1.5, 4.0, length_px / 24.0);
    (0.4 + (strand * strand - 0.4) * single) * (1.0 - part).clamp(0.0, 1.0)
}

fn grain(image: &Image, position: Vec2, limit: f32) -> Vec3 {
    let around: Vec3 = [Vec2::X, Vec2::NEG_X, Vec2::Y, Vec2::NEG_Y]
        .map(|direction| image.sample(position + direction * 1.5))
        .into_iter()
        .sum();
    let limit = Vec3::splat(limit);
    (image.sample(position) - around * 0.25).clamp(-limit, limit)
}
