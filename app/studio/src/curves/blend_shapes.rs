//! Apple's 52 blend shapes (ARKit, `ARFaceAnchor.BlendShapeLocation`) from a frame of motion, and back.
//!
//! Each shape that the rig can show is a movement of keypoints. Weights are found part by part: the jaw first, then what the
//! lips do beside it, so that the weighted shapes together open the lips as far as the motion does. `docs/curves.md` has the
//! table. Left and right are the person's own, as Apple has them; keypoints count from the picture's left.

use engine::motion::keypoint::{
    CHIN, LEFT_BROW, LEFT_IRIS, LEFT_UPPER_LID, LOWER_LIP, MOUTH_CORNER, RIGHT_BROW, RIGHT_IRIS,
    RIGHT_UPPER_LID, UPPER_LIP,
};
use engine::motion::{DrivenPortrait, Expression, KEYPOINT_COUNT, LID_TRAVEL, MotionFrame};

/// How far the chin and the lower lip go down with a jaw that is wide open, canonical units.
const JAW_CHIN: f32 = 0.20;
const JAW_LIP: f32 = 0.25;
/// How far the mouth's corners go down with it, and how far chin, lip and corners go back.
const JAW_CORNER: f32 = 0.08;
const JAW_BACK: [f32; 3] = [0.20, 0.13, 0.10];
/// How far each lip moves to shut a mouth whose jaw is wide open.
const CLOSE: f32 = JAW_LIP / 2.0;
/// How far a lip is raised or lowered, rolled in, and how far lips are pressed into each other.
const LIP: f32 = 0.06;
const ROLL: f32 = 0.04;
const PRESS: f32 = 0.03;
/// Where the corners go in a smile, a frown, a stretched mouth and a pursed one.
const SMILE: [f32; 2] = [0.05, -0.06];
const FROWN: f32 = 0.05;
const STRETCH: f32 = 0.06;
const PURSE: f32 = 0.07;
/// How far pursed lips come forward, and the gap from which they count as a funnel.
const PROTRUSION: f32 = 0.05;
const FUNNEL_GAP: f32 = 0.06;
/// A wide eye, and the way of an iris that looks aside by 30°.
const WIDE: f32 = 0.03;
const GAZE: f32 = 0.06;
/// Part of the iris' way up or down that the lid follows: that is looking, not blinking.
const LID_FOLLOWS_GAZE: f32 = 0.6;
/// Raised and lowered brows, lifted cheeks.
const BROW_UP: f32 = 0.06;
const BROW_DOWN: f32 = 0.03;
const CHEEK: f32 = 0.03;
/// Cheeks on the picture's left and right.
const CHEEKS: [usize; 2] = [3, 7];

macro_rules! blend_shapes {
    ($($shape:ident $name:literal,)*) => {
        /// One of Apple's blend shapes.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum BlendShape { $($shape,)* }

        impl BlendShape {
            /// All of them, in the order of files.
            pub const ALL: [Self; 52] = [$(Self::$shape,)*];

            /// Apple's name.
            pub fn name(self) -> &'static str {
                match self { $(Self::$shape => $name,)* }
            }
        }
    };
}

