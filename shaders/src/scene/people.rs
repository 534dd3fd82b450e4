//! Several people of one picture, taken off it one after the other like sheets of paper: whoever is in front first.
//!
//! Under each sheet the others go on, and behind them the background. So each person is a portrait of their own in front of a picture
//! of those behind, the topmost picture is the one that was given, and where two people touch nothing shines through when one of
//! them moves.

use glam::Vec4;

use super::area::Area;
use super::layers::{Layers, bytes, composed, fill_in, vector, widened};
use super::picture::{Fit, resample};
use super::{Background, PortraitScene};
use crate::error::{Error, Result};
use crate::smooth_step::smooth_step;

/// Colours beside a person are no guide to what lies behind within this part of the picture's longer side: stray hair and blur.
const FRINGE_PART: f32 = 0.004;
/// Coverage from which on a pixel is no background, and up to which it has more of somebody else's colour than of a person's own.
const TRACE: u8 = 5;
const FULL: u8 = 235;

/// What is left of the picture while people are taken off it, at the output's size.
pub(crate) struct People {
    size_px: [u32; 2],
    fit: Fit,
    picture: Vec<u8>,
    /// By number.
    mattes: Vec<Vec<u8>>,
    background: Background,
}

impl People {
    /// Brings them to frames of this size.
    ///
    /// # Errors
    /// [`Error::Scene`] if there is nobody, the scenes are not of one picture, or their data does not fit together.
    pub fn new(scenes: &[PortraitScene], width_px: u32, height_px: u32) -> Result<Self> {
        let first = scenes
            .first()
            .ok_or_else(|| Error::Scene("there is nobody in it".to_owned()))?;
        let picture_size = [first.width_px, first.height_px];
        let fit = Fit::cover_all(scenes, width_px, height_px);
        let size_px = [width_px, height_px];
        let mut mattes = Vec::with_capacity(scenes.len());
        for scene in scenes {
            scene.validate()?;
            if [scene.width_px, scene.height_px] != picture_size {
                return Err(Error::Scene(
                    "its people come from pictures of several sizes".to_owned(),
                ));
            }
            let matte = scene.matte.as_ref().ok_or_else(|| {
                Error::Scene("it is not known which of the people has which pixels".to_owned())
            })?;
            mattes.push(resample(matte, 1, picture_size, fit, size_px));
        }
        Ok(Self {
            picture: resample(&first.rgba, 4, picture_size, fit, size_px),
            background: first.background,
            size_px,
            fit,
            mattes,
        })
    }

    /// Gives a picture with transparent parts to its people, who then stand in front of nothing: what belongs to nobody goes with the
    /// rearmost. `order` begins in front.
    pub fn divide_cut_out(&mut self, order: &[usize]) {
        if !self.picture.chunks_exact(4).any(|pixel| pixel[3] < 250) {
            return;
        }
        let Some((&rearmost, others)) = order.split_last() else {
            return;
        };
        for (index, pixel) in self.picture.chunks_exact_mut(4).enumerate() {
            let alpha = u32::from(pixel[3]);
            let everybody: u32 = order
                .iter()
                .map(|&number| u32::from(self.mattes[number][index]))
                .sum();
            let mut left = alpha;
            for &number in others {
                let matte = &mut self.mattes[number][index];
                let share = u32::from(*matte) * alpha / everybody.max(1);
                *matte = share.min(left) as u8;
                left -= u32::from(*matte);
            }
            self.mattes[rearmost][index] = left as u8;
            pixel[3] = 255;
        }
        if self.background == Background::Keep {
            self.background = Background::Transparent;
        }
    }

    /// A person in front of what is left, in pixels of the output.
    pub fn scene(&self, scene: &PortraitScene, number: usize) -> PortraitScene {
        // Pictures count from the first pixel's middle.
        let place = |point: [f32; 3]| {
            let [x, y, z] = self.fit.point(point).to_array();
            [x - 0.5, y - 0.5, z]
        };
        let mut picture_from_canonical = self.fit.similarity(&scene.picture_from_canonical);
        picture_from_canonical.translation_px = place(scene.picture_from_canonical.translation_px);
        PortraitScene {
            width_px: self.size_px[0],
            height_px: self.size_px[1],
            rgba: self.picture.clone(),
            matte: Some(self.mattes[number].clone()),
            background: self.background,
            vertices_px: scene.vertices_px.iter().map(|&v| place(v)).collect(),
            irises_px: scene.irises_px.map(place),
            iris_radii_px: scene.iris_radii_px.map(|radius| radius * self.fit.scale),
            picture_from_canonical,
            rig: scene.rig.clone(),
        }
    }

