//! Twin of `wgsl/mesh/interior.wgsl`.

use glam::{Vec2, Vec3};

use crate::mesh::cpu::{raster, to_byte};
use crate::mesh::mouth::light::srgb_from_linear;
use crate::mesh::mouth::{INTERIOR_OVERSAMPLING, MouthShape, MouthState};

/// Draws the inside of the mouth: RGBA at [`INTERIOR_OVERSAMPLING`] times the region's size.
pub(crate) fn draw(shape: &MouthShape, state: &MouthState) -> Vec<u8> {
    let [width, height] = shape
        .region_px
        .map(|side| (side * INTERIOR_OVERSAMPLING) as usize);
    let pixel = |colour: Vec3| colour.extend(1.0).to_array().map(to_byte);
    let mut rgba = pixel(shape.background_srgb()).repeat(width * height);
    let mut nearest = vec![1.0_f32; width * height];
    for triangle in &shape.triangles {
        let corners = triangle.map(|index| {
            (
                state.interior[index as usize],
                &shape.interior[index as usize],
            )
        });
        let positions =
            corners.map(|(place, _)| Vec2::new(place[0], place[1]) * INTERIOR_OVERSAMPLING as f32);
        raster::triangle(positions, width, height, |x, y, weights| {
            let [mut depth, mut gloss] = [0.0; 2];
            let [mut colour, mut normal] = [Vec3::ZERO; 2];
            for ((place, paint), weight) in corners.iter().zip(weights) {
                depth += place[2] * weight;
                gloss += paint.gloss * weight;
                colour += paint.colour * weight;
                normal += paint.normal * weight;
            }
            let index = y * width + x;
            if depth < nearest[index] {
                nearest[index] = depth;
                let half_way = Vec3::new(0.0, -0.316, -0.949);
                let shine = normal.normalize_or_zero().dot(half_way).max(0.0).powi(40) * gloss;
                let lit = (colour + shine).clamp(Vec3::ZERO, Vec3::ONE);
                rgba[index * 4..][..4].copy_from_slice(&pixel(srgb_from_linear(lit)));
            }
        });
    }
    rgba
}
