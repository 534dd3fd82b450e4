//! Who may ask: the token, how often, and no page of somebody else's in the user's own browser.

use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use hyper::Request;
use hyper::header::{AUTHORIZATION, HOST, HeaderMap, HeaderName, ORIGIN};

use crate::server::api_error::{ApiError, ApiResult};
use crate::server::rate_limit::RateLimit;
use crate::server::texts::text;
use crate::server::token::Token;

/// Names by which this machine calls itself; the last one is how containers call it.
const OWN_NAMES: [&str; 2] = ["localhost", "host.docker.internal"];

/// What every request is held to.
pub struct Access {
    token: Option<Token>,
    rate_limit: Mutex<RateLimit>,
}

impl Access {
    /// For a server with this token, if any.
    pub fn new(token: Option<Token>, requests_per_minute: u32) -> Self {
        Self {
            token,
            rate_limit: Mutex::new(RateLimit::new(requests_per_minute)),
        }
    }

    /// Lets a request in; where all may look, the token is not asked for.
    ///
    /// # Errors
    /// Why it stays out.
    pub fn check<B>(&self, client: IpAddr, request: &Request<B>, is_public: bool) -> ApiResult<()> {
        self.rate_limit
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take(client, Instant::now())
            .map_err(ApiError::too_often)?;
        let headers = request.headers();
        let host = text(headers, &HOST).unwrap_or_default();
        // A foreign page can give its own name to our address; without a token nothing else keeps it out.
        if self.token.is_none() && !is_own_host(host) {
            return Err(ApiError::forbidden(text!("host")));
        }
        if let Some(origin) = text(headers, &ORIGIN)
            && !is_same_origin(origin, host)
        {
            return Err(ApiError::forbidden(text!("origin")));
        }
        match &self.token {
            Some(token) if !is_public => match said_token(request) {
                Some(said) if token.is(said) => Ok(()),
                _ => Err(ApiError::unauthorized()),
            },
            _ => Ok(()),
        }
    }
}

/// The token of the header, or of the address where a browser cannot set headers: WebSockets and media elements.
fn said_token<B>(request: &Request<B>) -> Option<&str> {
    let header = text(request.headers(), &AUTHORIZATION);
    let bearer = header.and_then(|value| {
        let (scheme, token) = value.split_once(' ')?;
        scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
    });
    bearer.or_else(|| {
        let query = request.uri().query()?;
        query
            .split('&')
            .find_map(|part| part.strip_prefix("token="))
    })
}

fn text<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}

/// Whether a host names this machine from within.
fn is_own_host(host: &str) -> bool {
    let name = match host.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or_default(),
        None => host.split(':').next().unwrap_or_default(),
    };
    let is_loopback = name
        .parse::<IpAddr>()
        .is_ok_and(|address| address.is_loopback());
    is_loopback || OWN_NAMES.iter().any(|own| name.eq_ignore_ascii_case(own))
}

/// Whether a page comes from this server itself.
fn is_same_origin(origin: &str, host: &str) -> bool {
    let place = origin
        .strip_prefix("http://")
        .or_else(|| origin.strip_prefix("https://"));
    place.is_some_and(|place| !place.is_empty() && place.eq_ignore_ascii_case(host))
}

#[cfg(test)]
mod tests {
    use super::*;

    const CLIENT: IpAddr = IpAddr::V4(std::net::Ipv4Addr::LOCALHOST);

    fn request(path: &str, headers: &[(&str, &str)]) -> Request<()> {
        let mut request = Request::builder().uri(path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        request.body(()).unwrap()
    }

    #[test]
    fn without_a_token_only_this_machine_asks() {
        let access = Access::new(None, 1000);
        let is_let_in = |headers: &[(&str, &str)]| {
            let request = request("/v1/models", headers);
            access.check(CLIENT, &request, false).is_ok()
        };
        for host in [
            "localhost:80",
            "127.0.0.1:8025",
            "[::1]:1",
            "LOCALHOST",
            "127.9.9.9",
        ] {
            assert!(is_let_in(&[("host", host)]), "{host}");
        }
        for host in [
            "",
            "evil.example",
            "localhost.evil.example:80",
            "10.0.0.1",
            "[::2]:1",
        ] {
            assert!(!is_let_in(&[("host", host)]), "{host}");
        }
        let from = |origin| is_let_in(&[("host", "localhost:8025"), ("origin", origin)]);
        assert!(from("http://localhost:8025"));
        for origin in [
            "http://evil.example",
            "null",
            "http://localhost:9999",
            "http://",
        ] {
            assert!(!from(origin), "{origin}");
        }
    }

    #[test]
    fn with_a_token_it_is_asked_for_everywhere_but_where_all_may_look() {
        let token = Token::new("abcdefghijklmnop").unwrap();
        let access = Access::new(Some(token), 1000);
        let is_let_in = |path: &str, headers: &[(&str, &str)]| {
            let request = request(path, headers);
            access.check(CLIENT, &request, path == "/stage").is_ok()
        };
        assert!(!is_let_in("/v1/models", &[]));
        assert!(is_let_in("/stage", &[("host", "a.example")]));
        let header = |value| is_let_in("/v1/models", &[("authorization", value)]);
        assert!(header("Bearer abcdefghijklmnop") && header("bearer abcdefghijklmnop"));
        assert!(!header("Bearer abcdefghijklmno") && !header("abcdefghijklmnop"));
        assert!(is_let_in("/stage/socket?a=b&token=abcdefghijklmnop", &[]));
        assert!(!is_let_in("/stage/socket?token=", &[]));
    }

    #[test]
    fn who_asks_too_often_waits() {
        let access = Access::new(None, 2);
        let ask = || access.check(CLIENT, &request("/", &[("host", "localhost")]), false);
        assert!(ask().is_ok() && ask().is_ok());
        assert_eq!(ask(), Err(ApiError::too_often(30)));
    }
}
