//! From red, green, blue and alpha to what cameras send: BT.601 at limited range, which everybody takes for granted of a camera.

/// Bits behind the point of the factors below.
const POINT: i32 = 16;
/// Shares of red, green and blue in luma and the two of chroma: ITU-R BT.601, section 2.5, scaled to 219 and 224 steps.
const LUMA: [i32; 3] = [16_829, 33_039, 6_416];
const BLUE: [i32; 3] = [-9_714, -19_070, 28_784];
const RED: [i32; 3] = [28_784, -24_103, -4_681];
const LUMA_BLACK: i32 = 16;
const NO_CHROMA: i32 = 128;
/// What is behind a picture that is clear.
const GROUND: [i32; 3] = [32; 3];

/// How pixels lie in what is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum PixelFormat {
    /// Two pixels in four bytes: Y U Y V.
    Yuyv,
    /// A plane of each, U and V at half the size.
    I420,
}

impl PixelFormat {
    /// Those that can be written, the one that everybody reads first.
    pub const ALL: [Self; 2] = [Self::Yuyv, Self::I420];

    /// The code of V4L2 (`videodev2.h`).
    #[cfg(any(target_os = "linux", test))]
    pub fn code(self) -> [u8; 4] {
        match self {
            Self::Yuyv => *b"YUYV",
            Self::I420 => *b"YU12",
        }
    }

    /// Bytes of a picture of even sides.
    pub fn picture_bytes(self, (width_px, height_px): (u32, u32)) -> usize {
        let pixels = width_px as usize * height_px as usize;
        match self {
            Self::Yuyv => pixels * 2,
            Self::I420 => pixels * 3 / 2,
        }
    }

    /// A picture of even sides, RGBA rows from the top, in place of what `out` holds.
    pub fn convert(self, rgba: &[u8], (width_px, _): (u32, u32), out: &mut Vec<u8>) {
        let row_bytes = width_px as usize * 4;
        out.clear();
        match self {
            Self::Yuyv => {
                for pair in rgba.chunks_exact(8) {
                    let [left, right] = [colour(&pair[..4]), colour(&pair[4..])];
                    let sum = [0, 1, 2].map(|channel| left[channel] + right[channel]);
                    let [blue, red] = chroma(sum, 1);
                    out.extend([luma(left), blue, luma(right), red]);
                }
            }
            Self::I420 => {
                out.extend(rgba.chunks_exact(4).map(|pixel| luma(colour(pixel))));
                let [mut blues, mut reds] = [Vec::new(), Vec::new()];
                for lines in rgba.chunks_exact(2 * row_bytes) {
                    let (upper, lower) = lines.split_at(row_bytes);
                    for (upper, lower) in upper.chunks_exact(8).zip(lower.chunks_exact(8)) {
                        let four = [&upper[..4], &upper[4..], &lower[..4], &lower[4..]].map(colour);
                        let sum =
                            [0, 1, 2].map(|channel| four.iter().map(|one| one[channel]).sum());
                        let [blue, red] = chroma(sum, 2);
                        blues.push(blue);
                        reds.push(red);
                    }
                }
                out.append(&mut blues);
                out.append(&mut reds);
            }
        }
    }
}

/// Red, green and blue of a pixel on the ground.
fn colour(pixel: &[u8]) -> [i32; 3] {
    let alpha = i32::from(pixel[3]);
    [0, 1, 2].map(|channel| {
        let value = i32::from(pixel[channel]);
        match alpha {
            255 => value,
            _ => (value * alpha + GROUND[channel] * (255 - alpha) + 127) / 255,
        }
    })
}

fn luma(colour: [i32; 3]) -> u8 {
    level(weighted(LUMA, colour), LUMA_BLACK, POINT)
}

/// Of the sum of `1 << bits` pixels.
fn chroma(sum: [i32; 3], bits: i32) -> [u8; 2] {
    [BLUE, RED].map(|shares| level(weighted(shares, sum), NO_CHROMA, POINT + bits))
}

fn weighted(shares: [i32; 3], colour: [i32; 3]) -> i32 {
    shares[0] * colour[0] + shares[1] * colour[1] + shares[2] * colour[2]
}

fn level(sum: i32, zero: i32, point: i32) -> u8 {
    (((sum + (1 << (point - 1))) >> point) + zero).clamp(0, 255) as u8
}
