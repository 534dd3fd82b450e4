//! From a clip to a film in which the portrait tells what happens, without a network.

use std::path::{Path, PathBuf};
use std::process::Output;
use std::time::Duration;

use studio::cancel::CancelToken;
use studio::media::read::{read_frames, sound_of};
use studio::watch::clip::Clip;
use studio::watch::slow_fast::{FrameKind, Size, SlowFastSettings};

use crate::clip::{HEIGHT, WIDTH};
use crate::mock_server::{MockServer, Reply};

use crate::program::{names, program, text};

/// A clip of 8 s with a cut in its middle.
pub fn clip(folder: &Path) -> PathBuf {
    crate::clip::clip(folder, 200, 1)
}

fn watch(arguments: &[&str]) -> Output {
    program()
        .env_remove("JAM_FLOW_ENDPOINT_KEY")
        .arg("watch")
        .args(arguments)
        .output()
        .unwrap()
}

#[test]
fn the_pictures_of_a_clip_are_chosen_by_the_rule() {
    let folder = tempfile::tempdir().unwrap();
    let path = clip(folder.path());
    let clip = Clip::open(&path, &CancelToken::new(), &mut |_| {}).unwrap();
    assert_eq!((clip.frame_count, clip.fps), (200, 25.0));
    assert_eq!(clip.size, Size::new(WIDTH, HEIGHT));
    let settings = SlowFastSettings::default();
    let shown = clip
        .shown_frames(&settings, &CancelToken::new(), &mut |_| {})
        .unwrap();
    assert_eq!(shown.len(), 16);
    let slow: Vec<usize> = (0..16)
        .filter(|&index| shown[index].kind == FrameKind::Slow)
        .collect();
    // The first frame, and the first behind the cut: the cosine of red and white in HSV is 0.61, and the rule asks for 0.7.
    assert_eq!(slow, [0, 8]);
    for frame in &shown {
        let picture = image::load_from_memory(&frame.jpeg).unwrap();
        assert_eq!(
            (picture.width(), picture.height()),
            (frame.size.width_px, frame.size.height_px)
        );
        let is_red = picture.to_rgb8().get_pixel(2, 2)[2] < 120;
        assert_eq!(is_red, frame.time_secs < 4.0);
    }
    let tokens: u32 = shown
        .iter()
        .map(studio::watch::clip::ShownFrame::tokens)
        .sum();
    assert_eq!(tokens, 2 * 66 + 14 * 45);
}

#[test]
fn a_clip_becomes_a_film_in_which_the_portrait_tells_it_in_time() {
    let folder = tempfile::tempdir().unwrap();
    let path = clip(folder.path());
    let file = |name: &str| folder.path().join(name);
    let pieces = [
        "<think>A square.</think>Here it is:\n[0.5] A white square moves ",
        "across a red field.\n[4.0] Now the field ",
        "is white.\n",
    ];
    let server = MockServer::start(vec![
        Reply::Status(503, String::new(), "loading the model".to_owned()),
        Reply::SlowWords(
            pieces.map(str::to_owned).to_vec(),
            Duration::from_millis(20),
        ),
    ]);
    let result = watch(&[
        text(&path),
        "--endpoint",
        &server.address,
        "--model",
        "keye-mock",
        "--prompt",
        "narrate",
        "--output",
        text(&file("told.mp4")),
        "--subtitles",
        text(&file("told.srt")),
        "--answer-output",
        text(&file("told.txt")),
        "--json",
    ]);
    let said = String::from_utf8_lossy(&result.stderr).into_owned();
    assert!(result.status.success(), "{said}");
    assert!(
        said.contains("16 pictures of the clip") && said.contains("nothing leaves the machine"),
        "{said}"
    );
    let request = server.requests().pop().unwrap();
    let content = request.body["messages"][0]["content"]
        .as_array()
        .unwrap()
        .clone();
    assert_eq!(content.len(), 33);
    assert!(content[32]["text"].as_str().unwrap().ends_with("/no_think"));

    let report: serde_json::Value = serde_json::from_slice(&result.stdout).unwrap();
    for (line, wanted) in report["lines"].as_array().unwrap().iter().zip([0.5, 4.0]) {
        let begins = line["film_secs"][0].as_f64().unwrap();
        assert!((begins - wanted).abs() < 0.3, "{line}");
    }
    assert_eq!(report["waited_secs"], 0.0);
    let written = std::fs::read_to_string(file("told.txt")).unwrap();
    assert_eq!(
        written,
        "[0.50] A white square moves across a red field.\n[4.00] Now the field is white.\n"
    );
    let subtitles = std::fs::read_to_string(file("told.srt")).unwrap();
    assert!(
        subtitles.contains("red field") && subtitles.contains("is white."),
        "{subtitles}"
    );

    // The clip's own size made larger, both pictures in their places, and the tone quiet while somebody speaks.
    let mut colours = Vec::new();
    read_frames(&file("told.mp4"), &|| false, &mut |frame, _| {
        assert_eq!((frame.width, frame.height), (854, 480));
        colours.push([frame.rgb[3000], frame.rgb[3002]]);
        Ok(())
    })
    .unwrap();
    assert!((200..230).contains(&colours.len()), "{}", colours.len());
    assert!(colours[60][0] > 120 && colours[60][1] < 80);
    assert!(colours[160][0] > 150 && colours[160][1] > 150);
    let sound = sound_of(&file("told.mp4"), &|| false).unwrap().unwrap();
    let level = |secs: f64| tone_level(&sound[(secs * 24_000.0) as usize..][..4800]);
    let loud = level(7.4);
    assert!((loud - 0.25).abs() < 0.05, "{loud}");
    assert!(
        level(1.0) < 0.1 && level(4.5) < 0.1,
        "{} {}",
        level(1.0),
        level(4.5)
    );
}

