//! What is behind a person who was cut out: a picture, a video, or the portrait's own background where it is blurred.

use std::path::Path;
use std::sync::Arc;

use engine::motion::MotionFrame;
use engine::portrait::load_picture;
use image::imageops::fast_blur;
use image::{Rgb, RgbImage, Rgba, Rgba32FImage};
use shaders::{Background, Gpu};

use super::background_video::BackgroundVideo;
use super::{Scene, SceneBackground};
use crate::avatar::{Avatar, face_motion};
use crate::framing::{FramedRenderer, covering};
use crate::media::write::FrameRate;

/// Standard deviation of the strongest blur, a part of the film's shorter side.
const STRONGEST_BLUR: f32 = 0.06;
/// Where less than this of the background is near, the person hides what is there.
const HIDDEN: f32 = 1e-3;

/// Pictures to be laid under a person, red, green and blue of the film's size.
pub(super) enum BackgroundLayer {
    Still(Vec<u8>),
    Video(BackgroundVideo),
}

/// What the renderer puts behind a person, and what is laid under its pictures; none where the renderer does all.
pub(super) fn behind(
    scene: &Scene,
    avatar: &Arc<Avatar>,
    gpu: &Gpu,
    size_px: (u32, u32),
    rate: FrameRate,
) -> anyhow::Result<(Background, Option<BackgroundLayer>)> {
    let sigma_px = sigma_px(scene.blur, size_px);
    let layer = match &scene.background {
        SceneBackground::Colour(colour) => return Ok((Background::Colour(*colour), None)),
        SceneBackground::Keep => {
            // Somebody who is cut out already has nothing that could be blurred.
            let own = avatar.background(Background::Keep, false);
            if scene.blur == 0.0 || own != Background::Keep {
                return Ok((own, None));
            }
            BackgroundLayer::Still(blurred_own(scene, avatar, gpu, size_px, sigma_px)?)
        }
        SceneBackground::Picture(path) => BackgroundLayer::Still(picture(path, size_px, sigma_px)?),
        SceneBackground::Video(path) => {
            BackgroundLayer::Video(BackgroundVideo::start(path, size_px, sigma_px, rate)?)
        }
    };
    Ok((Background::Transparent, Some(layer)))
}

impl BackgroundLayer {
    /// Lays what is seen `secs` after the scene's beginning under a picture of somebody, RGBA with straight alpha.
    pub fn lay_under(&mut self, secs: f64, rgba: &mut [u8]) -> anyhow::Result<()> {
        let under = match self {
            Self::Still(rgb) => rgb.as_slice(),
            Self::Video(video) => video.at(secs)?,
        };
        for (pixel, under) in rgba.chunks_exact_mut(4).zip(under.chunks_exact(3)) {
            let alpha = u32::from(pixel[3]);
            for (channel, &under) in pixel.iter_mut().zip(under) {
                let sum = u32::from(*channel) * alpha + u32::from(under) * (255 - alpha);
                *channel = ((sum + 127) / 255) as u8;
            }
            pixel[3] = 255;
        }
        Ok(())
    }
}

fn sigma_px(blur: f32, (width_px, height_px): (u32, u32)) -> f32 {
    blur * STRONGEST_BLUR * width_px.min(height_px) as f32
}

/// A picture that fills the film's; black where it is clear.
fn picture(path: &Path, size_px: (u32, u32), sigma_px: f32) -> anyhow::Result<Vec<u8>> {
    let picture = load_picture(path)?;
    let size = [picture.width as usize, picture.height as usize];
    let rgb: Vec<u8> = picture
        .rgba
        .chunks_exact(4)
        .flat_map(|pixel| {
            let alpha = u32::from(pixel[3]);
            [pixel[0], pixel[1], pixel[2]].map(|byte| ((u32::from(byte) * alpha + 127) / 255) as u8)
        })
        .collect();
    Ok(fitted(&rgb, size, size_px, sigma_px))
}

