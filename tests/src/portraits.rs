//! Portraits as the program prepares them, and the poses that golden frames and contact sheets show.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use engine::motion::Mood;
use engine::portrait::{Analyzer, Picture, PortraitMesh};
use shaders::{FaceMotion, PortraitScene};

/// The project's folder.
pub fn project() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The networks and the rig that the project ships.
///
/// # Panics
/// Without the models folder.
pub fn analyzer() -> Analyzer {
    Analyzer::load(&project().join("models")).expect("the face models are there")
}

/// The scene of an analysed picture.
pub fn scene(picture: Picture, mesh: PortraitMesh, analyzer: &Analyzer) -> PortraitScene {
    studio::avatar::scene(picture, mesh, Arc::clone(analyzer.rig()))
}

fn with_expression(deltas: &[(usize, [f32; 3])]) -> FaceMotion {
    // As in speech, from shut lips.
    let mut motion = FaceMotion {
        mouth_shut: 1.0,
        ..FaceMotion::default()
    };
    for &(keypoint, delta) in deltas {
        motion.frame.expression[keypoint] = delta;
    }
    motion
}

fn turned(pitch_degrees: f32, yaw_degrees: f32) -> FaceMotion {
    let mut motion = FaceMotion::default();
    motion.frame.pose.pitch = pitch_degrees.to_radians();
    motion.frame.pose.yaw = yaw_degrees.to_radians();
    motion
}

/// Neutral, six visemes, blink and turns by name; `eye_opening` is [`PortraitMesh::eye_opening`].
pub fn poses(eye_opening: [f32; 2]) -> Vec<(&'static str, FaceMotion)> {
    // Keypoints: 11 and 15 lids, 14 mouth corner, 17 upper lip, 19 lower lip, 20 chin.
    let blink = |part: f32| {
        with_expression(&[
            (11, [0.0, part * 0.88 * eye_opening[0], 0.0]),
            (15, [0.0, part * 0.88 * eye_opening[1], 0.0]),
        ])
    };
    let mood = |mood: Mood| {
        let mut motion = FaceMotion::default();
        motion.frame.expression = mood.expression();
        motion
    };
    vec![
        ("neutral", FaceMotion::default()),
        (
            "aa",
            with_expression(&[
                (17, [0.0, -0.015, 0.0]),
                (19, [0.0, 0.13, 0.02]),
                (20, [0.0, 0.12, 0.02]),
            ]),
        ),
        (
            "ee",
            with_expression(&[
                (14, [0.035, -0.01, 0.01]),
                (17, [0.0, -0.015, 0.0]),
                (19, [0.0, 0.045, 0.0]),
                (20, [0.0, 0.03, 0.0]),
            ]),
        ),
        (
            "oo",
            with_expression(&[
                (14, [-0.06, 0.0, -0.02]),
                (17, [0.0, -0.015, -0.05]),
                (19, [0.0, 0.045, -0.05]),
                (20, [0.0, 0.03, -0.01]),
            ]),
        ),
        (
            "f",
            with_expression(&[
                (17, [0.0, -0.02, 0.0]),
                (19, [0.0, 0.0, 0.03]),
                (20, [0.0, 0.02, 0.01]),
            ]),
        ),
        ("l", {
            let mut motion = with_expression(&[
                (17, [0.0, -0.01, 0.0]),
                (19, [0.0, 0.075, 0.01]),
                (20, [0.0, 0.07, 0.01]),
            ]);
            motion.frame.tongue = 1.0;
            motion
        }),
        (
            "m",
            with_expression(&[(17, [0.0, 0.012, 0.01]), (19, [0.0, -0.012, 0.01])]),
        ),
        ("blink", blink(1.0)),
        ("yaw_left", turned(0.0, -15.0)),
        ("yaw_right", turned(0.0, 15.0)),
        ("pitch_up", turned(-10.0, 0.0)),
        ("pitch_down", turned(10.0, 0.0)),
        ("half_blink", blink(0.5)),
        (
            "look_left",
            with_expression(&[(13, [-0.03, 0.0, 0.0]), (16, [-0.03, 0.0, 0.0])]),
        ),
        (
            "look_down",
            with_expression(&[
                (13, [0.0, 0.02, 0.0]),
                (16, [0.0, 0.02, 0.0]),
                (11, [0.0, 0.016, 0.0]),
                (15, [0.0, 0.016, 0.0]),
            ]),
        ),
        ("happy", mood(Mood::Happy)),
        ("concerned", mood(Mood::Concerned)),
        ("surprised", mood(Mood::Surprised)),
    ]
}
