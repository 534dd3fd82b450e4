//! What is refused, and how.

use std::io::{Read as _, Write as _};

use serde_json::{Value, json};

use crate::client::*;

#[test]
fn what_is_wrong_is_said_in_the_shape_of_the_api() {
    let speech = |body: Value| post("/v1/audio/speech", &body);
    let refused = |body: Value, param: &str| {
        let reply = speech(body);
        let message = reply.error(400);
        assert_eq!(reply.json()["error"]["param"], param, "{message}");
    };
    refused(json!({"input": " "}), "input");
    refused(json!({"input": "a ".repeat(3000)}), "input");
    refused(json!({"input": "a", "voice": "nobody"}), "voice");
    refused(json!({"input": "a", "voice": "../../etc/passwd"}), "voice");
    refused(json!({"input": "a", "speed": 9}), "speed");
    refused(
        json!({"input": "a", "response_format": "midi"}),
        "response_format",
    );
    refused(
        json!({"input": "a", "stream_format": "sse"}),
        "stream_format",
    );
    for body in [
        json!({}),
        json!([]),
        json!("a"),
        json!({"input": 5}),
        json!(null),
    ] {
        speech(body).error(400);
    }
    for path in ["/v1/videos", "/v1/stage/commands"] {
        post(path, &json!({})).error(400);
    }
    let video = |body: Value| post("/v1/videos", &body).error(400);
    assert!(video(json!({"input": "a", "portrait": "/etc/passwd"})).contains("amara"));
    video(json!({"input": "a", "size": 100_000}));
    video(json!({"input": "a", "face": 0}));
    video(json!({"input": "a", "background": "transparent"}));
    video(json!({"input": "a", "gaze": [9, 0]}));
    get("/v1/videos/video_nothing").error(404);
    get("/v1/videos/video_nothing/content").error(404);
    get("/v1/videos/..%2f..%2fetc").error(404);
    post_form("/v1/audio/alignments", &[("text", None, b"a")]).error(400);
    let noise = [
        ("file", Some("a.wav"), [7; 999].as_slice()),
        ("text", None, b"a"),
    ];
    post_form("/v1/audio/alignments", &noise).error(400);
    let twice = [
        ("input", None, b"a".as_slice()),
        ("recording", Some("a.wav"), b"b"),
    ];
    post_form("/v1/videos", &twice).error(400);
}

#[test]
fn broken_and_oversized_requests_are_refused_and_the_server_goes_on() {
    let json_type = ("content-type", "application/json");
    let speech = |headers: &[(&str, &str)], body: &[u8]| {
        exchange(
            shared(),
            &request("POST", "/v1/audio/speech", headers, body),
        )
    };
    speech(&[json_type], b"{\"input\": ").error(400);
    speech(&[json_type], b"\xff\xfe").error(400);
    speech(&[json_type], "[".repeat(100_000).as_bytes()).error(400);
    speech(&[], b"{\"input\": \"a\"}").error(415);
    speech(&[("content-type", "text/plain")], b"{\"input\": \"a\"}").error(415);
    speech(&[json_type], &vec![b' '; 600_000]).error(413);
    let form = "POST /v1/videos HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\
                content-type: multipart/form-data; boundary=edge\r\ncontent-length: 99999999999\r\n\r\n";
    exchange(shared(), form.as_bytes()).error(413);
    let headers = [("content-type", "multipart/form-data; boundary=edge")];
    for body in [
        b"--edge\r\n\r\n".as_slice(),
        b"nothing",
        b"",
        b"--edge\r\ncontent-disposition: x",
    ] {
        exchange(shared(), &request("POST", "/v1/videos", &headers, body)).error(400);
    }
    exchange(
        shared(),
        &request(
            "POST",
            "/v1/videos",
            &[("content-type", "multipart/form-data")],
            b"a",
        ),
    )
    .error(400);
    // No HTTP at all.
    for garbage in [
        b"\0\0\0\0\r\n\r\n".as_slice(),
        b"GET\r\n\r\n",
        &[b'a'; 200_000],
    ] {
        let mut stream = connect(shared());
        let _ = stream.write_all(garbage);
        let _ = stream.shutdown(std::net::Shutdown::Write);
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer);
        assert!(answer.is_empty() || answer.starts_with(b"HTTP/1.1 4"));
    }
    // A client that leaves in the middle of its answer.
    let body = json!({"input": "One, two, three, four, five, six, seven."}).to_string();
    let mut stream = connect(shared());
    let leaving = request("POST", "/v1/audio/speech", &[json_type], body.as_bytes());
    stream.write_all(&leaving).unwrap();
    stream.read_exact(&mut [0; 20]).unwrap();
    drop(stream);
    assert_eq!(
        post("/v1/audio/speech", &json!({"input": "Hello."})).status,
        200
    );
}

#[test]
fn other_pages_and_strangers_are_kept_out() {
    let with =
        |headers: &[(&str, &str)]| exchange(shared(), &request("GET", "/v1/models", headers, &[]));
    with(&[("origin", "http://evil.example")]).error(403);
    assert_eq!(with(&[("origin", "http://localhost")]).status, 200);
    let reply = with(&[]);
    assert!(!reply.headers.contains_key("access-control-allow-origin"));
    let stranger = b"GET /v1/models HTTP/1.1\r\nhost: evil.example\r\nconnection: close\r\n\r\n";
    exchange(shared(), stranger).error(403);

    let address = started(Some("a-token-for-the-test"));
    let ask = |path: &str, headers: &[(&str, &str)]| {
        exchange(address, &request("GET", path, headers, &[]))
    };
    let reply = ask("/v1/models", &[]);
    reply.error(401);
    assert_eq!(reply.headers["www-authenticate"], "Bearer");
    ask(
        "/v1/models",
        &[("authorization", "Bearer a-token-for-the-tesT")],
    )
    .error(401);
    assert_eq!(
        ask(
            "/v1/models",
            &[("authorization", "Bearer a-token-for-the-test")]
        )
        .status,
        200
    );
    assert_eq!(ask("/stage", &[]).status, 200);
    ask("/stage/socket", &[]).error(401);
}
