//! Speech and the lists around it.

use serde_json::json;

use crate::client::*;
use crate::program::{Serving, error_line, run, text};

#[test]
fn speech_is_what_the_engine_says_and_comes_while_it_is_made() {
    let ask = |text: &str, format: &str| {
        let reply = post(
            "/v1/audio/speech",
            &json!({"model": "tts-1", "input": text, "voice": "nova", "response_format": format}),
        );
        assert_eq!(
            reply.status,
            200,
            "{}",
            String::from_utf8_lossy(&reply.body)
        );
        reply
    };
    let expected = spoken("Hello from the server.", "af_nova");
    let pcm = ask("Hello from the server.", "pcm");
    assert_eq!(pcm.headers["content-type"], "audio/pcm");
    assert!(pcm.body == expected);
    let wav = ask("Hello from the server.", "wav");
    assert!(wav.body.ends_with(&expected) && wav.body.starts_with(b"RIFF"));
    assert_eq!(decoded(&wav.body, "a.wav").len(), expected.len() / 2);
    let opus = ask("Hello from the server.", "opus");
    assert_eq!(opus.headers["content-type"], "audio/ogg");
    let length = decoded(&opus.body, "a.opus").len();
    // Our reader keeps what only fills the last packet of 20 ms.
    assert!((expected.len() / 2..expected.len() / 2 + 480).contains(&length));

    let flac = ask("Hello from the server.", "flac");
    assert_eq!(flac.headers["content-type"], "audio/flac");
    assert!(decoded(&flac.body, "a.flac") == decoded(&wav.body, "a.wav"));
    let aac = ask("Hello from the server.", "aac");
    assert_eq!(aac.headers["content-type"], "audio/aac");
    let length = decoded(&aac.body, "a.aac").len();
    // A packet ahead of the sound, and one that is filled up.
    assert!((expected.len() / 2..expected.len() / 2 + 2 * 512).contains(&length));

    let long = "A sentence that is long enough to be made in several pieces, one after the other. ";
    let reply = ask(&long.repeat(6), "pcm");
    assert!(
        reply.first_byte * 2 < reply.last_byte,
        "{:?} of {:?}",
        reply.first_byte,
        reply.last_byte
    );
}

#[test]
fn lists_and_documents_are_there() {
    let models = get("/v1/models").json();
    assert_eq!(models["data"][0]["id"], "jam-flow");
    let voices = get("/v1/audio/voices").json();
    let has = |id: &str| {
        let voices = voices["voices"].as_array().unwrap();
        voices.iter().any(|voice| voice["id"] == id)
    };
    assert!(has("af_heart") && has(voices["default"].as_str().unwrap()));
    // Everything that is described is answered.
    let document = get("/openapi.json").json();
    for (path, methods) in document["paths"].as_object().unwrap() {
        let path = path.replace("{id}", "video_0");
        for method in methods.as_object().unwrap().keys() {
            if method == "parameters" {
                continue;
            }
            let reply = exchange(shared(), &request(&method.to_uppercase(), &path, &[], &[]));
            assert_ne!(reply.status, 405, "{method} {path}");
            assert!(
                reply.status != 404 || path.contains("video_0"),
                "{method} {path}"
            );
            let patched = exchange(shared(), &request("PATCH", &path, &[], &[]));
            patched.error(405);
        }
    }
    assert!(get("/stage").headers["content-security-policy"].contains("default-src 'none'"));
    get("/v1/nothing").error(404);
    get("/").error(404);
}

#[test]
fn words_of_a_recording_get_their_times() {
    let text = "The old man put the book back on the table.";
    let recording = post(
        "/v1/audio/speech",
        &json!({"input": text, "response_format": "wav"}),
    )
    .body;
    let aligned = post_form(
        "/v1/audio/alignments",
        &[
            ("file", Some("a.wav"), recording.as_slice()),
            ("text", None, text.as_bytes()),
        ],
    );
    assert_eq!(
        aligned.status,
        200,
        "{}",
        String::from_utf8_lossy(&aligned.body)
    );
    let aligned = aligned.json();
    let words = aligned["words"].as_array().unwrap();
    assert_eq!(words.len(), 10);
    let mut before = 0.0;
    for word in words {
        let (start, end) = (word["start_secs"].as_f64(), word["end_secs"].as_f64());
        assert!(start.unwrap() >= before && end > start);
        assert!(!word["phones"].as_array().unwrap().is_empty());
        before = end.unwrap();
    }
    assert!(before <= aligned["duration_secs"].as_f64().unwrap());
    // Other words are not found.
    let other = [
        ("file", Some("a.wav"), recording.as_slice()),
        (
            "text",
            None,
            b"Completely different things are said here, are they not?".as_slice(),
        ),
    ];
    post_form("/v1/audio/alignments", &other).error(400);
}

#[test]
fn the_users_dictionary_is_for_every_request() {
    let folder = tempfile::tempdir().unwrap();
    let names = folder.path().join("names.txt");
    std::fs::write(&names, "Moe = a friend of mine\n").unwrap();
    let serving = Serving::start("127.0.0.1:0", &["--dictionary", text(&names)]);
    let say = |words: &str| {
        let body = json!({"input": words, "response_format": "pcm"});
        let reply = post_to(serving.address, "/v1/audio/speech", &body);
        assert_eq!(reply.status, 200);
        reply.body
    };
    assert!(say("This is Moe.") == say("This is a friend of mine."));
    // What the text says about a word goes before.
    assert!(say("This is [Moe](=Joe).") == say("This is Joe."));

    std::fs::write(&names, "Moe\n").unwrap();
    let refused = run(&["serve", "--dictionary", text(&names)]);
    assert!(error_line(&refused).contains("line 1 of the dictionary"));
}
