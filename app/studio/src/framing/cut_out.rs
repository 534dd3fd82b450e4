//! A part of a picture at a video's size. Beyond the picture its edge goes on, more blurred the
//! farther away: a background stays a background, and a coat a coat.

use super::{Fill, Region};

/// Picture pixels on either side that a Catmull-Rom spline takes in.
const KERNEL_REACH: f64 = 2.0;
/// How much of the distance from the picture's edge is blurred over.
const BLUR_PER_PX: f32 = 0.22;

/// A part of a picture, to be cut out of it at another size.
#[derive(Clone, Copy, Debug)]
pub(super) struct CutOut {
    /// Which part.
    pub region: Region,
    /// Width and height that it gets.
    pub size_px: [usize; 2],
}

impl CutOut {
    /// Pixels of the video for one of the picture.
    pub fn scale(&self) -> f64 {
        self.size_px[0] as f64 / self.region.width
    }

    /// Where a point of the picture goes. Both count from the middle of the first pixel.
    pub fn point(&self, [x, y, z]: [f32; 3]) -> [f32; 3] {
        let scale = self.scale();
        let place =
            |value: f32, start: f64| ((f64::from(value) + 0.5 - start) * scale - 0.5) as f32;
        [
            place(x, self.region.x),
            place(y, self.region.y),
            (f64::from(z) * scale) as f32,
        ]
    }

    /// The part of interleaved bytes of `CHANNELS` a pixel, rows from the top. `beyond` is what is shown outside the picture;
    /// none lets it go on.
    pub fn bytes<const CHANNELS: usize>(
        &self,
        bytes: &[u8],
        picture_size_px: [usize; 2],
        beyond: Option<[u8; CHANNELS]>,
    ) -> Vec<u8> {
        let [width, height] = self.size_px;
        let columns = taps(picture_size_px[0], width, self.region.x, self.scale());
        let rows = taps(picture_size_px[1], height, self.region.y, self.scale());
        let narrow: Vec<f32> = bytes
            .chunks_exact(picture_size_px[0] * CHANNELS)
            .flat_map(|row| {
                columns.iter().flat_map(|(first, weights)| {
                    let mut sum = [0.0_f32; CHANNELS];
                    let pixels = row[first * CHANNELS..].chunks_exact(CHANNELS);
                    for (weight, pixel) in weights.iter().zip(pixels) {
                        for (sum, &byte) in sum.iter_mut().zip(pixel) {
                            *sum += weight * f32::from(byte);
                        }
                    }
                    sum
                })
            })
            .collect();
        let mut output = Vec::with_capacity(width * height * CHANNELS);
        let mut sums = vec![0.0_f32; width * CHANNELS];
        for (first, weights) in &rows {
            sums.fill(0.0);
            for (offset, weight) in weights.iter().enumerate() {
                let row = &narrow[(first + offset) * sums.len()..][..sums.len()];
                for (sum, value) in sums.iter_mut().zip(row) {
                    *sum += weight * value;
                }
            }
            // Conversion to bytes ends at 0 and 255, where the spline may pass them.
            output.extend(sums.iter().map(|sum| (sum + 0.5) as u8));
        }
        let picture = [0, 1].map(|axis| self.picture_span(axis, picture_size_px[axis]));
        if picture != [0..width, 0..height] {
            match beyond {
                Some(pixel) => fill::<CHANNELS>(&mut output, width, &picture, pixel),
                None => go_on::<CHANNELS>(&mut output, width, &picture),
            }
        }
        output
    }

    /// Pixels of the video that show the picture, along an axis; at least one.
    fn picture_span(&self, axis: usize, picture_px: usize) -> std::ops::Range<usize> {
        let start = [self.region.x, self.region.y][axis];
        let count = self.size_px[axis];
        let place = |side: f64| ((side - start) * self.scale()).round().max(0.0) as usize;
        let first = place(0.0).min(count - 1);
        first..place(picture_px as f64).clamp(first + 1, count)
    }
}

/// The colour behind what a fill asks for; none where the picture goes on.
pub(super) fn colour(fill: Fill) -> Option<[u8; 4]> {
    match fill {
        Fill::Blurred => None,
        Fill::Colour([red, green, blue]) => Some([red, green, blue, 255]),
    }
}

/// For each output position the first input position and the weights from there on, which add up to 1. Positions beyond the
/// input count as its last.
fn taps(input: usize, output: usize, start: f64, scale: f64) -> Vec<(usize, Vec<f32>)> {
    let stretch = (1.0 / scale).max(1.0);
    let reach = KERNEL_REACH * stretch;
    let last = input as isize - 1;
    (0..output)
        .map(|index| {
            let centre = start + (index as f64 + 0.5) / scale - 0.5;
            let from = (centre - reach).ceil() as isize;
            let to = (centre + reach).floor() as isize;
            let first = from.clamp(0, last);
            let mut weights = vec![0.0_f64; (to.clamp(0, last) - first + 1) as usize];
            for position in from..=to {
                let weight = catmull_rom((position as f64 - centre).abs() / stretch);
                weights[(position.clamp(0, last) - first) as usize] += weight;
            }
            let total: f64 = weights.iter().sum();
            let weights = weights.iter().map(|weight| (weight / total) as f32);
            (first as usize, weights.collect())
        })
        .collect()
}

