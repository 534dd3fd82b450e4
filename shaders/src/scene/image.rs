//! Reading colours out of the picture, as the shaders do it.

use glam::{Vec2, Vec3, Vec4};

/// An RGBA picture that is sampled at positions in pixels, where (0.5, 0.5) is the first pixel's middle.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Image<'a> {
    pub bytes: &'a [u8],
    pub width: usize,
    pub height: usize,
}

impl Image<'_> {
    /// The pixel's channels, 0–1; outside, the nearest pixel of the edge.
    pub fn texel(&self, x: isize, y: isize) -> Vec4 {
        let x = x.clamp(0, self.width as isize - 1) as usize;
        let y = y.clamp(0, self.height as isize - 1) as usize;
        let pixel = &self.bytes[(y * self.width + x) * 4..][..4];
        Vec4::new(
            f32::from(pixel[0]),
            f32::from(pixel[1]),
            f32::from(pixel[2]),
            f32::from(pixel[3]),
        ) / 255.0
    }

    /// Bilinear, all four channels, 0–1.
    pub fn sample_rgba(&self, position_px: Vec2) -> Vec4 {
        let corner = (position_px - 0.5).floor();
        let part = position_px - 0.5 - corner;
        let (x, y) = (corner.x as isize, corner.y as isize);
        let top = self.texel(x, y).lerp(self.texel(x + 1, y), part.x);
        let bottom = self.texel(x, y + 1).lerp(self.texel(x + 1, y + 1), part.x);
        top.lerp(bottom, part.y)
    }

    /// Bilinear, colour only.
    pub fn sample(&self, position_px: Vec2) -> Vec3 {
        self.sample_rgba(position_px).truncate()
    }
}
