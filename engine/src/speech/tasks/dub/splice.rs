//! New sound and new mouth in the place of old: what lies outside stays as it is, to the bit.

use std::ops::Range;

use crate::audio::SAMPLE_RATE_HZ;
use crate::motion::MouthFrame;

/// Length of the cross-fade at either border, which lies inside the new stretch: 20 ms.
pub const FADE_SAMPLES: usize = SAMPLE_RATE_HZ as usize * 20 / 1000;
/// The new sound may be moved by so much to fall into step with the old one: 6 ms, half a period of a low voice.
const MAX_LAG: isize = SAMPLE_RATE_HZ as isize * 6 / 1000;
/// What is compared to find the step, to either side of the fade's middle: 20 ms.
const COMPARED_SAMPLES: isize = SAMPLE_RATE_HZ as isize * 20 / 1000;
/// Sounds that correlate less have no common step.
const MIN_CORRELATION: f32 = 0.5;
/// The new sound's step may stretch or press it by so much at most.
const MAX_STRETCH: f64 = 0.02;
/// Loudness of old and new is compared over so much beside the border: 0.2 s.
const LEVEL_SAMPLES: usize = SAMPLE_RATE_HZ as usize / 5;
/// Quieter than this there is nothing to compare.
const SILENCE_LEVEL: f32 = 0.002;
/// Largest correction of loudness, as a factor: 4 dB.
const MAX_GAIN: f32 = 1.585;
/// Length of a stretch whose loudness decides where a border lies, and how closely it is looked for.
const QUIET_SAMPLES: usize = SAMPLE_RATE_HZ as usize * 16 / 1000;
const QUIET_STEP: usize = SAMPLE_RATE_HZ as usize * 4 / 1000;
/// Largest step of a mouth keypoint from a kept frame to a made one, canonical units: 0.4 mm, less than a pixel where a face is 200 wide,
/// also once it is articulated.
const MAX_STEP: f32 = 0.004;
/// So many made frames at most make up for it.
const MAX_LEANING_FRAMES: usize = 6;

/// The quietest place of `range`.
pub fn quietest(samples: &[f32], range: Range<usize>) -> usize {
    let power = |at: usize| -> f32 {
        let begin = at.saturating_sub(QUIET_SAMPLES / 2);
        let end = (at + QUIET_SAMPLES / 2).min(samples.len());
        let around = &samples[begin.min(end)..end];
        around.iter().map(|x| x * x).sum::<f32>() / around.len().max(1) as f32
    };
    range
        .clone()
        .step_by(QUIET_STEP)
        .min_by(|&a, &b| power(a).total_cmp(&power(b)))
        .unwrap_or(range.start)
}

/// Sound that was made for a stretch and for what lies around it.
pub struct NewSound<'a> {
    /// The samples, at the loudness of the old sound.
    pub samples: &'a [f32],
    /// Which sample of the new sound the first of them is.
    pub first: usize,
}

impl NewSound<'_> {
    /// Between samples by a cubic through four of them; beyond the ends it stays where it is.
    fn at(&self, place: f64) -> f32 {
        let last = self.samples.len().saturating_sub(1) as f64;
        let place = (place - self.first as f64).clamp(0.0, last);
        let whole = place.floor();
        let part = (place - whole) as f32;
        let value = |offset: isize| {
            let at = whole as isize + offset;
            usize::try_from(at)
                .ok()
                .and_then(|at| self.samples.get(at))
                .copied()
                .unwrap_or(0.0)
        };
        if part == 0.0 {
            return value(0);
        }
        let (a, b, c, d) = (value(-1), value(0), value(1), value(2));
        let slope = 0.5 * (c - a);
        let bend = a - 2.5 * b + 2.0 * c - 0.5 * d;
        let twist = 0.5 * (d - a) + 1.5 * (b - c);
        ((twist * part + bend) * part + slope) * part + b
    }

    /// Its samples in `range`, as far as there are such.
    fn heard(&self, range: Range<usize>) -> &[f32] {
        let clip = |at: usize| at.saturating_sub(self.first).min(self.samples.len());
        &self.samples[clip(range.start)..clip(range.end)]
    }
}

