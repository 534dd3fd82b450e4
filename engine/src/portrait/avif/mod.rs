//! AVIF stills: the container is read here, re_rav1d decodes the AV1 in it.

mod container;
mod frame;

use std::panic::{AssertUnwindSafe, catch_unwind};

use container::{Colour, Item, Still, Transform};
use frame::Frame;
use image::RgbaImage;
use moxcms::ColorProfile;
use re_rav1d::dav1d::{Decoder, Settings};

use super::MAX_PIXELS;

/// Which of the picture formats in the same kind of container a file is, by its brands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Brand {
    /// AV1 pictures.
    Avif,
    /// HEVC pictures, as telephones of Apple and others take them.
    Heic,
}

impl Brand {
    /// `None` for files of other kinds.
    pub fn of(bytes: &[u8]) -> Option<Self> {
        if bytes.get(4..8)? != b"ftyp" {
            return None;
        }
        let length = u32::from_be_bytes(bytes.get(..4)?.try_into().ok()?) as usize;
        let brands = bytes.get(8..length.min(bytes.len()))?;
        let has = |wanted: &[&[u8; 4]]| {
            let mut brands = brands.chunks_exact(4).enumerate();
            // The second field is a version.
            brands.any(|(field, brand)| field != 1 && wanted.iter().any(|&name| name == brand))
        };
        if has(&[b"avif", b"avis"]) {
            Some(Self::Avif)
        } else if has(&[
            b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1",
        ]) {
            Some(Self::Heic)
        } else {
            None
        }
    }
}

/// A picture with what its colours mean.
pub(super) struct Decoded {
    /// Upright, alpha not premultiplied.
    pub rgba: RgbaImage,
    /// How its colours are to be understood; sRGB if it does not say.
    pub profile: Option<ColorProfile>,
}

/// Why there is no picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// The container or the AV1 in it is broken, or uses what no still has.
    Damaged,
    /// More pixels than are worked on.
    TooLarge {
        /// Pixels in a row, as the container says.
        width_px: u32,
        /// Rows.
        height_px: u32,
    },
}

/// Decodes a still.
///
/// # Errors
/// [`Fault`].
pub(super) fn decode(bytes: &[u8]) -> Result<Decoded, Fault> {
    // Decoders of hostile formats are large; a panic in one of them must not take the window down.
    catch_unwind(AssertUnwindSafe(|| decode_still(bytes))).unwrap_or(Err(Fault::Damaged))
}

fn decode_still(bytes: &[u8]) -> Result<Decoded, Fault> {
    let still = Still::parse(bytes).ok_or(Fault::Damaged)?;
    let (width_px, height_px) = still.size_px;
    if u64::from(width_px) * u64::from(height_px) > MAX_PIXELS {
        return Err(Fault::TooLarge {
            width_px,
            height_px,
        });
    }
    let nclx = match &still.colour {
        Some(Colour::Nclx(nclx)) => Some(*nclx),
        _ => None,
    };
    let frames = frames_of(&still.item)?;
    let mut rgba = RgbaImage::new(width_px, height_px);
    still
        .item
        .paste(&frames, (width_px, height_px), &mut |x, y, frame, place| {
            rgba.put_pixel(x, y, image::Rgba(frame.rgba(place, nclx)));
        });
    if let Some(alpha) = &still.alpha {
        let frames = frames_of(alpha)?;
        alpha.paste(&frames, (width_px, height_px), &mut |x, y, frame, place| {
            let pixel = rgba.get_pixel_mut(x, y);
            pixel[3] = frame.luma(place);
            if still.is_premultiplied && pixel[3] > 0 {
                for channel in 0..3 {
                    let straight = u32::from(pixel[channel]) * 255 / u32::from(pixel[3]);
                    pixel[channel] = straight.min(255) as u8;
                }
            }
        });
    }
    let profile = match &still.colour {
        Some(Colour::Profile(profile)) => ColorProfile::new_from_slice(profile).ok(),
        Some(Colour::Nclx(nclx)) => nclx.profile(),
        None => None,
    };
    for transform in &still.transforms {
        rgba = match transform {
            Transform::TurnLeft(1) => image::imageops::rotate270(&rgba),
            Transform::TurnLeft(2) => image::imageops::rotate180(&rgba),
            Transform::TurnLeft(3) => image::imageops::rotate90(&rgba),
            Transform::TurnLeft(_) => rgba,
            Transform::MirrorVertically => image::imageops::flip_vertical(&rgba),
            Transform::MirrorHorizontally => image::imageops::flip_horizontal(&rgba),
        };
    }
    Ok(Decoded { rgba, profile })
}

