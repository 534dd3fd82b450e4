//! The server as its clients meet it: over connections of their own, with good requests and with broken ones.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::collections::HashMap;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use engine::audio::wav::Quantizer;
use engine::{SpeakRequest, Synthesizer, Voice};
use jam_flow::server::token::Token;
use jam_flow::server::{self, Settings};
use serde_json::{Value, json};
use studio::avatar::PortraitChoice;
use studio::cancel::CancelToken;
use studio::compute::Compute;
use studio::resources::Resources;
use tungstenite::Message;

/// Whatever takes longer has stopped.
const TIMEOUT: Duration = Duration::from_secs(120);
const QUEUE_LENGTH: usize = 6;

/// A server that runs until the tests end.
fn started(token: Option<&str>) -> SocketAddr {
    let resources = Resources::find(None);
    let settings = Settings {
        address: SocketAddr::from(([127, 0, 0, 1], 0)),
        token: token.map(|token| Token::new(token).unwrap()),
        portrait: PortraitChoice {
            path: resources.default_portrait().unwrap(),
            face: None,
            everybody: false,
        },
        queue_length: QUEUE_LENGTH,
        requests_per_minute: 1_000_000,
    };
    let (ready, address) = std::sync::mpsc::sync_channel(1);
    std::thread::Builder::new()
        .name("server".to_owned())
        .spawn(move || {
            let compute = Compute::default();
            server::run(
                &resources,
                &compute,
                &settings,
                &CancelToken::new(),
                &mut |address| {
                    ready.send(address).unwrap();
                },
            )
            .unwrap();
        })
        .unwrap();
    address.recv_timeout(TIMEOUT).unwrap()
}

/// The one that most tests share.
fn shared() -> SocketAddr {
    static SERVER: OnceLock<SocketAddr> = OnceLock::new();
    *SERVER.get_or_init(|| started(None))
}

struct Reply {
    status: u16,
    headers: HashMap<String, String>,
    body: Vec<u8>,
    /// When the first byte of the body came, and the last.
    first_byte: Duration,
    last_byte: Duration,
}

impl Reply {
    fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    /// The message of an error in OpenAI's shape.
    #[track_caller]
    fn error(&self, status: u16) -> String {
        let body = String::from_utf8_lossy(&self.body);
        assert_eq!(self.status, status, "{body}");
        assert_eq!(self.headers["content-type"], "application/json");
        let error = &self.json()["error"];
        assert!(error["type"].is_string() && error["message"].is_string());
        error["message"].as_str().unwrap().to_owned()
    }
}

fn connect(address: SocketAddr) -> TcpStream {
    let stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(TIMEOUT)).unwrap();
    stream
}

/// Sends bytes as they are and reads what comes until the end.
fn exchange(address: SocketAddr, request: &[u8]) -> Reply {
    let begin = Instant::now();
    let mut stream = connect(address);
    // A server that refuses early does not read to the end.
    let _ = stream.write_all(request);
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    reader.read_line(&mut line).unwrap();
    let status = line.split(' ').nth(1).unwrap().parse().unwrap();
    let mut headers = HashMap::new();
    loop {
        line.clear();
        reader.read_line(&mut line).unwrap();
        let Some((name, value)) = line.trim().split_once(':') else {
            break;
        };
        headers.insert(name.to_ascii_lowercase(), value.trim().to_owned());
    }
    let mut body = Vec::new();
    let mut first_byte = None;
    if headers
        .get("transfer-encoding")
        .is_some_and(|how| how == "chunked")
    {
        loop {
            line.clear();
            reader.read_line(&mut line).unwrap();
            let length = usize::from_str_radix(line.trim(), 16).unwrap();
            let mut chunk = vec![0; length + 2];
            reader.read_exact(&mut chunk).unwrap();
            first_byte.get_or_insert_with(|| begin.elapsed());
            body.extend_from_slice(&chunk[..length]);
            if length == 0 {
                break;
            }
        }
    } else {
        let length = headers
            .get("content-length")
            .map_or(0, |l| l.parse().unwrap());
        body.resize(length, 0);
        reader.read_exact(&mut body).unwrap();
    }
    Reply {
        status,
        headers,
        body,
        first_byte: first_byte.unwrap_or_else(|| begin.elapsed()),
        last_byte: begin.elapsed(),
    }
}

