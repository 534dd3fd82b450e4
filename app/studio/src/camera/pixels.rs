//! From the bytes of a camera to red, green and blue.

use std::io::Cursor;

use image::{ImageFormat, ImageReader};

use super::format::PixelFormat;
use crate::media::yuv::Factors;

/// Begins a JPEG, and the segment of its Huffman tables.
const JPEG_START: [u8; 2] = [0xFF, 0xD8];
const HUFFMAN_TABLES: u8 = 0xC4;
const SCAN: u8 = 0xDA;
/// A segment that says: motion JPEG, whose Huffman tables everybody knows and cameras leave out.
const MOTION_JPEG: [u8; 10] = [0xFF, 0xE0, 0x00, 0x08, b'A', b'V', b'I', b'1', 0, 0];

/// How a picture lies in memory.
#[derive(Clone, Copy, Debug)]
pub(super) struct Layout {
    pub format: PixelFormat,
    pub width: usize,
    pub height: usize,
    /// Bytes from one row to the next; 0 where rows follow each other.
    pub stride: usize,
}

impl Layout {
    /// Width, height and pixels of a picture, three bytes each; none if bytes are missing or damaged.
    pub fn picture(&self, bytes: &[u8]) -> Option<(usize, usize, Vec<u8>)> {
        let &Self { width, height, .. } = self;
        if width < 2 || height < 2 {
            return None;
        }
        let rgb = match self.format {
            PixelFormat::Jpeg => return jpeg(bytes),
            PixelFormat::Rgb => self.rows(bytes, 3)?.collect::<Vec<_>>().concat(),
            PixelFormat::Bgr => {
                let mut rgb = self.rows(bytes, 3)?.collect::<Vec<_>>().concat();
                rgb.as_chunks_mut::<3>()
                    .0
                    .iter_mut()
                    .for_each(|pixel| pixel.swap(0, 2));
                rgb
            }
            PixelFormat::Yuyv => self.packed(bytes, [0, 2], [1, 3])?,
            PixelFormat::Uyvy => self.packed(bytes, [1, 3], [0, 2])?,
            PixelFormat::Nv12 => self.planar(bytes, |_, row, pair, stride| {
                let at = row * stride + 2 * pair;
                [at, at + 1]
            })?,
            PixelFormat::I420 => self.planar(bytes, |rows, row, pair, stride| {
                [row, rows + row].map(|row| row * (stride / 2) + pair)
            })?,
        };
        Some((width, height, rgb))
    }

    fn stride(&self, pixel_bytes: usize) -> usize {
        self.stride.max(self.width * pixel_bytes)
    }

    /// The rows without what fills them up.
    fn rows<'a>(
        &self,
        bytes: &'a [u8],
        pixel_bytes: usize,
    ) -> Option<impl Iterator<Item = &'a [u8]> + use<'a>> {
        let stride = self.stride(pixel_bytes);
        let row_bytes = self.width * pixel_bytes;
        let bytes = bytes.get(..stride * (self.height - 1) + row_bytes)?;
        Some(bytes.chunks(stride).map(move |row| &row[..row_bytes]))
    }

    /// Two pixels in four bytes, of which these are their Y, and these their U and V.
    fn packed(&self, bytes: &[u8], luma: [usize; 2], chroma: [usize; 2]) -> Option<Vec<u8>> {
        let factors = Factors::of_cameras();
        let mut rgb = Vec::with_capacity(self.width * self.height * 3);
        for row in self.rows(bytes, 2)? {
            let (pairs, half) = row.as_chunks::<4>();
            let mut shares = [0; 3];
            for pair in pairs {
                shares = factors.shares(pair[chroma[0]], pair[chroma[1]]);
                for place in luma {
                    rgb.extend(factors.pixel(pair[place], shares));
                }
            }
            // The last pixel of an odd row has half a pair, and the colour of the pair before.
            if let Some(&last) = half.get(luma[0]) {
                rgb.extend(factors.pixel(last, shares));
            }
        }
        Some(rgb)
    }

    /// A plane of Y, and after it U and V: `places` knows where, by number of rows, row, number of the pair and stride.
    fn planar(
        &self,
        bytes: &[u8],
        places: impl Fn(usize, usize, usize, usize) -> [usize; 2],
    ) -> Option<Vec<u8>> {
        let factors = Factors::of_cameras();
        let stride = self.stride(1);
        let (luma, chroma) = bytes.split_at_checked(stride * self.height)?;
        // Of odd sizes some drivers round the half up and others down: the last pixels have the colour of those before.
        let pairs = stride / 2;
        let rows = match self.height.div_ceil(2) {
            rows if chroma.len() < 2 * rows * pairs => self.height / 2,
            rows => rows,
        };
        let mut rgb = Vec::with_capacity(self.width * self.height * 3);
        for (row, luma) in luma.chunks_exact(stride).enumerate() {
            for (pair, luma) in luma[..self.width].chunks(2).enumerate() {
                let [blue, red] =
                    places(rows, (row / 2).min(rows - 1), pair.min(pairs - 1), stride);
                let shares = factors.shares(*chroma.get(blue)?, *chroma.get(red)?);
                for &luma in luma {
                    rgb.extend(factors.pixel(luma, shares));
                }
            }
        }
        Some(rgb)
    }
}

/// A JPEG in its own size; one without Huffman tables has the usual ones.
fn jpeg(bytes: &[u8]) -> Option<(usize, usize, Vec<u8>)> {
    let with_tables;
    let bytes = match has_huffman_tables(bytes) {
        true => bytes,
        false => {
            let rest = bytes.strip_prefix(&JPEG_START)?;
            with_tables = [&JPEG_START, &MOTION_JPEG[..], rest].concat();
            &with_tables
        }
    };
    let mut reader = ImageReader::with_format(Cursor::new(bytes), ImageFormat::Jpeg);
    let mut limits = image::Limits::default();
    limits.max_image_width = Some(8192);
    limits.max_image_height = Some(8192);
    reader.limits(limits);
    let picture = reader.decode().ok()?.into_rgb8();
    let (width, height) = picture.dimensions();
    Some((width as usize, height as usize, picture.into_raw()))
}

/// Whether there is such a segment before the first scan.
fn has_huffman_tables(bytes: &[u8]) -> bool {
    let mut rest = bytes.strip_prefix(&JPEG_START).unwrap_or_default();
    while let [0xFF, kind, high, low, ..] = *rest {
        match kind {
            HUFFMAN_TABLES => return true,
            SCAN => return false,
            _ => {}
        }
        let length = usize::from(u16::from_be_bytes([high, low]));
        rest = rest.get(2 + length..).unwrap_or_default();
    }
    false
}
