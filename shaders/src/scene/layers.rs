//! The picture taken apart once: the person as a layer that moves, and the background behind it, which does not.
//!
//! `picture = layer + (1 − alpha) · plate` holds wherever the guess of what lies behind the person can be true, so a layer that has
//! not moved gives the picture back, and one that has moved uncovers a background that was always there. What is left over, such as
//! stray hair, the warp pass shows for as long as little moves. Colours are those of the picture's own coding, 0–1.

use glam::{Vec2, Vec4};

use super::Background;
use super::area::Area;
use super::inpaint::continue_behind;

/// The background beside the person is no guide to the one behind it within this part of the head's surroundings: stray hair and
/// blur lie there.
const FRINGE_PART: f32 = 0.008;
/// Less of a person than this is background: mattes are faintly grey far beside hair, and what lies there would be guessed for nothing.
const MIN_PERSON: f32 = 0.12;
/// How far into what the person hides the background goes on in detail, as a part of the same height: wide turns of the head uncover
/// that much.
const UNCOVERED_PART: f32 = 0.12;
/// A person whose surroundings take less than this part of the picture is taken apart within them alone.
const SMALL_PART: f32 = 0.5;

/// Three pictures of the same size, RGBA, rows from the top.
#[derive(Clone, Debug)]
pub(crate) struct Layers {
    /// What a frame without motion shows, straight alpha.
    pub still: Vec<u8>,
    /// The person, colour times alpha.
    pub person: Vec<u8>,
    /// What lies behind the person, colour times alpha.
    pub plate: Vec<u8>,
}

impl Layers {
    /// Takes `picture` apart along `matte` (255 = person); without one, or for a picture with transparent parts of its own, its
    /// own alpha says what is the person. All of `face_px`, a closed ring, is. `surroundings_px` is how high head and shoulders are.
    pub fn new(
        picture: &[u8],
        matte: Option<&[u8]>,
        [width, height]: [usize; 2],
        face_px: &[Vec2],
        surroundings_px: f32,
        background: Background,
    ) -> Self {
        let is_cut_out = picture.chunks_exact(4).any(|pixel| pixel[3] < 250);
        let mut coverage: Vec<f32> = match matte {
            Some(matte) if !is_cut_out => matte.iter().map(|&m| f32::from(m) / 255.0).collect(),
            _ => picture
                .chunks_exact(4)
                .map(|pixel| f32::from(pixel[3]) / 255.0)
                .collect(),
        };
        if !is_cut_out {
            fill_ring(&mut coverage, width, face_px);
        }
        let fringe = (FRINGE_PART * surroundings_px).ceil() as usize;
        let uncovered = match background {
            Background::Keep => (UNCOVERED_PART * surroundings_px).ceil() as usize,
            _ => 0,
        };
        let around = match is_cut_out {
            true => None,
            false => surroundings(&coverage, [width, height], fringe),
        };
        let (person, mut plate) = match around {
            None => taken_apart(
                picture,
                &coverage,
                [width, height],
                [fringe, uncovered],
                is_cut_out,
            ),
            Some(area) => {
                let parts = taken_apart(
                    &area.cut(picture, width * 4, 4),
                    &area.cut(&coverage, width, 1),
                    area.size(),
                    [fringe, uncovered],
                    false,
                );
                let (mut person, mut plate) = (vec![0; picture.len()], picture.to_vec());
                area.paste(&parts.0, &mut person, width * 4);
                area.paste(&parts.1, &mut plate, width * 4);
                (person, plate)
            }
        };
        let mut still = picture.to_vec();
        let replacement = match background {
            Background::Keep => None,
            Background::Transparent => Some([0; 4]),
            Background::Colour([red, green, blue]) => Some([red, green, blue, 255]),
        };
        if let Some(replacement) = replacement {
            plate = replacement.repeat(person.len() / 4);
            still = person
                .chunks_exact(4)
                .zip(plate.chunks_exact(4))
                .flat_map(|(person, plate)| bytes(composed(vector(person), vector(plate))))
                .collect();
        }
        Self {
            still,
            person,
            plate,
        }
    }

