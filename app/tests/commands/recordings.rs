//! The words of a recording: found, changed, and turned into curves.

use std::path::PathBuf;
use std::process::Output;

use crate::program::{assert_success, error_line, json, names, program, run, text};

/// Speaks a sentence and asks where its words, or others, are in the sound.
struct Spoken {
    folder: tempfile::TempDir,
}

impl Spoken {
    const TEXT: &str = "The old man put the book back on the table, and looked at the map.";

    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let sound = folder.path().join("said.wav");
        let subtitles = folder.path().join("said.srt");
        let speak = ["speak", "--text", Self::TEXT, "--output", text(&sound)];
        let speaking = program()
            .args(speak)
            .args(["--subtitles", text(&subtitles)])
            .output()
            .unwrap();
        assert_success(&speaking);
        Self { folder }
    }

    fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn align(&self, words: &str, output: &str) -> Output {
        program()
            .args(["align", "--audio", text(&self.file("said.wav"))])
            .args([
                "--text",
                words,
                "--output",
                text(&self.file(output)),
                "--json",
            ])
            .output()
            .unwrap()
    }
}

#[test]
fn words_of_a_recording_become_subtitles_and_json() {
    let spoken = Spoken::new();
    let result = spoken.align(Spoken::TEXT, "words.json");
    assert_success(&result);
    let written = std::fs::read(spoken.file("words.json")).unwrap();
    let report: serde_json::Value = serde_json::from_slice(&written).unwrap();
    assert_eq!(report, json(&result));
    let words = report["words"].as_array().unwrap();
    let texts: Vec<&str> = words.iter().map(|w| w["text"].as_str().unwrap()).collect();
    assert_eq!(texts.join(" "), Spoken::TEXT);
    let mut end = 0.0;
    for word in words {
        let at = |name: &str| word[name].as_f64().unwrap();
        assert!(at("start_secs") >= end && at("end_secs") > at("start_secs"));
        // A weak "at" of 64 ms is heard with 0.17.
        assert!(at("confidence") > 0.1, "{word}");
        let phones = word["phones"].as_array().unwrap();
        assert_eq!(phones[0]["start_secs"], word["start_secs"]);
        assert_eq!(phones[phones.len() - 1]["end_secs"], word["end_secs"]);
        end = at("end_secs");
    }
    assert!(end <= report["duration_secs"].as_f64().unwrap());
    assert_success(&spoken.align(Spoken::TEXT, "words.srt"));
    // The same lines as the subtitles of the speech itself, at nearly the same times.
    let lines = |name: &str| -> Vec<String> {
        let srt = std::fs::read_to_string(spoken.file(name)).unwrap();
        srt.lines().map(str::to_owned).collect()
    };
    let (found, made) = (lines("words.srt"), lines("said.srt"));
    assert_eq!(found.len(), made.len());
    for (found, made) in found.iter().zip(&made) {
        if made.contains("-->") {
            let whole_secs = |line: &str| line[6..8].parse::<i32>().unwrap();
            assert!((whole_secs(found) - whole_secs(made)).abs() <= 1, "{found}");
        } else {
            assert_eq!(found, made);
        }
    }
}

#[test]
fn words_that_are_not_in_the_recording_are_refused() {
    let spoken = Spoken::new();
    let refused = |words: &str, output: &str| {
        let line = error_line(&spoken.align(words, output));
        assert!(!spoken.file(output).exists());
        line
    };
    let others = "Sixteen zebras juggled very cheerful purple kangaroos, who vigorously chewed every violet fish.";
    for words in [others, &"word ".repeat(500)] {
        assert!(refused(words, "a.srt").contains("does not match the audio"));
    }
    assert!(refused(" ", "a.srt").contains("nothing to say"));
    assert!(refused("word", "a.txt").contains("*.srt"));
    engine::audio::wav::write_wav(&spoken.file("said.wav"), &[0.0; 48_000]).unwrap();
    assert!(refused(Spoken::TEXT, "a.srt").contains("does not match the audio"));
}

#[test]
fn curves_of_speech_open_the_jaw_with_the_lips_and_close_on_p_b_and_m() {
    let folder = tempfile::tempdir().unwrap();
    let [sound, curves, motion] =
        ["a.wav", "curves.json", "motion.json"].map(|name| folder.path().join(name));
    assert_success(&run(&[
        "speak",
        "--text",
        "Big brown bears make maple pie.",
        "--output",
        text(&sound),
        "--curves",
        text(&curves),
        "--motion-output",
        text(&motion),
    ]));
    let curves: serde_json::Value =
        serde_json::from_slice(&std::fs::read(&curves).unwrap()).unwrap();
    let motion = engine::motion::motion_file::read(&motion).unwrap();
    let frames = curves["frames"].as_array().unwrap();
    assert_eq!(frames.len(), motion.frames.len());
    let names = curves["blend_shapes"].as_array().unwrap();
    let column = |name: &str| -> Vec<f64> {
        let index = names.iter().position(|other| other == name).unwrap();
        let weights = frames.iter().map(|frame| &frame["blend_shapes"][index]);
        weights.map(|weight| weight.as_f64().unwrap()).collect()
    };
    let (jaw, close) = (column("jawOpen"), column("mouthClose"));
    let gaps: Vec<f64> = motion
        .frames
        .iter()
        .map(|frame| f64::from(frame.mouth().lip_gap()))
        .collect();
    let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
    let (jaw_mean, gap_mean) = (mean(&jaw), mean(&gaps));
    let sum = |f: &dyn Fn(f64, f64) -> f64| -> f64 {
        let pairs = jaw.iter().zip(&gaps);
        pairs
            .map(|(jaw, gap)| f(jaw - jaw_mean, gap - gap_mean))
            .sum()
    };
    let r = sum(&|a, b| a * b) / (sum(&|a, _| a * a) * sum(&|_, b| b * b)).sqrt();
    assert!(r > 0.7, "jawOpen follows the lips with r = {r:.2}");
    let mut closures = 0;
    for phone in curves["phones"].as_array().unwrap() {
        if phone["viseme"] != "PP" {
            continue;
        }
        closures += 1;
        let frame = |key: &str| (phone[key].as_f64().unwrap() * 25.0).round() as usize;
        let around = frame("start_secs").saturating_sub(1)..=frame("end_secs") + 1;
        let open = around
            .filter(|&frame| frame < jaw.len())
            .map(|frame| jaw[frame] - close[frame]);
        let least = open.fold(f64::INFINITY, f64::min);
        assert!(least < 0.05, "{phone}: {least:.2}");
    }
    // B, b, b, m, m, p, p.
    assert_eq!(closures, 7);
}

