//! Servers for the tests, and a client that sends and reads bytes as they are.

use std::collections::HashMap;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use engine::audio::wav::Quantizer;
use engine::{SpeakRequest, Synthesizer, Voice};
use jam_flow::server::token::Token;
use jam_flow::server::{self, Settings};
use serde_json::Value;
use studio::avatar::PortraitChoice;
use studio::cancel::CancelToken;
use studio::compute::Compute;
use studio::resources::Resources;

/// Whatever takes longer has stopped.
pub const TIMEOUT: Duration = Duration::from_secs(120);
pub const QUEUE_LENGTH: usize = 6;

/// A server that runs until the tests end.
pub fn started(token: Option<&str>) -> SocketAddr {
    let resources = Resources::find(None);
    let settings = Settings {
        address: SocketAddr::from(([127, 0, 0, 1], 0)),
        token: token.map(|token| Token::new(token).unwrap()),
        portrait: PortraitChoice {
            path: resources.default_portrait().unwrap(),
            face: None,
            everybody: false,
        },
        dictionary: None,
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
pub fn shared() -> SocketAddr {
    static SERVER: OnceLock<SocketAddr> = OnceLock::new();
    *SERVER.get_or_init(|| started(None))
}

pub struct Reply {
    pub status: u16,
    pub headers: HashMap<String, String>,
    pub body: Vec<u8>,
    /// When the first byte of the body came, and the last.
    pub first_byte: Duration,
    pub last_byte: Duration,
}

impl Reply {
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    /// The message of an error in OpenAI's shape.
    #[track_caller]
    pub fn error(&self, status: u16) -> String {
        let body = String::from_utf8_lossy(&self.body);
        assert_eq!(self.status, status, "{body}");
        assert_eq!(self.headers["content-type"], "application/json");
        let error = &self.json()["error"];
        assert!(error["type"].is_string() && error["message"].is_string());
        error["message"].as_str().unwrap().to_owned()
    }
}

pub fn connect(address: SocketAddr) -> TcpStream {
    let stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(TIMEOUT)).unwrap();
    stream
}

/// Sends bytes as they are and reads what comes until the end.
pub fn exchange(address: SocketAddr, request: &[u8]) -> Reply {
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

pub fn request(method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Vec<u8> {
    let mut head = format!("{method} {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n");
    for (name, value) in headers {
        head += &format!("{name}: {value}\r\n");
    }
    head += &format!("content-length: {}\r\n\r\n", body.len());
    [head.as_bytes(), body].concat()
}

pub fn get(path: &str) -> Reply {
    exchange(shared(), &request("GET", path, &[], &[]))
}

pub fn post(path: &str, body: &Value) -> Reply {
    post_to(shared(), path, body)
}

pub fn post_to(address: SocketAddr, path: &str, body: &Value) -> Reply {
    let headers = [("content-type", "application/json")];
    let body = body.to_string();
    exchange(address, &request("POST", path, &headers, body.as_bytes()))
}

/// Sends a form whose fields with a file name are files.
pub fn post_form(path: &str, fields: &[(&str, Option<&str>, &[u8])]) -> Reply {
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
pub fn spoken(text: &str, voice: &str) -> Vec<u8> {
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

pub fn decoded(bytes: &[u8], name: &str) -> Vec<f32> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    std::fs::write(&path, bytes).unwrap();
    engine::audio::decode_file(&path).unwrap()
}
