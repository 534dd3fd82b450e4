//! Twin of `wgsl/mesh/mouth.wgsl`.

use glam::{Vec2, Vec3, Vec4};

use super::finish::grain;
use super::{INTERIOR_OVERSAMPLING, MouthState};
use crate::mesh::cpu::to_byte;
use crate::mesh::prepare::PreparedScene;
use crate::scene::image::Image;
use crate::smooth_step::smooth_step;

/// The same in the shader.
const CORNER_LIGHT: f32 = 0.45;
const SHADE_OF_FLESH: Vec3 = Vec3::new(0.8, 1.0, 1.08);
const CORNER_FLESH: f32 = 0.7;
const BESIDE_LIPS: f32 = 0.7;
const FULL_LIGHT: f32 = 0.1;
const NARROW: f32 = 0.6;
const WIDE: f32 = 0.05;

/// Lays `inside` over the opening between the lips; `picture` is the one whose grain it takes over.
pub(crate) fn draw(
    scene: &PreparedScene,
    state: &MouthState,
    inside: &[u8],
    picture: &Image,
    rgba: &mut [u8],
) {
    let (width, height) = (scene.width_px as usize, scene.height_px as usize);
    let shape = &scene.mouth;
    let [region_width, region_height] = shape.region_px.map(|side| side as usize);
    let image = Image {
        bytes: inside,
        width: region_width * INTERIOR_OVERSAMPLING as usize,
        height: region_height * INTERIOR_OVERSAMPLING as usize,
    };
    let origin = state.region_origin_px;
    let (edge, mouth_width) = (shape.edge_px(), shape.width_px);
    let (across, grain_from) = (state.across(), shape.grain_from(state.middle_px));
    let mix = |from: f32, to: f32, part: f32| from + (to - from) * part;
    let limit = Vec3::splat(shape.finish.grain_limit);
    for row in 0..region_height {
        for column in 0..region_width {
            let middle = origin + Vec2::new(column as f32 + 0.5, row as f32 + 0.5);
            if middle.x < 0.0
                || middle.y < 0.0
                || middle.x >= width as f32
                || middle.y >= height as f32
            {
                continue;
            }
            let [distance, from_above, from_below] = distances(&state.outline_px, middle);
            let along = (middle - state.middle_px).dot(across).abs();
            let to_corner = smooth_step(0.30, 1.0, along);
            let turned = (1.0 - distance / shape.rim_px(to_corner)).clamp(0.0, 1.0);
            let lips = if from_below < from_above {
                0.28
            } else {
                mix(0.18, 0.45, to_corner)
            };
            let ends = 1.0 - smooth_step(0.96, 1.06, along);
            let strength = lips * ends;
            let seam = state.seam.strength
                * (1.0 - smooth_step(0.0, shape.seam_px(), distance.max(0.0)))
                * ends;
            let seam = seam.max(state.seam.filled * (1.0 - smooth_step(-edge, edge, distance)));
            let turn = turned * turned * strength * state.reveal;
            let rim = turn.max(seam);
            let flesh = shape.rim.lerp(shape.seam, seam / (turn + seam).max(1e-6));
            let coverage = (1.0 - smooth_step(-edge, edge, distance)) * state.reveal;
            let alpha = coverage + rim * (1.0 - coverage);
            if alpha <= 0.0 {
                continue;
            }
            if coverage <= 0.0 {
                blend(pixel_at(rgba, width, middle), flesh, alpha);
                continue;
            }
            let around = smooth_step(-edge, 0.05 * mouth_width, -distance);
            let narrow = mix(
                NARROW,
                1.0,
                smooth_step(0.0, WIDE * mouth_width, from_above + from_below),
            );
            let below = smooth_step(0.0, 0.075 * mouth_width, from_above);
            let beside = smooth_step(-edge, FULL_LIGHT * mouth_width, -distance);
            let light = mix(BESIDE_LIPS, 1.0, beside)
                * mix(0.72, 1.0, below)
                * mix(1.0, CORNER_LIGHT, to_corner)
                * narrow;
            let shade = (Vec3::ONE - (1.0 - light) * SHADE_OF_FLESH).max(Vec3::ZERO);
            let painted = blurred(&image, middle - origin, shape.blur_px()) * shade;
            let colour = painted.lerp(shape.rim, CORNER_FLESH * to_corner)
                + grain(picture, middle + grain_from).clamp(-limit, limit);
            let own = shape.own_row.as_ref().map_or(Vec4::ZERO, |row| {
                let place = state.to_own_row.transform_point2(middle);
                let reach = Vec2::from(row.size.map(|side| side as f32));
                let within = place.cmpge(Vec2::ZERO).all() && place.cmple(reach).all();
                if within {
                    row.image().sample_rgba(place)
                } else {
                    Vec4::ZERO
                }
            });
            let colour = colour.lerp(own.truncate() * (mix(0.84, 1.0, around) * narrow), own.w);
            let colour = flesh.lerp(colour.clamp(Vec3::ZERO, Vec3::ONE), coverage / alpha);
            blend(pixel_at(rgba, width, middle), colour, alpha);
        }
    }
}

fn pixel_at(rgba: &mut [u8], width: usize, middle: Vec2) -> &mut [u8] {
    &mut rgba[(middle.y as usize * width + middle.x as usize) * 4..][..3]
}

fn blend(pixel: &mut [u8], colour: Vec3, alpha: f32) {
    for (byte, value) in pixel.iter_mut().zip(colour.to_array()) {
        let under = f32::from(*byte) / 255.0;
        *byte = to_byte(under + (value - under) * alpha);
    }
}

/// The inside around a place, output pixels from its corner.
fn blurred(inside: &Image, place_px: Vec2, blur_px: f32) -> Vec3 {
    let step = std::f32::consts::SQRT_2 * blur_px;
    let mut sum = Vec3::ZERO;
    for row in -1_i8..=1 {
        for column in -1_i8..=1 {
            let weight = f32::from((2 - row.abs()) * (2 - column.abs())) / 16.0;
            let place = place_px + Vec2::new(f32::from(column), f32::from(row)) * step;
            sum += inside.sample(place * INTERIOR_OVERSAMPLING as f32) * weight;
        }
    }
    sum
}

/// Distance to the outline, negative inside; distances down from the line above and up from the one below, large where there is none.
fn distances(outline: &[Vec2], position: Vec2) -> [f32; 3] {
    let (mut nearest, mut is_inside) = (1e9_f32, false);
    let (mut from_above, mut from_below) = (1e9_f32, 1e9_f32);
    let mut previous = outline[outline.len() - 1];
    for &current in outline {
        let edge = current - previous;
        let relative = position - previous;
        let part = (relative.dot(edge) / edge.length_squared().max(1e-9)).clamp(0.0, 1.0);
        nearest = nearest.min((relative - edge * part).length_squared());
        if (previous.y > position.y) != (current.y > position.y)
            && position.x < previous.x + edge.x * (position.y - previous.y) / edge.y
        {
            is_inside = !is_inside;
        }
        if (previous.x > position.x) != (current.x > position.x) {
            let crossing = previous.y + edge.y * (position.x - previous.x) / edge.x;
            if crossing <= position.y {
                from_above = from_above.min(position.y - crossing);
            } else {
                from_below = from_below.min(crossing - position.y);
            }
        }
        previous = current;
    }
    let distance = if is_inside {
        -nearest.sqrt()
    } else {
        nearest.sqrt()
    };
    [distance, from_above, from_below]
}
