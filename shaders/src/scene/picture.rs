//! Brings the portrait to the output's size once, so that everything after works in output pixels and an untouched
//! pixel is copied, not filtered.

use glam::{Vec2, Vec3};

use motion::Similarity;

use super::PortraitScene;

/// `output = scale · picture − shift_px`: the picture covers the output and what hangs over is cut.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Fit {
    pub scale: f32,
    pub shift_px: Vec2,
}

impl Fit {
    /// Covers the output, with the face as near to the middle of the cut direction as the picture allows.
    pub fn cover(scene: &PortraitScene, width_px: u32, height_px: u32) -> Self {
        Self::cover_all(std::slice::from_ref(scene), width_px, height_px)
    }

    /// The same for all the faces of a picture, whose first scene says how large it is.
    pub fn cover_all(scenes: &[PortraitScene], width_px: u32, height_px: u32) -> Self {
        let picture = scenes.first().map_or(Vec2::ONE, |scene| {
            Vec2::new(scene.width_px as f32, scene.height_px as f32)
        });
        let output = Vec2::new(width_px as f32, height_px as f32);
        let ratio = output / picture;
        let scale = ratio.x.max(ratio.y);
        let vertices = || scenes.iter().flat_map(|scene| &scene.vertices_px);
        let face = vertices()
            .map(|vertex| Vec2::new(vertex[0], vertex[1]))
            .sum::<Vec2>()
            / vertices().count().max(1) as f32;
        let room = (picture * scale - output).max(Vec2::ZERO);
        // Whole pixels, so that a cut without scaling stays an exact copy.
        let shift_px = (face * scale - output / 2.0)
            .clamp(Vec2::ZERO, room)
            .round()
            .min(room);
        Self { scale, shift_px }
    }

    pub fn point(&self, point: [f32; 3]) -> Vec3 {
        // The picture counts from the first pixel's middle, the output from its corner.
        (Vec3::from(point) + Vec3::new(0.5, 0.5, 0.0)) * self.scale - self.shift_px.extend(0.0)
    }

    pub fn similarity(&self, similarity: &Similarity) -> Similarity {
        Similarity {
            scale_px: similarity.scale_px * self.scale,
            rotation: similarity.rotation,
            translation_px: self.point(similarity.translation_px).to_array(),
        }
    }
}

/// Resamples interleaved bytes of `channels` a pixel with a tent as wide as an output pixel, or a picture pixel if that
/// is larger (so enlarging is bilinear).
pub(crate) fn resample(
    bytes: &[u8],
    channels: usize,
    size_px: [u32; 2],
    fit: Fit,
    output_size_px: [u32; 2],
) -> Vec<u8> {
    let [width, height] = size_px.map(|side| side as usize);
    let [output_width, output_height] = output_size_px.map(|side| side as usize);
    if fit.scale == 1.0 {
        let (left, top) = (fit.shift_px.x as usize, fit.shift_px.y as usize);
        return (0..output_height)
            .flat_map(|y| {
                let start = ((y + top) * width + left) * channels;
                &bytes[start..start + output_width * channels]
            })
            .copied()
            .collect();
    }
    let columns = taps(width, output_width, fit.scale, fit.shift_px.x);
    let rows = taps(height, output_height, fit.scale, fit.shift_px.y);
    let mut narrow = vec![0.0_f32; output_width * height * channels];
    for (y, out_row) in narrow.chunks_exact_mut(output_width * channels).enumerate() {
        let row = &bytes[y * width * channels..(y + 1) * width * channels];
        for (pixel, (first, weights)) in out_row.chunks_exact_mut(channels).zip(&columns) {
            for (offset, weight) in weights.iter().enumerate() {
                let source = &row[(first + offset) * channels..][..channels];
                for (sum, &byte) in pixel.iter_mut().zip(source) {
                    *sum += weight * f32::from(byte);
                }
            }
        }
    }
    let mut output = Vec::with_capacity(output_width * output_height * channels);
    let mut sums = vec![0.0_f32; output_width * channels];
    for (first, weights) in &rows {
        sums.fill(0.0);
        for (offset, weight) in weights.iter().enumerate() {
            let row = &narrow[(first + offset) * output_width * channels..][..sums.len()];
            for (sum, value) in sums.iter_mut().zip(row) {
                *sum += weight * value;
            }
        }
        output.extend(sums.iter().map(|sum| (sum + 0.5) as u8));
    }
    output
}

/// For each output position the first input position and the weights from there on, which add up to 1.
fn taps(input: usize, output: usize, scale: f32, shift_px: f32) -> Vec<(usize, Vec<f32>)> {
    let reach = (1.0 / scale).max(1.0);
    (0..output)
        .map(|index| {
            let centre = (index as f32 + 0.5 + shift_px) / scale - 0.5;
            let last_input = input as isize - 1;
            let first = ((centre - reach).ceil() as isize).clamp(0, last_input);
            let last = ((centre + reach).floor() as isize).clamp(first, last_input);
            let mut weights: Vec<f32> = (first..=last)
                .map(|position| (1.0 - (position as f32 - centre).abs() / reach).max(0.0))
                .collect();
            let total: f32 = weights.iter().sum();
            if total > 0.0 {
                weights.iter_mut().for_each(|weight| *weight /= total);
            } else {
                weights.fill(1.0 / (last - first + 1) as f32);
            }
            (first as usize, weights)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn resampling_keeps_a_flat_picture_flat() {
        let bytes = vec![137_u8; 40 * 30 * 4];
        for scale in [0.37_f32, 0.8, 1.7] {
            let size = [(40.0 * scale) as u32, (30.0 * scale) as u32];
            let fit = Fit {
                scale,
                shift_px: Vec2::ZERO,
            };
            let output = resample(&bytes, 4, [40, 30], fit, size);
            assert_eq!(output.len(), (size[0] * size[1] * 4) as usize);
            assert!(output.iter().all(|&byte| byte == 137));
        }
    }

    #[test]
    fn a_cut_without_scaling_copies() {
        let bytes: Vec<u8> = (0..8 * 6).collect();
        let fit = Fit {
            scale: 1.0,
            shift_px: Vec2::new(2.0, 1.0),
        };
        let output = resample(&bytes, 1, [8, 6], fit, [4, 3]);
        assert_eq!(output, [10, 11, 12, 13, 18, 19, 20, 21, 26, 27, 28, 29]);
    }
}
