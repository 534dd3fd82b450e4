//! A vision model behind an OpenAI-style chat endpoint: vLLM, SGLang, llama-server, Ollama and others serve one.
//!
//! Nothing is sent before the user names an endpoint and a model. What is sent are the chosen pictures with their times and the
//! prompt; neither the clip nor its sound.

mod address;
mod answer_stream;
mod error;
mod key_file;
mod request;

use std::io::BufReader;
use std::sync::Arc;
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, bounded};

use crate::cancel::CancelToken;
use crate::texts::text;
use crate::watch::clip::ShownFrame;
use address::Address;

pub use error::EndpointError;
pub use key_file::read_key;

/// Environment variable with the key.
pub const KEY_VARIABLE: &str = "JAM_FLOW_ENDPOINT_KEY";
/// How long a server may be silent, also before its first word: pictures take a small machine minutes.
pub const USUAL_SILENCE: Duration = Duration::from_secs(300);
/// Most characters of an answer.
pub const MAX_ANSWER_CHARS: usize = 32_768;

/// No answer takes longer than this.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(3600);
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// How often the wait for the server looks whether it should end.
const POLL: Duration = Duration::from_millis(50);
/// Requests after the first that failed.
const RETRIES: u32 = 3;
/// Before the first retry; each further one waits twice as long.
const FIRST_WAIT: Duration = Duration::from_secs(1);
/// Longest wait that a server may ask for.
const MAX_RETRY_DELAY: Duration = Duration::from_secs(60);
/// Pieces of an answer that may wait to be taken.
const WAITING_PIECES: usize = 64;
/// Most bytes of a refusal that are read.
const MAX_REFUSAL_BYTES: u64 = 64 << 10;

/// A model that a server offers.
#[derive(Clone, Debug)]
pub struct Endpoint {
    address: Address,
    model: String,
    key: Option<String>,
    silence: Duration,
    first_wait: Duration,
}

/// What a model said.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answer {
    /// Its words.
    pub text: String,
    /// Whether the server ended it at its own limit.
    pub is_shortened: bool,
}

/// What an endpoint is told, and by whom it can be read: shown before anything is sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Disclosure {
    /// The server, with its port.
    pub host: String,
    /// Whether it is this machine.
    pub is_local: bool,
    /// Whether nobody on the way can read along.
    pub is_encrypted: bool,
    /// How many pictures it is sent.
    pub pictures: usize,
    /// How large they are as they are sent.
    pub bytes: usize,
}

impl std::fmt::Display for Disclosure {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self {
            host,
            is_local,
            is_encrypted,
            pictures,
            bytes,
        } = self;
        let what = text!("endpoint-what", pictures = *pictures);
        let size_mb = format!("{:.1}", *bytes as f64 / 1e6);
        if *is_local {
            return formatter.write_str(&text!(
                "endpoint-asking",
                host = host.as_str(),
                what = what,
                size_mb = size_mb
            ));
        }
        let readers = match is_encrypted {
            true => text!("endpoint-encrypted"),
            false => text!("endpoint-unencrypted"),
        };
        formatter.write_str(&text!(
            "endpoint-sending",
            host = host.as_str(),
            what = what,
            size_mb = size_mb,
            readers = readers
        ))
    }
}

impl Endpoint {
    /// A model at an address such as `http://localhost:8000/v1`, and the key if the server wants one. Nothing is sent.
    ///
    /// # Errors
    /// [`EndpointError::Address`], [`EndpointError::Key`], and [`EndpointError::KeyUnprotected`] for a key that would travel
    /// unencrypted to another machine.
    pub fn new(address: &str, model: &str, key: Option<String>) -> Result<Self, EndpointError> {
        let address = Address::parse(address)?;
        let key = key
            .map(|key| key.trim().to_owned())
            .filter(|key| !key.is_empty());
        if let Some(key) = &key {
            let host = address.host.clone();
            if !key.bytes().all(|byte| byte.is_ascii_graphic()) {
                return Err(EndpointError::Key { host });
            }
            if !address.is_local && !address.is_encrypted {
                return Err(EndpointError::KeyUnprotected { host });
            }
        }
        Ok(Self {
            address,
            model: model.to_owned(),
            key,
            silence: USUAL_SILENCE,
            first_wait: FIRST_WAIT,
        })
    }

    /// With the key from [`KEY_VARIABLE`], if that is set.
    ///
    /// # Errors
    /// As [`Self::new`].
    pub fn with_key_from_environment(address: &str, model: &str) -> Result<Self, EndpointError> {
        Self::new(address, model, std::env::var(KEY_VARIABLE).ok())
    }

