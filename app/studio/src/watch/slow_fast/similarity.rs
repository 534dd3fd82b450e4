//! How alike two pictures are: the share of their patches that point the same way in hue, saturation and value.

use super::{Size, TOKEN_SIDE_PX};

/// Cosine above which two patches are alike.
const ALIKE_COSINE: f32 = 0.7;
/// Added to the length of a patch, so that a black one can be divided by it.
const LENGTH_OFFSET: f64 = 1e-8;
/// Pairs of patches that are both shorter than this are black and left out.
const BLACK_LENGTH: f64 = 0.01;
/// Bits behind the point of the tables.
const TABLE_BITS: u32 = 12;
/// Hue of a whole turn, as bytes hold it.
const HUE_RANGE: i32 = 180;

/// Whether at least `threshold` of the patches of two pictures are alike. Two black pictures are.
///
/// Both are of the same size, whose sides are multiples of [`TOKEN_SIDE_PX`], and in HSV, see [`hsv()`].
pub fn is_alike(a: &[u8], b: &[u8], size: Size, threshold: f64) -> bool {
    let side = TOKEN_SIDE_PX as usize;
    let row_bytes = size.width_px as usize * 3;
    let (mut alike, mut total) = (0_u32, 0_u32);
    for top in (0..size.height_px as usize).step_by(side) {
        for left in (0..size.width_px as usize).step_by(side) {
            let (mut product, mut square_a, mut square_b) = (0_u64, 0_u64, 0_u64);
            for row in top..top + side {
                let bytes = row * row_bytes + left * 3..row * row_bytes + (left + side) * 3;
                for (&x, &y) in a[bytes.clone()].iter().zip(&b[bytes]) {
                    let (x, y) = (u64::from(x), u64::from(y));
                    product += x * y;
                    square_a += x * x;
                    square_b += y * y;
                }
            }
            let length = |square: u64| (square as f64).sqrt() + LENGTH_OFFSET;
            let (length_a, length_b) = (length(square_a), length(square_b));
            if length_a < BLACK_LENGTH && length_b < BLACK_LENGTH {
                continue;
            }
            total += 1;
            let cosine = product as f64 / (length_a * length_b);
            alike += u32::from(cosine as f32 > ALIKE_COSINE);
        }
    }
    !is_share_below(alike, total, threshold)
}

/// Whether a share is below a threshold. The reference divides in f32 and compares in f64, so that nine tenths are below 0.9; a
/// share of nothing is not a number, and below nothing.
pub(super) fn is_share_below(part: u32, total: u32, threshold: f64) -> bool {
    f64::from(part as f32 / total as f32) < threshold
}

/// A picture of red, green, blue in bytes of hue (0 to 179), saturation and value, to the bit as OpenCV's `COLOR_RGB2HSV`.
pub fn hsv(rgb: &[u8]) -> Vec<u8> {
    let divisions = |numerator: f64| {
        let mut table = [0_i32; 256];
        for (divisor, entry) in table.iter_mut().enumerate().skip(1) {
            let scaled = numerator * f64::from(1 << TABLE_BITS) / divisor as f64;
            *entry = scaled.round_ties_even() as i32;
        }
        table
    };
    let by_value = divisions(255.0);
    let by_spread = divisions(f64::from(HUE_RANGE) / 6.0);
    let rounded = |sum: i32| (sum + (1 << (TABLE_BITS - 1))) >> TABLE_BITS;
    rgb.chunks_exact(3)
        .flat_map(|pixel| {
            let [red, green, blue] = [pixel[0], pixel[1], pixel[2]].map(i32::from);
            let value = red.max(green).max(blue);
            let spread = value - red.min(green).min(blue);
            let saturation = rounded(spread * by_value[value as usize]);
            let sixths = if value == red {
                green - blue
            } else if value == green {
                blue - red + 2 * spread
            } else {
                red - green + 4 * spread
            };
            let hue = rounded(sixths * by_spread[spread as usize]);
            let hue = if hue < 0 { hue + HUE_RANGE } else { hue };
            [hue as u8, saturation as u8, value as u8]
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIZE: Size = Size::new(28 * 5, 28 * 2);

    /// A picture in which so many patches are white and the others black.
    fn picture(white: usize) -> Vec<u8> {
        let mut out = vec![0; SIZE.pixels() * 3];
        for patch in 0..white {
            let (top, left) = (patch / 5 * 28, patch % 5 * 28);
            for row in top..top + 28 {
                let begin = (row * SIZE.width_px as usize + left) * 3;
                out[begin..begin + 28 * 3].fill(255);
            }
        }
        out
    }

    #[test]
    fn nine_patches_of_ten_are_not_enough_and_black_ones_do_not_count() {
        let alike = |a, b| is_alike(&picture(a), &picture(b), SIZE, 0.9);
        assert!(alike(10, 10) && !alike(10, 9) && !alike(10, 8));
        assert!(alike(1, 1) && !alike(1, 2));
        assert!(alike(0, 0) && !alike(0, 1));
    }

    #[test]
    fn colours_have_their_hue() {
        let of = |rgb: [u8; 3]| hsv(&rgb);
        assert_eq!(of([255, 0, 0]), [0, 255, 255]);
        assert_eq!(of([0, 255, 0]), [60, 255, 255]);
        assert_eq!(of([0, 0, 255]), [120, 255, 255]);
        assert_eq!(of([255, 0, 9]), [179, 255, 255]);
        assert_eq!(of([90, 90, 90]), [0, 0, 90]);
        assert_eq!(of([0, 0, 0]), [0, 0, 0]);
    }
}
