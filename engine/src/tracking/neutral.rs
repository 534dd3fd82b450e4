//! What the face is when it does nothing, and the motion against that.

use serde::{Deserialize, Serialize};

use super::measure::{EXPRESSION, EYE_OPENING, GAZE, LIP_GAP, LOG_SCALE, Measurement, PIVOT, POSE};
use super::timeline::{Timeline, median_of, percentile_of};
use crate::motion::keypoint::{CHIN, LOWER_LIP, UPPER_LIP};
use crate::motion::{
    HeadPose, IRIS_KEYPOINTS, KEYPOINT_COUNT, LID_TRAVEL, MotionFrame, TYPICAL_EYE_OPENING,
    UPPER_LID_KEYPOINTS,
};

/// What motion of the face is measured against.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Neutral {
    /// What the clip itself shows: eyes as they mostly are when open, brows and gaze in their middle, the mouth when it is shut.
    #[default]
    Clip,
    /// The first frame with a face: for clips that begin with a calm face, eyes open, mouth shut.
    FirstFrame,
}

/// Part of the frames whose mouth is shut most: their mouth is the neutral one.
const SHUT_PART: f32 = 0.12;
/// Lips whose inner edges the landmarks place this far apart touch, canonical units (1 mm).
const TOUCHING: f32 = 0.010;
/// Lips that part by less than this over the neutral mouth are shut, canonical units (0.7 mm).
const TREMBLE: f32 = 0.007;
/// Part of a gap in the neutral mouth that the upper lip goes down for, the rest is the lower lip's: as the renderer shuts it.
const UPPER_PART: f32 = 0.3;
/// The eye's opening that the network gives for a shut eye, parts of the open one, within which it is learned from the clip.
pub(super) const SHUT_EYE: std::ops::RangeInclusive<f32> = 0.08..=0.45;
/// Part of the frames that is taken for blinks; people spend more time on them.
const BLINK_PART: f32 = 0.004;
/// What a shut eye is taken to be where the clip has no blink.
const TYPICAL_SHUT_EYE: f32 = 0.3;
/// Widest that an eye opens beyond its neutral, parts of the way that shuts it.
const MAX_WIDE: f32 = 0.3;
/// An eye that is shut farther than this hides its iris.
const IRIS_HIDDEN: f32 = 0.5;
/// Keypoints whose neutral is the shut mouth: lips, chin, jaw, cheeks and nose.
const SHUT_MOUTH_KEYPOINTS: [usize; 11] = [3, 4, 5, 6, 7, 8, 12, 14, 17, 19, 20];

/// The neutral face of a clip.
#[derive(Clone, Debug)]
pub(super) struct NeutralFace {
    channels: Box<Measurement>,
    /// Opening of each eye when shut.
    shut_eye: [f32; 2],
    /// How far the neutral mouth's lips are apart all the same.
    open_lips: f32,
}

impl NeutralFace {
    /// Learns it from a timeline; `None` if that holds no measurement.
    pub fn of(timeline: &Timeline, neutral: Neutral) -> Option<Self> {
        let seen: Vec<&Measurement> = timeline.iter().flatten().map(Box::as_ref).collect();
        Self::of_seen(&seen, neutral)
    }

    /// The same from measurements of one face.
    pub fn of_seen(seen: &[&Measurement], neutral: Neutral) -> Option<Self> {
        let first = *seen.first()?;
        let mut scratch = Vec::with_capacity(seen.len());
        let mut over = |channel: usize, part: f32| {
            scratch.clear();
            scratch.extend(seen.iter().map(|measurement| measurement[channel]));
            percentile_of(&mut scratch, part)
        };
        let open_eye = [0, 1].map(|eye| match neutral {
            Neutral::Clip => over(EYE_OPENING + eye, 0.6),
            Neutral::FirstFrame => first[EYE_OPENING + eye],
        });
        let shut_eye = [0, 1].map(|eye| {
            let open = open_eye[eye].max(1e-3);
            // The lowest few frames are a blink if there is any: its shut eye may last a single frame.
            let least = over(EYE_OPENING + eye, BLINK_PART) / open;
            if least < *SHUT_EYE.end() {
                least.max(*SHUT_EYE.start()) * open
            } else {
                TYPICAL_SHUT_EYE * open
            }
        });
        let mut channels = Box::new(*first);
        if neutral == Neutral::Clip {
            for (channel, value) in channels.iter_mut().enumerate() {
                *value = over(channel, 0.5);
            }
            let limit = over(LIP_GAP, SHUT_PART);
            let shut: Vec<&&Measurement> = seen.iter().filter(|m| m[LIP_GAP] <= limit).collect();
            for keypoint in SHUT_MOUTH_KEYPOINTS {
                for channel in EXPRESSION + 3 * keypoint..EXPRESSION + 3 * keypoint + 3 {
                    let mut values: Vec<f32> = shut.iter().map(|m| m[channel]).collect();
                    channels[channel] = median_of(&mut values);
                }
            }
            let mut gaps: Vec<f32> = shut.iter().map(|m| m[LIP_GAP]).collect();
            channels[LIP_GAP] = median_of(&mut gaps);
        }
        channels[EYE_OPENING..EYE_OPENING + 2].copy_from_slice(&open_eye);
        Some(Self {
            open_lips: (channels[LIP_GAP] - TOUCHING).max(0.0),
            shut_eye,
            channels,
        })
    }

