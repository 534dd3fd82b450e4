//! Every usual failure of a server ends in one line, and what can pass is tried again.

use std::net::TcpListener;
use std::time::{Duration, Instant};

use studio::cancel::CancelToken;
use studio::watch::clip::ShownFrame;
use studio::watch::endpoint::{Answer, Endpoint, EndpointError};
use studio::watch::slow_fast::{FrameKind, Size};

use crate::mock_server::{MockServer, Reply};

fn frames() -> Vec<ShownFrame> {
    [(0.0, FrameKind::Slow), (0.52, FrameKind::Fast)]
        .map(|(time_secs, kind)| ShownFrame {
            time_secs,
            kind,
            size: Size::new(56, 28),
            jpeg: vec![0xFF, 0xD8, 0x00],
        })
        .to_vec()
}

fn words(text: &[&str]) -> Vec<String> {
    text.iter().map(|&word| word.to_owned()).collect()
}

fn endpoint(address: &str) -> Endpoint {
    Endpoint::new(address, "a-model", Some("secret".to_owned()))
        .unwrap()
        .with_silence(Duration::from_millis(400))
        .with_first_wait(Duration::from_millis(5))
}

/// The answer and how often the server was asked.
fn ask(replies: Vec<Reply>) -> (Result<Answer, EndpointError>, usize) {
    let server = MockServer::start(replies);
    let answer =
        endpoint(&server.address).ask(&frames(), "What is it?", &CancelToken::new(), &mut |_| {});
    (answer, server.requests().len())
}

fn status(status: u16, body: &str) -> Reply {
    Reply::Status(status, String::new(), body.to_owned())
}

#[test]
fn pictures_stand_between_their_times_and_words_come_as_they_are_said() {
    let server = MockServer::start(vec![Reply::Words(words(&["A ", "dog ", "runs."]))]);
    let mut heard = Vec::new();
    let endpoint = endpoint(&server.address);
    let answer = endpoint
        .ask(
            &frames(),
            "What is it?",
            &CancelToken::new(),
            &mut |piece| {
                heard.extend(piece.map(str::to_owned));
            },
        )
        .unwrap();
    assert_eq!(answer.text, "A dog runs.");
    assert_eq!(heard, ["A ", "dog ", "runs."]);
    let [request] = server.requests().try_into().unwrap();
    assert_eq!(request.path, "/v1/chat/completions");
    assert_eq!(request.authorization.as_deref(), Some("Bearer secret"));
    assert_eq!(request.body["model"], "a-model");
    assert_eq!(request.body["stream"], true);
    let content = request.body["messages"][0]["content"]
        .as_array()
        .unwrap()
        .clone();
    let kinds: Vec<&str> = content
        .iter()
        .map(|part| part["type"].as_str().unwrap())
        .collect();
    assert_eq!(kinds, ["text", "image_url", "text", "image_url", "text"]);
    assert_eq!(
        (&content[0]["text"], &content[2]["text"]),
        (&"0.0 s".into(), &"0.5 s".into())
    );
    assert_eq!(
        content[1]["image_url"]["url"],
        "data:image/jpeg;base64,/9gA"
    );
    assert_eq!(content[4]["text"], "What is it?");
}

#[test]
fn what_is_sent_is_told() {
    let told = |address: &str| {
        let endpoint = Endpoint::new(address, "a", None).unwrap();
        endpoint.disclosure(&frames()).to_string()
    };
    assert!(told("http://localhost:1").contains("nothing leaves the machine"));
    let open = told("http://a.example/v1");
    assert!(
        open.contains("2 pictures") && open.contains("NOT encrypted"),
        "{open}"
    );
    assert!(told("https://a.example").contains("sending to a.example"));
}

#[test]
fn a_key_is_never_sent_unencrypted_to_another_machine() {
    let endpoint = |address: &str, key: &str| Endpoint::new(address, "a", Some(key.to_owned()));
    let error = endpoint("http://a.example", "secret").unwrap_err();
    assert!(matches!(error, EndpointError::KeyUnprotected { .. }));
    assert!(!error.to_string().contains("secret"));
    assert!(endpoint("http://a.example", " ").is_ok());
    assert!(endpoint("https://a.example", "secret").is_ok());
    assert!(endpoint("https://a.example", "two\nlines").is_err());
}

#[test]
fn what_passes_is_tried_again() {
    let good = || Reply::Words(words(&["Yes."]));
    let wait = "retry-after: 0\r\n".to_owned();
    for bad in [
        Reply::Status(429, wait, "{\"error\": \"slow down\"}".to_owned()),
        status(500, "oops"),
        status(503, ""),
        Reply::WordsCutOff(words(&["Ye"])),
        Reply::Nothing,
    ] {
        let (answer, asked) = ask(vec![bad.clone(), good()]);
        assert_eq!(answer.unwrap().text, "Yes.", "{bad:?}");
        assert_eq!(asked, 2, "{bad:?}");
    }
}

