//! Turned square cut-outs of a picture, sampled as MediaPipe does it on a CPU.

/// A picture as the networks take it: RGB without alpha, floats 0..255.
pub(crate) struct RgbPicture {
    pub width: usize,
    pub height: usize,
    /// Rows from the top, three values a pixel.
    data: Vec<f32>,
}

impl RgbPicture {
    /// The picture with each side divided by `factor`, each pixel the mean of a square; transparent parts lie on mid grey.
    pub fn from_rgba(rgba: &[u8], full_width: usize, full_height: usize, factor: usize) -> Self {
        let mean = SquareMean::new(full_width, full_height, factor);
        mean.fill(|x, y| {
            let pixel = &rgba[(y * full_width + x) * 4..][..4];
            let alpha = f32::from(pixel[3]) / 255.0;
            [0, 1, 2].map(|c| f32::from(pixel[c]) * alpha + 127.5 * (1.0 - alpha))
        })
    }

    /// A part of a picture without alpha (RGB rows from the top, `full_width` pixels each) with each side divided by `factor`, each
    /// pixel the mean of a square. The part begins at `corner` and must lie inside.
    pub fn from_rgb_part(
        rgb: &[u8],
        full_width: usize,
        corner: [usize; 2],
        size: [usize; 2],
        factor: usize,
    ) -> Self {
        SquareMean::new(size[0], size[1], factor).fill(|x, y| {
            let at = ((corner[1] + y) * full_width + corner[0] + x) * 3;
            [rgb[at], rgb[at + 1], rgb[at + 2]].map(f32::from)
        })
    }

    /// Red, green and blue of a pixel, counted row by row from the top.
    pub fn pixel(&self, index: usize) -> [f32; 3] {
        [0, 1, 2].map(|channel| self.data[index * 3 + channel])
    }

    /// Each side divided by a whole factor, each pixel the mean of a square.
    pub fn shrunk(&self, factor: usize) -> Self {
        SquareMean::new(self.width, self.height, factor).fill(|x, y| {
            let at = (y * self.width + x) * 3;
            [self.data[at], self.data[at + 1], self.data[at + 2]]
        })
    }

    /// Bilinear sample at pixel coordinates whose whole numbers are pixel centres; black outside.
    fn sample(&self, x: f32, y: f32) -> [f32; 3] {
        let (left, top) = (x.floor(), y.floor());
        let (fx, fy) = (x - left, y - top);
        let mut colour = [0.0; 3];
        for (dy, wy) in [(0.0, 1.0 - fy), (1.0, fy)] {
            for (dx, wx) in [(0.0, 1.0 - fx), (1.0, fx)] {
                let (px, py) = (left + dx, top + dy);
                if px >= 0.0 && py >= 0.0 && px < self.width as f32 && py < self.height as f32 {
                    let at = (py as usize * self.width + px as usize) * 3;
                    for (sum, value) in colour.iter_mut().zip(&self.data[at..at + 3]) {
                        *sum += value * wx * wy;
                    }
                }
            }
        }
        colour
    }
}

/// Makes a picture smaller by a whole factor.
struct SquareMean {
    width: usize,
    height: usize,
    factor: usize,
}

impl SquareMean {
    fn new(full_width: usize, full_height: usize, factor: usize) -> Self {
        Self {
            width: full_width / factor,
            height: full_height / factor,
            factor,
        }
    }

    fn fill(&self, pixel: impl Fn(usize, usize) -> [f32; 3]) -> RgbPicture {
        let share = 1.0 / (self.factor * self.factor) as f32;
        let mut data = vec![0.0; self.width * self.height * 3];
        for y in 0..self.height * self.factor {
            for x in 0..self.width * self.factor {
                let to = (y / self.factor * self.width + x / self.factor) * 3;
                for (sum, value) in data[to..to + 3].iter_mut().zip(pixel(x, y)) {
                    *sum += value * share;
                }
            }
        }
        RgbPicture {
            width: self.width,
            height: self.height,
            data,
        }
    }
}

/// A square region of a picture, turned about its centre.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Region {
    pub centre_px: [f32; 2],
    pub side_px: f32,
    /// Clockwise in the picture.
    pub angle: f32,
}

impl Region {
    /// Picture coordinates of a point given in shares 0..1 of the region's sides.
    pub fn picture_from_patch(&self, x: f32, y: f32) -> [f32; 2] {
        let (sin, cos) = self.angle.sin_cos();
        let (x, y) = ((x - 0.5) * self.side_px, (y - 0.5) * self.side_px);
        [
            self.centre_px[0] + cos * x - sin * y,
            self.centre_px[1] + sin * x + cos * y,
        ]
    }

    /// The region as `patch_px`² pixels, RGB 0..255, rows from the top.
    ///
    /// Patch pixel (i, j) is the picture at M·(i, j) without the half-pixel shift that textbooks ask for: the networks were
    /// trained on such patches, and with the shift the landmarks move by up to 1.3 % of the face's width.
    pub fn cut(&self, picture: &RgbPicture, patch_px: usize) -> Vec<f32> {
        // Beyond a factor of 8 bare sampling would see single pixels: average first. Below, be exactly what MediaPipe is.
        let factor = (self.side_px / patch_px as f32 / 4.0).floor() as usize;
        if factor >= 2 && picture.width / factor > 8 && picture.height / factor > 8 {
            let shrunk = picture.shrunk(factor);
            let scale = factor as f32;
            let region = Self {
                centre_px: self.centre_px.map(|c| (c + 0.5) / scale - 0.5),
                side_px: self.side_px / scale,
                angle: self.angle,
            };
            return region.cut(&shrunk, patch_px);
        }
        let mut patch = Vec::with_capacity(patch_px * patch_px * 3);
        for j in 0..patch_px {
            for i in 0..patch_px {
                let [x, y] =
                    self.picture_from_patch(i as f32 / patch_px as f32, j as f32 / patch_px as f32);
                patch.extend(picture.sample(x, y));
            }
        }
        patch
    }
}
