//! Reading a portrait from a file, with limits that are checked before anything is decoded.

use std::fs::File;
use std::io::{Cursor, Read};
use std::path::Path;

use image::error::{ImageError, LimitErrorKind};
use image::{DynamicImage, ImageDecoder, ImageReader, RgbaImage};
use moxcms::ColorProfile;

use super::PictureError;
use super::avif::{self, Brand, Fault};
use super::colour::in_srgb;
use crate::{Error, Result};

/// Most pixels of a picture.
pub const MAX_PIXELS: u64 = 64_000_000;
/// Most bytes of a decoded picture, and of the file.
pub const MAX_BYTES: u64 = 256 << 20;
/// Fewest pixels of each side.
pub const MIN_SIDE_PX: u32 = 64;
/// Pixels that are less opaque than this have no colour of their own.
const CLEAR_ALPHA: u8 = 16;

/// A picture in memory, upright as its metadata say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picture {
    /// Pixels in a row.
    pub width: u32,
    /// Rows.
    pub height: u32,
    /// Rows from the top, four bytes a pixel: red, green, blue in sRGB, alpha (not premultiplied). Clear pixels have the colour of what
    /// is beside them.
    pub rgba: Vec<u8>,
}

impl Picture {
    /// The picture turned by so many quarters, clockwise.
    #[must_use]
    pub fn turned(self, quarters: u8) -> Self {
        if quarters.is_multiple_of(4) {
            return self;
        }
        let pixels = RgbaImage::from_raw(self.width, self.height, self.rgba)
            .expect("a picture holds four bytes for each pixel");
        Self::from(match quarters % 4 {
            1 => image::imageops::rotate90(&pixels),
            2 => image::imageops::rotate180(&pixels),
            _ => image::imageops::rotate270(&pixels),
        })
    }
}

impl From<RgbaImage> for Picture {
    fn from(pixels: RgbaImage) -> Self {
        Self {
            width: pixels.width(),
            height: pixels.height(),
            rgba: pixels.into_raw(),
        }
    }
}

/// Reads a picture file; the format is told by its content, not its name.
///
/// # Errors
///
/// [`Error::File`] if it cannot be opened or read, [`Error::Picture`] if it is no picture, damaged, smaller than
/// [`MIN_SIDE_PX`] or larger than [`MAX_PIXELS`] or [`MAX_BYTES`].
pub fn load_picture(path: &Path) -> Result<Picture> {
    let file_error = |source| Error::File {
        action: crate::error::FileAction::ReadPicture,
        source,
        path: path.to_owned(),
    };
    let file = File::open(path).map_err(file_error)?;
    let metadata = file.metadata().map_err(file_error)?;
    if metadata.is_dir() {
        return Err(unusable(path, PictureError::Folder));
    }
    if metadata.len() > MAX_BYTES {
        return Err(unusable(path, PictureError::FileTooLarge));
    }
    let mut bytes = Vec::new();
    file.take(MAX_BYTES)
        .read_to_end(&mut bytes)
        .map_err(file_error)?;
    read_picture(&bytes).map_err(|failure| match failure {
        Failure::Io(source) => file_error(source),
        Failure::Unusable(reason) => unusable(path, reason),
    })
}

fn unusable(path: &Path, reason: PictureError) -> Error {
    Error::from(reason).in_file(path)
}

enum Failure {
    Io(std::io::Error),
    Unusable(PictureError),
}

impl From<ImageError> for Failure {
    fn from(error: ImageError) -> Self {
        match error {
            ImageError::Unsupported(_) => Self::Unusable(PictureError::UnknownFormat),
            ImageError::Limits(limit) => match limit.kind() {
                LimitErrorKind::DimensionError | LimitErrorKind::InsufficientMemory => {
                    Self::Unusable(PictureError::TooLargeToDecode)
                }
                _ => Self::Unusable(PictureError::UnknownFormat),
            },
            ImageError::IoError(source)
                if source.kind() != std::io::ErrorKind::UnexpectedEof
                    && source.raw_os_error().is_some() =>
            {
                Self::Io(source)
            }
            other => {
                tracing::debug!(%other, "the picture cannot be decoded");
                Self::Unusable(PictureError::Damaged)
            }
        }
    }
}