blend_shapes! {
    EyeBlinkLeft "eyeBlinkLeft",
    EyeLookDownLeft "eyeLookDownLeft",
    EyeLookInLeft "eyeLookInLeft",
    EyeLookOutLeft "eyeLookOutLeft",
    EyeLookUpLeft "eyeLookUpLeft",
    EyeSquintLeft "eyeSquintLeft",
    EyeWideLeft "eyeWideLeft",
    EyeBlinkRight "eyeBlinkRight",
    EyeLookDownRight "eyeLookDownRight",
    EyeLookInRight "eyeLookInRight",
    EyeLookOutRight "eyeLookOutRight",
    EyeLookUpRight "eyeLookUpRight",
    EyeSquintRight "eyeSquintRight",
    EyeWideRight "eyeWideRight",
    JawForward "jawForward",
    JawLeft "jawLeft",
    JawRight "jawRight",
    JawOpen "jawOpen",
    MouthClose "mouthClose",
    MouthFunnel "mouthFunnel",
    MouthPucker "mouthPucker",
    MouthLeft "mouthLeft",
    MouthRight "mouthRight",
    MouthSmileLeft "mouthSmileLeft",
    MouthSmileRight "mouthSmileRight",
    MouthFrownLeft "mouthFrownLeft",
    MouthFrownRight "mouthFrownRight",
    MouthDimpleLeft "mouthDimpleLeft",
    MouthDimpleRight "mouthDimpleRight",
    MouthStretchLeft "mouthStretchLeft",
    MouthStretchRight "mouthStretchRight",
    MouthRollLower "mouthRollLower",
    MouthRollUpper "mouthRollUpper",
    MouthShrugLower "mouthShrugLower",
    MouthShrugUpper "mouthShrugUpper",
    MouthPressLeft "mouthPressLeft",
    MouthPressRight "mouthPressRight",
    MouthLowerDownLeft "mouthLowerDownLeft",
    MouthLowerDownRight "mouthLowerDownRight",
    MouthUpperUpLeft "mouthUpperUpLeft",
    MouthUpperUpRight "mouthUpperUpRight",
    BrowDownLeft "browDownLeft",
    BrowDownRight "browDownRight",
    BrowInnerUp "browInnerUp",
    BrowOuterUpLeft "browOuterUpLeft",
    BrowOuterUpRight "browOuterUpRight",
    CheekPuff "cheekPuff",
    CheekSquintLeft "cheekSquintLeft",
    CheekSquintRight "cheekSquintRight",
    NoseSneerLeft "noseSneerLeft",
    NoseSneerRight "noseSneerRight",
    TongueOut "tongueOut",
}

impl BlendShape {
    /// Apple's names of all of them.
    pub fn names() -> Vec<&'static str> {
        Self::ALL.iter().map(|shape| shape.name()).collect()
    }
}

/// Which half of the face a shape moves where the rig moves both alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// Neither alone.
    Both,
    /// The person's left half, on the picture's right.
    Left,
    /// The person's right half.
    Right,
}

/// A weight of 0 to 1 for each of [`BlendShape::ALL`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Weights(pub [f32; 52]);

impl Weights {
    /// The weights of a frame; `portrait` says how far its lids travel.
    pub fn of(frame: &MotionFrame, portrait: &DrivenPortrait) -> Self {
        let mut weights = Self([0.0; 52]);
        weights.add_mouth(frame);
        weights.add_eyes(frame, portrait);
        weights.add_brows_and_cheeks(frame);
        weights
    }

    /// One of them.
    pub fn get(&self, shape: BlendShape) -> f32 {
        self.0[shape as usize]
    }

    fn set(&mut self, shapes: &[BlendShape], weight: f32) {
        for &shape in shapes {
            self.0[shape as usize] = part(weight);
        }
    }

    fn add_mouth(&mut self, frame: &MotionFrame) {
        use BlendShape as B;
        let mouth = frame.mouth();
        let gap = mouth.lip_gap().max(0.0);
        let jaw = part(mouth.chin[1] / JAW_CHIN);
        let close = (jaw - gap / JAW_LIP).clamp(0.0, jaw);
        self.set(&[B::JawOpen], jaw);
        self.set(&[B::MouthClose], close);
        // What the lips do beside the jaw.
        let lower = mouth.lower_lip[1] - (JAW_LIP * jaw - CLOSE * close);
        let upper = mouth.upper_lip[1] - CLOSE * close;
        self.set(
            &[B::MouthLowerDownLeft, B::MouthLowerDownRight],
            lower / LIP,
        );
        self.set(&[B::MouthUpperUpLeft, B::MouthUpperUpRight], -upper / LIP);
        self.set(&[B::MouthRollLower], -lower / ROLL);
        self.set(&[B::MouthRollUpper], upper / ROLL);
        let press = -mouth.lip_gap() / PRESS;
        self.set(&[B::MouthPressLeft, B::MouthPressRight], press);

        let across = mouth.corner[0];
        let down = mouth.corner[1] - JAW_CORNER * jaw;
        let smile = (down / SMILE[1]).clamp(0.0, 1.0);
        self.set(&[B::MouthSmileLeft, B::MouthSmileRight], smile);
        self.set(&[B::MouthFrownLeft, B::MouthFrownRight], down / FROWN);
        let across = across - SMILE[0] * smile;
        self.set(
            &[B::MouthStretchLeft, B::MouthStretchRight],
            across / STRETCH,
        );
        let purse = part(-mouth.corner[0] / PURSE);
        let funnel = (gap / FUNNEL_GAP).clamp(0.0, 1.0);
        self.set(&[B::MouthFunnel], purse * funnel);
        self.set(&[B::MouthPucker], purse * (1.0 - funnel));
    }

