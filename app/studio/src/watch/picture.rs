//! A picture of the film: the clip in its place, and the person beside it or on it.

use image::RgbaImage;
use image::imageops::{FilterType, resize};

use super::layout::{Pane, Places, Rect};
use super::slow_fast::{Size, resized};

/// Where nothing is shown.
const EMPTY: [u8; 4] = [18, 20, 24, 255];
/// Radius of an inset's corners in its shorter side.
const ROUND_SHARE: f32 = 0.14;
/// Width of an inset's edge, and its colour.
const EDGE_PX: f32 = 2.5;
const EDGE: [f32; 3] = [245.0, 245.0, 245.0];

/// The film's picture, drawn anew for each frame.
pub(super) struct Canvas {
    size: Size,
    clip: Pane,
    person: Rect,
    /// What is seen of the inset in each of its pixels, and how much of that is its edge; none where the person has no edge.
    mask: Option<Vec<[f32; 2]>>,
    /// The clip in its place and nothing else.
    clip_layer: Vec<u8>,
    is_clip_shown: bool,
    pixels: Vec<u8>,
}

impl Canvas {
    /// An empty picture. A person who is cut out has no frame.
    pub fn new(places: &Places, is_cut_out: bool) -> Self {
        let (width_px, height_px) = places.size_px;
        let size = Size::new(width_px, height_px);
        let person = places.person.place_px;
        Self {
            size,
            clip: places.clip,
            person,
            mask: (places.is_inset && !is_cut_out)
                .then(|| rounded(person.width as usize, person.height as usize)),
            clip_layer: EMPTY.repeat(size.pixels()),
            is_clip_shown: false,
            pixels: Vec::new(),
        }
    }

    /// Another picture of the clip has come.
    pub fn forget_clip(&mut self) {
        self.is_clip_shown = false;
    }

    /// Puts a picture (rows of red, green, blue) into the clip's place, unless it stands there.
    pub fn show_clip(&mut self, rgb: &[u8], size: Size) {
        if self.is_clip_shown {
            return;
        }
        self.is_clip_shown = true;
        let (part, part_size) = cut(rgb, size, &self.clip.source);
        let place = self.clip.place_px;
        let place_size = Size::new(place.width as u32, place.height as u32);
        let pixels = resized(&part, part_size, place_size);
        let row_bytes = self.size.width_px as usize * 4;
        let left = place.x as usize * 4;
        let rows = self
            .clip_layer
            .chunks_exact_mut(row_bytes)
            .skip(place.y as usize);
        for (row, source) in rows.zip(pixels.chunks_exact(place_size.width_px as usize * 3)) {
            let row = row[left..].chunks_exact_mut(4);
            for (pixel, source) in row.zip(source.chunks_exact(3)) {
                pixel[..3].copy_from_slice(source);
            }
        }
    }

    /// The picture with the person in their place.
    pub fn with_person(&mut self, person: &RgbaImage) -> &mut [u8] {
        self.pixels.clone_from(&self.clip_layer);
        let (width, height) = (self.person.width as u32, self.person.height as u32);
        let fitted;
        let person = match person.dimensions() == (width, height) {
            true => person,
            false => {
                fitted = resize(person, width, height, FilterType::Triangle);
                &fitted
            }
        };
        let row_bytes = self.size.width_px as usize * 4;
        let left = self.person.x as usize * 4;
        let rows = self
            .pixels
            .chunks_exact_mut(row_bytes)
            .skip(self.person.y as usize);
        let sources = person.as_raw().chunks_exact(width as usize * 4);
        for (y, (row, source)) in rows.zip(sources).enumerate() {
            let pixels = row[left..].chunks_exact_mut(4);
            for (x, (pixel, source)) in pixels.zip(source.chunks_exact(4)).enumerate() {
                let alpha = f32::from(source[3]) / 255.0;
                let [cover, edge] = match &self.mask {
                    Some(mask) => mask[y * width as usize + x],
                    None => [1.0, 0.0],
                };
                for channel in 0..3 {
                    let under = f32::from(pixel[channel]);
                    let own = under + (f32::from(source[channel]) - under) * alpha;
                    let framed = own + (EDGE[channel] - own) * edge;
                    pixel[channel] = (under + (framed - under) * cover).round() as u8;
                }
            }
        }
        &mut self.pixels
    }
}

