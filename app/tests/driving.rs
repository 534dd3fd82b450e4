//! A known motion drives a portrait into a video, the video's face is followed, and the motion comes out again.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod program;

use std::path::Path;

use engine::motion::{
    HeadPose, IRIS_KEYPOINTS, Motion, MotionFrame, UPPER_LID_KEYPOINTS, Zero, motion_file,
};
use jam_flow::cli::animate;
use jam_flow::cli::animate::AnimateArguments;
use jam_flow::cli::options::compute::ComputeArguments;
use jam_flow::cli::options::drive::{DriveArguments, ModeArgument};
use jam_flow::cli::options::look::LookArguments;
use jam_flow::cli::options::portrait::PortraitArguments;
use jam_flow::cli::track;
use jam_flow::cli::track::{NeutralArgument, TrackArguments};
use studio::resources::Resources;

use program::{error_line, run};

const FRAMES: usize = 75;

/// Three seconds in which the head turns and nods, the eyes blink and look aside, the brows rise and the mouth opens.
fn known() -> Motion {
    let frames = (0..FRAMES).map(|index| {
        let wave =
            |period_secs: f32| (index as f32 / 25.0 / period_secs * std::f32::consts::TAU).sin();
        let mut frame = MotionFrame {
            pose: HeadPose {
                pitch: 0.09 * wave(1.7),
                yaw: 0.2 * wave(2.6),
                roll: 0.08 * wave(2.1),
            },
            ..MotionFrame::default()
        };
        let open = wave(0.9).max(0.0) * 0.09;
        frame.expression[17][1] = -0.2 * open;
        frame.expression[19][1] = 0.8 * open;
        frame.expression[20][1] = 0.75 * open;
        for lid in UPPER_LID_KEYPOINTS {
            let blink = 1.0 - ((index as f32 - 30.0).abs().min((index as f32 - 60.0).abs()) / 3.0);
            frame.expression[lid][1] = 0.105 * blink.max(0.0);
        }
        for iris in IRIS_KEYPOINTS {
            frame.expression[iris][0] = 0.02 * wave(1.3);
        }
        for brow in [1, 2] {
            frame.expression[brow][1] = -0.035 * wave(1.1).max(0.0);
        }
        frame
    });
    Motion {
        zero: Zero::Portrait,
        frames: frames.collect(),
    }
}

fn correlation(
    known: &[MotionFrame],
    found: &[MotionFrame],
    value: fn(&MotionFrame) -> f32,
) -> f32 {
    let [a, b] = [known, found].map(|frames| frames.iter().map(value).collect::<Vec<f32>>());
    let mean = |values: &[f32]| values.iter().sum::<f32>() / values.len() as f32;
    let (mean_a, mean_b) = (mean(&a), mean(&b));
    let (mut ab, mut aa, mut bb) = (0.0, 0.0, 0.0);
    for (x, y) in a.iter().zip(&b) {
        ab += (x - mean_a) * (y - mean_b);
        aa += (x - mean_a).powi(2);
        bb += (y - mean_b).powi(2);
    }
    ab / (aa * bb).sqrt()
}

/// Animates without a sound.
fn film(resources: &Resources, driver: &Path, output: &Path, mode: ModeArgument) {
    animate::run(
        resources,
        &AnimateArguments {
            audio: None,
            // No glasses, whose rims would hide the eyes' corners.
            portrait: PortraitArguments {
                path: Some(
                    Path::new(env!("CARGO_MANIFEST_DIR")).join("../assets/portraits/nora.jpg"),
                ),
                face: None,
            },
            seed: 3,
            output: output.to_owned(),
            look: LookArguments::default(),
            drive: DriveArguments {
                driver: Some(driver.to_owned()),
                drive_mode: mode,
                ..DriveArguments::default()
            },
            motion_output: None,
            compute: ComputeArguments::default(),
            curves: None,
            json: false,
        },
    )
    .unwrap();
}