/// `old` with its samples `cut` replaced by what `made` has for `cut.start..end`; all that lies outside is kept.
pub fn splice(old: &[f32], cut: &Range<usize>, end: usize, made: &NewSound) -> Vec<f32> {
    let length = end - cut.start;
    let fade = FADE_SAMPLES.min(length / 2);
    let left = (cut.start > 0).then(|| Border::find(old, cut.start, cut.start, fade, made));
    let right = (cut.end < old.len()).then(|| {
        let middle = cut.end - fade;
        Border::find(old, middle, end - fade, fade, made)
    });
    let left_gain = left
        .as_ref()
        .and_then(|_| gain(&old[..cut.start], made, cut.start, true));
    let right_gain = right
        .as_ref()
        .and_then(|_| gain(&old[cut.end..], made, end, false));
    let gains = (
        left_gain.or(right_gain).unwrap_or(1.0),
        right_gain.or(left_gain).unwrap_or(1.0),
    );
    let lag = |border: &Option<Border>| border.as_ref().and_then(|border| border.lag);
    let (first, last) = (lag(&left), lag(&right));
    let first_lag = first.or(last).unwrap_or(0) as f64;
    let most = MAX_STRETCH * length as f64;
    let drift = (last.or(first).unwrap_or(0) as f64 - first_lag).clamp(-most, most);
    let mut out = Vec::with_capacity(old.len() + end - cut.end);
    out.extend_from_slice(&old[..cut.start]);
    for i in 0..length {
        let part = i as f64 / length as f64;
        let gain = gains.0 + (gains.1 - gains.0) * part as f32;
        let mut sample = gain * made.at((cut.start + i) as f64 + first_lag + drift * part);
        if left.is_some() && i < fade {
            let (keep, take) = shares(i, fade, first.is_some());
            sample = keep * old.get(cut.start + i).copied().unwrap_or(0.0) + take * sample;
        }
        let back = length - 1 - i;
        if right.is_some() && back < fade {
            let (keep, take) = shares(back, fade, last.is_some());
            sample = keep * old[cut.end - 1 - back] + take * sample;
        }
        out.push(sample);
    }
    out.extend_from_slice(&old[cut.end..]);
    out
}

/// Shares of the old and the new sound `i` samples into a fade. Sounds in step add up, others add their power.
fn shares(i: usize, fade: usize, are_in_step: bool) -> (f32, f32) {
    let part = (i as f32 + 1.0) / (fade as f32 + 1.0);
    let turn = part * std::f32::consts::FRAC_PI_2;
    match are_in_step {
        true => (turn.cos().powi(2), turn.sin().powi(2)),
        false => (turn.cos(), turn.sin()),
    }
}

/// Where old and new sound meet.
struct Border {
    /// By how many samples the new sound runs ahead of the old one; `None` if they have no common step.
    lag: Option<isize>,
}

impl Border {
    /// Compares the old sound from `old_at` on with the new one from `new_at` on, where they fade into each other.
    fn find(old: &[f32], old_at: usize, new_at: usize, fade: usize, made: &NewSound) -> Self {
        let half = fade as isize / 2;
        let value = |samples: &[f32], at: isize| {
            let at = usize::try_from(at).ok();
            at.and_then(|at| samples.get(at)).copied().unwrap_or(0.0)
        };
        let (old_at, new_at) = (
            old_at as isize + half,
            new_at as isize + half - made.first as isize,
        );
        let correlation = |lag: isize| {
            let (mut product, mut powers) = (0f32, [1e-9f32; 2]);
            for i in -COMPARED_SAMPLES..COMPARED_SAMPLES {
                let a = value(old, old_at + i);
                let b = value(made.samples, new_at + i + lag);
                product += a * b;
                powers[0] += a * a;
                powers[1] += b * b;
            }
            product / (powers[0] * powers[1]).sqrt()
        };
        let best = (-MAX_LAG..=MAX_LAG)
            .map(|lag| (lag, correlation(lag)))
            .max_by(|a, b| a.1.total_cmp(&b.1));
        Self {
            lag: best
                .filter(|(_, correlation)| *correlation >= MIN_CORRELATION)
                .map(|(lag, _)| lag),
        }
    }
}

/// What brings the made sound to the loudness of the old one beside a border; `None` where either is silent.
fn gain(old: &[f32], made: &NewSound, border: usize, is_before: bool) -> Option<f32> {
    let (old, made) = if is_before {
        (
            &old[old.len().saturating_sub(LEVEL_SAMPLES)..],
            made.heard(border.saturating_sub(LEVEL_SAMPLES)..border),
        )
    } else {
        (
            &old[..old.len().min(LEVEL_SAMPLES)],
            made.heard(border..border + LEVEL_SAMPLES),
        )
    };
    let level = |samples: &[f32]| {
        (samples.iter().map(|x| x * x).sum::<f32>() / samples.len().max(1) as f32).sqrt()
    };
    let (wanted, is) = (level(old), level(made));
    (wanted > SILENCE_LEVEL && is > SILENCE_LEVEL)
        .then(|| (wanted / is).clamp(MAX_GAIN.recip(), MAX_GAIN))
}

/// `old` with its frames `cut` replaced by `made`, whose first and last frames lean towards what stays.
pub fn splice_mouth(
    old: &[MouthFrame],
    cut: &Range<usize>,
    mut made: Vec<MouthFrame>,
) -> Vec<MouthFrame> {
    let (before, after) = (&old[..cut.start], &old[cut.end..]);
    let reach = made.len().div_ceil(2).min(MAX_LEANING_FRAMES);
    if let Some(kept) = before.last() {
        lean(made.iter_mut().take(reach), reach, kept);
    }
    if let Some(kept) = after.first() {
        lean(made.iter_mut().rev().take(reach), reach, kept);
    }
    [before, &made, after].concat()
}

