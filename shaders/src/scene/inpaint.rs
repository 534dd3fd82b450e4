//! Continues a background behind what hides it: not only its colours, which blur, but its grain, lines and patterns, by copying
//! from where the background looks alike.
//!
//! Patches are matched at a small size from coarse to fine (Barnes et al., PatchMatch, 2009; Wexler et al., Space-Time Completion
//! of Video, 2007); the copies are taken from the picture at its full size.

use glam::{IVec2, Vec3};

use super::layers::widened;

/// Longest side of the picture that patches are matched in.
const MATCHING_SIDE_PX: usize = 320;
/// Shortest side of the coarsest one.
const COARSEST_SIDE_PX: usize = 60;
/// Patches reach this far to each side.
const RADIUS: i32 = 2;
const PATCH_PIXELS: f32 = 25.0;
/// Times that matches and colours are found from each other, at the finest size and at each other one.
const ROUNDS: [usize; 2] = [2, 4];
/// What a source as far away as the picture is wide costs, against a difference of colour squared.
const DISTANCE_COST: f32 = 0.3;
/// How fast patches that do not fit lose their say in a colour, difference of colour squared.
const FITS: f32 = 0.004;

/// How much less a pixel of a hole counts with each step inwards, and at least: what is seen tells how it goes on.
const TRUST: (f32, f32) = (0.75, 0.003);

/// A picture with holes, at one size.
struct Level {
    size: IVec2,
    colour: Vec<Vec3>,
    known: Vec<bool>,
    /// How much a pixel counts, 1 if it is known.
    trust: Vec<f32>,
}

/// Where a hole is continued from: for each of its pixels the middle of the patch that looks like its surroundings.
type Matches = Vec<Option<IVec2>>;

/// Paints over what is `hidden` in an RGBA picture, as far as `reach` pixels from what is not; farther inside it stays as it is. The
/// picture has a guess of the colours there already.
pub(crate) fn continue_behind(
    rgba: &mut [u8],
    [width, height]: [usize; 2],
    hidden: &[bool],
    reach: usize,
) {
    let step = width.max(height).div_ceil(MATCHING_SIDE_PX).max(1);
    let finest = Level::shrunk(rgba, [width, height], hidden, step);
    let mut levels = vec![finest];
    while let Some(level) = levels.last()
        && level.size.min_element() as usize >= 2 * COARSEST_SIDE_PX
    {
        levels.push(level.halved());
    }
    let mut matches: Option<(IVec2, Matches)> = None;
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    while let Some(mut level) = levels.pop() {
        let reach = reach / (step << levels.len()) + 2;
        let rounds = ROUNDS[usize::from(!levels.is_empty())];
        let Some(found) = level.complete(reach, rounds, matches.take(), &mut random) else {
            return;
        };
        matches = Some((level.size, found));
    }
    let Some((size, matches)) = matches else {
        return;
    };
    // Where neighbours agree on the way to their source this copies; where they do not, it blends.
    let original = rgba.to_vec();
    let (columns, rows) = (size.x as usize, size.y as usize);
    for y in 0..(rows * step).min(height) {
        for x in 0..(columns * step).min(width) {
            let index = y * width + x;
            if !hidden[index] || matches[(y / step) * columns + x / step].is_none() {
                continue;
            }
            let (mut sum, mut count) = ([0_u32; 4], 0);
            for dy in [-1, 0, 1] {
                for dx in [-1, 0, 1] {
                    let near = IVec2::new((x / step) as i32 + dx, (y / step) as i32 + dy);
                    if near.cmplt(IVec2::ZERO).any() || near.cmpge(size).any() {
                        continue;
                    }
                    let Some(source) = matches[near.y as usize * columns + near.x as usize] else {
                        continue;
                    };
                    let from = (source - IVec2::new(dx, dy)) * step as i32
                        + IVec2::new((x % step) as i32, (y % step) as i32);
                    let pixel = &original[(from.y as usize * width + from.x as usize) * 4..][..4];
                    for (sum, &value) in sum.iter_mut().zip(pixel) {
                        *sum += u32::from(value);
                    }
                    count += 1;
                }
            }
            for (byte, sum) in rgba[index * 4..][..4].iter_mut().zip(sum) {
                *byte = ((sum + count / 2) / count) as u8;
            }
        }
    }
}

