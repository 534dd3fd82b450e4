//! The skin of a shut eye, painted once for each eye: what lies around the opening, carried on over it without lashes, creases,
//! the rims of glasses and their glints. The eye pass draws the lid with it.

use glam::{Vec2, Vec3, Vec4};

use crate::scene::image::Image;
use crate::scene::layers::fill_in;
use crate::smooth_step::smooth_step;

/// Columns and rows of the painted skin: it is smooth, its grain comes from the picture.
const SIZE: [usize; 2] = [64, 48];
/// How far the painting goes beyond the corners, parts of the eye's length.
const BESIDE: f32 = 0.12;
/// How far it goes above the opening and below, parts of the opening's height.
const ABOVE: f32 = 1.4;
const BELOW: f32 = 0.6;
/// Lashes and their shadow are looked for up to the first of these heights above the opening, less and less up to the second.
const LASHES: [f32; 2] = [0.9, 1.3];
/// Columns and rows to each side that say how bright skin is at a place.
const WINDOW: [usize; 2] = [10, 3];
/// How much darker than skin, brighter and of another hue is no skin, from and up to; 0–1.
const DARKER: [f32; 2] = [0.015, 0.07];
const BRIGHTER: [f32; 2] = [0.04, 0.10];
const HUE: [f32; 2] = [0.06, 0.14];

/// The eye's lines at a place along it: (upper, lower), pixels below the line through the corners.
pub(super) type Lines<'a> = &'a dyn Fn(f32) -> (f32, f32);

/// Painted skin; colours 0–255 as the picture has them.
#[derive(Clone, Debug, Default)]
pub(crate) struct LidSkin {
    /// RGBA, rows from the top. Alpha is how much of the picture has to give way to the skin there when the eye shuts.
    pub rgba: Vec<u8>,
    /// What the first column's and row's outer edges stand for: part of the way from corner to corner, pixels below it.
    pub from: Vec2,
    /// The same for the last ones.
    pub to: Vec2,
}

/// Where a place of the grid lies.
#[derive(Clone, Copy, PartialEq)]
enum Side {
    Above,
    Opening,
    Below,
}

impl LidSkin {
    /// Columns and rows.
    pub const SIZE: [usize; 2] = SIZE;

    /// Paints it. `lines` gives the opening, `height_px` its greatest height, `place` where a place of the eye (part of the length,
    /// pixels down) is in the picture.
    pub fn new(
        lines: Lines<'_>,
        height_px: f32,
        place: &dyn Fn(f32, f32) -> Vec2,
        picture: &Image,
    ) -> Self {
        let columns = || (0..SIZE[0]).map(|column| lines(along(column)));
        let top = columns().map(|line| line.0).fold(f32::INFINITY, f32::min) - ABOVE * height_px;
        let bottom = columns().map(|line| line.1).fold(0.0, f32::max) + BELOW * height_px;
        let down = |row: usize| top + (bottom - top) * (row as f32 + 0.5) / SIZE[1] as f32;
        let seen: Vec<(Vec3, Side, f32)> = (0..SIZE[0] * SIZE[1])
            .map(|index| {
                let (column, row) = (index % SIZE[0], index / SIZE[0]);
                let (along, down) = (along(column), down(row));
                let (upper, lower) = lines(along);
                let (side, away) = if down < upper {
                    (Side::Above, upper - down)
                } else if down > lower {
                    (Side::Below, down - lower)
                } else {
                    (Side::Opening, 0.0)
                };
                (picture.sample(place(along, down)), side, away / height_px)
            })
            .collect();
        let is_skin: Vec<f32> = (0..seen.len())
            .map(|index| skin_share(&seen, index))
            .collect();
        let mut filled = Vec::with_capacity(seen.len());
        fill_in(
            SIZE,
            &|index| (seen[index].0.extend(1.0), is_skin[index]),
            &mut |colour| filled.push(colour),
        );
        let painted: Vec<Vec4> = (0..seen.len())
            .map(|index| {
                let (_, side, away) = seen[index];
                let gives_way = match side {
                    Side::Above => 1.0 - smooth_step(LASHES[0], LASHES[1], away),
                    Side::Opening => 1.0,
                    Side::Below => 0.0,
                };
                let skin = filled[index].truncate();
                skin.extend(gives_way * (1.0 - is_skin[index]))
            })
            .collect();
        let painted = blurred(&blurred(&painted));
        Self {
            rgba: painted
                .iter()
                .flat_map(|colour| {
                    let alpha = (1.5 * colour.w).min(1.0);
                    let bytes = colour.truncate().extend(alpha) * 255.0 + 0.5;
                    bytes.to_array().map(|value| value as u8)
                })
                .collect(),
            from: Vec2::new(-BESIDE, top),
            to: Vec2::new(1.0 + BESIDE, bottom),
        }
    }

