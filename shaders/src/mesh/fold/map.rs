//! The folds that the picture shows: how bright each place of the face is against its neighbourhood.

use glam::{Vec2, Vec3};

use crate::scene::image::Image;

/// Standard deviation of the neighbourhood, canonical units: folds are some millimetres wide.
const NEIGHBOURHOOD: f32 = 0.06;
/// Grain is finer than this, canonical units.
const GRAIN: f32 = 0.008;
/// Least brightness that a place is compared with, 0–1: in the dark, noise would be a fold.
const MIN_BRIGHTNESS: f32 = 0.15;
/// Difference from the neighbourhood, as a part of it, that the map's range ends with.
pub(super) const RANGE: f32 = 0.25;

/// Folds of the face as a grey picture: 128 where skin is as bright as around it.
#[derive(Clone, Debug)]
pub(crate) struct FoldMap {
    /// RGBA, rows from the top.
    pub rgba: Vec<u8>,
    pub size: [usize; 2],
    /// Its corner in the picture, pixels.
    pub from_px: Vec2,
}

impl FoldMap {
    /// Reads it in the part of the picture that holds all of `face_px`; `scale_px` is a canonical unit in pixels.
    pub fn new(picture: &Image, face_px: &[Vec3], scale_px: f32) -> Self {
        let limit = Vec2::new(picture.width as f32, picture.height as f32);
        let flat = face_px.iter().map(|point| point.truncate());
        let low = flat.clone().fold(limit, Vec2::min).floor();
        let high = flat.fold(Vec2::ZERO, Vec2::max).ceil();
        let from = low.clamp(Vec2::ZERO, limit - 1.0);
        let to = high.clamp(from + 1.0, limit);
        let size = [(to.x - from.x) as usize, (to.y - from.y) as usize];
        let (left, top) = (from.x as isize, from.y as isize);
        let luma: Vec<f32> = (0..size[0] * size[1])
            .map(|index| {
                let (x, y) = ((index % size[0]) as isize, (index / size[0]) as isize);
                let seen = picture.texel(left + x, top + y).truncate();
                seen.dot(Vec3::new(0.299, 0.587, 0.114))
            })
            .collect();
        let around = blurred(&luma, size, NEIGHBOURHOOD * scale_px);
        let fine = blurred(&luma, size, GRAIN * scale_px);
        let rgba = fine.iter().zip(&around).flat_map(|(fine, around)| {
            let relief = (fine - around) / around.max(MIN_BRIGHTNESS);
            let grey = 128.0 + 127.0 * (relief / RANGE).clamp(-1.0, 1.0);
            let grey = (grey + 0.5) as u8;
            [grey, grey, grey, 255]
        });
        Self {
            rgba: rgba.collect(),
            size,
            from_px: from,
        }
    }

    /// The map as a picture.
    pub fn image(&self) -> Image<'_> {
        Image {
            bytes: &self.rgba,
            width: self.size[0],
            height: self.size[1],
        }
    }
}

/// Three box filters in each direction, together nearly a Gaussian of this standard deviation.
fn blurred(values: &[f32], [width, height]: [usize; 2], deviation_px: f32) -> Vec<f32> {
    let reach = ((4.0 * deviation_px * deviation_px + 1.0).sqrt() / 2.0) as usize;
    let mut values = values.to_vec();
    if reach == 0 {
        return values;
    }
    for _ in 0..3 {
        for row in values.chunks_exact_mut(width) {
            row.copy_from_slice(&boxed(row, reach));
        }
        for x in 0..width {
            let column: Vec<f32> = (0..height).map(|y| values[y * width + x]).collect();
            for (y, mean) in boxed(&column, reach).into_iter().enumerate() {
                values[y * width + x] = mean;
            }
        }
    }
    values
}

/// The mean of each value and of those up to `reach` places beside it, as far as there are some.
fn boxed(values: &[f32], reach: usize) -> Vec<f32> {
    let mut sums = vec![0.0_f64; values.len() + 1];
    for (index, &value) in values.iter().enumerate() {
        sums[index + 1] = sums[index] + f64::from(value);
    }
    (0..values.len())
        .map(|index| {
            let from = index.saturating_sub(reach);
            let to = (index + reach + 1).min(values.len());
            ((sums[to] - sums[from]) / (to - from) as f64) as f32
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dark_line_is_a_fold_and_plain_skin_is_none() {
        let bytes: Vec<u8> = (0..100 * 100)
            .flat_map(|index| {
                let grey = if index % 100 == 50 { 90 } else { 160 };
                [grey, grey, grey, 255]
            })
            .collect();
        let picture = Image {
            bytes: &bytes,
            width: 100,
            height: 100,
        };
        let corners = [Vec3::new(10.0, 10.0, 0.0), Vec3::new(90.0, 90.0, 0.0)];
        let map = FoldMap::new(&picture, &corners, 100.0);
        assert_eq!((map.size, map.from_px), ([80, 80], Vec2::splat(10.0)));
        let grey = |x: usize| map.rgba[(40 * map.size[0] + x) * 4];
        assert!(grey(40) < 60, "{}", grey(40));
        assert!((126..=140).contains(&grey(5)), "{}", grey(5));
    }
}