impl Level {
    fn shrunk(rgba: &[u8], [width, height]: [usize; 2], hidden: &[bool], step: usize) -> Self {
        let (columns, rows) = (width / step, height / step);
        let mut level = Self {
            size: IVec2::new(columns as i32, rows as i32),
            colour: Vec::with_capacity(columns * rows),
            known: Vec::with_capacity(columns * rows),
            trust: Vec::new(),
        };
        for row in 0..rows {
            for column in 0..columns {
                let (mut sum, mut known) = (Vec3::ZERO, true);
                for y in row * step..(row + 1) * step {
                    for x in column * step..(column + 1) * step {
                        let index = y * width + x;
                        let pixel = &rgba[index * 4..][..3];
                        sum += Vec3::new(pixel[0].into(), pixel[1].into(), pixel[2].into());
                        known &= !hidden[index];
                    }
                }
                level.colour.push(sum / ((step * step) as f32 * 255.0));
                level.known.push(known);
            }
        }
        level
    }

    fn halved(&self) -> Self {
        let size = self.size / 2;
        let blocks = || {
            (0..size.x * size.y).map(|index| {
                let corner = IVec2::new(index % size.x, index / size.x) * 2;
                [IVec2::ZERO, IVec2::X, IVec2::Y, IVec2::ONE]
                    .map(|offset| self.index(corner + offset))
            })
        };
        Self {
            size,
            colour: blocks()
                .map(|block| block.map(|index| self.colour[index]).iter().sum::<Vec3>() / 4.0)
                .collect(),
            known: blocks()
                .map(|block| block.iter().all(|&index| self.known[index]))
                .collect(),
            trust: Vec::new(),
        }
    }

    fn index(&self, place: IVec2) -> usize {
        (place.y * self.size.x + place.x) as usize
    }

    fn place(&self, index: usize) -> IVec2 {
        IVec2::new(index as i32 % self.size.x, index as i32 / self.size.x)
    }

    fn holds(&self, place: IVec2) -> bool {
        place.cmpge(IVec2::ZERO).all() && place.cmplt(self.size).all()
    }

    /// Finds matches for the hole as far as `reach` into it, and colours from them, in turn; `coarse` are those of half the size. None if
    /// the picture shows too little to copy from.
    fn complete(
        &mut self,
        reach: usize,
        rounds: usize,
        coarse: Option<(IVec2, Matches)>,
        random: &mut Random,
    ) -> Option<Matches> {
        let sources = self.sources();
        let all: Vec<usize> = (0..sources.len()).filter(|&index| sources[index]).collect();
        if all.len() < 16 {
            return None;
        }
        let targets = self.targets(reach);
        self.weigh(if coarse.is_some() { reach } else { 0 });
        let mut matches: Matches = vec![None; self.known.len()];
        for &target in &targets {
            let place = self.place(target);
            let upscaled = coarse.as_ref().and_then(|(size, matches)| {
                let parent = (place / 2).min(*size - 1);
                let source = matches[(parent.y * size.x + parent.x) as usize]?;
                let source = source * 2 + place - parent * 2;
                (self.holds(source) && sources[self.index(source)]).then_some(source)
            });
            matches[target] =
                Some(upscaled.unwrap_or_else(|| self.place(all[random.below(all.len())])));
        }
        if coarse.is_some() {
            self.vote(&targets, &matches);
        }
        for round in 0..rounds {
            self.search(&targets, &sources, &mut matches, random);
            if round == 0 && coarse.is_none() {
                // At first only what is seen counted, not the guess.
                self.vote(&targets, &matches);
                self.weigh(reach);
            } else if round + 1 < rounds {
                self.vote(&targets, &matches);
            }
        }
        self.vote(&targets, &matches);
        Some(matches)
    }

