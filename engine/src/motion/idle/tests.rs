use super::*;
use crate::motion::{GAZE_REACH, Mood, MouthStyle};

const TEN_MINUTES: usize = 10 * 60 * 25;

/// A mouth that says four syllables a second for two seconds, then rests for one.
fn speech(frame: usize) -> MouthFrame {
    let mut mouth = MouthFrame::default();
    let secs = frame as f32 / 25.0;
    if secs % 3.0 < 2.0 {
        let open = 0.5 - 0.5 * (std::f32::consts::TAU * 4.0 * secs).cos();
        mouth.lower_lip[1] = 0.12 * open;
        mouth.chin[1] = 0.10 * open;
    }
    mouth
}

fn frames(seed: u64, talking: bool) -> Vec<MotionFrame> {
    let mut life = IdleLife::new(seed);
    (0..TEN_MINUTES)
        .map(|i| life.next_frame(talking.then(|| speech(i)).as_ref()))
        .collect()
}

fn lid(frame: &MotionFrame, eye: usize) -> f32 {
    frame.expression[UPPER_LID_KEYPOINTS[eye]][1]
}

#[test]
fn people_blink_ten_to_twenty_five_times_a_minute_and_the_lids_shut() {
    for seed in 0..8 {
        let frames = frames(seed, false);
        let mut blinks = 0;
        let mut shut = false;
        let mut frames_shut = 0;
        for frame in &frames {
            if lid(frame, 0) > 0.09 {
                assert!(lid(frame, 1) > 0.085, "both eyes shut together");
                blinks += usize::from(!shut);
                shut = true;
                frames_shut += 1;
                assert!(frames_shut < 6, "the eyes stay shut");
            } else if lid(frame, 0) < 0.02 {
                shut = false;
                frames_shut = 0;
            }
        }
        assert!(
            (100..=250).contains(&blinks),
            "seed {seed}: {blinks} in ten minutes"
        );
        let open = frames.iter().filter(|f| lid(f, 0) < 0.02).count();
        assert!(open as f64 > 0.85 * frames.len() as f64, "{open}");
    }
}

#[test]
fn the_head_stays_in_bounds_never_freezes_and_never_jumps() {
    for (seed, talking) in [(1, false), (2, true), (3, true)] {
        let frames = frames(seed, talking);
        let angles = |f: &MotionFrame| [f.pose.pitch, f.pose.yaw, f.pose.roll];
        for pair in frames.windows(2) {
            for (a, b) in angles(&pair[0]).into_iter().zip(angles(&pair[1])) {
                assert!(a.abs() <= HEAD_TURN_LIMIT);
                // 0.7 degrees a frame is 17° a second.
                assert!((a - b).abs() < 0.012, "{}", (a - b).abs());
            }
            assert!((pair[0].translation[1] - pair[1].translation[1]).abs() < 0.0025);
        }
        for second in frames.chunks(50) {
            let yaws = second.iter().map(|f| f.pose.yaw);
            let spread = yaws.clone().fold(f32::MIN, f32::max) - yaws.fold(f32::MAX, f32::min);
            assert!(spread > 0.0005, "frozen for two seconds: {spread}");
        }
    }
}

#[test]
fn speech_moves_the_head_more_and_lifts_the_brows() {
    let spread = |frames: &[MotionFrame]| {
        frames.iter().map(|f| f.pose.yaw.powi(2)).sum::<f32>() / frames.len() as f32
    };
    let (silent, talking) = (frames(4, false), frames(4, true));
    assert!(spread(&talking) > 1.15 * spread(&silent));
    let highest = |frames: &[MotionFrame]| {
        frames
            .iter()
            .map(|f| -f.expression[BROW_KEYPOINTS[0]][1])
            .fold(0.0, f32::max)
    };
    assert!(highest(&silent) < 1e-6);
    assert!(
        (0.004..0.035).contains(&highest(&talking)),
        "{}",
        highest(&talking)
    );
}

#[test]
fn the_mouth_arrives_articulated_and_equal_seeds_are_equal() {
    let (a, b, c) = (frames(9, true), frames(9, true), frames(10, true));
    assert_eq!(a, b);
    assert_ne!(a, c);
    for (i, frame) in a.iter().enumerate().take(100) {
        let mouth = articulated(&speech(i), &MouthStyle::default());
        assert_eq!(frame.expression[19], mouth.lower_lip);
        assert_eq!(frame.expression[20], mouth.chin);
    }
}

#[test]
fn eyes_glance_within_reach() {
    let frames = frames(12, false);
    let looks: Vec<f32> = frames
        .iter()
        .map(|f| f.expression[IRIS_KEYPOINTS[0]][0])
        .collect();
    assert!(looks.iter().all(|x| x.abs() <= 0.022));
    let glances = looks.windows(2).filter(|w| w[0] == w[1]).count();
    assert!(glances > frames.len() / 2, "the eyes rest between glances");
    assert!(looks.iter().any(|&x| x > 0.01) && looks.iter().any(|&x| x < -0.01));
}

