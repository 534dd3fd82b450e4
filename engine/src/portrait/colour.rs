//! Colours of a picture's own profile to sRGB, which all that follows takes them for.

use image::{DynamicImage, RgbaImage};
use moxcms::{ColorProfile, DataColorSpace, Layout, TransformOptions};

/// Colours that a profile moves by no more than this are those of sRGB under another name: the picture stays as it is.
const SAME_COLOUR: u8 = 2;

/// The picture with 8 bits a channel in sRGB. A profile that cannot be used is passed over, as a browser does.
pub(super) fn in_srgb(decoded: DynamicImage, profile: Option<&ColorProfile>) -> RgbaImage {
    match profile.map(|profile| (profile, profile.color_space)) {
        Some((profile, DataColorSpace::Rgb)) if !is_srgb(profile) => converted(decoded, profile),
        Some((profile, DataColorSpace::Gray)) => converted_grey(decoded, profile),
        _ => decoded.into_rgba8(),
    }
}

fn converted(decoded: DynamicImage, profile: &ColorProfile) -> RgbaImage {
    // Of 8 bits a wide space has none to spare; where there are 16, they are used.
    let wide = decoded.into_rgba16();
    let transform = profile.create_transform_16bit(
        Layout::Rgba,
        &ColorProfile::new_srgb(),
        Layout::Rgba,
        TransformOptions::default(),
    );
    let mut converted = wide.clone();
    let done = transform.and_then(|transform| transform.transform(&wide, &mut converted));
    if let Err(error) = done {
        tracing::debug!(%error, "the colour profile cannot be used");
        converted = wide;
    }
    DynamicImage::ImageRgba16(converted).into_rgba8()
}

/// A grey picture; one with colours has no use for a grey profile.
fn converted_grey(decoded: DynamicImage, profile: &ColorProfile) -> RgbaImage {
    if decoded.color().has_color() {
        return decoded.into_rgba8();
    }
    let grey = decoded.into_luma_alpha8();
    let transform = profile.create_transform_8bit(
        Layout::GrayAlpha,
        &ColorProfile::new_srgb(),
        Layout::Rgba,
        TransformOptions::default(),
    );
    let mut rgba = RgbaImage::new(grey.width(), grey.height());
    let done = transform.and_then(|transform| transform.transform(&grey, &mut rgba));
    match done {
        Ok(()) => rgba,
        Err(error) => {
            tracing::debug!(%error, "the colour profile cannot be used");
            DynamicImage::ImageLumaA8(grey).into_rgba8()
        }
    }
}

/// Whether a profile leaves colours as they are.
fn is_srgb(profile: &ColorProfile) -> bool {
    let transform = profile.create_transform_8bit(
        Layout::Rgb,
        &ColorProfile::new_srgb(),
        Layout::Rgb,
        TransformOptions::default(),
    );
    const LEVELS: [u8; 6] = [0, 40, 90, 150, 210, 255];
    let level = |index: usize| LEVELS[index % LEVELS.len()];
    let probe: Vec<u8> = (0..LEVELS.len().pow(3))
        .flat_map(|index| [level(index), level(index / 6), level(index / 36)])
        .collect();
    let mut seen = vec![0; probe.len()];
    transform
        .and_then(|transform| transform.transform(&probe, &mut seen))
        .is_ok_and(|()| {
            probe
                .iter()
                .zip(&seen)
                .all(|(a, b)| a.abs_diff(*b) <= SAME_COLOUR)
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn picture(colour: [u8; 3]) -> DynamicImage {
        image::RgbImage::from_pixel(4, 4, image::Rgb(colour)).into()
    }

    #[test]
    fn wide_colours_are_converted_and_srgb_stays_to_the_bit() {
        let p3 = ColorProfile::new_display_p3();
        // Display P3's 200, 80, 60 is a stronger red in sRGB.
        let [red, green, blue, alpha] =
            in_srgb(picture([200, 80, 60]), Some(&p3)).get_pixel(1, 1).0;
        assert!(
            red > 208 && green < 78 && blue < 58 && alpha == 255,
            "{red} {green} {blue}"
        );
        let grey = in_srgb(picture([120; 3]), Some(&p3)).get_pixel(1, 1).0;
        assert!(
            grey.iter().take(3).all(|value| value.abs_diff(120) <= 1),
            "{grey:?}"
        );
        for profile in [None, Some(&ColorProfile::new_srgb())] {
            for colour in [[200, 80, 60], [1, 2, 3], [254, 255, 0]] {
                let [red, green, blue, _] = in_srgb(picture(colour), profile).get_pixel(0, 0).0;
                assert_eq!([red, green, blue], colour);
            }
        }
    }

    #[test]
    fn grey_profiles_are_for_grey_pictures() {
        let gamma = ColorProfile::new_gray_with_gamma(1.8);
        let grey: DynamicImage = image::GrayImage::from_pixel(2, 2, image::Luma([120])).into();
        let [red, green, ..] = in_srgb(grey, Some(&gamma)).get_pixel(0, 0).0;
        assert!(red == green && red > 126, "{red}");
        let coloured = in_srgb(picture([9, 200, 30]), Some(&gamma));
        assert_eq!(coloured.get_pixel(0, 0).0, [9, 200, 30, 255]);
    }
}