    /// Where something else than the picture can be seen once the person moves, at rest: outside the person is nothing, and the
    /// background is the picture.
    pub fn moving(&self, size: [usize; 2]) -> Area {
        Area::holding(size, |index| {
            let pixel = index * 4..index * 4 + 4;
            self.person[pixel.clone()] != [0; 4] || self.plate[pixel.clone()] != self.still[pixel]
        })
    }
}

/// Person and background of a picture, or of a part of one; colour times alpha. The background goes on in detail `uncovered` pixels
/// behind the person.
fn taken_apart(
    picture: &[u8],
    coverage: &[f32],
    size: [usize; 2],
    [fringe, uncovered]: [usize; 2],
    is_cut_out: bool,
) -> (Vec<u8>, Vec<u8>) {
    let seen = |index: usize| {
        let pixel = &picture[index * 4..][..4];
        let alpha = f32::from(pixel[3]) / 255.0;
        let colour = [0, 1, 2].map(|channel| f32::from(pixel[channel]) / 255.0 * alpha);
        Vec4::new(colour[0], colour[1], colour[2], alpha)
    };
    let mut person = Vec::with_capacity(picture.len());
    let mut plate = Vec::with_capacity(picture.len());
    // Pixel by pixel: at 4K each picture of floats would take 130 MB.
    let mut take_apart = |behind: Vec4| {
        let index = person.len() / 4;
        let (seen, alpha) = (seen(index), coverage[index]);
        let layer = (seen - behind * (1.0 - alpha)).clamp(Vec4::ZERO, Vec4::splat(alpha));
        person.extend(bytes(layer.truncate().extend(alpha)));
        plate.extend(bytes(behind));
    };
    if is_cut_out {
        (0..coverage.len()).for_each(|_| take_apart(Vec4::ZERO));
    } else {
        // The picture without the person: away from the person, what is there; elsewhere what lies around.
        let is_person: Vec<bool> = coverage.iter().map(|&alpha| alpha > MIN_PERSON).collect();
        let near = widened(&is_person, size, fringe);
        let known = |index: usize| match near[index] {
            true => (Vec4::ZERO, 0.0),
            false => (seen(index), 1.0),
        };
        fill_in(size, &known, &mut take_apart);
        if uncovered > 0 {
            // The person's edge is cut against the smooth guess: a pattern that is wrong would show in it.
            continue_behind(&mut plate, size, &near, fringe + uncovered);
        }
    }
    (person, plate)
}

/// The person with enough background around to guess what lies behind; none if that is most of the picture.
fn surroundings(coverage: &[f32], size: [usize; 2], fringe: usize) -> Option<Area> {
    let person = Area::holding(size, |index| coverage[index] > 0.0);
    let [width, height] = person.size();
    let area = person.wider(width.max(height) / 4 + 4 * fringe, size);
    let pixels = |[width, height]: [usize; 2]| (width * height) as f32;
    let is_small = pixels(area.size()) < SMALL_PART * pixels(size);
    (is_small && width > 0).then_some(area)
}

/// A layer over a plate, both with their colour times alpha; straight alpha comes out.
pub(crate) fn composed(layer: Vec4, plate: Vec4) -> Vec4 {
    let sum = layer + plate * (1.0 - layer.w);
    (sum.truncate() / sum.w.max(1e-4)).extend(sum.w)
}

pub(crate) fn vector(pixel: &[u8]) -> Vec4 {
    Vec4::from_array([0, 1, 2, 3].map(|channel| f32::from(pixel[channel]) / 255.0))
}

pub(crate) fn bytes(colour: Vec4) -> [u8; 4] {
    (colour.clamp(Vec4::ZERO, Vec4::ONE) * 255.0 + 0.5)
        .to_array()
        .map(|value| value as u8)
}

