//! How far a frame is from another one, for frames that need not be drawn.

use glam::Vec2;

use super::Deformed;
use crate::mesh::prepare::PreparedScene;

/// Movement that nobody sees, pixels of the frame. A pixel is about a minute of arc where a picture is watched from as near as its
/// pixels allow, and a displacement of less than some ten seconds of arc goes unnoticed.
pub(in crate::mesh) const UNSEEN_PX: f32 = 0.125;

impl Deformed {
    /// The farthest way of anything that is drawn between two frames of one scene, pixels.
    pub(in crate::mesh) fn travel_px(&self, other: &Self, scene: &PreparedScene) -> f32 {
        if self.vertices.len() != other.vertices.len() {
            return f32::INFINITY;
        }
        let vertices = self.vertices.iter().zip(&other.vertices);
        let skin =
            vertices.map(|(a, b)| Vec2::from(a.position_px).distance_squared(b.position_px.into()));
        let eyes = self.eyes.iter().zip(&other.eyes).zip(&scene.eyes);
        let eyes = eyes.map(|((a, b), shape)| {
            let lid_px = (a.closure - b.closure) * shape.height_px;
            (lid_px * lid_px).max(a.gaze_px.distance_squared(b.gaze_px))
        });
        // The lips uncover the inside of the mouth over about a pixel: a part of it counts as a part of a pixel.
        let [mouth, before] = [&self.mouth, &other.mouth];
        let reveal = (mouth.reveal - before.reveal).powi(2);
        let seam = (mouth.seam.strength - before.seam.strength).powi(2);
        let interior = mouth.interior.iter().zip(&before.interior);
        let interior = interior.map(|(&[x, y, _], &[other_x, other_y, _])| {
            let now = mouth.region_origin_px + Vec2::new(x, y);
            now.distance_squared(before.region_origin_px + Vec2::new(other_x, other_y))
        });
        skin.chain(eyes)
            .chain(interior)
            .fold(reveal.max(seam), f32::max)
            .sqrt()
    }
}
