//! Measurements in time: brought to 25 a second, freed of single outliers and calmed without a delay.

use super::measure::{
    CHANNELS, EXPRESSION, EYE_OPENING, GAZE, LIP_GAP, LOG_SCALE, Measurement, PIVOT, POSE,
};
use crate::motion::{BROW_KEYPOINTS, FRAMES_PER_SECOND, smooth};

/// Between two measurements that are farther apart than this there is a gap, seconds.
pub(super) const BRIDGED_SECS: f64 = 0.4;
/// Fewest frames of a face between two gaps.
pub(super) const MIN_PIECE: usize = 4;
/// A value farther than this many typical deviations from its neighbours' median is a slip of the network.
const OUTLIER: f32 = 4.0;
/// Frames on each side of a value that it is compared with.
const NEIGHBOURS: usize = 3;

/// A measurement and its time.
#[derive(Clone, Debug)]
pub(super) struct TimedMeasurement {
    pub time_secs: f64,
    pub channels: Box<Measurement>,
}

/// One measurement a frame, none where no face was seen for long.
pub(super) type Timeline = Vec<Option<Box<Measurement>>>;

/// Frame i is what was at i / 25 s, between the two nearest measurements. `measured` rises in time.
pub(super) fn resampled(measured: &[TimedMeasurement], duration_secs: f64) -> Timeline {
    let count = (duration_secs * FRAMES_PER_SECOND).round().max(1.0) as usize;
    let mut next = 0;
    (0..count)
        .map(|frame| {
            let now_secs = frame as f64 / FRAMES_PER_SECOND;
            while next < measured.len() && measured[next].time_secs < now_secs - 1e-6 {
                next += 1;
            }
            let before = next.checked_sub(1).map(|index| &measured[index]);
            let after = measured.get(next);
            // Half a frame before the first and after the last measurement there is no second one to look at.
            let near = |one: &TimedMeasurement| {
                (one.time_secs - now_secs).abs() <= 0.75 / FRAMES_PER_SECOND
            };
            match (before, after) {
                (Some(before), Some(after))
                    if after.time_secs - before.time_secs <= BRIDGED_SECS =>
                {
                    let part = (now_secs - before.time_secs)
                        / (after.time_secs - before.time_secs).max(1e-9);
                    Some(Box::new(mix(
                        &before.channels,
                        &after.channels,
                        part.clamp(0.0, 1.0) as f32,
                    )))
                }
                (_, Some(after)) if near(after) => Some(after.channels.clone()),
                (Some(before), _) if near(before) => Some(before.channels.clone()),
                _ => None,
            }
        })
        .collect()
}

fn mix(a: &Measurement, b: &Measurement, part: f32) -> Measurement {
    std::array::from_fn(|channel| a[channel] + (b[channel] - a[channel]) * part)
}

/// The unbroken pieces of a timeline.
pub(super) fn pieces(timeline: &Timeline) -> Vec<std::ops::Range<usize>> {
    let mut pieces = Vec::new();
    let mut start = None;
    for (frame, measurement) in timeline.iter().enumerate() {
        match (measurement, start) {
            (Some(_), None) => start = Some(frame),
            (None, Some(first)) => {
                pieces.push(first..frame);
                start = None;
            }
            _ => {}
        }
    }
    if let Some(first) = start {
        pieces.push(first..timeline.len());
    }
    pieces
}

/// Takes out what was seen for a moment between two gaps: nobody passes by in a sixth of a second, the detector erred.
pub(super) fn drop_flickers(timeline: &mut Timeline) {
    let length = timeline.len();
    for piece in pieces(timeline) {
        let is_between = piece.start > 0 || piece.end < length;
        if is_between && piece.len() < MIN_PIECE {
            timeline[piece].fill(None);
        }
    }
}

/// Takes out slips of single frames and the network's jitter. Lids are as quick as a frame: they are left as they are.
pub(super) fn calm(timeline: &mut Timeline) {
    for piece in pieces(timeline) {
        let mut values = Vec::with_capacity(piece.len());
        for channel in 0..CHANNELS {
            let width = calming_frames(channel);
            if width == 0.0 {
                continue;
            }
            values.clear();
            values.extend(timeline[piece.clone()].iter().flatten().map(|m| m[channel]));
            despike(&mut values);
            smooth(&mut values, width);
            let measurements = timeline[piece.clone()].iter_mut().flatten();
            for (measurement, &value) in measurements.zip(&values) {
                measurement[channel] = value;
            }
        }
    }
}