fn read_picture(bytes: &[u8]) -> std::result::Result<Picture, Failure> {
    // The JPEG decoder paints what a cut-off file lacks grey and says nothing.
    if bytes.starts_with(&[0xFF, 0xD8]) && !ends_its_last_scan(bytes) {
        return Err(Failure::Unusable(PictureError::Damaged));
    }
    match Brand::of(bytes) {
        Some(Brand::Avif) => return read_avif(bytes),
        Some(Brand::Heic) => return Err(Failure::Unusable(PictureError::Heic)),
        None => {}
    }
    let mut reader = ImageReader::new(Cursor::new(bytes))
        .with_guessed_format()
        .map_err(Failure::Io)?;
    let mut limits = image::Limits::default();
    limits.max_alloc = Some(MAX_BYTES);
    reader.limits(limits);
    let mut decoder = reader.into_decoder()?;
    let (width, height) = decoder.dimensions();
    if u64::from(width) * u64::from(height) > MAX_PIXELS || decoder.total_bytes() > MAX_BYTES {
        return Err(Failure::Unusable(PictureError::TooLarge {
            width_px: width,
            height_px: height,
        }));
    }
    check_size(width, height)?;
    // A damaged orientation or profile is no reason to refuse the picture.
    let orientation = decoder.orientation().ok();
    let profile = decoder.icc_profile().ok().flatten();
    let profile = profile.and_then(|bytes| ColorProfile::new_from_slice(&bytes).ok());
    let mut decoded = DynamicImage::from_decoder(decoder)?;
    if let Some(orientation) = orientation {
        decoded.apply_orientation(orientation);
    }
    Ok(finished(in_srgb(decoded, profile.as_ref())))
}

fn read_avif(bytes: &[u8]) -> std::result::Result<Picture, Failure> {
    let decoded = avif::decode(bytes).map_err(|fault| {
        Failure::Unusable(match fault {
            Fault::Damaged => PictureError::Damaged,
            Fault::TooLarge {
                width_px,
                height_px,
            } => PictureError::TooLarge {
                width_px,
                height_px,
            },
        })
    })?;
    check_size(decoded.rgba.width(), decoded.rgba.height())?;
    let pixels = DynamicImage::ImageRgba8(decoded.rgba);
    Ok(finished(in_srgb(pixels, decoded.profile.as_ref())))
}

fn check_size(width_px: u32, height_px: u32) -> std::result::Result<(), Failure> {
    if width_px.min(height_px) < MIN_SIDE_PX {
        return Err(Failure::Unusable(PictureError::TooSmall {
            width_px,
            height_px,
        }));
    }
    Ok(())
}

fn finished(mut pixels: RgbaImage) -> Picture {
    spread_colours(&mut pixels);
    Picture::from(pixels)
}

/// Gives clear pixels the colour of the nearest opaque one in their row or column: whatever a program left under them (black,
/// noise) would come out at the edges when the picture is scaled.
fn spread_colours(pixels: &mut RgbaImage) {
    let (width, height) = pixels.dimensions();
    if pixels.pixels().all(|pixel| pixel[3] >= CLEAR_ALPHA) {
        return;
    }
    let mut distances = vec![u32::MAX; (width * height) as usize];
    let mut nearest = pixels.clone();
    let mut line = |places: &mut dyn Iterator<Item = (u32, u32)>| {
        let mut last: Option<(image::Rgba<u8>, u32)> = None;
        for (x, y) in places {
            let pixel = *pixels.get_pixel(x, y);
            if pixel[3] >= CLEAR_ALPHA {
                last = Some((pixel, 0));
            } else if let Some((colour, distance)) = &mut last {
                *distance += 1;
                let known = &mut distances[(y * width + x) as usize];
                if *distance < *known {
                    *known = *distance;
                    nearest.put_pixel(
                        x,
                        y,
                        image::Rgba([colour[0], colour[1], colour[2], pixel[3]]),
                    );
                }
            }
        }
    };
    for y in 0..height {
        line(&mut (0..width).map(|x| (x, y)));
        line(&mut (0..width).rev().map(|x| (x, y)));
    }
    for x in 0..width {
        line(&mut (0..height).map(|y| (x, y)));
        line(&mut (0..height).rev().map(|y| (x, y)));
    }
    *pixels = nearest;
}