/// Brings the first of `frames` to within [`MAX_STEP`] of `kept`; the others make up for it step by step, within `reach`.
fn lean<'a>(frames: impl Iterator<Item = &'a mut MouthFrame>, reach: usize, kept: &MouthFrame) {
    let mut short: Option<[([f32; 3], usize); 4]> = None;
    for (i, frame) in frames.enumerate() {
        let short = short.get_or_insert_with(|| {
            let (now, kept) = (<[[f32; 3]; 4]>::from(*frame), <[[f32; 3]; 4]>::from(*kept));
            std::array::from_fn(|keypoint| {
                let step: [f32; 3] =
                    std::array::from_fn(|axis| now[keypoint][axis] - kept[keypoint][axis]);
                let length = step.iter().map(|x| x * x).sum::<f32>().sqrt();
                let over = (1.0 - MAX_STEP / length.max(MAX_STEP)).max(0.0);
                let frames = ((over * length / MAX_STEP).ceil() as usize).clamp(1, reach);
                (step.map(|x| -over * x), frames)
            })
        });
        let mut deltas = <[[f32; 3]; 4]>::from(*frame);
        for (delta, (shift, frames)) in deltas.iter_mut().zip(short) {
            let share = 1.0 - (i as f32 / *frames as f32).min(1.0);
            for (value, shift) in delta.iter_mut().zip(shift) {
                *value += share * *shift;
            }
        }
        *frame = deltas.into();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tone(count: usize, phase: f32) -> Vec<f32> {
        (0..count)
            .map(|i| 0.3 * (i as f32 * 0.04 + phase).sin())
            .collect()
    }

    #[test]
    fn what_lies_outside_stays_and_the_borders_do_not_click() {
        let old = tone(48_000, 0.0);
        let made = tone(60_000, 1.1);
        for (cut, end) in [
            (12_000..24_000, 24_000),
            (12_000..24_000, 26_880),
            (12_000..24_000, 14_000),
            (0..24_000, 9_600),
            (12_000..48_000, 20_000),
            (0..48_000, 50_000),
        ] {
            let made = NewSound {
                samples: &made,
                first: 0,
            };
            let out = splice(&old, &cut, end, &made);
            assert_eq!(out.len(), old.len() + end - cut.end);
            assert_eq!(out[..cut.start], old[..cut.start]);
            assert_eq!(out[end..], old[cut.end..]);
            let steepest = out
                .windows(2)
                .map(|pair| (pair[1] - pair[0]).abs())
                .fold(0.0, f32::max);
            // The tone itself climbs 0.012 a sample.
            assert!(steepest < 0.016, "{cut:?} {end}: {steepest}");
        }
    }

    #[test]
    fn a_louder_make_is_brought_down() {
        let old = tone(48_000, 0.0);
        let made: Vec<f32> = tone(48_000, 0.0).iter().map(|x| 1.4 * x).collect();
        let made = NewSound {
            samples: &made,
            first: 0,
        };
        let out = splice(&old, &(12_000..36_000), 36_000, &made);
        for (a, b) in out.iter().zip(&old) {
            assert!((a - b).abs() < 0.01, "{a} {b}");
        }
    }

    #[test]
    fn the_quietest_place_is_found() {
        let mut samples = vec![0.5; 10_000];
        samples[6_000..6_600].fill(0.0);
        let at = quietest(&samples, 4_000..9_000);
        assert!((6_100..6_500).contains(&at), "{at}");
        assert_eq!(quietest(&samples, 10..10), 10);
        assert_eq!(quietest(&[], 0..5), 0);
    }

    #[test]
    fn a_mouth_goes_over_in_small_steps() {
        let old = vec![MouthFrame::default(); 20];
        let made = vec![MouthFrame::from([[1.0; 3]; 4]); 8];
        let out = splice_mouth(&old, &(5..10), made);
        assert_eq!(out.len(), 23);
        let opening: Vec<f32> = out.iter().map(|frame| frame.lower_lip[1]).collect();
        assert_eq!(opening[..5], [0.0; 5]);
        assert_eq!(opening[13..], [0.0; 10]);
        // One pixel at the borders, and the rest of the way in equal steps.
        for border in [opening[5], opening[12]] {
            assert!((border * 3f32.sqrt() - MAX_STEP).abs() < 1e-6, "{border}");
        }
        for (a, b) in opening[5..9].iter().zip(opening[9..13].iter().rev()) {
            assert!((a - b).abs() < 1e-6);
        }
        assert!(opening[5..9].is_sorted() && (opening[8] - 0.75).abs() < 0.01);
        // What hardly differs is left as it is.
        let near = vec![MouthFrame::from([[0.001; 3]; 4]); 8];
        assert_eq!(splice_mouth(&old, &(5..10), near.clone())[5..13], near);
        // Few frames, or none, are no trouble.
        assert_eq!(splice_mouth(&old, &(5..10), Vec::new()).len(), 15);
        assert_eq!(
            splice_mouth(&old, &(0..20), vec![MouthFrame::from([[1.0; 3]; 4])]).len(),
            1
        );
    }
}