#[test]
fn a_voice_is_used_with_its_speakers_permission() {
    let folder = tempfile::tempdir().unwrap();
    let reference = folder.path().join("voice.wav");
    engine::audio::write_wav(&reference, &vec![0.0; 24_000 * 5]).unwrap();
    let output = folder.path().join("out.wav");
    let speak = |more: &[&str]| {
        program()
            .args(["speak", "--text", "Hello.", "--output", text(&output)])
            .args(["--reference", text(&reference)])
            .args(more)
            .output()
            .unwrap()
    };
    let words = ["--reference-text", "Nothing at all."];
    assert!(error_line(&speak(&words)).contains("permission"));
    let permitted = [&words[..], &["--i-have-permission"]].concat();
    assert!(error_line(&speak(&permitted)).contains("hardly any speech"));
    // There is nothing in the program that would write down what is said.
    let result = speak(&["--i-have-permission"]);
    assert!(String::from_utf8_lossy(&result.stderr).contains("--reference-text"));
    assert_eq!(names(folder.path()), ["voice.wav"]);
}

#[test]
fn dubbing_wants_old_and_new_words() {
    let folder = tempfile::tempdir().unwrap();
    let recording = folder.path().join("speech.wav");
    engine::audio::write_wav(&recording, &vec![0.1; 24_000]).unwrap();
    let output = folder.path().join("out.wav");
    let dub = |more: &[&str]| {
        let result = program()
            .args([
                "dub",
                "--audio",
                text(&recording),
                "--output",
                text(&output),
            ])
            .args(more)
            .output()
            .unwrap();
        assert!(!result.status.success());
        String::from_utf8(result.stderr).unwrap()
    };
    assert!(dub(&["--text", "One."]).contains("--new-text"));
    assert!(dub(&["--new-text", "One."]).contains("--text"));
    assert!(dub(&["--text", "One.", "--new-text", " "]).contains("nothing to say"));
    let own = program()
        .args([
            "dub",
            "--audio",
            text(&recording),
            "--output",
            text(&recording),
        ])
        .args(["--text", "One.", "--new-text", "Two."])
        .output()
        .unwrap();
    assert!(error_line(&own).contains("replace an input"));
    assert_eq!(names(folder.path()), ["speech.wav"]);
}

#[test]
fn words_are_changed_voices_borrowed_and_lips_given_their_words() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str| folder.path().join(name);
    let (take, motion) = (file("take.wav"), file("take.json"));
    let old = "We met on Monday in the old house, and then we went home.";
    let new = old.replace("old", "new");
    let speak = ["speak", "--text", old, "--output", text(&take)];
    let result = run(&[&speak[..], &["--motion-output", text(&motion)]].concat());
    assert_success(&result);

    let (dubbed, subtitles) = (file("dubbed.wav"), file("dubbed.srt"));
    let dub = [
        "dub",
        "--audio",
        text(&take),
        "--text",
        old,
        "--new-text",
        &new,
    ];
    let outputs = ["--output", text(&dubbed), "--subtitles", text(&subtitles)];
    let result = run(&[&dub[..], &outputs, &["--json"]].concat());
    assert_success(&result);
    let changed = json(&result)["changed_secs"].clone();
    assert_eq!(changed.as_array().unwrap().len(), 1);
    let sample = |end: usize| (changed[0][end].as_f64().unwrap() * 24e3).round() as usize;
    let before = engine::audio::decode_file(&take).unwrap();
    let after = engine::audio::decode_file(&dubbed).unwrap();
    assert_eq!(before[..sample(0)], after[..sample(0)]);
    let kept = after.len() - sample(1);
    assert_eq!(before[before.len() - kept..], after[after.len() - kept..]);
    let bytes = std::fs::read(&dubbed).unwrap();
    assert!(bytes.windows(12).any(|window| window == b"were changed"));
    let lines = std::fs::read_to_string(&subtitles).unwrap();
    assert!(lines.contains("new"), "{lines}");

    let borrowed = file("borrowed.wav");
    let reference = ["--reference", text(&take), "--reference-text", old];
    let speak = [
        "speak",
        "--text",
        "Hello there.",
        "--output",
        text(&borrowed),
    ];
    assert_success(&run(
        &[&speak[..], &reference, &["--i-have-permission"]].concat()
    ));
    let bytes = std::fs::read(&borrowed).unwrap();
    assert!(bytes.windows(10).any(|window| window == b"permission"));

    let voiced = file("voiced.wav");
    let speak = ["speak", "--text", old, "--output", text(&voiced)];
    let result = run(&[&speak[..], &["--motion", text(&motion), "--json"]].concat());
    assert_success(&result);
    assert_eq!(
        engine::audio::decode_file(&voiced).unwrap().len(),
        before.len()
    );
}