/// Amplitude of the clip's tone.
fn tone_level(samples: &[f32]) -> f32 {
    let (mut sine, mut cosine) = (0.0, 0.0);
    for (index, sample) in samples.iter().enumerate() {
        let phase = index as f32 * 0.1;
        sine += sample * phase.sin();
        cosine += sample * phase.cos();
    }
    2.0 * f32::hypot(sine, cosine) / samples.len() as f32
}

#[test]
fn a_prepared_answer_is_spoken_without_an_endpoint_and_the_clip_waits_for_long_lines() {
    let folder = tempfile::tempdir().unwrap();
    let path = clip(folder.path());
    let file = |name: &str| folder.path().join(name);
    std::fs::write(
        file("answer.txt"),
        "[1.0] A small white square slowly makes its way from the left edge to the right edge of the picture.\n[2.5] Red ends.\n",
    )
    .unwrap();
    let result = watch(&[
        text(&path),
        "--answer",
        text(&file("answer.txt")),
        "--output",
        text(&file("told.mp4")),
        "--layout",
        "side",
        "--json",
    ]);
    let said = String::from_utf8_lossy(&result.stderr).into_owned();
    assert!(result.status.success(), "{said}");
    let report: serde_json::Value = serde_json::from_slice(&result.stdout).unwrap();
    let waited_secs = report["waited_secs"].as_f64().unwrap();
    assert!(waited_secs > 0.5, "{report}");
    let begins = report["lines"][1]["film_secs"][0].as_f64().unwrap();
    // In the clip's time the line is where it should be.
    assert!((begins - waited_secs - 2.5).abs() < 0.3, "{report}");
}

#[test]
fn whatever_goes_wrong_is_one_line_and_leaves_no_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = clip(folder.path());
    let file = |name: &str| folder.path().join(name);
    std::fs::write(file("empty.txt"), "[0.0]\n").unwrap();
    std::fs::write(file("text.mp4"), "no film").unwrap();
    let server = MockServer::start(vec![Reply::Lines("data: {\"choi\n\n".to_owned())]);
    let wordless = MockServer::start(vec![Reply::Words(vec!["<think>Hm.".to_owned()])]);
    let before = names(folder.path());
    let output = file("told.mp4");
    let answer = file("empty.txt");
    let model = |address: &'static str| ["--endpoint", address, "--model", "a"];
    for (clip, more, line) in [
        (
            &path,
            vec!["--answer", text(&answer)],
            "no words that could be spoken",
        ),
        (
            &file("none.mp4"),
            vec!["--answer", text(&answer)],
            "none.mp4",
        ),
        (
            &file("text.mp4"),
            vec!["--answer", text(&answer)],
            "text.mp4",
        ),
        (
            &path,
            model("localhost:8000").to_vec(),
            "must begin with http",
        ),
        (
            &path,
            model("http://127.0.0.1:1").to_vec(),
            "no server answers",
        ),
        (
            &path,
            vec!["--endpoint", &server.address, "--model", "a"],
            "JSON is broken",
        ),
        (
            &path,
            vec!["--endpoint", &wordless.address, "--model", "a"],
            "no words",
        ),
        (
            &path,
            [&model("http://127.0.0.1:1")[..], &["--question", "Who?"]].concat(),
            "--prompt ask",
        ),
    ] {
        let mut arguments = vec![text(clip), "--output", text(&output)];
        arguments.extend(more);
        let result = watch(&arguments);
        let said = String::from_utf8_lossy(&result.stderr).into_owned();
        assert!(
            !result.status.success() && !said.contains("panicked"),
            "{said}"
        );
        let last = said.lines().last().unwrap();
        assert!(last.starts_with("error: ") && last.contains(line), "{said}");
        assert_eq!(names(folder.path()), before);
    }
    // An output never takes the place of an input.
    let result = watch(&[
        text(&path),
        "--answer",
        text(&answer),
        "--output",
        text(&path),
    ]);
    assert!(String::from_utf8_lossy(&result.stderr).contains("would replace an input"));
}