/// Whether an end-of-image marker follows a JPEG's last start of scan; neither occurs in the coded pixels between them.
fn ends_its_last_scan(jpeg: &[u8]) -> bool {
    let markers = || jpeg.windows(2).rev();
    let end = markers().position(|pair| pair == [0xFF, 0xD9]);
    let scan = markers().position(|pair| pair == [0xFF, 0xDA]);
    matches!((end, scan), (Some(end), Some(scan)) if end < scan)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn encoded(width: u32, height: u32, format: image::ImageFormat) -> Vec<u8> {
        let mut bytes = Cursor::new(Vec::new());
        image::RgbImage::from_fn(width, height, |x, y| {
            image::Rgb([(x * 37) as u8, (y * 91) as u8, (x ^ y) as u8])
        })
        .write_to(&mut bytes, format)
        .unwrap();
        bytes.into_inner()
    }

    fn load(name: &str, bytes: &[u8]) -> Result<Picture> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        load_picture(&path)
    }

    fn refusal(name: &str, bytes: &[u8]) -> String {
        load(name, bytes).unwrap_err().to_string()
    }

    #[test]
    fn formats_are_told_by_content() {
        for format in [
            image::ImageFormat::Png,
            image::ImageFormat::Jpeg,
            image::ImageFormat::Bmp,
            image::ImageFormat::Tiff,
            image::ImageFormat::Gif,
        ] {
            let picture = load("picture.txt", &encoded(80, 70, format)).unwrap();
            assert_eq!((picture.width, picture.height), (80, 70));
            assert_eq!(picture.rgba.len(), 80 * 70 * 4);
        }
    }

    #[test]
    fn of_an_animation_the_first_frame_is_taken() {
        let mut bytes = Vec::new();
        let mut encoder = image::codecs::gif::GifEncoder::new(&mut bytes);
        for grey in [40, 220] {
            let frame = image::RgbaImage::from_pixel(70, 70, image::Rgba([grey, grey, grey, 255]));
            encoder.encode_frame(image::Frame::new(frame)).unwrap();
        }
        drop(encoder);
        let picture = load("a.gif", &bytes).unwrap();
        assert!(picture.rgba[0].abs_diff(40) < 4, "{}", picture.rgba[0]);
    }

    #[test]
    fn heic_is_named_with_the_way_out() {
        let said = refusal("IMG_1.HEIC", b"\0\0\0\x18ftypheic\0\0\0\0mif1heic");
        assert!(said.contains("HEIC") && said.contains("JPEG"), "{said}");
    }

    #[test]
    fn the_profile_of_a_picture_is_applied() {
        use image::ImageEncoder as _;
        let pixels = [200, 80, 60].repeat(64 * 64);
        let mut bytes = Vec::new();
        let mut encoder = image::codecs::png::PngEncoder::new(&mut bytes);
        let profile = ColorProfile::new_display_p3().encode().unwrap();
        encoder.set_icc_profile(profile).unwrap();
        encoder
            .write_image(&pixels, 64, 64, image::ExtendedColorType::Rgb8)
            .unwrap();
        let picture = load("p3.png", &bytes).unwrap();
        assert!(picture.rgba[0] > 208 && picture.rgba[1] < 78);
    }

    #[test]
    fn what_lies_under_clear_pixels_does_not_show() {
        let mut pixels = RgbaImage::from_fn(80, 70, |x, y| match (20..60).contains(&x) {
            true => image::Rgba([200, 100, 50, 255]),
            // Noise that nobody sees.
            false => image::Rgba([(x * y) as u8, 0, 255, 0]),
        });
        spread_colours(&mut pixels);
        for pixel in pixels.pixels() {
            assert_eq!(pixel.0[..3], [200, 100, 50]);
        }
        assert_eq!(pixels.get_pixel(0, 0)[3], 0);
        let mut empty = RgbaImage::from_pixel(64, 64, image::Rgba([1, 2, 3, 0]));
        spread_colours(&mut empty);
        assert_eq!(empty.get_pixel(5, 5).0, [1, 2, 3, 0]);
    }

    #[test]
    fn pictures_are_turned_clockwise() {
        let picture = Picture {
            width: 2,
            height: 1,
            rgba: vec![1, 1, 1, 255, 2, 2, 2, 255],
        };
        let turned = picture.clone().turned(1);
        assert_eq!((turned.width, turned.height, turned.rgba[0]), (1, 2, 1));
        assert_eq!(picture.clone().turned(2).rgba[0], 2);
        assert_eq!(picture.clone().turned(3).rgba[0], 2);
        assert_eq!(picture.clone().turned(4), picture);
    }

    #[test]
    fn what_is_no_picture_is_refused_in_words() {
        assert!(refusal("note.png", b"Dear reader, this is a text.\n").contains("not supported"));
        assert!(refusal("empty.png", b"").contains("not supported"));
        assert!(refusal("dot.png", &encoded(1, 1, image::ImageFormat::Png)).contains("only 1 × 1"));
        let whole = encoded(200, 200, image::ImageFormat::Png);
        assert!(refusal("cut.png", &whole[..whole.len() / 2]).contains("corrupt or incomplete"));
        let whole = encoded(200, 200, image::ImageFormat::Jpeg);
        assert!(refusal("cut.jpg", &whole[..whole.len() / 2]).contains("corrupt or incomplete"));
        assert!(matches!(
            load_picture(Path::new("no/such/picture.png")),
            Err(Error::File { .. })
        ));
    }

    #[test]
    fn a_huge_picture_is_refused_by_its_header() {
        // A PNG header that claims 20,000 × 20,000 pixels, with no pixels behind it.
        let mut bytes = encoded(64, 64, image::ImageFormat::Png);
        bytes[16..20].copy_from_slice(&20_000_u32.to_be_bytes());
        bytes[20..24].copy_from_slice(&20_000_u32.to_be_bytes());
        let checksum = crc32(&bytes[12..29]);
        bytes[29..33].copy_from_slice(&checksum.to_be_bytes());
        assert!(refusal("huge.png", &bytes).contains("too large"));
    }

    fn crc32(bytes: &[u8]) -> u32 {
        !bytes.iter().fold(!0_u32, |sum, &byte| {
            (0..8).fold(sum ^ u32::from(byte), |sum, _| {
                (sum >> 1) ^ (0xEDB8_8320 * (sum & 1))
            })
        })
    }

    #[test]
    fn the_orientation_of_the_camera_is_applied() {
        // An APP1 segment with one entry: orientation 6, turn right by 90°.
        let plain = encoded(80, 64, image::ImageFormat::Jpeg);
        let mut exif =
            b"Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\0\0\0\0".to_vec();
        let mut bytes = plain[..2].to_vec();
        bytes.extend([0xFF, 0xE1]);
        bytes.extend(((exif.len() + 2) as u16).to_be_bytes());
        bytes.append(&mut exif);
        bytes.extend(&plain[2..]);
        let picture = load("turned.jpg", &bytes).unwrap();
        assert_eq!((picture.width, picture.height), (64, 80));
    }
}