/// The cubic spline through its points, at a distance from the middle.
fn catmull_rom(distance: f64) -> f64 {
    match distance {
        d if d < 1.0 => 1.5 * d * d * d - 2.5 * d * d + 1.0,
        d if d < 2.0 => -0.5 * d * d * d + 2.5 * d * d - 4.0 * d + 2.0,
        _ => 0.0,
    }
}

/// Puts one colour outside the picture.
fn fill<const CHANNELS: usize>(
    bytes: &mut [u8],
    width: usize,
    [columns, rows]: &[std::ops::Range<usize>; 2],
    pixel: [u8; CHANNELS],
) {
    for (y, row) in bytes.chunks_exact_mut(width * CHANNELS).enumerate() {
        for (x, bytes) in row.chunks_exact_mut(CHANNELS).enumerate() {
            if !rows.contains(&y) || !columns.contains(&x) {
                bytes.copy_from_slice(&pixel);
            }
        }
    }
}

/// Lets the picture go on outside itself.
fn go_on<const CHANNELS: usize>(
    bytes: &mut [u8],
    width: usize,
    [columns, rows]: &[std::ops::Range<usize>; 2],
) {
    let levels = Levels::<CHANNELS>::of(bytes, width, [columns, rows]);
    for (y, row) in bytes.chunks_exact_mut(width * CHANNELS).enumerate() {
        for (x, bytes) in row.chunks_exact_mut(CHANNELS).enumerate() {
            let beyond = [beyond(x, columns), beyond(y, rows)];
            if beyond == [0, 0] {
                continue;
            }
            let distance_px = (beyond[0] as f32).hypot(beyond[1] as f32);
            let place = [nearest(x, columns), nearest(y, rows)];
            let colour = levels.at(place, (1.0 + BLUR_PER_PX * distance_px).log2());
            for (byte, value) in bytes.iter_mut().zip(colour) {
                *byte = (value + 0.5) as u8;
            }
        }
    }
}

/// How far a position is outside a span.
fn beyond(position: usize, span: &std::ops::Range<usize>) -> usize {
    match position {
        p if p < span.start => span.start - p,
        p if p >= span.end => p + 1 - span.end,
        _ => 0,
    }
}

/// The position within a span that is nearest, from its start.
fn nearest(position: usize, span: &std::ops::Range<usize>) -> f32 {
    (position.clamp(span.start, span.end - 1) - span.start) as f32
}

/// A picture and its halves, quarters and so on.
struct Levels<const CHANNELS: usize> {
    /// Width, height and pixels.
    levels: Vec<(usize, usize, Vec<[f32; CHANNELS]>)>,
}

impl<const CHANNELS: usize> Levels<CHANNELS> {
    fn of(bytes: &[u8], width: usize, [columns, rows]: [&std::ops::Range<usize>; 2]) -> Self {
        let pixels: Vec<[f32; CHANNELS]> = rows
            .clone()
            .flat_map(|y| columns.clone().map(move |x| (y * width + x) * CHANNELS))
            .map(|start| std::array::from_fn(|channel| f32::from(bytes[start + channel])))
            .collect();
        let mut levels = vec![(columns.len(), rows.len(), pixels)];
        while let Some((width, height, pixels)) =
            levels.last().filter(|level| level.0 * level.1 > 1)
        {
            let [half_width, half_height] = [width.div_ceil(2), height.div_ceil(2)];
            let halved = (0..half_width * half_height).map(|index| {
                let [x, y] = [index % half_width * 2, index / half_width * 2];
                let at = |dx: usize, dy: usize| {
                    pixels[(y + dy).min(height - 1) * width + (x + dx).min(width - 1)]
                };
                let four = [at(0, 0), at(1, 0), at(0, 1), at(1, 1)];
                std::array::from_fn(|channel| {
                    four.iter().map(|pixel| pixel[channel]).sum::<f32>() / 4.0
                })
            });
            let level = (half_width, half_height, halved.collect());
            levels.push(level);
        }
        Self { levels }
    }

    /// The colour at a place of the first level, as it is at another one, or between two.
    fn at(&self, place: [f32; 2], level: f32) -> [f32; CHANNELS] {
        let last = self.levels.len() - 1;
        let lower = (level.max(0.0) as usize).min(last);
        let part = (level - lower as f32).clamp(0.0, 1.0);
        let sharp = self.in_level(place, lower);
        let blurred = self.in_level(place, (lower + 1).min(last));
        std::array::from_fn(|channel| sharp[channel] + (blurred[channel] - sharp[channel]) * part)
    }