fn request(method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Vec<u8> {
    let mut head = format!("{method} {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n");
    for (name, value) in headers {
        head += &format!("{name}: {value}\r\n");
    }
    head += &format!("content-length: {}\r\n\r\n", body.len());
    [head.as_bytes(), body].concat()
}

fn get(path: &str) -> Reply {
    exchange(shared(), &request("GET", path, &[], &[]))
}

fn post(path: &str, body: &Value) -> Reply {
    post_to(shared(), path, body)
}

fn post_to(address: SocketAddr, path: &str, body: &Value) -> Reply {
    let headers = [("content-type", "application/json")];
    let body = body.to_string();
    exchange(address, &request("POST", path, &headers, body.as_bytes()))
}

/// Sends a form whose fields with a file name are files.
fn post_form(path: &str, fields: &[(&str, Option<&str>, &[u8])]) -> Reply {
    let mut body = Vec::new();
    for (name, file_name, value) in fields {
        let file_name = file_name.map_or(String::new(), |name| format!("; filename=\"{name}\""));
        let head =
            format!("--edge\r\ncontent-disposition: form-data; name=\"{name}\"{file_name}\r\n\r\n");
        body.extend(head.as_bytes());
        body.extend(*value);
        body.extend(b"\r\n");
    }
    body.extend(b"--edge--\r\n");
    let headers = [("content-type", "multipart/form-data; boundary=edge")];
    exchange(shared(), &request("POST", path, &headers, &body))
}

/// What the engine says, as the server's samples.
fn spoken(text: &str, voice: &str) -> Vec<u8> {
    static SYNTHESIZER: OnceLock<Synthesizer> = OnceLock::new();
    let synthesizer =
        SYNTHESIZER.get_or_init(|| Synthesizer::load(&Resources::find(None).models).unwrap());
    let request = SpeakRequest {
        text: text.to_owned(),
        voice: Voice::Named(voice.to_owned()),
        seed: 0,
        speed: 1.0,
    };
    let mut quantizer = Quantizer::default();
    let mut bytes = Vec::new();
    synthesizer
        .speak(&request, &|| false, &mut |chunk| {
            let samples = chunk.samples.iter();
            bytes.extend(samples.flat_map(|&sample| quantizer.quantize(sample).to_le_bytes()));
            Ok(())
        })
        .unwrap();
    bytes
}

fn decoded(bytes: &[u8], name: &str) -> Vec<f32> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    std::fs::write(&path, bytes).unwrap();
    engine::audio::decode_file(&path).unwrap()
}

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

#[test]
fn many_at_once_are_answered_or_told_to_come_back() {
    let text = "Twenty people want to hear this at the same time, and nobody waits for ever.";
    let expected = spoken(text, "af_heart");
    // A server of its own, since it is filled up.
    let address = started(None);
    let body = json!({"input": text, "voice": "af_heart", "response_format": "pcm"});
    let replies: Vec<Reply> = std::thread::scope(|scope| {
        let asking: Vec<_> = (0..20)
            .map(|_| scope.spawn(|| post_to(address, "/v1/audio/speech", &body)))
            .collect();
        asking.into_iter().map(|one| one.join().unwrap()).collect()
    });
    let mut answered = 0;
    for reply in &replies {
        match reply.status {
            200 => {
                assert!(reply.body == expected);
                answered += 1;
            }
            _ => {
                reply.error(429);
                assert_eq!(reply.headers["retry-after"], "1");
                assert!(reply.last_byte < Duration::from_secs(20));
            }
        }
    }
    assert!(answered > 0, "everybody was refused");
}

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

/// What the stage shows: number, samples and picture of a frame.
struct Shown {
    number: u32,
    samples: Vec<u8>,
    picture: image::RgbaImage,
}

impl Shown {
    fn read(message: &[u8]) -> Self {
        let number = u32::from_le_bytes(message[..4].try_into().unwrap());
        let count = usize::from(u16::from_le_bytes(message[4..6].try_into().unwrap()));
        let (samples, picture) = message[8..].split_at(2 * count);
        Self {
            number,
            samples: samples.to_vec(),
            picture: image::load_from_memory(picture).unwrap().to_rgba8(),
        }
    }
}

/// Whether these frames, and these events with the frames before them, are all that is waited for.
type IsEnough<'a> = &'a dyn Fn(&[Shown], &[(usize, Value)]) -> bool;

