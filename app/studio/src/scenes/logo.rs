//! A logo over the pictures.

use std::path::Path;

use anyhow::Context as _;
use image::imageops::{FilterType, resize};
use image::{ImageReader, Limits, RgbaImage};

use super::{Corner, Logo};
use crate::texts::text;

/// Longest side of the file's picture.
const MAX_SIDE_PX: u32 = 8192;
/// Most memory for reading it.
const MAX_BYTES: u64 = 512 << 20;

/// A logo at its size in its place.
pub(super) struct DrawnLogo {
    left: usize,
    top: usize,
    width: usize,
    /// Colours times alpha, and alpha.
    rgba: Vec<u8>,
    film_width: usize,
}

impl DrawnLogo {
    /// Reads a logo for a film of this size.
    pub fn new(logo: &Logo, (film_width, film_height): (u32, u32)) -> anyhow::Result<Self> {
        let picture = read(&logo.path)?;
        let (width, height) = picture.dimensions();
        let margin = (logo.margin * film_width.min(film_height) as f32).round();
        let room = [film_width, film_height].map(|side| (side as f32 - 2.0 * margin).max(1.0));
        let wanted = logo.width * film_width as f32 / width as f32;
        let scale = wanted
            .min(room[0] / width as f32)
            .min(room[1] / height as f32);
        let size = [width, height].map(|side| ((side as f32 * scale).round() as u32).max(1));
        let seen = resize(
            &premultiplied(picture, logo.opacity),
            size[0],
            size[1],
            FilterType::CatmullRom,
        );
        let margin = margin as u32;
        let (near, right, bottom) = (
            margin,
            film_width.saturating_sub(margin + size[0]),
            film_height.saturating_sub(margin + size[1]),
        );
        let (left, top) = match logo.corner {
            Corner::TopLeft => (near, near),
            Corner::TopRight => (right, near),
            Corner::BottomLeft => (near, bottom),
            Corner::BottomRight => (right, bottom),
        };
        Ok(Self {
            left: left as usize,
            top: top as usize,
            width: size[0] as usize,
            rgba: seen.into_raw(),
            film_width: film_width as usize,
        })
    }

    /// Lays it over a picture, RGBA without clear parts.
    pub fn lay_over(&self, rgba: &mut [u8]) {
        let rows = rgba.chunks_exact_mut(self.film_width * 4).skip(self.top);
        for (row, logo) in rows.zip(self.rgba.chunks_exact(self.width * 4)) {
            let pixels = row[self.left * 4..].chunks_exact_mut(4);
            for (pixel, over) in pixels.zip(logo.chunks_exact(4)) {
                let under = 255 - u32::from(over[3]);
                for (channel, &over) in pixel[..3].iter_mut().zip(over) {
                    let kept = (u32::from(*channel) * under + 127) / 255;
                    *channel = (kept + u32::from(over)).min(255) as u8;
                }
            }
        }
    }
}

fn read(path: &Path) -> anyhow::Result<RgbaImage> {
    let mut limits = Limits::default();
    limits.max_image_width = Some(MAX_SIDE_PX);
    limits.max_image_height = Some(MAX_SIDE_PX);
    limits.max_alloc = Some(MAX_BYTES);
    let unusable = || text!("logo-unusable", path = path.display().to_string());
    let mut reader = ImageReader::open(path)
        .and_then(ImageReader::with_guessed_format)
        .with_context(unusable)?;
    reader.limits(limits);
    Ok(reader.decode().with_context(unusable)?.into_rgba8())
}

/// Colours times alpha, so that clear pixels lend no colour to their neighbours; the whole less opaque.
fn premultiplied(mut picture: RgbaImage, opacity: f32) -> RgbaImage {
    for pixel in picture.pixels_mut() {
        let alpha = f32::from(pixel.0[3]) * opacity;
        for channel in &mut pixel.0[..3] {
            *channel = (f32::from(*channel) * alpha / 255.0).round() as u8;
        }
        pixel.0[3] = alpha.round() as u8;
    }
    picture
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A red square with clear corners, seen on blue.
    fn seen(corner: Corner, opacity: f32) -> Vec<u8> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("logo.png");
        let disc = RgbaImage::from_fn(40, 20, |x, _| match x {
            0..4 | 36.. => image::Rgba([255, 255, 255, 0]),
            _ => image::Rgba([200, 0, 0, 255]),
        });
        disc.save(&path).unwrap();
        let logo = Logo {
            path,
            corner,
            margin: 0.1,
            width: 0.5,
            opacity,
        };
        let mut rgba = [0, 0, 200, 255].repeat(80 * 60);
        DrawnLogo::new(&logo, (80, 60)).unwrap().lay_over(&mut rgba);
        rgba
    }

    fn pixel(rgba: &[u8], x: usize, y: usize) -> [u8; 4] {
        rgba[(y * 80 + x) * 4..][..4].try_into().unwrap()
    }

    #[test]
    fn it_stands_in_its_corner_and_its_clear_parts_show_the_picture() {
        for (corner, x, y) in [
            (Corner::TopLeft, 6, 6),
            (Corner::TopRight, 34, 6),
            (Corner::BottomLeft, 6, 34),
            (Corner::BottomRight, 34, 34),
        ] {
            let rgba = seen(corner, 1.0);
            assert_eq!(pixel(&rgba, x + 20, y + 10), [200, 0, 0, 255]);
            assert_eq!(pixel(&rgba, x + 1, y + 10), [0, 0, 200, 255]);
            assert_eq!(pixel(&rgba, x + 20, y - 1), [0, 0, 200, 255]);
            assert_eq!(pixel(&rgba, x + 20, y + 20), [0, 0, 200, 255]);
        }
        let half = pixel(&seen(Corner::TopLeft, 0.5), 26, 16);
        assert!(
            half[0].abs_diff(100) < 2 && half[2].abs_diff(100) < 2,
            "{half:?}"
        );
    }

    #[test]
    fn a_tall_logo_stays_in_the_picture() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("logo.png");
        RgbaImage::from_pixel(10, 400, image::Rgba([9, 9, 9, 255]))
            .save(&path)
            .unwrap();
        let logo = Logo {
            path: path.clone(),
            corner: Corner::BottomRight,
            margin: 0.04,
            width: 1.0,
            opacity: 1.0,
        };
        let drawn = DrawnLogo::new(&logo, (80, 60)).unwrap();
        assert!(drawn.top + drawn.rgba.len() / 4 / drawn.width <= 60);
        std::fs::write(&path, "no picture").unwrap();
        assert!(DrawnLogo::new(&logo, (80, 60)).is_err());
    }
}
