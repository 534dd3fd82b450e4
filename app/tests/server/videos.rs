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

/// Chromium reads what it is given without our libraries; it is strict about tracks and times.
#[cfg(target_os = "linux")]
#[test]
fn a_film_plays_in_chromium_with_sound() {
    let Some(mut page) = crate::chromium::Page::open() else {
        return;
    };
    let words = json!({"input": "Every word of this film is heard.", "size": "512x512"});
    let video = post("/v1/videos", &words).json();
    let id = video["id"].as_str().unwrap();
    assert_eq!(video_when_ended(id)["status"], "completed");
    page.call("Page.enable", json!({}));
    page.call("Page.setBypassCSP", json!({"enabled": true}));
    let url = format!("http://{}/stage", shared());
    page.call("Page.navigate", json!({"url": url}));
    page.wait_for("document.readyState === 'complete'");
    let play = format!(
        "window.film = document.createElement('video');
         film.src = '/v1/videos/{id}/content';
         document.body.append(film);
         film.play().then(() => 'plays', error => String(error))"
    );
    assert_eq!(page.evaluate(&play), "plays");
    page.wait_for("film.ended || film.error !== null");
    let played = page.evaluate(
        "({error: film.error?.message, secs: film.duration, at: film.currentTime,
           width: film.videoWidth, height: film.videoHeight,
           frames: film.getVideoPlaybackQuality().totalVideoFrames,
           pictureBytes: film.webkitVideoDecodedByteCount, soundBytes: film.webkitAudioDecodedByteCount})",
    );
    let of = |name: &str| played[name].as_f64().unwrap_or_default();
    assert!(played["error"].is_null(), "{played}");
    assert!(of("width") == 512.0 && of("height") >= 512.0, "{played}");
    assert!(
        of("secs") > 1.0 && (of("at") - of("secs")).abs() < 0.04,
        "{played}"
    );
    // Chromium may drop frames on a busy machine, but counts them.
    assert!(of("frames") > 20.0 * of("secs"), "{played}");
    assert!(
        of("pictureBytes") > 10_000.0 && of("soundBytes") > 5_000.0,
        "{played}"
    );
}
