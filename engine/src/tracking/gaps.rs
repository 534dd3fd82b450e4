//! Where nothing was seen: short stretches are bridged, in long ones the face holds, comes to rest and takes up again.

use std::ops::Range;

use super::measure::Measurement;
use super::timeline::{Timeline, pieces};
use crate::ease::ease;
use crate::motion::MotionFrame;

/// Frames that the last motion is held for.
const HOLD: usize = 8;
/// Frames on the way to rest, and from there to where the face is seen again.
const EASE: usize = 15;

/// Draws a line through some channels over stretches in which they cannot be seen.
pub(super) fn bridge_hidden(
    timeline: &mut Timeline,
    channels: Range<usize>,
    sees: impl Fn(&Measurement) -> bool,
) {
    for piece in pieces(timeline) {
        let mut last_seen: Option<usize> = None;
        let mut hidden_from = piece.start;
        for frame in piece.start..=piece.end {
            let is_end = frame == piece.end;
            let is_seen = !is_end && timeline[frame].as_deref().is_some_and(&sees);
            if !is_seen && !is_end {
                continue;
            }
            // `hidden_from..frame` was hidden, between what was seen before and what is seen now.
            for channel in channels.clone() {
                let before = last_seen.map(|at| value(timeline, at, channel));
                let after = is_seen.then(|| value(timeline, frame, channel));
                let (Some(from), Some(to)) = (before.or(after), after.or(before)) else {
                    continue;
                };
                let steps = (frame - hidden_from + 1) as f32;
                let line: Vec<f32> = (hidden_from..frame)
                    .map(|at| from + (to - from) * (at - hidden_from + 1) as f32 / steps)
                    .collect();
                for (measurement, value) in timeline[hidden_from..frame].iter_mut().zip(line) {
                    if let Some(measurement) = measurement {
                        measurement[channel] = value;
                    }
                }
            }
            last_seen = Some(frame);
            hidden_from = frame + 1;
        }
    }
}

/// 0 where nothing was measured.
fn value(timeline: &Timeline, at: usize, channel: usize) -> f32 {
    timeline[at].as_ref().map_or(0.0, |m| m[channel])
}

/// Fills gaps and names them.
pub(super) fn filled(frames: Vec<Option<MotionFrame>>) -> (Vec<MotionFrame>, Vec<Range<usize>>) {
    let rest = resting(&frames);
    let mut out: Vec<MotionFrame> = Vec::with_capacity(frames.len());
    let mut gaps = Vec::new();
    let mut at = 0;
    while at < frames.len() {
        if let Some(frame) = frames[at] {
            out.push(frame);
            at += 1;
            continue;
        }
        let end = (at..frames.len())
            .find(|&later| frames[later].is_some())
            .unwrap_or(frames.len());
        let before = out.last().copied();
        let after = frames.get(end).copied().flatten();
        for frame in at..end {
            let since = frame - at + 1;
            let until = end - frame;
            let leaving = before.map_or(rest, |before| {
                let way = since.saturating_sub(HOLD) as f32 / EASE as f32;
                before.mixed(&rest, ease(way))
            });
            out.push(after.map_or(leaving, |after| {
                leaving.mixed(&after, ease(1.0 - until as f32 / (EASE + 1) as f32))
            }));
        }
        gaps.push(at..end);
        at = end;
    }
    (out, gaps)
}

/// How the head is mostly held; the face does nothing.
fn resting(frames: &[Option<MotionFrame>]) -> MotionFrame {
    let middle = |value: fn(&MotionFrame) -> f32| {
        let mut values: Vec<f32> = frames.iter().flatten().map(value).collect();
        super::timeline::median_of(&mut values)
    };
    let mut rest = MotionFrame::default();
    rest.pose.pitch = middle(|frame| frame.pose.pitch);
    rest.pose.yaw = middle(|frame| frame.pose.yaw);
    rest.pose.roll = middle(|frame| frame.pose.roll);
    rest
}

#[cfg(test)]
mod tests {
    use super::*;

    fn turned(yaw: f32) -> Option<MotionFrame> {
        let mut frame = MotionFrame::default();
        frame.pose.yaw = yaw;
        Some(frame)
    }

    #[test]
    fn a_gap_holds_rests_and_takes_up_again() {
        let mut frames = vec![turned(0.0); 30];
        frames.push(turned(0.3));
        frames.extend(vec![None; 60]);
        frames.push(turned(-0.2));
        let (filled, gaps) = filled(frames);
        assert_eq!((gaps.len(), gaps[0].clone()), (1, 31..91));
        assert_eq!(filled.len(), 92);
        let yaw = |frame: usize| filled[frame].pose.yaw;
        assert!((yaw(32) - 0.3).abs() < 1e-6);
        assert!(yaw(60).abs() < 1e-6);
        assert!(
            filled[30..]
                .windows(2)
                .all(|pair| (pair[0].pose.yaw - pair[1].pose.yaw).abs() < 0.04)
        );
    }

    #[test]
    fn nothing_at_the_ends_is_rest() {
        let mut frames = vec![None; 40];
        frames.extend(vec![turned(0.1); 3]);
        let (filled, gaps) = filled(frames);
        assert_eq!((gaps.len(), gaps[0].clone()), (1, 0..40));
        assert!((filled[0].pose.yaw - 0.1).abs() < 1e-6);
    }
}