/// Sets what a ring encloses to 1.
fn fill_ring(coverage: &mut [f32], width: usize, ring: &[Vec2]) {
    let height = coverage.len() / width;
    for y in 0..height {
        let middle = y as f32 + 0.5;
        let mut crossings: Vec<f32> = (0..ring.len())
            .filter_map(|index| {
                let (from, to) = (ring[index], ring[(index + 1) % ring.len()]);
                ((from.y > middle) != (to.y > middle))
                    .then(|| from.x + (to.x - from.x) * (middle - from.y) / (to.y - from.y))
            })
            .collect();
        crossings.sort_by(f32::total_cmp);
        for pair in crossings.chunks_exact(2) {
            let column = |x: f32| (x.max(0.0).round() as usize).min(width);
            coverage[y * width + column(pair[0])..y * width + column(pair[1])].fill(1.0);
        }
    }
}

/// Whether there is a hit within `reach` pixels along rows and columns.
pub(crate) fn widened(hits: &[bool], [width, height]: [usize; 2], reach: usize) -> Vec<bool> {
    let along = |hits: &[bool], count: usize, lines: usize, step: usize, line_step: usize| {
        let mut widened = vec![false; hits.len()];
        for line in 0..lines {
            let mut last = None;
            // Forwards, then backwards, each carrying the newest hit.
            for position in (0..count).chain((0..count).rev()) {
                let index = line * line_step + position * step;
                if hits[index] {
                    last = Some(position);
                }
                if last.is_some_and(|last: usize| last.abs_diff(position) <= reach) {
                    widened[index] = true;
                }
            }
        }
        widened
    };
    let rows = along(hits, width, height, 1, width);
    along(&rows, height, width, width, 1)
}

/// Gives all colours of a picture one after the other. `pixel` says by the index what is known of one: the colour, and how much of it
/// is known, 0 to 1. What is not known is taken from around, the smoother the farther away what is known lies.
pub(crate) fn fill_in(
    size: [usize; 2],
    pixel: &dyn Fn(usize) -> (Vec4, f32),
    give: &mut dyn FnMut(Vec4),
) {
    let [width, height] = size;
    if width.max(height) <= 1 {
        (0..width * height).for_each(|index| give(pixel(index).0));
        return;
    }
    let (coarse_size, halved) = halved(size, pixel);
    let mut coarse = Vec::with_capacity(halved.len());
    fill_in(coarse_size, &|index| halved[index], &mut |colour| {
        coarse.push(colour);
    });
    let at = |x: usize, y: usize| coarse[y * coarse_size[0] + x];
    let taps = |position: usize, limit: usize| {
        let place = (position as f32 - 0.5) / 2.0;
        let first = place.floor();
        let clamp = |value: f32| (value.max(0.0) as usize).min(limit - 1);
        (clamp(first), clamp(first + 1.0), place - first)
    };
    let columns: Vec<_> = (0..width).map(|x| taps(x, coarse_size[0])).collect();
    for y in 0..height {
        let (top, bottom, down) = taps(y, coarse_size[1]);
        for (x, &(left, right, across)) in columns.iter().enumerate() {
            let (colour, weight) = pixel(y * width + x);
            if weight >= 1.0 {
                give(colour);
                continue;
            }
            let upper = at(left, top).lerp(at(right, top), across);
            let lower = at(left, bottom).lerp(at(right, bottom), across);
            give(upper.lerp(lower, down).lerp(colour, weight));
        }
    }
}

