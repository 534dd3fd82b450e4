//! Twin of `wgsl/warp.wgsl`.

use glam::Vec2;

use super::{raster, to_byte};
use crate::deform::{Deformed, PreparedScene};
use crate::layers::composed;

/// Draws the moved portrait over `rgba`, which holds the picture.
pub(crate) fn draw(scene: &PreparedScene, frame: &Deformed, rgba: &mut [u8]) {
    let (width, height) = (scene.width_px as usize, scene.height_px as usize);
    let still = scene.image(&scene.layers.still);
    let person = scene.image(&scene.layers.person);
    let plate = scene.image(&scene.layers.plate);
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
            let colour = if offset == Vec2::ZERO {
                still.texel(x as isize, y as isize)
            } else {
                composed(
                    person.sample_rgba(middle + offset),
                    plate.texel(x as isize, y as isize),
                )
            };
            rgba[(y * width + x) * 4..][..4].copy_from_slice(&colour.to_array().map(to_byte));
        });
    }
}
