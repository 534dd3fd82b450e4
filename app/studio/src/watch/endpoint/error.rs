//! Why an endpoint gave no answer.

use crate::texts::text;

/// Most characters of a server's own words in a message.
const MAX_REASON_CHARS: usize = 200;

/// What went wrong. Every message is one line that says what to do.
#[derive(Debug)]
#[non_exhaustive]
pub enum EndpointError {
    /// The address is not one.
    Address {
        /// What is wrong with it.
        reason: String,
    },
    /// The key holds characters that no header may have.
    Key {
        /// The server.
        host: String,
    },
    /// The file with the key cannot be used.
    KeyFile {
        /// What is wrong with it, and what to do.
        reason: String,
        /// The file.
        path: std::path::PathBuf,
    },
    /// The key would travel unencrypted.
    KeyUnprotected {
        /// The server.
        host: String,
    },
    /// No connection.
    Unreachable {
        /// The server.
        host: String,
        /// What the system says.
        reason: String,
    },
    /// 401 and 403.
    Unauthorized {
        /// The server.
        host: String,
        /// What it says.
        reason: String,
    },
    /// 404.
    NotFound {
        /// The server.
        host: String,
        /// The model that was asked for.
        model: String,
        /// What the server says.
        reason: String,
    },
    /// 429.
    Busy {
        /// The server.
        host: String,
        /// What it says.
        reason: String,
    },
    /// 5xx, or an error in the middle of an answer.
    Server {
        /// The server.
        host: String,
        /// What it says.
        reason: String,
    },
    /// Any other refusal.
    Refused {
        /// The server.
        host: String,
        /// What it says.
        reason: String,
    },
    /// 3xx: pictures go nowhere but to the address that the user gave.
    Redirected {
        /// The server.
        host: String,
        /// Where it points.
        location: String,
    },
    /// What comes is no chat completion.
    Malformed {
        /// The server.
        host: String,
        /// What is wrong with it.
        reason: String,
    },
    /// The answer ended before it was complete.
    CutOff {
        /// The server.
        host: String,
    },
    /// The answer is far longer than any narration.
    TooLong {
        /// The server.
        host: String,
        /// What is accepted.
        limit: usize,
    },
    /// Nothing came for too long.
    Silent {
        /// The server.
        host: String,
        /// How long it may be silent.
        secs: u64,
    },
    /// The user ended it.
    Cancelled(engine::Error),
}

impl std::fmt::Display for EndpointError {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(&match self {
            Self::Address { reason } => text!("endpoint-address", reason = reason.as_str()),
            Self::Key { host } => text!(
                "endpoint-key",
                host = host.as_str(),
                variable = super::KEY_VARIABLE
            ),
            Self::KeyFile { reason, path } => format!("{reason}: {}", path.display()),
            Self::KeyUnprotected { host } => text!(
                "endpoint-key-unprotected",
                host = host.as_str(),
                variable = super::KEY_VARIABLE
            ),
            Self::Unreachable { host, reason } => text!(
                "endpoint-unreachable",
                host = host.as_str(),
                reason = reason.as_str()
            ),
            Self::Unauthorized { host, reason } => text!(
                "endpoint-unauthorized",
                host = host.as_str(),
                reason = reason.as_str(),
                variable = super::KEY_VARIABLE
            ),
            Self::NotFound {
                host,
                model,
                reason,
            } => text!(
                "endpoint-not-found",
                host = host.as_str(),
                model = model.as_str(),
                reason = reason.as_str()
            ),
            Self::Busy { host, reason } => text!(
                "endpoint-busy",
                host = host.as_str(),
                reason = reason.as_str()
            ),
            Self::Server { host, reason } => text!(
                "endpoint-server",
                host = host.as_str(),
                reason = reason.as_str()
            ),
            Self::Refused { host, reason } => text!(
                "endpoint-refused",
                host = host.as_str(),
                reason = reason.as_str()
            ),
            Self::Redirected { host, location } => text!(
                "endpoint-redirected",
                host = host.as_str(),
                location = location.as_str()
            ),
            Self::Malformed { host, reason } => text!(
                "endpoint-malformed",
                host = host.as_str(),
                reason = reason.as_str()
            ),
            Self::CutOff { host } => text!("endpoint-cut-off", host = host.as_str()),
            Self::TooLong { host, limit } => {
                text!("endpoint-too-long", host = host.as_str(), limit = *limit)
            }
            Self::Silent { host, secs } => {
                text!("endpoint-silent", host = host.as_str(), secs = *secs)
            }
            Self::Cancelled(error) => error.to_string(),
        })
    }
}

impl std::error::Error for EndpointError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Cancelled(error) => Some(error),
            _ => None,
        }
    }
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
