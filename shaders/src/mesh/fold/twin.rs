//! Twin of `wgsl/mesh/fold.wgsl`.

use glam::Vec2;

use crate::mesh::cpu::{raster, to_byte};
use crate::mesh::deform::Deformed;
use crate::mesh::prepare::PreparedScene;

/// The darkest and the brightest that skin becomes, halved. The same in the shader.
const MULTIPLIER: [f32; 2] = [0.42, 0.53];

/// Shades the skin of the warped portrait.
pub(crate) fn draw(scene: &PreparedScene, frame: &Deformed, rgba: &mut [u8]) {
    let (width, height) = (scene.width_px as usize, scene.height_px as usize);
    let map = &scene.folds.map;
    let image = map.image();
    for triangle in &frame.shaded {
        let corners = triangle.map(|index| frame.vertices[index as usize]);
        let shades = triangle.map(|index| frame.shades[index as usize]);
        let positions = corners.map(|corner| Vec2::from(corner.position_px));
        raster::triangle(positions, width, height, |x, y, weights| {
            let mut offset = Vec2::ZERO;
            let (mut brighter, mut deeper) = (0.0, 0.0);
            for corner in 0..3 {
                offset += Vec2::from(corners[corner].offset_px) * weights[corner];
                brighter += shades[corner].brighter * weights[corner];
                deeper += shades[corner].deeper * weights[corner];
            }
            let middle = Vec2::new(x as f32 + 0.5, y as f32 + 0.5);
            let relief = image.sample(middle + offset - map.from_px).x - 128.0 / 255.0;
            let multiplier = 0.5 + 0.5 * brighter + deeper * relief;
            let multiplier = 2.0 * multiplier.clamp(MULTIPLIER[0], MULTIPLIER[1]);
            for byte in &mut rgba[(y * width + x) * 4..][..3] {
                *byte = to_byte(f32::from(*byte) / 255.0 * multiplier);
            }
        });
    }
}
