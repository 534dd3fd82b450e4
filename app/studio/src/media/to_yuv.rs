//! From red, green and blue to luma and chroma at limited range, in whole numbers; `yuv.rs` is the way back.

/// Bits behind the point of the shares.
const POINT: i32 = 16;
const LUMA_BLACK: i32 = 16;
const NO_CHROMA: i32 = 128;

/// Shares of red, green and blue in luma and the two of chroma, scaled to 219 and 224 steps.
pub(crate) struct ToYuv {
    luma: [i32; 3],
    blue: [i32; 3],
    red: [i32; 3],
}

impl ToYuv {
    /// ITU-R BT.601, section 2.5: cameras.
    pub const BT_601: Self = Self {
        luma: [16_829, 33_039, 6_416],
        blue: [-9_714, -19_070, 28_784],
        red: [28_784, -24_103, -4_681],
    };
    /// ITU-R BT.709, section 3: nearly all video of today.
    pub const BT_709: Self = Self {
        luma: [11_966, 40_254, 4_064],
        blue: [-6_596, -22_189, 28_785],
        red: [28_785, -26_146, -2_639],
    };

    /// Luma of a colour, 0 to 255 in each channel.
    pub fn luma(&self, colour: [i32; 3]) -> u8 {
        level(weighted(self.luma, colour), LUMA_BLACK, POINT)
    }

    /// Blue and red chroma of the mean of `1 << bits` colours with this sum.
    pub fn chroma(&self, sum: [i32; 3], bits: i32) -> [u8; 2] {
        [self.blue, self.red].map(|shares| level(weighted(shares, sum), NO_CHROMA, POINT + bits))
    }
}

fn weighted(shares: [i32; 3], colour: [i32; 3]) -> i32 {
    shares[0] * colour[0] + shares[1] * colour[1] + shares[2] * colour[2]
}

fn level(sum: i32, zero: i32, point: i32) -> u8 {
    (((sum + (1 << (point - 1))) >> point) + zero).clamp(0, 255) as u8
}