/// Standard deviation of the smoothing of each channel, frames: what jitters and moves slowly gets more of it.
pub(super) fn calming_frames(channel: usize) -> f32 {
    let is_brow = |channel: usize| {
        BROW_KEYPOINTS
            .iter()
            .any(|keypoint| (channel - EXPRESSION) / 3 == *keypoint)
    };
    match channel {
        POSE..LOG_SCALE => 1.0,
        LOG_SCALE => 2.0,
        PIVOT..EXPRESSION => 1.5,
        EXPRESSION..EYE_OPENING if is_brow(channel) => 1.0,
        EXPRESSION..EYE_OPENING => 0.6,
        EYE_OPENING..LIP_GAP => 0.0,
        LIP_GAP => 0.5,
        GAZE.. => 0.6,
    }
}

/// Puts the neighbours' median in the place of a value that lies far outside of what its surroundings vary by.
fn despike(values: &mut [f32]) {
    let original = values.to_vec();
    let mut window = Vec::with_capacity(2 * NEIGHBOURS + 1);
    for (i, value) in values.iter_mut().enumerate() {
        let around = i.saturating_sub(NEIGHBOURS)..(i + NEIGHBOURS + 1).min(original.len());
        window.clear();
        window.extend_from_slice(&original[around]);
        let median = median_of(&mut window);
        for other in &mut window {
            *other = (*other - median).abs();
        }
        let deviation = 1.5 * median_of(&mut window);
        if (*value - median).abs() > OUTLIER * deviation + 0.01 {
            *value = median;
        }
    }
}

/// The middle value; changes the order. 0 of nothing.
pub(super) fn median_of(values: &mut [f32]) -> f32 {
    percentile_of(values, 0.5)
}

/// The value that `part` of the values lie below; changes the order. 0 of nothing.
pub(super) fn percentile_of(values: &mut [f32], part: f32) -> f32 {
    if values.is_empty() {
        return 0.0;
    }
    let place = (part.clamp(0.0, 1.0) * (values.len() - 1) as f32).round() as usize;
    *values.select_nth_unstable_by(place, f32::total_cmp).1
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(time_secs: f64, value: f32) -> TimedMeasurement {
        TimedMeasurement {
            time_secs,
            channels: Box::new([value; CHANNELS]),
        }
    }

    #[test]
    fn thirty_frames_a_second_become_twenty_five() {
        let measured: Vec<_> = (0..60)
            .map(|i| at(f64::from(i) / 30.0, i as f32 / 30.0))
            .collect();
        let timeline = resampled(&measured, 2.0);
        assert_eq!(timeline.len(), 50);
        for (frame, measurement) in timeline.iter().enumerate().take(49) {
            let value = measurement.as_ref().unwrap()[POSE];
            assert!(
                (value - frame as f32 / 25.0).abs() < 1e-4,
                "{frame}: {value}"
            );
        }
    }

    #[test]
    fn long_gaps_stay_gaps_and_short_ones_are_bridged() {
        let measured = [at(0.0, 0.0), at(0.04, 0.0), at(0.24, 1.0), at(2.0, 3.0)];
        let timeline = resampled(&measured, 2.04);
        assert!(timeline[..7].iter().all(Option::is_some));
        assert!(timeline[8..49].iter().all(Option::is_none));
        assert_eq!(timeline[50].as_ref().unwrap()[POSE], 3.0);
        assert_eq!(pieces(&timeline).len(), 2);
    }

    #[test]
    fn one_slip_goes_and_a_step_stays() {
        let mut values: Vec<f32> = (0..40)
            .map(|i| if i < 20 { 0.0 } else { 0.5 } + (i % 3) as f32 * 0.002)
            .collect();
        values[8] = 0.9;
        despike(&mut values);
        assert!(values[8] < 0.01);
        assert!(values[19] < 0.01 && values[20] > 0.49);
    }
}
