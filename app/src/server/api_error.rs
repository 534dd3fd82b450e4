//! What a client is told when something is wrong: JSON in the shape of OpenAI's API.

use hyper::StatusCode;
use hyper::header::{CONTENT_TYPE, HeaderValue, RETRY_AFTER, WWW_AUTHENTICATE};
use serde_json::json;
use studio::wording::{one_line, words};

use crate::server::body::Body;
use crate::server::texts::text;

/// A request that is answered with an error.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiError {
    status: StatusCode,
    message: String,
    /// The field of the request that is wrong.
    param: Option<&'static str>,
    /// A name for programs.
    code: Option<&'static str>,
    /// When it is worth trying again.
    retry_after_secs: Option<u32>,
}

/// The result of a handler.
pub type ApiResult<T> = Result<T, ApiError>;

impl ApiError {
    fn new(status: StatusCode, message: impl Into<String>) -> Self {
        Self {
            status,
            message: message.into(),
            param: None,
            code: None,
            retry_after_secs: None,
        }
    }

    /// The request cannot be used as it is.
    pub fn invalid(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, message)
    }

    /// There is nothing at this address.
    pub fn not_found(message: impl Into<String>) -> Self {
        Self {
            code: Some("not_found"),
            ..Self::new(StatusCode::NOT_FOUND, message)
        }
    }

    /// The address takes other methods.
    pub fn method_not_allowed() -> Self {
        Self::new(StatusCode::METHOD_NOT_ALLOWED, text!("method"))
    }

    /// It cannot be done at this time.
    pub fn conflict(message: impl Into<String>) -> Self {
        Self::new(StatusCode::CONFLICT, message)
    }

    /// The token is missing or wrong.
    pub fn unauthorized() -> Self {
        Self {
            code: Some("invalid_api_key"),
            ..Self::new(StatusCode::UNAUTHORIZED, text!("unauthorized"))
        }
    }

    /// The request comes from somewhere that may not ask.
    pub fn forbidden(message: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, message)
    }

    /// The body is larger than the address takes.
    pub fn too_large(max_bytes: usize) -> Self {
        Self::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            text!("body-too-large", bytes = max_bytes),
        )
    }

    /// The body has another type than the address takes.
    pub fn media_type(wanted: &str) -> Self {
        Self::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            text!("body-type", wanted = wanted),
        )
    }

    /// The client was too slow.
    pub fn timeout() -> Self {
        Self::new(StatusCode::REQUEST_TIMEOUT, text!("body-slow"))
    }

    /// Too much is waiting already.
    pub fn busy() -> Self {
        Self {
            code: Some("queue_full"),
            retry_after_secs: Some(1),
            ..Self::new(StatusCode::TOO_MANY_REQUESTS, text!("busy"))
        }
    }

    /// The client asks too often.
    pub fn too_often(retry_after_secs: u32) -> Self {
        Self {
            code: Some("rate_limit_exceeded"),
            retry_after_secs: Some(retry_after_secs),
            ..Self::new(
                StatusCode::TOO_MANY_REQUESTS,
                text!("too-often", secs = retry_after_secs),
            )
        }
    }

    /// It did not begin in time.
    pub fn overloaded() -> Self {
        Self {
            code: Some("overloaded"),
            retry_after_secs: Some(10),
            ..Self::new(StatusCode::SERVICE_UNAVAILABLE, text!("overloaded"))
        }
    }

    /// Something failed that no request should cause. The client is told no more; the log has the rest.
    pub fn internal(error: &anyhow::Error) -> Self {
        tracing::error!("a request failed: {}", one_line(error));
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, text!("internal"))
    }

    /// Work that failed: what is wrong with the input is told, anything else is [`ApiError::internal`].
    pub fn of_failure(error: &anyhow::Error) -> Self {
        use engine::Error;
        let engine_error = error
            .chain()
            .find_map(|cause| cause.downcast_ref::<Error>());
        match engine_error.map(Error::kind) {
            // Without the paths, which are the server's own.
            Some(
                kind @ (Error::Text(_)
                | Error::Speech(_)
                | Error::Alignment(_)
                | Error::Audio(_)
                | Error::Picture(_)
                | Error::Face(_)),
            ) => Self::invalid(words(kind)),
            _ => Self::internal(error),
        }
    }

    /// The same about one field of the request.
    #[must_use]
    pub fn param(mut self, param: &'static str) -> Self {
        self.param = Some(param);
        self
    }

    /// What is wrong, for people.
    pub fn message(&self) -> &str {
        &self.message
    }

    fn kind(&self) -> &'static str {
        match self.status {
            StatusCode::TOO_MANY_REQUESTS => "rate_limit_error",
            StatusCode::UNAUTHORIZED => "authentication_error",
            status if status.is_server_error() => "server_error",
            _ => "invalid_request_error",
        }
    }
}

impl ApiError {
    /// The answer.
    pub fn into_response(self) -> hyper::Response<Body> {
        let body = json!({"error": {
            "message": self.message,
            "type": self.kind(),
            "param": self.param,
            "code": self.code,
        }});
        let mut response = hyper::Response::new(Body::from(body.to_string()));
        *response.status_mut() = self.status;
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        if let Some(secs) = self.retry_after_secs {
            headers.insert(RETRY_AFTER, HeaderValue::from(secs));
        }
        if self.status == StatusCode::UNAUTHORIZED {
            headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_input_is_blamed_without_paths_of_the_server() {
        let empty = engine::Error::from(engine::error::SpeechError::Empty);
        let error = anyhow::Error::from(empty.in_file(std::path::Path::new("/secret/a.wav")))
            .context("the recording cannot be used");
        let told = ApiError::of_failure(&error);
        assert_eq!(
            told,
            ApiError::invalid(engine::error::SpeechError::Empty.to_string())
        );
        let other = ApiError::of_failure(&anyhow::anyhow!("/secret is full"));
        assert_eq!(other.status, StatusCode::INTERNAL_SERVER_ERROR);
        assert!(!other.message.contains("secret"));
    }
}