    /// Goes on without a person, whose layers are given and get the picture that is left as their background. `behind` are the others,
    /// the nearest first.
    pub fn take_off(&mut self, layers: &mut Layers, behind: &[usize]) {
        if behind.is_empty() {
            return;
        }
        let size = self.size_px.map(|side| side as usize);
        let fringe = (FRINGE_PART * size[0].max(size[1]) as f32).ceil() as usize;
        // Away from the person nothing changes, and what lies there is no guide to what is behind.
        let person = Area::holding(size, |index| layers.person[index * 4 + 3] > 0);
        let [width, height] = person.size();
        let area = person.wider(width.max(height) / 4 + 4 * fringe, size);
        let row_len = size[0] * 4;
        let cut = |picture: &[u8]| area.cut(picture, row_len, 4);
        let mut part = Self {
            size_px: area.size().map(|side| side as u32),
            fit: self.fit,
            picture: cut(&self.picture),
            mattes: self
                .mattes
                .iter()
                .map(|matte| area.cut(matte, size[0], 1))
                .collect(),
            background: self.background,
        };
        let mut part_layers = Layers {
            still: cut(&layers.still),
            person: cut(&layers.person),
            plate: cut(&layers.plate),
        };
        part.take_off_here(&mut part_layers, behind, fringe);
        area.paste(&part.picture, &mut self.picture, row_len);
        area.paste(&part_layers.still, &mut layers.still, row_len);
        area.paste(&part_layers.person, &mut layers.person, row_len);
        area.paste(&part_layers.plate, &mut layers.plate, row_len);
        let part_width = area.size()[0].max(1);
        for &number in behind {
            let lines = part.mattes[number].chunks_exact(part_width);
            for (line, row) in lines.zip(area.from[1]..) {
                self.mattes[number][row * size[0] + area.from[0]..][..part_width]
                    .copy_from_slice(line);
            }
        }
    }

    /// The same where the person and what is around them is all of the picture.
    fn take_off_here(&mut self, layers: &mut Layers, behind: &[usize], fringe: usize) {
        let size = self.size_px.map(|side| side as usize);
        let alphas: Vec<u8> = layers.person.chunks_exact(4).map(|p| p[3]).collect();
        let is_person: Vec<bool> = alphas.iter().map(|&alpha| alpha > TRACE).collect();
        let hidden = widened(&is_person, size, fringe);
        let nearest = nearest_known(&hidden, size);
        let around = |matte: &[u8]| {
            let guess = nearest.iter().map(|known| known.map_or(0, |at| matte[at]));
            smoothed(&guess.collect::<Vec<u8>>(), size, 2 * fringe)
        };
        let picture = &self.picture;
        let guess = |is_known: &dyn Fn(usize) -> bool, value: &dyn Fn(usize) -> Vec4| {
            let mut guessed = Vec::with_capacity(hidden.len());
            let pixel = |index: usize| match !hidden[index] && is_known(index) {
                true => (value(index), 1.0),
                false => (Vec4::ZERO, 0.0),
            };
            fill_in(size, &pixel, &mut |colour| guessed.push(bytes(colour)));
            guessed
        };
        let seen = |index: usize| vector(&picture[index * 4..][..4]);
        let is_background = |index: usize| {
            behind
                .iter()
                .all(|&number| self.mattes[number][index] <= TRACE)
        };
        let mut under: Vec<[u8; 4]> = guess(&is_background, &seen);
        for &number in behind.iter().rev() {
            let matte = &self.mattes[number];
            let colours = guess(&|index| matte[index] >= FULL, &seen);
            let guesses = around(matte);
            let continued: Vec<u8> = (0..matte.len())
                .map(|index| continued(matte[index], alphas[index], guesses[index]))
                .collect();
            for ((under, colour), &alpha) in under.iter_mut().zip(&colours).zip(&continued) {
                let part = f32::from(alpha) / 255.0;
                *under = bytes(vector(under).lerp(vector(colour), part));
            }
            self.mattes[number] = continued;
        }
        let pixels = self.picture.chunks_exact_mut(4).zip(&under);
        for (index, (pixel, under)) in pixels.enumerate() {
            let before = vector(pixel);
            if hidden[index] {
                pixel.copy_from_slice(under);
                pixel[3] = 255;
            }
            let alpha = f32::from(alphas[index]) / 255.0;
            let own = before - vector(pixel) * (1.0 - alpha);
            let own = own.clamp(Vec4::ZERO, Vec4::splat(alpha));
            let at = index * 4..index * 4 + 4;
            layers.person[at.clone()].copy_from_slice(&bytes(own.truncate().extend(alpha)));
            if self.background == Background::Keep {
                layers.plate[at].copy_from_slice(pixel);
            } else {
                let shown = composed(
                    vector(&layers.person[at.clone()]),
                    vector(&layers.plate[at.clone()]),
                );
                layers.still[at].copy_from_slice(&bytes(shown));
            }
        }
    }
}

/// How much of a pixel somebody has under a person who has `alpha` of it, if `seen` of it is seen to be theirs and `guess` is what lies
/// around.
fn continued(seen: u8, alpha: u8, guess: u8) -> u8 {
    let [seen, alpha, guess] = [seen, alpha, guess].map(|value| f32::from(value) / 255.0);
    let uncovered = (seen / (1.0 - alpha).max(1e-3)).min(1.0);
    let is_hidden = smooth_step(0.85, 1.0, alpha);
    ((uncovered + (guess - uncovered) * is_hidden) * 255.0 + 0.5) as u8
}