    fn add_eyes(&mut self, frame: &MotionFrame, portrait: &DrivenPortrait) {
        use BlendShape as B;
        // The picture's left eye is the person's right one.
        let eyes = [
            (
                [LEFT_UPPER_LID, LEFT_IRIS],
                [B::EyeBlinkRight, B::EyeWideRight],
                [B::EyeLookUpRight, B::EyeLookDownRight],
                [B::EyeLookOutRight, B::EyeLookInRight],
            ),
            (
                [RIGHT_UPPER_LID, RIGHT_IRIS],
                [B::EyeBlinkLeft, B::EyeWideLeft],
                [B::EyeLookUpLeft, B::EyeLookDownLeft],
                [B::EyeLookInLeft, B::EyeLookOutLeft],
            ),
        ];
        for (eye, ([lid, iris], [blink, wide], [up, down], [to_left, to_right])) in
            eyes.into_iter().enumerate()
        {
            let [x, y, _] = frame.expression[iris];
            let lid = frame.expression[lid][1] - LID_FOLLOWS_GAZE * y;
            self.set(
                &[blink],
                lid / (LID_TRAVEL * portrait.eye_opening[eye].max(0.02)),
            );
            self.set(&[wide], -lid / WIDE);
            self.set(&[up], -y / GAZE);
            self.set(&[down], y / GAZE);
            self.set(&[to_left], -x / GAZE);
            self.set(&[to_right], x / GAZE);
        }
    }

    fn add_brows_and_cheeks(&mut self, frame: &MotionFrame) {
        use BlendShape as B;
        let raised = |brow: usize| -frame.expression[brow][1];
        let [right, left] = [raised(LEFT_BROW), raised(RIGHT_BROW)];
        self.set(&[B::BrowOuterUpRight], right / BROW_UP);
        self.set(&[B::BrowOuterUpLeft], left / BROW_UP);
        self.set(&[B::BrowInnerUp], (right + left) / 2.0 / BROW_UP);
        self.set(&[B::BrowDownRight], -right / BROW_DOWN);
        self.set(&[B::BrowDownLeft], -left / BROW_DOWN);
        let lifted = |cheek: usize| -frame.expression[cheek][1];
        self.set(&[B::CheekSquintRight], lifted(CHEEKS[0]) / CHEEK);
        self.set(&[B::CheekSquintLeft], lifted(CHEEKS[1]) / CHEEK);
    }
}