    /// The motion that a measurement shows: the pose against facing the camera, all else against the neutral face.
    pub fn motion(&self, now: &Measurement) -> MotionFrame {
        let rest = &self.channels;
        let [pitch, yaw, roll] = [0, 1, 2].map(|axis| now[POSE + axis]);
        let mut frame = MotionFrame {
            pose: HeadPose { pitch, yaw, roll },
            scale: (now[LOG_SCALE] - rest[LOG_SCALE]).exp(),
            ..MotionFrame::default()
        };
        let unit_px = rest[LOG_SCALE].exp();
        for c in 0..2 {
            frame.translation[c] = (now[PIVOT + c] - rest[PIVOT + c]) / unit_px;
        }
        for keypoint in 0..KEYPOINT_COUNT {
            for c in 0..3 {
                let channel = EXPRESSION + 3 * keypoint + c;
                frame.expression[keypoint][c] = now[channel] - rest[channel];
            }
        }
        self.set_lips(now, &mut frame);
        for (eye, keypoint) in UPPER_LID_KEYPOINTS.into_iter().enumerate() {
            let closing = self.closing(now, eye);
            frame.expression[keypoint] = [0.0, closing * LID_TRAVEL * TYPICAL_EYE_OPENING, 0.0];
        }
        for keypoint in IRIS_KEYPOINTS {
            // To the side, straight ahead is the middle of the eye; how high the iris stands there differs from face to face.
            frame.expression[keypoint] = [now[GAZE], now[GAZE + 1] - rest[GAZE + 1], 0.0];
        }
        frame
    }

    /// How far the lips part is seen better between the lips themselves than in the fit of the whole face.
    fn set_lips(&self, now: &Measurement, frame: &mut MotionFrame) {
        let expression = &mut frame.expression;
        // A neutral mouth that was never quite shut counts as open by what is between its lips.
        expression[UPPER_LIP][1] -= UPPER_PART * self.open_lips;
        expression[LOWER_LIP][1] += (1.0 - UPPER_PART) * self.open_lips;
        expression[CHIN][1] += (1.0 - UPPER_PART) * self.open_lips;
        // Lips that touch are shut: what the landmarks tremble by must not show teeth.
        let wanted = (now[LIP_GAP] - self.channels[LIP_GAP] + self.open_lips - TREMBLE).max(0.0);
        let lacking = wanted - (expression[LOWER_LIP][1] - expression[UPPER_LIP][1]);
        expression[UPPER_LIP][1] -= UPPER_PART * lacking;
        expression[LOWER_LIP][1] += (1.0 - UPPER_PART) * lacking;
    }

    /// How the head was held and where the eyes looked; the face does nothing.
    pub fn rest(&self) -> MotionFrame {
        self.motion(&self.channels)
    }

    /// An eye's opening as a part of the open one's.
    pub fn opening(&self, now: &Measurement, eye: usize) -> f32 {
        now[EYE_OPENING + eye] / self.channels[EYE_OPENING + eye].max(1e-3)
    }

    /// Takes this part of the open eye's opening for that of the shut one.
    pub fn set_shut_eye(&mut self, eye: usize, part: f32) {
        let open = self.channels[EYE_OPENING + eye].max(1e-3);
        self.shut_eye[eye] = part.clamp(*SHUT_EYE.start(), *SHUT_EYE.end()) * open;
    }

    /// 0 as in the neutral face, 1 shut, below 0 wider.
    fn closing(&self, now: &Measurement, eye: usize) -> f32 {
        let open = self.channels[EYE_OPENING + eye];
        let way = (open - self.shut_eye[eye]).max(1e-4);
        ((open - now[EYE_OPENING + eye]) / way).clamp(-MAX_WIDE, 1.0)
    }

    /// Whether both irises can be seen.
    pub fn sees_irises(&self, now: &Measurement) -> bool {
        (0..2).all(|eye| self.closing(now, eye) < IRIS_HIDDEN)
    }
}
