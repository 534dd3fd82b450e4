//! The pictures of a film: how many, how large, with what behind the person, and in which formats.

use std::path::Path;
use std::process::Command;

use studio::resources::Resources;

use crate::program::{assert_success, error_line, json, names, program, run, text};

#[test]
fn a_film_of_every_pixel_moves_one_of_two_people_who_hold_still_and_nothing_else() {
    if std::env::var_os("SKIP_GPU_TESTS").is_some() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let portrait = image::open(Resources::find(None).default_portrait().unwrap()).unwrap();
    let (width, height) = (portrait.width(), portrait.height());
    let mut two = image::RgbImage::new(2 * width, height);
    for left in [0, width] {
        image::imageops::replace(&mut two, &portrait.to_rgb8(), i64::from(left), 0);
    }
    let picture = folder.path().join("two.png");
    two.save(&picture).unwrap();
    let film = folder.path().join("film");
    let result = run(&[
        "speak",
        "--text",
        "Yes.",
        "--portrait",
        text(&picture),
        "--face",
        "2",
        "--size",
        "picture",
        // The other one would blink and breathe.
        "--liveliness",
        "0",
        "--output",
        text(&film),
    ]);
    assert_success(&result);
    let mut moved = 0;
    for name in names(&film).iter().filter(|name| name.ends_with(".png")) {
        let frame = image::open(film.join(name)).unwrap().to_rgb8();
        assert_eq!(frame.dimensions(), two.dimensions());
        for (x, y, pixel) in frame.enumerate_pixels() {
            let is_same = pixel == two.get_pixel(x, y);
            // Beside the border between the two the second person's shoulder fades out.
            assert!(is_same || x > width - width / 16, "{name}: {x}, {y}");
            moved += usize::from(!is_same);
        }
    }
    assert!(moved > 10_000, "{moved} pixels moved");
}

#[test]
fn every_second_picture_at_50_a_second_looks_like_one_at_25() {
    let folder = tempfile::tempdir().unwrap();
    let pictures = ["25", "50"].map(|rate| {
        let pictures = folder.path().join(rate);
        let words = ["speak", "--text", "Oh my!", "--fps", rate];
        assert_success(&run(
            &[words.as_slice(), &["--output", text(&pictures)]].concat()
        ));
        pictures
    });
    let count = names(&pictures[0]).len() - 1;
    assert_eq!(names(&pictures[1]).len() - 1, 2 * count);
    let picture = |of: &Path, number: usize| {
        let picture = image::open(of.join(format!("frame-{number:06}.png"))).unwrap();
        picture.to_rgba8().into_raw()
    };
    let mut moved = 0;
    for number in 1..=count {
        let slow = picture(&pictures[0], number);
        let fast = picture(&pictures[1], 2 * number - 1);
        // Each may be up to an eighth of a pixel behind, where a frame was not worth drawing.
        let steps = slow
            .iter()
            .zip(&fast)
            .map(|(a, b)| f64::from(a.abs_diff(*b)));
        let mean_steps = steps.sum::<f64>() / slow.len() as f64;
        assert!(mean_steps < 0.5, "frame {number}: {mean_steps}");
        moved += usize::from(fast != picture(&pictures[1], 2 * number));
    }
    assert!(
        moved * 10 > count * 7,
        "only {moved} of {count} are no repetitions"
    );
}

