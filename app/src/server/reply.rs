//! Answers, and the list of what the server answers.

use std::pin::Pin;
use std::sync::Arc;

use hyper::body::Incoming;
use hyper::header::{CONTENT_TYPE, HeaderValue};
use hyper::{Method, StatusCode};
use serde::Serialize;

use crate::server::api_error::ApiResult;
use crate::server::body::Body;

/// What a client sends.
pub type Request = hyper::Request<Incoming>;
/// What it gets.
pub type Response = hyper::Response<Body>;

/// What answers: a request, and the part of its path that stands for the parameter.
type Handler = Arc<
    dyn Fn(Request, String) -> Pin<Box<dyn Future<Output = ApiResult<Response>> + Send>>
        + Send
        + Sync,
>;

/// What the server answers with one method at one address.
#[derive(Clone)]
pub struct Route {
    /// The method.
    pub method: Method,
    /// The path; `{id}` stands for one part of it.
    pub path: &'static str,
    /// Whether it needs no token: pages and documents that hold nothing of the user's.
    pub is_public: bool,
    handler: Handler,
}

impl Route {
    /// Answers by `handler` with this state. It is given the part that stands for `{id}`, or nothing.
    pub fn new<S, F>(
        method: Method,
        path: &'static str,
        state: &Arc<S>,
        handler: impl Fn(Arc<S>, Request, String) -> F + Send + Sync + 'static,
    ) -> Self
    where
        S: Send + Sync + 'static,
        F: Future<Output = ApiResult<Response>> + Send + 'static,
    {
        let state = Arc::clone(state);
        Self {
            method,
            path,
            is_public: false,
            handler: Arc::new(move |request, id| {
                Box::pin(handler(Arc::clone(&state), request, id))
            }),
        }
    }

    /// Answers `GET` always the same.
    pub fn fixed(
        path: &'static str,
        answer: impl Fn() -> Response + Send + Sync + 'static,
    ) -> Self {
        Self::new(Method::GET, path, &Arc::new(answer), |answer, _, _| {
            std::future::ready(Ok(answer()))
        })
    }

    /// The same for everybody who can reach the server.
    #[must_use]
    pub fn public(mut self) -> Self {
        self.is_public = true;
        self
    }

    /// The part of a path that stands for the parameter, if the path is this one; empty if it has none.
    pub fn parameter<'a>(&self, path: &'a str) -> Option<&'a str> {
        let mut parameter = "";
        let mut parts = path.split('/');
        for own in self.path.split('/') {
            let part = parts.next()?;
            if own.starts_with('{') {
                let is_name =
                    |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
                if part.is_empty() || !part.bytes().all(is_name) {
                    return None;
                }
                parameter = part;
            } else if own != part {
                return None;
            }
        }
        parts.next().is_none().then_some(parameter)
    }

    /// Answers.
    pub async fn answer(&self, request: Request, parameter: String) -> ApiResult<Response> {
        (self.handler)(request, parameter).await
    }
}

/// A value as JSON.
pub fn json(value: &impl Serialize) -> Response {
    // Our own plain structures: writing them cannot fail.
    let body = serde_json::to_string(value).unwrap_or_default();
    with_type("application/json", body)
}

/// A body of this media type.
pub fn with_type(media_type: &'static str, body: impl Into<Body>) -> Response {
    let mut response = Response::new(body.into());
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(media_type));
    response
}

/// An empty answer with this status.
pub fn empty(status: StatusCode) -> Response {
    let mut response = Response::new(Body::Whole(None));
    *response.status_mut() = status;
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_match_part_by_part() {
        let route = |path| Route::fixed(path, || empty(StatusCode::OK));
        let video = route("/v1/videos/{id}");
        assert_eq!(video.parameter("/v1/videos/video_7"), Some("video_7"));
        for other in [
            "/v1/videos",
            "/v1/videos/",
            "/v1/videos/a/b",
            "/v1/videos/..",
            "/v1/videos/a%2fb",
            "//v1/videos/a",
            "",
        ] {
            assert_eq!(video.parameter(other), None, "{other}");
        }
        assert_eq!(route("/stage").parameter("/stage"), Some(""));
        assert_eq!(route("/stage").parameter("/stage/"), None);
    }
}
