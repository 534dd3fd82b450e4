//! What will be said, and what the user asks for in the text: `jam-flow read`, and marks, dictionaries and SSML in `jam-flow speak`.

use std::path::Path;

use crate::program::{program, run};

fn read(arguments: &[&str]) -> serde_json::Value {
    let result = run(&[&["read", "--json"], arguments].concat());
    let said = String::from_utf8_lossy(&result.stderr);
    assert!(result.status.success(), "{said}");
    serde_json::from_slice(&result.stdout).unwrap()
}

#[test]
fn words_phones_and_warnings_are_printed() {
    let folder = tempfile::tempdir().unwrap();
    let dictionary = folder.path().join("words.txt");
    std::fs::write(&dictionary, "Moe = /mˈOi/\n").unwrap();
    let dictionary = dictionary.to_str().unwrap();

    let answer = read(&["--text", "It was -15 degrees in Oslo. 你好"]);
    assert_eq!(
        answer["normalized"],
        "It was minus fifteen degrees in Oslo."
    );
    assert_eq!(
        answer["phones"],
        "ˌɪt wʌz mˈInəs fˌɪftˈin dəɡɹˈiz ɪn ˈɑzlˌO."
    );
    assert!(answer["warnings"][0].as_str().unwrap().contains("你 好"));

    let answer = read(&["--dictionary", dictionary, "--text", "Moe"]);
    assert_eq!(answer["phones"], "mˈOi.");
    let answer = read(&[
        "--ssml",
        "--text",
        "<speak><sub alias='hello'>hi</sub></speak>",
    ]);
    assert_eq!(answer["normalized"], "hello");

    let result = run(&["read", "--ssml", "--text", "<speak>"]);
    let said = String::from_utf8_lossy(&result.stderr);
    assert!(
        !result.status.success() && said.contains("check its tags"),
        "{said}"
    );
}

/// The longest run of digital silence, seconds.
fn longest_silence_secs(path: &Path) -> f64 {
    let samples = engine::audio::decode_file(path).unwrap();
    let (mut longest, mut run) = (0usize, 0usize);
    for sample in samples {
        run = if sample.abs() < 1e-4 { run + 1 } else { 0 };
        longest = longest.max(run);
    }
    longest as f64 / f64::from(engine::audio::SAMPLE_RATE_HZ)
}

#[test]
fn a_pause_is_so_much_silence() {
    let folder = tempfile::tempdir().unwrap();
    let speak = |name: &str, words: &str| {
        let path = folder.path().join(name);
        let result = run(&["speak", "--text", words, "--output", path.to_str().unwrap()]);
        assert!(
            result.status.success(),
            "{}",
            String::from_utf8_lossy(&result.stderr)
        );
        path
    };
    let plain = longest_silence_secs(&speak("plain.wav", "One apple and two pears."));
    let paused = longest_silence_secs(&speak("paused.wav", "One apple [pause 1.5] and two pears."));
    assert!(plain < 1.0, "{plain} s");
    assert!(paused >= 1.5, "{paused} s");
}

#[test]
fn texts_are_read_as_people_have_them() {
    for (written, said) in [
        // Letters with their accents behind them, and letters of another style.
        (
            "At the cafe\u{301}, Beyonce\u{301} sang.",
            "At the café, Beyoncé sang.",
        ),
        ("The 𝐰𝐨𝐫𝐥𝐝 is ｆｕｌｌ.", "The world is full."),
        // What comes along from web pages.
        ("<b>Bonds</b> &amp; notes.", "Bonds and notes."),
        ("<p>One.</p><p>Two.</p>", "One. Two."),
        ("Wait <break time=\"1s\"/> here.", "Wait here."),
        ("HEYYYYYYY!!!!", "HEY!"),
    ] {
        let answer = read(&["--text", written]);
        let normalized = answer["normalized"].as_str().unwrap();
        let words = normalized.split_whitespace().collect::<Vec<_>>().join(" ");
        assert_eq!(
            words.replace("!!!", "!").replace(" .", "."),
            said,
            "{written}"
        );
        assert_eq!(answer["warnings"].as_array().unwrap().len(), 0, "{written}");
    }
    assert_eq!(
        read(&["--text", "Caf\u{e9} Beyonc\u{e9}"])["phones"],
        read(&["--text", "Cafe\u{301} Beyonce\u{301}"])["phones"]
    );
}

#[test]
fn interjections_are_sounds_and_cries_are_short() {
    let phones = |text: &str| {
        read(&["--text", text])["phones"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    assert_eq!(
        phones("Hmm, uh-oh. Shhh! Ugh, mmm"),
        "hˈʌm, ˈʌˌO. ʃˈᵊʃ! ˈʌɡ, ˈᵊm."
    );
    assert_eq!(phones("hmmmmmmm"), phones("hmm"));
    assert_eq!(phones("Mhm."), "ᵊmhˈʌm.");
    // However long it is written, it is one cry.
    assert_eq!(phones(&"a".repeat(500)), phones("ah"));
    assert_eq!(phones(&format!("N{}!", "O".repeat(300))), phones("No!"));
}

#[test]
fn a_text_comes_from_a_pipe_or_in_any_encoding() {
    use std::io::Write as _;
    use std::process::Stdio;

    let mut child = program()
        .args(["read", "--text-file", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child
        .stdin
        .take()
        .unwrap()
        .write_all(b"Two pears.")
        .unwrap();
    let result = child.wait_with_output().unwrap();
    let said = String::from_utf8(result.stdout).unwrap();
    assert!(said.starts_with("Two pears.\n"), "{said}");

    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.txt");
    let utf_16: Vec<u8> = "\u{feff}The café."
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    for bytes in [utf_16.as_slice(), b"The caf\xe9."] {
        std::fs::write(&path, bytes).unwrap();
        let answer = read(&["--text-file", path.to_str().unwrap()]);
        assert_eq!(answer["normalized"], "The café.");
    }
}
