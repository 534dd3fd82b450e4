//! A chat server that misbehaves as it is told.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

/// What comes of a request.
#[derive(Clone, Debug)]
pub enum Reply {
    /// A stream of these words, to its end.
    Words(Vec<String>),
    /// The same, and then the connection breaks.
    WordsCutOff(Vec<String>),
    /// The same, and then silence for so long.
    WordsThenSilence(Vec<String>, Duration),
    /// The same with a pause before each.
    SlowWords(Vec<String>, Duration),
    /// A stream of these lines.
    Lines(String),
    /// Words without end.
    EndlessWords,
    /// One JSON in place of a stream.
    Whole(String),
    /// A refusal with headers ("name: value", each with its end of line) and a body.
    Status(u16, String, String),
    /// Nothing at all: the connection breaks.
    Nothing,
    /// No HTTP.
    Bytes(Vec<u8>),
}

/// What was asked.
#[derive(Clone, Debug, Default)]
pub struct Request {
    pub path: String,
    pub authorization: Option<String>,
    pub body: serde_json::Value,
}

/// A server on this machine; it ends when it is dropped.
pub struct MockServer {
    pub address: String,
    requests: Arc<Mutex<Vec<Request>>>,
    ends: Arc<AtomicBool>,
    port: u16,
    thread: Option<JoinHandle<()>>,
}

impl MockServer {
    /// Answers requests with these replies in turn, and with the last one from then on.
    pub fn start(replies: Vec<Reply>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let requests = Arc::new(Mutex::new(Vec::new()));
        let ends = Arc::new(AtomicBool::new(false));
        let (seen, stop) = (Arc::clone(&requests), Arc::clone(&ends));
        let thread = std::thread::Builder::new()
            .name("mock-server".to_owned())
            .spawn(move || {
                for stream in listener.incoming() {
                    if stop.load(Ordering::SeqCst) {
                        break;
                    }
                    let Ok(stream) = stream else { continue };
                    let Some(request) = read_request(&stream) else {
                        continue;
                    };
                    let number = {
                        let mut seen = seen.lock().unwrap();
                        seen.push(request);
                        seen.len() - 1
                    };
                    let reply = replies.get(number).or(replies.last()).unwrap();
                    // Whoever asked may be gone.
                    let _ = answer(stream, reply, &stop);
                }
            })
            .unwrap();
        Self {
            address: format!("http://127.0.0.1:{port}/v1"),
            requests,
            ends,
            port,
            thread: Some(thread),
        }
    }

    pub fn requests(&self) -> Vec<Request> {
        self.requests.lock().unwrap().clone()
    }
}

impl Drop for MockServer {
    fn drop(&mut self) {
        self.ends.store(true, Ordering::SeqCst);
        let _ = TcpStream::connect(("127.0.0.1", self.port));
        if let Some(thread) = self.thread.take() {
            thread.join().unwrap();
        }
    }
}

fn read_request(stream: &TcpStream) -> Option<Request> {
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    reader.read_line(&mut line).ok()?;
    let mut request = Request {
        path: line.split_whitespace().nth(1)?.to_owned(),
        ..Request::default()
    };
    let mut length = 0;
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        let Some((name, value)) = line.trim().split_once(": ") else {
            break;
        };
        match name.to_ascii_lowercase().as_str() {
            "content-length" => length = value.parse().ok()?,
            "authorization" => request.authorization = Some(value.to_owned()),
            _ => {}
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    request.body = serde_json::from_slice(&body).ok()?;
    Some(request)
}

/// An event with some words.
fn event(words: &str) -> String {
    let piece = serde_json::json!({"choices": [{"delta": {"content": words}}]});
    format!("data: {piece}\n\n")
}

fn answer(mut stream: TcpStream, reply: &Reply, stop: &AtomicBool) -> std::io::Result<()> {
    let head = |stream: &mut TcpStream| {
        stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\ntransfer-encoding: chunked\r\n\r\n")
    };
    let chunk = |stream: &mut TcpStream, text: &str| {
        write!(stream, "{:x}\r\n{text}\r\n", text.len())?;
        stream.flush()
    };
    // In small steps, so that the test need not wait for it.
    let sleep = |time: Duration| {
        let steps = time.as_millis() / 10;
        for _ in 0..steps {
            if stop.load(Ordering::SeqCst) {
                break;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
    };
    match reply {
        Reply::Words(words) => {
            head(&mut stream)?;
            for word in words {
                chunk(&mut stream, &event(word))?;
            }
            chunk(&mut stream, "data: [DONE]\n\n")?;
            stream.write_all(b"0\r\n\r\n")
        }
        Reply::WordsCutOff(words) => {
            head(&mut stream)?;
            for word in words {
                chunk(&mut stream, &event(word))?;
            }
            Ok(())
        }
        Reply::WordsThenSilence(words, silence) => {
            head(&mut stream)?;
            for word in words {
                chunk(&mut stream, &event(word))?;
            }
            sleep(*silence);
            Ok(())
        }
        Reply::SlowWords(words, pause) => {
            head(&mut stream)?;
            for word in words {
                sleep(*pause);
                chunk(&mut stream, &event(word))?;
            }
            chunk(&mut stream, "data: [DONE]\n\n")?;
            stream.write_all(b"0\r\n\r\n")
        }
        Reply::Lines(lines) => {
            head(&mut stream)?;
            chunk(&mut stream, lines)?;
            stream.write_all(b"0\r\n\r\n")
        }
        Reply::EndlessWords => {
            head(&mut stream)?;
            while !stop.load(Ordering::SeqCst) {
                chunk(&mut stream, &event("words and ").repeat(20))?;
            }
            Ok(())
        }
        Reply::Whole(body) => write!(
            stream,
            "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
            body.len()
        ),
        Reply::Status(status, headers, body) => write!(
            stream,
            "HTTP/1.1 {status} No\r\ncontent-length: {}\r\nconnection: close\r\n{headers}\r\n{body}",
            body.len()
        ),
        Reply::Nothing => Ok(()),
        Reply::Bytes(bytes) => stream.write_all(bytes),
    }
}
