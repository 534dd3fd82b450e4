//! Pictures as the vision tower takes them.

use candle_core::{Device, Tensor};

use super::VisionLanguageError;
use crate::error::Result;
use crate::networks::keye::VisionConfig;

/// A picture that the model is shown.
#[derive(Clone, Copy, Debug)]
pub struct ShownPicture<'a> {
    /// RGB rows from the top.
    pub rgb: &'a [u8],
    /// Its width, a multiple of twice the side of a patch: 28.
    pub width_px: u32,
    /// Its height, likewise.
    pub height_px: u32,
    /// When it is seen, from the start of the clip.
    pub time_secs: f32,
    /// Whether little changes since the last large one, so that it is small.
    pub is_fast: bool,
}

/// What is subtracted from channels in 0 to 1, and what they are divided by then.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct PixelStatistics {
    pub mean: [f32; 3],
    pub deviation: [f32; 3],
}

impl Default for PixelStatistics {
    /// Those of the published processors, where the folder says nothing.
    fn default() -> Self {
        Self {
            mean: [0.481_454_66, 0.457_827_5, 0.408_210_73],
            deviation: [0.268_629_54, 0.261_302_6, 0.275_777_1],
        }
    }
}

/// A picture in patches, row by row.
pub(super) struct Patches {
    /// (rows · columns, 3 · side²).
    pub numbers: Tensor,
    pub rows: usize,
    pub columns: usize,
}

/// Cuts a picture into patches.
///
/// # Errors
/// [`VisionLanguageError::PictureSize`].
pub(super) fn patches(
    picture: &ShownPicture<'_>,
    config: &VisionConfig,
    pixels: &PixelStatistics,
) -> Result<Patches> {
    let side = config.patch_size;
    let multiple = side * config.spatial_merge_size;
    let (width, height) = (picture.width_px as usize, picture.height_px as usize);
    let is_sound = width > 0
        && height > 0
        && width.is_multiple_of(multiple)
        && height.is_multiple_of(multiple)
        && picture.rgb.len() == 3 * width * height;
    if !is_sound {
        return Err(VisionLanguageError::PictureSize {
            width_px: picture.width_px,
            height_px: picture.height_px,
            multiple_px: multiple as u32,
        }
        .into());
    }
    let (rows, columns) = (height / side, width / side);
    let mut numbers = Vec::with_capacity(3 * width * height);
    for row in 0..rows {
        for column in 0..columns {
            for channel in 0..3 {
                for y in 0..side {
                    let start = (row * side + y) * width + column * side;
                    numbers.extend((start..start + side).map(|place| {
                        let value = f32::from(picture.rgb[3 * place + channel]) / 255.0;
                        (value - pixels.mean[channel]) / pixels.deviation[channel]
                    }));
                }
            }
        }
    }
    let shape = (rows * columns, config.patch_numbers());
    let numbers = Tensor::from_vec(numbers, shape, &Device::Cpu).map_err(super::failed)?;
    Ok(Patches {
        numbers,
        rows,
        columns,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_patch_has_its_channels_one_after_the_other() {
        let config = VisionConfig {
            hidden_size: 8,
            intermediate_size: 8,
            num_hidden_layers: 1,
            num_attention_heads: 1,
            image_size: 4,
            patch_size: 2,
            layer_norm_eps: 1e-6,
            spatial_merge_size: 2,
        };
        let pixels = PixelStatistics {
            mean: [0.0; 3],
            deviation: [1.0 / 255.0; 3],
        };
        // 8 × 4 pixels: red is the column, green the row, blue 7.
        let rgb: Vec<u8> = (0..32).flat_map(|i| [i % 8, i / 8, 7]).collect();
        let mut picture = ShownPicture {
            rgb: &rgb,
            width_px: 8,
            height_px: 4,
            time_secs: 0.0,
            is_fast: false,
        };
        let cut = patches(&picture, &config, &pixels).unwrap();
        assert_eq!((cut.rows, cut.columns), (2, 4));
        let numbers = cut.numbers.to_vec2::<f32>().unwrap();
        let near = |a: &[f32], b: &[f32]| a.iter().zip(b).all(|(a, b)| (a - b).abs() < 1e-3);
        // The second row's third patch.
        assert!(near(
            &numbers[6],
            &[4.0, 5.0, 4.0, 5.0, 2.0, 2.0, 3.0, 3.0, 7.0, 7.0, 7.0, 7.0]
        ));
        picture.width_px = 6;
        assert!(patches(&picture, &config, &pixels).is_err());
        picture.width_px = 16;
        assert!(patches(&picture, &config, &pixels).is_err());
    }
}
