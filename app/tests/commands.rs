//! The commands around speaking: inspect, models, completions, manual, and the formats of a film.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod program;

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use studio::resources::Resources;

use program::{assert_success, error_line, json, names, program, run, text};

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

#[test]
fn cameras_are_listed_and_belong_to_the_window() {
    let listed = json(&run(&["cameras", "--json"]));
    let cameras = listed.as_array().unwrap();
    assert!(cameras.iter().all(|camera| camera["name"].is_string()));
    assert_success(&program().arg("cameras").output().unwrap());
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