/// One frame, or the tiles of a grid.
fn frames_of(item: &Item) -> Result<Vec<Frame>, Fault> {
    item.tiles
        .iter()
        .map(|data| decode_frame(data).ok_or(Fault::Damaged))
        .collect()
}

fn decode_frame(data: &[u8]) -> Option<Frame> {
    // The decoder would print a line of its own about it.
    if data.is_empty() {
        return None;
    }
    let mut settings = Settings::new();
    // One picture: there is nothing to wait for, and a few threads inside it are enough.
    settings.set_max_frame_delay(1);
    settings.set_n_threads(2);
    settings.set_frame_size_limit(MAX_PIXELS as u32);
    let mut decoder = Decoder::with_settings(&settings).ok()?;
    let mut sent = decoder.send_data(data.to_vec(), None, None, None);
    loop {
        match decoder.get_picture() {
            Ok(picture) => return Frame::of(&picture),
            Err(error) if error.is_again() && sent.is_err() => {
                sent = decoder.send_pending_data();
                if let Err(error) = &sent
                    && !error.is_again()
                {
                    return None;
                }
            }
            Err(_) => return None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Made by us: 96 × 64 pixels, red, green, blue and white quarters from the left top, 4:2:0.
    const QUARTERS: &[u8] = include_bytes!("quarters.avif");
    /// The same with an alpha that is opaque on the left and clear on the right, turned by a quarter to the left.
    const TURNED: &[u8] = include_bytes!("turned_alpha.avif");

    fn near(pixel: &image::Rgba<u8>, wanted: [u8; 4]) -> bool {
        (0..4).all(|channel| pixel[channel].abs_diff(wanted[channel]) < 12)
    }

    #[test]
    fn a_still_has_its_colours() {
        assert_eq!(Brand::of(QUARTERS), Some(Brand::Avif));
        let rgba = decode(QUARTERS).ok().unwrap().rgba;
        assert_eq!(rgba.dimensions(), (96, 64));
        for (x, y, colour) in [
            (20, 10, [220, 30, 30, 255]),
            (70, 10, [30, 180, 40, 255]),
            (20, 50, [30, 40, 200, 255]),
            (70, 50, [240, 240, 240, 255]),
        ] {
            let pixel = rgba.get_pixel(x, y);
            assert!(near(pixel, colour), "{x} {y}: {pixel:?}");
        }
    }

    #[test]
    fn alpha_and_turn_of_the_container_are_applied() {
        let rgba = decode(TURNED).ok().unwrap().rgba;
        assert_eq!(rgba.dimensions(), (64, 96));
        // The left top has come from the right top, which is clear.
        assert_eq!(rgba.get_pixel(10, 20)[3], 0);
        let pixel = rgba.get_pixel(10, 70);
        assert!(near(pixel, [220, 30, 30, 255]), "{pixel:?}");
    }

    #[test]
    fn damage_is_refused() {
        for bytes in [QUARTERS, TURNED] {
            for part in 1..16 {
                let cut = &bytes[..bytes.len() * part / 16];
                assert!(decode(cut).is_err(), "{part}");
            }
            for at in 0..bytes.len() {
                let mut broken = bytes.to_vec();
                broken[at] ^= 0xff;
                let _ = decode(&broken);
            }
        }
        assert_eq!(
            Brand::of(b"\0\0\0\x18ftypheic\0\0\0\0mif1heic"),
            Some(Brand::Heic)
        );
        assert_eq!(Brand::of(b"\0\0\0\x18ftypisom\0\0\0\0iso6mp41"), None);
        assert_eq!(Brand::of(b"\x89PNG"), None);
    }
}