    /// The model's name.
    pub fn model(&self) -> &str {
        &self.model
    }

    /// The server, with its port.
    pub fn host(&self) -> &str {
        &self.address.host
    }

    /// The same with another limit for the server's silence.
    #[must_use]
    pub fn with_silence(mut self, silence: Duration) -> Self {
        self.silence = silence;
        self
    }

    /// The same with another wait before the first retry.
    #[must_use]
    pub fn with_first_wait(mut self, wait: Duration) -> Self {
        self.first_wait = wait;
        self
    }

    /// What [`Self::ask`] would send.
    pub fn disclosure(&self, frames: &[ShownFrame]) -> Disclosure {
        Disclosure {
            host: self.address.host.clone(),
            is_local: self.address.is_local,
            is_encrypted: self.address.is_encrypted,
            pictures: frames.len(),
            // Base64 takes four characters for three bytes.
            bytes: frames.iter().map(|frame| frame.jpeg.len()).sum::<usize>() * 4 / 3,
        }
    }

    /// Shows the model the pictures and asks for an answer; `on_piece` takes the words as they come, and none where the server is
    /// asked once more and begins anew. A busy or failing server is asked again a few times.
    ///
    /// # Errors
    /// [`EndpointError`].
    pub fn ask(
        &self,
        frames: &[ShownFrame],
        prompt: &str,
        cancel: &CancelToken,
        on_piece: &mut dyn FnMut(Option<&str>),
    ) -> Result<Answer, EndpointError> {
        let body: Arc<[u8]> = request::body(&self.model, frames, prompt).into();
        let mut wait = self.first_wait;
        for retries_left in (0..=RETRIES).rev() {
            let (error, asked_wait) = match self.attempt(&body, cancel, on_piece) {
                Ok(answer) => return Ok(answer),
                Err(failed) => failed,
            };
            if retries_left == 0 || !error.may_pass() {
                return Err(error);
            }
            tracing::info!("asking again: {error}");
            on_piece(None);
            let until = Instant::now() + asked_wait.unwrap_or(wait).min(MAX_RETRY_DELAY);
            while Instant::now() < until {
                cancel.check().map_err(EndpointError::Cancelled)?;
                std::thread::sleep(POLL.min(until.saturating_duration_since(Instant::now())));
            }
            wait *= 2;
        }
        unreachable!("the last attempt returns")
    }

    /// Asks once. With an error comes how long the server wants to be left alone.
    fn attempt(
        &self,
        body: &Arc<[u8]>,
        cancel: &CancelToken,
        on_piece: &mut dyn FnMut(Option<&str>),
    ) -> Result<Answer, (EndpointError, Option<Duration>)> {
        let (sender, events) = bounded(WAITING_PIECES);
        let exchange = Exchange {
            endpoint: self.clone(),
            body: Arc::clone(body),
        };
        // A thread of its own, so that the wait for a silent server can end at once. It ends by itself: its next piece finds
        // nobody, or its time is over.
        std::thread::Builder::new()
            .name("watch-endpoint".to_owned())
            .spawn(move || exchange.run(&sender))
            .map_err(|error| (self.unreachable(&error.to_string()), None))?;
        self.listen(&events, cancel, on_piece)
    }

    fn listen(
        &self,
        events: &Receiver<Event>,
        cancel: &CancelToken,
        on_piece: &mut dyn FnMut(Option<&str>),
    ) -> Result<Answer, (EndpointError, Option<Duration>)> {
        let begin = Instant::now();
        let mut last = begin;
        loop {
            cancel
                .check()
                .map_err(|error| (EndpointError::Cancelled(error), None))?;
            match events.recv_timeout(POLL) {
                Ok(Event::Piece(piece)) => {
                    last = Instant::now();
                    on_piece(Some(&piece));
                }
                Ok(Event::Complete(answer)) => return Ok(answer),
                Ok(Event::Failed(EndpointError::Silent { .. }, wait)) => {
                    return Err((self.silent(), wait));
                }
                Ok(Event::Failed(error, wait)) => return Err((error, wait)),
                Err(RecvTimeoutError::Timeout) if last.elapsed() < self.silence => {}
                Err(RecvTimeoutError::Timeout) => return Err((self.silent(), None)),
                Err(RecvTimeoutError::Disconnected) => {
                    return Err((self.unreachable(text!("endpoint-ended-early")), None));
                }
            }
            if begin.elapsed() > ANSWER_TIMEOUT {
                return Err((self.silent(), None));
            }
        }
    }

