//! A face that is followed live does what a film of it does, without a look ahead.

use super::super::live::LiveFace;
use super::super::low_pass::min_cutoff_hz;
use super::super::measure::{EXPRESSION, EYE_OPENING, LOG_SCALE, POSE};
use super::*;
use crate::motion::{LID_TRAVEL, LiveMotion, TYPICAL_EYE_OPENING};

/// Frames of a relaxed face before the known motion.
const RELAXED: usize = 40;

/// Known motion after a second and a half in which the face does nothing.
fn relaxed_then_known(frames: usize) -> Vec<MotionFrame> {
    let mut motion = vec![MotionFrame::default(); RELAXED];
    motion.extend(known_motion(frames));
    motion
}

/// What a live face says to measurements, some of which are missing.
fn followed<'a>(
    measured: impl IntoIterator<Item = (f64, Option<&'a TimedMeasurement>)>,
) -> Vec<Sight> {
    let mut face = LiveFace::default();
    measured
        .into_iter()
        .map(|(time_secs, one)| {
            let seen = one.map(|one| Seen {
                channels: one.channels.clone(),
                width_px: 200.0,
            });
            face.next(time_secs, seen)
        })
        .collect()
}

fn all(measured: &[TimedMeasurement]) -> Vec<Sight> {
    followed(measured.iter().map(|one| (one.time_secs, Some(one))))
}

/// With what a driver rests at taken out, as it drives.
fn against_rest(motion: &LiveMotion, curve: fn(&MotionFrame) -> f32) -> f32 {
    curve(&motion.frame) - curve(&motion.rest)
}

#[test]
fn live_it_is_late_by_no_more_than_its_filters_may_be() {
    let known = relaxed_then_known(250);
    let measured = measured(&known);
    let sights = all(&measured);
    let (film, _) = movement(&measured, known.len() as f64 / 25.0, Neutral::Clip).unwrap();
    // What shut lids hide, a film guesses from both sides.
    let are_shut: Vec<bool> = film.iter().map(|frame| CURVES[4].1(frame) > 0.04).collect();
    assert!(are_shut.iter().filter(|is_shut| **is_shut).count() < 50);
    let quiet = film[5..RELAXED - 5].to_vec();
    for (name, curve) in CURVES {
        let channel = match name {
            "pitch" | "yaw" | "roll" => POSE,
            "scale" => LOG_SCALE,
            "lids" => EYE_OPENING,
            "gaze" => GAZE,
            "brows" => EXPRESSION + 3,
            _ => EXPRESSION + 3 * 19,
        };
        // The film counts from the middle of all of it, the live face from its first second.
        let zero = quiet.iter().map(curve).sum::<f32>() / quiet.len() as f32;
        let film: Vec<f32> = film.iter().map(|frame| curve(frame) - zero).collect();
        let speed = film
            .windows(2)
            .map(|pair| (pair[1] - pair[0]).abs() * 25.0)
            .fold(0.0, f32::max);
        // A low pass of first order is late by its time constant: off by at most that many seconds of the quickest movement. A frame
        // of the clock is added by sampling; what remains is the jitter that both of them let through.
        let late_secs = 1.0 / (std::f32::consts::TAU * min_cutoff_hz(channel)) + 0.04;
        let bound = speed * late_secs + 0.004;
        let worst = sights
            .iter()
            .zip(&film)
            .enumerate()
            .skip(RELAXED)
            .filter(|(index, _)| name != "gaze" || !are_shut[index - 5..=*index].contains(&true))
            .map(|(_, (sight, film))| {
                let motion = sight.motion.expect("a neutral face by now");
                (against_rest(&motion, curve) - film).abs()
            })
            .fold(0.0, f32::max);
        println!("{name}: {worst:.4} of at most {bound:.4}");
        assert!(worst <= bound, "{name}: {worst} of {bound}");
        let live: Vec<f32> = sights[RELAXED..]
            .iter()
            .map(|sight| against_rest(&sight.motion.unwrap(), curve))
            .collect();
        let r = correlation(&live, &film[RELAXED..]);
        assert!(r > 0.95, "{name}: {r}");
    }
}

#[test]
fn nothing_of_what_is_yet_to_come_counts() {
    let measured = measured(&relaxed_then_known(100));
    let whole = all(&measured);
    let part = all(&measured[..90]);
    assert_eq!(whole[..90], part);
    // Nothing drives before there is a neutral face.
    let first = part.iter().position(|sight| sight.motion.is_some());
    assert!((25..30).contains(&first.unwrap()), "{first:?}");
    assert!(part[10].is_settling && !part[40].is_settling);
}

#[test]
fn a_face_that_goes_is_gone_and_one_that_flickers_stays() {
    let measured = measured(&relaxed_then_known(150));
    let is_away = |index: usize| (60..63).contains(&index) || (90..130).contains(&index);
    // Somewhere in the gap the detector takes a picture on the wall for a face.
    let sights = followed(measured.iter().enumerate().map(|(index, one)| {
        let is_seen = !is_away(index) || (110..112).contains(&index);
        (one.time_secs, is_seen.then_some(one))
    }));
    assert!(sights[59..66].iter().all(|sight| sight.motion.is_some()));
    // A missing picture holds the last one.
    assert_eq!(sights[60].motion, sights[59].motion);
    assert!(sights[89].has_face && sights[95].has_face && !sights[101].has_face);
    assert!(sights[101..130].iter().all(|sight| sight.motion.is_none()));
    assert!(sights[136].motion.is_some());
    // It still counts from the neutral face of before.
    let neutral = |index: usize| sights[index].motion.unwrap().neutral;
    assert_eq!((neutral(80), neutral(140)), (1, 1));
}