/// The nearest pixel that is not hidden, by index; none if everything is.
fn nearest_known(hidden: &[bool], [width, height]: [usize; 2]) -> Vec<Option<usize>> {
    let mut nearest: Vec<Option<usize>> = (0..hidden.len())
        .map(|index| (!hidden[index]).then_some(index))
        .collect();
    let distance = |a: usize, b: usize| {
        let across = (a % width).abs_diff(b % width);
        let down = (a / width).abs_diff(b / width);
        across * across + down * down
    };
    // What the neighbours know travels down and up, and along each row both ways; a pixel or so too far does no harm.
    let downwards = (0..height).map(|row| (row, row.checked_sub(1)));
    let upwards = (0..height).rev().map(|row| (row, Some(row + 1)));
    for (row, before) in downwards.chain(upwards) {
        let before = before.filter(|&row| row < height);
        for column in 0..width {
            let index = row * width + column;
            let above = before.into_iter().flat_map(|before| {
                (column.saturating_sub(1)..(column + 2).min(width)).map(move |c| before * width + c)
            });
            take_nearest(&mut nearest, index, above, distance);
        }
        for column in 1..width {
            let index = row * width + column;
            take_nearest(&mut nearest, index, [index - 1], distance);
        }
        for column in (0..width - 1).rev() {
            let index = row * width + column;
            take_nearest(&mut nearest, index, [index + 1], distance);
        }
    }
    nearest
}

/// The mean over a square of `reach` pixels to each side.
fn smoothed(values: &[u8], [width, height]: [usize; 2], reach: usize) -> Vec<u8> {
    let along = |values: &[u8], count: usize, lines: usize, step: usize, line_step: usize| {
        let mut means = vec![0; values.len()];
        for line in 0..lines {
            let at = |position: usize| u32::from(values[line * line_step + position * step]);
            let mut sum: u32 = (0..reach.min(count)).map(at).sum();
            for position in 0..count {
                if position + reach < count {
                    sum += at(position + reach);
                }
                if position > reach {
                    sum -= at(position - reach - 1);
                }
                let first = position.saturating_sub(reach);
                let last = (position + reach).min(count - 1);
                means[line * line_step + position * step] = (sum / (last - first + 1) as u32) as u8;
            }
        }
        means
    };
    let rows = along(values, width, height, 1, width);
    along(&rows, height, width, width, 1)
}

fn take_nearest(
    nearest: &mut [Option<usize>],
    index: usize,
    neighbours: impl IntoIterator<Item = usize>,
    distance: impl Fn(usize, usize) -> usize,
) {
    if nearest[index] == Some(index) {
        return;
    }
    let known = neighbours.into_iter().filter_map(|at| nearest[at]);
    nearest[index] = known
        .chain(nearest[index])
        .min_by_key(|&known| distance(known, index));
}

#[cfg(test)]
mod tests {
    use super::{continued, nearest_known, smoothed};

    #[test]
    fn smoothing_takes_the_mean_of_what_is_there() {
        assert_eq!(smoothed(&[9; 20], [5, 4], 2), [9; 20]);
        assert_eq!(smoothed(&[0, 0, 90, 0, 0], [5, 1], 1), [0, 30, 30, 30, 0]);
        assert_eq!(smoothed(&[90, 0, 0], [1, 3], 1), [45, 30, 0]);
    }

    #[test]
    fn the_nearest_known_pixel_is_found_from_all_sides() {
        // A hidden square of five by five in seven by seven.
        let hidden: Vec<bool> = (0..49)
            .map(|index| (1..6).contains(&(index % 7)) && (1..6).contains(&(index / 7)))
            .collect();
        let nearest = nearest_known(&hidden, [7, 7]);
        assert_eq!(nearest[0], Some(0));
        assert_eq!(nearest[3 * 7 + 1], Some(3 * 7));
        assert_eq!(nearest[3 * 7 + 5], Some(3 * 7 + 6));
        assert_eq!(nearest[7 + 3], Some(3));
        assert_eq!(nearest[5 * 7 + 3], Some(6 * 7 + 3));
        assert!(
            nearest_known(&[true; 4], [2, 2])
                .iter()
                .all(Option::is_none)
        );
    }

    #[test]
    fn who_is_behind_goes_on_under_who_is_in_front() {
        // Away from the person in front nothing changes.
        assert_eq!(continued(200, 0, 10), 200);
        // Where the border between two people is soft, there is all of the one behind.
        assert_eq!(continued(128, 127, 250), 255);
        // Where nothing is seen, what lies around decides.
        assert_eq!((continued(0, 255, 200), continued(0, 255, 40)), (200, 40));
    }
}
