//! A motion that drives a portrait: which parts of the face it takes over, how strongly, and against what it is measured.
//!
//! Head, eyes, brows and mouth are taken from the driver or left to the portrait's own life and speech, each by itself. What
//! the user holds (mood, gaze, head) stays underneath. When the driver ends, the face returns to its own life.

mod live;

use serde::{Deserialize, Serialize};

use super::{
    HeadPose, IRIS_KEYPOINTS, Motion, MotionFrame, TYPICAL_EYE_OPENING, UPPER_LID_KEYPOINTS, Zero,
    smooth,
};
use crate::ease::ease;

pub use live::{LiveDriver, LiveDriving, LiveMotion};

/// Most of [`Driving::strength`] that is of use.
pub const STRENGTH_RANGE: std::ops::RangeInclusive<f32> = 0.0..=2.0;
/// Frames on the way from the driver's end to the portrait's own life, and from the end of a round to the next.
const EASE_FRAMES: usize = 16;
/// Turns that the picture bears as they are, and what larger ones are bent to, radians: pitch, yaw, roll.
const TURNS: [[f32; 2]; 3] = [[0.22, 0.38], [0.30, 0.48], [0.35, 0.55]];
/// The same for shifts of the head, canonical units, and for the logarithm of its size.
const SHIFTS: [f32; 2] = [0.15, 0.35];
const SIZES: [f32; 2] = [0.12, 0.25];
/// How far the mouth's corners go as they are, and what a broader grin is bent to: other faces have less skin for it.
const GRIN: [[f32; 2]; 3] = [[0.040, 0.075], [0.035, 0.065], [0.040, 0.070]];
const MOUTH_CORNER: usize = 14;
/// Keypoints of each region; the irises and lids belong to the eyes.
const EYE_REGION: [usize; 6] = [9, 10, 11, 13, 15, 16];
pub(super) const BROW_REGION: [usize; 4] = [0, 1, 2, 18];
pub(super) const MOUTH_REGION: [usize; 11] = [3, 4, 5, 6, 7, 8, 12, 14, 17, 19, 20];
/// Standard deviation of full smoothing, frames.
const HEAD_CALM: f32 = 8.0;
const BROW_CALM: f32 = 5.0;
const MOUTH_CALM: f32 = 2.0;
const GAZE_CALM: f32 = 3.0;

/// Parts of a face.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Regions {
    /// Turn, place and size of the head.
    pub head: bool,
    /// Lids and gaze.
    pub eyes: bool,
    /// Brows and forehead.
    pub brows: bool,
    /// Lips, chin, jaw and cheeks, in place of what the speech does.
    pub mouth: bool,
}

impl Default for Regions {
    /// All but the mouth, which belongs to the speech.
    fn default() -> Self {
        Self {
            mouth: false,
            ..Self::ALL
        }
    }
}

impl Regions {
    /// The whole face.
    pub const ALL: Self = Self {
        head: true,
        eyes: true,
        brows: true,
        mouth: true,
    };

    /// Nothing of it.
    pub const NONE: Self = Self {
        head: false,
        eyes: false,
        brows: false,
        mouth: false,
    };

    /// Puts these parts of another frame into the place of what the frame has.
    fn take_over(self, frame: &mut MotionFrame, other: &MotionFrame) {
        if self.head {
            frame.pose = other.pose;
            frame.scale = other.scale;
            frame.translation = other.translation;
        }
        for (is_taken, keypoints) in [
            (self.eyes, EYE_REGION.as_slice()),
            (self.brows, &BROW_REGION),
            (self.mouth, &MOUTH_REGION),
        ] {
            for &keypoint in keypoints.iter().filter(|_| is_taken) {
                frame.expression[keypoint] = other.expression[keypoint];
            }
        }
    }
}

/// What the driver's movement is measured against.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DriveMode {
    /// How the driver mostly holds the head and where they mostly look: the portrait moves about its own pose.
    #[default]
    Relative,
    /// What the motion itself is counted from (see [`Zero`]): a driver who looks aside turns the portrait aside.
    Absolute,
}

/// How a motion drives a portrait.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Driving {
    /// What is driven.
    pub regions: Regions,
    /// Against what.
    pub mode: DriveMode,
    /// 1 as the driver moves, less is calmer, in [`STRENGTH_RANGE`]. Lids shut whatever it is.
    pub strength: f32,
    /// 0 as it is, 1 very calm. Blinks stay as quick as they are.
    pub smoothing: f32,
    /// Whether it begins again at its end.
    pub repeats: bool,
}

impl Default for Driving {
    fn default() -> Self {
        Self {
            regions: Regions::default(),
            mode: DriveMode::default(),
            strength: 1.0,
            smoothing: 0.0,
            repeats: false,
        }
    }
}

/// What of the driven portrait matters.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct DrivenPortrait {
    /// Its head pose in the picture.
    pub pose: HeadPose,
    /// Its eyes, as [`crate::portrait::PortraitMesh::eye_opening`].
    pub eye_opening: [f32; 2],
}