#[test]
fn the_stage_shows_a_living_portrait_with_alpha_and_its_sound() {
    // A server of its own: nobody else may speak on its stage.
    let address = started(None);
    let command = |body: &Value| post_to(address, "/v1/stage/commands", body);
    let stop = json!({"command": "stop"});
    assert!(command(&stop).error(409).contains("nobody looks"));
    let (mut socket, _) = tungstenite::connect(format!("ws://{address}/stage/socket")).unwrap();
    let mut frames: Vec<Shown> = Vec::new();
    let mut events: Vec<(usize, Value)> = Vec::new();
    let mut read_until = |socket: &mut tungstenite::WebSocket<_>, is_enough: IsEnough| {
        let begin = Instant::now();
        while !is_enough(&frames, &events) {
            assert!(begin.elapsed() < TIMEOUT, "{events:?}");
            match socket.read().unwrap() {
                Message::Binary(bytes) => frames.push(Shown::read(&bytes)),
                Message::Text(text) => {
                    events.push((frames.len(), serde_json::from_str(&text).unwrap()));
                }
                _ => {}
            }
        }
        (frames.len(), events.len())
    };
    read_until(&mut socket, &|frames, _| frames.len() >= 5);
    // Nonsense is refused, and the stage goes on.
    for nonsense in ["nonsense", "{}", r#"{"command": "say", "input": ""}"#] {
        socket.send(Message::text(nonsense)).unwrap();
    }
    read_until(&mut socket, &|_, events| events.len() >= 3);
    let text = "Well, what do you know?";
    let say = json!({"command": "say", "input": text, "voice": "af_heart"});
    socket.send(Message::text(say.to_string())).unwrap();
    assert_eq!(
        command(&json!({"command": "mood", "mood": "happy"})).status,
        200
    );
    let has_ended = |events: &[(usize, Value)]| events.iter().any(|(_, e)| e["event"] == "ended");
    read_until(&mut socket, &|frames, events| {
        has_ended(events) && frames.last().is_some_and(|frame| frame.samples.is_empty())
    });
    drop(socket);

    for (_, event) in &events[..3] {
        assert_eq!(event["event"], "refused");
    }
    // A viewer that is not slow gets every frame.
    let first = frames[0].number;
    for (place, frame) in (first..).zip(&frames) {
        assert_eq!(frame.number, place);
    }
    // The sound is that of the same words elsewhere, from the frame on at which it was said to begin.
    let said: Vec<u8> = frames
        .iter()
        .flat_map(|frame| frame.samples.clone())
        .collect();
    let expected = spoken(text, "af_heart");
    assert!(said.len() - expected.len() < 2 * 960 && said.starts_with(&expected[..]));
    let begins = events
        .iter()
        .find(|(_, event)| event["event"] == "begins")
        .unwrap()
        .0;
    let is_said = |frame: &Shown| !frame.samples.is_empty();
    assert_eq!(frames.iter().position(is_said), Some(begins));
    // Behind the person there is nothing, and the person is there.
    let picture = &frames[begins].picture;
    let share = |is: fn(u8) -> bool| {
        let count = picture.pixels().filter(|pixel| is(pixel.0[3])).count();
        count as f64 / f64::from(picture.width() * picture.height())
    };
    assert!(share(|alpha| alpha == 0) > 0.1 && share(|alpha| alpha == 255) > 0.2);
    // Every frame of the speech differs from the one before.
    let moving = frames[begins..].windows(2).filter(|pair| is_said(&pair[1]));
    assert!(moving.clone().count() > 20);
    let still = moving
        .filter(|pair| pair[0].picture == pair[1].picture)
        .count();
    assert_eq!(still, 0);
    // The loudness of the sound and the movement of the mouth belong to the same frames: the face of a silent frame before
    // the speech moves less than that of the loudest.
    let difference = |a: &Shown, b: &Shown| -> u64 {
        let bytes = a.picture.iter().zip(b.picture.iter());
        bytes.map(|(a, b)| u64::from(a.abs_diff(*b))).sum()
    };
    let quiet = difference(&frames[0], &frames[1]);
    let loud = frames[begins..]
        .windows(2)
        .map(|pair| difference(&pair[0], &pair[1]))
        .max()
        .unwrap();
    assert!(loud > 2 * quiet, "{loud} {quiet}");
}

