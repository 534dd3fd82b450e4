//! The program as a user runs it: whatever is wrong with the input, one clear line, an exit code that says so, and no file.

use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use studio::resources::Resources;

use crate::program::{error_line, program};

fn resources() -> Resources {
    Resources::find(None)
}

/// Runs `speak` into a folder of its own.
struct Attempt {
    folder: tempfile::TempDir,
    arguments: Vec<String>,
}

impl Attempt {
    fn new() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
            arguments: vec!["speak".to_owned()],
        }
    }

    fn with(mut self, name: &str, value: impl AsRef<Path>) -> Self {
        self.arguments.push(name.to_owned());
        self.arguments
            .push(value.as_ref().to_str().unwrap().to_owned());
        self
    }

    fn file(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let inputs = self.folder.path().join("inputs");
        std::fs::create_dir_all(&inputs).unwrap();
        let path = inputs.join(name);
        std::fs::write(&path, content).unwrap();
        path
    }

    fn output(&self) -> PathBuf {
        self.folder.path().join("out.mp4")
    }

    /// Fails as it should and returns the line.
    #[track_caller]
    fn refused(self) -> String {
        let output = self.output();
        let attempt = self.with("--output", output);
        let result = program().args(&attempt.arguments).output().unwrap();
        let line = error_line(&result);
        attempt.assert_nothing_written();
        line
    }

    #[track_caller]
    fn assert_nothing_written(&self) {
        let left: Vec<_> = std::fs::read_dir(self.folder.path())
            .unwrap()
            .map(|entry| entry.unwrap().file_name())
            .filter(|name| name != "inputs")
            .collect();
        assert!(left.is_empty(), "{left:?}");
    }
}

#[track_caller]
fn assert_says(line: &str, expected: &str) {
    assert!(line.contains(expected), "{line:?} lacks {expected:?}");
}

#[test]
fn a_text_that_cannot_be_spoken() {
    assert_says(
        &Attempt::new().with("--text", " \n").refused(),
        "nothing to say",
    );
    let attempt = Attempt::new();
    let file = attempt.file("long.txt", "word ".repeat(20_001));
    assert_says(
        &attempt.with("--text-file", file).refused(),
        "at most 100000",
    );
    let attempt = Attempt::new();
    let file = attempt.file("sound.txt", b"RIFF\x24\0\0\0WAVEfmt \x10\0\0\0");
    assert_says(&attempt.with("--text-file", file).refused(), "is not text");
    let line = Attempt::new().with("--text-file", "no/such.txt").refused();
    assert_says(&line, "no/such.txt");
    let line = Attempt::new()
        .with("--text", "Hello.")
        .with("--voice", "nobody")
        .refused();
    assert_says(&line, "nobody");
}

#[test]
fn a_portrait_that_cannot_be_used() {
    let refused = |name: &str, content: &[u8]| {
        let attempt = Attempt::new().with("--text", "Hello.");
        let file = attempt.file(name, content);
        let line = attempt.with("--portrait", file).refused();
        assert_says(&line, name);
        line
    };
    let png = |image: image::RgbImage| {
        let mut bytes = std::io::Cursor::new(Vec::new());
        image.write_to(&mut bytes, image::ImageFormat::Png).unwrap();
        bytes.into_inner()
    };
    let one_pixel = png(image::RgbImage::new(1, 1));
    refused("text.png", b"this is text");
    refused("pixel.png", &one_pixel);
    refused("huge.png", &claiming_size(one_pixel, 20_000, 20_000));
    let grey = image::RgbImage::from_pixel(300, 300, image::Rgb([128; 3]));
    assert_says(&refused("grey.png", &png(grey)), "face");

    let portrait = image::open(resources().default_portrait().unwrap())
        .unwrap()
        .to_rgb8();
    let (width, height) = portrait.dimensions();
    let mut two = image::RgbImage::new(2 * width, height);
    image::imageops::replace(&mut two, &portrait, 0, 0);
    image::imageops::replace(&mut two, &portrait, i64::from(width), 0);
    let attempt = Attempt::new().with("--text", "Hello.");
    let file = attempt.file("two.png", png(two));
    let line = attempt
        .with("--portrait", file)
        .with("--face", "3")
        .refused();
    assert_says(&line, "no face 3: the picture shows 2 faces");

    let line = Attempt::new()
        .with("--text", "Hello.")
        .with("--portrait", "no/such.png")
        .refused();
    assert_says(&line, "no/such.png");
}

