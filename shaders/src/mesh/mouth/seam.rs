//! The line where shut lips meet.
//!
//! The picture's own line is gone as soon as the lips move each by itself: their edges then lie against each other in steps of a pixel.
//! A soft line is laid over them, a darker one where the lips press.

use glam::{Vec2, Vec3};

use super::shut;
use crate::mesh::prepare::PreparedScene;
use crate::scene::image::Image;
use crate::smooth_step::smooth_step;

/// Way of one lip's edge against the other's, parts of the mouth's width, from which on the picture's own line is gone.
const TORN: f32 = 0.004;
/// How far lips are told to go through each other where they press as hard as they can, parts of the mouth's width.
const PRESSED: f32 = 0.03;
/// Mean gap between lips, parts of the mouth's width, from and up to which they meet no more.
const CLOSE: [f32; 2] = [0.015, 0.05];
/// How dark the line is, between lips that touch and those that press.
const STRENGTH: [f32; 2] = [0.5, 0.85];
/// The most of a narrow opening that is filled, and what shows of the inside where lips are open and no longer overlap.
const FILLED: f32 = 0.8;
const OPENS: f32 = 0.1;
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

/// The line in one frame.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Seam {
    /// How strong it is, 0 to 1: none at rest, and none between lips that are open.
    pub strength: f32,
    /// How much of a narrow opening it fills, 0 to 1: the picture's own teeth lie squeezed in it, or its own line stretched.
    pub filled: f32,
}

impl Seam {
    /// `press` is what [`press`] returned, and `reveal` how much of the inside shows.
    pub fn new(scene: &PreparedScene, shifts: &[Vec3], [press, reveal]: [f32; 2]) -> Self {
        let lips = &scene.lips;
        let half = lips.len() / 2;
        let apart = (1..half).map(|position| {
            let [upper, lower] =
                [position, lips.len() - position].map(|place| lips[place] as usize);
            (shifts[upper] - shifts[lower]).truncate().length()
        });
        let mean = apart.sum::<f32>() / half.max(2) as f32;
        let torn = smooth_step(0.0, TORN * scene.mouth.width_px, mean);
        // Lips that the picture shows open, and that stay so, have no line between them.
        let moved = lips.iter().map(|&index| {
            let index = index as usize;
            (scene.face_px[index] + shifts[index]).truncate()
        });
        let gap_px = shut::gap_px(&moved.collect::<Vec<Vec2>>(), scene.frame.down);
        let shut = 1.0 - smooth_step(CLOSE[0], CLOSE[1], gap_px / scene.mouth.width_px);
        let there = torn * shut * (1.0 - reveal * reveal);
        let dark = STRENGTH[0] + (STRENGTH[1] - STRENGTH[0]) * press;
        Self {
            strength: there * scene.mouth.seam_contrast() * dark,
            filled: there * FILLED * smooth_step(0.0, OPENS, reveal),
        }
    }
}