#[test]
fn pictures_have_the_person_in_their_alpha() {
    let folder = tempfile::tempdir().unwrap();
    let pictures = folder.path().join("pictures");
    let result = run(&[
        "speak",
        "--text",
        "Yes.",
        "--background",
        "transparent",
        "--json",
        "--output",
        text(&pictures),
    ]);
    assert_success(&result);
    let frames = (json(&result)["duration_secs"].as_f64().unwrap() * 25.0).round() as usize;
    let files = names(&pictures);
    assert_eq!(files.len(), frames + 1);
    assert_eq!(files.last().unwrap(), "sound.wav");
    assert_eq!(names(folder.path()), ["pictures"]);
    let picture = image::open(pictures.join("frame-000001.png"))
        .unwrap()
        .to_rgba8();
    let (width, height) = picture.dimensions();
    assert_eq!(picture.get_pixel(2, 2)[3], 0, "nothing in the corner");
    let face = picture.get_pixel(width / 2, height / 2);
    assert_eq!(face[3], 255, "the person in the middle");
    let raw = std::fs::read(pictures.join("frame-000001.png")).unwrap();
    assert!(raw.windows(12).any(|window| window == b"AI-generated"));

    // A folder with something in it is never replaced.
    let line = error_line(&run(&[
        "speak",
        "--text",
        "Yes.",
        "--output",
        text(&pictures),
    ]));
    assert!(line.contains("new or empty folder"), "{line}");
    assert_eq!(names(&pictures), files);
}

#[test]
fn sizes_and_backgrounds_that_cannot_be() {
    let refused = |arguments: &[&str]| {
        let folder = tempfile::tempdir().unwrap();
        let output = folder.path().join("a.mp4");
        let result = program()
            .args(["speak", "--text", "Yes.", "--output", text(&output)])
            .args(arguments)
            .output()
            .unwrap();
        assert!(!result.status.success());
        assert!(names(folder.path()).is_empty());
        String::from_utf8(result.stderr).unwrap()
    };
    assert!(refused(&["--size", "100"]).contains("512 to 2160"));
    assert!(refused(&["--size", "4000"]).contains("512 to 2160"));
    assert!(refused(&["--background", "green"]).contains("#00ff00"));
    assert!(refused(&["--background", "transparent"]).contains("cannot be transparent"));
}

#[test]
fn without_ffmpeg_its_formats_are_refused_in_one_line() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["a.mov", "a.webm", "a.mkv"] {
        let output = folder.path().join(name);
        let result = program()
            .env("PATH", folder.path())
            .args(["speak", "--text", "Yes.", "--output", text(&output)])
            .output()
            .unwrap();
        assert!(error_line(&result).contains("needs ffmpeg"));
    }
    assert!(names(folder.path()).is_empty());
}

/// An ffmpeg that cannot do what is asked of it, whether one is installed here or not.
#[cfg(unix)]
#[test]
fn what_ffmpeg_complains_about_is_passed_on() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    let tools = folder.path().join("tools");
    std::fs::create_dir(&tools).unwrap();
    let fake = tools.join("ffmpeg");
    std::fs::write(&fake, "#!/bin/sh\necho 'no such encoder' >&2\nexit 1\n").unwrap();
    std::fs::set_permissions(&fake, std::fs::Permissions::from_mode(0o755)).unwrap();
    let output = folder.path().join("a.mov");
    let result = program()
        .env("PATH", format!("{}:/usr/bin:/bin", tools.display()))
        .args(["speak", "--text", "Yes.", "--output", text(&output)])
        .output()
        .unwrap();
    assert!(error_line(&result).contains("no such encoder"));
    assert_eq!(names(folder.path()), ["tools"]);
}

#[test]
fn an_installed_ffmpeg_writes_films_with_alpha() {
    if Command::new("ffmpeg").arg("-version").output().is_err() {
        eprintln!("skipped: no ffmpeg is installed, and none is needed");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    for (name, magic) in [
        ("a.mov", &b"ap4h"[..]),
        ("a.webm", b"V_VP9"),
        ("a.mkv", b"FFV1"),
    ] {
        let output = folder.path().join(name);
        let result = run(&[
            "speak",
            "--text",
            "Yes.",
            "--background",
            "transparent",
            "--output",
            text(&output),
        ]);
        assert_success(&result);
        let film = std::fs::read(&output).unwrap();
        assert!(
            film.windows(magic.len()).any(|window| window == magic),
            "{name}"
        );
        assert!(
            film.windows(12).any(|window| window == b"AI-generated"),
            "{name}"
        );
    }
    assert_eq!(names(folder.path()), ["a.mkv", "a.mov", "a.webm"]);
}