    /// Middles of patches that are known altogether.
    fn sources(&self) -> Vec<bool> {
        let is_source = |index: usize| {
            let place = self.place(index);
            patch().all(|offset| {
                let place = place + offset;
                self.holds(place) && self.known[self.index(place)]
            })
        };
        (0..self.known.len()).map(is_source).collect()
    }

    /// What is not known and has something known within `reach`, along rows and columns.
    fn targets(&self, reach: usize) -> Vec<usize> {
        let size = self.size.to_array().map(|side| side as usize);
        let near = widened(&self.known, size, reach);
        (0..self.known.len())
            .filter(|&index| !self.known[index] && near[index])
            .collect()
    }

    /// Sets [`Self::trust`] as far as `reach` into the hole.
    fn weigh(&mut self, reach: usize) {
        let size = self.size.to_array().map(|side| side as usize);
        let mut seen = self.known.clone();
        let (mut share, least) = (1.0_f32, TRUST.1);
        self.trust = seen
            .iter()
            .map(|&known| if known { 1.0 } else { least })
            .collect();
        for _ in 0..reach {
            share *= TRUST.0;
            if share <= least {
                break;
            }
            let wider = widened(&seen, size, 1);
            for (index, trust) in self.trust.iter_mut().enumerate() {
                if wider[index] && !seen[index] {
                    *trust = share;
                }
            }
            seen = wider;
        }
    }

    /// Mean difference of two patches, colours squared, stopped once it is above `limit`.
    fn difference(&self, target: IVec2, source: IVec2, limit: f32) -> f32 {
        let away = (target - source).as_vec2() / self.size.max_element() as f32;
        let cost = DISTANCE_COST * away.length_squared();
        let rows = (-RADIUS).max(-target.y)..=RADIUS.min(self.size.y - 1 - target.y);
        let left = (-RADIUS).max(-target.x);
        let len = (RADIUS.min(self.size.x - 1 - target.x) - left + 1) as usize;
        let (mut total, mut sum) = (0.0, 0.0);
        for down in rows {
            let here = self.index(target + IVec2::new(left, down));
            let there = self.index(source + IVec2::new(left, down));
            for step in 0..len {
                let apart = self.colour[here + step].distance_squared(self.colour[there + step]);
                sum += self.trust[here + step] * apart;
                total += self.trust[here + step];
            }
            // Every pixel counts 1 at most: the rest cannot bring the mean below the limit any more.
            if sum > (limit - cost) * PATCH_PIXELS {
                return f32::INFINITY;
            }
        }
        sum / total + cost
    }

    /// One sweep forwards and one back: matches of neighbours, then random places ever nearer to the best one.
    fn search(
        &self,
        targets: &[usize],
        sources: &[bool],
        matches: &mut Matches,
        random: &mut Random,
    ) {
        let mut improve = |target: usize, neighbours: [IVec2; 2]| {
            let place = self.place(target);
            let Some(mut best) = matches[target] else {
                return;
            };
            let mut least = self.difference(place, best, f32::INFINITY);
            let mut attempt = |candidate: IVec2, best: &mut IVec2| {
                if candidate != *best && self.holds(candidate) && sources[self.index(candidate)] {
                    let difference = self.difference(place, candidate, least);
                    if difference < least {
                        (least, *best) = (difference, candidate);
                    }
                }
            };
            for step in neighbours {
                let neighbour = place + step;
                if self.holds(neighbour)
                    && let Some(source) = matches[self.index(neighbour)]
                {
                    attempt(source - step, &mut best);
                }
            }
            let mut radius = self.size.max_element();
            while radius > 0 {
                let mut offset = || random.below(2 * radius as usize + 1) as i32 - radius;
                attempt(best + IVec2::new(offset(), offset()), &mut best);
                radius /= 2;
            }
            matches[target] = Some(best);
        };
        for &target in targets {
            improve(target, [IVec2::NEG_X, IVec2::NEG_Y]);
        }
        for &target in targets.iter().rev() {
            improve(target, [IVec2::X, IVec2::Y]);
        }
    }

