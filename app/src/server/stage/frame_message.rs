//! One frame with its sound as bytes of the WebSocket.
//!
//! | bytes | what |
//! |---|---|
//! | 4 | number of the frame, 25 a second, little-endian; it goes on counting while nobody speaks |
//! | 2 | samples that follow: 0 while nobody speaks |
//! | 2 | 0 |
//! | 2 each | samples, 24 kHz, mono, signed, little-endian |
//! | the rest | the picture as PNG with alpha |

use engine::audio::wav::Quantizer;
use image::codecs::png::{CompressionType, FilterType, PngEncoder};
use image::{ExtendedColorType, ImageEncoder as _, ImageResult};

/// A frame.
pub(super) struct Frame<'a> {
    pub number: u32,
    pub samples: &'a [f32],
    /// RGBA rows.
    pub rgba: &'a [u8],
    pub size_px: (u32, u32),
}

/// The bytes of a frame.
pub(super) fn encode(frame: &Frame<'_>, quantizer: &mut Quantizer) -> ImageResult<Vec<u8>> {
    let mut bytes = Vec::with_capacity(8 + 2 * frame.samples.len() + frame.rgba.len() / 3);
    bytes.extend(frame.number.to_le_bytes());
    bytes.extend((frame.samples.len() as u16).to_le_bytes());
    bytes.extend([0, 0]);
    let samples = frame.samples.iter();
    bytes.extend(samples.flat_map(|&sample| quantizer.quantize(sample).to_le_bytes()));
    let (width, height) = frame.size_px;
    PngEncoder::new_with_quality(&mut bytes, CompressionType::Fast, FilterType::Up).write_image(
        frame.rgba,
        width,
        height,
        ExtendedColorType::Rgba8,
    )?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_comes_back_with_its_alpha() {
        let rgba: Vec<u8> = (0..4 * 6 * 4).map(|byte| byte as u8).collect();
        let frame = Frame {
            number: 300,
            samples: &[0.5, -1.0],
            rgba: &rgba,
            size_px: (6, 4),
        };
        let bytes = encode(&frame, &mut Quantizer::default()).unwrap();
        assert_eq!(bytes[..8], [44, 1, 0, 0, 2, 0, 0, 0]);
        assert_eq!(bytes[8..12], [0, 64, 0, 128]);
        let picture = image::load_from_memory(&bytes[12..]).unwrap().to_rgba8();
        assert_eq!(picture.into_raw(), rgba);
    }
}
