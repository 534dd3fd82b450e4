//! A decoded AV1 frame to RGB (ITU-T H.273).

use moxcms::ColorProfile;
use re_rav1d::dav1d::pixel::{MatrixCoefficients, YUVRange};
use re_rav1d::dav1d::{Picture, PixelLayout, PlanarImageComponent};

/// Code points of H.273.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Nclx {
    pub primaries: u16,
    pub transfer: u16,
    pub matrix: u16,
    pub is_full_range: bool,
}

impl Nclx {
    /// The profile of primaries other than sRGB's; telephones take pictures in Display P3.
    pub fn profile(self) -> Option<ColorProfile> {
        match self.primaries {
            9 => Some(ColorProfile::new_bt2020()),
            11 | 12 => Some(ColorProfile::new_display_p3()),
            _ => None,
        }
    }
}

/// A frame with 8, 10 or 12 bits a sample.
pub(super) struct Frame {
    size: (usize, usize),
    layout: PixelLayout,
    /// Luma and two of chroma, samples as they are stored.
    planes: Vec<Plane>,
    bits: usize,
    matrix: u16,
    is_full_range: bool,
}

struct Plane {
    width: usize,
    height: usize,
    samples: Vec<u16>,
}

impl Frame {
    /// Copies what is needed; `None` if the picture's parts do not fit together.
    pub fn of(picture: &Picture) -> Option<Self> {
        let size = (picture.width() as usize, picture.height() as usize);
        let layout = picture.pixel_layout();
        let bits = picture.bits_per_component()?.0;
        let (chroma_width, chroma_height) = match layout {
            PixelLayout::I420 => (size.0.div_ceil(2), size.1.div_ceil(2)),
            PixelLayout::I422 => (size.0.div_ceil(2), size.1),
            PixelLayout::I444 | PixelLayout::I400 => size,
        };
        let mut planes = Vec::new();
        for component in [
            PlanarImageComponent::Y,
            PlanarImageComponent::U,
            PlanarImageComponent::V,
        ] {
            let (width, height) = match component {
                PlanarImageComponent::Y => size,
                _ if layout == PixelLayout::I400 => continue,
                _ => (chroma_width, chroma_height),
            };
            let stride = picture.stride(component) as usize;
            let data = picture.plane(component);
            let mut samples = Vec::with_capacity(width * height);
            for row in 0..height {
                let line = data.get(row * stride..)?;
                if bits == 8 {
                    samples.extend(line.get(..width)?.iter().map(|&sample| u16::from(sample)));
                } else {
                    let pairs = line.get(..2 * width)?.chunks_exact(2);
                    samples.extend(pairs.map(|pair| u16::from_ne_bytes([pair[0], pair[1]])));
                }
            }
            planes.push(Plane {
                width,
                height,
                samples,
            });
        }
        let matrix = match picture.matrix_coefficients() {
            MatrixCoefficients::Identity => 0,
            MatrixCoefficients::BT709 => 1,
            MatrixCoefficients::BT2020NonConstantLuminance
            | MatrixCoefficients::BT2020ConstantLuminance => 9,
            // What is not said is as in JPEG.
            _ => 6,
        };
        Some(Self {
            size,
            layout,
            planes,
            bits,
            matrix,
            is_full_range: picture.color_range() == YUVRange::Full,
        })
    }

    /// Width and height.
    pub fn size(&self) -> (usize, usize) {
        self.size
    }

    /// Luma of a pixel, 0 to 255.
    pub fn luma(&self, (x, y): (usize, usize)) -> u8 {
        let luma = &self.planes[0];
        byte(self.level(luma.samples[y * luma.width + x], self.is_full_range))
    }

    /// A pixel, opaque. What the container says goes before what the stream says.
    pub fn rgba(&self, (x, y): (usize, usize), nclx: Option<Nclx>) -> [u8; 4] {
        let is_full = nclx.map_or(self.is_full_range, |nclx| nclx.is_full_range);
        // 2 is "unspecified".
        let matrix = nclx.map(|nclx| nclx.matrix).filter(|&matrix| matrix != 2);
        let plane = &self.planes[0];
        let luma = self.level(plane.samples[y * plane.width + x], is_full);
        let [Some(blue), Some(red)] = [1, 2].map(|index| self.planes.get(index)) else {
            let grey = byte(luma);
            return [grey, grey, grey, 255];
        };
        let (cb, cr) = (self.chroma(blue, x, y), self.chroma(red, x, y));
        let matrix = matrix.unwrap_or(self.matrix);
        if matrix == 0 {
            let level = |sample: f32| byte(self.level_of(sample, is_full));
            return [level(cr), byte(luma), level(cb), 255];
        }
        let (kr, kb) = match matrix {
            1 => (0.2126, 0.0722),
            9 | 10 => (0.2627, 0.0593),
            _ => (0.299, 0.114),
        };
        let (cb, cr) = (self.difference(cb, is_full), self.difference(cr, is_full));
        let red = luma + 2.0 * (1.0 - kr) * cr;
        let blue = luma + 2.0 * (1.0 - kb) * cb;
        let green = (luma - kr * red - kb * blue) / (1.0 - kr - kb);
        [byte(red), byte(green), byte(blue), 255]
    }

    /// A sample of chroma at a pixel of luma, between those around where there are fewer of them.
    fn chroma(&self, plane: &Plane, x: usize, y: usize) -> f32 {
        let along = |at: usize, count: usize, is_halved: bool| match is_halved {
            false => (at, at, 0.0),
            true => {
                let place = ((at as f32 - 0.5) / 2.0).max(0.0);
                let first = (place as usize).min(count - 1);
                (first, (first + 1).min(count - 1), place.fract())
            }
        };
        let (left, right, across) = along(
            x,
            plane.width,
            matches!(self.layout, PixelLayout::I420 | PixelLayout::I422),
        );
        let (top, bottom, down) = along(y, plane.height, self.layout == PixelLayout::I420);
        let at = |column: usize, row: usize| f32::from(plane.samples[row * plane.width + column]);
        let between = |a: f32, b: f32, part: f32| a + (b - a) * part;
        between(
            between(at(left, top), at(right, top), across),
            between(at(left, bottom), at(right, bottom), across),
            down,
        )
    }

    fn level(&self, sample: u16, is_full: bool) -> f32 {
        self.level_of(f32::from(sample), is_full)
    }

    /// 0 to 1.
    fn level_of(&self, sample: f32, is_full: bool) -> f32 {
        let step = (1_u32 << (self.bits - 8)) as f32;
        match is_full {
            true => sample / ((1_u32 << self.bits) - 1) as f32,
            false => (sample - 16.0 * step) / (219.0 * step),
        }
    }

    /// −0.5 to 0.5.
    fn difference(&self, sample: f32, is_full: bool) -> f32 {
        let step = (1_u32 << (self.bits - 8)) as f32;
        match is_full {
            true => (sample - 128.0 * step) / ((1_u32 << self.bits) - 1) as f32,
            false => (sample - 128.0 * step) / (224.0 * step),
        }
    }
}

fn byte(level: f32) -> u8 {
    (level * 255.0 + 0.5).clamp(0.0, 255.0) as u8
}
