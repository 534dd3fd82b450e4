//! Somebody who is filmed now drives a portrait: the newest of what they do counts, and without any the face goes back to its own life.

use serde::{Deserialize, Serialize};

use super::{DrivenPortrait, EASE_FRAMES, Regions, STRENGTH_RANGE, added, filmed, strengthen};
use super::{MotionFrame, within};
use crate::ease::ease;

/// Frames after which nothing new means that nobody is there any more.
const STALE_FRAMES: usize = 10;
/// Frames in which speech takes the mouth over, and gives it back: its first sound comes soon.
const SPEECH_EASE_FRAMES: f32 = 5.0;

/// What somebody who is filmed does now.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LiveMotion {
    /// Counted from [`super::Zero::FacingCamera`].
    pub frame: MotionFrame,
    /// How they hold head and eyes when they do nothing, counted from the same.
    pub rest: MotionFrame,
    /// Number of the neutral face that both are counted from; with another one the portrait goes there smoothly.
    pub neutral: u32,
}

/// How they drive the portrait.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct LiveDriving {
    /// What is driven.
    pub regions: Regions,
    /// 1 as they move, less is calmer, in [`STRENGTH_RANGE`]. Lids shut whatever it is.
    pub strength: f32,
}

impl Default for LiveDriving {
    /// The whole face as it moves.
    fn default() -> Self {
        Self {
            regions: Regions::ALL,
            strength: 1.0,
        }
    }
}

/// The way from what they do to the frames of one portrait.
#[derive(Clone, Debug, Default)]
pub struct LiveDriver {
    driving: LiveDriving,
    portrait: DrivenPortrait,
    newest: Option<LiveMotion>,
    frames_since_newest: usize,
    /// Number of the neutral face that drives; none while nobody does.
    neutral: Option<u32>,
    frames_since_change: usize,
    /// The movement on the portrait and how much it counts, 0 to 1: now, and when the last change came.
    shown: (MotionFrame, f32),
    changed: (MotionFrame, f32),
    /// How far speech has the mouth, 0 to 1.
    spoken: f32,
}

impl LiveDriver {
    /// Drives this portrait like this from now on.
    pub fn set(&mut self, driving: &LiveDriving, portrait: &DrivenPortrait) {
        self.driving = *driving;
        self.portrait = *portrait;
    }

    /// Takes what they do now; none once they have gone.
    pub fn take(&mut self, motion: Option<LiveMotion>) {
        self.newest = motion;
        self.frames_since_newest = 0;
    }

    /// What it drives now; nothing once the face is back at its own life.
    pub fn regions(&self) -> Option<Regions> {
        (self.shown.1 > 0.0 || self.newest.is_some()).then_some(self.driving.regions)
    }

