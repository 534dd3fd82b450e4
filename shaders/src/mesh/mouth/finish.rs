//! How sharp and how grainy the picture is around the mouth, so that what is drawn into it looks as if it had been photographed with
//! the rest.

use glam::{Vec2, Vec3};

use super::light::luminance;
use crate::scene::image::Image;

/// Blur that is looked for, standard deviation in pixels: no lens is sharper than the first on a grid of pixels.
const BLUR_PX: [f32; 2] = [0.45, 2.0];
/// Contrast from which on an edge tells how sharp the picture is, 0–1.
const MIN_CONTRAST: f32 = 0.12;
/// Part of the edges that are taken to be as sharp as the lens draws them.
const SHARPEST_PART: f32 = 0.25;
/// Where skin is looked for, in widths of the mouth from its middle: cheeks, chin, forehead.
const SKIN_PLACES: [Vec2; 5] = [
    Vec2::new(-0.95, -0.55),
    Vec2::new(0.95, -0.55),
    Vec2::new(0.0, 0.62),
    Vec2::new(-0.35, -2.1),
    Vec2::new(0.35, -2.1),
];
/// Skin is at least this part as bright as the brightest of these places.
const SKIN_BRIGHTNESS: f32 = 0.5;
/// Grain beyond this many times what is usual at its place is a blemish.
const GRAIN_LIMIT: f32 = 3.0;

/// Sharpness and grain of the picture.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Finish {
    /// Standard deviation of the picture's blur.
    pub blur_px: f32,
    /// From the middle of the mouth to the middle of the skin whose grain the mouth takes over.
    pub grain_from_px: Vec2,
    /// Largest grain that is taken over, 0–1.
    pub grain_limit: f32,
}

impl Finish {
    /// Measures it. `edges_px` are rings with contrast across them (lips, eyes), `right` and `down` the head's directions, length 1.
    pub fn measure(
        picture: &Image,
        edges_px: &[Vec<Vec2>],
        middle_px: Vec2,
        width_px: f32,
        [right, down]: [Vec2; 2],
    ) -> Self {
        let place = |at: Vec2| (right * at.x + down * at.y) * width_px;
        let reach = 0.2 * width_px;
        let (grain_from_px, grain) = skin_grain(picture, middle_px, reach, &SKIN_PLACES.map(place));
        Self {
            blur_px: blur_px(picture, edges_px, 0.12 * width_px),
            grain_from_px,
            grain_limit: GRAIN_LIMIT * grain,
        }
    }
}

/// Blur of the sharper of the edges that the rings cross: an edge of contrast c that is blurred by σ is c / (σ √2π) steep.
fn blur_px(picture: &Image, edges_px: &[Vec<Vec2>], reach_px: f32) -> f32 {
    let steps = (2.0 * reach_px).ceil().clamp(3.0, 24.0) as usize;
    let mut blurs = Vec::new();
    for ring in edges_px {
        for (index, &point) in ring.iter().enumerate() {
            let next = ring[(index + 1) % ring.len()];
            let across = (next - point).perp().normalize_or(Vec2::Y);
            let value = |step: usize| {
                let at = step as f32 - steps as f32;
                let colour = picture.sample((point + next) / 2.0 + across * (0.5 * at));
                colour.dot(Vec3::new(0.299, 0.587, 0.114))
            };
            let line: Vec<f32> = (0..=2 * steps).map(value).collect();
            let (low, high) = line
                .iter()
                .fold((f32::MAX, f32::MIN), |(low, high), &value| {
                    (low.min(value), high.max(value))
                });
            // Half a pixel a step.
            let steepest = line
                .windows(3)
                .map(|part| (part[2] - part[0]).abs())
                .fold(0.0, f32::max);
            if high - low > MIN_CONTRAST {
                blurs.push((high - low) / (steepest * (2.0 * std::f32::consts::PI).sqrt()));
            }
        }
    }
    if blurs.is_empty() {
        return BLUR_PX[0];
    }
    let place = (SHARPEST_PART * (blurs.len() - 1) as f32) as usize;
    let (_, blur, _) = blurs.select_nth_unstable_by(place, f32::total_cmp);
    (*blur).clamp(BLUR_PX[0], BLUR_PX[1])
}

