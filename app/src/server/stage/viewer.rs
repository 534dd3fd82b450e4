//! Somebody who looks at the stage: a thread that sends what happens and takes commands, as WebSocket messages.

use std::net::TcpStream;
use std::sync::Arc;
use std::time::Duration;

use crossbeam_channel::RecvTimeoutError;
use hyper::upgrade::Upgraded;
use hyper_util::rt::TokioIo;
use serde_json::json;
use tungstenite::protocol::{Role, WebSocketConfig};
use tungstenite::{Error, Message as Sent, WebSocket};

use super::command;
use super::show::{Looking, Message, Show};
use crate::server::api_error::{ApiError, ApiResult};

/// Largest command.
const MAX_COMMAND_BYTES: usize = 64 * 1024;
/// How long the thread waits for something to send before it looks for commands.
const MESSAGE_TIME: Duration = Duration::from_millis(20);
/// How long it looks for commands.
const COMMAND_TIME: Duration = Duration::from_millis(1);
/// How long a viewer may take for a message before it is left.
const SEND_TIME: Duration = Duration::from_secs(10);

/// One of the places before the stage. It is free again when it is dropped.
pub(super) struct Place(Looking);

impl Place {
    /// Takes a place.
    ///
    /// # Errors
    /// If all are taken.
    pub fn take(show: &Show) -> ApiResult<Self> {
        show.look().map(Self).ok_or_else(ApiError::busy)
    }
}

/// Lets a viewer look on a thread of its own until it leaves.
pub(super) fn seat(show: Arc<Show>, place: Place, upgraded: Upgraded) {
    let looking = std::thread::Builder::new()
        .name("viewer".to_owned())
        .spawn({
            // Only here, on the runtime's thread, can the connection be taken from it.
            let connection = blocking(upgraded);
            move || match connection {
                Ok((stream, read)) => attend(&show, &place, stream, read),
                Err(error) => tracing::warn!("no viewer: {error}"),
            }
        });
    if let Err(error) = looking {
        tracing::warn!("no thread for a viewer: {error}");
    }
}

/// The connection for a thread that may wait, and what was read from it already.
fn blocking(upgraded: Upgraded) -> anyhow::Result<(TcpStream, Vec<u8>)> {
    let parts = upgraded
        .downcast::<TokioIo<tokio::net::TcpStream>>()
        .map_err(|_| std::io::Error::from(std::io::ErrorKind::InvalidInput))?;
    let stream = parts.io.into_inner().into_std()?;
    stream.set_nonblocking(false)?;
    stream.set_read_timeout(Some(COMMAND_TIME))?;
    stream.set_write_timeout(Some(SEND_TIME))?;
    Ok((stream, parts.read_buf.to_vec()))
}

fn attend(show: &Show, place: &Place, stream: TcpStream, read: Vec<u8>) {
    let config = WebSocketConfig::default()
        .max_message_size(Some(MAX_COMMAND_BYTES))
        .max_frame_size(Some(MAX_COMMAND_BYTES));
    let mut socket = WebSocket::from_partially_read(stream, read, Role::Server, Some(config));
    loop {
        let sent = match place.0.messages.recv_timeout(MESSAGE_TIME) {
            Ok(Message::Frame(bytes)) => socket.send(Sent::Binary(bytes)),
            Ok(Message::Event(text)) => socket.send(Sent::text(text)),
            Err(RecvTimeoutError::Timeout) => Ok(()),
            Err(RecvTimeoutError::Disconnected) => return,
        };
        let answered = sent.and_then(|()| match socket.read() {
            Ok(Sent::Text(text)) => match follow(show, &text) {
                Ok(()) => Ok(()),
                Err(error) => {
                    let event = json!({"event": "refused", "message": error.message()});
                    socket.send(Sent::text(event.to_string()))
                }
            },
            Ok(_) => Ok(()),
            Err(Error::Io(error)) if is_nothing_there(&error) => Ok(()),
            Err(error) => Err(error),
        });
        if let Err(error) = answered {
            tracing::debug!("a viewer left: {error}");
            return;
        }
    }
}

fn follow(show: &Show, text: &str) -> ApiResult<()> {
    show.command(command::read(text, &show.voices)?)
}

/// Whether a wait for a command ended without one.
fn is_nothing_there(error: &std::io::Error) -> bool {
    use std::io::ErrorKind::{TimedOut, WouldBlock};
    matches!(error.kind(), WouldBlock | TimedOut)
}
