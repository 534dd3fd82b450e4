use super::*;
use crate::motion::idle::IdleLife;
use crate::motion::{LifeSettings, Mood};

fn motion(frames: usize, zero: Zero) -> Motion {
    let mut life = IdleLife::new(8);
    let frames = (0..frames)
        .map(|index| {
            let mut frame = life.next_frame(None);
            frame.pose.yaw += 0.1;
            frame.expression[19][1] = 0.04 * (index as f32 * 0.7).sin().max(0.0);
            frame
        })
        .collect();
    Motion { zero, frames }
}

fn idle() -> MotionFrame {
    let mut frame = MotionFrame::default();
    frame.pose.roll = 0.02;
    frame.expression[1][1] = -0.01;
    frame.expression[19][1] = 0.03;
    frame
}

fn driven(driver: &Driver, index: usize) -> MotionFrame {
    let mut frame = idle();
    driver.drive(index, &MotionFrame::default(), &mut frame);
    frame
}

#[test]
fn a_motion_of_this_portrait_is_replayed_as_it_is() {
    let motion = motion(50, Zero::Portrait);
    let driving = Driving {
        regions: Regions::ALL,
        mode: DriveMode::Absolute,
        ..Driving::default()
    };
    let driver = Driver::new(&motion, &driving, &DrivenPortrait::default());
    for (index, frame) in motion.frames.iter().enumerate() {
        let replayed = driven(&driver, index);
        let numbers = |frame: &MotionFrame| {
            let mut all = vec![
                frame.pose.pitch,
                frame.pose.yaw,
                frame.pose.roll,
                frame.scale,
            ];
            all.extend(frame.translation);
            all.extend(frame.expression.iter().flatten());
            all
        };
        for (a, b) in numbers(&replayed).into_iter().zip(numbers(frame)) {
            assert!((a - b).abs() < 1e-5, "{index}");
        }
    }
}

#[test]
fn regions_that_are_not_driven_stay_as_they_were() {
    let driving = Driving {
        regions: Regions {
            head: true,
            eyes: false,
            brows: false,
            mouth: false,
        },
        ..Driving::default()
    };
    let driver = Driver::new(
        &motion(50, Zero::Portrait),
        &driving,
        &DrivenPortrait::default(),
    );
    let frame = driven(&driver, 7);
    assert_eq!(frame.expression, idle().expression);
    assert_ne!(frame.pose, idle().pose);
}

#[test]
fn who_nods_makes_a_turned_portrait_nod() {
    let pose = |pitch: f32, yaw: f32, roll: f32| HeadPose { pitch, yaw, roll };
    let close = |a: HeadPose, b: HeadPose| {
        let pairs = a.rotation().into_iter().flatten();
        pairs
            .zip(b.rotation().into_iter().flatten())
            .all(|(a, b)| (a - b).abs() < 1e-5)
    };
    let (held, now) = (pose(0.1, 0.2, -0.05), pose(0.3, 0.1, 0.1));
    // Whoever is held alike turns alike.
    assert!(close(now.since(&held).about(&held), now.against(&held)));
    let portrait = pose(0.0, 0.7, 0.0);
    let nod = pose(0.2, 0.0, 0.0).since(&HeadPose::default());
    let turned = nod.about(&portrait);
    // The portrait ends where somebody who looks that way and then nods would be.
    let after = turned.after(&portrait);
    assert!(close(after, pose(0.2, 0.7, 0.0)), "{after:?}");
}

#[test]
fn relative_turns_about_the_portraits_own_pose_and_absolute_takes_it_out() {
    let motion = motion(200, Zero::FacingCamera);
    let portrait = DrivenPortrait {
        pose: HeadPose {
            yaw: 0.15,
            ..HeadPose::default()
        },
        eye_opening: [0.06, 0.06],
    };
    let mean_yaw = |mode| {
        let driving = Driving {
            mode,
            ..Driving::default()
        };
        let driver = Driver::new(&motion, &driving, &portrait);
        (0..200)
            .map(|index| driven(&driver, index).pose.yaw)
            .sum::<f32>()
            / 200.0
    };
    assert!(mean_yaw(DriveMode::Relative).abs() < 0.01);
    assert!((mean_yaw(DriveMode::Absolute) + 0.05).abs() < 0.01);
    // Narrow eyes have a shorter way to shut.
    let driver = Driver::new(&motion, &Driving::default(), &portrait);
    let lid = |frame: &MotionFrame| frame.expression[UPPER_LID_KEYPOINTS[0]][1];
    let farthest = (0..200)
        .map(|index| lid(&driven(&driver, index)))
        .fold(0.0, f32::max);
    let meant = motion.frames.iter().map(lid).fold(0.0, f32::max);
    assert!((farthest / meant - 0.06 / TYPICAL_EYE_OPENING).abs() < 0.01);
}

#[test]
fn a_driver_that_ends_leaves_the_face_to_itself_without_a_jump() {
    let mut motion = motion(40, Zero::Portrait);
    motion.frames[39].pose.yaw = 0.3;
    let driving = Driving {
        mode: DriveMode::Absolute,
        ..Driving::default()
    };
    let driver = Driver::new(&motion, &driving, &DrivenPortrait::default());
    let yaw = |index| driven(&driver, index).pose.yaw;
    for index in 39..80 {
        assert!((yaw(index + 1) - yaw(index)).abs() < 0.05);
    }
    assert_eq!(driven(&driver, 60), idle());
    let repeating = Driver::new(
        &motion,
        &Driving {
            repeats: true,
            ..driving
        },
        &DrivenPortrait::default(),
    );
    let yaw = |index| driven(&repeating, index).pose.yaw;
    assert!((yaw(10) - yaw(10 + 10 * 24)).abs() < 0.2);
    for index in 20..200 {
        assert!((yaw(index + 1) - yaw(index)).abs() < 0.25, "{index}");
    }
}

#[test]
fn mood_stays_underneath_and_strength_spares_the_lids() {
    let mut life = IdleLife::new(1);
    life.start_with(&LifeSettings {
        mood: Mood::Happy,
        ..LifeSettings::default()
    });
    let motion = motion(60, Zero::Portrait);
    let driving = Driving {
        regions: Regions::ALL,
        mode: DriveMode::Absolute,
        strength: 0.5,
        ..Driving::default()
    };
    let driver = Driver::new(&motion, &driving, &DrivenPortrait::default());
    let mut frame = life.next_frame(None);
    driver.drive(20, &life.held(), &mut frame);
    let source = motion.frames[20];
    assert!((frame.expression[19][1] - 0.5 * source.expression[19][1]).abs() < 1e-6);
    assert!((frame.expression[14][1] - Mood::Happy.expression()[14][1]).abs() < 1e-6);
    assert_eq!(frame.expression[11][1], source.expression[11][1]);
}

#[test]
fn nothing_drives_nothing_and_rubbish_is_bent() {
    for strength in [f32::NAN, -3.0, 100.0, f32::INFINITY] {
        let driving = Driving {
            strength,
            smoothing: strength,
            repeats: true,
            ..Driving::default()
        };
        let driver = Driver::new(&Motion::default(), &driving, &DrivenPortrait::default());
        assert_eq!(driven(&driver, 3), idle());
        let mut wild = motion(10, Zero::FacingCamera);
        wild.frames[4].pose.yaw = 3.0;
        let driver = Driver::new(&wild, &driving, &DrivenPortrait::default());
        assert!(driven(&driver, 4).pose.yaw.abs() <= TURNS[1][1]);
    }
}
