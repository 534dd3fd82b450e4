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

/// A shut lid bulges out of the shade in which the open one lies: how much of the brighter skin around it takes on, and up to which of
/// these heights above the opening.
const LIT: f32 = 0.4;
const LIT_ABOVE: f32 = 0.6;
/// Columns to each side in which that skin is looked for.
const LIT_COLUMNS: usize = 16;
/// How bright what lies in front of the lid is against skin: rims of glasses from and up to, their glints from and up to.
const RIM: [f32; 2] = [0.40, 0.60];
const GLINT: [f32; 2] = [1.35, 1.60];
/// Rows of skin that part it from the lashes.
const GAP_ROWS: usize = 2;
/// Columns to each side that it covers as well.
const RIM_COLUMNS: usize = 3;

/// The eye's lines at a place along it: (upper, lower), pixels below the line through the corners.
pub(super) type Lines<'a> = &'a dyn Fn(f32) -> (f32, f32);

/// Painted skin; colours 0–255 as the picture has them.
#[derive(Clone, Debug, Default)]
pub(crate) struct LidSkin {
    /// RGBA, rows from the top. Alpha above the middle of its range is how much of the picture has to give way to the skin there when
    /// the eye shuts, below it how much of the picture lies in front of the lid.
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
        let plain: Vec<Plain> = (0..seen.len())
            .map(|index| Plain::new(&seen, index))
            .collect();
        let is_skin: Vec<f32> = plain
            .iter()
            .zip(&seen)
            .map(|(plain, &(_, side, away))| match side {
                Side::Opening => 0.0,
                // The rim of the opening is never plain skin.
                _ => plain.skin * smooth_step(0.08, 0.45, away),
            })
            .collect();
        let in_front = in_front(&seen, &plain);
        let mut filled = Vec::with_capacity(seen.len());
        fill_in(
            SIZE,
            &|index| (seen[index].0.extend(1.0), is_skin[index]),
            &mut |colour| filled.push(colour),
        );
        let bright: Vec<Vec3> = (0..SIZE[0])
            .map(|column| bright_skin(&seen, &is_skin, column))
            .collect();
        let painted: Vec<Vec4> = (0..seen.len())
            .map(|index| {
                let (_, side, away) = seen[index];
                let gives_way = match side {
                    Side::Above => 1.0 - smooth_step(LASHES[0], LASHES[1], away),
                    Side::Opening => 1.0,
                    Side::Below => 0.0,
                };
                let gives_way = (gives_way * (1.0 - is_skin[index])).min(1.0 - in_front[index]);
                let lit = LIT * (1.0 - smooth_step(0.0, LIT_ABOVE, away));
                let skin = filled[index].truncate().lerp(bright[index % SIZE[0]], lit);
                skin.extend((2.5 * gives_way).min(1.0) - in_front[index])
            })
            .collect();
        let painted = blurred(&blurred(&painted));
        Self {
            rgba: painted
                .iter()
                .flat_map(|colour| {
                    let alpha = 0.5 + 0.5 * colour.w.clamp(-1.0, 1.0);
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

/// How plain the skin at a place of the grid is.
#[derive(Clone, Copy)]
struct Plain {
    /// How much of it is skin, 0 to 1: what is as bright as the brighter part of its surroundings.
    skin: f32,
    /// How much of it is far too dark or too bright for skin, 0 to 1.
    foreign: f32,
}

impl Plain {
    fn new(seen: &[(Vec3, Side, f32)], index: usize) -> Self {
        let (colour, side, _) = seen[index];
        let (column, row) = (index % SIZE[0], index / SIZE[0]);
        let range = |at: usize, axis: usize| {
            at.saturating_sub(WINDOW[axis])..(at + WINDOW[axis] + 1).min(SIZE[axis])
        };
        let around = |rows: std::ops::Range<usize>, part: usize| {
            let mut around: Vec<Vec3> = rows
                .flat_map(|row| range(column, 0).map(move |column| row * SIZE[0] + column))
                .filter(|&other| seen[other].1 == side)
                .map(|other| seen[other].0)
                .collect();
            let rank = (around.len() * part / 10).min(around.len() - 1);
            let by_luma = |a: &Vec3, b: &Vec3| luma(*a).total_cmp(&luma(*b));
            *around.select_nth_unstable_by(rank, by_luma).1
        };
        let skin = around(range(row, 1), 7);
        let difference = luma(colour) - luma(skin);
        let hair = smooth_step(DARKER[0], DARKER[1], -difference);
        let glint = smooth_step(BRIGHTER[0], BRIGHTER[1], difference);
        let hue = |colour: Vec3| colour / luma(colour).max(0.05) * luma(skin);
        let other = smooth_step(HUE[0], HUE[1], hue(colour).distance(skin));
        // A rim of glasses is wider than the window: skin is what all rows have most of.
        let ratio = luma(colour) / luma(around(0..SIZE[1], 6)).max(0.05);
        Self {
            skin: (1.0 - hair) * (1.0 - glint) * (1.0 - other),
            foreign: 1.0 - smooth_step(RIM[0], RIM[1], ratio)
                + smooth_step(GLINT[0], GLINT[1], ratio),
        }
    }
}

/// How much of each place lies in front of the lid, 0 to 1: the rims of glasses and their glints, which skin parts from the lashes.
fn in_front(seen: &[(Vec3, Side, f32)], plain: &[Plain]) -> Vec<f32> {
    let mut in_front = vec![0.0; seen.len()];
    for column in 0..SIZE[0] {
        let mut skin_rows = 0;
        for row in (0..SIZE[1]).rev() {
            let index = row * SIZE[0] + column;
            if seen[index].1 != Side::Above {
                continue;
            }
            if skin_rows >= GAP_ROWS {
                in_front[index] = plain[index].foreign;
            } else if plain[index].foreign < 0.2 {
                skin_rows += 1;
            } else {
                skin_rows = 0;
            }
        }
    }
    // A lash is narrower than a rim.
    let narrowed = along_rows(&in_front, f32::min);
    along_rows(&narrowed, f32::max)
}

/// The least or the greatest of each place and its neighbours in the row.
fn along_rows(values: &[f32], choose: fn(f32, f32) -> f32) -> Vec<f32> {
    (0..values.len())
        .map(|index| {
            let (column, row) = (index % SIZE[0], index / SIZE[0]);
            (column.saturating_sub(RIM_COLUMNS)..(column + RIM_COLUMNS + 1).min(SIZE[0]))
                .map(|column| values[row * SIZE[0] + column])
                .fold(values[index], choose)
        })
        .collect()
}

/// The brighter part of the skin above and below a column.
fn bright_skin(seen: &[(Vec3, Side, f32)], is_skin: &[f32], column: usize) -> Vec3 {
    let mut skin: Vec<Vec3> = (0..seen.len())
        .filter(|&index| is_skin[index] > 0.5 && (index % SIZE[0]).abs_diff(column) <= LIT_COLUMNS)
        .map(|index| seen[index].0)
        .collect();
    skin.sort_by(|a, b| luma(*a).total_cmp(&luma(*b)));
    let upper = &skin[skin.len() * 6 / 10..skin.len() * 9 / 10];
    if upper.is_empty() {
        return seen.iter().map(|place| place.0).sum::<Vec3>() / seen.len() as f32;
    }
    upper.iter().sum::<Vec3>() / upper.len() as f32
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

    fn painted(bytes: &[u8]) -> LidSkin {
        let image = Image {
            bytes,
            width: 100,
            height: 80,
        };
        let half = |along: f32| {
            let across = 2.0 * along - 1.0;
            8.0 * (1.0 - across * across).max(0.0)
        };
        LidSkin::new(
            &|along| (-half(along), half(along)),
            16.0,
            &|along, down| Vec2::new(20.0 + 60.0 * along, 45.0 + down),
            &image,
        )
    }

    #[test]
    fn glasses_stay_in_front_of_the_lid() {
        let mut bytes = picture();
        for y in 22..26 {
            for x in 0..100 {
                bytes[(y * 100 + x) * 4..][..3].fill(15);
            }
        }
        let skin = painted(&bytes);
        let row = |down: f32| {
            let part = (down - skin.from.y) / (skin.to.y - skin.from.y);
            (part * SIZE[1] as f32) as usize
        };
        let alpha = |down: f32| skin.rgba[(row(down) * SIZE[0] + 32) * 4 + 3];
        assert!(alpha(24.0 - 45.0) < 32, "{}", alpha(24.0 - 45.0));
        assert!(alpha(35.0 - 45.0) > 200, "{}", alpha(35.0 - 45.0));
    }

    #[test]
    fn lashes_and_eye_become_the_skin_around() {
        let skin = painted(&picture());
        for (index, pixel) in skin.rgba.chunks_exact(4).enumerate() {
            let expected = 200.0 - 0.6 * (20.0 + 60.0 * along(index % SIZE[0]));
            let apart = (f32::from(pixel[0]) - expected).abs();
            assert!(apart < 14.0, "{index}: {pixel:?} for {expected}");
        }
        // Over the eye everything gives way, far above it nothing.
        let alpha = |column: usize, row: usize| skin.rgba[(row * SIZE[0] + column) * 4 + 3];
        assert_eq!((alpha(32, 32), alpha(32, 1)), (255, 128));
    }
}
