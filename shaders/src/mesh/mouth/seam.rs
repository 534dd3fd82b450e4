//! The line where shut lips meet.
//!
//! The picture's own line is gone as soon as the lips move each by itself: their edges then lie against each other in steps of a pixel.
//! A soft line is laid over them, a darker one where the lips press.

use glam::{Vec2, Vec3};

use crate::mesh::prepare::PreparedScene;
use crate::scene::image::Image;
use crate::smooth_step::smooth_step;

/// Way of one lip's edge against the other's, parts of the mouth's width, from which on the picture's own line is gone.
const TORN: f32 = 0.004;
/// How far lips are told to go through each other where they press as hard as they can, parts of the mouth's width.
const PRESSED: f32 = 0.03;
/// How dark the line is, between lips that touch and those that press.
const STRENGTH: [f32; 2] = [0.5, 0.85];
/// Part of the light between shut lips that both of them have given back.
const BETWEEN: f32 = 0.7;

/// Colour of the line as the picture has colours: what little light gets there went from lip to lip more than once. `inner_px` and
/// `outer_px` are the edges of the lips.
pub(in crate::mesh) fn colour(inner_px: &[Vec2], outer_px: &[Vec2], picture: &Image) -> Vec3 {
    let middles = outer_px.iter().filter_map(|outer| {
        let away = |inner: &&Vec2| inner.distance_squared(*outer);
        let nearest = (inner_px.iter()).min_by(|a, b| away(a).total_cmp(&away(b)))?;
        Some(picture.sample(outer.midpoint(*nearest)))
    });
    let lips = middles.sum::<Vec3>() / outer_px.len().max(1) as f32;
    lips * lips * lips * BETWEEN
}

/// How hard the lips press, 0 to 1. `told` is what [`super::keep_lips_apart`] returned.
pub(in crate::mesh) fn press(scene: &PreparedScene, told: &[f32]) -> f32 {
    let mean = told.iter().sum::<f32>() / told.len().max(1) as f32;
    smooth_step(0.0, PRESSED * scene.mouth.width_px, mean)
}

/// How strong the line is, 0 to 1: none at rest, and none between lips that open.
pub(in crate::mesh) fn strength(
    scene: &PreparedScene,
    shifts: &[Vec3],
    press: f32,
    reveal: f32,
) -> f32 {
    let lips = &scene.lips;
    let half = lips.len() / 2;
    let apart = (1..half).map(|position| {
        let [upper, lower] = [position, lips.len() - position].map(|place| lips[place] as usize);
        (shifts[upper] - shifts[lower]).truncate().length()
    });
    let mean = apart.sum::<f32>() / half.max(2) as f32;
    let torn = smooth_step(0.0, TORN * scene.mouth.width_px, mean);
    let contrast = scene.mouth.seam_contrast() * (1.0 - reveal * reveal);
    torn * contrast * (STRENGTH[0] + (STRENGTH[1] - STRENGTH[0]) * press)
}
