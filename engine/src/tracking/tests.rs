//! Faces moved by the rig with known motion are measured, and the motion comes out again.

mod live;

use super::*;
use crate::motion::idle::IdleLife;
use crate::motion::{HeadPose, IRIS_KEYPOINTS, UPPER_LID_KEYPOINTS};
use crate::portrait::{
    FACE_VERTICES, FaceRig, IRIS_LANDMARKS, Picture, Similarity, load_picture, load_rig,
};
use crate::random::Random;

fn models() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../models")
}

fn rig() -> FaceRig {
    load_rig(&models().join("face_rig.safetensors")).unwrap()
}

/// The landmarks of a face with this motion: its eyes as the rig has them, a nose of its own, in a picture of 720 pixels.
fn landmarks(rig: &FaceRig, frame: &MotionFrame, random: &mut Random) -> Vec<[f32; 3]> {
    let placement = Similarity {
        scale_px: 160.0 * frame.scale,
        rotation: frame.pose.rotation(),
        translation_px: [
            360.0 + 160.0 * frame.translation[0],
            300.0 + 160.0 * frame.translation[1],
            0.0,
        ],
    };
    let moved = rig.displacements(&frame.expression);
    let mut points: Vec<[f32; 3]> = (0..FACE_VERTICES)
        .map(|vertex| {
            let mut point = rig.canonical_vertices[vertex];
            // Who it is: longer in the face and broader in the nose than the canonical one.
            point[1] *= 1.0 + 0.03 * point[1].max(0.0);
            point[0] *= 1.0 + 0.04 * (-point[0].powi(2) * 30.0).exp();
            std::array::from_fn(|c| point[c] + moved[vertex][c])
        })
        .collect();
    for (eye, corners) in [[33, 133], [362, 263]].into_iter().enumerate() {
        let [a, b] = corners.map(|corner: usize| rig.canonical_vertices[corner]);
        let gaze = frame.expression[IRIS_KEYPOINTS[eye]];
        let middle: [f32; 3] = std::array::from_fn(|c| 0.5 * (a[c] + b[c]) + gaze[c]);
        points.extend([middle; 5]);
    }
    assert_eq!(points.len(), IRIS_LANDMARKS[1] + 5);
    points
        .into_iter()
        .map(|point| {
            let jitter = |random: &mut Random| (random.between(-0.25, 0.25)) as f32;
            placement
                .transform_point(point)
                .map(|value| value + jitter(random))
        })
        .collect()
}

/// Motion with everything in it: a swaying head, blinks and glances, brows, and a mouth that opens and smiles.
fn known_motion(frames: usize) -> Vec<MotionFrame> {
    let mut life = IdleLife::new(5);
    (0..frames)
        .map(|index| {
            let wave = |period_secs: f32| {
                (index as f32 / 25.0 / period_secs * std::f32::consts::TAU).sin()
            };
            let mut frame = life.next_frame(None);
            frame.pose = HeadPose {
                pitch: 0.12 * wave(2.3),
                yaw: 0.3 * wave(3.7),
                roll: 0.1 * wave(2.9),
            };
            frame.scale = 1.0 + 0.05 * wave(6.0);
            let open = (wave(0.8) * wave(3.0)).max(0.0) * 0.09;
            frame.expression[17][1] = -0.25 * open;
            frame.expression[19][1] = 0.75 * open;
            frame.expression[20][1] = 0.7 * open;
            frame.expression[14][0] = 0.03 * wave(2.1).max(0.0);
            for brow in [1, 2] {
                frame.expression[brow][1] = -0.03 * wave(1.9).max(0.0);
            }
            frame
        })
        .collect()
}

fn correlation(a: &[f32], b: &[f32]) -> f32 {
    let mean = |values: &[f32]| values.iter().sum::<f32>() / values.len() as f32;
    let (mean_a, mean_b) = (mean(a), mean(b));
    let (mut ab, mut aa, mut bb) = (0.0, 0.0, 0.0);
    for (&x, &y) in a.iter().zip(b) {
        ab += (x - mean_a) * (y - mean_b);
        aa += (x - mean_a).powi(2);
        bb += (y - mean_b).powi(2);
    }
    ab / (aa * bb).sqrt().max(f32::MIN_POSITIVE)
}

