//! Twin of `wgsl/warp.wgsl`.

use glam::{Vec2, Vec4};

use super::{raster, to_byte};
use crate::deform::{Deformed, EyeShape, EyeState, Image, PreparedScene, smooth_step};

/// Draws the moved portrait over `rgba`, which holds the picture.
pub(crate) fn draw(scene: &PreparedScene, frame: &Deformed, rgba: &mut [u8]) {
    let (width, height) = (scene.width_px as usize, scene.height_px as usize);
    let image = scene.image();
    for triangle in &scene.triangles {
        let corners = triangle.map(|index| frame.vertices[index as usize]);
        let positions = corners.map(|corner| Vec2::from(corner.position_px));
        raster::triangle(positions, width, height, |x, y, weights| {
            let offset: Vec2 = corners
                .iter()
                .zip(weights)
                .map(|(corner, weight)| Vec2::from(corner.offset_px) * weight)
                .sum();
            let middle = Vec2::new(x as f32 + 0.5, y as f32 + 0.5);
            let colour = fragment(scene, frame, &image, middle, offset);
            rgba[(y * width + x) * 4..][..4].copy_from_slice(&colour.to_array().map(to_byte));
        });
    }
}

fn fragment(
    scene: &PreparedScene,
    frame: &Deformed,
    image: &Image,
    middle: Vec2,
    offset: Vec2,
) -> Vec4 {
    let source = middle + offset;
    for (shape, state) in scene.eyes.iter().zip(&frame.eyes) {
        let active = state.closure > 0.0 || state.gaze_px != Vec2::ZERO;
        let [low, high] = shape.bounds_px;
        if active && source.cmpgt(low).all() && source.cmplt(high).all() {
            return draw_eye(shape, state, image, source);
        }
    }
    if offset == Vec2::ZERO {
        return image.texel(middle.x as isize, middle.y as isize);
    }
    image.sample_rgba(source)
}

fn draw_eye(shape: &EyeShape, state: &EyeState, image: &Image, source: Vec2) -> Vec4 {
    let (axis, down) = (shape.axis, shape.down());
    let relative = source - shape.origin_px;
    let along_px = relative.dot(axis);
    let height = relative.dot(down);
    let along = along_px / shape.length_px;
    if along <= 0.0 || along >= 1.0 {
        return image.sample_rgba(source);
    }
    let first = (along * 32.0).clamp(0.0, 31.0) as usize;
    let (from, to) = (&shape.columns[first], &shape.columns[first + 1]);
    let part = along * 32.0 - first as f32;
    let mix = |from: f32, to: f32| from + (to - from) * part;
    let upper = mix(from.upper_px, to.upper_px);
    let lower = mix(from.lower_px, to.lower_px);
    let fold = mix(from.fold_px, to.fold_px);
    let rest_edge = mix(from.rest_edge_px, to.rest_edge_px);

    let from_iris = source.distance(shape.iris_px + state.gaze_px);
    let radius = shape.iris_radius_px;
    let bump = 1.0 - smooth_step(1.15 * radius, 2.6 * radius, from_iris);
    let inside = smooth_step(-0.5, 1.0, height - upper) * smooth_step(-0.5, 1.0, lower - height);
    let mut colour = image.sample_rgba(source - state.gaze_px * (bump * inside));
    let closure = state.closure;
    if closure > 0.0 {
        let eye_height = shape.height_px;
        let shown = smooth_step(0.0, 0.2, closure);
        let edge = rest_edge + (lower + 0.03 * eye_height - rest_edge) * closure;
        let taper = smooth_step(0.0, 0.08, along) * (1.0 - smooth_step(0.92, 1.0, along));
        let lid =
            (0.5 + edge - height).clamp(0.0, 1.0) * (0.5 + height - fold).clamp(0.0, 1.0) * taper;
        if lid > 0.0 {
            let unrolled = ((height - fold) / (edge - fold).max(0.01)).clamp(0.0, 1.0);
            let skin_height = fold + unrolled * (rest_edge - fold);
            let stretched = image.sample(shape.origin_px + axis * along_px + down * skin_height);
            let smooth_skin = from.skin.lerp(to.skin, part);
            let clean = smooth_step(0.0, 0.45, unrolled) * 0.8 * shown;
            let round = 1.0
                + shown
                    * (0.05 * (3.14159 * unrolled).sin()
                        - 0.14 * unrolled.powi(4)
                        - 0.10 * (2.0 * along - 1.0).abs().powi(3));
            let skin = stretched.lerp(smooth_skin, clean) * round;
            colour = colour.truncate().lerp(skin, lid).extend(colour.w);
        }
        let below = height - edge;
        let lash_px = (0.055 * eye_height).max(0.6);
        let stroke = (-(below / lash_px).powi(2)).exp();
        let shadow = if below >= 0.0 {
            0.35 * (-below / (0.16 * eye_height)).exp() * (1.0 - closure)
        } else {
            0.0
        };
        let lash = (stroke * 0.8).max(shadow) * shown * taper;
        colour = colour.truncate().lerp(shape.lash, lash).extend(colour.w);
    }
    colour
}