/// A picture of half the size; each pixel the weighted mean of up to four.
fn halved(
    [width, height]: [usize; 2],
    pixel: &dyn Fn(usize) -> (Vec4, f32),
) -> ([usize; 2], Vec<(Vec4, f32)>) {
    let size = [width.div_ceil(2), height.div_ceil(2)];
    let mut pixels = Vec::with_capacity(size[0] * size[1]);
    for y in 0..size[1] {
        for x in 0..size[0] {
            let (mut sum, mut total) = (Vec4::ZERO, 0.0);
            for (dy, dx) in [(0, 0), (0, 1), (1, 0), (1, 1)] {
                let (column, row) = (2 * x + dx, 2 * y + dy);
                if column < width && row < height {
                    let (colour, weight) = pixel(row * width + column);
                    sum += colour * weight;
                    total += weight;
                }
            }
            pixels.push((sum / f32::max(total, 1e-6), total.min(1.0)));
        }
    }
    (size, pixels)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A blue picture with a red disc whose edge is soft, and its matte.
    fn disc() -> (Vec<u8>, Vec<u8>) {
        let mut picture = Vec::new();
        let mut matte = Vec::new();
        for y in 0..40 {
            for x in 0..50 {
                let distance = (x as f32 - 24.5).hypot(y as f32 - 19.5);
                let alpha = ((14.0 - distance) / 4.0).clamp(0.0, 1.0);
                let byte = (alpha * 255.0).round() as u8;
                picture.extend([byte, 0, 255 - byte, 255]);
                matte.push(byte);
            }
        }
        (picture, matte)
    }

    #[test]
    fn layer_and_plate_give_the_picture_back_and_the_plate_is_background() {
        let (picture, matte) = disc();
        let layers = Layers::new(
            &picture,
            Some(&matte),
            [50, 40],
            &[],
            40.0,
            Background::Keep,
        );
        assert_eq!(layers.still, picture);
        for (index, pixel) in picture.chunks_exact(4).enumerate() {
            let part = |layer: &[u8]| vector(&layer[index * 4..][..4]);
            let again = bytes(composed(part(&layers.person), part(&layers.plate)));
            for (a, b) in again.iter().zip(pixel) {
                assert!(a.abs_diff(*b) <= 2, "pixel {index}: {again:?} {pixel:?}");
            }
            let plate = &layers.plate[index * 4..][..3];
            assert!(plate[2] > 240 && plate[0] < 12, "pixel {index}: {plate:?}");
        }
    }

    #[test]
    fn a_small_person_is_taken_apart_as_in_a_picture_of_its_own() {
        let (small, small_matte) = disc();
        let size = [400, 300];
        let area = Area {
            from: [200, 150],
            to: [250, 190],
        };
        let mut picture = [0, 0, 255, 255].repeat(400 * 300);
        area.paste(&small, &mut picture, 400 * 4);
        let mut matte = vec![0; 400 * 300];
        for (row, line) in small_matte.chunks_exact(50).enumerate() {
            matte[(150 + row) * 400 + 200..][..50].copy_from_slice(line);
        }
        let layers = Layers::new(&picture, Some(&matte), size, &[], 40.0, Background::Keep);
        let alone = Layers::new(
            &small,
            Some(&small_matte),
            [50, 40],
            &[],
            40.0,
            Background::Keep,
        );
        assert_eq!(layers.still, picture);
        assert_eq!(area.cut(&layers.person, 400 * 4, 4), alone.person);
        for (a, b) in area.cut(&layers.plate, 400 * 4, 4).iter().zip(&alone.plate) {
            assert!(a.abs_diff(*b) <= 3, "{a} {b}");
        }
        // Away from the person the background is the picture, to the bit.
        assert_eq!(layers.plate[..400 * 4 * 100], picture[..400 * 4 * 100]);
        assert_eq!(layers.moving(size).from, [211, 156]);
    }

    #[test]
    fn a_cut_out_has_the_person_in_its_own_colours() {
        let (picture, matte) = disc();
        let background = Background::Transparent;
        let layers = Layers::new(&picture, Some(&matte), [50, 40], &[], 40.0, background);
        for (pixel, &alpha) in layers.still.chunks_exact(4).zip(&matte) {
            assert_eq!(pixel[3], alpha);
            assert!(alpha < 60 || pixel[0] > 230, "{pixel:?}");
        }
    }

    #[test]
    fn a_colour_shows_where_the_person_is_not() {
        let (picture, matte) = disc();
        let background = Background::Colour([0, 255, 0]);
        let layers = Layers::new(&picture, Some(&matte), [50, 40], &[], 40.0, background);
        assert_eq!(layers.still[..4], [0, 255, 0, 255]);
        let middle = (20 * 50 + 25) * 4;
        assert_eq!(layers.still[middle..middle + 4], [255, 0, 0, 255]);
    }
}