    /// Colours of the hole: what all patches around a pixel say about it.
    fn vote(&mut self, targets: &[usize], matches: &Matches) {
        let weights: Vec<f32> = matches
            .iter()
            .enumerate()
            .map(|(index, source)| {
                source.map_or(0.0, |source| {
                    let difference = self.difference(self.place(index), source, f32::INFINITY);
                    self.trust[index] * (-difference / FITS).exp() + 1e-6
                })
            })
            .collect();
        let voted: Vec<Vec3> = targets
            .iter()
            .map(|&target| {
                let place = self.place(target);
                let (mut sum, mut total) = (Vec3::ZERO, 0.0);
                for offset in patch() {
                    let middle = place + offset;
                    if self.holds(middle)
                        && let Some(source) = matches[self.index(middle)]
                    {
                        let weight = weights[self.index(middle)];
                        sum += self.colour[self.index(source - offset)] * weight;
                        total += weight;
                    }
                }
                sum / total.max(1e-9)
            })
            .collect();
        for (&target, colour) in targets.iter().zip(voted) {
            self.colour[target] = colour;
        }
    }
}

/// Offsets from a patch's middle to its pixels.
fn patch() -> impl Iterator<Item = IVec2> {
    (-RADIUS..=RADIUS).flat_map(|y| (-RADIUS..=RADIUS).map(move |x| IVec2::new(x, y)))
}

/// Xorshift: the same picture gives the same background.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 33) as usize % limit.max(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIDE: usize = 240;

    /// Slanted stripes 16 pixels wide, and a disc in the middle that hides them.
    fn striped() -> (Vec<u8>, Vec<bool>) {
        let stripe = |x: usize, y: usize| ((x + y / 2) / 16 % 2) as u8 * 200 + 20;
        let rgba = (0..SIDE * SIDE)
            .flat_map(|index| {
                let value = stripe(index % SIDE, index / SIDE);
                [value, value, 60, 255]
            })
            .collect();
        let hidden = (0..SIDE * SIDE)
            .map(|index| {
                let (x, y) = ((index % SIDE) as f32 - 120.0, (index / SIDE) as f32 - 120.0);
                x.hypot(y) < 26.0
            })
            .collect();
        (rgba, hidden)
    }

    #[test]
    fn stripes_go_on_behind_what_hid_them() {
        let (original, hidden) = striped();
        let mut rgba = original.clone();
        for (pixel, hidden) in rgba.chunks_exact_mut(4).zip(&hidden) {
            if *hidden {
                pixel.copy_from_slice(&[120, 120, 60, 255]);
            }
        }
        continue_behind(&mut rgba, [SIDE, SIDE], &hidden, SIDE);
        let (mut wrong, mut count) = (0, 0);
        for ((a, b), hidden) in rgba
            .chunks_exact(4)
            .zip(original.chunks_exact(4))
            .zip(&hidden)
        {
            if *hidden {
                count += 1;
                wrong += usize::from(a[0].abs_diff(b[0]) > 60);
            } else {
                assert_eq!(a, b);
            }
        }
        assert!(wrong * 4 < count, "{wrong} of {count} pixels");
    }

    #[test]
    fn a_picture_without_background_is_left_alone() {
        let mut rgba = [9, 8, 7, 255].repeat(40 * 30);
        continue_behind(&mut rgba, [40, 30], &[true; 40 * 30], 10);
        assert_eq!(rgba, [9, 8, 7, 255].repeat(40 * 30));
    }
}
