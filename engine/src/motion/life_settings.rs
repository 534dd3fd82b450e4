//! How a face is asked to behave: settings of [`super::idle::IdleLife`] that may change while it runs.

use super::{BROW_KEYPOINTS, HeadPose, KEYPOINT_COUNT, MouthStyle, UPPER_LID_KEYPOINTS};

/// A lasting expression.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mood {
    /// The portrait's own.
    #[default]
    Neutral,
    /// A smile with lifted cheeks.
    Happy,
    /// Brows drawn together and down a little.
    Concerned,
    /// Raised brows, wide eyes.
    Surprised,
}

impl Mood {
    /// The moods in the order of menus.
    pub const ALL: [Self; 4] = [Self::Neutral, Self::Happy, Self::Concerned, Self::Surprised];

    /// Its expression deltas, canonical units. The lips stay shut: only corners, cheeks, brows and lids move.
    pub fn expression(self) -> [[f32; 3]; KEYPOINT_COUNT] {
        let mut expression = [[0.0; 3]; KEYPOINT_COUNT];
        let [left_brow, right_brow] = BROW_KEYPOINTS;
        match self {
            Self::Neutral => {}
            Self::Happy => {
                expression[14] = [0.030, -0.026, 0.008];
                for cheek in [3, 7] {
                    expression[cheek] = [0.0, -0.016, 0.0];
                }
                for brow in BROW_KEYPOINTS {
                    expression[brow] = [0.0, -0.006, 0.0];
                }
            }
            Self::Concerned => {
                expression[left_brow] = [0.014, 0.012, 0.0];
                expression[right_brow] = [-0.014, 0.012, 0.0];
                expression[14] = [-0.006, 0.010, 0.0];
            }
            Self::Surprised => {
                for brow in BROW_KEYPOINTS {
                    expression[brow] = [0.0, -0.045, 0.0];
                }
                for lid in UPPER_LID_KEYPOINTS {
                    expression[lid] = [0.0, -0.016, 0.0];
                }
            }
        }
        expression
    }
}

/// Settings of the life around the mouth. New ones are approached smoothly.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(default)]
pub struct LifeSettings {
    /// How much the face moves by itself: 1 as people do, 0 a still face that only speaks.
    pub amount: f32,
    /// How clearly the mouth speaks, in [`super::ARTICULATION_RANGE`]: 1 as people do, less mumbles.
    pub articulation: f32,
    /// How far the mouth spreads, in [`super::MOUTH_SHAPE_RANGE`]: 1 as people do.
    pub mouth_spread: f32,
    /// How far it rounds, in the same range.
    pub mouth_rounding: f32,
    /// Where the eyes look, as parts of their reach: x −1 to the picture's left to 1 right, y −1 up to 1 down.
    pub gaze: [f32; 2],
    /// Where the head is held against the portrait's own pose, each angle at most [`HEAD_POSE_LIMIT`].
    pub head: HeadPose,
    /// Lasting expression.
    pub mood: Mood,
    /// How strong the mood is, 0 to 1.
    pub mood_strength: f32,
}

/// Farthest that the head can be held from the portrait's own pose, radians (15°).
pub const HEAD_POSE_LIMIT: f32 = 0.262;
/// How far the eyes follow [`LifeSettings::gaze`], canonical units.
pub const GAZE_REACH: f32 = 0.035;

impl Default for LifeSettings {
    fn default() -> Self {
        Self {
            amount: 1.0,
            articulation: 1.0,
            mouth_spread: 1.0,
            mouth_rounding: 1.0,
            gaze: [0.0; 2],
            head: HeadPose::default(),
            mood: Mood::Neutral,
            mood_strength: 1.0,
        }
    }
}

/// What of the settings moves the face, approached step by step.
#[derive(Clone, Copy, Debug)]
pub(super) struct LifeTarget {
    pub amount: f64,
    pub articulation: f64,
    pub mouth_spread: f64,
    pub mouth_rounding: f64,
    pub gaze: [f64; 2],
    pub head: [f64; 3],
    pub expression: [[f32; 3]; KEYPOINT_COUNT],
}

impl LifeTarget {
    /// Where the settings lead; numbers that are none count as 0.
    pub fn of(settings: &LifeSettings) -> Self {
        let within = |value: f32, limit: f32| {
            if value.is_finite() {
                f64::from(value.clamp(-limit, limit))
            } else {
                0.0
            }
        };
        let strength = within(settings.mood_strength, 1.0).max(0.0) as f32;
        let HeadPose { pitch, yaw, roll } = settings.head;
        Self {
            amount: within(settings.amount, 2.0).max(0.0),
            articulation: within(settings.articulation, *super::ARTICULATION_RANGE.end()).max(0.0),
            mouth_spread: within(settings.mouth_spread, *super::MOUTH_SHAPE_RANGE.end()).max(0.0),
            mouth_rounding: within(settings.mouth_rounding, *super::MOUTH_SHAPE_RANGE.end())
                .max(0.0),
            gaze: settings
                .gaze
                .map(|part| within(part, 1.0) * f64::from(GAZE_REACH)),
            head: [pitch, yaw, roll].map(|angle| within(angle, HEAD_POSE_LIMIT)),
            expression: settings
                .mood
                .expression()
                .map(|delta| delta.map(|value| value * strength)),
        }
    }

    /// How the mouth speaks now.
    pub fn mouth_style(&self) -> MouthStyle {
        MouthStyle {
            opening: self.articulation as f32,
            spread: self.mouth_spread as f32,
            rounding: self.mouth_rounding as f32,
        }
    }

    /// One frame nearer to `target`: a third of a second or so for most of the way.
    pub fn approach(&mut self, target: &Self) {
        const PACE: f64 = 0.14;
        let nearer = |value: &mut f64, target: f64| *value += PACE * (target - *value);
        nearer(&mut self.amount, target.amount);
        nearer(&mut self.articulation, target.articulation);
        nearer(&mut self.mouth_spread, target.mouth_spread);
        nearer(&mut self.mouth_rounding, target.mouth_rounding);
        for (value, target) in self.gaze.iter_mut().zip(target.gaze) {
            // Eyes are quick.
            *value += 0.5 * (target - *value);
        }
        for (value, target) in self.head.iter_mut().zip(target.head) {
            nearer(value, target);
        }
        let targets = target.expression.iter().flatten();
        for (value, target) in self.expression.iter_mut().flatten().zip(targets) {
            *value += PACE as f32 * (target - *value);
        }
    }
}