#[test]
fn a_neutral_face_is_taken_again_when_it_is_asked_for() {
    let mut frames = vec![MotionFrame::default(); 40];
    let mut leaning = MotionFrame {
        pose: HeadPose {
            yaw: 0.2,
            ..HeadPose::default()
        },
        ..MotionFrame::default()
    };
    leaning.expression[1][1] = -0.02;
    frames.extend([leaning; 60]);
    let measured = measured(&frames);
    let mut face = LiveFace::default();
    let mut yaws = Vec::new();
    for (index, one) in measured.iter().enumerate() {
        if index == 60 {
            face.take_neutral();
        }
        let seen = Some(Seen {
            channels: one.channels.clone(),
            width_px: 200.0,
        });
        let sight = face.next(one.time_secs, seen);
        yaws.push(
            sight
                .motion
                .map(|motion| (against_rest(&motion, |f| f.pose.yaw), motion.neutral)),
        );
    }
    let (before, number) = yaws[59].unwrap();
    assert!((before - 0.2).abs() < 0.02 && number == 1, "{before}");
    // The old one counts until the new one is there.
    assert_eq!(yaws[70].unwrap().1, 1);
    let (after, number) = yaws[99].unwrap();
    assert!(after.abs() < 0.02 && number == 2, "{after}");
}

#[test]
fn whoever_comes_back_after_long_is_measured_from_their_new_place() {
    let away = |frames: usize| {
        let leaning = MotionFrame {
            translation: [0.5, 0.0, 0.0],
            ..MotionFrame::default()
        };
        let mut motion = vec![MotionFrame::default(); 50 + frames];
        motion.extend([leaning; 60]);
        let measured = measured(&motion);
        let sights = followed(measured.iter().enumerate().map(|(index, one)| {
            let is_away = (50..50 + frames).contains(&index);
            (one.time_secs, (!is_away).then_some(one))
        }));
        // At once and a second later.
        [60, 105].map(|since| {
            let motion = sights[since - 5 + frames].motion.unwrap();
            (motion.neutral, against_rest(&motion, |f| f.translation[0]))
        })
    };
    let [before, after] = away(100);
    assert!((before.0, after.0) == (1, 1) && after.1 > 0.45, "{after:?}");
    let [before, after] = away(300);
    assert!(before.0 == 1 && before.1 > 0.4, "{before:?}");
    assert!(after.0 == 2 && after.1.abs() < 0.02, "{after:?}");
}

#[test]
fn a_face_beside_the_camera_is_taken_as_it_is_after_a_while() {
    let aside = MotionFrame {
        pose: HeadPose {
            yaw: 0.6,
            ..HeadPose::default()
        },
        ..MotionFrame::default()
    };
    let sights = all(&measured(&vec![aside; 120]));
    let first = sights.iter().position(|sight| sight.motion.is_some());
    assert!((98..105).contains(&first.unwrap()), "{first:?}");
}

#[test]
fn blinks_shut_the_eyes_once_they_are_known() {
    // Eyes that the network still sees half open when they are shut: the typical shut eye lies far below.
    let mut measured = measured(&[MotionFrame::default(); 150]);
    for (index, one) in measured.iter_mut().enumerate() {
        if index > 40 && index % 30 < 3 {
            for eye in 0..2 {
                one.channels[EYE_OPENING + eye] *= 0.42;
            }
        }
    }
    let sights = all(&measured);
    let lid = |index: usize| CURVES[4].1(&sights[index].motion.unwrap().frame);
    assert!(lid(121) > 1.1 * lid(61), "{} {}", lid(61), lid(121));
    let shut = LID_TRAVEL * TYPICAL_EYE_OPENING;
    assert!((lid(121) - shut).abs() < 0.02 * shut);
}

#[test]
fn pictures_of_a_face_become_motion_and_too_many_are_passed_over() {
    let tracker = Tracker::load(&models()).unwrap();
    let mut track = LiveTrack::new(&tracker);
    let picture = portrait("grace_hopper.jpg");
    let pixels = rgb(&picture);
    let grey = vec![128; pixels.len()];
    let mut push = |rgb: &[u8], time_secs: f64| {
        track
            .push(&VideoFrame {
                width: picture.width as usize,
                height: picture.height as usize,
                rgb,
                time_secs,
            })
            .unwrap()
    };
    assert_eq!(push(&grey, 10.0), Some(Sight::default()));
    // While nobody is there, few pictures are searched.
    assert_eq!(push(&pixels, 10.04), None);
    let seen: Vec<Sight> = (0..9)
        .map(|i| push(&pixels, 10.3 + 0.15 * f64::from(i)).unwrap())
        .collect();
    assert_eq!(push(&pixels, 11.51), None);
    assert!(seen[4].has_face && seen[4].is_settling && seen[4].motion.is_none());
    let motion = seen[8].motion.unwrap();
    assert!(against_rest(&motion, |frame| frame.pose.yaw).abs() < 0.02);
    let wrong = VideoFrame {
        width: 3,
        height: 3,
        rgb: &grey[..8],
        time_secs: 20.0,
    };
    assert!(LiveTrack::new(&tracker).push(&wrong).is_err());
}
