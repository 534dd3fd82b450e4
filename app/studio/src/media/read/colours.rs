//! From the planes of a decoded picture to red, green and blue, by the matrix that the film names.

use openh264::formats::YUVSource;

use super::video_track::VideoTrack;
use crate::media::h264::{Matrix, SequenceParameters};
use crate::media::yuv::Factors;

/// How a film's colours are stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Colours {
    /// None where nobody says; the size decides then.
    matrix: Option<Matrix>,
    is_full_range: bool,
}

impl Colours {
    /// What the stream says (ITU-T H.264, clause E.1.1), else what the container says.
    pub fn of(sequence: Option<SequenceParameters>, track: &VideoTrack) -> Self {
        let container = track.colours;
        Self {
            matrix: sequence
                .and_then(|sequence| sequence.matrix)
                .or(container.and_then(|(code, _)| Matrix::of_code(code))),
            is_full_range: sequence.is_some_and(|sequence| sequence.is_full_range)
                || container.is_some_and(|(_, is_full_range)| is_full_range),
        }
    }

    /// Writes the pixels of a picture, three bytes each.
    pub fn write_rgb(self, picture: &impl YUVSource, rgb: &mut [u8]) {
        let (width, height) = picture.dimensions();
        let matrix = self.matrix.unwrap_or(Matrix::usual(width, height));
        let factors = Factors::new(matrix, self.is_full_range);
        let (luma_stride, blue_stride, red_stride) = picture.strides();
        for (row, line) in rgb.chunks_exact_mut(width * 3).take(height).enumerate() {
            let luma = &picture.y()[row * luma_stride..][..width];
            let blue = &picture.u()[row / 2 * blue_stride..][..width.div_ceil(2)];
            let red = &picture.v()[row / 2 * red_stride..][..width.div_ceil(2)];
            let chroma = blue.iter().zip(red);
            let pairs = line.chunks_mut(6).zip(luma.chunks(2)).zip(chroma);
            for ((pixels, luma), (&blue, &red)) in pairs {
                let shares = factors.shares(blue, red);
                for (pixel, &luma) in pixels.as_chunks_mut::<3>().0.iter_mut().zip(luma) {
                    *pixel = factors.pixel(luma, shares);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A picture of one colour.
    struct Flat {
        planes: [Vec<u8>; 3],
        size: (usize, usize),
    }

    impl Flat {
        fn new(colour: [u8; 3], size: (usize, usize)) -> Self {
            let pixels = [size.0 * size.1, size.0 * size.1 / 4, size.0 * size.1 / 4];
            Self {
                planes: std::array::from_fn(|plane| vec![colour[plane]; pixels[plane]]),
                size,
            }
        }
    }

    impl YUVSource for Flat {
        fn dimensions(&self) -> (usize, usize) {
            self.size
        }

        fn strides(&self) -> (usize, usize, usize) {
            (self.size.0, self.size.0 / 2, self.size.0 / 2)
        }

        fn y(&self) -> &[u8] {
            &self.planes[0]
        }

        fn u(&self) -> &[u8] {
            &self.planes[1]
        }

        fn v(&self) -> &[u8] {
            &self.planes[2]
        }
    }

    fn colour(
        stored: [u8; 3],
        size: (usize, usize),
        matrix: Option<Matrix>,
        is_full: bool,
    ) -> [u8; 3] {
        let colours = Colours {
            matrix,
            is_full_range: is_full,
        };
        let mut rgb = vec![0; size.0 * size.1 * 3];
        colours.write_rgb(&Flat::new(stored, size), &mut rgb);
        assert!(rgb.chunks_exact(3).all(|pixel| pixel == &rgb[..3]));
        [rgb[0], rgb[1], rgb[2]]
    }

    #[test]
    fn pure_colours_come_back_by_each_matrix() {
        // Luma and chroma of saturated colours as the recommendations compute them.
        for (matrix, is_full, stored, expected) in [
            (Matrix::Bt601, false, [81, 90, 240], [255, 0, 0]),
            (Matrix::Bt601, false, [145, 54, 34], [0, 255, 0]),
            (Matrix::Bt709, false, [63, 102, 240], [255, 0, 0]),
            (Matrix::Bt709, false, [173, 42, 26], [0, 255, 0]),
            (Matrix::Bt709, false, [32, 240, 118], [0, 0, 255]),
            (Matrix::Bt2020, false, [74, 97, 240], [255, 0, 0]),
            (Matrix::Bt601, true, [76, 85, 255], [255, 0, 0]),
            (Matrix::Bt709, false, [235, 128, 128], [255, 255, 255]),
            (Matrix::Bt601, true, [128, 128, 128], [128, 128, 128]),
        ] {
            let found = colour(stored, (6, 4), Some(matrix), is_full);
            let is_near = found
                .iter()
                .zip(expected)
                .all(|(a, b): (&u8, u8)| a.abs_diff(b) <= 3);
            assert!(is_near, "{matrix:?}: {found:?}, not {expected:?}");
        }
    }

    #[test]
    fn a_film_that_says_nothing_is_taken_by_its_size() {
        let green = [173, 42, 26];
        let told = |matrix| colour(green, (1280, 16), Some(matrix), false);
        assert_eq!(colour(green, (1280, 16), None, false), told(Matrix::Bt709));
        assert_eq!(colour(green, (16, 16), None, false), told(Matrix::Bt601));
        assert_ne!(told(Matrix::Bt709), told(Matrix::Bt601));
    }
}
