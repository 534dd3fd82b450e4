//! Where an endpoint is, from what the user typed.

use ureq::http::Uri;

use super::EndpointError;
use crate::texts::text;

/// What chat endpoints end with.
const CHAT_PATH: &str = "/chat/completions";

/// The address of a chat endpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Address {
    /// The whole of it.
    pub url: String,
    /// Host and port, for people.
    pub host: String,
    /// Whether it is this machine.
    pub is_local: bool,
    /// Whether others on the way can read along.
    pub is_encrypted: bool,
}

impl Address {
    /// Takes `http://host:port`, the same with `/v1`, or the whole address of the chat endpoint.
    ///
    /// # Errors
    /// [`EndpointError::Address`].
    pub fn parse(typed: &str) -> Result<Self, EndpointError> {
        let wrong = |reason: &str| EndpointError::Address {
            reason: reason.to_owned(),
        };
        let uri: Uri = typed
            .trim()
            .parse()
            .map_err(|_| wrong(text!("endpoint-no-address")))?;
        let is_encrypted = match uri.scheme_str() {
            Some("https") => true,
            Some("http") => false,
            _ => return Err(wrong(text!("endpoint-scheme"))),
        };
        let authority = uri
            .authority()
            .ok_or_else(|| wrong(text!("endpoint-no-host")))?;
        let host = authority.as_str();
        if host.contains('@') {
            return Err(wrong(text!("endpoint-key-in-address")));
        }
        if uri.query().is_some() {
            return Err(wrong(text!("endpoint-question-mark")));
        }
        let path = uri.path().trim_end_matches('/');
        let path = match path {
            "" => format!("/v1{CHAT_PATH}"),
            whole if whole.ends_with(CHAT_PATH) => whole.to_owned(),
            base => format!("{base}{CHAT_PATH}"),
        };
        let scheme = if is_encrypted { "https" } else { "http" };
        Ok(Self {
            url: format!("{scheme}://{host}{path}"),
            host: host.to_owned(),
            is_local: is_this_machine(authority.host()),
            is_encrypted,
        })
    }
}

fn is_this_machine(host: &str) -> bool {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    bare.eq_ignore_ascii_case("localhost")
        || bare
            .parse::<std::net::IpAddr>()
            .is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_type_becomes_the_address_of_the_chat() {
        for (typed, url) in [
            (
                "http://localhost:8000",
                "http://localhost:8000/v1/chat/completions",
            ),
            (
                " http://[::1]:8000/v1/ ",
                "http://[::1]:8000/v1/chat/completions",
            ),
            (
                "https://a.example/api",
                "https://a.example/api/chat/completions",
            ),
            (
                "https://a.example/v1/chat/completions",
                "https://a.example/v1/chat/completions",
            ),
        ] {
            assert_eq!(Address::parse(typed).unwrap().url, url);
        }
    }

    #[test]
    fn this_machine_is_known_and_others_are_not() {
        let is_local = |typed: &str| Address::parse(typed).unwrap().is_local;
        assert!(is_local("http://LOCALHOST") && is_local("http://127.0.0.1:1"));
        assert!(is_local("http://[::1]:8080"));
        assert!(!is_local("http://192.168.0.2") && !is_local("https://localhost.example"));
    }

    #[test]
    fn what_is_no_address_is_refused() {
        for typed in [
            "",
            "localhost:8000",
            "ftp://a.example",
            "http://",
            "http://me:secret@a.example",
            "https://a.example/?key=1",
            "http://a b",
        ] {
            let error = Address::parse(typed).unwrap_err().to_string();
            assert!(
                error.contains("http://localhost:8000/v1"),
                "{typed}: {error}"
            );
            assert!(!error.contains("secret"));
        }
    }
}
