//! Broken files and hostile texts through the program itself: one clear line, no panic, no hang, nothing under a final name.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// Loading takes a second or two of a processor; what takes this long goes on for minutes, and is ended by the system.
const MAX_PROCESSOR_SECS: u32 = 20;

fn run(arguments: &[&str]) -> Output {
    let limited = format!("ulimit -t {MAX_PROCESSOR_SECS}; exec \"$0\" \"$@\"");
    let result = Command::new("sh")
        .args(["-c", &limited, env!("CARGO_BIN_EXE_jam-flow")])
        .env_remove("DISPLAY")
        .env_remove("WAYLAND_DISPLAY")
        // Panics have nothing to say, even to those who ask.
        .env("RUST_BACKTRACE", "1")
        .args(arguments)
        .output()
        .unwrap();
    assert!(result.status.code().is_some(), "{arguments:?} was ended");
    result
}

/// What is said if a command fails as it should.
#[track_caller]
fn refusal(arguments: &[&str]) -> String {
    let result = run(arguments);
    let said = String::from_utf8(result.stderr).unwrap();
    assert_eq!(result.status.code(), Some(1), "{said}");
    // What is being done may stand before it.
    let errors = said.lines().filter(|line| line.starts_with("error: "));
    assert_eq!(errors.count(), 1, "{said}");
    assert!(
        said.lines().last().unwrap().starts_with("error: "),
        "{said}"
    );
    for word in ["panicked", "report", "backtrace", "unwrap"] {
        assert!(!said.contains(word), "{said}");
    }
    said
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

fn models() -> PathBuf {
    studio::resources::Resources::find(None).models
}

/// A models folder of links in which one file is another.
fn models_with(name: &str, change: impl Fn(Vec<u8>) -> Vec<u8>) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for entry in std::fs::read_dir(models()).unwrap() {
        let path = entry.unwrap().path();
        let target = folder.path().join(path.file_name().unwrap());
        if path.file_name().unwrap() == name {
            std::fs::write(target, change(std::fs::read(&path).unwrap())).unwrap();
        } else if path.is_file() {
            std::fs::hard_link(&path, &target)
                .or_else(|_| std::fs::copy(&path, &target).map(drop))
                .unwrap();
        }
    }
    folder
}

#[test]
fn texts_of_one_repeated_sign_are_read_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("text.txt");
    for (beginning, unit) in [("", "a@b."), ("", "1:2:3:"), ("xq", "'s"), ("", "[")] {
        let long = beginning.to_owned() + &unit.repeat(60_000 / unit.len());
        std::fs::write(&path, long).unwrap();
        let result = run(&["read", "--text-file", text(&path)]);
        let said = String::from_utf8_lossy(&result.stderr);
        assert!(!said.contains("panicked"), "{said}");
    }
}

#[test]
fn damaged_models_are_named_with_what_is_wrong() {
    let folder = tempfile::tempdir().unwrap();
    let output = folder.path().join("a.wav");
    let speak = |models: &Path| {
        let arguments = ["speak", "--text", "Hi.", "--output", text(&output)];
        refusal(&[&["--models", text(models)], arguments.as_slice()].concat())
    };
    for name in ["vocoder.safetensors", "letter_to_sound.safetensors"] {
        // Half-precision numbers that are none, behind the header.
        let broken = models_with(name, |mut bytes| {
            let middle = bytes.len() / 4 * 2;
            bytes[middle..middle + 2000].fill(0x7e);
            bytes
        });
        let said = speak(broken.path());
        assert!(said.contains("no numbers") && said.contains(name), "{said}");
    }
    let broken = models_with("tokenizer.json", |bytes| {
        let text = String::from_utf8(bytes).unwrap();
        let mut tokenizer: serde_json::Value = serde_json::from_str(&text).unwrap();
        let vocabulary = tokenizer["model"]["vocab"].as_object_mut().unwrap();
        *vocabulary.values_mut().next().unwrap() = 5000.into();
        serde_json::to_vec(&tokenizer).unwrap()
    });
    let said = speak(broken.path());
    assert!(
        said.contains("5000") && said.contains("tokenizer.json"),
        "{said}"
    );
    let portrait = studio::resources::Resources::find(None)
        .default_portrait()
        .unwrap();
    let broken = models_with("face_detector.onnx", |mut bytes| {
        let (from, to) = (bytes.len() / 3, bytes.len() / 2);
        bytes[from..to].fill(0);
        bytes
    });
    let said = refusal(&["--models", text(broken.path()), "inspect", text(&portrait)]);
    assert!(
        said.contains("manifest") && said.contains("face_detector.onnx"),
        "{said}"
    );
    assert!(!output.exists());
}

#[test]
fn a_dictionary_of_another_system_is_read() {
    let folder = models_with("pronunciations.txt", |bytes| {
        String::from_utf8(bytes)
            .unwrap()
            .replace('\n', "\r\n")
            .into()
    });
    let read = |models: &Path| {
        let arguments = ["read", "--text", "Zyloprax met Oswald."];
        run(&[&["--models", text(models)], arguments.as_slice()].concat()).stdout
    };
    assert_eq!(read(folder.path()), read(&models()));
}

#[test]
fn impossible_sounds_are_refused_in_words() {
    let folder = tempfile::tempdir().unwrap();
    let output = folder.path().join("a.mp4");
    let sound = folder.path().join("inf.wav");
    let samples = [f32::INFINITY, f32::NAN, f32::NEG_INFINITY, f32::MAX];
    let mut bytes =
        b"RIFF\0\0\0\0WAVEfmt \x10\0\0\0\x03\0\x01\0\x80\x3e\0\0\0\xfa\0\0\x04\0\x20\0".to_vec();
    bytes.extend(b"data\0\xfa\0\0");
    bytes.extend((0..16_000).flat_map(|i: usize| samples[i % 4].to_le_bytes()));
    std::fs::write(&sound, bytes).unwrap();
    let align = ["align", "--audio", text(&sound), "--text", "Hello there."];
    let srt = folder.path().join("a.srt");
    refusal(&[&align[..], &["--output", text(&srt)]].concat());
    let film = folder.path().join("a.mov");
    std::fs::write(
        &film,
        b"\0\0\0\x0cftypqt  \0\0\0\x20moof\0\0\0\x18traf\0\0\0\x10trun\0\0\0\0\xff\xff\xff\xff\0\0\0\x0cmdat\0\0\0\0",
    )
    .unwrap();
    let said = refusal(&["animate", "--audio", text(&film), "--output", text(&output)]);
    assert!(said.contains("corrupt"), "{said}");
    assert!(!output.exists() && !srt.exists());
}
