//! The guided filter: draws a soft mask to the edges of the picture it belongs to.
//!
//! He, Sun and Tang, "Guided image filtering" (2013), with a colour guide (section 3.4); the coefficients are found on a small picture and
//! used on a large one, as in "Fast guided filter" (2015).

use super::crop::RgbPicture;

/// Variance of the guide (0–1 a channel) below which a window counts as flat.
const FLATNESS: f32 = 2e-4;

/// `mask = slope · colour + offset` at each pixel of a small picture.
pub(super) struct LocalLines {
    width: usize,
    height: usize,
    /// Slope of red, green and blue, then the offset.
    coefficients: Vec<[f32; 4]>,
}

impl LocalLines {
    /// Fits the lines in windows of `2·radius + 1` pixels. `mask` has the guide's size.
    pub fn fit(guide: &RgbPicture, mask: &[f32], radius: usize) -> Self {
        let (width, height) = (guide.width, guide.height);
        let colours: Vec<[f32; 3]> = (0..width * height)
            .map(|index| guide.pixel(index).map(|value| value / 255.0))
            .collect();
        let mean = |value: &dyn Fn(usize) -> f32| {
            let plane: Vec<f32> = (0..width * height).map(value).collect();
            box_mean(&plane, width, height, radius)
        };
        let mean_colour = [0, 1, 2].map(|c| mean(&|i| colours[i][c]));
        let mean_mask = mean(&|i| mask[i]);
        let with_mask = [0, 1, 2].map(|c| mean(&|i| colours[i][c] * mask[i]));
        let pairs = [(0, 0), (0, 1), (0, 2), (1, 1), (1, 2), (2, 2)]
            .map(|(a, b)| mean(&|i| colours[i][a] * colours[i][b]));
        let lines: Vec<[f32; 4]> = (0..width * height)
            .map(|i| {
                let m = [0, 1, 2].map(|c| mean_colour[c][i]);
                let [xx, xy, xz, yy, yz, zz] = [0, 1, 2, 3, 4, 5].map(|pair| pairs[pair][i]);
                let spread = [
                    [
                        xx - m[0] * m[0] + FLATNESS,
                        xy - m[0] * m[1],
                        xz - m[0] * m[2],
                    ],
                    [
                        xy - m[0] * m[1],
                        yy - m[1] * m[1] + FLATNESS,
                        yz - m[1] * m[2],
                    ],
                    [
                        xz - m[0] * m[2],
                        yz - m[1] * m[2],
                        zz - m[2] * m[2] + FLATNESS,
                    ],
                ];
                let shared = [0, 1, 2].map(|c| with_mask[c][i] - m[c] * mean_mask[i]);
                let slope = solve(&spread, shared);
                let offset = mean_mask[i] - slope[0] * m[0] - slope[1] * m[1] - slope[2] * m[2];
                [slope[0], slope[1], slope[2], offset]
            })
            .collect();
        let averaged = [0, 1, 2, 3].map(|c| mean(&|i| lines[i][c]));
        Self {
            width,
            height,
            coefficients: (0..width * height)
                .map(|i| [0, 1, 2, 3].map(|c| averaged[c][i]))
                .collect(),
        }
    }

    /// The mask at a pixel of colour `rgb` (0–255), at a place given in pixels of the small picture; not limited to 0–1.
    pub fn mask(&self, x: f32, y: f32, rgb: [f32; 3]) -> f32 {
        let x = x.clamp(0.0, (self.width - 1) as f32);
        let y = y.clamp(0.0, (self.height - 1) as f32);
        let (left, top) = (x as usize, y as usize);
        let (right, bottom) = (
            (left + 1).min(self.width - 1),
            (top + 1).min(self.height - 1),
        );
        let (across, down) = (x - left as f32, y - top as f32);
        let mut sum = 0.0;
        for (row, row_weight) in [(top, 1.0 - down), (bottom, down)] {
            for (column, weight) in [(left, 1.0 - across), (right, across)] {
                let [red, green, blue, offset] = self.coefficients[row * self.width + column];
                let value = (red * rgb[0] + green * rgb[1] + blue * rgb[2]) / 255.0 + offset;
                sum += value * weight * row_weight;
            }
        }
        sum
    }
}

/// Cramer's rule; the matrix is positive definite by its flatness term.
fn solve(m: &[[f32; 3]; 3], v: [f32; 3]) -> [f32; 3] {
    let determinant = |m: &[[f32; 3]; 3]| {
        m[0][0] * (m[1][1] * m[2][2] - m[1][2] * m[2][1])
            - m[0][1] * (m[1][0] * m[2][2] - m[1][2] * m[2][0])
            + m[0][2] * (m[1][0] * m[2][1] - m[1][1] * m[2][0])
    };
    let whole = determinant(m).max(1e-14);
    [0, 1, 2].map(|column| {
        let mut replaced = *m;
        for row in 0..3 {
            replaced[row][column] = v[row];
        }
        determinant(&replaced) / whole
    })
}

/// Mean over windows that end at the border.
fn box_mean(plane: &[f32], width: usize, height: usize, radius: usize) -> Vec<f32> {
    let pass = |plane: &[f32], count: usize, lines: usize, step: usize, line_step: usize| {
        let mut means = vec![0.0; plane.len()];
        let mut sums = vec![0.0_f64; count + 1];
        for line in 0..lines {
            for position in 0..count {
                let value = plane[line * line_step + position * step];
                sums[position + 1] = sums[position] + f64::from(value);
            }
            for position in 0..count {
                let (from, to) = (
                    position.saturating_sub(radius),
                    (position + radius + 1).min(count),
                );
                means[line * line_step + position * step] =
                    ((sums[to] - sums[from]) / (to - from) as f64) as f32;
            }
        }
        means
    };
    let rows = pass(plane, width, height, 1, width);
    pass(&rows, height, width, width, 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_blurred_mask_finds_the_edge_again() {
        let (width, height) = (48, 32);
        let rgba: Vec<u8> = (0..width * height)
            .flat_map(|i| {
                if i % width < 20 {
                    [200, 120, 90, 255]
                } else {
                    [60, 90, 200, 255]
                }
            })
            .collect();
        let guide = RgbPicture::from_rgba(&rgba, width, height, 1);
        let mask: Vec<f32> = (0..width * height)
            .map(|i| ((26.0 - (i % width) as f32) / 10.0).clamp(0.0, 1.0))
            .collect();
        let lines = LocalLines::fit(&guide, &mask, 8);
        let at = |x: usize| lines.mask(x as f32, 16.0, guide.pixel(16 * width + x));
        assert!(
            at(18) > 0.85 && at(21) < 0.45 && at(18) - at(21) > 0.5,
            "{} {}",
            at(18),
            at(21)
        );
        assert!(at(2) > 0.98 && at(45) < 0.02);
    }
}
