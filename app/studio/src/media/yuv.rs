//! From luma and chroma to red, green and blue.

use super::h264::Matrix;

/// Bits behind the point of the factors below.
const POINT: i32 = 14;

/// A matrix with its range, as whole numbers.
pub(crate) struct Factors {
    black: i32,
    luma: i32,
    red: i32,
    green: [i32; 2],
    blue: i32,
}

impl Factors {
    /// From the shares of red and blue in luma: ITU-R BT.601, 709 and 2020, section 3.
    pub(super) fn new(matrix: Matrix, is_full_range: bool) -> Self {
        let [red, blue] = match matrix {
            Matrix::Bt601 => [0.299, 0.114],
            Matrix::Bt709 => [0.2126, 0.0722],
            Matrix::Bt2020 => [0.2627, 0.0593],
        };
        let green = 1.0 - red - blue;
        let (black, luma, chroma) = match is_full_range {
            true => (0, 1.0, 1.0),
            false => (16, 255.0 / 219.0, 255.0 / 224.0),
        };
        let fixed = |value: f64| (value * f64::from(1 << POINT)).round() as i32;
        let (for_red, for_blue) = (2.0 * (1.0 - red), 2.0 * (1.0 - blue));
        Self {
            black,
            luma: fixed(luma),
            red: fixed(chroma * for_red),
            green: [
                fixed(chroma * for_blue * blue / green),
                fixed(chroma * for_red * red / green),
            ],
            blue: fixed(chroma * for_blue),
        }
    }

    /// Those of cameras, which name no matrix.
    #[cfg(any(target_os = "linux", test))]
    pub fn of_cameras() -> Self {
        Self::new(Matrix::Bt601, false)
    }

    /// What chroma adds to red, green and blue.
    pub fn shares(&self, blue: u8, red: u8) -> [i32; 3] {
        let [blue, red] = [blue, red].map(|value| i32::from(value) - 128);
        [
            self.red * red,
            -(self.green[0] * blue + self.green[1] * red),
            self.blue * blue,
        ]
    }

    /// The pixel with this luma; `shares` are those of its chroma.
    pub fn pixel(&self, luma: u8, shares: [i32; 3]) -> [u8; 3] {
        let luma = self.luma * (i32::from(luma) - self.black) + (1 << (POINT - 1));
        shares.map(|share| ((luma + share) >> POINT).clamp(0, 255) as u8)
    }
}