    /// Takes its regions of the next frame over, without the mouth while somebody speaks with it: lips belong to the sound that is heard.
    /// `held` is what the user holds: see [`super::super::idle::IdleLife::held`].
    pub fn drive(&mut self, held: &MotionFrame, speaks: bool, frame: &mut MotionFrame) {
        let step = if speaks { 1.0 } else { -1.0 } / SPEECH_EASE_FRAMES;
        self.spoken = (self.spoken + step).clamp(0.0, 1.0);
        self.frames_since_newest += 1;
        if self.frames_since_newest > STALE_FRAMES {
            self.newest = None;
        }
        let neutral = self.newest.map(|newest| newest.neutral);
        if neutral != self.neutral {
            self.neutral = neutral;
            self.frames_since_change = 0;
            self.changed = self.shown;
        }
        self.frames_since_change = (self.frames_since_change + 1).min(EASE_FRAMES);
        let part = ease(self.frames_since_change as f32 / EASE_FRAMES as f32);
        let (from, from_share) = self.changed;
        self.shown = match self.newest {
            None => (from, from_share * (1.0 - part)),
            Some(newest) => {
                let mut driven = filmed(&newest.frame, &newest.rest, &self.portrait);
                strengthen(&mut driven, within(self.driving.strength, &STRENGTH_RANGE));
                // What is left of before, and on top of it what they do now, as one movement.
                let share = from_share * (1.0 - part) + part;
                (from.mixed(&driven, part / share), share)
            }
        };
        let (driven, share) = self.shown;
        if share > 0.0 {
            let driven = added(held, &driven);
            let regions = self.driving.regions;
            let face = Regions {
                mouth: false,
                ..regions
            };
            let mouth = Regions {
                mouth: regions.mouth,
                ..Regions::NONE
            };
            face.take_over(frame, &frame.mixed(&driven, share));
            let share = share * (1.0 - ease(self.spoken));
            mouth.take_over(frame, &frame.mixed(&driven, share));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::motion::HeadPose;

    fn turned(yaw: f32, neutral: u32) -> Option<LiveMotion> {
        let mut frame = MotionFrame::default();
        frame.pose.yaw = yaw;
        frame.expression[19][1] = 0.05;
        Some(LiveMotion {
            frame,
            rest: MotionFrame::default(),
            neutral,
        })
    }

    /// The yaw of frames for each of which this is new.
    fn driven(driver: &mut LiveDriver, motions: &[Option<LiveMotion>]) -> Vec<f32> {
        let mut yaws = Vec::new();
        for &motion in motions {
            if motion.is_some() {
                driver.take(motion);
            }
            let mut frame = MotionFrame::default();
            frame.pose.yaw = -0.05;
            driver.drive(&MotionFrame::default(), false, &mut frame);
            yaws.push(frame.pose.yaw);
        }
        yaws
    }

    fn largest_step(yaws: &[f32]) -> f32 {
        let steps = yaws.windows(2).map(|pair| (pair[1] - pair[0]).abs());
        steps.fold(0.0, f32::max)
    }

    #[test]
    fn who_comes_goes_and_comes_again_makes_no_jump() {
        let mut driver = LiveDriver::default();
        let mut motions = vec![None; 5];
        motions.extend([turned(0.2, 1); 40]);
        motions.extend([None; 60]);
        motions.extend([turned(-0.2, 1); 6]);
        // Away again before all of the way back is gone.
        motions.extend([None; 30]);
        motions.extend([turned(0.2, 1); 40]);
        let yaws = driven(&mut driver, &motions);
        assert_eq!(yaws[4], -0.05);
        assert!((yaws[44] - 0.2).abs() < 1e-5, "{}", yaws[44]);
        // It holds for as long as something may yet come, then the face lives its own life.
        assert!((yaws[43 + STALE_FRAMES] - 0.2).abs() < 1e-5);
        assert_eq!(yaws[104], -0.05);
        assert!((yaws[180] - 0.2).abs() < 1e-5);
        // No step is larger than the steepest of an easing over the whole way.
        let steepest = 1.5 * 0.4 / EASE_FRAMES as f32;
        assert!(largest_step(&yaws) <= steepest, "{}", largest_step(&yaws));
    }

    #[test]
    fn speech_has_the_mouth_for_as_long_as_it_is_heard() {
        let mut driver = LiveDriver::default();
        driven(&mut driver, &[turned(0.2, 1); 40]);
        // The lips go to the speech, here shut, and back in small steps; the head goes on as before.
        let mut lips = vec![0.05];
        for index in 0..40 {
            driver.take(turned(0.2, 1));
            let mut frame = MotionFrame::default();
            driver.drive(&MotionFrame::default(), index < 20, &mut frame);
            assert!((frame.pose.yaw - 0.2).abs() < 1e-5);
            lips.push(frame.expression[19][1]);
        }
        assert!(lips[5..=20].iter().all(|&lip| lip == 0.0), "{lips:?}");
        assert!((lips[25] - 0.05).abs() < 1e-6, "{lips:?}");
        assert!(largest_step(&lips) <= 1.5 * 0.05 / SPEECH_EASE_FRAMES);
    }

    #[test]
    fn another_neutral_face_is_taken_up_smoothly() {
        let mut driver = LiveDriver::default();
        driven(&mut driver, &[turned(0.25, 1); 40]);
        let yaws = driven(&mut driver, &[turned(0.0, 2); 40]);
        assert!((yaws[0] - 0.25).abs() < 0.02 && yaws[39].abs() < 1e-5);
        assert!(largest_step(&yaws) <= 1.5 * 0.3 / EASE_FRAMES as f32);
    }

    #[test]
    fn only_its_regions_are_taken_and_the_end_of_it_gives_all_back() {
        let mut driver = LiveDriver::default();
        let mouth = Regions {
            mouth: true,
            ..Regions::NONE
        };
        let driving = LiveDriving {
            regions: mouth,
            strength: 0.5,
        };
        driver.set(&driving, &DrivenPortrait::default());
        assert_eq!(driver.regions(), None);
        for _ in 0..EASE_FRAMES {
            driver.take(turned(0.2, 1));
            let mut frame = MotionFrame::default();
            driver.drive(&MotionFrame::default(), false, &mut frame);
            assert_eq!(frame.pose, HeadPose::default());
            assert!(frame.expression[19][1] > 0.0);
        }
        assert_eq!(driver.regions(), Some(mouth));
        let mut frame = MotionFrame::default();
        driver.take(turned(0.2, 1));
        driver.drive(&MotionFrame::default(), false, &mut frame);
        assert!((frame.expression[19][1] - 0.025).abs() < 1e-6);
        driver.take(None);
        for _ in 0..EASE_FRAMES {
            frame = MotionFrame::default();
            driver.drive(&MotionFrame::default(), false, &mut frame);
        }
        assert_eq!((frame, driver.regions()), (MotionFrame::default(), None));
    }

    #[test]
    fn it_holds_to_how_they_rest() {
        let mut driver = LiveDriver::default();
        let mut motion = turned(0.3, 1).unwrap();
        motion.rest.pose.yaw = 0.3;
        motion.rest.expression[13][0] = 0.01;
        motion.frame.expression[13][0] = 0.01;
        for _ in 0..EASE_FRAMES {
            driver.take(Some(motion));
            let mut frame = MotionFrame::default();
            driver.drive(&MotionFrame::default(), false, &mut frame);
            assert!(frame.pose.yaw.abs() < 1e-6 && frame.expression[13][0].abs() < 1e-6);
        }
    }
}
