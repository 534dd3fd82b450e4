//! The teeth that a picture with an open mouth shows: the drawn upper row takes on their colours, where they are seen and where not.

use glam::{Vec2, Vec3};

use super::light::{linear_from_srgb, luminance};
use crate::scene::image::Image;
use crate::smooth_step::smooth_step;

/// Places that are looked at across the opening and down it.
const GRID: usize = 24;
/// Fewer places than this part of the grid that look like teeth are a glint or a lip.
const MIN_PART: f32 = 0.04;
/// How bright teeth are against lit skin, from and up to.
const BRIGHT: [f32; 2] = [0.40, 0.60];
/// How much redder than green flesh is, from and up to.
const RED: [f32; 2] = [1.35, 1.7];
/// How far from the lips' edge teeth are taken over, parts of the mouth's width, from and up to.
const FROM_LIPS: [f32; 2] = [0.01, 0.03];
/// Of the teeth that are seen this part is no brighter than the colour of those that are not: lips shade what lies near them.
const TYPICAL: f32 = 0.7;

/// The teeth of a picture.
#[derive(Clone, Debug)]
pub(super) struct OwnTeeth {
    /// The lips' inner edge as it is in the picture.
    lips_px: Vec<Vec2>,
    /// Corner to corner.
    pub width_px: f32,
    skin: f32,
    /// Linear colour of a front tooth that nothing shades.
    pub typical: Vec3,
}

impl OwnTeeth {
    /// Looks for them between the lips; none if the picture does not show any. `skin` is the luminance of lit skin.
    pub fn find(lips_px: Vec<Vec2>, width_px: f32, skin: f32, picture: &Image) -> Option<Self> {
        let mut teeth = Self {
            lips_px,
            width_px,
            skin,
            typical: Vec3::ZERO,
        };
        let (low, high) = teeth.bounds();
        let place = |index: usize| {
            let part = Vec2::new((index % GRID) as f32, (index / GRID) as f32) + 0.5;
            low + (high - low) * part / GRID as f32
        };
        let mut seen: Vec<Vec3> = (0..GRID * GRID)
            .filter_map(|index| {
                let (colour, share) = teeth.at(place(index), picture);
                (share > 0.5).then_some(colour)
            })
            .collect();
        if (seen.len() as f32) < MIN_PART * (GRID * GRID) as f32 {
            return None;
        }
        seen.sort_by(|a, b| luminance(*a).total_cmp(&luminance(*b)));
        teeth.typical = seen[(TYPICAL * (seen.len() - 1) as f32) as usize];
        Some(teeth)
    }

    /// First and last corner of the opening.
    pub fn bounds(&self) -> (Vec2, Vec2) {
        self.lips_px.iter().fold(
            (Vec2::INFINITY, Vec2::NEG_INFINITY),
            |(low, high), &point| (low.min(point), high.max(point)),
        )
    }

    /// Linear colour of the picture at a place, and how surely it is that of a tooth, 0 to 1.
    pub fn at(&self, place_px: Vec2, picture: &Image) -> (Vec3, f32) {
        let colour = linear_from_srgb(picture.sample(place_px));
        let bright = smooth_step(BRIGHT[0], BRIGHT[1], luminance(colour) / self.skin);
        let red = 1.0 - smooth_step(RED[0], RED[1], colour.x / colour.y.max(1e-3));
        let [from, to] = FROM_LIPS.map(|part| part * self.width_px);
        let inside = smooth_step(from, to, inside_px(&self.lips_px, place_px));
        (colour, bright * red * inside)
    }
}

/// How far a place lies inside a ring; 0 outside of it.
fn inside_px(ring: &[Vec2], place: Vec2) -> f32 {
    let (mut nearest, mut is_inside) = (f32::INFINITY, false);
    let mut previous = ring[ring.len() - 1];
    for &current in ring {
        let edge = current - previous;
        let relative = place - previous;
        let part = (relative.dot(edge) / edge.length_squared().max(1e-9)).clamp(0.0, 1.0);
        nearest = nearest.min(relative.distance(edge * part));
        is_inside ^= (previous.y > place.y) != (current.y > place.y)
            && place.x < previous.x + edge.x * (place.y - previous.y) / edge.y;
        previous = current;
    }
    if is_inside { nearest } else { 0.0 }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// Of the pictures, pixels.
    pub const SIDE: usize = 80;
    const TOOTH: [u8; 3] = [220, 212, 196];

    /// A mouth from (10, 30) to (70, 50) with something in its upper half; skin and a dark cavity around.
    fn picture(upper_half: [u8; 3]) -> Vec<u8> {
        (0..SIDE * SIDE)
            .flat_map(|index| {
                let (x, y) = (index % SIDE, index / SIDE);
                let [r, g, b] = match (x, y) {
                    (10..70, 30..40) => upper_half,
                    (10..70, 40..50) => [50, 20, 18],
                    _ => [205, 160, 135],
                };
                [r, g, b, 255]
            })
            .collect()
    }

    pub fn image(bytes: &[u8]) -> Image<'_> {
        Image {
            bytes,
            width: SIDE,
            height: SIDE,
        }
    }

    /// The teeth of a mouth from (10, 30) to (70, 50).
    pub fn found(bytes: &[u8]) -> Option<OwnTeeth> {
        let ring = [(10.0, 30.0), (70.0, 30.0), (70.0, 50.0), (10.0, 50.0)];
        let ring = ring.map(|(x, y)| Vec2::new(x, y)).to_vec();
        let skin = luminance(linear_from_srgb(Vec3::new(205.0, 160.0, 135.0) / 255.0));
        OwnTeeth::find(ring, 60.0, skin, &image(bytes))
    }

    #[test]
    fn teeth_are_found_and_lips_are_not() {
        let bytes = picture(TOOTH);
        let teeth = found(&bytes).expect("it shows teeth");
        let wanted = linear_from_srgb(Vec3::from(TOOTH.map(f32::from)) / 255.0);
        assert!(teeth.typical.distance(wanted) < 0.02, "{}", teeth.typical);
        let image = Image {
            bytes: &bytes,
            width: SIDE,
            height: SIDE,
        };
        assert!(teeth.at(Vec2::new(40.0, 35.0), &image).1 > 0.95);
        assert_eq!(
            teeth.at(Vec2::new(40.0, 45.0), &image).1,
            0.0,
            "the dark below"
        );
        assert_eq!(
            teeth.at(Vec2::new(40.0, 20.0), &image).1,
            0.0,
            "the skin above"
        );
        for other in [[170, 90, 85], [50, 20, 18]] {
            assert!(found(&picture(other)).is_none(), "{other:?}");
        }
    }
}
