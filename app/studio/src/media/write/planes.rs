//! RGB to the planes that H.264 stores: BT.709 at limited range, as nearly all video of today.

use openh264::formats::YUVSource;

use crate::media::to_yuv::ToYuv;

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
                    *luma = ToYuv::BT_709.luma([pixel[0], pixel[1], pixel[2]].map(i32::from));
                }
            }
            let blue = &mut self.blue[row * chroma_width..][..chroma_width];
            let red = &mut self.red[row * chroma_width..][..chroma_width];
            let pairs = upper.chunks_exact(8).zip(lower.chunks_exact(8));
            for ((blue, red), (upper, lower)) in blue.iter_mut().zip(red).zip(pairs) {
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
                [*blue, *red] = ToYuv::BT_709.chroma(sum, 2);
            }
        }
    }
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