/// Inodes of the sockets that listen on this machine, of all programs.
fn listening_inodes() -> Vec<String> {
    ["/proc/net/tcp", "/proc/net/tcp6"]
        .iter()
        .filter_map(|table| std::fs::read_to_string(table).ok())
        .flat_map(|table| {
            let rows = table.lines().skip(1).map(str::to_owned).collect::<Vec<_>>();
            rows.into_iter().filter_map(|row| {
                let fields: Vec<&str> = row.split_whitespace().collect();
                (fields.get(3) == Some(&"0A"))
                    .then(|| fields.get(9).map(|inode| (*inode).to_owned()))?
            })
        })
        .collect()
}

/// Whether a process listens anywhere.
fn listens(process: u32) -> bool {
    let listening = listening_inodes();
    let Ok(files) = std::fs::read_dir(Path::new("/proc").join(process.to_string()).join("fd"))
    else {
        return false;
    };
    files
        .flatten()
        .filter_map(|file| std::fs::read_link(file.path()).ok())
        .any(|target| {
            let target = target.to_string_lossy().into_owned();
            let inode = target
                .strip_prefix("socket:[")
                .and_then(|rest| rest.strip_suffix(']'));
            inode.is_some_and(|inode| listening.iter().any(|other| other == inode))
        })
}

/// The next line that has this in it.
fn line_with(said: &mut impl std::io::BufRead, part: &str) -> String {
    let mut lines = said.lines().map(Result::unwrap);
    lines.find(|line| line.contains(part)).unwrap()
}

#[cfg(target_os = "linux")]
#[test]
fn only_serve_listens_and_ctrl_c_ends_it_in_peace() {
    let program = || {
        let mut command = Command::new(env!("CARGO_BIN_EXE_jam-flow"));
        command.env_remove("DISPLAY").env_remove("WAYLAND_DISPLAY");
        command.stdout(Stdio::null()).stderr(Stdio::piped());
        command
    };
    let folder = tempfile::tempdir().unwrap();
    let film = folder.path().join("a.mp4");
    let mut speaking = program()
        .args(["speak", "--text", "Does anybody hear me?", "--output"])
        .arg(&film)
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    while speaking.try_wait().unwrap().is_none() {
        assert!(!listens(speaking.id()), "speak listens");
        std::thread::sleep(Duration::from_millis(10));
    }
    assert!(film.exists());

    let mut serving = program()
        .args(["serve", "--listen", "127.0.0.1:0"])
        .spawn()
        .unwrap();
    let mut said = BufReader::new(serving.stderr.take().unwrap());
    let line = line_with(&mut said, "http://");
    let address = line.split("http://").nth(1).unwrap();
    let address: SocketAddr = address.split(' ').next().unwrap().parse().unwrap();
    assert!(listens(serving.id()) && address.ip().is_loopback());
    assert_eq!(
        exchange(address, &request("GET", "/v1/models", &[], &[])).status,
        200
    );
    // In the middle of a video.
    let body = json!({"input": "This goes on for a while. ".repeat(20)}).to_string();
    let headers = [("content-type", "application/json")];
    exchange(
        address,
        &request("POST", "/v1/videos", &headers, body.as_bytes()),
    );
    let interrupt = Command::new("kill")
        .args(["-INT", &serving.id().to_string()])
        .status()
        .unwrap();
    assert!(interrupt.success());
    let begin = Instant::now();
    let status = serving.wait().unwrap();
    assert!(status.success() && begin.elapsed() < Duration::from_secs(15));

    // Others are never let in without a token: one is made and told.
    let mut open = program()
        .args(["serve", "--listen", "0.0.0.0:0"])
        .env_remove("JAM_FLOW_TOKEN")
        .spawn()
        .unwrap();
    let mut said = BufReader::new(open.stderr.take().unwrap());
    let token = line_with(&mut said, "token: ");
    let ready = line_with(&mut said, "http://");
    let token = token.trim().strip_prefix("token: ").unwrap();
    assert!(token.len() >= 32);
    let port = ready.split("http://0.0.0.0:").nth(1).unwrap();
    let port: u16 = port.split(' ').next().unwrap().parse().unwrap();
    let address = SocketAddr::from(([127, 0, 0, 1], port));
    exchange(address, &request("GET", "/v1/models", &[], &[])).error(401);
    let bearer = format!("Bearer {token}");
    let headers = [("authorization", bearer.as_str())];
    assert_eq!(
        exchange(address, &request("GET", "/v1/models", &headers, &[])).status,
        200
    );
    open.kill().unwrap();
    open.wait().unwrap();
}