    /// A quadratic B-spline over the nine pixels around, so that large ones show no corners.
    fn in_level(&self, place: [f32; 2], number: usize) -> [f32; CHANNELS] {
        let (width, height, pixels) = &self.levels[number];
        let axis = |at: f32, count: usize| {
            let at = (at + 0.5) / (1 << number) as f32 - 0.5;
            let middle = at.round();
            let off = at - middle;
            let weights = [
                0.5 * (0.5 - off) * (0.5 - off),
                0.75 - off * off,
                0.5 * (0.5 + off) * (0.5 + off),
            ];
            let position = |step: i32| (middle as i32 + step).clamp(0, count as i32 - 1) as usize;
            ([-1, 0, 1].map(position), weights)
        };
        let (columns, across) = axis(place[0], *width);
        let (rows, down) = axis(place[1], *height);
        let mut colour = [0.0; CHANNELS];
        for (y, down) in rows.into_iter().zip(down) {
            for (x, across) in columns.into_iter().zip(across) {
                let pixel = &pixels[y * width + x];
                for (sum, value) in colour.iter_mut().zip(pixel) {
                    *sum += down * across * value;
                }
            }
        }
        colour
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn part(x: f64, y: f64, width: f64, height: f64, size_px: [usize; 2]) -> CutOut {
        CutOut {
            region: Region {
                x,
                y,
                width,
                height,
            },
            size_px,
        }
    }

    #[test]
    fn a_part_of_whole_pixels_is_copied() {
        let bytes: Vec<u8> = (0..8 * 6).collect();
        let cut = part(2.0, 1.0, 4.0, 3.0, [4, 3]).bytes::<1>(&bytes, [8, 6], None);
        assert_eq!(cut, [10, 11, 12, 13, 18, 19, 20, 21, 26, 27, 28, 29]);
    }

    #[test]
    fn a_flat_picture_stays_flat_inside_and_outside() {
        let bytes = [90, 120, 200, 255].repeat(30 * 20);
        for scale in [0.4, 1.0, 3.7] {
            let size = [60.0 * scale, 50.0 * scale].map(|side: f64| side as usize);
            let cut = part(-15.0, -20.0, 60.0, 50.0, size);
            let cut = cut.bytes::<4>(&bytes, [30, 20], None);
            assert!(
                cut.chunks_exact(4)
                    .all(|pixel| pixel == [90, 120, 200, 255])
            );
        }
    }

    #[test]
    fn the_picture_goes_on_without_a_seam_and_more_and_more_blurred() {
        // Rows as a soft wave of sixteen pixels.
        let wave = |y: usize| (y as f32 * std::f32::consts::TAU / 16.0).sin();
        let value = |y: usize| (127.0 + 100.0 * wave(y)) as u8;
        let bytes: Vec<u8> = (0..64 * 64).map(|index| value(index / 64)).collect();
        let cut = part(-128.0, 0.0, 256.0, 64.0, [256, 64]).bytes::<1>(&bytes, [64, 64], None);
        let column = |x: usize| (0..64).map(move |y| y * 256 + x);
        assert!(column(130).map(|index| cut[index]).eq((0..64).map(value)));
        for edge in [127, 191] {
            for index in column(edge) {
                assert!(cut[index].abs_diff(cut[index + 1]) < 20);
            }
        }
        let contrast = |x: usize| {
            let values = column(x).map(|index| cut[index]);
            values.clone().max().unwrap() - values.min().unwrap()
        };
        assert!(contrast(20) < contrast(100) && contrast(100) < contrast(126));
        assert!(contrast(20) < 30, "{}", contrast(20));
    }

    #[test]
    fn a_colour_fills_what_is_beyond() {
        let bytes = [50; 10 * 10 * 4];
        let cut = part(-5.0, 0.0, 20.0, 10.0, [40, 20]);
        let cut = cut.bytes(&bytes, [10, 10], Some([1, 2, 3, 255]));
        let pixel = |x: usize, y: usize| &cut[(y * 40 + x) * 4..][..4];
        assert_eq!(pixel(9, 10), [1, 2, 3, 255]);
        assert_eq!(pixel(10, 10), [50; 4]);
        assert_eq!(pixel(30, 0), [1, 2, 3, 255]);
    }

    #[test]
    fn points_go_where_their_pixels_go() {
        let cut = part(-3.0, 2.0, 20.0, 10.0, [40, 20]);
        // The middle of the region is the middle of the video.
        let [x, y, z] = cut.point([6.5, 6.5, 4.0]);
        assert_eq!([x, y, z], [19.5, 9.5, 8.0]);
    }
}