/// A picture (rows of red, green, blue) that fills the film's, blurred.
pub(super) fn fitted(
    rgb: &[u8],
    size: [usize; 2],
    (width_px, height_px): (u32, u32),
    sigma_px: f32,
) -> Vec<u8> {
    let fitted = covering::<3>(rgb, size, [width_px as usize, height_px as usize]);
    if sigma_px <= 0.0 {
        return fitted;
    }
    match RgbImage::from_raw(width_px, height_px, fitted) {
        Some(image) => fast_blur(&image, sigma_px).into_raw(),
        None => unreachable!("a picture is cut to the size that is asked for"),
    }
}

/// The portrait's background as the film shows it, blurred as if the person were not there: their colours do not run into it.
fn blurred_own(
    scene: &Scene,
    avatar: &Arc<Avatar>,
    gpu: &Gpu,
    size_px: (u32, u32),
    sigma_px: f32,
) -> anyhow::Result<Vec<u8>> {
    let people = std::slice::from_ref(avatar);
    let draw = |background| -> anyhow::Result<Vec<u8>> {
        let mut renderer = FramedRenderer::new(people, gpu, &scene.framing, size_px, background)?;
        let picture = renderer.picture(&[face_motion(&MotionFrame::default())])?;
        Ok(picture.to_vec())
    };
    let (whole, alone) = (draw(Background::Keep)?, draw(Background::Transparent)?);
    Ok(blurred_beside(&whole, &alone, size_px, sigma_px))
}

/// `whole` blurred where the person of `alone` (by its alpha) is not, both RGBA.
fn blurred_beside(
    whole: &[u8],
    alone: &[u8],
    (width_px, height_px): (u32, u32),
    sigma_px: f32,
) -> Vec<u8> {
    let part = |byte: u8| f32::from(byte) / 255.0;
    let weighted = Rgba32FImage::from_fn(width_px, height_px, |x, y| {
        let at = (y as usize * width_px as usize + x as usize) * 4;
        let weight = 1.0 - part(alone[at + 3]);
        let [red, green, blue] = [0, 1, 2].map(|channel| part(whole[at + channel]) * weight);
        Rgba([red, green, blue, weight])
    });
    let blurred = fast_blur(&weighted, sigma_px);
    let pixels = blurred.pixels().zip(whole.chunks_exact(4));
    let pixels = pixels.map(|(Rgba([red, green, blue, weight]), whole)| match *weight {
        weight if weight < HIDDEN => Rgb([whole[0], whole[1], whole[2]]),
        weight => Rgb([red, green, blue].map(|sum| (sum / weight * 255.0).round() as u8)),
    });
    pixels.flat_map(|Rgb(bytes)| bytes).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_person_does_not_run_into_a_blurred_background() {
        let (width, height) = (64, 48);
        let is_person = |x: u32| (24..40).contains(&x);
        let picture = |alpha: bool| -> Vec<u8> {
            let pixels = (0..width * height).map(|index| match (is_person(index % width), alpha) {
                (true, _) => [200, 0, 0, 255],
                (false, false) => [0, 0, 200, 255],
                (false, true) => [0; 4],
            });
            pixels.flatten().collect()
        };
        let blurred = blurred_beside(&picture(false), &picture(true), (width, height), 3.0);
        for (index, pixel) in (0..).zip(blurred.chunks_exact(3)) {
            if !is_person(index % width) {
                assert!(
                    pixel[0] < 3 && pixel[2].abs_diff(200) < 3,
                    "{index}: {pixel:?}"
                );
            }
        }
    }

    #[test]
    fn pictures_are_cut_and_blurred_and_lie_under_what_is_clear() {
        // Left half white, right half black.
        let rgb: Vec<u8> = (0..200 * 50)
            .flat_map(|index| [if index % 200 < 100 { 255 } else { 0 }; 3])
            .collect();
        let sharp = fitted(&rgb, [200, 50], (50, 50), 0.0);
        assert_eq!((sharp[10 * 3], sharp[40 * 3]), (255, 0));
        let soft = fitted(&rgb, [200, 50], (50, 50), 5.0);
        assert!(
            (100..156).contains(&soft[25 * 50 * 3 + 25 * 3]),
            "{}",
            soft[25 * 50 * 3 + 25 * 3]
        );
        let mut layer = BackgroundLayer::Still(vec![100, 0, 200]);
        let mut rgba = [200, 200, 200, 128];
        layer.lay_under(0.0, &mut rgba).unwrap();
        assert_eq!(rgba, [150, 100, 200, 255]);
    }
}
