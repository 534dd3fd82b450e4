//! Why an endpoint gave no answer.

/// Most characters of a server's own words in a message.
const MAX_REASON_CHARS: usize = 200;

/// What went wrong. Every message is one line that says what to do.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EndpointError {
    /// The address is not one.
    #[error(
        "the endpoint's address cannot be used ({reason}): give one such as http://localhost:8000/v1"
    )]
    Address {
        /// What is wrong with it.
        reason: String,
    },
    /// The key holds characters that no header may have.
    #[error("the key for {host} contains characters that no key has: set {variable} anew", variable = super::KEY_VARIABLE)]
    Key {
        /// The server.
        host: String,
    },
    /// The file with the key cannot be used.
    #[error("{reason}: {path}")]
    KeyFile {
        /// What is wrong with it, and what to do.
        reason: String,
        /// The file.
        path: std::path::PathBuf,
    },
    /// The key would travel unencrypted.
    #[error("the key would be sent to {host} unencrypted: give an https:// address, or unset {variable}", variable = super::KEY_VARIABLE)]
    KeyUnprotected {
        /// The server.
        host: String,
    },
    /// No connection.
    #[error("no server answers at {host} ({reason}): start it, or check the address")]
    Unreachable {
        /// The server.
        host: String,
        /// What the system says.
        reason: String,
    },
    /// 401 and 403.
    #[error("{host} refuses access ({reason}): set {variable} to a key that it accepts", variable = super::KEY_VARIABLE)]
    Unauthorized {
        /// The server.
        host: String,
        /// What it says.
        reason: String,
    },
    /// 404.
    #[error("{host} has no model \"{model}\", or nothing at this address ({reason}): check both")]
    NotFound {
        /// The server.
        host: String,
        /// The model that was asked for.
        model: String,
        /// What the server says.
        reason: String,
    },
    /// 429.
    #[error("{host} takes no more requests for now ({reason}): try again later")]
    Busy {
        /// The server.
        host: String,
        /// What it says.
        reason: String,
    },
    /// 5xx, or an error in the middle of an answer.
    #[error("{host} failed ({reason}): try again, or look into the server's log")]
    Server {
        /// The server.
        host: String,
        /// What it says.
        reason: String,
    },
    /// Any other refusal.
    #[error(
        "{host} refuses the request ({reason}): try fewer pictures, or a model that takes pictures"
    )]
    Refused {
        /// The server.
        host: String,
        /// What it says.
        reason: String,
    },
    /// 3xx: pictures go nowhere but to the address that the user gave.
    #[error("{host} sends the request on to {location}: give that address if you trust it")]
    Redirected {
        /// The server.
        host: String,
        /// Where it points.
        location: String,
    },
    /// What comes is no chat completion.
    #[error(
        "{host} sends something that is no answer of a chat model ({reason}): check the address"
    )]
    Malformed {
        /// The server.
        host: String,
        /// What is wrong with it.
        reason: String,
    },
    /// The answer ended before it was complete.
    #[error("the answer of {host} broke off: try again, or look into the server's log")]
    CutOff {
        /// The server.
        host: String,
    },
    /// The answer is far longer than any narration.
    #[error(
        "the answer of {host} is longer than {limit} characters: ask for less, or try another model"
    )]
    TooLong {
        /// The server.
        host: String,
        /// What is accepted.
        limit: usize,
    },
    /// Nothing came for too long.
    #[error(
        "nothing came from {host} for {secs} s: allow it more time, or show the model fewer pictures"
    )]
    Silent {
        /// The server.
        host: String,
        /// How long it may be silent.
        secs: u64,
    },
    /// The user ended it.
    #[error("cancelled")]
    Cancelled(#[source] engine::Error),
}

impl EndpointError {
    /// The error for an HTTP status that is no success, with the server's own words.
    pub(super) fn of_status(host: &str, model: &str, status: u16, words: &str) -> Self {
        let host = host.to_owned();
        let words = short(words);
        let reason = match words.is_empty() {
            true => format!("HTTP {status}"),
            false => format!("HTTP {status}: {words}"),
        };
        match status {
            401 | 403 => Self::Unauthorized { host, reason },
            404 => Self::NotFound {
                host,
                model: model.to_owned(),
                reason,
            },
            429 => Self::Busy { host, reason },
            500.. => Self::Server { host, reason },
            _ => Self::Refused { host, reason },
        }
    }

    /// Whether the same request may succeed in a moment.
    pub(super) fn may_pass(&self) -> bool {
        matches!(
            self,
            Self::Unreachable { .. }
                | Self::Busy { .. }
                | Self::Server { .. }
                | Self::CutOff { .. }
        )
    }
}

/// The beginning of what a server says, on one line.
pub(super) fn short(words: &str) -> String {
    let line = words.split_whitespace().collect::<Vec<_>>().join(" ");
    let printable = line.chars().filter(|character| !character.is_control());
    printable.take(MAX_REASON_CHARS).collect()
}