#[test]
fn settings_hold_gaze_head_and_mood_and_a_still_face_is_still() {
    let mut life = IdleLife::new(3);
    life.set_settings(&LifeSettings {
        amount: 0.0,
        gaze: [1.0, 0.0],
        head: HeadPose {
            yaw: 0.2,
            ..HeadPose::default()
        },
        mood: Mood::Happy,
        ..LifeSettings::default()
    });
    let frames: Vec<_> = (0..500).map(|_| life.next_frame(None)).collect();
    let last = frames[499];
    assert!((last.expression[IRIS_KEYPOINTS[0]][0] - GAZE_REACH).abs() < 1e-3);
    assert!((last.pose.yaw - 0.2).abs() < 0.02, "{}", last.pose.yaw);
    assert!((last.expression[14][0] - 0.030).abs() < 1e-4);
    for frame in &frames[200..] {
        for (a, b) in frame
            .expression
            .iter()
            .flatten()
            .zip(last.expression.iter().flatten())
        {
            assert!((a - b).abs() < 1e-5);
        }
        assert!((frame.pose.pitch - last.pose.pitch).abs() < 1e-4);
    }
}

#[test]
fn blinks_are_as_deep_as_the_eyes_are_open() {
    let deepest = |opening: f32| {
        let mut life = IdleLife::new(5);
        life.fit(&DrivenPortrait {
            eye_opening: [opening; 2],
            ..DrivenPortrait::default()
        });
        (0..TEN_MINUTES)
            .map(|_| lid(&life.next_frame(None), 0))
            .fold(0.0, f32::max)
    };
    for opening in [0.06, 0.119, 0.16] {
        let part = deepest(opening) / (0.88 * opening);
        assert!((0.9..1.25).contains(&part), "{opening}: {part}");
    }
}

#[test]
fn a_head_in_three_quarter_view_nods_where_it_looks() {
    let rest = HeadPose {
        yaw: 0.7,
        pitch: 0.1,
        roll: -0.05,
    };
    let nod = LifeSettings {
        head: HeadPose {
            pitch: 0.2,
            ..HeadPose::default()
        },
        ..LifeSettings::default()
    };
    let mut life = IdleLife::new(3);
    life.fit(&DrivenPortrait {
        pose: rest,
        ..DrivenPortrait::default()
    });
    life.start_with(&nod);
    let seen = |pose: &HeadPose| {
        let (turn, rest) = (pose.rotation(), rest.rotation());
        // Where the head's own left-right axis points after the turn.
        (0..3)
            .map(|row| (0..3).map(|k| turn[row][k] * rest[k][0]).sum::<f32>())
            .zip(rest.map(|row| row[0]))
            .all(|(now, before)| (now - before).abs() < 1e-5)
    };
    let held = life.held().pose;
    assert!(seen(&held), "a nod leaves the axis through the ears");
    assert!(!seen(&nod.head), "the picture's axis is another one");
    // A face that looks into the camera nods about both alike.
    let mut facing = IdleLife::new(3);
    facing.start_with(&nod);
    assert!((facing.held().pose.pitch - 0.2).abs() < 1e-6);
}

#[test]
fn an_accent_nods_and_raises_the_brows() {
    let mut plain = IdleLife::new(7);
    let mut accented = IdleLife::new(7);
    let accent = Accent {
        nod: 1.0,
        brow: 1.0,
    };
    for frame in 0..25 {
        let mouth = speech(frame);
        let calm = plain.next_frame(Some(&mouth));
        let lively = accented.next_frame_with_accent(Some(&mouth), accent);
        assert!(lively.pose.pitch > calm.pose.pitch);
        assert!(lively.expression[BROW_KEYPOINTS[0]][1] < calm.expression[BROW_KEYPOINTS[0]][1]);
    }
}

#[test]
fn speech_does_not_make_the_eyes_flutter() {
    for seed in 0..8 {
        let frames = frames(seed, true);
        let shut = |frame: &MotionFrame| lid(frame, 0) > 0.09;
        let blinks = frames
            .windows(2)
            .filter(|pair| !shut(&pair[0]) && shut(&pair[1]));
        let blinks = blinks.count();
        assert!(
            (110..=235).contains(&blinks),
            "seed {seed}: {blinks} in ten minutes"
        );
    }
}

/// Standard deviations of pitch, yaw and roll, degrees.
fn head_spread(frames: &[MotionFrame]) -> [f32; 3] {
    [0, 1, 2].map(|axis| {
        let angles: Vec<f32> = frames
            .iter()
            .map(|f| [f.pose.pitch, f.pose.yaw, f.pose.roll][axis].to_degrees())
            .collect();
        let mean = angles.iter().sum::<f32>() / angles.len() as f32;
        let variance = angles.iter().map(|a| (a - mean).powi(2)).sum::<f32>();
        (variance / angles.len() as f32).sqrt()
    })
}

#[test]
fn the_head_moves_as_far_as_the_heads_of_people() {
    // Ten minutes hold some hundred postures only, so single seeds differ by a tenth.
    let mean = |talking: bool| {
        let spreads: Vec<[f32; 3]> = (0..6)
            .map(|seed| head_spread(&frames(seed, talking)))
            .collect();
        [0, 1, 2].map(|axis| spreads.iter().map(|spread| spread[axis]).sum::<f32>() / 6.0)
    };
    let [pitch, yaw, roll] = mean(true);
    assert!((1.5..2.5).contains(&pitch), "pitch {pitch}°");
    assert!((1.5..2.7).contains(&yaw), "yaw {yaw}°");
    assert!((0.8..1.6).contains(&roll), "roll {roll}°");
    // Nobody moves like that without a word.
    let [pitch, yaw, roll] = mean(false);
    assert!((0.5..1.3).contains(&pitch), "pitch {pitch}° in silence");
    assert!((0.5..1.4).contains(&yaw), "yaw {yaw}° in silence");
    assert!((0.3..0.9).contains(&roll), "roll {roll}° in silence");
}