    /// The painting as a picture.
    pub fn image(&self) -> Image<'_> {
        Image {
            bytes: &self.rgba,
            width: SIZE[0],
            height: SIZE[1],
        }
    }
}

fn along(column: usize) -> f32 {
    (1.0 + 2.0 * BESIDE) * (column as f32 + 0.5) / SIZE[0] as f32 - BESIDE
}

fn luma(colour: Vec3) -> f32 {
    colour.dot(Vec3::new(0.299, 0.587, 0.114))
}

/// How much of what is seen at a place of the grid is skin, 0 to 1: what is as bright as the brighter part of its surroundings.
fn skin_share(seen: &[(Vec3, Side, f32)], index: usize) -> f32 {
    let (colour, side, away) = seen[index];
    if side == Side::Opening {
        return 0.0;
    }
    let (column, row) = (index % SIZE[0], index / SIZE[0]);
    let range = |at: usize, axis: usize| {
        at.saturating_sub(WINDOW[axis])..(at + WINDOW[axis] + 1).min(SIZE[axis])
    };
    let mut around: Vec<Vec3> = range(row, 1)
        .flat_map(|row| range(column, 0).map(move |column| row * SIZE[0] + column))
        .filter(|&other| seen[other].1 == side)
        .map(|other| seen[other].0)
        .collect();
    let rank = around.len() * 7 / 10;
    let by_luma = |a: &Vec3, b: &Vec3| luma(*a).total_cmp(&luma(*b));
    let skin = *around.select_nth_unstable_by(rank, by_luma).1;
    let difference = luma(colour) - luma(skin);
    let hair = smooth_step(DARKER[0], DARKER[1], -difference);
    let glint = smooth_step(BRIGHTER[0], BRIGHTER[1], difference);
    let hue = |colour: Vec3| colour / luma(colour).max(0.05) * luma(skin);
    let other = smooth_step(HUE[0], HUE[1], hue(colour).distance(skin));
    // The rim of the opening is never plain skin.
    let rim = 1.0 - smooth_step(0.08, 0.45, away);
    (1.0 - hair) * (1.0 - glint) * (1.0 - other) * (1.0 - rim)
}

/// The 3 × 3 binomial filter.
fn blurred(colours: &[Vec4]) -> Vec<Vec4> {
    let [width, height] = SIZE.map(|side| side as isize);
    (0..colours.len() as isize)
        .map(|index| {
            let (column, row) = (index % width, index / width);
            let mut sum = Vec4::ZERO;
            for (dy, wy) in [(-1, 0.25), (0, 0.5), (1, 0.25)] {
                for (dx, wx) in [(-1, 0.25), (0, 0.5), (1, 0.25)] {
                    let x = (column + dx).clamp(0, width - 1);
                    let y = (row + dy).clamp(0, height - 1);
                    sum += colours[(y * width + x) as usize] * (wx * wy);
                }
            }
            sum
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A white eye with black lashes every four pixels above it, on skin that is darker to the right.
    fn picture() -> Vec<u8> {
        (0..100 * 80)
            .flat_map(|index| {
                let (x, y) = ((index % 100) as f32, (index / 100) as f32);
                let skin = 200.0 - 0.6 * x;
                let (across, down) = ((x - 50.0) / 30.0, y - 45.0);
                let half = 8.0 * (1.0 - across * across).max(0.0);
                let grey = if down.abs() < half {
                    255.0
                } else if down < 0.0 && down > -half - 8.0 && half > 0.0 && index % 4 == 0 {
                    20.0
                } else {
                    skin
                };
                [grey as u8, grey as u8, grey as u8, 255]
            })
            .collect()
    }

    #[test]
    fn lashes_and_eye_become_the_skin_around() {
        let bytes = picture();
        let image = Image {
            bytes: &bytes,
            width: 100,
            height: 80,
        };
        let half = |along: f32| {
            let across = 2.0 * along - 1.0;
            8.0 * (1.0 - across * across).max(0.0)
        };
        let skin = LidSkin::new(
            &|along| (-half(along), half(along)),
            16.0,
            &|along, down| Vec2::new(20.0 + 60.0 * along, 45.0 + down),
            &image,
        );
        for (index, pixel) in skin.rgba.chunks_exact(4).enumerate() {
            let expected = 200.0 - 0.6 * (20.0 + 60.0 * along(index % SIZE[0]));
            let apart = (f32::from(pixel[0]) - expected).abs();
            assert!(apart < 14.0, "{index}: {pixel:?} for {expected}");
        }
        // Over the eye everything gives way, far above it nothing.
        let alpha = |column: usize, row: usize| skin.rgba[(row * SIZE[0] + column) * 4 + 3];
        assert_eq!((alpha(32, 32), alpha(32, 1)), (255, 0));
    }
}