/// The smoothest skin among the places: its shift from the middle and how strong its grain usually is.
fn skin_grain(picture: &Image, middle_px: Vec2, reach_px: f32, places_px: &[Vec2]) -> (Vec2, f32) {
    let measured: Vec<(Vec2, f32, f32)> = places_px
        .iter()
        .map(|&place| {
            let mut grains = Vec::with_capacity(81);
            let mut bright = 0.0;
            for row in -4..=4 {
                for column in -4..=4 {
                    let at =
                        middle_px + place + Vec2::new(column as f32, row as f32) * (reach_px / 4.0);
                    let colour = picture.sample(at);
                    bright += luminance(colour) / 81.0;
                    grains.push(luminance(grain(picture, at)).abs());
                }
            }
            let middle = grains.len() / 2;
            let (_, usual, _) = grains.select_nth_unstable_by(middle, f32::total_cmp);
            (place, bright, *usual)
        })
        .collect();
    let brightest = measured.iter().map(|place| place.1).fold(0.0, f32::max);
    measured
        .iter()
        .filter(|place| place.1 >= SKIN_BRIGHTNESS * brightest)
        .min_by(|a, b| a.2.total_cmp(&b.2))
        .map_or((Vec2::ZERO, 0.0), |place| (place.0, place.2))
}

/// The picture against its neighbourhood.
pub(super) fn grain(picture: &Image, position_px: Vec2) -> Vec3 {
    let around: Vec3 = [Vec2::X, Vec2::NEG_X, Vec2::Y, Vec2::NEG_Y]
        .map(|direction| picture.sample(position_px + direction * 1.5))
        .into_iter()
        .sum();
    picture.sample(position_px) - around * 0.25
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIDE: usize = 96;

    /// Dark to the left of the middle, light to its right, blurred by a standard deviation.
    fn edge(blur_px: f32) -> Vec<u8> {
        (0..SIDE * SIDE)
            .flat_map(|index| {
                let away = (index % SIDE) as f32 + 0.5 - SIDE as f32 / 2.0;
                // The logistic curve follows the Gaussian's integral closely.
                let part = 1.0 / (1.0 + (-1.702 * away / blur_px).exp());
                let grey = (60.0 + 130.0 * part + 0.5) as u8;
                [grey, grey, grey, 255]
            })
            .collect()
    }

    #[test]
    fn blur_is_measured_as_it_was_made() {
        for wanted in [0.8, 1.2, 1.8] {
            let bytes = edge(wanted);
            let picture = Image {
                bytes: &bytes,
                width: SIDE,
                height: SIDE,
            };
            let middle = SIDE as f32 / 2.0;
            let ring = (0..8)
                .map(|step| Vec2::new(middle, 20.0 + 6.0 * step as f32))
                .collect();
            let found = blur_px(&picture, &[ring], 8.0);
            assert!((found / wanted - 1.0).abs() < 0.25, "{wanted}: {found}");
        }
    }

    #[test]
    fn grain_comes_from_the_smoother_skin() {
        // Noise on the left half, none on the right.
        let bytes: Vec<u8> = (0..SIDE * SIDE)
            .flat_map(|index| {
                let noise = if index % SIDE < SIDE / 2 {
                    (index * 7919 % 23) as u8
                } else {
                    10 + (index % 2) as u8
                };
                [150 + noise, 120 + noise, 100 + noise, 255]
            })
            .collect();
        let picture = Image {
            bytes: &bytes,
            width: SIDE,
            height: SIDE,
        };
        let places = [Vec2::new(-24.0, 0.0), Vec2::new(24.0, 0.0)];
        let (place, usual) = skin_grain(&picture, Vec2::splat(48.0), 10.0, &places);
        assert_eq!(place, places[1]);
        assert!(usual < 0.01, "{usual}");
    }
}