impl BlendShape {
    /// How the keypoints move at weight 1, canonical units, and on which half of the face; none where the rig has no such
    /// movement.
    pub fn movement(self, portrait: &DrivenPortrait) -> Option<(Expression, Side)> {
        let mut expression = [[0.0; 3]; KEYPOINT_COUNT];
        let mut side = Side::Both;
        let eye_of = |is_left: bool| match is_left {
            true => ([RIGHT_UPPER_LID, RIGHT_IRIS], portrait.eye_opening[1]),
            false => ([LEFT_UPPER_LID, LEFT_IRIS], portrait.eye_opening[0]),
        };
        match self {
            Self::EyeBlinkLeft | Self::EyeBlinkRight => {
                let ([lid, _], opening) = eye_of(self == Self::EyeBlinkLeft);
                expression[lid][1] = LID_TRAVEL * opening.max(0.02);
            }
            Self::EyeWideLeft | Self::EyeWideRight => {
                let ([lid, _], _) = eye_of(self == Self::EyeWideLeft);
                expression[lid][1] = -WIDE;
            }
            Self::EyeLookUpLeft
            | Self::EyeLookUpRight
            | Self::EyeLookDownLeft
            | Self::EyeLookDownRight => {
                let is_left = matches!(self, Self::EyeLookUpLeft | Self::EyeLookDownLeft);
                let is_up = matches!(self, Self::EyeLookUpLeft | Self::EyeLookUpRight);
                let ([lid, iris], _) = eye_of(is_left);
                let y = if is_up { -GAZE } else { GAZE };
                expression[iris][1] = y;
                expression[lid][1] = LID_FOLLOWS_GAZE * y;
            }
            Self::EyeLookInLeft
            | Self::EyeLookInRight
            | Self::EyeLookOutLeft
            | Self::EyeLookOutRight => {
                let is_left = matches!(self, Self::EyeLookInLeft | Self::EyeLookOutLeft);
                let to_picture_left = matches!(self, Self::EyeLookInLeft | Self::EyeLookOutRight);
                let ([_, iris], _) = eye_of(is_left);
                expression[iris][0] = if to_picture_left { -GAZE } else { GAZE };
            }
            Self::JawOpen => {
                expression[CHIN] = [0.0, JAW_CHIN, JAW_BACK[0]];
                expression[LOWER_LIP] = [0.0, JAW_LIP, JAW_BACK[1]];
                expression[MOUTH_CORNER] = [0.0, JAW_CORNER, JAW_BACK[2]];
            }
            Self::MouthClose => {
                expression[LOWER_LIP][1] = -CLOSE;
                expression[UPPER_LIP][1] = CLOSE;
            }
            Self::MouthFunnel | Self::MouthPucker => {
                expression[MOUTH_CORNER][0] = -PURSE;
                expression[LOWER_LIP][2] = -PROTRUSION;
                expression[UPPER_LIP][2] = -PROTRUSION;
            }
            Self::MouthSmileLeft | Self::MouthSmileRight => {
                expression[MOUTH_CORNER] = [SMILE[0], SMILE[1], 0.0];
                side = of_half(self == Self::MouthSmileLeft);
            }
            Self::MouthFrownLeft | Self::MouthFrownRight => {
                expression[MOUTH_CORNER][1] = FROWN;
                side = of_half(self == Self::MouthFrownLeft);
            }
            Self::MouthStretchLeft | Self::MouthStretchRight => {
                expression[MOUTH_CORNER][0] = STRETCH;
                side = of_half(self == Self::MouthStretchLeft);
            }
            Self::MouthRollLower => expression[LOWER_LIP][1] = -ROLL,
            Self::MouthRollUpper => expression[UPPER_LIP][1] = ROLL,
            Self::MouthPressLeft | Self::MouthPressRight => {
                // The vertical part is that of the rolled lips.
                expression[LOWER_LIP][2] = 0.01;
                expression[UPPER_LIP][2] = 0.01;
                side = of_half(self == Self::MouthPressLeft);
            }
            Self::MouthLowerDownLeft | Self::MouthLowerDownRight => {
                expression[LOWER_LIP][1] = LIP;
                side = of_half(self == Self::MouthLowerDownLeft);
            }
            Self::MouthUpperUpLeft | Self::MouthUpperUpRight => {
                expression[UPPER_LIP][1] = -LIP;
                side = of_half(self == Self::MouthUpperUpLeft);
            }
            // Raised brows are half inner, half outer.
            Self::BrowInnerUp => {
                expression[LEFT_BROW][1] = -BROW_UP / 2.0;
                expression[RIGHT_BROW][1] = -BROW_UP / 2.0;
            }
            Self::BrowOuterUpLeft => expression[RIGHT_BROW][1] = -BROW_UP / 2.0,
            Self::BrowOuterUpRight => expression[LEFT_BROW][1] = -BROW_UP / 2.0,
            Self::BrowDownLeft => expression[RIGHT_BROW][1] = BROW_DOWN,
            Self::BrowDownRight => expression[LEFT_BROW][1] = BROW_DOWN,
            Self::CheekSquintLeft => expression[CHEEKS[1]][1] = -CHEEK,
            Self::CheekSquintRight => expression[CHEEKS[0]][1] = -CHEEK,
            Self::EyeSquintLeft
            | Self::EyeSquintRight
            | Self::JawForward
            | Self::JawLeft
            | Self::JawRight
            | Self::MouthLeft
            | Self::MouthRight
            | Self::MouthDimpleLeft
            | Self::MouthDimpleRight
            | Self::MouthShrugLower
            | Self::MouthShrugUpper
            | Self::CheekPuff
            | Self::NoseSneerLeft
            | Self::NoseSneerRight
            | Self::TongueOut => return None,
        }
        Some((expression, side))
    }
}