#[test]
fn weights_that_are_missing_or_do_not_fit() {
    let attempt = Attempt::new().with("--text", "Hello.");
    let empty = attempt.folder.path().join("inputs");
    std::fs::create_dir(&empty).unwrap();
    assert_says(&attempt.with("--models", empty).refused(), "missing");

    for name in [
        "face_rig.safetensors",
        "jam_flow.safetensors",
        "vocoder.safetensors",
    ] {
        let attempt = Attempt::new().with("--text", "Hello.");
        let models = attempt.folder.path().join("inputs");
        std::fs::create_dir(&models).unwrap();
        for entry in std::fs::read_dir(resources().models).unwrap() {
            let path = entry.unwrap().path();
            let file_name = path.file_name().unwrap();
            if path.is_file() && file_name != name {
                std::fs::copy(&path, models.join(file_name)).unwrap();
            }
        }
        std::fs::write(models.join(name), tiny_safetensors()).unwrap();
        assert_says(&attempt.with("--models", models).refused(), name);
    }
}

#[test]
fn an_output_that_cannot_be_written() {
    let run = |arguments: &[&str]| {
        let result = program()
            .args(["speak", "--text", "Hello."])
            .args(arguments)
            .output()
            .unwrap();
        error_line(&result)
    };
    assert_says(&run(&["--output", "a.avi"]), "name the output *.mp4, *.mov");
    assert_says(
        &run(&["--output", "/no/such/folder/a.mp4"]),
        "/no/such/folder",
    );
    let folder = tempfile::tempdir().unwrap();
    let output = folder.path().join("a.mp4");
    let output = output.to_str().unwrap();
    assert_says(
        &run(&["--output", output, "--subtitles", "a.doc"]),
        "*.srt or *.vtt",
    );
    std::fs::create_dir(output).unwrap();
    assert_says(&run(&["--output", output]), "folder");
}

#[cfg(unix)]
#[test]
fn a_disk_that_fills_up() {
    for name in ["out.mp4", "out.wav"] {
        let attempt = Attempt::new();
        let output = attempt.folder.path().join(name);
        // A limit on the size of files fails as a full disk does, in the middle of writing.
        let result = Command::new("sh")
            .args(["-c", "trap '' XFSZ; ulimit -f 32; exec \"$@\"", "sh"])
            .arg(env!("CARGO_BIN_EXE_jam-flow"))
            .args([
                "speak",
                "--text",
                "One, two, three, four, five, six, seven, eight.",
            ])
            .arg("--output")
            .arg(&output)
            .output()
            .unwrap();
        error_line(&result);
        attempt.assert_nothing_written();
    }
}

#[cfg(unix)]
#[test]
fn control_c_in_the_middle_of_a_hundred_thousand_characters() {
    let attempt = Attempt::new();
    let text = attempt.file("long.txt", "Word ".repeat(20_000));
    let mut child = program()
        .args(["speak", "--text-file"])
        .arg(text)
        .arg("--output")
        .arg(attempt.output())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stderr = child.stderr.take().unwrap();
    let mut said = String::new();
    let mut byte = [0];
    while !said.contains("Generating speech") && stderr.read(&mut byte).unwrap() == 1 {
        said.push(char::from(byte[0]));
    }
    std::thread::sleep(Duration::from_secs(2));
    let interrupted = Command::new("kill")
        .args(["-INT", &child.id().to_string()])
        .status()
        .unwrap();
    assert!(interrupted.success());
    stderr.read_to_string(&mut said).unwrap();
    let status = child.wait().unwrap();
    assert_eq!(status.code(), Some(130), "{said}");
    assert!(
        said.contains("cancelled") && !said.contains("panicked"),
        "{said}"
    );
    attempt.assert_nothing_written();
}

#[test]
fn help_names_every_command() {
    let result = program().arg("--help").output().unwrap();
    let help = String::from_utf8(result.stdout).unwrap();
    for command in [
        "speak",
        "animate",
        "align",
        "batch",
        "inspect",
        "models",
        "recover",
        "bench",
        "completions",
        "manual",
    ] {
        assert!(help.contains(command), "{help}");
    }
}

/// A PNG whose header claims another size; a reader that trusts it would ask for gigabytes.
fn claiming_size(mut png: Vec<u8>, width: u32, height: u32) -> Vec<u8> {
    // Signature 8, length 4, "IHDR" 4, then width and height; the checksum covers the 17 bytes from "IHDR".
    png[16..20].copy_from_slice(&width.to_be_bytes());
    png[20..24].copy_from_slice(&height.to_be_bytes());
    let mut checksum = u32::MAX;
    for byte in &png[12..29] {
        checksum ^= u32::from(*byte);
        for _ in 0..8 {
            checksum = (checksum >> 1) ^ (0xedb8_8320 & (checksum & 1).wrapping_neg());
        }
    }
    png[29..33].copy_from_slice(&(!checksum).to_be_bytes());
    png
}

/// A valid file with one tensor that nobody asks for.
fn tiny_safetensors() -> Vec<u8> {
    let header = r#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#;
    let mut bytes = (header.len() as u64).to_le_bytes().to_vec();
    bytes.extend_from_slice(header.as_bytes());
    bytes.extend_from_slice(&[0; 4]);
    bytes
}
