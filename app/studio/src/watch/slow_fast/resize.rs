//! Smaller and larger pictures, to the bit as PyTorch makes them.
//!
//! The rule is that of `torch.nn.functional.interpolate(mode="bilinear", antialias=True)` on bytes
//! (`aten/src/ATen/native/cpu/UpSampleKernel.cpp`): triangles as wide as a new pixel, weights in whole numbers of as many bits as
//! 16 hold, rows first, and bytes in between.

use super::Size;

/// Channels of a pixel.
const CHANNELS: usize = 3;
/// Weights stay below this.
const WEIGHT_LIMIT: i64 = 1 << 15;
/// Most bits behind the point of a weight.
const PRECISION_LIMIT: u32 = 22;

/// A picture (rows from the top of red, green, blue) at another size.
///
/// # Panics
/// When `rgb` is not of the size `from`, or a size is nothing.
pub fn resized(rgb: &[u8], from: Size, to: Size) -> Vec<u8> {
    assert_eq!(rgb.len(), from.pixels() * CHANNELS, "size of the picture");
    let width = from.width_px as usize;
    let new_width = to.width_px as usize;
    let rows = if width == new_width {
        rgb.to_vec()
    } else {
        let axis = Axis::new(width, new_width);
        let mut out = Vec::with_capacity(from.height_px as usize * new_width * CHANNELS);
        for row in rgb.chunks_exact(width * CHANNELS) {
            for window in &axis.windows {
                let pixels = &row[window.first * CHANNELS..];
                let mut sums = [axis.half(); CHANNELS];
                for (pixel, &weight) in pixels.chunks_exact(CHANNELS).zip(&window.weights) {
                    for (sum, &value) in sums.iter_mut().zip(pixel) {
                        *sum += i32::from(value) * weight;
                    }
                }
                out.extend(sums.map(|sum| axis.byte(sum)));
            }
        }
        out
    };
    if from.height_px == to.height_px {
        return rows;
    }
    let axis = Axis::new(from.height_px as usize, to.height_px as usize);
    let row_bytes = new_width * CHANNELS;
    let mut out = Vec::with_capacity(to.pixels() * CHANNELS);
    let mut sums = vec![0; row_bytes];
    for window in &axis.windows {
        sums.fill(axis.half());
        let rows = rows[window.first * row_bytes..].chunks_exact(row_bytes);
        for (row, &weight) in rows.zip(&window.weights) {
            for (sum, &value) in sums.iter_mut().zip(row) {
                *sum += i32::from(value) * weight;
            }
        }
        out.extend(sums.iter().map(|&sum| axis.byte(sum)));
    }
    out
}

/// How the pixels of one direction are made.
struct Axis {
    windows: Vec<Window>,
    /// Bits behind the point of the weights.
    precision: u32,
}

/// What one new pixel is made of.
struct Window {
    first: usize,
    weights: Vec<i32>,
}

impl Axis {
    fn new(length: usize, new_length: usize) -> Self {
        let scale = length as f64 / new_length as f64;
        let support = scale.max(1.0);
        let narrowing = if scale >= 1.0 { 1.0 / scale } else { 1.0 };
        let exact: Vec<(usize, Vec<f64>)> = (0..new_length)
            .map(|index| {
                let centre = scale * (index as f64 + 0.5);
                let first = (centre - support + 0.5).max(0.0) as usize;
                let end = ((centre + support + 0.5) as usize).min(length);
                let weights: Vec<f64> = (0..end - first)
                    .map(|offset| {
                        let distance = ((offset + first) as f64 - centre + 0.5) * narrowing;
                        (1.0 - distance.abs()).max(0.0)
                    })
                    .collect();
                let total: f64 = weights.iter().sum();
                (first, weights.iter().map(|weight| weight / total).collect())
            })
            .collect();
        let heaviest = exact
            .iter()
            .flat_map(|(_, weights)| weights)
            .fold(0.0, |heaviest: f64, &weight| heaviest.max(weight));
        let whole = |weight: f64, bits: u32| (0.5 + weight * f64::from(1 << bits)) as i64;
        let precision = (0..PRECISION_LIMIT)
            .find(|bits| whole(heaviest, bits + 1) >= WEIGHT_LIMIT)
            .unwrap_or(PRECISION_LIMIT);
        let windows = exact
            .into_iter()
            .map(|(first, weights)| Window {
                first,
                weights: weights
                    .into_iter()
                    .map(|weight| whole(weight, precision) as i32)
                    .collect(),
            })
            .collect();
        Self { windows, precision }
    }

    /// What a sum begins with, so that it is rounded.
    fn half(&self) -> i32 {
        1 << self.precision >> 1
    }

    fn byte(&self, sum: i32) -> u8 {
        (sum >> self.precision).clamp(0, 255) as u8
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plain_picture_stays_plain_at_any_size() {
        let rgb = [10, 128, 255].repeat(35);
        for to in [(1, 1), (7, 5), (7, 11), (3, 5), (200, 90)] {
            let to = Size::new(to.0, to.1);
            let made = resized(&rgb, Size::new(7, 5), to);
            assert_eq!(made.len(), to.pixels() * 3);
            // A weight is rounded, so that a sum may lack one.
            assert!(made.chunks_exact(3).all(|pixel| {
                pixel[0].abs_diff(10) <= 1 && pixel[1].abs_diff(128) <= 1 && pixel[2] >= 254
            }));
        }
    }
}