/// Something of a motion that is compared, by name.
type Curve = (&'static str, fn(&MotionFrame) -> f32);

const CURVES: [Curve; 9] = [
    ("pitch", |frame| frame.pose.pitch),
    ("yaw", |frame| frame.pose.yaw),
    ("roll", |frame| frame.pose.roll),
    ("scale", |frame| frame.scale),
    ("lids", |frame| frame.expression[UPPER_LID_KEYPOINTS[0]][1]),
    ("gaze", |frame| frame.expression[IRIS_KEYPOINTS[1]][0]),
    ("brows", |frame| frame.expression[1][1]),
    ("opening", |frame| {
        frame.expression[19][1] - frame.expression[17][1]
    }),
    ("corners", |frame| frame.expression[14][0]),
];

fn measured(motion: &[MotionFrame]) -> Vec<TimedMeasurement> {
    let rig = rig();
    let measurer = Measurer::new(&rig);
    let mut random = Random::new(3);
    motion
        .iter()
        .enumerate()
        .map(|(index, frame)| TimedMeasurement {
            time_secs: index as f64 / 25.0,
            channels: Box::new(measurer.measure(&landmarks(&rig, frame, &mut random))),
        })
        .collect()
}

#[test]
fn known_movement_is_found_again() {
    let known = known_motion(250);
    for neutral in [Neutral::Clip, Neutral::FirstFrame] {
        let (found, report) = movement(&measured(&known), 10.0, neutral).unwrap();
        assert_eq!((report.frames, report.frames_seen), (250, 250));
        for (name, curve) in CURVES {
            let [wanted, got] = [&known, &found].map(|m| m.iter().map(curve).collect::<Vec<_>>());
            let r = correlation(&wanted, &got);
            println!("{name}: {r:.3} ({neutral:?})");
            let least = match name {
                "pitch" | "yaw" | "roll" | "scale" => 0.99,
                // Brows and cheeks move the lids' edges, too.
                "lids" => 0.95,
                _ => 0.98,
            };
            assert!(r >= least, "{name}: {r} ({neutral:?})");
        }
        let opening = CURVES[7].1;
        // The canonical face's lips are never shut, so the least of what is found is not 0.
        let span = |m: &[MotionFrame]| {
            let values = || m.iter().map(opening);
            values().fold(f32::MIN, f32::max) - values().fold(f32::MAX, f32::min)
        };
        let ratio = span(&found) / span(&known);
        assert!((0.8..1.1).contains(&ratio), "{ratio}");
    }
}

#[test]
fn a_face_that_is_away_for_a_while_is_reported() {
    let known = known_motion(250);
    let mut measured = measured(&known);
    measured.retain(|one| !(4.0..6.0).contains(&one.time_secs));
    let (frames, report) = movement(&measured, 10.0, Neutral::Clip).unwrap();
    assert_eq!((frames.len(), report.frames_seen), (250, 200));
    assert_eq!(report.gaps_secs, [[4.0, 6.0]]);
    let still = frames[130];
    assert!(still.expression.iter().flatten().all(|&delta| delta == 0.0));
    assert!(report.to_string().contains("4.0 to 6.0 s"), "{report}");
}

fn portrait(name: &str) -> Picture {
    load_picture(
        &Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("../assets/portraits")
            .join(name),
    )
    .unwrap()
}

fn rgb(picture: &Picture) -> Vec<u8> {
    picture
        .rgba
        .chunks_exact(4)
        .flat_map(|pixel| pixel[..3].to_vec())
        .collect()
}

#[test]
fn a_still_face_is_found_once_and_stays() {
    let tracker = Tracker::load(&models()).unwrap();
    let mut track = FaceTrack::new(&tracker);
    let picture = portrait("grace_hopper.jpg");
    let pixels = rgb(&picture);
    let grey = vec![128; pixels.len()];
    for index in 0..12 {
        // Nobody is there at first.
        let pixels = if index < 2 { &grey } else { &pixels };
        let looked = track
            .push(&VideoFrame {
                width: picture.width as usize,
                height: picture.height as usize,
                rgb: pixels,
                time_secs: f64::from(index) / 25.0,
            })
            .unwrap();
        assert!(looked);
    }
    let Tracked { motion, report } = track.finish(Neutral::Clip).unwrap();
    assert_eq!(
        (report.frames, report.frames_seen, report.most_faces),
        (12, 10, 1)
    );
    assert_eq!(motion.zero, Zero::FacingCamera);
    assert!(report.face_px > 100.0);
    for pair in motion.frames.windows(2) {
        assert!((pair[1].pose.yaw - pair[0].pose.yaw).abs() < 0.02);
    }
    assert!(
        motion.frames[5..]
            .iter()
            .all(|frame| frame.expression[19][1].abs() < 0.02)
    );
}

#[test]
fn films_without_a_face_say_what_to_do() {
    let tracker = Tracker::load(&models()).unwrap();
    let nothing = FaceTrack::new(&tracker).finish(Neutral::Clip).unwrap_err();
    assert!(nothing.to_string().contains("no frames"));
    let frame = |rgb, time_secs| VideoFrame {
        width: 200,
        height: 120,
        rgb,
        time_secs,
    };
    let grey = vec![90; 200 * 120 * 3];
    let mut track = FaceTrack::new(&tracker);
    assert!(track.push(&frame(&grey[1..], 0.0)).is_err());
    assert!(track.push(&frame(&grey, 3.0 * 3600.0)).is_err());
    assert!(track.push(&frame(&grey, 0.0)).unwrap());
    assert!(!track.push(&frame(&grey, 0.01)).unwrap());
    let message = track.finish(Neutral::Clip).unwrap_err().to_string();
    assert!(message.contains("no face"), "{message}");
}