/// The same within 0 and 1; numbers that are none count as 0.
fn part(weight: f32) -> f32 {
    if weight.is_finite() {
        weight.clamp(0.0, 1.0)
    } else {
        0.0
    }
}

fn of_half(is_left: bool) -> Side {
    if is_left { Side::Left } else { Side::Right }
}

#[cfg(test)]
mod tests {
    use engine::motion::MouthFrame;
    use engine::motion::idle::IdleLife;
    use proptest::prelude::*;

    use super::*;

    /// The names in Apple's documentation of `ARFaceAnchor.BlendShapeLocation`, by area.
    const APPLES: &str = "browDownLeft browDownRight browInnerUp browOuterUpLeft browOuterUpRight cheekPuff cheekSquintLeft
        cheekSquintRight eyeBlinkLeft eyeBlinkRight eyeLookDownLeft eyeLookDownRight eyeLookInLeft eyeLookInRight
        eyeLookOutLeft eyeLookOutRight eyeLookUpLeft eyeLookUpRight eyeSquintLeft eyeSquintRight eyeWideLeft eyeWideRight
        jawForward jawLeft jawOpen jawRight mouthClose mouthDimpleLeft mouthDimpleRight mouthFrownLeft mouthFrownRight
        mouthFunnel mouthLeft mouthLowerDownLeft mouthLowerDownRight mouthPressLeft mouthPressRight mouthPucker mouthRight
        mouthRollLower mouthRollUpper mouthShrugLower mouthShrugUpper mouthSmileLeft mouthSmileRight mouthStretchLeft
        mouthStretchRight mouthUpperUpLeft mouthUpperUpRight noseSneerLeft noseSneerRight tongueOut";

    fn of_mouth(mouth: MouthFrame) -> Weights {
        let mut frame = MotionFrame::default();
        frame.set_mouth(&mouth);
        Weights::of(&frame, &DrivenPortrait::default())
    }

    #[test]
    fn the_names_are_apples() {
        let mut apples: Vec<&str> = APPLES.split_whitespace().collect();
        let mut ours = BlendShape::names();
        apples.sort_unstable();
        ours.sort_unstable();
        assert_eq!(ours, apples);
        for (index, shape) in BlendShape::ALL.into_iter().enumerate() {
            assert_eq!(shape as usize, index);
        }
    }

