//! Videos as jobs.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use studio::resources::Resources;

use crate::client::*;

/// Asks for a video until nothing more happens to it.
fn video_when_ended(id: &str) -> Value {
    let begin = Instant::now();
    loop {
        let video = get(&format!("/v1/videos/{id}")).json();
        if matches!(video["status"].as_str(), Some("completed" | "failed")) {
            return video;
        }
        assert!(begin.elapsed() < TIMEOUT, "{video}");
        std::thread::sleep(Duration::from_millis(50));
    }
}

fn tracks(film: &[u8]) -> usize {
    let film = re_mp4::Mp4::read_bytes(film).unwrap();
    film.tracks().len()
}

#[test]
fn words_become_a_video_whose_progress_can_be_followed() {
    let video = post(
        "/v1/videos",
        &json!({"prompt": "Yes.", "portrait": "amara", "mood": "happy", "size": "512x512"}),
    )
    .json();
    assert_eq!(video["object"], "video");
    let id = video["id"].as_str().unwrap();
    let listed = get("/v1/videos").json();
    let listed = listed["data"].as_array().unwrap();
    assert!(listed.iter().any(|other| other["id"] == id));
    let events = get(&format!("/v1/videos/{id}/events"));
    assert_eq!(events.headers["content-type"], "text/event-stream");
    let text = String::from_utf8(events.body).unwrap();
    let last = text
        .lines()
        .rev()
        .find_map(|line| line.strip_prefix("data: "));
    let last: Value = serde_json::from_str(last.unwrap()).unwrap();
    assert_eq!(
        (&last["status"], &last["progress"]),
        (&"completed".into(), &100.into())
    );
    let film = get(&format!("/v1/videos/{id}/content"));
    assert_eq!(film.headers["content-type"], "video/mp4");
    assert_eq!(tracks(&film.body), 2);
    let gone = exchange(
        shared(),
        &request("DELETE", &format!("/v1/videos/{id}"), &[], &[]),
    );
    assert_eq!(gone.json()["deleted"], true);
    get(&format!("/v1/videos/{id}")).error(404);
}

#[test]
fn a_recording_and_a_picture_become_a_video() {
    let resources = Resources::find(None);
    let portrait = std::fs::read(resources.assets.join("portraits/nora.jpg")).unwrap();
    let recording = post(
        "/v1/audio/speech",
        &json!({"input": "Hello.", "response_format": "wav"}),
    )
    .body;
    let made = post_form(
        "/v1/videos",
        &[
            ("recording", Some("../../me.wav"), recording.as_slice()),
            ("portrait", Some("nora.jpg"), portrait.as_slice()),
            ("seed", None, b"3"),
        ],
    );
    assert_eq!(made.status, 200, "{}", String::from_utf8_lossy(&made.body));
    let video = video_when_ended(made.json()["id"].as_str().unwrap());
    assert_eq!(video["status"], "completed", "{video}");
    // A picture without a face fails with its reason, and without a path of the server.
    let no_face = image::RgbImage::new(300, 300);
    let mut png = Vec::new();
    no_face
        .write_to(&mut std::io::Cursor::new(&mut png), image::ImageFormat::Png)
        .unwrap();
    let fields = [
        ("input", None, b"Yes.".as_slice()),
        ("portrait", Some("a.png"), &png),
    ];
    let made = post_form("/v1/videos", &fields).json();
    let video = video_when_ended(made["id"].as_str().unwrap());
    assert_eq!(video["status"], "failed");
    let message = video["error"]["message"].as_str().unwrap();
    assert!(
        message.contains("face") && !message.contains('/'),
        "{message}"
    );
}

#[test]
fn a_video_that_is_deleted_is_made_no_further() {
    let long = "This is a long story that nobody wants to hear to its end. ".repeat(40);
    let video = post("/v1/videos", &json!({"input": long})).json();
    let id = video["id"].as_str().unwrap();
    get(&format!("/v1/videos/{id}/content")).error(409);
    let gone = exchange(
        shared(),
        &request("DELETE", &format!("/v1/videos/{id}"), &[], &[]),
    );
    assert_eq!(gone.status, 200);
    // The next one is not kept waiting by it.
    let begin = Instant::now();
    let video = post("/v1/videos", &json!({"input": "Yes."})).json();
    let video = video_when_ended(video["id"].as_str().unwrap());
    assert_eq!(video["status"], "completed", "{video}");
    assert!(begin.elapsed() < Duration::from_secs(60));
}
