//! Fused windows (VideoMerge, arXiv 2503.09926): one flow over a stretch that is longer than the network sees at once.
//!
//! The whole stretch has one noise. Every Euler step is made window by window, and where windows overlap their velocities are
//! averaged with weights that fall towards the windows' ends, so that both go on from the same state: no seam is left to blend. Since
//! windows agree before a step, averaging the states after it is the same as averaging the velocities.
//!
//! Windows come in order and only those within reach of the steps still to be made are kept, so that memory stays flat.

use std::collections::BTreeMap;
use std::f64::consts::PI;
use std::ops::Range;

use crate::Result;
use crate::networks::jam_flow::Noise;

/// Follows one stream through overlapping windows.
pub struct Fused<'a> {
    /// Rows of each window; it overlaps its neighbours at most, and by less than half.
    windows: &'a [Range<usize>],
    /// Numbers in a row.
    width: usize,
    times: &'a [f64],
    noise: StretchNoise,
    /// For each step, from 0 on (the noise), the windows after it, before they are fused.
    stepped: Vec<BTreeMap<usize, Vec<f32>>>,
    /// The next window that enters.
    newest: usize,
}

impl<'a> Fused<'a> {
    /// `times` are those of the flow, one more than there are steps; the noise is that of one window with this generator.
    pub fn new(windows: &'a [Range<usize>], width: usize, times: &'a [f64], noise: Noise) -> Self {
        Self {
            windows,
            width,
            times,
            noise: StretchNoise::new(noise),
            stepped: vec![BTreeMap::new(); times.len()],
            newest: 0,
        }
    }

    /// The next window at t = 1, with its number; none after the last. `step` follows the flow of a window from one time to another.
    ///
    /// # Errors
    /// What `step` fails with.
    pub fn next(
        &mut self,
        step: &mut dyn FnMut(usize, [f64; 2], Vec<f32>) -> Result<Vec<f32>>,
    ) -> Result<Option<(usize, Vec<f32>)>> {
        let steps = self.times.len() - 1;
        while self.newest < self.windows.len() + steps {
            let newest = self.newest;
            self.newest += 1;
            if let Some(rows) = self.windows.get(newest) {
                let noise = self.noise.rows(rows, self.width);
                self.stepped[0].insert(newest, noise);
            }
            // A step of a window needs both neighbours after the step before: one step further back, one window further back.
            for number in 1..=steps {
                let Some(window) = (newest + 1).checked_sub(number) else {
                    continue;
                };
                if window < self.windows.len() {
                    let before = self.fused(number - 1, window);
                    let times = [self.times[number - 1], self.times[number]];
                    let after = step(window, times, before)?;
                    self.stepped[number].insert(window, after);
                }
            }
            let finished = newest.checked_sub(steps);
            let rows = finished.map(|window| self.fused(steps, window));
            for (number, windows) in self.stepped.iter_mut().enumerate() {
                windows.retain(|window, _| window + number + 1 > newest);
            }
            if let (Some(window), Some(rows)) = (finished, rows) {
                return Ok(Some((window, rows)));
            }
        }
        Ok(None)
    }

    /// A window after so many steps, averaged with its neighbours where they overlap. The noise is the same in all of them.
    fn fused(&self, steps: usize, window: usize) -> Vec<f32> {
        let mut fused = self.stepped[steps][&window].clone();
        if steps == 0 {
            return fused;
        }
        let own = &self.windows[window];
        let neighbours = [window.checked_sub(1), Some(window + 1)];
        for other in neighbours.into_iter().flatten() {
            let Some(rows) = self.windows.get(other) else {
                continue;
            };
            let theirs = &self.stepped[steps][&other];
            for row in own.start.max(rows.start)..own.end.min(rows.end) {
                let (weight, their_weight) = (weight(own, row), weight(rows, row));
                let share = (their_weight / (weight + their_weight)) as f32;
                let at = (row - own.start) * self.width;
                let their_at = (row - rows.start) * self.width;
                for i in 0..self.width {
                    fused[at + i] += share * (theirs[their_at + i] - fused[at + i]);
                }
            }
        }
        fused
    }
}

/// How much a window knows of a row: most in its middle, little at its ends.
fn weight(window: &Range<usize>, row: usize) -> f64 {
    (PI * (row - window.start) as f64 / window.len() as f64 + PI / (2 * window.len()) as f64).sin()
}

/// Noise of a long stretch, drawn in order; rows that no later window begins before are forgotten.
struct StretchNoise {
    noise: Noise,
    /// The first row that is kept.
    first: usize,
    kept: Vec<f32>,
}

impl StretchNoise {
    fn new(noise: Noise) -> Self {
        Self {
            noise,
            first: 0,
            kept: Vec::new(),
        }
    }

