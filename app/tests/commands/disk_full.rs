//! A disk that is full from the beginning, or gets full on the way: one line that says so, and nothing under a final name.

use std::process::{Command, Output};

use crate::program::{error_line, text};

/// The disk is mounted where only this process and its children see it; what is on it afterwards is listed in `$2`.
const ON_SMALL_DISK: &str = r#"
    mount -t tmpfs -o size="$0" none "$1" || exit 99
    cd "$1"; listing="$2"; shift 2
    # A disk of one page has room for nothing once that is taken.
    [ "$0" != 4k ] || head -c 4096 /dev/zero > .ballast
    "$@"; code=$?
    find . -mindepth 1 ! -name .ballast > "$listing"
    exit $code
"#;

/// What a command says whose outputs, named without a folder, lie on a disk of this size, and what it leaves there. `None` where nobody
/// may mount a disk.
fn on_disk(size: &str, arguments: &[&str]) -> Option<(Output, String)> {
    let folder = tempfile::tempdir().unwrap();
    let disk = folder.path().join("disk");
    let listing = folder.path().join("listing");
    std::fs::create_dir(&disk).unwrap();
    let result = Command::new("unshare")
        .args(["--user", "--map-root-user", "--mount"])
        .args(["sh", "-c", ON_SMALL_DISK, size, text(&disk), text(&listing)])
        .arg(env!("CARGO_BIN_EXE_jam-flow"))
        .args(arguments)
        .env_remove("DISPLAY")
        .env_remove("WAYLAND_DISPLAY")
        .output()
        .ok()?;
    let left = std::fs::read_to_string(listing).ok()?;
    Some((result, left))
}

#[track_caller]
fn assert_told(size: &str, arguments: &[&str]) {
    let Some((result, left)) = on_disk(size, arguments) else {
        eprintln!("no disk can be mounted here: {arguments:?} was not tried");
        return;
    };
    let said = error_line(&result);
    assert!(said.contains("the disk is full"), "{said}");
    assert_eq!(left, "", "{arguments:?}: {said}");
}

#[test]
fn every_output_of_speak() {
    let speak = |size: &str, outputs: &[&str]| {
        assert_told(size, &[&["speak", "--text", "Hello."], outputs].concat());
    };
    for output in ["a.wav", "a.flac", "a.m4a", "a.opus"] {
        speak("8k", &["--output", output]);
    }
    speak("4k", &["--output", "a.wav"]);
    let elsewhere = tempfile::tempdir().unwrap();
    let elsewhere = elsewhere.path().join("a.wav");
    for other in [
        "--subtitles=a.srt",
        "--motion-output=a.json",
        "--curves=a.csv",
    ] {
        speak("4k", &["--output", text(&elsewhere), other]);
    }
}

#[test]
fn every_kind_of_film() {
    let speak = ["speak", "--text", "Hello.", "--size", "512", "--output"];
    for output in ["a.mp4", "a.gif", "images"] {
        assert_told("32k", &[speak.as_slice(), &[output]].concat());
    }
    // One output has room and the other not.
    let sound = ["a.mp4", "--audio-output", "a.wav"];
    assert_told("128k", &[speak.as_slice(), &sound].concat());
}

#[test]
fn lists_and_films_of_scenes() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, content: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, content).unwrap();
        path
    };
    let film = write(
        "film.toml",
        "[film]\nsize = 512\n[[scene]]\ntext = \"Hello.\"\n",
    );
    assert_told("32k", &["scenes", text(&film), "--output", "film.mp4"]);

    let list = write("list.csv", "text,output\nHello.,a.wav\nHello.,b.flac\n");
    let arguments = ["batch", text(&list), "--output", "."];
    if let Some((result, left)) = on_disk("8k", &arguments) {
        assert!(error_line(&result).contains("2 of 2 items failed"));
        let said = String::from_utf8_lossy(&result.stderr);
        assert_eq!(said.matches("the disk is full").count(), 2, "{said}");
        assert_eq!(left, "", "{said}");
    }
}

#[test]
fn a_recording_that_is_animated() {
    let folder = tempfile::tempdir().unwrap();
    let recording = folder.path().join("me.wav");
    let tone: Vec<f32> = (0..12_000).map(|i| (i as f32 * 0.1).sin() * 0.2).collect();
    engine::audio::wav::write_wav(&recording, &tone).unwrap();
    let animate = [
        "animate",
        "--audio",
        text(&recording),
        "--size",
        "512",
        "--output",
        "a.mp4",
    ];
    assert_told("16k", &animate);
}