/// Part of a picture, given in parts of its sides, with its size.
fn cut(rgb: &[u8], size: Size, part: &Rect) -> (Vec<u8>, Size) {
    let (width, height) = (f64::from(size.width_px), f64::from(size.height_px));
    let left = ((part.x * width).round() as usize).min(size.width_px as usize - 1);
    let top = ((part.y * height).round() as usize).min(size.height_px as usize - 1);
    let columns = ((part.width * width).round() as usize).clamp(1, size.width_px as usize - left);
    let rows = ((part.height * height).round() as usize).clamp(1, size.height_px as usize - top);
    let mut out = Vec::with_capacity(columns * rows * 3);
    let lines = rgb.chunks_exact(size.width_px as usize * 3);
    for line in lines.skip(top).take(rows) {
        out.extend_from_slice(&line[left * 3..(left + columns) * 3]);
    }
    (out, Size::new(columns as u32, rows as u32))
}

/// Cover and edge of a rectangle with round corners, pixel by pixel.
fn rounded(width: usize, height: usize) -> Vec<[f32; 2]> {
    let half = [width as f32 / 2.0, height as f32 / 2.0];
    let radius = half[0].min(half[1]) * 2.0 * ROUND_SHARE;
    (0..width * height)
        .map(|index| {
            let at = [
                (index % width) as f32 + 0.5 - half[0],
                (index / width) as f32 + 0.5 - half[1],
            ];
            // Distance to the edge, negative inside.
            let beyond = [0, 1].map(|axis| at[axis].abs() - half[axis] + radius);
            let outside = beyond[0].max(0.0).hypot(beyond[1].max(0.0));
            let distance = outside + beyond[0].max(beyond[1]).min(0.0) - radius;
            [
                (0.5 - distance).clamp(0.0, 1.0),
                (distance + EDGE_PX + 0.5).clamp(0.0, 1.0),
            ]
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::watch::layout::{Layout, Person};

    fn places(layout: Layout) -> Places {
        let person = Person {
            size_px: (600, 800),
            face: Rect {
                x: 0.3,
                y: 0.2,
                width: 0.4,
                height: 0.3,
            },
        };
        layout.places((640, 480), &person)
    }

    fn pixel(canvas: &Canvas, x: u32, y: u32) -> [u8; 3] {
        let at = (y * canvas.size.width_px + x) as usize * 4;
        canvas.pixels[at..at + 3].try_into().unwrap()
    }

    #[test]
    fn clip_and_person_stand_in_their_places() {
        for layout in [Layout::Corner, Layout::Side, Layout::Split, Layout::Above] {
            let places = places(layout);
            let mut canvas = Canvas::new(&places, false);
            canvas.show_clip(&[200, 0, 0].repeat(64 * 48), Size::new(64, 48));
            let green = image::Rgba([0, 200, 0, 255]);
            canvas.with_person(&RgbaImage::from_pixel(90, 120, green));
            let middle = |rect: Rect| {
                let x = rect.x + rect.width / 2.0;
                (x as u32, (rect.y + rect.height / 2.0) as u32)
            };
            let (x, y) = middle(places.person.place_px);
            assert_eq!(pixel(&canvas, x, y), [0, 200, 0], "{layout:?}");
            let (x, y) = middle(places.clip.place_px);
            assert_eq!(pixel(&canvas, x, y), [200, 0, 0], "{layout:?}");
        }
    }

    #[test]
    fn an_inset_has_round_corners_with_an_edge_and_a_cut_out_person_has_none() {
        let places = places(Layout::Corner);
        let corner = places.person.place_px;
        let (x, y) = (corner.x as u32, corner.y as u32);
        let side = corner.width as u32;
        let mut canvas = Canvas::new(&places, false);
        canvas.show_clip(&[200, 0, 0].repeat(64 * 48), Size::new(64, 48));
        canvas.with_person(&RgbaImage::from_pixel(
            side,
            side,
            image::Rgba([0, 200, 0, 255]),
        ));
        assert_eq!(pixel(&canvas, x, y), [200, 0, 0]);
        assert_eq!(pixel(&canvas, x + side / 2, y + 1), [245, 245, 245]);
        let mut canvas = Canvas::new(&places, true);
        canvas.show_clip(&[200, 0, 0].repeat(64 * 48), Size::new(64, 48));
        let clear = RgbaImage::from_pixel(side, side, image::Rgba([0, 200, 0, 128]));
        canvas.with_person(&clear);
        assert_eq!(pixel(&canvas, x, y), [100, 100, 0]);
    }
}