    proptest! {
        #[test]
        fn weights_are_between_0_and_1_and_open_the_lips_as_far_as_the_motion(
            chin in -0.01_f32..0.18,
            upper in -0.05_f32..0.03,
            gap in -0.02_f32..0.2,
            corner in prop::array::uniform3(-0.05_f32..0.05),
        ) {
            let mouth = MouthFrame {
                corner,
                upper_lip: [0.0, upper, 0.0],
                lower_lip: [0.0, upper + gap, 0.0],
                chin: [0.0, chin, 0.0],
            };
            let weights = of_mouth(mouth);
            prop_assert!(weights.0.iter().all(|weight| (0.0..=1.0).contains(weight)));
            // Where no weight is at its limit, the weighted shapes are the mouth again.
            if weights.0.iter().all(|&weight| weight < 1.0) {
                let mut lips = [0.0_f32; 2];
                for shape in BlendShape::ALL {
                    if let Some((moved, side)) = shape.movement(&DrivenPortrait::default()) {
                        // In the middle of the face each half counts half.
                        let share = if side == Side::Both { 1.0 } else { 0.5 };
                        lips[0] += share * weights.get(shape) * moved[UPPER_LIP][1];
                        lips[1] += share * weights.get(shape) * moved[LOWER_LIP][1];
                    }
                }
                prop_assert!((lips[0] - upper).abs() < 1e-5, "{} {}", lips[0], upper);
                prop_assert!((lips[1] - upper - gap).abs() < 1e-5, "{} {}", lips[1], upper + gap);
            }
        }

        #[test]
        fn nonsense_gives_weights_all_the_same(value in prop::num::f32::ANY) {
            let frame = MotionFrame {
                expression: [[value; 3]; KEYPOINT_COUNT],
                ..MotionFrame::default()
            };
            let weights = Weights::of(&frame, &DrivenPortrait::default());
            prop_assert!(weights.0.iter().all(|weight| (0.0..=1.0).contains(weight)));
        }
    }

    #[test]
    fn the_jaw_opens_and_the_lips_close_on_it() {
        let open = MouthFrame {
            upper_lip: [0.0, -0.03, 0.0],
            lower_lip: [0.0, 0.13, 0.0],
            chin: [0.0, 0.095, 0.0],
            ..MouthFrame::default()
        };
        let weights = of_mouth(open);
        assert!(weights.get(BlendShape::JawOpen) > 0.4);
        assert_eq!(weights.get(BlendShape::MouthClose), 0.0);
        // An m between vowels: the chin stays down, the lips meet.
        let shut = MouthFrame {
            upper_lip: [0.0, 0.02, 0.0],
            lower_lip: [0.0, 0.014, 0.0],
            chin: [0.0, 0.04, 0.0],
            ..MouthFrame::default()
        };
        let weights = of_mouth(shut);
        let jaw = weights.get(BlendShape::JawOpen);
        assert!(jaw > 0.1 && weights.get(BlendShape::MouthClose) == jaw);
        assert!(weights.get(BlendShape::MouthPressLeft) > 0.1);
    }

    #[test]
    fn eyes_blink_and_look_from_the_persons_own_side() {
        let mut frame = MotionFrame::default();
        let portrait = DrivenPortrait {
            eye_opening: [0.1, 0.12],
            ..DrivenPortrait::default()
        };
        // The person's right eye, on the picture's left, winks; both look to the picture's right.
        frame.expression[LEFT_UPPER_LID][1] = LID_TRAVEL * 0.1;
        frame.expression[LEFT_IRIS][0] = 0.03;
        frame.expression[RIGHT_IRIS][0] = 0.03;
        let weights = Weights::of(&frame, &portrait);
        assert!((weights.get(BlendShape::EyeBlinkRight) - 1.0).abs() < 1e-6);
        assert_eq!(weights.get(BlendShape::EyeBlinkLeft), 0.0);
        assert!((weights.get(BlendShape::EyeLookOutLeft) - 0.5).abs() < 1e-6);
        assert!((weights.get(BlendShape::EyeLookInRight) - 0.5).abs() < 1e-6);
        assert_eq!(weights.get(BlendShape::EyeLookInLeft), 0.0);
    }

    #[test]
    fn idle_life_blinks_now_and_then_and_never_half() {
        let portrait = DrivenPortrait::default();
        let mut life = IdleLife::new(3);
        let blinks: Vec<f32> = (0..1500)
            .map(|_| Weights::of(&life.next_frame(None), &portrait).get(BlendShape::EyeBlinkLeft))
            .collect();
        let starts = blinks
            .windows(2)
            .filter(|pair| pair[0] < 0.9 && pair[1] >= 0.9)
            .count();
        // 10 to 25 a minute.
        assert!((8..30).contains(&starts), "{starts}");
        let open = blinks.iter().filter(|&&blink| blink < 0.01).count();
        assert!(open > 1200, "{open}");
    }
}
