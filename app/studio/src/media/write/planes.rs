//! RGB to the planes that H.264 stores: BT.709 at limited range, as nearly all video of today.

use openh264::formats::YUVSource;

/// Bits behind the point of the factors below.
const POINT: i32 = 16;
/// Shares of red, green and blue in luma and the two of chroma: ITU-R BT.709, section 3, scaled to 219 and 224 steps.
const LUMA: [i32; 3] = [11_966, 40_254, 4_064];
const BLUE: [i32; 3] = [-6_596, -22_189, 28_785];
const RED: [i32; 3] = [28_785, -26_146, -2_639];
const LUMA_BLACK: i32 = 16;
const NO_CHROMA: i32 = 128;

/// A picture of even sides, 4:2:0.
pub(super) struct Planes {
    width: usize,
    height: usize,
    luma: Vec<u8>,
    blue: Vec<u8>,
    red: Vec<u8>,
}

impl Planes {
    pub fn new(width: usize, height: usize) -> Self {
        Self {
            width,
            height,
            luma: vec![0; width * height],
            blue: vec![0; width * height / 4],
            red: vec![0; width * height / 4],
        }
    }

    /// Takes the pixels of the picture: RGBA rows.
    pub fn fill(&mut self, rgba: &[u8]) {
        let row_bytes = self.width * 4;
        let chroma_width = self.width / 2;
        for (row, lines) in rgba.chunks_exact(2 * row_bytes).enumerate() {
            let (upper, lower) = lines.split_at(row_bytes);
            for (line, pixels) in [upper, lower].into_iter().enumerate() {
                let start = (2 * row + line) * self.width;
                let luma = &mut self.luma[start..start + self.width];
                for (luma, pixel) in luma.iter_mut().zip(pixels.chunks_exact(4)) {
                    let sum = weighted(LUMA, [pixel[0], pixel[1], pixel[2]].map(i32::from));
                    *luma = level(sum, LUMA_BLACK, POINT);
                }
            }
            let blue = &mut self.blue[row * chroma_width..][..chroma_width];
            let red = &mut self.red[row * chroma_width..][..chroma_width];
            let pairs = upper.chunks_exact(8).zip(lower.chunks_exact(8));
            for ((blue, red), (upper, lower)) in blue.iter_mut().zip(red).zip(pairs) {
                // The sum of four pixels has two bits more.
                let sum = [0, 1, 2].map(|channel| {
                    [
                        upper[channel],
                        upper[channel + 4],
                        lower[channel],
                        lower[channel + 4],
                    ]
                    .map(i32::from)
                    .iter()
                    .sum()
                });
                *blue = level(weighted(BLUE, sum), NO_CHROMA, POINT + 2);
                *red = level(weighted(RED, sum), NO_CHROMA, POINT + 2);
            }
        }
    }
}

fn weighted(shares: [i32; 3], colour: [i32; 3]) -> i32 {
    shares[0] * colour[0] + shares[1] * colour[1] + shares[2] * colour[2]
}

fn level(sum: i32, zero: i32, point: i32) -> u8 {
    ((sum + (1 << (point - 1))) >> point)
        .wrapping_add(zero)
        .clamp(0, 255) as u8
}

impl YUVSource for Planes {
    fn dimensions(&self) -> (usize, usize) {
        (self.width, self.height)
    }

    fn strides(&self) -> (usize, usize, usize) {
        (self.width, self.width / 2, self.width / 2)
    }

    fn y(&self) -> &[u8] {
        &self.luma
    }

    fn u(&self) -> &[u8] {
        &self.blue
    }

    fn v(&self) -> &[u8] {
        &self.red
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_are_those_of_bt_709() {
        // Colour bars at full strength: luma and chroma as ITU-R BT.709 computes them.
        for (colour, expected) in [
            ([0, 0, 0], [16, 128, 128]),
            ([255, 255, 255], [235, 128, 128]),
            ([128, 128, 128], [126, 128, 128]),
            ([255, 0, 0], [63, 102, 240]),
            ([0, 255, 0], [173, 42, 26]),
            ([0, 0, 255], [32, 240, 118]),
            ([255, 255, 0], [219, 16, 138]),
        ] {
            let mut planes = Planes::new(4, 2);
            let [red, green, blue]: [u8; 3] = colour;
            planes.fill(&[red, green, blue, 255].repeat(8));
            let found = [planes.y()[5], planes.u()[1], planes.v()[1]];
            let is_near = found
                .iter()
                .zip(expected)
                .all(|(a, b): (&u8, u8)| a.abs_diff(b) <= 1);
            assert!(is_near, "{colour:?}: {found:?}, not {expected:?}");
        }
    }

    #[test]
    fn chroma_is_the_mean_of_four_pixels() {
        let mut planes = Planes::new(2, 2);
        let mut rgba = [0, 0, 255, 255].repeat(2);
        rgba.extend([0, 0, 0, 255].repeat(2));
        planes.fill(&rgba);
        assert!(planes.u()[0].abs_diff(184) <= 1, "{}", planes.u()[0]);
        assert!(planes.y()[0] > 30 && planes.y()[2] == 16);
    }
}