impl Default for DrivenPortrait {
    /// A typical one, facing the camera.
    fn default() -> Self {
        Self {
            pose: HeadPose::default(),
            eye_opening: [TYPICAL_EYE_OPENING; 2],
        }
    }
}

/// A motion made ready to drive one portrait.
#[derive(Clone, Debug)]
pub struct Driver {
    /// Against the portrait, strength and smoothing applied.
    frames: Vec<MotionFrame>,
    regions: Regions,
    repeats: bool,
}

impl Driver {
    /// Fits a motion to a portrait.
    pub fn new(motion: &Motion, driving: &Driving, portrait: &DrivenPortrait) -> Self {
        let mut frames = against(motion, driving.mode, portrait);
        calm(&mut frames, driving.smoothing);
        let strength = within(driving.strength, &STRENGTH_RANGE);
        for frame in &mut frames {
            strengthen(frame, strength);
        }
        Self {
            frames,
            regions: driving.regions,
            repeats: driving.repeats,
        }
    }

    /// Frames of one round.
    pub fn frame_count(&self) -> usize {
        self.frames.len()
    }

    /// What it drives.
    pub fn regions(&self) -> Regions {
        self.regions
    }

    /// Takes its regions of `frame` over, which is the `index`-th since the driver began. `held` is what the user holds: see
    /// [`super::idle::IdleLife::held`].
    pub fn drive(&self, index: usize, held: &MotionFrame, frame: &mut MotionFrame) {
        let Some((driven, share)) = self.at(index) else {
            return;
        };
        self.regions
            .take_over(frame, &frame.mixed(&added(held, &driven), share));
    }

    /// The driver's frame and how much it counts, 0 to 1; `None` if nothing is left of it.
    fn at(&self, index: usize) -> Option<(MotionFrame, f32)> {
        let count = self.frames.len();
        let last = *self.frames.last()?;
        if self.repeats && count > 2 * EASE_FRAMES {
            // The end of a round runs into the beginning of the next.
            let period = count - EASE_FRAMES;
            let place = index % period;
            let frame = self.frames[place];
            return Some(match index >= period && place < EASE_FRAMES {
                true => {
                    let part = (place + 1) as f32 / (EASE_FRAMES + 1) as f32;
                    (self.frames[period + place].mixed(&frame, ease(part)), 1.0)
                }
                false => (frame, 1.0),
            });
        }
        if self.repeats {
            return Some((self.frames[index % count], 1.0));
        }
        if index < count {
            return Some((self.frames[index], 1.0));
        }
        let beyond = (index - count + 1) as f32 / EASE_FRAMES as f32;
        (beyond < 1.0).then(|| (last, 1.0 - ease(beyond)))
    }
}

/// The motion as movement against the portrait as it is in its picture.
fn against(motion: &Motion, mode: DriveMode, portrait: &DrivenPortrait) -> Vec<MotionFrame> {
    let rest = match (mode, motion.zero) {
        (DriveMode::Relative, _) => resting(&motion.frames),
        (DriveMode::Absolute, Zero::Portrait) => MotionFrame::default(),
        (DriveMode::Absolute, Zero::FacingCamera) => MotionFrame {
            pose: portrait.pose,
            ..MotionFrame::default()
        },
    };
    motion
        .frames
        .iter()
        .map(|frame| match (mode, motion.zero) {
            (DriveMode::Relative, Zero::FacingCamera) => filmed(frame, &rest, portrait),
            (_, zero) => {
                let lids = match zero {
                    Zero::Portrait => [1.0; 2],
                    Zero::FacingCamera => lid_gains(portrait),
                };
                MotionFrame {
                    pose: frame.pose.against(&rest.pose),
                    ..moved(frame, &rest, lids)
                }
            }
        })
        .collect()
}

/// What somebody who was filmed does against how they rest: they nod as their head is held, and so does the portrait.
fn filmed(frame: &MotionFrame, rest: &MotionFrame, portrait: &DrivenPortrait) -> MotionFrame {
    MotionFrame {
        pose: frame.pose.since(&rest.pose).about(&portrait.pose),
        ..moved(frame, rest, lid_gains(portrait))
    }
}

/// All but the pose against how somebody rests; the lids go farther by these factors.
fn moved(frame: &MotionFrame, rest: &MotionFrame, lids: [f32; 2]) -> MotionFrame {
    let mut driven = *frame;
    driven.scale = frame.scale / rest.scale;
    for c in 0..3 {
        driven.translation[c] -= rest.translation[c];
    }
    for iris in IRIS_KEYPOINTS {
        for c in 0..2 {
            driven.expression[iris][c] -= rest.expression[iris][c];
        }
    }
    for (lid, gain) in UPPER_LID_KEYPOINTS.into_iter().zip(lids) {
        driven.expression[lid][1] *= gain;
    }
    driven
}

/// How much farther the portrait's lids go than typical ones.
fn lid_gains(portrait: &DrivenPortrait) -> [f32; 2] {
    portrait
        .eye_opening
        .map(|opening| opening.max(0.02) / TYPICAL_EYE_OPENING)
}

