//! From red, green, blue and alpha to what cameras send: BT.601 at limited range, which everybody takes for granted of a camera.

use crate::media::to_yuv::ToYuv;

/// What cameras send.
const CAMERA: ToYuv = ToYuv::BT_601;
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
                    let [blue, red] = CAMERA.chroma(sum, 1);
                    out.extend([CAMERA.luma(left), blue, CAMERA.luma(right), red]);
                }
            }
            Self::I420 => {
                out.extend(rgba.chunks_exact(4).map(|pixel| CAMERA.luma(colour(pixel))));
                let [mut blues, mut reds] = [Vec::new(), Vec::new()];
                for lines in rgba.chunks_exact(2 * row_bytes) {
                    let (upper, lower) = lines.split_at(row_bytes);
                    for (upper, lower) in upper.chunks_exact(8).zip(lower.chunks_exact(8)) {
                        let four = [&upper[..4], &upper[4..], &lower[..4], &lower[4..]].map(colour);
                        let sum =
                            [0, 1, 2].map(|channel| four.iter().map(|one| one[channel]).sum());
                        let [blue, red] = CAMERA.chroma(sum, 2);
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
