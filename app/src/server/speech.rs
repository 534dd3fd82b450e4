//! Words in, sound out, while it is made: `POST /v1/audio/speech`.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use engine::FlowSettings;
use futures_core::Stream;
use hyper::Method;
use hyper::body::Bytes;
use serde::Deserialize;
use studio::cancel::CancelToken;
use studio::media::write::{SoundFormat, SoundStream};
use studio::script::{SPEED_RANGE, Script, ScriptVoice, check_text};
use studio::speech::{SpeechRequest, SpeechService, Tap, Tapped};
use tokio::sync::mpsc::error::TrySendError;
use tokio::sync::mpsc::{Receiver, Sender, channel};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::server::api_error::{ApiError, ApiResult};
use crate::server::body::Body;
use crate::server::cancel_at_end::CancelAtEnd;
use crate::server::reply::{self, Request, Response, Route};
use crate::server::request_body;
use crate::server::texts::text;
use crate::server::voices::Voices;

/// Longest text of one request, as in OpenAI's API: about five minutes of speech.
pub const MAX_CHARACTERS: usize = 4096;
/// Pieces that may wait for a slow client.
const MAX_PIECES: usize = 256;
/// How long the speech waits for a client that has so many waiting; it is given up then, since the next one waits for it.
const PATIENCE: Duration = Duration::from_secs(5);
const PATIENCE_PERIOD: Duration = Duration::from_millis(10);
/// How long a request may wait for its first piece.
const FIRST_PIECE_TIME: Duration = Duration::from_secs(60);

/// What speaks: one speech at a time, in the order of the requests.
pub struct Speaker {
    service: Arc<SpeechService>,
    voices: Arc<Voices>,
    /// Speeches that are made, wait or are being sent.
    slots: Arc<Semaphore>,
    /// What this machine can encode.
    formats: Vec<SoundFormat>,
}

impl Speaker {
    /// Speaks by this service; more than `max_speeches` at a time are refused.
    pub fn new(service: Arc<SpeechService>, voices: Arc<Voices>, max_speeches: usize) -> Self {
        Self {
            service,
            voices,
            slots: Arc::new(Semaphore::new(max_speeches)),
            formats: SoundFormat::available_streams(),
        }
    }
}

/// The request in OpenAI's terms. Fields that we do not know are left alone, such as `instructions`.
#[derive(Debug, Deserialize)]
struct SpeechBody {
    input: String,
    #[serde(default)]
    voice: Option<VoiceField>,
    #[serde(default)]
    speed: Option<f32>,
    #[serde(default)]
    response_format: Option<String>,
    #[serde(default)]
    stream_format: Option<String>,
    #[serde(default)]
    seed: u64,
}

/// A voice by its name, or as an object with it.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub enum VoiceField {
    /// Its name.
    Name(String),
    /// An object with its name.
    Object {
        /// Its name.
        id: String,
    },
}

impl VoiceField {
    /// The name.
    pub fn name(&self) -> &str {
        match self {
            Self::Name(name) | Self::Object { id: name } => name,
        }
    }
}

/// The address of speech.
pub fn routes(speaker: &Arc<Speaker>) -> Vec<Route> {
    vec![Route::new(
        Method::POST,
        "/v1/audio/speech",
        speaker,
        |speaker, request, _| create_speech(speaker, request),
    )]
}

/// Words in a voice, checked.
///
/// # Errors
/// What is wrong with them.
pub fn words(
    text: &str,
    voice: ScriptVoice,
    speed: Option<f32>,
    max_characters: usize,
) -> ApiResult<Script> {
    check_text(text).map_err(|error| ApiError::invalid(error.to_string()).param("input"))?;
    let characters = text.chars().count();
    if characters > max_characters {
        return Err(ApiError::invalid(text!(
            "input-long",
            count = characters,
            limit = max_characters
        ))
        .param("input"));
    }
    let speed = speed.unwrap_or(1.0);
    if !SPEED_RANGE.contains(&speed) {
        return Err(ApiError::invalid(text!(
            "speed",
            speed = speed,
            min = *SPEED_RANGE.start(),
            max = *SPEED_RANGE.end()
        ))
        .param("speed"));
    }
    Ok(Script::Words {
        text: text.to_owned(),
        voice,
        speed,
    })
}

async fn create_speech(speaker: Arc<Speaker>, request: Request) -> ApiResult<Response> {
    let body: SpeechBody = request_body::json(request).await?;
    let format = sound_format(body.response_format.as_deref(), &speaker.formats)?;
    if !matches!(body.stream_format.as_deref(), None | Some("audio")) {
        return Err(ApiError::invalid(text!("stream-format")).param("stream_format"));
    }
    let voice = speaker
        .voices
        .named(body.voice.as_ref().map(VoiceField::name))?;
    let speech = SpeechRequest {
        script: words(&body.input, voice, body.speed, MAX_CHARACTERS)?,
        original: None,
        seed: body.seed,
        // In short parts, so that the first is heard soon.
        flow: FlowSettings::default(),
    };
    let slot = Arc::clone(&speaker.slots)
        .try_acquire_owned()
        .map_err(|_| ApiError::busy())?;
    let (sender, mut pieces) = channel(MAX_PIECES);
    let cancel = speaker
        .service
        .enqueue(speech, |cancel| {
            encoding_tap(format, sender, cancel.clone())
        })
        .map_err(|_| ApiError::busy())?;
    let mut stream = Pieces {
        first: None,
        _cancel_at_end: CancelAtEnd(cancel),
        _slot: slot,
        pieces: None,
    };
    // Errors of the text come before the first sound, and can still be told as such.
    let first = tokio::time::timeout(FIRST_PIECE_TIME, pieces.recv())
        .await
        .map_err(|_| ApiError::overloaded())?;
    match first {
        Some(Piece::Failed(error)) => return Err(error),
        None => return Err(ApiError::overloaded()),
        first => stream.first = first,
    }
    stream.pieces = Some(pieces);
    Ok(reply::with_type(format.media_type(), Body::stream(stream)))
}

