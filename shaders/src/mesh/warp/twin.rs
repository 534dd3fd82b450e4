//! Twin of `wgsl/mesh/warp.wgsl`.

use glam::{Vec2, Vec4};

use crate::mesh::cpu::{raster, to_byte};
use crate::mesh::deform::Deformed;
use crate::mesh::prepare::PreparedScene;
use crate::scene::layers::composed;
use crate::smooth_step::smooth_step;

/// Draws the moved portrait over `rgba`, which holds the picture.
pub(crate) fn draw(scene: &PreparedScene, frame: &Deformed, rgba: &mut [u8]) {
    let (width, height) = (scene.width_px as usize, scene.height_px as usize);
    let still = scene.image(&scene.layers.still);
    let person = scene.image(&scene.layers.person);
    let plate = scene.image(&scene.layers.plate);
    for triangle in &scene.draw_order.triangles {
        let corners = triangle.map(|index| frame.vertices[index as usize]);
        raster::warped(corners, width, height, |x, y, offset| {
            let middle = Vec2::new(x as f32 + 0.5, y as f32 + 0.5);
            let (column, row) = (x as isize, y as isize);
            let seen = still.texel(column, row);
            let colour = if offset == Vec2::ZERO {
                seen
            } else {
                let behind = plate.texel(column, row);
                let unexplained = seen - composed(person.texel(column, row), behind);
                let stays = 1.0 - smooth_step(0.0, scene.strays_px, offset.length());
                let moved = composed(person.sample_rgba(middle + offset), behind);
                (moved + unexplained * stays).clamp(Vec4::ZERO, Vec4::ONE)
            };
            rgba[(y * width + x) * 4..][..4].copy_from_slice(&colour.to_array().map(to_byte));
        });
    }
}