#[test]
fn every_failure_is_one_line_that_says_what_to_do() {
    let long_line = format!("data: {}\n", "x".repeat(2 << 20));
    for (reply, line, asked) in [
        (
            status(401, "{\"error\": {\"message\": \"bad key\"}}"),
            "bad key): set JAM_FLOW_ENDPOINT_KEY",
            1,
        ),
        (
            status(404, "{\"detail\": \"no\\nsuch model\"}"),
            "no model \"a-model\"",
            1,
        ),
        (status(429, "busy"), "try again later", 4),
        (status(500, &"<p>".repeat(9000)), "HTTP 500", 4),
        (status(400, "too many images"), "fewer pictures", 1),
        (
            Reply::Status(
                302,
                "location: http://evil.example/\r\n".to_owned(),
                String::new(),
            ),
            "http://evil.example/: give that address",
            1,
        ),
        (
            Reply::Lines("data: {\"choices\": [{\"del\n\n".to_owned()),
            "JSON is broken",
            1,
        ),
        (
            Reply::Lines("data: {\"ok\": true}\n\n".to_owned()),
            "no choices",
            1,
        ),
        (
            Reply::Lines("data: {\"error\": {\"message\": \"out of memory\"}}\n\n".to_owned()),
            "out of memory",
            4,
        ),
        (
            Reply::Whole("<html>Welcome</html>".to_owned()),
            "<html>Welcome</html>",
            1,
        ),
        (
            Reply::Bytes(b"SSH-2.0-OpenSSH_9.6\r\n".to_vec()),
            "check the address",
            1,
        ),
        (Reply::WordsCutOff(words(&["A do"])), "broke off", 4),
        (Reply::EndlessWords, "longer than", 1),
        (Reply::Lines(long_line), "longer than", 1),
        (
            Reply::WordsThenSilence(words(&["A"]), Duration::from_secs(20)),
            "nothing came",
            1,
        ),
    ] {
        let shown = format!("{reply:?}").chars().take(80).collect::<String>();
        let (answer, count) = ask(vec![reply]);
        let said = answer.unwrap_err().to_string();
        assert!(said.contains(line), "{shown}: {said}");
        assert!(!said.contains('\n') && said.chars().count() < 400, "{said}");
        assert!(said.contains("127.0.0.1:"), "{said}");
        assert_eq!(count, asked, "{shown}");
    }
}

#[test]
fn a_server_that_is_not_there_is_named() {
    // A port that was free a moment ago.
    let port = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    let address = format!("http://127.0.0.1:{port}");
    let asked = endpoint(&address).ask(&frames(), "", &CancelToken::new(), &mut |_| {});
    let said = asked.unwrap_err().to_string();
    assert!(
        said.contains(&format!("no server answers at 127.0.0.1:{port}")),
        "{said}"
    );
}

#[test]
fn a_slow_answer_is_waited_for() {
    let slow = Reply::SlowWords(
        words(&["A ", "slow ", "dog ", "runs."]),
        Duration::from_millis(200),
    );
    let (answer, _) = ask(vec![slow]);
    assert_eq!(answer.unwrap().text, "A slow dog runs.");
}

#[test]
fn an_answer_may_come_as_a_whole() {
    let whole = r#"{"choices": [{"message": {"content": "A dog."}, "finish_reason": "length"}]}"#;
    let (answer, _) = ask(vec![Reply::Whole(whole.to_owned())]);
    let answer = answer.unwrap();
    assert_eq!(answer.text, "A dog.");
    assert!(answer.is_shortened);
}

#[test]
fn cancelling_ends_the_wait_at_once() {
    let silence = Duration::from_secs(30);
    for reply in [
        Reply::WordsThenSilence(words(&["A"]), silence),
        // Also while it waits to ask again.
        Reply::Status(429, "retry-after: 30\r\n".to_owned(), String::new()),
    ] {
        let server = MockServer::start(vec![reply]);
        let endpoint = endpoint(&server.address).with_silence(silence);
        let cancel = CancelToken::new();
        let other = cancel.clone();
        let begin = Instant::now();
        let thread = std::thread::Builder::new()
            .name("asker".to_owned())
            .spawn(move || {
                std::thread::sleep(Duration::from_millis(300));
                other.cancel();
            })
            .unwrap();
        let asked = endpoint.ask(&frames(), "", &cancel, &mut |_| {});
        let error = anyhow::Error::from(asked.unwrap_err());
        assert!(studio::cancel::is_cancelled(&error), "{error}");
        assert!(begin.elapsed() < Duration::from_secs(5));
        thread.join().unwrap();
    }
}
