//! The commands that tell about files, the program and what is plugged in: inspect, models, verify, cameras, completions, manual.

use std::process::Command;

use serde_json::Value;
use studio::resources::Resources;

use crate::program::{assert_success, error_line, json, names, program, run, text};

#[test]
fn an_answer_that_nobody_reads_is_no_error() {
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let result = program()
        .args(["models", "list"])
        .stdout(writer)
        .output()
        .unwrap();
    assert_success(&result);
    assert!(result.stderr.is_empty());
}

#[test]
fn inspecting_shows_the_face() {
    let folder = tempfile::tempdir().unwrap();
    let drawing = folder.path().join("seen.png");
    let portrait = Resources::find(None).default_portrait().unwrap();
    let result = run(&[
        "inspect",
        text(&portrait),
        "--output",
        text(&drawing),
        "--json",
    ]);
    assert_success(&result);
    let seen = json(&result);
    assert_eq!(
        (&seen["faces_found"], &seen["face_number"]),
        (&1.into(), &1.into())
    );
    assert_eq!(seen["faces_px"][0].as_array().unwrap().len(), 4);
    assert_eq!(seen["landmarks_px"].as_array().unwrap().len(), 468);
    assert_eq!(seen["canonical_keypoints"].as_array().unwrap().len(), 21);
    assert!(seen["pose_degrees"]["yaw"].as_f64().unwrap().abs() < 45.0);
    let drawing = image::open(&drawing).unwrap();
    assert_eq!(
        u64::from(drawing.width()),
        seen["width_px"].as_u64().unwrap()
    );

    let table = run(&["inspect", text(&portrait)]);
    assert!(String::from_utf8_lossy(&table.stdout).contains("pitch"));

    let no_face = folder.path().join("grey.png");
    image::RgbImage::from_pixel(300, 300, image::Rgb([128; 3]))
        .save(&no_face)
        .unwrap();
    assert!(error_line(&run(&["inspect", text(&no_face)])).contains("face"));
    assert!(error_line(&run(&["inspect", "no/such.png"])).contains("no/such.png"));
    let line = error_line(&run(&["inspect", text(&portrait), "--output", "a.gif"]));
    assert!(line.contains("*.png"), "{line}");
    let own = error_line(&run(&[
        "inspect",
        text(&no_face),
        "--output",
        text(&no_face),
    ]));
    assert!(own.contains("replace an input"), "{own}");
}

#[test]
fn models_are_listed_and_verified() {
    let listed = run(&["models", "list", "--json"]);
    assert_success(&listed);
    let files = json(&listed);
    assert!(files.as_array().unwrap().len() > 5);
    let verified = run(&["models", "verify"]);
    assert_success(&verified);

    let folder = tempfile::tempdir().unwrap();
    let models = folder.path();
    let line = error_line(&run(&["models", "verify", "--models", text(models)]));
    assert!(line.contains("manifest.toml"), "{line}");
    std::fs::write(
        models.join("manifest.toml"),
        format!(
            "[[file]]\nname = \"a\"\nbytes = 3\nsha256 = \"{}\"\nlicence = \"MIT\"\norigin = \"here\"\n\
             [[file]]\nname = \"b\"\nbytes = 1\nsha256 = \"00\"\nlicence = \"MIT\"\norigin = \"here\"\n",
            "BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD"
        ),
    )
    .unwrap();
    std::fs::write(models.join("a"), "abc").unwrap();
    let result = run(&["models", "verify", "--json", "--models", text(models)]);
    assert!(error_line(&result).contains("1 of 2"));
    assert_eq!(json(&result)[0]["state"], "right");
    assert_eq!(json(&result)[1]["state"], "missing");
    std::fs::write(models.join("a"), "abd").unwrap();
    let result = run(&["models", "verify", "--json", "--models", text(models)]);
    assert_eq!(json(&result)[0]["state"], "different");
    std::fs::write(models.join("manifest.toml"), "[[file]").unwrap();
    let line = error_line(&run(&["models", "list", "--models", text(models)]));
    assert!(line.contains("damaged"), "{line}");
}

#[test]
fn files_say_where_they_come_from_until_they_are_changed() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.wav");
    assert_success(&run(&["speak", "--text", "Hi.", "--output", text(&path)]));
    let verified = run(&["verify", text(&path), "--json"]);
    assert_success(&verified);
    let report = json(&verified);
    assert_eq!(report["state"], "intact");
    assert_eq!(report["is_own_key"], true);
    let source = report["digital_source_type"].as_str().unwrap();
    assert!(source.ends_with("/trainedAlgorithmicMedia"));
    let mut bytes = std::fs::read(&path).unwrap();
    bytes[1000] ^= 1;
    std::fs::write(&path, bytes).unwrap();
    let line = error_line(&run(&["verify", text(&path)]));
    assert!(line.contains("changed"), "{line}");
    std::fs::write(&path, "Dear reader").unwrap();
    let line = error_line(&run(&["verify", text(&path)]));
    assert!(line.contains("no claim"), "{line}");
    error_line(&run(&["verify", "no/such/file"]));
}

#[test]
fn shells_and_man_are_told_every_command() {
    let script = run(&["completions", "bash"]);
    assert_success(&script);
    let manual = run(&["manual"]);
    assert_success(&manual);
    for command in [
        "speak", "animate", "align", "batch", "inspect", "models", "recover", "verify",
    ] {
        assert!(String::from_utf8_lossy(&script.stdout).contains(command));
        assert!(String::from_utf8_lossy(&manual.stdout).contains(command));
    }
    let folder = tempfile::tempdir().unwrap();
    let pages = folder.path().join("man");
    assert_success(&run(&["manual", "--output", text(&pages)]));
    assert!(names(&pages).contains(&"jam-flow-speak.1".to_owned()));
    assert!(!run(&["completions", "tcsh"]).status.success());
}

#[test]
fn cameras_are_listed_and_belong_to_the_window() {
    let listed = json(&run(&["cameras", "--json"]));
    let cameras = listed.as_array().unwrap();
    let is_whole = |camera: &Value| {
        let kind = camera["kind"].as_str();
        camera["name"].is_string() && matches!(kind, Some("camera" | "virtual"))
    };
    assert!(cameras.iter().all(is_whole));
    // PipeWire is a way out where it listens.
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("pipewire-0"), "").unwrap();
    let listed = |command: &mut Command| {
        command.env_remove("PIPEWIRE_REMOTE");
        let output = command.env_remove("PIPEWIRE_RUNTIME_DIR").output().unwrap();
        assert_success(&output);
        String::from_utf8(output.stdout).unwrap()
    };
    let mut with = program();
    with.arg("cameras").env("XDG_RUNTIME_DIR", folder.path());
    let mut without = program();
    without.args(["cameras", "--json"]);
    without.env("XDG_RUNTIME_DIR", folder.path().join("none"));
    if cfg!(target_os = "linux") {
        assert!(listed(&mut with).contains("pipewire  PipeWire (virtual"));
    }
    assert!(!listed(&mut without).contains("pipewire"));
    let beside = program()
        .args(["--camera", "me.mp4", "models", "list"])
        .output()
        .unwrap();
    assert!(error_line(&beside).contains("--camera"));
    let nowhere = program()
        .args(["--camera", "no-such-camera"])
        .env("DISPLAY", ":99")
        .output()
        .unwrap();
    assert!(error_line(&nowhere).contains("no-such-camera"));
}