    fn silent(&self) -> EndpointError {
        EndpointError::Silent {
            host: self.address.host.clone(),
            secs: self.silence.as_secs(),
        }
    }

    fn unreachable(&self, reason: &str) -> EndpointError {
        EndpointError::Unreachable {
            host: self.address.host.clone(),
            reason: error::short(reason),
        }
    }
}

/// What the thread of an exchange tells.
enum Event {
    Piece(String),
    Complete(Answer),
    Failed(EndpointError, Option<Duration>),
}

/// One request and its answer.
struct Exchange {
    endpoint: Endpoint,
    body: Arc<[u8]>,
}

impl Exchange {
    fn run(&self, sender: &Sender<Event>) {
        let event = match self.exchange(sender) {
            Ok(Some(answer)) => Event::Complete(answer),
            Ok(None) => return,
            Err((error, wait)) => Event::Failed(error, wait),
        };
        // Nobody listens any more once it was cancelled.
        let _ = sender.send(event);
    }

    fn exchange(
        &self,
        sender: &Sender<Event>,
    ) -> Result<Option<Answer>, (EndpointError, Option<Duration>)> {
        let Endpoint {
            address,
            model,
            key,
            ..
        } = &self.endpoint;
        let host = &address.host;
        let mut request = self
            .agent()
            .post(&address.url)
            .header("content-type", "application/json")
            .header("accept", "text/event-stream, application/json");
        if let Some(key) = key {
            request = request.header("authorization", format!("Bearer {key}"));
        }
        let response = request
            .send(&self.body[..])
            .map_err(|error| (self.failed(error), None))?;
        let status = response.status();
        let header = |name: &str| {
            let value = response.headers().get(name)?;
            Some(value.to_str().ok()?.to_owned())
        };
        if status.is_redirection() {
            let location = header("location").unwrap_or_default();
            let error = EndpointError::Redirected {
                host: host.clone(),
                location: error::short(&location),
            };
            return Err((error, None));
        }
        let wait = header("retry-after")
            .and_then(|secs| secs.trim().parse().ok())
            .map(Duration::from_secs);
        let is_stream =
            header("content-type").is_some_and(|kind| kind.contains("text/event-stream"));
        let mut body = response.into_body();
        if !status.is_success() {
            let refusal = body
                .with_config()
                .limit(MAX_REFUSAL_BYTES)
                .lossy_utf8(true)
                .read_to_string()
                .unwrap_or_default();
            let words = serde_json::from_str(&refusal)
                .ok()
                .and_then(|value| answer_stream::error_words(&value))
                .unwrap_or(refusal);
            let error = EndpointError::of_status(host, model, status.as_u16(), &words);
            return Err((error, wait));
        }
        let mut body = BufReader::new(body.into_reader());
        answer_stream::read(&mut body, is_stream, host, &mut |piece| {
            sender.send(Event::Piece(piece.to_owned())).is_ok()
        })
        .map_err(|error| (error, None))
    }

    fn agent(&self) -> ureq::Agent {
        let config = ureq::Agent::config_builder()
            // A status is an answer, and a redirection would take the pictures to somebody else.
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .user_agent(concat!("jam-flow/", env!("CARGO_PKG_VERSION")))
            .timeout_connect(Some(CONNECT_TIMEOUT))
            .timeout_per_read(Some(self.endpoint.silence))
            .timeout_per_write(Some(self.endpoint.silence))
            .timeout_global(Some(ANSWER_TIMEOUT));
        match self.endpoint.address.is_local {
            true => config.proxy(None).build().into(),
            false => config.build().into(),
        }
    }

    fn failed(&self, error: ureq::Error) -> EndpointError {
        let host = self.endpoint.address.host.clone();
        match error {
            ureq::Error::Timeout(ureq::Timeout::Connect | ureq::Timeout::Resolve) => {
                self.endpoint.unreachable(text!("endpoint-no-reaction"))
            }
            ureq::Error::Timeout(_) => self.endpoint.silent(),
            ureq::Error::HostNotFound => self.endpoint.unreachable(text!("endpoint-no-such-host")),
            ureq::Error::Io(error)
                if matches!(
                    error.kind(),
                    std::io::ErrorKind::UnexpectedEof | std::io::ErrorKind::ConnectionReset
                ) =>
            {
                EndpointError::CutOff { host }
            }
            ureq::Error::Io(error) => self.endpoint.unreachable(&error.to_string()),
            ureq::Error::Protocol(error) => EndpointError::Malformed {
                host,
                reason: error::short(&error.to_string()),
            },
            error => self.endpoint.unreachable(&error.to_string()),
        }
    }
}