    /// The noise of some rows, which begin no earlier than those asked for before.
    fn rows(&mut self, rows: &Range<usize>, width: usize) -> Vec<f32> {
        self.kept.drain(..(rows.start - self.first) * width);
        self.first = rows.start;
        let missing = (rows.len() * width).saturating_sub(self.kept.len());
        self.kept.extend(self.noise.take(missing));
        self.kept[..rows.len() * width].to_vec()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TIMES: [f64; 4] = [0.0, 0.2, 0.6, 1.0];

    /// Windows of 20 rows that share 6, and a shorter last one.
    fn windows(rows: usize) -> Vec<Range<usize>> {
        let starts = (0..).step_by(14);
        let windows = starts.map(|start| start..(start + 20).min(rows));
        let mut is_last = false;
        windows
            .take_while(|window| !std::mem::replace(&mut is_last, window.end == rows))
            .collect()
    }

    /// Everything together, with a velocity that may depend on the window, the row in the stretch, the time and the state.
    fn followed(
        rows: usize,
        velocity: &dyn Fn(usize, usize, f64, f32) -> f32,
    ) -> (Vec<f32>, usize) {
        let windows = windows(rows);
        let mut fused = Fused::new(&windows, 2, &TIMES, Noise::new(7, 1));
        let mut whole = vec![f32::NAN; rows * 2];
        let (mut expected, mut most_kept) = (0, 0);
        loop {
            let next = fused.next(&mut |window, [t, next], mut x| {
                let first = windows[window].start;
                for (i, value) in x.iter_mut().enumerate() {
                    *value += velocity(window, first + i / 2, t, *value) * (next - t) as f32;
                }
                Ok(x)
            });
            let Some((window, rows)) = next.unwrap() else {
                break;
            };
            assert_eq!(window, expected);
            expected += 1;
            let kept = fused.stepped.iter().map(BTreeMap::len).sum::<usize>();
            most_kept = most_kept.max(kept);
            let at = windows[window].start * 2;
            for (i, value) in rows.into_iter().enumerate() {
                let old = whole[at + i];
                // What two windows share is the same in both but for the order of the sum.
                assert!(old.is_nan() || (old - value).abs() < 1e-5);
                whole[at + i] = value;
            }
        }
        assert_eq!(expected, windows.len());
        (whole, most_kept)
    }

    #[test]
    fn one_window_is_followed_as_without_fusion() {
        let (fused, _) = followed(20, &|_, row, t, x| (row as f32 * 0.1).sin() - x * t as f32);
        let mut x = Noise::new(7, 1).take(40);
        for step in 0..3 {
            let (t, next) = (TIMES[step], TIMES[step + 1]);
            for (i, value) in x.iter_mut().enumerate() {
                let velocity = ((i / 2) as f32 * 0.1).sin() - *value * t as f32;
                *value += velocity * (next - t) as f32;
            }
        }
        assert_eq!(fused, x);
    }

    #[test]
    fn a_velocity_that_all_windows_share_is_not_changed_by_fusion() {
        for rows in [21, 34, 35, 100, 333] {
            let (fused, _) = followed(rows, &|_, row, _, x| (row as f32 * 0.3).cos() - x);
            let (whole, _) = {
                let mut x = Noise::new(7, 1).take(rows * 2);
                for step in 0..3 {
                    let share = (TIMES[step + 1] - TIMES[step]) as f32;
                    for (i, value) in x.iter_mut().enumerate() {
                        *value += (((i / 2) as f32 * 0.3).cos() - *value) * share;
                    }
                }
                (x, 0)
            };
            for (fused, whole) in fused.iter().zip(&whole) {
                assert!((fused - whole).abs() < 1e-5, "{rows} rows");
            }
        }
    }

    #[test]
    fn windows_that_disagree_leave_no_step() {
        // Each window has a height of its own; the noise is taken off to see it.
        let heights = |window: usize, _: usize, _: f64, _: f32| (window % 2) as f32;
        let (fused, _) = followed(200, &heights);
        let noise = Noise::new(7, 1).take(400);
        let height: Vec<f32> = fused
            .iter()
            .zip(&noise)
            .map(|(x, noise)| x - noise)
            .collect();
        let largest = height
            .windows(3)
            .map(|triple| (triple[2] - triple[0]).abs())
            .fold(0.0, f32::max);
        // Six rows are shared: about a sixth of the way in each, a little more in the middle.
        assert!(largest < 0.25, "{largest}");
        assert!(height.contains(&0.0) && height.iter().any(|&x| (x - 1.0).abs() < 1e-6));
    }

    #[test]
    fn memory_does_not_grow_with_the_stretch() {
        let kept = |rows| followed(rows, &|_, _, _, x| -x).1;
        assert_eq!(kept(400), kept(4000));
    }
}