/// The format that a client asks for. Those who ask for none get MP3, as from OpenAI, or WAV where there is no encoder for that.
fn sound_format(name: Option<&str>, available: &[SoundFormat]) -> ApiResult<SoundFormat> {
    let Some(name) = name else {
        return Ok(match available.contains(&SoundFormat::Mp3) {
            true => SoundFormat::Mp3,
            false => SoundFormat::Wav,
        });
    };
    let names: Vec<_> = available.iter().map(|format| format.name()).collect();
    let names = names.join(", ");
    let reason = match SoundFormat::streams().find(|format| format.name() == name) {
        Some(format) if available.contains(&format) => return Ok(format),
        Some(_) => text!("format-needs-ffmpeg", name = name, names = names),
        None => text!("format-unknown", name = format!("{name:?}"), names = names),
    };
    Err(ApiError::invalid(reason).param("response_format"))
}

/// What goes from the speech to its client.
enum Piece {
    Bytes(Bytes),
    Failed(ApiError),
    End,
}

/// Encodes a speech while it is made and hands the pieces on.
fn encoding_tap(format: SoundFormat, sender: Sender<Piece>, cancel: CancelToken) -> Tap {
    let mut stream = None;
    Box::new(move |tapped| {
        let mut encode = |tapped| -> anyhow::Result<Vec<Piece>> {
            Ok(match tapped {
                Tapped::Chunk(chunk) => {
                    let stream = match &mut stream {
                        Some(stream) => stream,
                        none => none.insert(SoundStream::start(format, None)?),
                    };
                    vec![Piece::Bytes(stream.encode(&chunk.samples)?.into())]
                }
                Tapped::Complete => {
                    let last = stream.take().map(SoundStream::finish).transpose()?;
                    let last = last.map(|bytes| Piece::Bytes(bytes.into()));
                    last.into_iter().chain([Piece::End]).collect()
                }
                Tapped::Failed(error) => vec![Piece::Failed(ApiError::of_failure(error))],
            })
        };
        let pieces =
            encode(tapped).unwrap_or_else(|error| vec![Piece::Failed(ApiError::internal(&error))]);
        for piece in pieces {
            let is_failure = matches!(piece, Piece::Failed(_));
            if !send(&sender, piece) || is_failure {
                cancel.cancel();
                return;
            }
        }
    })
}

/// Waits a little for a client that is slow. False if it is gone, or too slow.
fn send(sender: &Sender<Piece>, mut piece: Piece) -> bool {
    let given_up = Instant::now() + PATIENCE;
    loop {
        match sender.try_send(piece) {
            Ok(()) => return true,
            Err(TrySendError::Closed(_)) => return false,
            Err(TrySendError::Full(_)) if Instant::now() >= given_up => return false,
            Err(TrySendError::Full(same)) => piece = same,
        }
        std::thread::sleep(PATIENCE_PERIOD);
    }
}

/// The body of an answer. Dropping it ends the speech and makes room for the next.
struct Pieces {
    first: Option<Piece>,
    pieces: Option<Receiver<Piece>>,
    _cancel_at_end: CancelAtEnd,
    _slot: OwnedSemaphorePermit,
}

impl Stream for Pieces {
    type Item = io::Result<Bytes>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        loop {
            let piece = match (self.first.take(), &mut self.pieces) {
                (Some(first), _) => Some(first),
                (None, Some(pieces)) => std::task::ready!(pieces.poll_recv(context)),
                (None, None) => return Poll::Ready(None),
            };
            return Poll::Ready(match piece {
                // An empty piece would end nothing, but is not worth a chunk.
                Some(Piece::Bytes(bytes)) if bytes.is_empty() => continue,
                Some(Piece::Bytes(bytes)) => Some(Ok(bytes)),
                Some(Piece::End) => {
                    self.pieces = None;
                    None
                }
                Some(Piece::Failed(error)) => {
                    Some(Err(io::Error::other(error.message().to_owned())))
                }
                // It was cancelled: the answer breaks off, so that nobody takes it for whole.
                None => Some(Err(io::Error::other(text!("speech-given-up")))),
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_are_those_that_the_machine_has() {
        let own = [SoundFormat::Wav, SoundFormat::Opus];
        assert_eq!(sound_format(None, &own), Ok(SoundFormat::Wav));
        let all: Vec<_> = SoundFormat::streams().collect();
        assert_eq!(sound_format(None, &all), Ok(SoundFormat::Mp3));
        assert_eq!(sound_format(Some("opus"), &own), Ok(SoundFormat::Opus));
        let refused = sound_format(Some("mp3"), &own).unwrap_err();
        assert!(refused.message().contains("ffmpeg") && refused.message().ends_with("wav, opus"));
        assert!(sound_format(Some("midi"), &all).is_err());
    }
}