#[test]
fn movement_goes_into_a_film_and_comes_out_of_it() {
    let resources = Resources::find(None);
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str| folder.path().join(name);
    let known = known();
    motion_file::write(&known, &file("known.safetensors")).unwrap();
    film(
        &resources,
        &file("known.safetensors"),
        &file("film.mp4"),
        ModeArgument::Absolute,
    );
    track::run(
        &resources,
        &TrackArguments {
            video: file("film.mp4"),
            output: file("found.json"),
            neutral: NeutralArgument::Clip,
            json: false,
        },
    )
    .unwrap();
    let found = motion_file::read(&file("found.json")).unwrap();
    assert_eq!(
        (found.frames.len(), found.zero),
        (FRAMES, Zero::FacingCamera)
    );
    // Brows are seen least well: a nod moves their landmarks, too.
    for (name, least, value) in [
        (
            "pitch",
            0.95,
            (|frame| frame.pose.pitch) as fn(&MotionFrame) -> f32,
        ),
        ("yaw", 0.95, |frame| frame.pose.yaw),
        ("roll", 0.95, |frame| frame.pose.roll),
        ("lids", 0.9, |frame| {
            frame.expression[UPPER_LID_KEYPOINTS[0]][1]
        }),
        ("gaze", 0.85, |frame| frame.expression[IRIS_KEYPOINTS[0]][0]),
        ("brows", 0.5, |frame| frame.expression[1][1]),
        ("mouth", 0.9, |frame| {
            frame.expression[19][1] - frame.expression[17][1]
        }),
    ] {
        let r = correlation(&known.frames, &found.frames, value);
        println!("{name}: r = {r:.3}");
        assert!(r >= least, "{name}: r = {r}");
    }
}

#[test]
fn drivers_that_are_none_are_refused_in_one_line() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (text, faceless) = (file("text.mp4"), file("faceless.mp4"));
    std::fs::write(&text, "Dear reader, this is a text.\n".repeat(200)).unwrap();
    let mut writer =
        studio::media::write::Mp4Writer::create(Path::new(&faceless), 128, 128).unwrap();
    for _ in 0..5 {
        writer.write_frame(&[128; 128 * 128 * 4]).unwrap();
    }
    writer.finish().unwrap();
    let output = file("movement.json");
    let track = |video: &str| error_line(&run(&["track", video, "--output", &output]));
    assert!(track(&text).contains("text.mp4"));
    let said = track(&faceless);
    assert!(
        said.contains("no face") && said.contains("faceless.mp4"),
        "{said}"
    );
    assert!(track("no/such.mp4").contains("no/such.mp4"));
    let said = error_line(&run(&["track", &text, "--output", &file("movement.txt")]));
    assert!(said.contains("*.safetensors"), "{said}");
    let film = file("film.mp4");
    for driver in ["no/such.mp4", "no/such.json", &faceless, &text] {
        let said = error_line(&run(&["animate", "--driver", driver, "--output", &film]));
        assert!(said.contains(driver), "{said}");
    }
    // Nothing is left of what failed.
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 2);
}

#[test]
fn an_installed_ffmpeg_reads_what_the_program_cannot() {
    if program_missing("ffmpeg") {
        eprintln!("skipped: no ffmpeg is installed, and none is needed");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let portrait = Path::new(env!("CARGO_MANIFEST_DIR")).join("../assets/portraits/nora.jpg");
    let video = folder.path().join("still.avi");
    let made = std::process::Command::new("ffmpeg")
        .args(["-loglevel", "error", "-loop", "1", "-i"])
        .arg(portrait)
        .args([
            "-t",
            "0.4",
            "-r",
            "10",
            "-vf",
            "scale=256:-2",
            "-c:v",
            "mjpeg",
        ])
        .arg(&video)
        .status()
        .unwrap();
    assert!(made.success());
    let output = folder.path().join("movement.json");
    let result = run(&[
        "track",
        video.to_str().unwrap(),
        "--output",
        output.to_str().unwrap(),
        "--json",
    ]);
    let said = String::from_utf8_lossy(&result.stderr).into_owned();
    assert!(result.status.success(), "{said}");
    let report: serde_json::Value = serde_json::from_slice(&result.stdout).unwrap();
    assert_eq!(
        (&report["frames"], &report["frames_seen"]),
        (&10.into(), &10.into())
    );
    assert_eq!(motion_file::read(&output).unwrap().frames.len(), 10);
}

fn program_missing(name: &str) -> bool {
    std::process::Command::new(name)
        .arg("-version")
        .output()
        .is_err()
}