/// How the head is mostly held, and where the eyes mostly look; nothing else.
fn resting(frames: &[MotionFrame]) -> MotionFrame {
    let mut values = Vec::with_capacity(frames.len());
    let mut middle = |value: &dyn Fn(&MotionFrame) -> f32, otherwise: f32| {
        values.clear();
        values.extend(frames.iter().map(value));
        if values.is_empty() {
            return otherwise;
        }
        let place = values.len() / 2;
        *values.select_nth_unstable_by(place, f32::total_cmp).1
    };
    let mut rest = MotionFrame {
        pose: HeadPose {
            pitch: middle(&|frame| frame.pose.pitch, 0.0),
            yaw: middle(&|frame| frame.pose.yaw, 0.0),
            roll: middle(&|frame| frame.pose.roll, 0.0),
        },
        scale: middle(&|frame| frame.scale, 1.0).max(1e-3),
        translation: [0, 1, 2].map(|c| middle(&|frame| frame.translation[c], 0.0)),
        ..MotionFrame::default()
    };
    for iris in IRIS_KEYPOINTS {
        for c in 0..2 {
            rest.expression[iris][c] = middle(&|frame| frame.expression[iris][c], 0.0);
        }
    }
    rest
}

fn calm(frames: &mut [MotionFrame], smoothing: f32) {
    let smoothing = within(smoothing, &(0.0..=1.0));
    if smoothing == 0.0 {
        return;
    }
    let mut values = Vec::with_capacity(frames.len());
    let mut over = |value: &dyn Fn(&mut MotionFrame) -> &mut f32, deviation_frames: f32| {
        values.clear();
        values.extend(frames.iter_mut().map(|frame| *value(frame)));
        smooth(&mut values, deviation_frames * smoothing);
        for (frame, &calmed) in frames.iter_mut().zip(&values) {
            *value(frame) = calmed;
        }
    };
    over(&|frame| &mut frame.pose.pitch, HEAD_CALM);
    over(&|frame| &mut frame.pose.yaw, HEAD_CALM);
    over(&|frame| &mut frame.pose.roll, HEAD_CALM);
    over(&|frame| &mut frame.scale, HEAD_CALM);
    for c in 0..3 {
        over(&|frame| &mut frame.translation[c], HEAD_CALM);
        for (region, deviation_frames) in [
            (BROW_REGION.as_slice(), BROW_CALM),
            (&MOUTH_REGION, MOUTH_CALM),
            (&IRIS_KEYPOINTS, GAZE_CALM),
        ] {
            for &keypoint in region {
                over(
                    &|frame| &mut frame.expression[keypoint][c],
                    deviation_frames,
                );
            }
        }
    }
}

/// Makes the movement larger or smaller, and bends what the picture could not bear.
fn strengthen(frame: &mut MotionFrame, strength: f32) {
    let HeadPose { pitch, yaw, roll } = frame.pose;
    let [pitch, yaw, roll] =
        [0, 1, 2].map(|axis| bent([pitch, yaw, roll][axis] * strength, TURNS[axis]));
    frame.pose = HeadPose { pitch, yaw, roll };
    frame.scale = bent(frame.scale.max(1e-3).ln() * strength, SIZES).exp();
    for shift in &mut frame.translation {
        *shift = bent(*shift * strength, SHIFTS);
    }
    for (keypoint, delta) in frame.expression.iter_mut().enumerate() {
        if !UPPER_LID_KEYPOINTS.contains(&keypoint) {
            *delta = delta.map(|value| value * strength);
        }
    }
    // A grin: outwards, up and back. What speech does with the corners stays far below.
    let corner = &mut frame.expression[MOUTH_CORNER];
    for (value, (sign, grin)) in corner
        .iter_mut()
        .zip([1.0, -1.0, 1.0].into_iter().zip(GRIN))
    {
        if *value * sign > 0.0 {
            *value = bent(*value, grin);
        }
    }
}

/// Unchanged up to the first number, from there on bent below the second.
fn bent(value: f32, [free, limit]: [f32; 2]) -> f32 {
    let size = value.abs();
    if size <= free {
        return value;
    }
    let room = limit - free;
    value.signum() * (free + room * ((size - free) / room).tanh())
}

/// Both movements at once.
fn added(a: &MotionFrame, b: &MotionFrame) -> MotionFrame {
    let mut sum = *a;
    sum.pose.pitch += b.pose.pitch;
    sum.pose.yaw += b.pose.yaw;
    sum.pose.roll += b.pose.roll;
    sum.scale *= b.scale;
    for c in 0..3 {
        sum.translation[c] += b.translation[c];
    }
    let deltas = b.expression.iter().flatten();
    for (value, delta) in sum.expression.iter_mut().flatten().zip(deltas) {
        *value += delta;
    }
    sum
}

/// Numbers that are none count as the lowest.
fn within(value: f32, range: &std::ops::RangeInclusive<f32>) -> f32 {
    value.max(*range.start()).min(*range.end())
}

#[cfg(test)]
mod tests;
