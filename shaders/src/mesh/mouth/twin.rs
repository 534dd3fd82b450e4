//! Twin of `wgsl/mesh/mouth.wgsl`.

use glam::Vec2;

use super::{INTERIOR_OVERSAMPLING, MouthState};
use crate::mesh::cpu::to_byte;
use crate::mesh::prepare::PreparedScene;
use crate::scene::image::Image;
use crate::smooth_step::smooth_step;

/// Lays `inside` over the opening between the lips.
pub(crate) fn draw(scene: &PreparedScene, state: &MouthState, inside: &[u8], rgba: &mut [u8]) {
    let (width, height) = (scene.width_px as usize, scene.height_px as usize);
    let [region_width, region_height] = scene.mouth.region_px.map(|side| side as usize);
    let image = Image {
        bytes: inside,
        width: region_width * INTERIOR_OVERSAMPLING as usize,
        height: region_height * INTERIOR_OVERSAMPLING as usize,
    };
    let origin = state.region_origin_px;
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
            let (distance, from_above) = distances(&state.outline_px, middle);
            let coverage = (0.5 - distance).clamp(0.0, 1.0) * state.reveal;
            if coverage <= 0.0 {
                continue;
            }
            let colour = image.sample((middle - origin) * INTERIOR_OVERSAMPLING as f32);
            let around = smooth_step(0.0, 0.06 * scene.mouth.width_px, -distance);
            let below = smooth_step(0.0, 0.08 * scene.mouth.width_px, from_above);
            let light = (0.80 + 0.20 * around) * (0.88 + 0.12 * below);
            let pixel = &mut rgba[(middle.y as usize * width + middle.x as usize) * 4..][..3];
            for (byte, value) in pixel.iter_mut().zip((colour * light).to_array()) {
                let under = f32::from(*byte) / 255.0;
                *byte = to_byte(under + (value - under) * coverage);
            }
        }
    }
}

/// Distance to the outline, negative inside; distance down from the upper lip, large where there is none above.
fn distances(outline: &[Vec2], position: Vec2) -> (f32, f32) {
    let (mut nearest, mut from_above, mut is_inside) = (1e9_f32, 1e9_f32, false);
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
            }
        }
        previous = current;
    }
    let distance = if is_inside {
        -nearest.sqrt()
    } else {
        nearest.sqrt()
    };
    (distance, from_above)
}
